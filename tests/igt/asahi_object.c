// SPDX-License-Identifier: MIT
/**
 * TEST: asahi object
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: timestamp objects
 * Functionality: GEM_BIND_OBJECT
 * Description: Making memory known to the firmware, which writes timestamps to it.
 */
#include <errno.h>
#include <string.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("GEM_BIND_OBJECT: timestamp objects");

/* More objects of this size than the device has room for, with room for 64 MiB. */
#define MAX_WINDOW 512

/* Submit a command that writes its start at byte @offset of @object; returns 0 or -errno. */
static int submit_stamp(struct asahi_client *client, uint32_t object, uint32_t offset)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;

	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = object;
	job.compute.ts.start.offset = offset;
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);

	return __asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, NULL, 0, 0);
}

/* The same, and wait for it, with a job behind it. */
static void stamp(struct asahi_client *client, uint32_t object, uint32_t offset)
{
	struct asahi_job job;

	igt_assert_eq(submit_stamp(client, object, offset), 0);
	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&job)), 1);
}

/**
 * SUBTEST: bind-unbind
 * Description: An object can be made and given up, and is counted as long as it lives.
 */
static void bind_unbind(void)
{
	struct asahi_objects before;
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 4 * ASAHI_PAGE), object;

	asahi_objects_read(&before);
	object = asahi_object_bind(fd, handle, 0, 4 * ASAHI_PAGE);
	if (asahi_has_objects())
		igt_assert(asahi_objects_count("object") > 0);
	asahi_object_unbind(fd, object);
	asahi_assert_objects_eq(&before);

	gem_close(fd, handle);
	asahi_close(fd);
}

/**
 * SUBTEST: bind-many
 * Description: A buffer object can be bound many times and in parts; every object has a handle of
 *	its own.
 */
static void bind_many(void)
{
	enum { NUM = 100 };
	uint32_t objects[NUM];
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 4 * ASAHI_PAGE);
	unsigned int i, j;

	for (i = 0; i < NUM; i++) {
		objects[i] = asahi_object_bind(fd, handle, (i % 4) * ASAHI_PAGE,
					       (4 - i % 4) * ASAHI_PAGE);
		for (j = 0; j < i; j++)
			igt_assert_neq_u32(objects[i], objects[j]);
	}
	for (i = 0; i < NUM; i++)
		asahi_object_unbind(fd, objects[(i * 7) % NUM]);

	gem_close(fd, handle);
	asahi_close(fd);
}

/**
 * SUBTEST: close-without-unbind
 * Description: Closing the file gives up what the program did not.
 */
static void close_without_unbind(void)
{
	struct asahi_objects before;
	unsigned int i;
	uint32_t handle;
	int fd;

	asahi_objects_read(&before);
	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	for (i = 0; i < 50; i++)
		asahi_object_bind(fd, handle, 0, ASAHI_PAGE);
	asahi_close(fd);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: offset
 * Description: Timestamps go to the offset in the bound range, which starts at an offset in the
 *	buffer object, and nowhere else.
 */
static void offset(void)
{
	const size_t words = 4 * ASAHI_PAGE / sizeof(uint64_t);
	const size_t expected[] = { 2 * ASAHI_PAGE / 8, 2 * ASAHI_PAGE / 8 + 5, words - 1 };
	struct asahi_client client;
	struct asahi_bo bo;
	uint64_t *stamps;
	uint32_t object;
	size_t i, j;

	asahi_client_init(&client);
	asahi_bo_init_unmapped(&client, &bo, 4 * ASAHI_PAGE);
	stamps = (uint64_t *)bo.map;
	object = asahi_object_bind(client.fd, bo.handle, 2 * ASAHI_PAGE, 2 * ASAHI_PAGE);

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		memset(stamps, 0, bo.size);
		stamp(&client, object, expected[i] * 8 - 2 * ASAHI_PAGE);
		for (j = 0; j < words; j++) {
			if (j == expected[i])
				igt_assert_neq_u64(stamps[j], 0);
			else
				igt_assert_eq_u64(stamps[j], 0);
		}
	}

	asahi_object_unbind(client.fd, object);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: outlives-handle
 * Description: An object keeps its memory when the handle of the buffer object is closed.
 */
static void outlives_handle(void)
{
	struct asahi_client client;
	struct asahi_bo bo;
	uint64_t *stamps;
	uint32_t object;
	uint64_t bos;

	asahi_client_init(&client);
	asahi_bo_init_unmapped(&client, &bo, ASAHI_PAGE);
	stamps = (uint64_t *)bo.map;
	object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	gem_close(client.fd, bo.handle);

	stamp(&client, object, 64);
	igt_assert_neq_u64(stamps[8], 0);

	/* With nobody looking any more it can still be written to. */
	asahi_bo_unmap(&bo);
	stamp(&client, object, 64);

	/* Jobs hold the object too, and go with their queue. */
	asahi_queue_destroy(client.fd, client.queue_id);
	bos = asahi_has_objects() ? asahi_objects_count("bo") : 0;
	asahi_object_unbind(client.fd, object);
	if (asahi_has_objects())
		igt_assert_eq_u64(asahi_objects_count("bo"), bos - 1);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: unbind-in-flight
 * Description: A command that names an object may still write its timestamp after the object was
 *	given up.
 */
static void unbind_in_flight(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_bo bo;
	uint64_t *stamps;
	int unbind, submit, status;
	uint32_t object;

	asahi_client_init(&client);
	asahi_bo_init_unmapped(&client, &bo, ASAHI_PAGE);
	stamps = (uint64_t *)bo.map;
	object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_spin_init(&client, &spin);
	spin.job.compute.ts.end.handle = object;
	spin.job.compute.ts.end.offset = 8;
	asahi_spin_start(&spin, client.queue_id);

	unbind = __asahi_object_unbind(client.fd, object);
	gem_close(client.fd, bo.handle);
	submit = submit_stamp(&client, object, 0);
	status = asahi_spin_finish(&spin);
	igt_assert_eq(unbind, 0);
	igt_assert_eq(submit, -ENOENT);
	igt_assert_eq(status, 1);
	igt_assert_neq_u64(stamps[1], 0);

	asahi_bo_unmap(&bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: window-exhausted
 * Description: All objects of the device share a window; when it is full the answer is ENOSPC,
 *	and room that is given back can be used again.
 */
static void window_exhausted(void)
{
	uint32_t objects[MAX_WINDOW], handle, num = 0;
	const uint64_t bytes = 1 << 20;
	int fd = asahi_open();
	int ret;

	handle = asahi_gem_create(fd, bytes);
	while (!(ret = __asahi_object_bind(fd, handle, 0, bytes, &objects[num])))
		igt_assert_lt(++num, MAX_WINDOW);
	igt_assert_eq(ret, -ENOSPC);
	igt_info("%u objects of 1 MiB\n", num);
	igt_assert_lt(0, num);

	asahi_object_unbind(fd, objects[num / 2]);
	igt_assert_eq(__asahi_object_bind(fd, handle, 0, bytes, &objects[num / 2]), 0);
	while (num)
		asahi_object_unbind(fd, objects[--num]);

	gem_close(fd, handle);
	asahi_close(fd);
}

/**
 * SUBTEST: large
 * Description: An object of many megabytes can be made, written to at its end, given up, and made
 *	again in the same place.
 */
static void large(void)
{
	const uint64_t bytes = 8 << 20;
	struct asahi_client client;
	uint32_t object, round;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, bytes);
	for (round = 0; round < 3; round++) {
		volatile uint64_t *last = (uint64_t *)bo.map + bytes / 8 - 1;

		object = asahi_object_bind(client.fd, bo.handle, 0, bytes);
		*last = 0;
		stamp(&client, object, bytes - 8);
		igt_assert_neq_u64(*last, 0);
		asahi_object_unbind(client.fd, object);
	}
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/* A request that succeeds, to be made invalid in one place. */
static struct drm_asahi_gem_bind_object bind_request(uint32_t handle)
{
	return (struct drm_asahi_gem_bind_object){
		.op = DRM_ASAHI_BIND_OBJECT_OP_BIND,
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
		.handle = handle,
		.range = 2 * ASAHI_PAGE,
	};
}

static void assert_fails(int fd, struct drm_asahi_gem_bind_object req, int err)
{
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req), err);
}

/**
 * SUBTEST: invalid-op
 * Description: There are two operations.
 */
static void invalid_op(void)
{
	struct drm_asahi_gem_bind_object req;
	int fd = asahi_open();

	req = bind_request(asahi_gem_create(fd, 2 * ASAHI_PAGE));
	req.op = 2;
	assert_fails(fd, req, -EINVAL);
	req.op = UINT32_MAX;
	assert_fails(fd, req, -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-pad
 * Description: Padding and the unused address space have to be zero, in both operations.
 */
static void invalid_pad(void)
{
	struct drm_asahi_gem_bind_object req, bad;
	int fd = asahi_open();

	req = bind_request(asahi_gem_create(fd, 2 * ASAHI_PAGE));
	bad = req;
	bad.pad = 1;
	assert_fails(fd, bad, -EINVAL);
	bad = req;
	bad.vm_id = asahi_vm_create(fd);
	assert_fails(fd, bad, -EINVAL);

	req = (struct drm_asahi_gem_bind_object){
		.op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND,
		.object_handle = asahi_object_bind(fd, req.handle, 0, ASAHI_PAGE),
	};
	bad = req;
	bad.pad = 1;
	assert_fails(fd, bad, -EINVAL);
	bad = req;
	bad.vm_id = 1;
	assert_fails(fd, bad, -EINVAL);
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-flags
 * Description: An object has exactly one use.
 */
static void invalid_flags(void)
{
	static const uint32_t flags[] = { 0, 1 << 1, 1 | 1 << 1, 1u << 31, UINT32_MAX };
	struct drm_asahi_gem_bind_object req;
	int fd = asahi_open();
	unsigned int i;

	req = bind_request(asahi_gem_create(fd, 2 * ASAHI_PAGE));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		req.flags = flags[i];
		assert_fails(fd, req, -EINVAL);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-range
 * Description: A range is page aligned, not empty, and inside the buffer object.
 */
static void invalid_range(void)
{
	const uint64_t top = UINT64_MAX & ~(uint64_t)(ASAHI_PAGE - 1);
	const struct {
		uint64_t offset, range;
	} bad[] = {
		{ 0, ASAHI_PAGE + 1 },
		{ 0, 0x1000 },
		{ 0x1000, ASAHI_PAGE },
		{ 1, ASAHI_PAGE },
		{ 0, 3 * ASAHI_PAGE },
		{ ASAHI_PAGE, 2 * ASAHI_PAGE },
		{ 2 * ASAHI_PAGE, ASAHI_PAGE },
		{ top, 2 * ASAHI_PAGE },
		{ ASAHI_PAGE, top },
	};
	struct drm_asahi_gem_bind_object req;
	int fd = asahi_open();
	unsigned int i;
	int ret;

	req = bind_request(asahi_gem_create(fd, 2 * ASAHI_PAGE));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		req.offset = bad[i].offset;
		req.range = bad[i].range;
		assert_fails(fd, req, -EINVAL);
	}

	/* The Rust driver leaves it to its allocator of addresses, which has no room of no size. */
	req.offset = 0;
	req.range = 0;
	ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);
	if (ret == -ENOSPC && !asahi_is_simulated(fd))
		igt_info("an empty range: %s\n", strerror(-ret));
	else
		igt_assert_eq(ret, -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-handle
 * Description: Only a handle that is not closed can be bound.
 */
static void invalid_handle(void)
{
	struct drm_asahi_gem_bind_object req;
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 2 * ASAHI_PAGE);

	req = bind_request(0);
	assert_fails(fd, req, -ENOENT);
	req = bind_request(UINT32_MAX);
	assert_fails(fd, req, -ENOENT);
	gem_close(fd, handle);
	req = bind_request(handle);
	assert_fails(fd, req, -ENOENT);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-private
 * Description: A private buffer object belongs to an address space that the firmware does not
 *	see.
 */
static void invalid_private(void)
{
	struct drm_asahi_gem_bind_object req;
	int fd = asahi_open();

	req = bind_request(asahi_gem_create_private(fd, 2 * ASAHI_PAGE, asahi_vm_create(fd)));
	assert_fails(fd, req, -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-unbind-fields
 * Description: To unbind, everything but the object handle has to be zero.
 */
static void invalid_unbind_fields(void)
{
	struct drm_asahi_gem_bind_object req, bad;
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 2 * ASAHI_PAGE);

	req = (struct drm_asahi_gem_bind_object){
		.op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND,
		.object_handle = asahi_object_bind(fd, handle, 0, ASAHI_PAGE),
	};
	bad = req;
	bad.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS;
	assert_fails(fd, bad, -EINVAL);
	bad = req;
	bad.handle = handle;
	assert_fails(fd, bad, -EINVAL);
	bad = req;
	bad.offset = ASAHI_PAGE;
	assert_fails(fd, bad, -EINVAL);
	bad = req;
	bad.range = ASAHI_PAGE;
	assert_fails(fd, bad, -EINVAL);
	asahi_object_unbind(fd, req.object_handle);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-object
 * Description: Only an object of this file can be unbound, and only once.
 */
static void invalid_object(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);
	uint32_t object = asahi_object_bind(fd, handle, 0, ASAHI_PAGE);

	igt_assert_eq(__asahi_object_unbind(fd, 0), -ENOENT);
	igt_assert_eq(__asahi_object_unbind(fd, object + 1), -ENOENT);
	igt_assert_eq(__asahi_object_unbind(other, object), -ENOENT);
	asahi_object_unbind(fd, object);
	igt_assert_eq(__asahi_object_unbind(fd, object), -ENOENT);

	asahi_close(other);
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "bind-unbind", "An object can be made and given up.", bind_unbind },
	{ "bind-many", "A buffer object can be bound many times.", bind_many },
	{ "close-without-unbind", "Closing the file gives up objects.", close_without_unbind },
	{ "offset", "Timestamps go to the offset in the bound range.", offset },
	{ "outlives-handle", "An object keeps its memory without the handle.", outlives_handle },
	{ "unbind-in-flight", "A running command may still write.", unbind_in_flight },
	{ "window-exhausted", "A full window gives ENOSPC.", window_exhausted },
	{ "large", "An object can be large, again and again.", large },
	{ "invalid-op", "There are two operations.", invalid_op },
	{ "invalid-pad", "Padding and address space have to be zero.", invalid_pad },
	{ "invalid-flags", "An object has exactly one use.", invalid_flags },
	{ "invalid-range", "A range is aligned and inside the buffer object.", invalid_range },
	{ "invalid-handle", "Only an open handle can be bound.", invalid_handle },
	{ "invalid-private", "A private buffer object cannot be bound.", invalid_private },
	{ "invalid-unbind-fields", "To unbind, all else has to be zero.", invalid_unbind_fields },
	{ "invalid-object", "Only an object of this file can be unbound.", invalid_object },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
