// SPDX-License-Identifier: MIT
/**
 * TEST: asahi replies
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: isolation
 * Functionality: answers of ioctls
 * Description: Ioctls write nothing to their argument but their answer, and that only if they
 *	work: padding stays zero, what is behind stays what it was, also when the program says
 *	that its argument is larger, and no byte of the kernel's stack comes with it.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "asahi_actor.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Answers of ioctls");

/* An id that nobody has. */
#define UNKNOWN 0x7ffffff0u

/* How much larger arguments are said to be, in steps of 8 bytes. */
#define NUM_SIZES 9

/* The argument of an ioctl, and bytes behind it. */
union argument {
	struct drm_asahi_get_time time;
	struct drm_asahi_vm_create vm;
	struct drm_asahi_gem_create gem;
	struct drm_asahi_gem_mmap_offset mmap;
	struct drm_asahi_gem_bind_object object;
	struct drm_asahi_queue_create queue;
	uint8_t bytes[256];
};

/* An ioctl that answers in its argument. */
struct reply {
	const char *name;
	unsigned long request;
	/* Where its answer is. */
	size_t offset, size;
	/* Fill it in, so that it works and, in the second round, fails. */
	void (*ask)(struct asahi_actor *actor, union argument *arg, bool fail);
	void (*undo)(struct asahi_actor *actor, const union argument *arg);
};

static void ask_time(struct asahi_actor *actor, union argument *arg, bool fail)
{
	arg->time.flags = fail;
}

static void ask_vm(struct asahi_actor *actor, union argument *arg, bool fail)
{
	uint64_t start, end;

	asahi_kernel_range(actor->client.fd, &start, &end);
	arg->vm.kernel_start = start;
	arg->vm.kernel_end = fail ? start : end;
}

static void undo_vm(struct asahi_actor *actor, const union argument *arg)
{
	asahi_vm_destroy(actor->client.fd, arg->vm.vm_id);
}

static void ask_gem(struct asahi_actor *actor, union argument *arg, bool fail)
{
	/* Which is rounded up, for the kernel only. */
	arg->gem.size = 1;
	arg->gem.flags = fail ? 1u << 30 : 0;
}

static void undo_gem(struct asahi_actor *actor, const union argument *arg)
{
	gem_close(actor->client.fd, arg->gem.handle);
}

static void ask_mmap(struct asahi_actor *actor, union argument *arg, bool fail)
{
	arg->mmap.handle = fail ? UNKNOWN : actor->bo.handle;
}

static void ask_object(struct asahi_actor *actor, union argument *arg, bool fail)
{
	arg->object.op = DRM_ASAHI_BIND_OBJECT_OP_BIND;
	arg->object.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS;
	arg->object.handle = fail ? UNKNOWN : actor->bo.handle;
	arg->object.range = ASAHI_PAGE;
}

static void undo_object(struct asahi_actor *actor, const union argument *arg)
{
	asahi_object_unbind(actor->client.fd, arg->object.object_handle);
}

static void ask_queue(struct asahi_actor *actor, union argument *arg, bool fail)
{
	arg->queue.vm_id = fail ? UNKNOWN : actor->client.vm_id;
	arg->queue.priority = DRM_ASAHI_PRIORITY_MEDIUM;
}

static void undo_queue(struct asahi_actor *actor, const union argument *arg)
{
	asahi_queue_destroy(actor->client.fd, arg->queue.queue_id);
}

#define ANSWER(type, field) offsetof(struct type, field), sizeof(((struct type *)0)->field)

static const struct reply replies[] = {
	{ "GET_TIME", DRM_IOCTL_ASAHI_GET_TIME, ANSWER(drm_asahi_get_time, gpu_timestamp),
	  ask_time },
	{ "VM_CREATE", DRM_IOCTL_ASAHI_VM_CREATE, ANSWER(drm_asahi_vm_create, vm_id), ask_vm,
	  undo_vm },
	{ "GEM_CREATE", DRM_IOCTL_ASAHI_GEM_CREATE, ANSWER(drm_asahi_gem_create, handle), ask_gem,
	  undo_gem },
	{ "GEM_MMAP_OFFSET", DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET,
	  ANSWER(drm_asahi_gem_mmap_offset, offset), ask_mmap },
	{ "GEM_BIND_OBJECT", DRM_IOCTL_ASAHI_GEM_BIND_OBJECT,
	  ANSWER(drm_asahi_gem_bind_object, object_handle), ask_object, undo_object },
	{ "QUEUE_CREATE", DRM_IOCTL_ASAHI_QUEUE_CREATE, ANSWER(drm_asahi_queue_create, queue_id),
	  ask_queue, undo_queue },
};

/* The argument as it is passed: @size bytes of it, and what a newer program would have behind. */
static void ask(struct asahi_actor *actor, const struct reply *reply, union argument *arg,
		size_t size, bool fail)
{
	memset(arg, 0, size);
	memset(arg->bytes + size, 0x5a, sizeof(*arg) - size);
	reply->ask(actor, arg, fail);
	memset(arg->bytes + reply->offset, 0x5a, reply->size);
}

/* Whether @size bytes are what was passed, all of them, or all zero. */
static bool is_clean(const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (bytes[i] != bytes[0] || (bytes[i] && bytes[i] != 0x5a))
			return false;
	return true;
}

/* Nothing but the answer is another than what was passed, and so padding is still zero. */
static void assert_clean(const struct reply *reply, const union argument *arg,
			 const union argument *passed)
{
	const size_t behind = reply->offset + reply->size;
	const size_t size = _IOC_SIZE(reply->request);

	igt_assert_f(!memcmp(arg, passed, reply->offset), "%s writes before its answer\n",
		     reply->name);
	igt_assert_f(!memcmp(arg->bytes + behind, passed->bytes + behind, size - behind),
		     "%s writes behind its answer\n", reply->name);
	igt_assert_f(is_clean(arg->bytes + size, sizeof(*arg) - size),
		     "%s writes behind its argument\n", reply->name);
}

/* Called in every size, with what works and with what does not. */
static void is_clean_reply(const void *data)
{
	const struct reply *reply = data;
	const size_t size = _IOC_SIZE(reply->request);
	union argument arg, passed;
	struct asahi_actor actor;
	unsigned long more;
	unsigned int i;
	int ret;

	asahi_actor_init(&actor);
	for (i = 0; i < 2 * NUM_SIZES; i++) {
		const bool fail = i % 2;

		more = i / 2 * 8;
		ask(&actor, reply, &arg, size, fail);
		passed = arg;
		ret = asahi_ioctl(actor.client.fd, reply->request + (more << _IOC_SIZESHIFT),
				  &arg);
		igt_assert_f(fail ? ret < 0 : ret == 0, "%s, %lu bytes more: %d\n", reply->name,
			     more, ret);
		assert_clean(reply, &arg, &passed);
		if (fail)
			igt_assert_f(is_clean(arg.bytes + reply->offset, reply->size),
				     "%s fails with an answer\n", reply->name);
		else if (reply->undo)
			reply->undo(&actor, &arg);
	}
	asahi_actor_assert_works(&actor);
	asahi_actor_fini(&actor);
}

/**
 * SUBTEST: get-time
 * Description: GET_TIME writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */
/**
 * SUBTEST: vm-create
 * Description: VM_CREATE writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */
/**
 * SUBTEST: gem-create
 * Description: GEM_CREATE writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */
/**
 * SUBTEST: gem-mmap-offset
 * Description: GEM_MMAP_OFFSET writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */
/**
 * SUBTEST: gem-bind-object
 * Description: GEM_BIND_OBJECT writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */
/**
 * SUBTEST: queue-create
 * Description: QUEUE_CREATE writes its answer only, whatever size its argument is said to
 *	have, and none if it fails.
 */

static const struct asahi_subtest subtests[] = {
	{ "get-time", "GET_TIME writes its answer only.", NULL, is_clean_reply, &replies[0] },
	{ "vm-create", "VM_CREATE writes its answer only.", NULL, is_clean_reply, &replies[1] },
	{ "gem-create", "GEM_CREATE writes its answer only.", NULL, is_clean_reply, &replies[2] },
	{ "gem-mmap-offset", "GEM_MMAP_OFFSET writes its answer only.", NULL, is_clean_reply,
	  &replies[3] },
	{ "gem-bind-object", "GEM_BIND_OBJECT writes its answer only.", NULL, is_clean_reply,
	  &replies[4] },
	{ "queue-create", "QUEUE_CREATE writes its answer only.", NULL, is_clean_reply,
	  &replies[5] },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
