/* SPDX-License-Identifier: MIT */
/**
 * DOC: Who imports a dma-buf
 *
 * A client that has imported a dma-buf and looks at it with its CPU and with its GPU.
 */
#ifndef ASAHI_IMPORTER_H
#define ASAHI_IMPORTER_H

#include <stdint.h>

#include "asahi_client.h"
#include "asahi_probe.h"

/** struct asahi_importer - The client, and the memory as it sees it. */
struct asahi_importer {
	struct asahi_client client;
	/** @probe: its GPU's eyes. */
	struct asahi_probe probe;
	/** @bo: the memory, mapped by the GPU, and by the CPU if it was asked to be. */
	struct asahi_bo bo;
};

/** asahi_importer_init() - Import a dma-buf into a file of its own, mapped by the GPU only. */
void asahi_importer_init(struct asahi_importer *importer, int dma_buf, uint64_t size);

/** asahi_importer_init_fd() - The same with a file that has the memory already, as @handle. */
void asahi_importer_init_fd(struct asahi_importer *importer, int fd, uint32_t handle,
			    uint64_t size);

/** asahi_importer_mmap() - Map it by the CPU too. */
void asahi_importer_mmap(struct asahi_importer *importer);

/** asahi_importer_fini() - Close the handle, which unmaps it, and then the rest. */
void asahi_importer_fini(struct asahi_importer *importer);

/* A word of the memory, through the GPU. */
uint32_t asahi_importer_read(struct asahi_importer *importer, uint64_t offset);
void asahi_importer_write(struct asahi_importer *importer, uint64_t offset, uint32_t value);

#endif
