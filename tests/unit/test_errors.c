// SPDX-License-Identifier: MIT
/*
 * Everything libagx does, with each ioctl and each allocation failing in turn. After each, the
 * error is the one that was injected, and nothing is left: no object of the device, no memory, no
 * descriptor.
 */
#include "agx_test.h"

#include <dirent.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)

/* Allocation number of the one to fail, counting down; 0 for none. */
static unsigned int alloc_fail;
static bool alloc_failed;
static long alloc_live;

/* The linker sends libagx's calls here. */
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

static bool alloc_shall_fail(void)
{
	if (!alloc_fail || --alloc_fail)
		return false;
	alloc_failed = true;
	return true;
}

void *__wrap_calloc(size_t n, size_t size)
{
	if (alloc_shall_fail())
		return NULL;
	alloc_live++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
	if (alloc_shall_fail())
		return NULL;
	alloc_live += !ptr;
	return __real_realloc(ptr, size);
}

void __wrap_free(void *ptr)
{
	alloc_live -= ptr ? 1 : 0;
	__real_free(ptr);
}

/* Descriptors of this process, beside those that the fake device keeps. */
static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - fake_count().dmabufs;
}

#define UNTOUCHED ((void *)1)

/* Everything that a run may hold. */
struct world {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *binary;
	struct drm_agx_sync *timeline;
	struct drm_agx_timestamps *ts;
	struct drm_agx_bo *shared;
	struct drm_agx_bo *private;
	struct drm_agx_bo *imported;
	struct drm_agx_bo_cache *cache;
	struct drm_agx_bo *cached;
	struct drm_agx_shader *shader;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	int dmabuf;
	int foreign;
	int fence;
};

#define TRY(call) \
	do { \
		int ret__ = (call); \
		if (ret__) { \
			assert_int_equal(ret__, -errno); \
			return ret__; \
		} \
	} while (0)

/* As TRY(), for a call that makes @object: untouched if it fails. */
#define TRY_MAKE(object, call) \
	do { \
		int ret__; \
		(object) = UNTOUCHED; \
		ret__ = (call); \
		if (ret__) { \
			assert_int_equal(ret__, -errno); \
			assert_ptr_equal((object), UNTOUCHED); \
			(object) = NULL; \
			return ret__; \
		} \
	} while (0)

static int make_buffers(struct world *w)
{
	uint64_t addr, fixed = 0x100000000;
	struct drm_agx_bo *again;
	void *map;

	TRY_MAKE(w->shared, drm_agx_bo_create(w->dev, PAGE, 0, &w->shared));
	TRY(drm_agx_bo_bind(w->shared, w->vm, RW, &addr));
	TRY(drm_agx_bo_bind(w->shared, w->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_FIXED, &fixed));
	TRY(drm_agx_bo_unbind(w->shared, w->vm, addr));
	TRY(drm_agx_bo_map(w->shared, &map));
	TRY(drm_agx_bo_export(w->shared, &w->dmabuf));
	TRY_MAKE(again, drm_agx_bo_import(w->dev, w->dmabuf, &again));
	drm_agx_bo_unref(again);
	TRY_MAKE(w->imported, drm_agx_bo_import(w->dev, w->foreign, &w->imported));
	TRY_MAKE(w->private, drm_agx_bo_create_private(w->vm, PAGE, 0, &w->private));
	TRY(drm_agx_bo_bind(w->private, w->vm, RW, &addr));
	return 0;
}

static int use_cache(struct world *w)
{
	struct drm_agx_bo *again;
	uint64_t addr;

	TRY_MAKE(w->cache, drm_agx_bo_cache_create(w->vm, UINT64_MAX, &w->cache));
	TRY_MAKE(w->cached, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &w->cached, &addr));
	TRY_MAKE(again, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &again, &addr));
	drm_agx_bo_unref(again);
	TRY_MAKE(again, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &again, &addr));
	drm_agx_bo_unref(again);
	return 0;
}

static int make_syncs(struct world *w)
{
	struct drm_agx_sync *many[20];
	uint64_t point;
	unsigned int i;
	int status;

	TRY_MAKE(w->binary, drm_agx_sync_create(w->dev, DRM_AGX_SYNC_SIGNALED, &w->binary));
	TRY_MAKE(w->timeline, drm_agx_sync_create(w->dev, DRM_AGX_SYNC_TIMELINE, &w->timeline));
	TRY(drm_agx_sync_signal(w->timeline, 1));
	TRY(drm_agx_sync_query(w->timeline, &point));
	TRY(drm_agx_sync_export_file(w->timeline, 1, &w->fence));
	TRY(drm_agx_sync_import_file(w->timeline, 2, w->fence));
	TRY(drm_agx_sync_import_file(w->binary, 0, w->fence));
	TRY(drm_agx_sync_status(w->binary, 0, &status));
	TRY(drm_agx_sync_status(w->timeline, 2, &status));
	TRY(drm_agx_sync_reset(w->binary));
	TRY(drm_agx_sync_signal(w->binary, 0));
	TRY(drm_agx_sync_wait(w->binary, 0, 0));
	TRY(drm_agx_sync_wait(w->timeline, 2, 0));
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = w->binary;
	TRY(drm_agx_sync_wait_many(many, NULL, ARRAY_SIZE(many), DRM_AGX_WAIT_ALL, 0, NULL));
	return 0;
}

static int run_job(struct world *w)
{
	static const uint8_t code[] = { 0x88, 0x00 };
	struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code,
		.code_size = sizeof(code),
		.preshader = code,
		.preshader_size = sizeof(code),
		.num_registers = 8,
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.uniforms = "0123456",
		.uniforms_size = 8,
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	struct drm_asahi_attachment attachment = { .pointer = 0x4000, .size = 0x4000 };
	struct drm_asahi_cmd_compute cmd;
	unsigned int i;

	TRY_MAKE(w->queue, drm_agx_queue_create(w->vm, DRM_ASAHI_PRIORITY_LOW, &w->queue));
	TRY_MAKE(w->ts, drm_agx_timestamps_create(w->dev, 2, &w->ts));
	TRY_MAKE(w->shader, drm_agx_shader_create(w->vm, &info, &w->shader));
	TRY_MAKE(w->compute, drm_agx_compute_create(w->vm, &w->compute));
	launch.shader = w->shader;
	for (i = 0; i < 2000; i++)
		TRY(drm_agx_compute_launch(w->compute, &launch));
	TRY(drm_agx_compute_end(w->compute, &cmd, sizeof(cmd)));
	TRY(drm_agx_timestamps_slot(w->ts, 0, &cmd.ts.start));
	TRY_MAKE(w->submit, drm_agx_submit_create(&w->submit));
	TRY(drm_agx_submit_add_attachments(w->submit, DRM_AGX_STAGE_COMPUTE, &attachment, 1));
	for (i = 0; i < 8; i++) {
		TRY(drm_agx_submit_add_compute(w->submit, &cmd, sizeof(cmd), 0, 0));
		TRY(drm_agx_submit_add_wait(w->submit, w->timeline, 2));
		TRY(drm_agx_submit_add_signal(w->submit, w->binary, 0));
	}
	TRY(drm_agx_queue_submit(w->queue, w->submit));
	TRY(drm_agx_sync_wait(w->binary, 0, INT64_MAX));
	return 0;
}

static int run_all(struct world *w)
{
	uint64_t ns;

	TRY_MAKE(w->dev, drm_agx_device_open_path(fake_path(), &w->dev));
	TRY(drm_agx_device_get_time(w->dev, &ns));
	TRY_MAKE(w->vm, drm_agx_vm_create(w->dev, &w->vm));
	TRY(make_buffers(w));
	TRY(use_cache(w));
	TRY(make_syncs(w));
	return run_job(w);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* In an order that nobody would choose: whatever it is has to do. */
static void clean_up(struct world *w)
{
	drm_agx_device_unref(w->dev);
	drm_agx_vm_unref(w->vm);
	drm_agx_compute_destroy(w->compute);
	drm_agx_shader_unref(w->shader);
	drm_agx_timestamps_unref(w->ts);
	drm_agx_bo_cache_unref(w->cache);
	drm_agx_bo_unref(w->cached);
	drm_agx_bo_unref(w->imported);
	drm_agx_bo_unref(w->private);
	drm_agx_bo_unref(w->shared);
	drm_agx_queue_unref(w->queue);
	drm_agx_sync_unref(w->binary);
	drm_agx_submit_destroy(w->submit);
	drm_agx_sync_unref(w->timeline);
	close_fd(w->dmabuf);
	close_fd(w->fence);
}

/* Runs it all; what is injected is set up by the caller. Returns what came of it. */
static int run_once(int foreign)
{
	struct world w = { .dmabuf = -1, .fence = -1, .foreign = foreign };
	int ret;

	alloc_live = 0;
	alloc_failed = false;
	ret = run_all(&w);
	alloc_fail = 0;
	fake_fail(0, 0);
	clean_up(&w);
	assert_nothing_left();
	assert_int_equal(alloc_live, 0);
	return ret;
}

static void test_no_error(void **state)
{
	int fd = fake_open();
	int foreign = fake_foreign_dmabuf(PAGE);
	unsigned int before;

	assert_ok(run_once(foreign));
	before = count_fds();
	assert_ok(run_once(foreign));
	assert_int_equal(count_fds(), before);
	close(foreign);
	close(fd);
}

static void test_ioctls(void **state)
{
	unsigned int nth, before;
	int fd, foreign, ret;
	bool failed = true;

	for (nth = 1; failed; nth++) {
		fd = fake_open();
		foreign = fake_foreign_dmabuf(PAGE);
		before = count_fds();
		fake_fail(nth, ENOSR);
		ret = run_once(foreign);
		failed = ret != 0;
		assert_int_equal(ret, failed ? -ENOSR : 0);
		assert_int_equal(count_fds(), before);
		close(foreign);
		close(fd);
	}
	/* A run has many more ioctls than there are functions. */
	assert_true(nth > 60);
}

static void test_allocations(void **state)
{
	unsigned int nth, before;
	int fd, foreign, ret;

	alloc_failed = true;
	for (nth = 1; alloc_failed; nth++) {
		fd = fake_open();
		foreign = fake_foreign_dmabuf(PAGE);
		before = count_fds();
		alloc_fail = nth;
		ret = run_once(foreign);
		assert_int_equal(ret, alloc_failed ? -ENOMEM : 0);
		assert_int_equal(count_fds(), before);
		close(foreign);
		close(fd);
	}
	assert_true(nth > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_error),
		cmocka_unit_test(test_ioctls),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
