// SPDX-License-Identifier: MIT
/* The allocator of GPU addresses: many live ranges, and many threads. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "crowd.h"
#include "drm_agx.h"
#include "gpu.h"

#define NUM_CALLS 256

/* An address space with many reservations, of which some have come and gone. */
struct space {
	struct drm_agx_vm *vm;
	uint64_t *addrs;
	uint64_t num;
};

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

static uint64_t random_size(void)
{
	return (1 + bench_random(4)) * GPU_PAGE;
}

static void space_init(struct space *space, struct drm_agx_device *dev, uint64_t num)
{
	uint64_t i, other;

	must(drm_agx_vm_create(dev, &space->vm), "VM");
	space->num = num;
	space->addrs = bench_alloc(num, sizeof(*space->addrs));
	for (i = 0; i < num; i++)
		must(drm_agx_vm_alloc(space->vm, random_size(), 0, 0, &space->addrs[i]),
		     "allocation");

	/* Holes of all sizes. */
	for (i = 0; i < num; i++) {
		other = bench_random(num);
		must(drm_agx_vm_free(space->vm, space->addrs[other]), "free");
		must(drm_agx_vm_alloc(space->vm, random_size(), 0, 0, &space->addrs[other]),
		     "allocation");
	}
}

static void space_fini(struct space *space)
{
	drm_agx_vm_unref(space->vm);
	free(space->addrs);
}

/* One goes and one comes: as many stay. */
static double replace(void *data)
{
	const struct space *space = data;
	uint64_t which[NUM_CALLS], size[NUM_CALLS], start;
	unsigned int i;

	for (i = 0; i < NUM_CALLS; i++) {
		which[i] = bench_random(space->num);
		size[i] = random_size();
	}

	start = bench_ns();
	for (i = 0; i < NUM_CALLS; i++) {
		must(drm_agx_vm_free(space->vm, space->addrs[which[i]]), "free");
		must(drm_agx_vm_alloc(space->vm, size[i], 0, 0, &space->addrs[which[i]]),
		     "allocation");
	}
	return (double)(bench_ns() - start) / NUM_CALLS;
}

/*
 * The tree makes the cost logarithmic: a million ranges take twice the instructions of a thousand,
 * as "steps" counts. Their time grows by more. A thousand are in 50 KB, which the nearest caches
 * hold; a million in 60 MB, of which every leaf is far away when it is wanted, for caches and TLB.
 * The limit leaves that room; what grows as the root of the number, 32 times, exceeds it.
 */
#define LOG_IN_MEMORY 10.0

static void by_ranges(struct drm_agx_device *dev)
{
	static const uint64_t counts[] = { 1000, 10000, 100000, 1000000 };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct space spaces[ARRAY_SIZE(counts)];
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		if (!bench_wants(counts[i], "live ranges"))
			continue;
		space_init(&spaces[num], dev, counts[i]);
		points[num] = (struct bench_point){ counts[i], &spaces[num], replace };
		num++;
	}
	bench_compare("free and allocate addresses, by live ranges", "ranges", points, num, 0,
		      LOG_IN_MEMORY);
	for (i = 0; i < num; i++)
		space_fini(&spaces[i]);
}

/* In an address space of several threads, which has one lock. */
static void come_and_go(void *data)
{
	uint64_t addr;

	must(drm_agx_vm_alloc(data, GPU_PAGE, 0, 0, &addr), "allocation");
	must(drm_agx_vm_free(data, addr), "free");
}

static void by_threads(struct drm_agx_device *dev)
{
	static const unsigned int counts[] = { 1, 2, 4, CROWD_MAX };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct crowd crowds[ARRAY_SIZE(counts)];
	struct drm_agx_vm *vm;
	unsigned int i;

	must(drm_agx_vm_create(dev, &vm), "VM");
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		crowds[i] = (struct crowd){ counts[i], come_and_go, vm };
		points[i] = (struct bench_point){ counts[i], &crowds[i], crowd_sample };
	}
	bench_compare("allocate and free an address, of all threads together", "threads", points,
		      ARRAY_SIZE(points), 0, BENCH_ANY);
	drm_agx_vm_unref(vm);
}

int main(int argc, char **argv)
{
	struct drm_agx_device *dev;

	bench_begin(argc, argv, "libagx's allocator of GPU addresses.");
	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &dev), "device");
	by_ranges(dev);
	by_threads(dev);
	drm_agx_device_unref(dev);
	return bench_end();
}
