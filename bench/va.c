// SPDX-License-Identifier: MIT
/* The allocator of GPU addresses: many live ranges, and many threads. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"

#define NUM_CALLS 256
#define MAX_THREADS 8

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
		      BENCH_LOG);
	for (i = 0; i < num; i++)
		space_fini(&spaces[i]);
}

/* Several threads that allocate in one address space, which has one lock. */
struct crowd {
	struct drm_agx_vm *vm;
	unsigned int num;
	pthread_barrier_t start;
};

static void *member(void *data)
{
	struct crowd *crowd = data;
	uint64_t addr;
	unsigned int i;

	pthread_barrier_wait(&crowd->start);
	for (i = 0; i < NUM_CALLS; i++) {
		must(drm_agx_vm_alloc(crowd->vm, GPU_PAGE, 0, 0, &addr), "allocation");
		must(drm_agx_vm_free(crowd->vm, addr), "free");
	}
	return NULL;
}

static double crowd_calls(void *data)
{
	struct crowd *crowd = data;
	pthread_t threads[MAX_THREADS];
	uint64_t start;
	unsigned int i;

	pthread_barrier_init(&crowd->start, NULL, crowd->num + 1);
	for (i = 0; i < crowd->num; i++)
		if (pthread_create(&threads[i], NULL, member, crowd))
			bench_die("no thread\n");
	start = bench_ns();
	pthread_barrier_wait(&crowd->start);
	for (i = 0; i < crowd->num; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&crowd->start);
	return (double)(bench_ns() - start) / (NUM_CALLS * crowd->num);
}

static void by_threads(struct drm_agx_device *dev)
{
	static const unsigned int counts[] = { 1, 2, 4, MAX_THREADS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct crowd crowds[ARRAY_SIZE(counts)];
	struct drm_agx_vm *vm;
	unsigned int i;

	must(drm_agx_vm_create(dev, &vm), "VM");
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		crowds[i].vm = vm;
		crowds[i].num = counts[i];
		points[i] = (struct bench_point){ counts[i], &crowds[i], crowd_calls };
	}
	/* More threads than processors take turns: nothing is said about how much that may cost. */
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
