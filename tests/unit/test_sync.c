// SPDX-License-Identifier: MIT
#include "agx_test.h"

#include <unistd.h>

static void test_binary(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *sync;
	uint64_t point = 7;

	assert_ok(drm_agx_sync_create(dev, 0, &sync));
	assert_int_not_equal(drm_agx_sync_handle(sync), 0);
	assert_error(drm_agx_sync_wait(sync, 0, 0), ETIME);
	assert_ok(drm_agx_sync_signal(sync, 0));
	assert_ok(drm_agx_sync_wait(sync, 0, 0));
	assert_ok(drm_agx_sync_reset(sync));
	assert_error(drm_agx_sync_wait(sync, 0, 0), ETIME);

	/* What is for timelines. */
	assert_error(drm_agx_sync_wait(sync, 1, 0), EINVAL);
	assert_error(drm_agx_sync_signal(sync, 1), EINVAL);
	assert_error(drm_agx_sync_query(sync, &point), EINVAL);
	assert_int_equal(point, 7);

	assert_ptr_equal(drm_agx_sync_ref(sync), sync);
	drm_agx_sync_unref(sync);
	assert_int_equal(fake_count().syncobjs, 1);
	drm_agx_sync_unref(sync);
	drm_agx_sync_unref(NULL);

	assert_ok(drm_agx_sync_create(dev, DRM_AGX_SYNC_SIGNALED, &sync));
	assert_ok(drm_agx_sync_wait(sync, 0, 0));
	drm_agx_sync_unref(sync);
	test_close(dev);
}

static void test_timeline(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *sync;
	uint64_t point;

	assert_ok(drm_agx_sync_create(dev, DRM_AGX_SYNC_TIMELINE, &sync));
	assert_ok(drm_agx_sync_signal(sync, 5));
	assert_ok(drm_agx_sync_query(sync, &point));
	assert_int_equal(point, 5);
	assert_ok(drm_agx_sync_wait(sync, 4, 0));
	assert_ok(drm_agx_sync_wait(sync, 5, 0));
	assert_error(drm_agx_sync_wait(sync, 6, 0), ETIME);

	assert_error(drm_agx_sync_wait(sync, 0, 0), EINVAL);
	assert_error(drm_agx_sync_signal(sync, 0), EINVAL);
	assert_error(drm_agx_sync_reset(sync), EINVAL);
	drm_agx_sync_unref(sync);
	test_close(dev);
}

static void test_wait_many(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *syncs[40];
	uint64_t points[ARRAY_SIZE(syncs)];
	uint32_t first = 77;
	unsigned int i;

	/* Every third one is a timeline. */
	for (i = 0; i < ARRAY_SIZE(syncs); i++) {
		points[i] = i % 3 ? 0 : 10 + i;
		assert_ok(drm_agx_sync_create(dev, i % 3 ? 0 : DRM_AGX_SYNC_TIMELINE, &syncs[i]));
	}

	assert_error(drm_agx_sync_wait_many(syncs, points, 40, 0, 0, &first), ETIME);
	assert_int_equal(first, 77);
	assert_ok(drm_agx_sync_signal(syncs[33], 43));
	assert_ok(drm_agx_sync_wait_many(syncs, points, 40, 0, 0, &first));
	assert_int_equal(first, 33);
	assert_ok(drm_agx_sync_wait_many(syncs, points, 40, 0, 0, NULL));
	assert_error(drm_agx_sync_wait_many(syncs, points, 33, 0, 0, &first), ETIME);
	assert_error(drm_agx_sync_wait_many(syncs, points, 40, DRM_AGX_WAIT_ALL, 0, NULL), ETIME);

	/* Few enough for no allocation, binary ones without points. */
	assert_ok(drm_agx_sync_signal(syncs[2], 0));
	assert_ok(drm_agx_sync_wait_many(syncs + 1, NULL, 2, 0, 0, &first));
	assert_int_equal(first, 1);
	assert_error(drm_agx_sync_wait_many(syncs + 1, NULL, 2, DRM_AGX_WAIT_ALL, 0, &first),
		     ETIME);
	assert_ok(drm_agx_sync_signal(syncs[1], 0));
	first = 77;
	assert_ok(drm_agx_sync_wait_many(syncs + 1, NULL, 2, DRM_AGX_WAIT_ALL, 0, &first));
	assert_int_equal(first, 77);

	for (i = 0; i < ARRAY_SIZE(syncs); i++)
		assert_ok(drm_agx_sync_signal(syncs[i], points[i]));
	assert_ok(drm_agx_sync_wait_many(syncs, points, 40, DRM_AGX_WAIT_ALL, 0, NULL));

	assert_error(drm_agx_sync_wait_many(syncs, points, 0, 0, 0, NULL), EINVAL);
	assert_error(drm_agx_sync_wait_many(syncs, points, 40, 1 << 1, 0, NULL), EINVAL);
	assert_error(drm_agx_sync_wait_many(syncs, NULL, 40, 0, 0, NULL), EINVAL);
	assert_error(drm_agx_sync_wait_many(syncs + 1, points, 2, 0, 0, NULL), EINVAL);

	for (i = 0; i < ARRAY_SIZE(syncs); i++)
		drm_agx_sync_unref(syncs[i]);
	test_close(dev);
}

static void test_create_invalid(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *sync;

	assert_error(drm_agx_sync_create(dev, 1 << 2, &sync), EINVAL);
	assert_error(drm_agx_sync_create(dev, DRM_AGX_SYNC_SIGNALED | DRM_AGX_SYNC_TIMELINE,
					 &sync), EINVAL);
	assert_int_equal(fake_num_calls(), 0);
	test_close(dev);
}

static void test_deadline(void **state)
{
	int64_t now = drm_agx_deadline(0);
	int64_t later = drm_agx_deadline(1000000000);

	assert_true(now > 0);
	assert_true(later >= now + 1000000000);
	assert_true(drm_agx_deadline(INT64_MAX) == INT64_MAX);
	assert_true(drm_agx_deadline(INT64_MAX - 1) == INT64_MAX);
	assert_true(drm_agx_deadline(-1000) <= drm_agx_deadline(0));
}

/* The deadline and its being absolute are libdrm's and the kernel's: it has to arrive as it is. */
static void test_wait_args(void **state)
{
	const struct drm_syncobj_timeline_wait *timeline_wait;
	struct drm_agx_device *dev = test_open();
	const struct drm_syncobj_wait *wait;
	struct drm_agx_sync *sync;

	assert_ok(drm_agx_sync_create(dev, 0, &sync));
	assert_error(drm_agx_sync_wait(sync, 0, 0x123456789abc), ETIME);
	wait = (const void *)test_last_call(DRM_IOCTL_SYNCOBJ_WAIT)->arg;
	assert_int_equal(wait->timeout_nsec, 0x123456789abc);
	assert_int_equal(wait->flags, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT);
	assert_int_equal(wait->count_handles, 1);
	drm_agx_sync_unref(sync);

	assert_ok(drm_agx_sync_create(dev, DRM_AGX_SYNC_TIMELINE, &sync));
	assert_error(drm_agx_sync_wait(sync, 3, INT64_MAX), ETIME);
	timeline_wait = (const void *)test_last_call(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT)->arg;
	assert_true(timeline_wait->timeout_nsec == INT64_MAX);
	assert_int_equal(timeline_wait->flags, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT);
	drm_agx_sync_unref(sync);
	test_close(dev);
}

/* Through a sync_file from each kind of sync to each kind, with what the fence ended with. */
static void test_files(void **state)
{
	static const int statuses[] = { 1, -EIO, -ECANCELED };
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *syncs[2];
	unsigned int i, from, to;
	int fd, status;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		for (from = 0; from < 2; from++) {
			for (to = 0; to < 2; to++) {
				uint64_t from_point = from ? 8 : 0;
				uint64_t to_point = to ? 3 : 0;

				assert_ok(drm_agx_sync_create(dev, from ? DRM_AGX_SYNC_TIMELINE : 0,
							      &syncs[0]));
				assert_ok(drm_agx_sync_create(dev, to ? DRM_AGX_SYNC_TIMELINE : 0,
							      &syncs[1]));
				fd = fake_sync_file(statuses[i]);
				assert_ok(drm_agx_sync_import_file(syncs[0], from_point, fd));
				close(fd);
				assert_ok(drm_agx_sync_export_file(syncs[0], from_point, &fd));
				assert_ok(drm_agx_sync_import_file(syncs[1], to_point, fd));
				close(fd);
				assert_ok(drm_agx_sync_wait(syncs[1], to_point, 0));
				assert_ok(drm_agx_sync_status(syncs[1], to_point, &status));
				assert_int_equal(status, statuses[i]);
				drm_agx_sync_unref(syncs[0]);
				drm_agx_sync_unref(syncs[1]);
				/* Nothing is left of the way through a binary syncobj. */
				assert_int_equal(fake_count().syncobjs, 0);
			}
		}
	}
	test_close(dev);
}

static void test_files_invalid(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_sync *binary, *timeline;
	int fd = -7, status = -7;

	assert_ok(drm_agx_sync_create(dev, 0, &binary));
	assert_ok(drm_agx_sync_create(dev, DRM_AGX_SYNC_TIMELINE, &timeline));

	/* No fence, and no such point. */
	assert_error(drm_agx_sync_export_file(binary, 0, &fd), EINVAL);
	assert_error(drm_agx_sync_export_file(timeline, 1, &fd), EINVAL);
	assert_error(drm_agx_sync_status(binary, 0, &status), EINVAL);
	assert_error(drm_agx_sync_status(timeline, 1, &status), EINVAL);
	assert_int_equal(fd, -7);
	assert_int_equal(status, -7);

	/* A point for a binary sync, and none for a timeline. */
	assert_ok(drm_agx_sync_signal(binary, 0));
	assert_ok(drm_agx_sync_signal(timeline, 1));
	assert_error(drm_agx_sync_export_file(binary, 1, &fd), EINVAL);
	assert_error(drm_agx_sync_export_file(timeline, 0, &fd), EINVAL);
	assert_error(drm_agx_sync_import_file(binary, 1, 0), EINVAL);
	assert_error(drm_agx_sync_import_file(timeline, 0, 0), EINVAL);

	/* No sync_file. */
	assert_error(drm_agx_sync_import_file(binary, 0, drm_agx_device_fd(dev)), EINVAL);
	assert_error(drm_agx_sync_import_file(timeline, 1, drm_agx_device_fd(dev)), EINVAL);

	assert_int_equal(fake_count().syncobjs, 2);
	drm_agx_sync_unref(binary);
	drm_agx_sync_unref(timeline);
	test_close(dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_wait_many),
		cmocka_unit_test(test_create_invalid),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_wait_args),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_files_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
