// SPDX-License-Identifier: MIT
/*
 * A device that is opened twice: each open file has handles and ids of its own, which happen to be
 * the same numbers, and what one of them gives back is nothing to the other.
 */
#include "agx_test.h"

#include <sys/mman.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)

struct pair {
	struct drm_agx_device *a;
	struct drm_agx_device *b;
};

static int setup(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	pair->a = test_open();
	assert_ok(drm_agx_device_create(drm_agx_device_fd(pair->a), DRM_AGX_FD_REOPEN, &pair->b));
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	struct pair *pair = *state;

	drm_agx_device_unref(pair->b);
	test_close(pair->a);
	free(pair);
	return 0;
}

/* The fake device itself: what it is that has handles. */
static void test_descriptors(void **state)
{
	struct drm_asahi_gem_create create = { .size = PAGE };
	struct pair *pair = *state;
	int fd = drm_agx_device_fd(pair->a);
	int copy = dup(fd);
	void *map;

	assert_ok(drm_agx_ioctl_gem_create(fd, &create, sizeof(create)));
	assert_ok(drm_agx_gem_mmap(copy, create.handle, PAGE, NULL, &map));
	munmap(map, PAGE);
	assert_error(drm_agx_gem_mmap(drm_agx_device_fd(pair->b), create.handle, PAGE, NULL, &map),
		     ENOENT);
	assert_ok(drm_agx_gem_close(copy, create.handle));
	close(copy);
}

static void test_numbers(void **state)
{
	struct drm_agx_device *devs[2];
	struct drm_agx_queue *queues[2];
	struct drm_agx_sync *syncs[2];
	struct pair *pair = *state;
	struct drm_agx_bo *bos[2];
	struct drm_agx_vm *vms[2];
	unsigned int i;

	devs[0] = pair->a;
	devs[1] = pair->b;
	for (i = 0; i < 2; i++) {
		assert_ok(drm_agx_vm_create(devs[i], &vms[i]));
		assert_ok(drm_agx_queue_create(vms[i], DRM_ASAHI_PRIORITY_LOW, &queues[i]));
		assert_ok(drm_agx_bo_create(devs[i], PAGE, 0, &bos[i]));
		assert_ok(drm_agx_sync_create(devs[i], 0, &syncs[i]));
	}
	assert_int_equal(drm_agx_vm_id(vms[0]), drm_agx_vm_id(vms[1]));
	assert_int_equal(drm_agx_queue_id(queues[0]), drm_agx_queue_id(queues[1]));
	assert_int_equal(drm_agx_bo_handle(bos[0]), drm_agx_bo_handle(bos[1]));
	assert_int_equal(drm_agx_sync_handle(syncs[0]), drm_agx_sync_handle(syncs[1]));

	assert_ok(drm_agx_sync_signal(syncs[0], 0));
	assert_error(drm_agx_sync_wait(syncs[1], 0, 0), ETIME);
	for (i = 0; i < 2; i++) {
		drm_agx_sync_unref(syncs[i]);
		drm_agx_bo_unref(bos[i]);
		drm_agx_queue_unref(queues[i]);
		drm_agx_vm_unref(vms[i]);
	}
}

/* One buffer in both, given up by its maker first or last. */
static void check_import(struct pair *pair, bool maker_first)
{
	struct drm_agx_bo *bo, *imported, *again, *other;
	uint32_t *map, *imported_map;
	struct drm_agx_vm *vm;
	uint64_t addr;
	int fd;

	/* So that the handles are different numbers. */
	assert_ok(drm_agx_bo_create(pair->b, PAGE, 0, &other));
	assert_ok(drm_agx_vm_create(pair->b, &vm));

	assert_ok(drm_agx_bo_create(pair->a, 2 * PAGE, 0, &bo));
	assert_ok(drm_agx_bo_map(bo, (void **)&map));
	map[PAGE / 4] = 0x1234567;
	assert_ok(drm_agx_bo_export(bo, &fd));
	assert_ok(drm_agx_bo_import(pair->b, fd, &imported));
	assert_ptr_not_equal(imported, bo);
	assert_int_not_equal(drm_agx_bo_handle(imported), drm_agx_bo_handle(bo));
	assert_int_equal(drm_agx_bo_size(imported), 2 * PAGE);
	assert_ok(drm_agx_bo_import(pair->b, fd, &again));
	assert_ptr_equal(again, imported);
	drm_agx_bo_unref(again);
	assert_int_equal(fake_count().handles, 3);
	assert_ok(drm_agx_bo_bind(imported, vm, RW, &addr));

	drm_agx_bo_unref(maker_first ? bo : imported);
	assert_int_equal(fake_count().handles, 2);
	assert_int_equal(fake_count().mappings, maker_first);
	if (maker_first) {
		assert_ok(drm_agx_bo_map(imported, (void **)&imported_map));
		assert_int_equal(imported_map[PAGE / 4], 0x1234567);
		/* To the maker it is a stranger's now. */
		assert_ok(drm_agx_bo_import(pair->a, fd, &bo));
		assert_ok(drm_agx_bo_map(bo, (void **)&map));
	}
	assert_int_equal(map[PAGE / 4], 0x1234567);
	close(fd);

	drm_agx_bo_unref(maker_first ? imported : bo);
	if (maker_first)
		drm_agx_bo_unref(bo);
	assert_ok(drm_agx_bo_map(other, (void **)&map));
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_unref(other);
	drm_agx_vm_unref(vm);
	assert_nothing_left();
}

static void test_import(void **state)
{
	check_import(*state, true);
	check_import(*state, false);
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		FILES_TEST(test_descriptors),
		FILES_TEST(test_numbers),
		FILES_TEST(test_import),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
