// SPDX-License-Identifier: MIT
#include "preload_bos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <asahi_drm.h>

#include "preload.h"
#include "preload_out.h"

#define MAX_HANDLES (1u << 20)

/* What is compared, and what is written, at a time. */
#define BLOCK 4096
#define MAX_RUN (1u << 20)

struct bo {
	uint64_t size;
	bool bound;
	/* It has been tried in vain. */
	bool unreadable;

	/* A mapping of our own; NULL if there is none yet, or not in this process. */
	uint8_t *map;
	/* What the recording has of it. */
	uint8_t *shadow;
};

static struct bo *find(const struct device_bos *bos, uint32_t handle)
{
	return handle < bos->num ? bos->bos[handle] : NULL;
}

static bool make_room(struct device_bos *bos, uint32_t handle)
{
	size_t num = bos->num ? bos->num : 64;
	struct bo **array;

	if (handle < bos->num)
		return true;
	if (handle >= MAX_HANDLES)
		return false;
	while (num <= handle)
		num *= 2;
	array = realloc(bos->bos, num * sizeof(*array));
	if (!array)
		return false;
	memset(array + bos->num, 0, (num - bos->num) * sizeof(*array));
	bos->bos = array;
	bos->num = num;
	return true;
}

void bos_add(struct device_bos *bos, uint32_t handle, uint64_t size)
{
	struct bo *bo;

	if (find(bos, handle) || !make_room(bos, handle))
		return;
	bo = calloc(1, sizeof(*bo));
	if (!bo)
		return;
	bo->size = size;
	bos->bos[handle] = bo;
}

static void unmap(struct bo *bo)
{
	if (bo->map)
		munmap(bo->map, bo->size);
	bo->map = NULL;
}

void bos_remove(struct device_bos *bos, uint32_t handle)
{
	struct bo *bo = find(bos, handle);

	if (!bo)
		return;
	bos->bos[handle] = NULL;
	unmap(bo);
	if (bo->shadow)
		munmap(bo->shadow, bo->size);
	free(bo);
}

void bos_bound(struct device_bos *bos, uint32_t handle)
{
	struct bo *bo = find(bos, handle);

	if (bo)
		bo->bound = true;
}

void bos_fini(struct device_bos *bos)
{
	uint32_t handle;

	for (handle = 0; handle < bos->num; handle++)
		bos_remove(bos, handle);
	free(bos->bos);
}

/* Mappings are not inherited, and a syncobj must not be used by two. */
void bos_forked(struct device_bos *bos)
{
	uint32_t handle;

	for (handle = 0; handle < bos->num; handle++)
		if (bos->bos[handle])
			bos->bos[handle]->map = NULL;
	bos->syncobj = 0;
}

/* Returns 0 or a negative errno. */
static int map(struct bo *bo, uint32_t handle, int fd)
{
	struct drm_asahi_gem_mmap_offset args = { .handle = handle };

	if (!bo->size || bo->size % BLOCK)
		return -EINVAL;
	if (!bo->shadow) {
		bo->shadow = mmap(NULL, bo->size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (bo->shadow == MAP_FAILED) {
			bo->shadow = NULL;
			return -errno;
		}
	}
	if (bo->map)
		return 0;
	if (real.ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &args))
		return -errno;
	bo->map = mmap(NULL, bo->size, PROT_READ, MAP_SHARED, fd, args.offset);
	if (bo->map == MAP_FAILED) {
		bo->map = NULL;
		return -errno;
	}
	madvise(bo->map, bo->size, MADV_DONTFORK);
	return 0;
}

static void put_run(const struct bo *bo, uint64_t object, uint32_t handle, uint64_t offset,
		    uint64_t size, bool by_job)
{
	const struct rec_contents contents = {
		.object = object, .handle = handle, .by_job = by_job, .offset = offset,
		.size = size
	};
	struct rec_buffer *buffer = out_begin(REC_CONTENTS);

	rec_put(buffer, &contents, sizeof(contents));
	rec_put(buffer, bo->shadow + offset, size);
	out_end();
}

/* Copies a block to the shadow if it is different there. */
static bool update_block(struct bo *bo, uint64_t offset)
{
	if (!memcmp(bo->shadow + offset, bo->map + offset, BLOCK))
		return false;
	memcpy(bo->shadow + offset, bo->map + offset, BLOCK);
	return true;
}

static void snapshot(struct bo *bo, uint64_t object, uint32_t handle, bool by_job)
{
	uint64_t start = 0, at;

	for (at = 0; at < bo->size; at += BLOCK) {
		if (!update_block(bo, at)) {
			if (at > start)
				put_run(bo, object, handle, start, at - start, by_job);
			start = at + BLOCK;
		} else if (at + BLOCK - start == MAX_RUN) {
			put_run(bo, object, handle, start, MAX_RUN, by_job);
			start = at + BLOCK;
		}
	}
	if (at > start)
		put_run(bo, object, handle, start, at - start, by_job);
}

void bos_snapshot(struct device_bos *bos, uint64_t object, int fd, bool by_job)
{
	uint32_t handle;

	for (handle = 0; handle < bos->num; handle++) {
		struct rec_missing missing = { .object = object, .handle = handle };
		struct bo *bo = bos->bos[handle];

		if (!bo || !bo->bound || bo->unreadable)
			continue;
		missing.error = map(bo, handle, fd);
		if (!missing.error) {
			snapshot(bo, object, handle, by_job);
			continue;
		}
		bo->unreadable = true;
		rec_put(out_begin(REC_MISSING), &missing, sizeof(missing));
		out_end();
	}
}
