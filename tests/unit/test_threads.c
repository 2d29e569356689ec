// SPDX-License-Identifier: MIT
/*
 * What is said to be thread-safe, from several threads at once. Most of what can go wrong here
 * shows as a handle that is closed twice; the rest as a report of the address or thread sanitizer.
 */
#include "agx_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)
#define THREADS 4
#define ROUNDS 3000
#define RACES 60

struct shared {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;
	struct drm_agx_bo_cache *cache;
	struct drm_agx_sync *binary;
	struct drm_agx_sync *timeline;
	struct drm_agx_queue *queue;
	struct drm_agx_timestamps *ts;
	struct drm_agx_shader *shader;
	int dmabufs[3];

	/* What is in the first word of these. */
	uint32_t content;

	/* Makers of the dma-bufs, and whether there is a thread that has them. */
	struct drm_agx_bo *exported[3];
	atomic_flag has_maker;

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
static const char *import_some(struct shared *shared, unsigned int rounds)
{
	struct drm_agx_bo *bo, *again;
	unsigned int i;
	void *map;

	for (i = 0; i < rounds; i++) {
		int fd = shared->dmabufs[i % ARRAY_SIZE(shared->dmabufs)];

		if (drm_agx_bo_import(shared->dev, fd, &bo))
			return "import failed";
		if (drm_agx_bo_size(bo) != 2 * PAGE)
			return "a buffer of the wrong size";
		switch (i / ARRAY_SIZE(shared->dmabufs) % 3) {
		case 0:
			if (drm_agx_bo_import(shared->dev, fd, &again))
				return "second import failed";
			if (again != bo)
				return "the same buffer twice, at the same time";
			drm_agx_bo_unref(again);
			break;
		case 1:
			if (drm_agx_bo_map(bo, &map))
				return "the handle is gone";
			if (*(uint32_t *)map != shared->content)
				return "the handle is another buffer's";
			break;
		}
		drm_agx_bo_unref(bo);
	}
	return NULL;
}

static void *import_loop(void *data)
{
	struct shared *shared = data;

	pthread_barrier_wait(&shared->start);
	return (void *)import_some(shared, ROUNDS);
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

static const char *make_exports(struct shared *shared)
{
	unsigned int i;
	void *map;

	for (i = 0; i < ARRAY_SIZE(shared->dmabufs); i++) {
		if (drm_agx_bo_create(shared->dev, 2 * PAGE, 0, &shared->exported[i]))
			return "create failed";
		if (drm_agx_bo_map(shared->exported[i], &map))
			return "map failed";
		*(uint32_t *)map = shared->content;
		if (drm_agx_bo_export(shared->exported[i], &shared->dmabufs[i]))
			return "export failed";
	}
	return NULL;
}

/* Gives them up, and takes the handles that get free for buffers of another content. */
static const char *replace_exports(struct shared *shared)
{
	struct drm_agx_bo *bos[ARRAY_SIZE(shared->exported)];
	unsigned int i, round;
	void *map;

	for (round = 0; round < 5; round++) {
		for (i = 0; i < ARRAY_SIZE(bos); i++) {
			drm_agx_bo_unref(shared->exported[i]);
			shared->exported[i] = NULL;
			if (drm_agx_bo_create(shared->dev, PAGE, 0, &bos[i]))
				return "create failed";
		}
		for (i = 0; i < ARRAY_SIZE(bos); i++) {
			if (drm_agx_bo_map(bos[i], &map))
				return "the handle of a new buffer is gone";
			if (*(uint32_t *)map)
				return "the handle of a new buffer is another's";
			drm_agx_bo_unref(bos[i]);
		}
	}
	return NULL;
}

/*
 * The first thread to come makes buffers and gives up its references, which are the last if no
 * other thread has just imported the same. Whatever happens it goes on to meet the others.
 */
static void *race_loop(void *data)
{
	struct shared *shared = data;
	bool is_maker = !atomic_flag_test_and_set(&shared->has_maker);
	const char *error = NULL;
	unsigned int i, j;

	for (i = 0; i < RACES; i++) {
		if (is_maker && !error)
			error = make_exports(shared);
		pthread_barrier_wait(&shared->start);
		if (!error)
			error = is_maker ? replace_exports(shared) : import_some(shared, 30);
		pthread_barrier_wait(&shared->start);
		for (j = 0; is_maker && j < ARRAY_SIZE(shared->dmabufs); j++) {
			close(shared->dmabufs[j]);
			shared->dmabufs[j] = -1;
		}
	}
	return (void *)error;
}

/* One's own exports coming back while they are given up. */
static void test_export_race(void **state)
{
	struct shared shared = {
		.dev = test_open(),
		.dmabufs = { -1, -1, -1 },
		.content = 0x12345678,
		.has_maker = ATOMIC_FLAG_INIT,
	};

	run_threads(&shared, race_loop);
	test_close(shared.dev);
}

/* The same in one thread, while the handles are given to new buffers all the time. */
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

/* Addresses belong to one thread at a time. */
static void *alloc_loop(void *data)
{
	struct shared *shared = data;
	uint64_t addrs[4], fixed;
	unsigned int i, j;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS / 3; i++) {
		for (j = 0; j < ARRAY_SIZE(addrs); j++)
			if (drm_agx_vm_alloc(shared->vm, (1 + j) * PAGE, PAGE << j,
					     j % 2 ? DRM_AGX_BIND_USC : 0, &addrs[j]))
				return (void *)"alloc failed";
		fixed = addrs[1];
		if (drm_agx_vm_alloc(shared->vm, PAGE, 0, DRM_AGX_BIND_FIXED, &fixed) != -EEXIST)
			return (void *)"an address for two";
		for (j = 0; j < ARRAY_SIZE(addrs); j++)
			if (drm_agx_vm_free(shared->vm, addrs[j]))
				return (void *)"free failed";
	}
	return NULL;
}

static void test_alloc(void **state)
{
	struct shared shared = { .dev = test_open() };

	assert_ok(drm_agx_vm_create(shared.dev, &shared.vm));
	run_threads(&shared, alloc_loop);
	drm_agx_vm_unref(shared.vm);
	test_close(shared.dev);
}

/* One binary sync and one timeline for all: whatever they do to them, it is a call of its own. */
static void *sync_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_sync *both[2] = { shared->binary, shared->timeline };
	const uint64_t points[2] = { 0, 1 };
	struct drm_agx_sync *own;
	uint64_t point;
	unsigned int i;
	int status, fd;

	pthread_barrier_wait(&shared->start);
	for (i = 1; i < ROUNDS / 10; i++) {
		if (drm_agx_sync_create(shared->dev, 0, &own))
			return (void *)"create failed";
		if (drm_agx_sync_export_file(shared->timeline, 1, &fd))
			return (void *)"export failed";
		if (drm_agx_sync_import_file(own, 0, fd) ||
		    drm_agx_sync_import_file(shared->binary, 0, fd))
			return (void *)"import failed";
		close(fd);
		if (drm_agx_sync_wait_many(both, points, 2, DRM_AGX_WAIT_ALL, 0, NULL) ||
		    drm_agx_sync_wait(shared->binary, 0, 0))
			return (void *)"wait failed";
		if (drm_agx_sync_status(shared->timeline, 1, &status) || status != 1)
			return (void *)"wrong status";
		if (drm_agx_sync_signal(own, 0) || drm_agx_sync_reset(own))
			return (void *)"signal failed";
		if (drm_agx_sync_query(shared->timeline, &point) || point < 1)
			return (void *)"query failed";
		drm_agx_sync_ref(shared->binary);
		drm_agx_sync_unref(shared->binary);
		drm_agx_sync_unref(own);
	}
	return NULL;
}

static void test_sync(void **state)
{
	struct shared shared = { .dev = test_open() };

	assert_ok(drm_agx_sync_create(shared.dev, DRM_AGX_SYNC_SIGNALED, &shared.binary));
	assert_ok(drm_agx_sync_create(shared.dev, DRM_AGX_SYNC_TIMELINE, &shared.timeline));
	assert_ok(drm_agx_sync_signal(shared.timeline, 1));
	run_threads(&shared, sync_loop);
	drm_agx_sync_unref(shared.binary);
	drm_agx_sync_unref(shared.timeline);
	test_close(shared.dev);
}

/* One queue, one shader and one set of timestamps; streams and submits are each thread's own. */
static int submit_once(struct shared *shared, struct drm_agx_compute *compute,
		       struct drm_agx_submit *submit, struct drm_agx_sync *done)
{
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.shader = shared->shader,
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	struct drm_asahi_cmd_compute cmd;
	uint64_t ticks, ns;
	int ret;

	ret = drm_agx_compute_launch(compute, &launch);
	if (!ret)
		ret = drm_agx_compute_end(compute, &cmd, sizeof(cmd));
	if (!ret)
		ret = drm_agx_timestamps_slot(shared->ts, 0, &cmd.ts.start);
	if (!ret)
		ret = drm_agx_submit_add_compute(submit, &cmd, sizeof(cmd), 0, 0);
	if (!ret)
		ret = drm_agx_submit_add_signal(submit, done, 0);
	if (!ret)
		ret = drm_agx_queue_submit(shared->queue, submit);
	if (!ret)
		ret = drm_agx_sync_wait(done, 0, INT64_MAX);
	if (!ret)
		ret = drm_agx_timestamps_read(shared->ts, 1, &ticks);
	return ret ? ret : drm_agx_device_get_time(shared->dev, &ns);
}

static void *submit_loop(void *data)
{
	struct shared *shared = data;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	unsigned int i;

	pthread_barrier_wait(&shared->start);
	for (i = 0; i < ROUNDS / 50; i++) {
		if (drm_agx_compute_create(drm_agx_queue_vm(shared->queue), &compute) ||
		    drm_agx_submit_create(&submit) ||
		    drm_agx_sync_create(shared->dev, 0, &done) ||
		    drm_agx_queue_create(shared->vm, DRM_ASAHI_PRIORITY_LOW, &queue))
			return (void *)"create failed";
		if (submit_once(shared, compute, submit, done))
			return (void *)"submit failed";
		drm_agx_queue_unref(queue);
		drm_agx_submit_destroy(submit);
		drm_agx_compute_destroy(compute);
		drm_agx_sync_unref(done);
	}
	return NULL;
}

static void test_submit(void **state)
{
	static const uint8_t code[] = { 0x88, 0x00 };
	struct shared shared = { .dev = test_open() };
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code,
		.code_size = sizeof(code),
		.num_registers = 8,
	};

	assert_ok(drm_agx_vm_create(shared.dev, &shared.vm));
	assert_ok(drm_agx_queue_create(shared.vm, DRM_ASAHI_PRIORITY_LOW, &shared.queue));
	assert_ok(drm_agx_timestamps_create(shared.dev, 2, &shared.ts));
	assert_ok(drm_agx_shader_create(shared.vm, &info, &shared.shader));
	run_threads(&shared, submit_loop);
	drm_agx_shader_unref(shared.shader);
	drm_agx_timestamps_unref(shared.ts);
	drm_agx_queue_unref(shared.queue);
	drm_agx_vm_unref(shared.vm);
	test_close(shared.dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_export_race),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_submit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
