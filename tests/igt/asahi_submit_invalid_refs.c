// SPDX-License-Identifier: MIT
/**
 * TEST: asahi submit invalid refs
 * Category: Core
 * Mega feature: Compute
 * Sub-category: submission
 * Functionality: SUBMIT
 * Description: Syncs and timestamps that SUBMIT has to refuse: nothing runs, no syncobj changes.
 */
#include <errno.h>

#include "asahi_attempt.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("SUBMIT: syncs and timestamps that are refused");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Try a timestamp in every place that there is. */
static void assert_stamp_fails(struct asahi_attempt *t, uint32_t object, uint32_t offset, int err)
{
	const struct drm_asahi_timestamp stamp = { .handle = object, .offset = offset };
	struct drm_asahi_cmd_render render;
	struct drm_asahi_cmd_compute compute;
	uint32_t place;

	for (place = 0; place < 6; place++) {
		struct drm_asahi_timestamp *const places[] = {
			&compute.ts.start, &compute.ts.end,
			&render.ts_vtx.start, &render.ts_vtx.end,
			&render.ts_frag.start, &render.ts_frag.end,
		};

		asahi_attempt_begin(t);
		compute = t->job.compute;
		asahi_render_empty(&t->client, &render);
		*places[place] = stamp;
		asahi_cmdbuf_compute(&t->cmdbuf, &compute, NONE, NONE);
		asahi_cmdbuf_render(&t->cmdbuf, &render, NONE, NONE);
		igt_assert_eq(asahi_attempt_submit(t), err);
	}
}

/**
 * SUBTEST: timestamp-object
 * Description: Timestamps go to an object of this file that was not given up.
 */
static void timestamp_object(void)
{
	struct asahi_attempt t;
	uint32_t object;

	asahi_attempt_init(&t);
	object = asahi_object_bind(t.client.fd, t.bo.handle, 0, ASAHI_PAGE);
	assert_stamp_fails(&t, object + 1, 0, -ENOENT);
	assert_stamp_fails(&t, UINT32_MAX, 0, -ENOENT);
	asahi_object_unbind(t.client.fd, object);
	assert_stamp_fails(&t, object, 0, -ENOENT);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: timestamp-range
 * Description: A timestamp that would not lie in the bound range is refused, even if the buffer
 *	object is larger.
 */
static void timestamp_range(void)
{
	struct asahi_attempt t;
	uint32_t object, handle;

	asahi_attempt_init(&t);
	handle = asahi_gem_create(t.client.fd, 2 * ASAHI_PAGE);
	object = asahi_object_bind(t.client.fd, handle, 0, ASAHI_PAGE);
	assert_stamp_fails(&t, object, ASAHI_PAGE - 7, -ERANGE);
	assert_stamp_fails(&t, object, ASAHI_PAGE, -ERANGE);
	assert_stamp_fails(&t, object, 0x7ffffff8, -ERANGE);
	assert_stamp_fails(&t, object, 0xfffffff7, -ERANGE);
	asahi_object_unbind(t.client.fd, object);
	gem_close(t.client.fd, handle);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: timestamp-overflow
 * Description: The end of a timestamp does not wrap around.
 */
static void timestamp_overflow(void)
{
	struct asahi_attempt t;
	uint32_t object;

	asahi_attempt_init(&t);
	object = asahi_object_bind(t.client.fd, t.bo.handle, 0, ASAHI_PAGE);
	assert_stamp_fails(&t, object, 0xfffffff8, -EINVAL);
	assert_stamp_fails(&t, object, UINT32_MAX, -EINVAL);
	asahi_object_unbind(t.client.fd, object);
	asahi_attempt_fini(&t);
}

static int try_syncs(struct asahi_attempt *t, const void *syncs, uint32_t in, uint32_t out)
{
	asahi_attempt_begin(t);
	return __asahi_cmdbuf_submit(&t->client, t->client.queue_id, &t->cmdbuf, syncs, in, out);
}

/**
 * SUBTEST: sync-pointer
 * Description: Syncs that cannot be read give EFAULT.
 */
static void sync_pointer(void)
{
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	igt_assert_eq(try_syncs(&t, NULL, 1, 0), -EFAULT);
	igt_assert_eq(try_syncs(&t, NULL, 0, 1), -EFAULT);
	igt_assert_eq(try_syncs(&t, (void *)-16l, 1, 1), -EFAULT);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: sync-count
 * Description: More syncs than 32 bits can count together are refused, not cut.
 */
static void sync_count(void)
{
	struct drm_asahi_sync syncs[2];
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	asahi_require_simulated(t.client.fd, "the Rust driver's sum of both counts overflows");
	syncs[0] = asahi_sync_binary(t.binary);
	syncs[1] = asahi_sync_binary(t.binary);
	igt_assert_eq(try_syncs(&t, syncs, UINT32_MAX, 1), -EINVAL);
	igt_assert_eq(try_syncs(&t, syncs, UINT32_MAX, 3), -EINVAL);
	igt_assert_eq(try_syncs(&t, syncs, 0x80000000, 0x80000001), -EINVAL);

	/* As many as can be counted, but that nobody has. */
	igt_assert_neq(try_syncs(&t, syncs, UINT32_MAX, 0), 0);
	igt_assert_neq(try_syncs(&t, syncs, 0, UINT32_MAX), 0);
	asahi_attempt_fini(&t);
}

/* Try one sync in both places, beside an out-sync that must not change. */
static void assert_sync_fails(struct asahi_attempt *t, struct drm_asahi_sync sync, int err)
{
	const struct drm_asahi_sync in[] = {
		sync, asahi_sync_binary(t->binary), asahi_sync_point(t->timeline, 5),
	};
	const struct drm_asahi_sync out[] = {
		asahi_sync_binary(t->binary), asahi_sync_point(t->timeline, 5), sync,
	};

	igt_assert_eq(try_syncs(t, in, 1, 2), err);
	igt_assert_eq(try_syncs(t, out, 0, 3), err);
}

/**
 * SUBTEST: sync-type
 * Description: There are two kinds of syncs.
 */
static void sync_type(void)
{
	struct drm_asahi_sync sync;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	sync = asahi_sync_binary(syncobj_create(t.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	sync.sync_type = 2;
	assert_sync_fails(&t, sync, -EINVAL);
	sync.sync_type = UINT32_MAX;
	assert_sync_fails(&t, sync, -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: sync-binary-value
 * Description: A binary sync has no value.
 */
static void sync_binary_value(void)
{
	struct drm_asahi_sync sync;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	sync = asahi_sync_binary(syncobj_create(t.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	sync.timeline_value = 1;
	assert_sync_fails(&t, sync, -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: sync-handle
 * Description: Only a syncobj of this file can be waited for or signalled.
 */
static void sync_handle(void)
{
	struct asahi_attempt t;
	uint32_t handle;

	asahi_attempt_init(&t);
	assert_sync_fails(&t, asahi_sync_binary(0), -ENOENT);
	assert_sync_fails(&t, asahi_sync_binary(UINT32_MAX), -ENOENT);
	assert_sync_fails(&t, asahi_sync_point(UINT32_MAX, 1), -ENOENT);
	handle = syncobj_create(t.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	syncobj_destroy(t.client.fd, handle);
	assert_sync_fails(&t, asahi_sync_binary(handle), -ENOENT);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: sync-no-fence
 * Description: There is no waiting for a binary syncobj that nobody has promised to signal.
 */
static void sync_no_fence(void)
{
	struct drm_asahi_sync sync;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	sync = asahi_sync_binary(syncobj_create(t.client.fd, 0));
	igt_assert_eq(try_syncs(&t, &sync, 1, 0), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: sync-no-point
 * Description: There is no waiting for a point of a timeline that nobody has promised to signal.
 */
static void sync_no_point(void)
{
	struct drm_asahi_sync sync;
	uint64_t point = 5;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	sync = asahi_sync_point(syncobj_create(t.client.fd, 0), 1);
	igt_assert_eq(try_syncs(&t, &sync, 1, 0), -EINVAL);

	syncobj_timeline_signal(t.client.fd, &sync.handle, &point, 1);
	sync.timeline_value = 6;
	igt_assert_eq(try_syncs(&t, &sync, 1, 0), -EINVAL);
	sync.timeline_value = UINT64_MAX;
	igt_assert_eq(try_syncs(&t, &sync, 1, 0), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: leaves-nothing
 * Description: A submit that fails at its very end gives back everything that it had taken.
 */
static void leaves_nothing(void)
{
	struct drm_asahi_sync syncs[3];
	struct asahi_objects before;
	struct asahi_attempt t;
	uint32_t object, i;
	uint64_t point = 9;

	asahi_attempt_init(&t);
	object = asahi_object_bind(t.client.fd, t.bo.handle, 0, ASAHI_PAGE);
	syncs[0] = asahi_sync_point(syncobj_create(t.client.fd, 0), 9);
	syncobj_timeline_signal(t.client.fd, &syncs[0].handle, &point, 1);
	syncs[1] = asahi_sync_binary(t.binary);
	syncs[2] = asahi_sync_point(t.timeline, 5);

	asahi_objects_read(&before);
	for (i = 0; i < 100; i++) {
		t.cmdbuf.size = 0;
		t.job.compute.ts.start.handle = object;
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
		t.job.compute.ts.end.handle = object + 1;
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
		t.job.compute.ts = (struct drm_asahi_timestamps){ 0 };
		igt_assert_eq(__asahi_cmdbuf_submit(&t.client, t.client.queue_id, &t.cmdbuf,
						    syncs, 1, 2), -ENOENT);
	}
	asahi_assert_objects_eq(&before);
	asahi_object_unbind(t.client.fd, object);
	asahi_attempt_fini(&t);
}

static const struct asahi_subtest subtests[] = {
	{ "timestamp-object", "Timestamps go to an object.", timestamp_object },
	{ "timestamp-range", "Timestamps lie in the bound range.", timestamp_range },
	{ "timestamp-overflow", "The end of a timestamp does not wrap.", timestamp_overflow },
	{ "sync-pointer", "Unreadable syncs give EFAULT.", sync_pointer },
	{ "sync-count", "Too many syncs are refused, not cut.", sync_count },
	{ "sync-type", "There are two kinds of syncs.", sync_type },
	{ "sync-binary-value", "A binary sync has no value.", sync_binary_value },
	{ "sync-handle", "Only a syncobj of this file will do.", sync_handle },
	{ "sync-no-fence", "No waiting for what nobody promised.", sync_no_fence },
	{ "sync-no-point", "No waiting for a point nobody promised.", sync_no_point },
	{ "leaves-nothing", "A failed submit gives everything back.", leaves_nothing },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
