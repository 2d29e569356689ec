// SPDX-License-Identifier: MIT
/*
 * The examples of the manual pages: each does what it says, and each of its ioctls fails in turn,
 * after which it returns that error and has left nothing behind.
 */
#include "agx_test.h"

#include <dirent.h>
#include <unistd.h>

#include "examples.h"

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)
#define FIXED_ADDR 0x100000000

/* out[thread] = thread, with out in u0:u1. */
static const uint8_t thread_code[] = {
	0x72, 0x01, 0x10, 0x04, 0x45, 0x01, 0x00, 0x0e, 0x00, 0xc0, 0x12, 0x00, 0x88, 0x00,
};

struct world {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	struct drm_agx_timestamps *ts;
	struct drm_agx_shader *shader;
	struct drm_agx_bo *data;
	uint64_t data_addr;
	const uint32_t *words;
	int dmabuf;
};

/* What an example could leave behind. */
struct things {
	struct fake_counts counts;
	unsigned int fds;

	/* The next address that is given out. */
	uint64_t addr;
};

static struct things count_things(const struct world *w)
{
	struct things things = { .counts = fake_count() };
	DIR *dir = opendir("/proc/self/fd");

	while (readdir(dir))
		things.fds++;
	closedir(dir);
	assert_ok(drm_agx_vm_alloc(w->vm, PAGE, 0, 0, &things.addr));
	assert_ok(drm_agx_vm_free(w->vm, things.addr));
	return things;
}

/* What comes behind it, in a run, is the test's own: it does not fail. */
static void end_of_example(void)
{
	assert_false(fake_has_failed());
	fake_fail(0, 0);
}

/* @run undoes what it has done if it returns 0. */
static void check(struct world *w, int (*run)(struct world *w), unsigned int least)
{
	const struct things before = count_things(w);
	struct things after;
	unsigned int nth = 0;
	bool failed;
	int ret;

	do {
		fake_fail(++nth, ENOSR);
		ret = run(w);
		failed = fake_has_failed();
		fake_fail(0, 0);
		assert_int_equal(ret, failed ? -ENOSR : 0);
		after = count_things(w);
		assert_memory_equal(&before.counts, &after.counts, sizeof(before.counts));
		assert_int_equal(before.fds, after.fds);
		assert_int_equal(before.addr, after.addr);
	} while (failed);

	/* Or it is no test. */
	assert_true(nth > least);
}

static int setup(void **state)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = thread_code,
		.code_size = sizeof(thread_code),
		.num_registers = 8,
	};
	struct world *w = calloc(1, sizeof(*w));
	static const char *node;
	void *map;

	w->dev = test_open();
	node = fake_path();
	fake_set_nodes(&node, 1);
	assert_ok(drm_agx_vm_create(w->dev, &w->vm));
	assert_ok(drm_agx_queue_create(w->vm, DRM_ASAHI_PRIORITY_MEDIUM, &w->queue));
	assert_ok(drm_agx_sync_create(w->dev, 0, &w->done));
	assert_ok(drm_agx_timestamps_create(w->dev, 2, &w->ts));
	assert_ok(drm_agx_shader_create(w->vm, &info, &w->shader));
	assert_ok(drm_agx_bo_create(w->dev, PAGE, 0, &w->data));
	assert_ok(drm_agx_bo_bind(w->data, w->vm, RW, &w->data_addr));
	assert_ok(drm_agx_bo_map(w->data, &map));
	assert_ok(drm_agx_bo_export(w->data, &w->dmabuf));
	w->words = map;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	close(w->dmabuf);
	drm_agx_bo_unref(w->data);
	drm_agx_shader_unref(w->shader);
	drm_agx_timestamps_unref(w->ts);
	drm_agx_sync_unref(w->done);
	drm_agx_queue_unref(w->queue);
	drm_agx_vm_unref(w->vm);
	test_close(w->dev);
	free(w);
	return 0;
}

static int run_upload(struct world *w)
{
	static const char text[] = "what the GPU reads";
	struct drm_agx_bo *bo;
	uint64_t addr;
	void *map;
	int ret;

	ret = upload(w->vm, text, sizeof(text), &bo, &addr);
	if (ret)
		return ret;

	end_of_example();
	assert_ok(drm_agx_bo_map(bo, &map));
	assert_string_equal(map, text);
	assert_ok(drm_agx_bo_unbind(bo, w->vm, addr));
	drm_agx_bo_unref(bo);
	return 0;
}

static void test_upload(void **state)
{
	check(*state, run_upload, 3);
}

static uint64_t scratch_addr;

static int use_scratch(uint64_t scratch)
{
	scratch_addr = scratch;
	return 0;
}

static int run_with_scratch(struct world *w)
{
	struct drm_agx_bo_cache *cache;
	int ret;

	assert_ok(drm_agx_bo_cache_create(w->vm, UINT64_MAX, &cache));
	scratch_addr = 0;
	ret = with_scratch(cache, 3 * PAGE, use_scratch);
	assert_int_equal(scratch_addr != 0, !ret);
	drm_agx_bo_cache_unref(cache);
	return ret;
}

static void test_with_scratch(void **state)
{
	check(*state, run_with_scratch, 2);
}

static int run_print_gpu(struct world *w)
{
	return print_gpu();
}

static void test_print_gpu(void **state)
{
	check(*state, run_print_gpu, 3);
}

static int run_publish(struct world *w)
{
	return publish(w->dmabuf, w->done);
}

static void test_publish(void **state)
{
	struct world *w = *state;

	assert_ok(drm_agx_sync_signal(w->done, 0));
	check(w, run_publish, 2);
}

static int run_create_bound(struct world *w)
{
	int fd = drm_agx_device_fd(w->dev);
	uint32_t handle;
	int ret;

	ret = create_bound(fd, drm_agx_vm_id(w->vm), 2 * PAGE, FIXED_ADDR, &handle);
	if (ret)
		return ret;

	assert_ok(drm_agx_gem_close(fd, handle));
	return 0;
}

static void test_create_bound(void **state)
{
	check(*state, run_create_bound, 2);
}

static int run_bind_together(struct world *w)
{
	struct drm_agx_bo *first, *second;
	unsigned int before;
	uint64_t addr;
	int ret;

	first = w->data;
	ret = drm_agx_bo_create_private(w->vm, 2 * PAGE, 0, &second);
	if (ret)
		return ret;

	before = fake_count().mappings;
	ret = bind_together(w->vm, first, second, &addr);
	if (!ret) {
		end_of_example();
		assert_int_equal(fake_count().mappings, before + 2);
		assert_ok(drm_agx_bo_unbind(first, w->vm, addr));
		assert_ok(drm_agx_bo_unbind(second, w->vm, addr + PAGE));
		assert_ok(drm_agx_vm_free(w->vm, addr));
	}
	drm_agx_bo_unref(second);
	return ret;
}

static void test_bind_together(void **state)
{
	check(*state, run_bind_together, 3);
}

/* A command is made, timed, submitted with another and waited for. */
static int run_frame(struct world *w)
{
	static const struct drm_asahi_cmd_render draw;
	struct drm_asahi_cmd_compute cmd;
	struct drm_agx_compute *compute;
	uint64_t ns = 0;
	int ret;

	assert_ok(drm_agx_compute_create(w->vm, &compute));
	ret = make_command(compute, w->shader, w->shader, w->data_addr, &cmd);
	if (!ret)
		ret = time_command(w->ts, &cmd);
	if (!ret)
		ret = submit_frame(w->queue, &cmd, &draw, w->done);
	if (!ret)
		ret = finish(w->done);
	if (!ret)
		ret = read_duration(w->dev, w->ts, &ns);
	drm_agx_compute_destroy(compute);
	if (ret)
		return ret;

	assert_int_equal(w->words[1023], 1023);
	assert_true(ns > 0);
	return 0;
}

static void test_frame(void **state)
{
	check(*state, run_frame, 10);
}

/* A job that fails is not a wait that fails. */
static void test_finish(void **state)
{
	struct world *w = *state;
	int fence = fake_sync_file(-EIO);

	assert_ok(drm_agx_sync_import_file(w->done, 0, fence));
	assert_int_equal(finish(w->done), -EIO);
	close(fence);
}

int main(void)
{
#define EXAMPLE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		EXAMPLE_TEST(test_upload),
		EXAMPLE_TEST(test_with_scratch),
		EXAMPLE_TEST(test_print_gpu),
		EXAMPLE_TEST(test_publish),
		EXAMPLE_TEST(test_create_bound),
		EXAMPLE_TEST(test_bind_together),
		EXAMPLE_TEST(test_frame),
		EXAMPLE_TEST(test_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
