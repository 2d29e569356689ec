// SPDX-License-Identifier: MIT
/* A client with an imported dma-buf. */
#include <stddef.h>

#include "asahi_device.h"
#include "asahi_importer.h"
#include "asahi_ioctl.h"
#include "igt.h"

void asahi_importer_init_fd(struct asahi_importer *importer, int fd, uint32_t handle,
			    uint64_t size)
{
	struct asahi_client *client = &importer->client;
	struct asahi_bo *bo = &importer->bo;

	asahi_client_init_fd(client, fd);
	asahi_probe_init(client, &importer->probe);
	bo->handle = handle;
	bo->size = size;
	bo->map = NULL;
	bo->va = asahi_client_va(client, size);
	asahi_vm_map(fd, client->vm_id, handle, 0, size, bo->va, ASAHI_RW);
}

void asahi_importer_init(struct asahi_importer *importer, int dma_buf, uint64_t size)
{
	int fd = asahi_open();

	asahi_importer_init_fd(importer, fd, prime_fd_to_handle(fd, dma_buf), size);
	importer->client.owns_fd = true;
}

void asahi_importer_mmap(struct asahi_importer *importer)
{
	struct asahi_bo *bo = &importer->bo;

	bo->map = asahi_gem_mmap(importer->client.fd, bo->handle, bo->size);
}

void asahi_importer_fini(struct asahi_importer *importer)
{
	asahi_bo_fini(&importer->client, &importer->bo);
	asahi_client_fini(&importer->client);
}

uint32_t asahi_importer_read(struct asahi_importer *importer, uint64_t offset)
{
	return asahi_probe_read(&importer->probe, importer->bo.va + offset);
}

void asahi_importer_write(struct asahi_importer *importer, uint64_t offset, uint32_t value)
{
	asahi_probe_write(&importer->probe, importer->bo.va + offset, value);
}
