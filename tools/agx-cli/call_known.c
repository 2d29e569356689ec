// SPDX-License-Identifier: MIT
/*
 * What calls that were sent make known of their file.
 */
#include "call.h"

#include <string.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm.h>
#include <drm_agx.h>

#include "known.h"

static void note_vm(struct known_list *known, const struct drm_asahi_vm_create *args)
{
	struct known *vm = known_add(known, KNOWN_VM, args->vm_id);

	if (!vm)
		return;
	vm->kernel_start = args->kernel_start;
	vm->kernel_end = args->kernel_end;
}

static void note_bind(struct known_list *known, const struct call *call,
		      const struct drm_asahi_vm_bind *args)
{
	struct known *vm = known_find(known, KNOWN_VM, args->vm_id);
	const uint8_t *ops = call->arrays[0].bytes;
	size_t size = call->arrays[0].size, at;
	struct drm_asahi_gem_bind_op op;
	uint32_t i;

	if (!vm)
		return;
	if ((uintptr_t)ops != args->userptr || args->stride < sizeof(op)) {
		vm->unsure = true;
		return;
	}
	for (i = 0; i < args->num_binds; i++) {
		at = (size_t)args->stride * i;
		if (at + sizeof(op) > size) {
			vm->unsure = true;
			return;
		}
		memcpy(&op, ops + at, sizeof(op));
		known_bind(vm, &op);
	}
}

static void note_bo(struct known_list *known, const struct drm_asahi_gem_create *args)
{
	struct known *bo = known_add(known, KNOWN_BO, args->handle);

	if (!bo)
		return;
	bo->size = (args->size + DRM_AGX_PAGE_SIZE - 1) & -(uint64_t)DRM_AGX_PAGE_SIZE;
	bo->flags = args->flags;
	bo->vm_id = args->vm_id;
}

static void note_object(struct known_list *known, const struct drm_asahi_gem_bind_object *args)
{
	struct known *object;

	if (args->op == DRM_ASAHI_BIND_OBJECT_OP_UNBIND) {
		known_remove(known, KNOWN_OBJECT, args->object_handle);
		return;
	}
	object = known_add(known, KNOWN_OBJECT, args->object_handle);
	if (object)
		object->size = args->range;
}

static void note_queue(struct known_list *known, const struct drm_asahi_queue_create *args)
{
	struct known *queue = known_add(known, KNOWN_QUEUE, args->queue_id);

	if (queue)
		queue->vm_id = args->vm_id;
}

/* The size of a dma-buf is where its end is. */
static void note_import(struct known_list *known, const struct drm_prime_handle *args)
{
	off_t size = lseek(args->fd, 0, SEEK_END);
	struct known *bo = known_find(known, KNOWN_BO, args->handle);

	/* One that was there already is known better. */
	if (bo)
		return;
	bo = known_add(known, KNOWN_BO, args->handle);
	if (bo && size > 0)
		bo->size = size;
	lseek(args->fd, 0, SEEK_SET);
}

static void note_core(struct known_list *known, const char *name, const void *arg)
{
	if (!strcmp(name, "GEM_CLOSE"))
		known_close_bo(known, ((const struct drm_gem_close *)arg)->handle);
	else if (!strcmp(name, "PRIME_FD_TO_HANDLE"))
		note_import(known, arg);
	else if (!strcmp(name, "SYNCOBJ_CREATE"))
		known_add(known, KNOWN_SYNCOBJ, ((const struct drm_syncobj_create *)arg)->handle);
	else if (!strcmp(name, "SYNCOBJ_FD_TO_HANDLE"))
		known_add(known, KNOWN_SYNCOBJ, ((const struct drm_syncobj_handle *)arg)->handle);
	else if (!strcmp(name, "SYNCOBJ_DESTROY"))
		known_remove(known, KNOWN_SYNCOBJ,
			     ((const struct drm_syncobj_destroy *)arg)->handle);
}

void call_note(struct known_list *known, const struct call *call)
{
	const void *arg = call->arg;
	const char *name = call->ioctl->name;

	if (!strcmp(name, "VM_CREATE"))
		note_vm(known, arg);
	else if (!strcmp(name, "VM_DESTROY"))
		known_remove(known, KNOWN_VM, ((const struct drm_asahi_vm_destroy *)arg)->vm_id);
	else if (!strcmp(name, "VM_BIND"))
		note_bind(known, call, arg);
	else if (!strcmp(name, "GEM_CREATE"))
		note_bo(known, arg);
	else if (!strcmp(name, "GEM_BIND_OBJECT"))
		note_object(known, arg);
	else if (!strcmp(name, "QUEUE_CREATE"))
		note_queue(known, arg);
	else if (!strcmp(name, "QUEUE_DESTROY"))
		known_remove(known, KNOWN_QUEUE,
			     ((const struct drm_asahi_queue_destroy *)arg)->queue_id);
	else
		note_core(known, name, arg);
}

void call_note_failure(struct known_list *known, const struct call *call)
{
	const struct drm_asahi_vm_bind *args = (const void *)call->arg;
	struct known *vm;

	/* The ops before the one that failed have been done; which one that was is not said. */
	if (strcmp(call->ioctl->name, "VM_BIND") || args->num_binds < 2)
		return;
	vm = known_find(known, KNOWN_VM, args->vm_id);
	if (vm)
		vm->unsure = true;
}
