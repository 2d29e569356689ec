// SPDX-License-Identifier: MIT
/* What a buffer costs that is allocated, bound and freed: by ioctls, and from a cache. */
#include <string.h>

#include "bench.h"
#include "crowd.h"
#include "drm_agx.h"
#include "gpu.h"

#define NUM_BUFFERS 64
#define SIZE (4 * GPU_PAGE)

/* The goal: a tenth. */
#define LIMIT 0.1

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

static double by_ioctls(void *data)
{
	const struct gpu_vm *vm = data;
	uint64_t start = bench_ns();
	unsigned int i;
	uint32_t handle;

	for (i = 0; i < NUM_BUFFERS; i++) {
		handle = gpu_bo_create(vm->fd, SIZE);
		gpu_map(vm, handle, 0, SIZE, GPU_BASE);
		/* Unmaps it, too. */
		gpu_bo_close(vm->fd, handle);
	}
	return (double)(bench_ns() - start) / NUM_BUFFERS;
}

static void take_one(void *data)
{
	struct drm_agx_bo_cache *cache = data;
	struct drm_agx_bo *bo;
	uint64_t addr;

	must(drm_agx_bo_cache_alloc(cache, SIZE, 0, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE, &bo,
				    &addr), "buffer");
	drm_agx_bo_unref(bo);
}

static double from_cache(void *data)
{
	uint64_t start = bench_ns();
	unsigned int i;

	for (i = 0; i < NUM_BUFFERS; i++)
		take_one(data);
	return (double)(bench_ns() - start) / NUM_BUFFERS;
}

static void by_threads(struct drm_agx_bo_cache *cache)
{
	static const unsigned int counts[] = { 1, 2, 4, CROWD_MAX };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct crowd crowds[ARRAY_SIZE(counts)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		crowds[i] = (struct crowd){ counts[i], take_one, cache };
		points[i] = (struct bench_point){ counts[i], &crowds[i], crowd_sample };
	}
	bench_compare("a buffer from a cache and back, of all threads together", "threads", points,
		      ARRAY_SIZE(points), 0, BENCH_ANY);
}

int main(int argc, char **argv)
{
	struct drm_agx_bo_cache *cache;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct gpu_vm raw;

	bench_begin(argc, argv, "Buffers by ioctls and from libagx's cache.");
	gpu_vm_create(&raw, gpu_open());
	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &dev), "device");
	must(drm_agx_vm_create(dev, &vm), "VM");
	must(drm_agx_bo_cache_create(vm, UINT64_MAX, &cache), "cache");

	const struct bench_point points[] = {
		{ 0, &raw, by_ioctls },
		{ 1, cache, from_cache },
	};

	bench_compare("create, bind and free a buffer: by ioctls (0), from a cache (1)", "how",
		      points, ARRAY_SIZE(points), 0, LIMIT);
	by_threads(cache);
	drm_agx_bo_cache_unref(cache);
	drm_agx_vm_unref(vm);
	drm_agx_device_unref(dev);
	return bench_end();
}
