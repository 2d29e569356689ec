/* SPDX-License-Identifier: MIT */
/*
 * GPU memory in pieces smaller than a page, all freed together. No lock of its own.
 */
#ifndef AGXI_POOL_H
#define AGXI_POOL_H

#include <stddef.h>
#include <stdint.h>

struct drm_agx_vm;
struct agxi_pool_chunk;

struct agxi_pool {
	/* Borrowed from the pool's owner. */
	struct drm_agx_vm *vm;

	/* How to bind: a set of enum drm_agx_bind_flags. */
	uint32_t bind_flags;

	/* Owned; the first is the one that pieces are taken from. */
	struct agxi_pool_chunk *chunks;
};

void agxi_pool_init(struct agxi_pool *pool, struct drm_agx_vm *vm, uint32_t bind_flags);
void agxi_pool_fini(struct agxi_pool *pool);

/*
 * @align is a power of two, at most a page. The memory is zero. Fails with what creating, mapping
 * or binding a BO fails with.
 */
int agxi_pool_alloc(struct agxi_pool *pool, size_t size, size_t align, void **cpu, uint64_t *gpu);

#endif /* AGXI_POOL_H */
