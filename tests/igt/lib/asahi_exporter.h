/* SPDX-License-Identifier: MIT */
/**
 * DOC: Where a dma-buf comes from
 *
 * Memory that somebody has made and shares, and that he sees in a way of his own: a file of the
 * driver under test, another driver, or a memfd, whose pages are all over the place.
 */
#ifndef ASAHI_EXPORTER_H
#define ASAHI_EXPORTER_H

#include <stdint.h>

/** enum asahi_exporter_kind - Whose memory it is. */
enum asahi_exporter_kind {
	/** @ASAHI_EXPORTER_OWN: another file's of the driver under test. */
	ASAHI_EXPORTER_OWN,
	/** @ASAHI_EXPORTER_VGEM: another driver's. */
	ASAHI_EXPORTER_VGEM,
	/** @ASAHI_EXPORTER_UDMABUF: a process's. Skips where the kernel cannot share that. */
	ASAHI_EXPORTER_UDMABUF,
	/** @ASAHI_EXPORTER_BACKWARDS: the same, its last page first. */
	ASAHI_EXPORTER_BACKWARDS,
};

/** struct asahi_exporter - The memory, and what its maker has of it. */
struct asahi_exporter {
	enum asahi_exporter_kind kind;
	/** @size: bytes. */
	uint64_t size;
	/** @dma_buf: what is shared. Owned. */
	int dma_buf;
	/** @map: the maker's view, or NULL when he has left. */
	uint32_t *map;
	/** @fd: the maker's file, or -1 when he has left. */
	int fd;
	/** @handle: the memory in it, unless it is a memfd. */
	uint32_t handle;
};

/** asahi_exporter_init() - Make zeroed memory and share it. */
void asahi_exporter_init(struct asahi_exporter *e, enum asahi_exporter_kind kind, uint64_t size);

/** asahi_exporter_leave() - Give up all that the maker has; only @dma_buf stays. */
void asahi_exporter_leave(struct asahi_exporter *e);

/** asahi_exporter_fini() - Give up everything. */
void asahi_exporter_fini(struct asahi_exporter *e);

#endif
