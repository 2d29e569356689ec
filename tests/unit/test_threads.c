// SPDX-License-Identifier: MIT
/*
 * What is said to be thread-safe, from several threads at once. Most of what can go wrong here
 * shows as a handle that is closed twice; the rest as a report of the address or thread sanitizer.
 */
#include "agx_test.h"

#include <pthread.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)
#define THREADS 4
#define ROUNDS 3000

struct shared {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;
	struct drm_agx_bo_cache *cache;
	int dmabufs[3];
	pthread_barrier_t start;
};

/* cmocka's asserts are for the thread of the test: others return what went wrong. */
static void run_threads(struct shared *shared, void *(*fn)(void *))
{
	pthread_t threads[THREADS];
	void *result;
	unsigned int i;

	pthread_barrier_init(&shared->start, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, fn, shared), 0);
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		if (result)
			fail_msg("thread %u: %s", i, (const char *)result);
	}
	pthread_barrier_destroy(&shared->start);
}

/* All take the same few buffers and give them back: each time a last reference may go. */
static void *import_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_bo *bo, *again;
	unsigned int i;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS; i++) {
		int fd = shared->dmabufs[i % ARRAY_SIZE(shared->dmabufs)];

		if (drm_agx_bo_import(shared->dev, fd, &bo))
			return (void *)"import failed";
		if (drm_agx_bo_size(bo) != 2 * PAGE)
			return (void *)"a buffer of the wrong size";
		if (i % 3 == 0) {
			if (drm_agx_bo_import(shared->dev, fd, &again))
				return (void *)"second import failed";
			if (again != bo)
				return (void *)"the same buffer twice, at the same time";
			drm_agx_bo_unref(again);
		}
		drm_agx_bo_unref(bo);
	}
	return NULL;
}

static void test_import(void **state)
{
	struct shared shared = { .dev = test_open() };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shared.dmabufs); i++)
		shared.dmabufs[i] = fake_foreign_dmabuf(2 * PAGE);
	run_threads(&shared, import_loop);
	for (i = 0; i < ARRAY_SIZE(shared.dmabufs); i++)
		close(shared.dmabufs[i]);
	test_close(shared.dev);
}

/* One's own exports coming back, while the handles are given to new buffers all the time. */
static void *export_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_bo *bo, *again;
	unsigned int i;
	int fd;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS / 10; i++) {
		if (drm_agx_bo_create(shared->dev, PAGE, 0, &bo))
			return (void *)"create failed";
		if (drm_agx_bo_export(bo, &fd))
			return (void *)"export failed";
		if (drm_agx_bo_import(shared->dev, fd, &again))
			return (void *)"import failed";
		close(fd);
		if (again != bo)
			return (void *)"another buffer than the exported one";
		drm_agx_bo_unref(bo);
		drm_agx_bo_unref(again);
	}
	return NULL;
}

static void test_export(void **state)
{
	struct shared shared = { .dev = test_open() };

	run_threads(&shared, export_loop);
	test_close(shared.dev);
}

static void *bind_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_bo *bo;
	uint64_t own, common;
	void *map, *again;
	unsigned int i;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS / 10; i++) {
		if (drm_agx_bo_create_private(shared->vm, PAGE, 0, &bo))
			return (void *)"create failed";
		if (drm_agx_bo_bind(bo, shared->vm, RW, &own) ||
		    drm_agx_bo_bind(shared->bo, shared->vm, RW, &common))
			return (void *)"bind failed";
		if (own == common)
			return (void *)"one address for two buffers";
		if (drm_agx_bo_map(shared->bo, &map) || drm_agx_bo_map(shared->bo, &again) ||
		    map != again)
			return (void *)"two mappings";
		if (drm_agx_bo_unbind(shared->bo, shared->vm, common))
			return (void *)"unbind failed";
		drm_agx_bo_unref(bo);
	}
	return NULL;
}

static void test_bind(void **state)
{
	struct shared shared = { .dev = test_open() };

	assert_ok(drm_agx_vm_create(shared.dev, &shared.vm));
	assert_ok(drm_agx_bo_create(shared.dev, PAGE, 0, &shared.bo));
	run_threads(&shared, bind_loop);
	drm_agx_bo_unref(shared.bo);
	drm_agx_vm_unref(shared.vm);
	test_close(shared.dev);
}

/* The same few buffers go round: each belongs to one thread at a time. */
static void *cache_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_bo *bo;
	unsigned int i, j;
	uint64_t addr;
	void *map;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS / 3; i++) {
		if (drm_agx_bo_cache_alloc(shared->cache, (1 + i % 3) * PAGE, 0, RW, &bo, &addr))
			return (void *)"alloc failed";
		if (drm_agx_bo_map(bo, &map))
			return (void *)"map failed";
		for (j = 0; j < 8; j++)
			((uint64_t *)map)[j] = addr + (uintptr_t)&i;
		if (i % 50 == 0)
			drm_agx_bo_cache_trim(shared->cache, 0);
		for (j = 0; j < 8; j++)
			if (((uint64_t *)map)[j] != addr + (uintptr_t)&i)
				return (void *)"one buffer for two threads";
		drm_agx_bo_ref(bo);
		drm_agx_bo_unref(bo);
		drm_agx_bo_unref(bo);
	}
	return NULL;
}

static void test_cache(void **state)
{
	struct shared shared = { .dev = test_open() };

	assert_ok(drm_agx_vm_create(shared.dev, &shared.vm));
	assert_ok(drm_agx_bo_cache_create(shared.vm, 4 * PAGE, &shared.cache));
	run_threads(&shared, cache_loop);
	drm_agx_bo_cache_unref(shared.cache);
	drm_agx_vm_unref(shared.vm);
	test_close(shared.dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
