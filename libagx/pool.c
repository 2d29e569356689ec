// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include <drm_agx.h>

#include "pool.h"
#include "private.h"

#define AGXI_POOL_CHUNK_SIZE (4 * DRM_AGX_PAGE_SIZE)

struct agxi_pool_chunk {
	struct agxi_pool_chunk *next;

	/* Owns a reference. */
	struct drm_agx_bo *bo;

	/* Borrowed from @bo. */
	uint8_t *cpu;
	uint64_t gpu;

	uint64_t used;
};

void agxi_pool_init(struct agxi_pool *pool, struct drm_agx_vm *vm, uint32_t bind_flags)
{
	pool->vm = vm;
	pool->bind_flags = bind_flags;
	pool->chunks = NULL;
}

void agxi_pool_fini(struct agxi_pool *pool)
{
	struct agxi_pool_chunk *chunk;

	while ((chunk = pool->chunks)) {
		pool->chunks = chunk->next;
		drm_agx_bo_unref(chunk->bo);
		free(chunk);
	}
}

static int agxi_pool_grow(struct agxi_pool *pool, size_t size)
{
	struct agxi_pool_chunk *chunk;
	void *map;
	int ret;

	chunk = calloc(1, sizeof(*chunk));
	if (!chunk)
		return agxi_error(ENOMEM);

	if (size < AGXI_POOL_CHUNK_SIZE)
		size = AGXI_POOL_CHUNK_SIZE;
	ret = drm_agx_bo_create_private(pool->vm, size, 0, &chunk->bo);
	if (ret)
		goto err_free;

	ret = drm_agx_bo_map(chunk->bo, &map);
	if (ret)
		goto err_unref_bo;

	ret = drm_agx_bo_bind(chunk->bo, pool->vm, pool->bind_flags, &chunk->gpu);
	if (ret)
		goto err_unref_bo;

	chunk->cpu = map;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	return 0;

err_unref_bo:
	drm_agx_bo_unref(chunk->bo);
err_free:
	free(chunk);
	return agxi_error(-ret);
}

int agxi_pool_alloc(struct agxi_pool *pool, size_t size, size_t align, void **cpu, uint64_t *gpu)
{
	struct agxi_pool_chunk *chunk = pool->chunks;
	uint64_t start = 0;
	int ret;

	if (chunk)
		start = agxi_align_up(chunk->used, align);
	if (!chunk || start > drm_agx_bo_size(chunk->bo) ||
	    drm_agx_bo_size(chunk->bo) - start < size) {
		ret = agxi_pool_grow(pool, size);
		if (ret)
			return ret;
		chunk = pool->chunks;
		start = 0;
	}

	*cpu = chunk->cpu + start;
	*gpu = chunk->gpu + start;
	chunk->used = start + size;
	return 0;
}
