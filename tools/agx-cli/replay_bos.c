// SPDX-License-Identifier: MIT
#include "replay_bos.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <drm_agx.h>

#define BLOCK 4096

static int compare_bos(const void *left, const void *right)
{
	const struct replay_bo *a = left, *b = right;

	return (a->recorded > b->recorded) - (a->recorded < b->recorded);
}

struct replay_bo *replay_bos_find(const struct replay_bos *bos, uint32_t recorded)
{
	const struct replay_bo key = { .recorded = recorded };
	struct replay_bo **found = tfind(&key, &bos->root, compare_bos);

	return found ? *found : NULL;
}

static void destroy(void *data)
{
	struct replay_bo *bo = data;

	if (bo->map)
		munmap(bo->map, bo->size);
	if (bo->expected)
		munmap(bo->expected, bo->size);
	free(bo);
}

bool replay_bos_add(struct replay_bos *bos, uint32_t recorded, uint32_t handle, uint64_t size)
{
	struct replay_bo *bo;

	replay_bos_drop(bos, recorded);
	bo = calloc(1, sizeof(*bo));
	if (!bo)
		return false;
	bo->recorded = recorded;
	bo->handle = handle;
	bo->size = size;
	if (!tsearch(bo, &bos->root, compare_bos)) {
		free(bo);
		return false;
	}
	return true;
}

void replay_bos_drop(struct replay_bos *bos, uint32_t recorded)
{
	struct replay_bo *bo = replay_bos_find(bos, recorded);

	if (!bo)
		return;
	tdelete(bo, &bos->root, compare_bos);
	destroy(bo);
}

struct visitor {
	void (*visit)(struct replay_bo *bo, void *context);
	void *context;
};

static void visit_node(const void *node, VISIT visit, void *context)
{
	const struct visitor *visitor = context;

	if (visit == postorder || visit == leaf)
		visitor->visit(*(struct replay_bo *const *)node, visitor->context);
}

void replay_bos_for_each(const struct replay_bos *bos,
			 void (*visit)(struct replay_bo *bo, void *context), void *context)
{
	struct visitor visitor = { .visit = visit, .context = context };

	twalk_r(bos->root, visit_node, &visitor);
}

void replay_bos_fini(struct replay_bos *bos)
{
	tdestroy(bos->root, destroy);
	bos->root = NULL;
}

int replay_bo_map(struct replay_bo *bo, int fd)
{
	void *map;
	int ret;

	if (!bo->expected) {
		map = mmap(NULL, bo->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (map == MAP_FAILED)
			return -errno;
		bo->expected = map;
	}
	if (bo->map)
		return 0;
	ret = drm_agx_gem_mmap(fd, bo->handle, bo->size, NULL, &map);
	if (!ret)
		bo->map = map;
	return ret;
}

void replay_bo_write(struct replay_bo *bo, uint64_t offset, const void *data, uint64_t size)
{
	memcpy(bo->map + offset, data, size);
	memcpy(bo->expected + offset, data, size);
}

void replay_bo_expect(struct replay_bo *bo, uint64_t offset, const void *data, uint64_t size)
{
	memcpy(bo->expected + offset, data, size);
}

void replay_bo_accept(struct replay_bo *bo, uint64_t offset, uint64_t size)
{
	if (bo->map && offset <= bo->size && size <= bo->size - offset)
		memcpy(bo->expected + offset, bo->map + offset, size);
}

static void compare_block(struct replay_bo *bo, uint64_t at, struct replay_difference *difference)
{
	uint32_t expected, found;
	unsigned int i;

	for (i = 0; i < BLOCK; i += sizeof(found)) {
		memcpy(&expected, bo->expected + at + i, sizeof(expected));
		memcpy(&found, bo->map + at + i, sizeof(found));
		if (expected == found || difference->words++)
			continue;
		difference->offset = at + i;
		difference->expected = expected;
		difference->found = found;
	}
	memcpy(bo->map + at, bo->expected + at, BLOCK);
}

bool replay_bo_compare(struct replay_bo *bo, struct replay_difference *difference)
{
	uint64_t at;

	memset(difference, 0, sizeof(*difference));
	for (at = 0; at + BLOCK <= bo->size; at += BLOCK)
		if (memcmp(bo->expected + at, bo->map + at, BLOCK))
			compare_block(bo, at, difference);
	return !difference->words;
}
