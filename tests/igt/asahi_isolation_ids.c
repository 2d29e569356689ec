// SPDX-License-Identifier: MIT
/**
 * TEST: asahi isolation ids
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: isolation
 * Functionality: isolation of clients
 * Description: An id is an id in its own file only. Each ioctl that takes one is called with one of
 *	another file, and answers as to an id that nobody has: nothing happens to the owner, who
 *	is looked at afterwards, and nothing is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

#include "asahi_actor.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("Ids of other files");

#define NONE DRM_ASAHI_BARRIER_NONE

#define SECRET 0x5ec2e7a1u

/* An id that nobody has. */
#define UNKNOWN 0x7ffffff0u

/* Objects of each kind that a victim has more than an intruder: it names the last. */
#define MORE 6

/* A client with something of everything. */
struct victim {
	struct asahi_actor actor;
	uint32_t vm_id, queue_id, object;
	struct asahi_bo bo;
	/* Without a fence, and with one that has signalled. */
	uint32_t syncobj, signalled;
};

static void victim_init(struct victim *v)
{
	struct asahi_client *client = &v->actor.client;
	unsigned int i;

	asahi_actor_init(&v->actor);
	for (i = 0; i < MORE; i++) {
		v->vm_id = asahi_vm_create(client->fd);
		v->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
		asahi_bo_init_unmapped(client, &v->bo, ASAHI_PAGE);
		if (i < MORE - 1)
			asahi_bo_unmap(&v->bo);
		v->object = asahi_object_bind(client->fd, v->bo.handle, 0, ASAHI_PAGE);
		v->syncobj = syncobj_create(client->fd, 0);
	}
	for (i = 0; i < MORE; i++)
		v->signalled = syncobj_create(client->fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	asahi_bo_fill(&v->bo, SECRET);
}

/* Submit @job with a timestamp to the first words of @object, or none, on any queue. */
static int run_stamped(struct asahi_job *job, uint32_t queue_id, uint32_t object)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	job->compute.ts.start.handle = object;
	asahi_cmdbuf_compute(&cmdbuf, &job->compute, NONE, NONE);
	return asahi_finish(asahi_cmdbuf_start(job->client, queue_id, &cmdbuf));
}

/* It has all that it had, and all of it works. */
static void victim_assert(struct victim *v)
{
	struct asahi_client *client = &v->actor.client;
	struct asahi_job job = v->actor.good;
	uint32_t i;

	asahi_actor_assert_works(&v->actor);
	for (i = 0; i < v->bo.size / sizeof(*v->bo.map); i++)
		igt_assert_eq_u32(v->bo.map[i], SECRET);
	asahi_vm_map(client->fd, v->vm_id, v->bo.handle, 0, ASAHI_PAGE, v->bo.va, ASAHI_RW);
	asahi_vm_unmap(client->fd, v->vm_id, ASAHI_PAGE, v->bo.va);
	igt_assert_eq(run_stamped(&job, v->queue_id, v->object), 1);
	igt_assert(v->bo.map[0] != SECRET || v->bo.map[1] != SECRET);
	asahi_bo_fill(&v->bo, SECRET);
	igt_assert(!asahi_sync_has_fence(client->fd, v->syncobj));
	igt_assert(!asahi_sync_is_busy(client->fd, v->signalled));
}

static void victim_fini(struct victim *v)
{
	asahi_bo_unmap(&v->bo);
	asahi_bo_unmap(&v->actor.bo);
	asahi_client_drop(&v->actor.client);
}

/* Who tries to get at something; it needs things of its own for that. */
struct intruder {
	struct asahi_actor actor;
	uint32_t object, syncobj;
	struct asahi_job job;
};

static void intruder_init(struct intruder *in)
{
	struct asahi_client *client = &in->actor.client;

	asahi_actor_init(&in->actor);
	in->object = asahi_object_bind(client->fd, in->actor.bo.handle, 0, ASAHI_PAGE);
	in->syncobj = syncobj_create(client->fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	in->job = in->actor.good;
}

static void intruder_fini(struct intruder *in)
{
	asahi_actor_assert_works(&in->actor);
	syncobj_destroy(in->actor.client.fd, in->syncobj);
	asahi_object_unbind(in->actor.client.fd, in->object);
	asahi_actor_fini(&in->actor);
}

/* A call with an id that is not the caller's. */
struct call {
	const char *name;
	/* What it returns; for a core ioctl 0, as it is not ours to say. */
	int err;
	int (*make)(struct intruder *in, uint32_t id);
};

static int vm_destroy(struct intruder *in, uint32_t id)
{
	return __asahi_vm_destroy(in->actor.client.fd, id);
}

static int vm_bind_map(struct intruder *in, uint32_t id)
{
	return __asahi_vm_map(in->actor.client.fd, id, in->actor.bo.handle, 0, ASAHI_PAGE,
			      in->actor.bo.va, ASAHI_RW);
}

static int vm_bind_unmap(struct intruder *in, uint32_t id)
{
	return __asahi_vm_unmap(in->actor.client.fd, id, 1ull << 30, in->actor.bo.va);
}

static int gem_create_private(struct intruder *in, uint32_t id)
{
	uint32_t handle;

	return __asahi_gem_create(in->actor.client.fd, ASAHI_PAGE, DRM_ASAHI_GEM_VM_PRIVATE, id,
				  &handle);
}

static int queue_create(struct intruder *in, uint32_t id)
{
	uint32_t queue_id;

	return __asahi_queue_create(in->actor.client.fd, id, DRM_ASAHI_PRIORITY_MEDIUM,
				    in->actor.client.usc_base, &queue_id);
}

static const struct call vm_calls[] = {
	{ "VM_DESTROY", -ENOENT, vm_destroy },
	{ "VM_BIND that maps", -ENOENT, vm_bind_map },
	{ "VM_BIND that unmaps", -ENOENT, vm_bind_unmap },
	{ "GEM_CREATE of a private one", -ENOENT, gem_create_private },
	{ "QUEUE_CREATE", -ENOENT, queue_create },
};

static int queue_destroy(struct intruder *in, uint32_t id)
{
	return __asahi_queue_destroy(in->actor.client.fd, id);
}

static int submit(struct intruder *in, uint32_t queue_id, struct drm_asahi_sync sync, bool wait)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_cmdbuf_compute(&cmdbuf, &in->job.compute, NONE, NONE);
	return __asahi_cmdbuf_submit(&in->actor.client, queue_id, &cmdbuf, &sync, wait, !wait);
}

static int submit_queue(struct intruder *in, uint32_t id)
{
	return submit(in, id, asahi_sync_binary(in->syncobj), true);
}

static const struct call queue_calls[] = {
	{ "QUEUE_DESTROY", -ENOENT, queue_destroy },
	{ "SUBMIT", -ENOENT, submit_queue },
};

static int gem_mmap_offset(struct intruder *in, uint32_t id)
{
	uint64_t offset;

	return __asahi_gem_mmap_offset(in->actor.client.fd, id, &offset);
}

static int vm_bind_handle(struct intruder *in, uint32_t id)
{
	return __asahi_vm_map(in->actor.client.fd, in->actor.client.vm_id, id, 0, ASAHI_PAGE,
			      asahi_client_va(&in->actor.client, ASAHI_PAGE), ASAHI_RW);
}

static int object_bind(struct intruder *in, uint32_t id)
{
	uint32_t object;

	return __asahi_object_bind(in->actor.client.fd, id, 0, ASAHI_PAGE, &object);
}

static int gem_close_handle(struct intruder *in, uint32_t id)
{
	return __asahi_gem_close(in->actor.client.fd, id);
}

static int prime_export(struct intruder *in, uint32_t id)
{
	struct drm_prime_handle args = { .handle = id, .flags = DRM_CLOEXEC };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);
}

static const struct call gem_calls[] = {
	{ "GEM_MMAP_OFFSET", -ENOENT, gem_mmap_offset },
	{ "VM_BIND", -ENOENT, vm_bind_handle },
	{ "GEM_BIND_OBJECT", -ENOENT, object_bind },
	{ "GEM_CLOSE", 0, gem_close_handle },
	{ "PRIME_HANDLE_TO_FD", 0, prime_export },
};

static int object_unbind(struct intruder *in, uint32_t id)
{
	return __asahi_object_unbind(in->actor.client.fd, id);
}

static int submit_stamps(struct intruder *in, uint32_t start, uint32_t end)
{
	int ret;

	in->job.compute.ts.start.handle = start;
	in->job.compute.ts.end.handle = end;
	ret = submit(in, in->actor.client.queue_id, asahi_sync_binary(in->syncobj), true);
	in->job.compute.ts.start.handle = 0;
	in->job.compute.ts.end.handle = 0;

	return ret;
}

static int submit_start(struct intruder *in, uint32_t id)
{
	return submit_stamps(in, id, in->object);
}

static int submit_end(struct intruder *in, uint32_t id)
{
	return submit_stamps(in, in->object, id);
}

static const struct call object_calls[] = {
	{ "GEM_BIND_OBJECT that unbinds", -ENOENT, object_unbind },
	{ "SUBMIT with a start to be written", -ENOENT, submit_start },
	{ "SUBMIT with an end to be written", -ENOENT, submit_end },
};

static int submit_wait(struct intruder *in, uint32_t id)
{
	return submit(in, in->actor.client.queue_id, asahi_sync_binary(id), true);
}

static int submit_wait_point(struct intruder *in, uint32_t id)
{
	return submit(in, in->actor.client.queue_id, asahi_sync_point(id, 1), true);
}

static int submit_signal(struct intruder *in, uint32_t id)
{
	return submit(in, in->actor.client.queue_id, asahi_sync_binary(id), false);
}

static int submit_signal_point(struct intruder *in, uint32_t id)
{
	return submit(in, in->actor.client.queue_id, asahi_sync_point(id, 1), false);
}

static int sync_destroy(struct intruder *in, uint32_t id)
{
	struct drm_syncobj_destroy args = { .handle = id };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_SYNCOBJ_DESTROY, &args);
}

static int sync_export(struct intruder *in, uint32_t id)
{
	struct drm_syncobj_handle args = { .handle = id };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);
}

static int sync_signal(struct intruder *in, uint32_t id)
{
	struct drm_syncobj_array args = { .handles = (uintptr_t)&id, .count_handles = 1 };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &args);
}

static int sync_reset(struct intruder *in, uint32_t id)
{
	struct drm_syncobj_array args = { .handles = (uintptr_t)&id, .count_handles = 1 };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_SYNCOBJ_RESET, &args);
}

static int sync_transfer(struct intruder *in, uint32_t id)
{
	struct drm_syncobj_transfer args = { .src_handle = in->syncobj, .dst_handle = id };

	return asahi_ioctl(in->actor.client.fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &args);
}

static const struct call syncobj_calls[] = {
	{ "SUBMIT that waits", -ENOENT, submit_wait },
	{ "SUBMIT that waits for a point", -ENOENT, submit_wait_point },
	{ "SUBMIT that signals", -ENOENT, submit_signal },
	{ "SUBMIT that signals a point", -ENOENT, submit_signal_point },
	{ "SYNCOBJ_DESTROY", 0, sync_destroy },
	{ "SYNCOBJ_HANDLE_TO_FD", 0, sync_export },
	{ "SYNCOBJ_SIGNAL", 0, sync_signal },
	{ "SYNCOBJ_RESET", 0, sync_reset },
	{ "SYNCOBJ_TRANSFER", 0, sync_transfer },
};

/* Whoever does not have @id is told what is told of an id that nobody has, and nothing happens. */
static void make_calls(struct intruder *in, const struct call *calls, unsigned int num, uint32_t id)
{
	struct asahi_objects before;
	int ret, unknown;
	unsigned int i;

	asahi_objects_read_settled(&before, 0);
	for (i = 0; i < num; i++) {
		unknown = calls[i].make(in, UNKNOWN);
		ret = calls[i].make(in, id);
		igt_assert_f(ret < 0 && ret == unknown, "%s: %d, of an unknown id %d\n",
			     calls[i].name, ret, unknown);
		igt_assert_f(!calls[i].err || ret == calls[i].err, "%s: %d instead of %d\n",
			     calls[i].name, ret, calls[i].err);
		asahi_assert_objects_eq(&before);
	}
}

/* Calls that take the id of something that a victim has. */
struct foreign {
	const struct call *calls;
	unsigned int num;
	/* Where in struct victim its id is. */
	size_t id;
};

static void foreign(const void *data)
{
	const struct foreign *foreign = data;
	struct intruder in;
	struct victim v;

	victim_init(&v);
	intruder_init(&in);
	make_calls(&in, foreign->calls, foreign->num,
		   *(const uint32_t *)((const char *)&v + foreign->id));
	victim_assert(&v);
	intruder_fini(&in);
	victim_fini(&v);
}

/**
 * SUBTEST: foreign-vm
 * Description: The id of another file's address space is none to VM_DESTROY, VM_BIND, GEM_CREATE
 *	and QUEUE_CREATE, and nothing happens to its owner.
 */
static const struct foreign foreign_vm = {
	vm_calls, ARRAY_SIZE(vm_calls), offsetof(struct victim, vm_id),
};

/**
 * SUBTEST: foreign-queue
 * Description: The id of another file's queue is none to QUEUE_DESTROY and SUBMIT.
 */
static const struct foreign foreign_queue = {
	queue_calls, ARRAY_SIZE(queue_calls), offsetof(struct victim, queue_id),
};

/**
 * SUBTEST: foreign-handle
 * Description: The handle of another file's buffer object is none to GEM_MMAP_OFFSET, VM_BIND,
 *	GEM_BIND_OBJECT and the calls of the core.
 */
static const struct foreign foreign_handle = {
	gem_calls, ARRAY_SIZE(gem_calls), offsetof(struct victim, bo.handle),
};

/**
 * SUBTEST: foreign-object
 * Description: The handle of another file's timestamp object is none to GEM_BIND_OBJECT and SUBMIT.
 */
static const struct foreign foreign_object = {
	object_calls, ARRAY_SIZE(object_calls), offsetof(struct victim, object),
};

/**
 * SUBTEST: foreign-syncobj
 * Description: The handle of another file's syncobj without a fence is none to SUBMIT, as what it
 *	waits for or as what it signals, and to the calls of the core.
 */
static const struct foreign foreign_syncobj = {
	syncobj_calls, ARRAY_SIZE(syncobj_calls), offsetof(struct victim, syncobj),
};

/**
 * SUBTEST: foreign-syncobj-signalled
 * Description: The same with one that has signalled.
 */
static const struct foreign foreign_syncobj_signalled = {
	syncobj_calls, ARRAY_SIZE(syncobj_calls), offsetof(struct victim, signalled),
};

/**
 * SUBTEST: same-ids
 * Description: The same numbers in two files are different things: what is done to those of one
 *	file is not done to those of the other.
 */
static void same_ids(void)
{
	struct intruder one, two;
	int fd;

	intruder_init(&one);
	intruder_init(&two);
	fd = one.actor.client.fd;
	igt_require_f(one.actor.client.vm_id == two.actor.client.vm_id &&
		      one.actor.client.queue_id == two.actor.client.queue_id &&
		      one.actor.bo.handle == two.actor.bo.handle && one.object == two.object &&
		      one.syncobj == two.syncobj, "two new files have other ids\n");

	/* What each of them writes. */
	asahi_bo_fill(&one.actor.bo, SECRET);
	asahi_bo_fill(&two.actor.bo, SECRET);
	igt_assert_eq(run_stamped(&one.job, one.actor.client.queue_id, one.object), 1);
	igt_assert_neq_u32(one.actor.bo.map[1], SECRET);
	igt_assert_eq_u32(two.actor.bo.map[0], SECRET);
	igt_assert_eq_u32(two.actor.bo.map[1], SECRET);

	/* One loses everything. */
	asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &(struct drm_syncobj_array){
		.handles = (uintptr_t)&one.syncobj, .count_handles = 1 });
	igt_assert(!asahi_sync_is_busy(two.actor.client.fd, two.syncobj));
	syncobj_destroy(fd, one.syncobj);
	asahi_object_unbind(fd, one.object);
	asahi_actor_fini(&one.actor);
	two.actor.bo.map[0] = 0;
	igt_assert_eq(run_stamped(&two.job, two.actor.client.queue_id, two.object), 1);
	igt_assert_neq_u32(two.actor.bo.map[1], SECRET);
	igt_assert(!asahi_sync_is_busy(two.actor.client.fd, two.syncobj));
	intruder_fini(&two);
}

static const struct asahi_subtest subtests[] = {
	{ "foreign-vm", "Another file's address space has no id here.", NULL, foreign,
	  &foreign_vm },
	{ "foreign-queue", "Another file's queue has no id here.", NULL, foreign, &foreign_queue },
	{ "foreign-handle", "Another file's buffer object has no handle here.", NULL, foreign,
	  &foreign_handle },
	{ "foreign-object", "Another file's timestamp object has no handle here.", NULL, foreign,
	  &foreign_object },
	{ "foreign-syncobj", "Another file's syncobj has no handle here.", NULL, foreign,
	  &foreign_syncobj },
	{ "foreign-syncobj-signalled", "Another file's signalled syncobj has no handle here.", NULL,
	  foreign, &foreign_syncobj_signalled },
	{ "same-ids", "The same number is something else in another file.", same_ids },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
