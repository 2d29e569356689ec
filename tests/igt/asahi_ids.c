// SPDX-License-Identifier: MIT
/**
 * TEST: asahi ids
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: uapi
 * Functionality: VM_CREATE, GEM_CREATE, GEM_BIND_OBJECT, QUEUE_CREATE
 * Description: What ids stand for, and for how long, and what calls that hand them out say of
 *	arguments that are wrong.
 */
#include <errno.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_probe.h"
#include "asahi_stamps.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Ids and handles");

/**
 * SUBTEST: kinds
 * Description: Address spaces, queues and timestamp objects have ids of their own: an id of one
 *	kind is none of another.
 */
static void kinds(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE), vms[3], queue_id, object;
	unsigned int i;

	for (i = 0; i < 3; i++)
		vms[i] = asahi_vm_create(fd);
	igt_assert_eq(__asahi_queue_destroy(fd, vms[2]), -ENOENT);
	igt_assert_eq(__asahi_object_unbind(fd, vms[2]), -ENOENT);
	queue_id = asahi_queue_create(fd, vms[2], 0);
	object = asahi_object_bind(fd, handle, 0, ASAHI_PAGE);
	asahi_vm_destroy(fd, vms[0]);
	asahi_queue_destroy(fd, queue_id);
	asahi_object_unbind(fd, object);
	asahi_vm_destroy(fd, vms[1]);
	asahi_vm_destroy(fd, vms[2]);
	gem_close(fd, handle);
	asahi_close(fd);
}

/* An id that a call wrote which failed names nothing. */
static void assert_no_id(const char *what, unsigned int i, uint32_t id)
{
	igt_assert_f(id == 0 || id == UINT32_MAX, "%s %u failed and returned id %u\n", what, i, id);
}

/**
 * SUBTEST: failed-create
 * Description: A call that fails hands out no id, takes none, and leaves nothing behind: the next
 *	that succeeds gets the id that it would have got without.
 */
static void failed_create(void)
{
	const uint64_t top = UINT64_MAX & ~(uint64_t)(ASAHI_PAGE - 1);
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), handle = asahi_gem_create(fd, ASAHI_PAGE);
	uint32_t queue_id = asahi_queue_create(fd, vm_id, 0);
	uint32_t object = asahi_object_bind(fd, handle, 0, ASAHI_PAGE), next;
	struct drm_asahi_vm_create vms[] = {
		{ .vm_id = UINT32_MAX },
		{ .kernel_start = 1, .kernel_end = top, .vm_id = UINT32_MAX },
		{ .kernel_start = top, .kernel_end = ASAHI_PAGE, .vm_id = UINT32_MAX },
	};
	struct drm_asahi_queue_create queues[] = {
		{ .flags = 1, .vm_id = vm_id, .queue_id = UINT32_MAX },
		{ .vm_id = vm_id + 1, .queue_id = UINT32_MAX },
		{ .vm_id = vm_id, .priority = 2, .queue_id = UINT32_MAX },
	};
	struct drm_asahi_gem_create bos[] = {
		{ .size = ASAHI_PAGE, .flags = 1 << 2, .handle = UINT32_MAX },
		{ .size = ASAHI_PAGE, .vm_id = vm_id, .handle = UINT32_MAX },
		{ .size = ASAHI_PAGE, .flags = DRM_ASAHI_GEM_VM_PRIVATE, .vm_id = vm_id + 1,
		  .handle = UINT32_MAX },
	};
	struct drm_asahi_gem_bind_object binds[] = {
		{ .flags = 1, .handle = handle + 1, .range = ASAHI_PAGE,
		  .object_handle = UINT32_MAX },
		{ .flags = 1, .handle = handle, .range = 2 * ASAHI_PAGE,
		  .object_handle = UINT32_MAX },
		{ .flags = 2, .handle = handle, .range = ASAHI_PAGE,
		  .object_handle = UINT32_MAX },
	};
	struct asahi_objects before;
	unsigned int i;

	asahi_objects_read(&before);
	for (i = 0; i < 3; i++) {
		igt_assert_neq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &vms[i]), 0);
		assert_no_id("VM_CREATE", i, vms[i].vm_id);
		igt_assert_neq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &queues[i]), 0);
		assert_no_id("QUEUE_CREATE", i, queues[i].queue_id);
		igt_assert_neq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &bos[i]), 0);
		assert_no_id("GEM_CREATE", i, bos[i].handle);
		igt_assert_neq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &binds[i]), 0);
		assert_no_id("GEM_BIND_OBJECT", i, binds[i].object_handle);
	}
	asahi_assert_objects_eq(&before);

	next = asahi_vm_create(fd);
	igt_assert_eq_u32(next, vm_id + 1);
	asahi_vm_destroy(fd, next);
	igt_assert_eq_u32(asahi_queue_create(fd, vm_id, 0), queue_id + 1);
	igt_assert_eq_u32(asahi_gem_create(fd, ASAHI_PAGE), handle + 1);
	igt_assert_eq_u32(asahi_object_bind(fd, handle, 0, ASAHI_PAGE), object + 1);
	asahi_close(fd);
}

/**
 * SUBTEST: inputs-unchanged
 * Description: A call that succeeds writes what it made to its argument, and nothing else: a size
 *	that was rounded up is still what the program had asked for.
 */
static void inputs_unchanged(void)
{
	int fd = asahi_open();
	struct drm_asahi_vm_create vm = { 0 }, vm_after;
	struct drm_asahi_gem_create bo, bo_after;
	struct drm_asahi_gem_mmap_offset map, map_after;
	struct drm_asahi_gem_bind_object object, object_after;
	struct drm_asahi_queue_create queue, queue_after;
	uint64_t start, end;

	asahi_kernel_range(fd, &start, &end);
	vm.kernel_start = start;
	vm.kernel_end = end;
	vm_after = vm;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &vm_after), 0);
	vm.vm_id = vm_after.vm_id;
	igt_assert_eq(memcmp(&vm, &vm_after, sizeof(vm)), 0);

	bo = (struct drm_asahi_gem_create){ .size = 1, .flags = DRM_ASAHI_GEM_VM_PRIVATE };
	bo.vm_id = vm.vm_id;
	bo_after = bo;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &bo_after), 0);
	bo.handle = bo_after.handle;
	igt_assert_eq(memcmp(&bo, &bo_after, sizeof(bo)), 0);

	map = (struct drm_asahi_gem_mmap_offset){ .handle = bo.handle };
	map_after = map;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &map_after), 0);
	map.offset = map_after.offset;
	igt_assert_eq(memcmp(&map, &map_after, sizeof(map)), 0);

	object = (struct drm_asahi_gem_bind_object){
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
		.handle = asahi_gem_create(fd, 3 * ASAHI_PAGE),
		.offset = ASAHI_PAGE,
		.range = ASAHI_PAGE,
	};
	object_after = object;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &object_after), 0);
	object.object_handle = object_after.object_handle;
	igt_assert_eq(memcmp(&object, &object_after, sizeof(object)), 0);

	queue = (struct drm_asahi_queue_create){
		.vm_id = vm.vm_id,
		.priority = DRM_ASAHI_PRIORITY_MEDIUM,
		.usc_exec_base = UINT64_MAX,
	};
	queue_after = queue;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &queue_after), 0);
	queue.queue_id = queue_after.queue_id;
	igt_assert_eq(memcmp(&queue, &queue_after, sizeof(queue)), 0);
	asahi_close(fd);
}

/**
 * SUBTEST: error-order
 * Description: With two things wrong what is told is a field that has no such value, before an id
 *	that does not exist, before what depends on what the id stands for.
 */
static void error_order(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE), vm_id = asahi_vm_create(fd);
	const uint32_t none = UINT32_MAX;
	const struct {
		struct drm_asahi_queue_create req;
		int err;
	} queues[] = {
		{ { .flags = 1, .vm_id = none }, -EINVAL },
		{ { .priority = 2, .vm_id = none }, -EINVAL },
		{ { .priority = none, .vm_id = none }, -EINVAL },
		{ { .vm_id = none, .usc_exec_base = UINT64_MAX }, -ENOENT },
	};
	const struct {
		struct drm_asahi_gem_create req;
		int err;
	} bos[] = {
		{ { .size = ASAHI_PAGE, .flags = 1 << 2 | DRM_ASAHI_GEM_VM_PRIVATE, .vm_id = none },
		  -EINVAL },
		{ { .size = ASAHI_PAGE, .vm_id = none }, -EINVAL },
		{ { .size = ASAHI_PAGE, .flags = DRM_ASAHI_GEM_VM_PRIVATE }, -ENOENT },
	};
	const struct {
		struct drm_asahi_gem_bind_object req;
		int err;
	} binds[] = {
		{ { .flags = 1, .handle = none, .range = ASAHI_PAGE, .pad = 1 }, -EINVAL },
		{ { .flags = 1, .handle = none, .range = ASAHI_PAGE, .vm_id = vm_id }, -EINVAL },
		{ { .op = 2, .flags = 1, .handle = none, .range = ASAHI_PAGE }, -EINVAL },
		{ { .flags = 1, .handle = none, .range = ASAHI_PAGE + 1 }, -EINVAL },
		{ { .flags = 3, .handle = none, .range = ASAHI_PAGE }, -EINVAL },
		{ { .flags = 1, .handle = none, .range = 9 * ASAHI_PAGE }, -ENOENT },
		{ { .flags = 1, .handle = handle, .range = 9 * ASAHI_PAGE }, -EINVAL },
		{ { .op = 1, .flags = 1, .object_handle = none }, -EINVAL },
		{ { .op = 1, .object_handle = none }, -ENOENT },
	};
	struct drm_asahi_gem_mmap_offset offset = { .handle = none, .flags = 1 };
	struct drm_asahi_get_params params = { .param_group = 1, .pointer = 0, .size = 8 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		struct drm_asahi_queue_create req = queues[i].req;
		int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &req);

		igt_assert_f(ret == queues[i].err, "QUEUE_CREATE %u: %d\n", i, ret);
	}
	for (i = 0; i < ARRAY_SIZE(bos); i++) {
		struct drm_asahi_gem_create req = bos[i].req;
		int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &req);

		igt_assert_f(ret == bos[i].err, "GEM_CREATE %u: %d\n", i, ret);
	}
	for (i = 0; i < ARRAY_SIZE(binds); i++) {
		struct drm_asahi_gem_bind_object req = binds[i].req;
		int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);

		igt_assert_f(ret == binds[i].err, "GEM_BIND_OBJECT %u: %d\n", i, ret);
	}
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &offset), -EINVAL);
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &params), -EINVAL);
	asahi_close(fd);
}

/**
 * SUBTEST: padding
 * Description: No bit of the padding of any argument may be set, and a call that is refused for
 *	it has given up nothing.
 */
static void padding(void)
{
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), queue_id = asahi_queue_create(fd, vm_id, 0), bit;
	struct drm_asahi_params_global params;
	uint64_t start, end;

	asahi_require_simulated(fd, "the Rust driver is known not to look at most of the padding");
	asahi_kernel_range(fd, &start, &end);
	for (bit = 1; bit; bit <<= 1) {
		struct drm_asahi_get_params get = {
			.pad = bit, .pointer = (uintptr_t)&params, .size = sizeof(params),
		};
		struct drm_asahi_vm_create create = {
			.kernel_start = start, .kernel_end = end, .pad = bit,
		};
		struct drm_asahi_vm_destroy vm = { .vm_id = vm_id, .pad = bit };
		struct drm_asahi_queue_destroy queue = { .queue_id = queue_id, .pad = bit };
		struct drm_asahi_gem_create bo = { .size = ASAHI_PAGE, .pad = bit };
		struct drm_asahi_gem_bind_object object = {
			.op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND, .object_handle = 1, .pad = bit,
		};

		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &get), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &create), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_DESTROY, &vm), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_DESTROY, &queue), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &bo), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &object), -EINVAL);
	}
	asahi_queue_destroy(fd, queue_id);
	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: every-flag
 * Description: No bit that is not a flag of the uapi is taken for one by any call.
 */
static void every_flag(void)
{
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), handle = asahi_gem_create(fd, ASAHI_PAGE), i;

	for (i = 0; i < 64; i++) {
		struct drm_asahi_get_time time = { .flags = 1ull << i };
		struct drm_asahi_queue_create queue = { .flags = 1u << (i % 32), .vm_id = vm_id };
		struct drm_asahi_gem_create bo = { .size = ASAHI_PAGE, .flags = 1u << (i % 32) };
		struct drm_asahi_gem_mmap_offset offset = {
			.handle = handle, .flags = 1u << (i % 32),
		};
		struct drm_asahi_gem_bind_object object = {
			.flags = 1u << (i % 32) | DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
			.handle = handle, .range = ASAHI_PAGE,
		};

		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_TIME, &time), -EINVAL);
		if (i >= 32)
			continue;
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &queue), -EINVAL);
		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &offset), -EINVAL);
		if (bo.flags & ~(DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE))
			igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &bo), -EINVAL);
		if (object.flags != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS)
			igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &object),
				      -EINVAL);
	}
	asahi_vm_destroy(fd, vm_id);
	gem_close(fd, handle);
	asahi_close(fd);
}

/**
 * SUBTEST: reused-vm
 * Description: A queue stays with the address space that it was made for when the id of that is
 *	given to another: what the new one maps is never seen by it.
 */
static void reused_vm(void)
{
	struct asahi_client client, second;
	struct asahi_probe probe, probe2;
	struct asahi_bo bo;
	uint32_t handle, *map, seen, vm_id, queue_id;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	bo.map[0] = 0x01d;
	vm_id = client.vm_id;
	queue_id = client.queue_id;
	asahi_vm_destroy(client.fd, vm_id);

	asahi_client_init_fd(&second, client.fd);
	igt_assert_eq_u32(second.vm_id, vm_id);
	igt_assert_neq_u32(second.queue_id, queue_id);
	asahi_probe_init(&second, &probe2);
	handle = asahi_gem_create(client.fd, ASAHI_PAGE);
	map = asahi_gem_mmap(client.fd, handle, ASAHI_PAGE);
	map[0] = 0x9e3;
	asahi_vm_map(client.fd, vm_id, handle, 0, ASAHI_PAGE, bo.va, ASAHI_RW);
	igt_assert_eq_u32(asahi_probe_read(&probe2, bo.va), 0x9e3);

	/* The other driver has unmapped everything, the queue's own job as well. */
	if (asahi_is_simulated(client.fd)) {
		seen = asahi_probe_read(&probe, bo.va);
		igt_assert_eq_u32(seen, 0x01d);
		asahi_probe_write(&probe, bo.va, 0x123);
		igt_assert_eq_u32(bo.map[0], 0x123);
	}
	igt_assert_eq_u32(map[0], 0x9e3);

	asahi_gem_munmap(map, ASAHI_PAGE);
	gem_close(client.fd, handle);
	asahi_client_fini(&second);
	asahi_bo_fini(&client, &bo);
	asahi_queue_destroy(client.fd, queue_id);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: reused-queue
 * Description: A queue whose id another had before runs in its own address space, with its own
 *	base of USC addresses, and waits for nothing that the other was told.
 */
static void reused_queue(void)
{
	struct asahi_client client, second;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint32_t queue_id;
	unsigned int i;

	asahi_client_init(&client);
	asahi_client_init_fd(&second, client.fd);
	asahi_bo_init(&second, &bo, ASAHI_PAGE);
	bo.map[0] = 0x5ec;
	queue_id = client.queue_id;
	asahi_queue_destroy(client.fd, queue_id);
	for (i = 0; i < 3; i++) {
		asahi_queue_destroy(client.fd, second.queue_id);
		second.usc_base -= 0x10000;
		second.queue_id = asahi_queue_create(client.fd, second.vm_id, second.usc_base);
		igt_assert_eq_u32(second.queue_id, queue_id);
		asahi_probe_init(&second, &probe);
		igt_assert_eq_u32(asahi_probe_read(&probe, bo.va), 0x5ec);
	}
	asahi_bo_fini(&second, &bo);
	asahi_client_fini(&second);
	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: reused-object
 * Description: A timestamp object whose id another had before is its own memory, while a command
 *	that named the other still writes to the other's.
 */
static void reused_object(void)
{
	struct asahi_stamps s;
	struct asahi_spin spin;
	struct asahi_job job;
	uint64_t *other;
	uint32_t handle;
	int status;

	asahi_stamps_init(&s);
	asahi_spin_init(&s.client, &spin);
	asahi_stamp_compute(&spin.job.compute, &s, 0);
	asahi_spin_start(&spin, s.client.queue_id);
	handle = asahi_gem_create(s.client.fd, ASAHI_PAGE);
	other = asahi_gem_mmap(s.client.fd, handle, ASAHI_PAGE);
	asahi_object_unbind(s.client.fd, s.object);
	igt_assert_eq_u32(asahi_object_bind(s.client.fd, handle, 0, ASAHI_PAGE), s.object);
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert_neq_u64(s.words[0], 0);
	igt_assert_neq_u64(s.words[1], 0);
	igt_assert_eq_u64(other[0], 0);
	igt_assert_eq_u64(other[1], 0);

	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_stamp_compute(&job.compute, &s, 2);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_neq_u64(other[2], 0);
	igt_assert_neq_u64(other[3], 0);
	igt_assert_eq_u64(s.words[2], 0);
	igt_assert_eq_u64(s.words[3], 0);
	asahi_gem_munmap(other, ASAHI_PAGE);
	gem_close(s.client.fd, handle);
	asahi_stamps_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "kinds", "An id of one kind is none of another.", kinds },
	{ "failed-create", "A call that fails hands out no id.", failed_create },
	{ "inputs-unchanged", "A call writes only what it made.", inputs_unchanged },
	{ "error-order", "Fields come before ids.", error_order },
	{ "padding", "No bit of padding may be set.", padding },
	{ "every-flag", "No bit is taken for a flag.", every_flag },
	{ "reused-vm", "A queue stays with its address space.", reused_vm },
	{ "reused-queue", "A new queue has nothing of an old one.", reused_queue },
	{ "reused-object", "A new object has nothing of an old one.", reused_object },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
