// SPDX-License-Identifier: MIT
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <xf86drm.h>

#include "cli.h"
#include "uapi.h"

/* A wait that has come to its end in the recording does so here, or never. */
#define PATIENCE 30000000000ll

#define MAX_PARAMS 4096

static struct replay_device *device_of(const struct replay_call *call)
{
	return call->thing->device;
}

static uint64_t round_to_page(uint64_t size)
{
	return (size + 16383) & ~16383ull;
}

static void map_id(const struct replay_ids *ids, uint32_t *id)
{
	*id = replay_ids_map(ids, *id);
}

static void set_id(const struct replay_call *call, struct replay_ids *ids, uint32_t from,
		   uint32_t to)
{
	if (!replay_ids_set(ids, from, to))
		replay_no_memory(call->replay);
}

static void map_handle(const struct replay_call *call, uint32_t *handle)
{
	const struct replay_bo *bo = replay_bos_find(&device_of(call)->bos, *handle);

	/* One that does not exist there must not exist here. */
	if (bo)
		*handle = bo->handle;
	else if (*handle)
		*handle |= 0x40000000;
}

/* GET_PARAMS: what it says is the device's, and no difference. */
static bool params_prepare(struct replay_call *call)
{
	struct drm_asahi_get_params *args = call->arg;

	if (args->size > MAX_PARAMS)
		args->size = MAX_PARAMS;
	call->arrays[0] = calloc(1, args->size + 1);
	args->pointer = (uintptr_t)call->arrays[0];
	return call->arrays[0];
}

static void vm_created(struct replay_call *call)
{
	const struct drm_asahi_vm_create *was = call->event->ioctl.after, *is = call->arg;

	set_id(call, &device_of(call)->vms, was->vm_id, is->vm_id);
}

static bool vm_destroy_prepare(struct replay_call *call)
{
	struct drm_asahi_vm_destroy *args = call->arg;

	map_id(&device_of(call)->vms, &args->vm_id);
	return true;
}

static void vm_destroyed(struct replay_call *call)
{
	const struct drm_asahi_vm_destroy *was = call->event->ioctl.before;

	replay_ids_drop(&device_of(call)->vms, was->vm_id);
}

static bool bind_prepare(struct replay_call *call)
{
	struct drm_asahi_vm_bind *args = call->arg;
	struct drm_asahi_gem_bind_op op;
	uint8_t *ops;
	uint32_t i;

	map_id(&device_of(call)->vms, &args->vm_id);
	if (!args->num_binds || args->stride < offsetof(struct drm_asahi_gem_bind_op, offset))
		return true;
	ops = replay_copy_array(call, "userptr", 0);
	call->arrays[0] = ops;
	if (!ops)
		return false;
	args->userptr = (uintptr_t)ops;
	for (i = 0; i < args->num_binds; i++, ops += args->stride) {
		struct replay_bo *bo;

		memcpy(&op, ops, offsetof(struct drm_asahi_gem_bind_op, offset));
		bo = replay_bos_find(&device_of(call)->bos, op.handle);
		if (bo && !(op.flags & DRM_ASAHI_BIND_UNBIND))
			bo->bound = true;
		map_handle(call, &op.handle);
		memcpy(ops, &op, offsetof(struct drm_asahi_gem_bind_op, offset));
	}
	return true;
}

static bool gem_create_prepare(struct replay_call *call)
{
	struct drm_asahi_gem_create *args = call->arg;

	map_id(&device_of(call)->vms, &args->vm_id);
	return true;
}

static void gem_created(struct replay_call *call)
{
	const struct drm_asahi_gem_create *was = call->event->ioctl.after, *is = call->arg;

	if (!replay_bos_add(&device_of(call)->bos, was->handle, is->handle,
			    round_to_page(is->size)))
		replay_no_memory(call->replay);
}

static bool mmap_offset_prepare(struct replay_call *call)
{
	struct drm_asahi_gem_mmap_offset *args = call->arg;

	map_handle(call, &args->handle);
	return true;
}

static bool gem_close_prepare(struct replay_call *call)
{
	struct drm_gem_close *args = call->arg;

	map_handle(call, &args->handle);
	return true;
}

static void gem_closed(struct replay_call *call)
{
	const struct drm_gem_close *was = call->event->ioctl.before;

	replay_bos_drop(&device_of(call)->bos, was->handle);
}

static bool object_prepare(struct replay_call *call)
{
	struct drm_asahi_gem_bind_object *args = call->arg;

	map_id(&device_of(call)->vms, &args->vm_id);
	map_handle(call, &args->handle);
	if (args->op != DRM_ASAHI_BIND_OBJECT_OP_BIND)
		map_id(&device_of(call)->objects, &args->object_handle);
	return true;
}

static void add_stamp_object(struct replay_call *call, const struct replay_object *object)
{
	struct replay_device *device = device_of(call);
	struct replay_object *list;

	list = realloc(device->stamp_objects,
		       (device->num_stamp_objects + 1) * sizeof(*list));
	if (!list) {
		replay_no_memory(call->replay);
		return;
	}
	list[device->num_stamp_objects++] = *object;
	device->stamp_objects = list;
}

static void drop_stamp_object(struct replay_device *device, uint32_t recorded)
{
	unsigned int i;

	for (i = 0; i < device->num_stamp_objects; i++) {
		if (device->stamp_objects[i].recorded != recorded)
			continue;
		device->stamp_objects[i] = device->stamp_objects[--device->num_stamp_objects];
		return;
	}
}

static void object_bound(struct replay_call *call)
{
	const struct drm_asahi_gem_bind_object *was = call->event->ioctl.after, *is = call->arg;
	const struct replay_object object = {
		.recorded = was->object_handle, .bo = was->handle, .offset = was->offset,
		.range = was->range
	};

	drop_stamp_object(device_of(call), was->object_handle);
	if (was->op != DRM_ASAHI_BIND_OBJECT_OP_BIND) {
		replay_ids_drop(&device_of(call)->objects, was->object_handle);
		return;
	}
	set_id(call, &device_of(call)->objects, was->object_handle, is->object_handle);
	add_stamp_object(call, &object);
}

static bool queue_create_prepare(struct replay_call *call)
{
	struct drm_asahi_queue_create *args = call->arg;

	map_id(&device_of(call)->vms, &args->vm_id);
	return true;
}

static void queue_created(struct replay_call *call)
{
	const struct drm_asahi_queue_create *was = call->event->ioctl.after, *is = call->arg;

	set_id(call, &device_of(call)->queues, was->queue_id, is->queue_id);
}

static bool queue_destroy_prepare(struct replay_call *call)
{
	struct drm_asahi_queue_destroy *args = call->arg;

	map_id(&device_of(call)->queues, &args->queue_id);
	return true;
}

static void queue_destroyed(struct replay_call *call)
{
	const struct drm_asahi_queue_destroy *was = call->event->ioctl.before;

	replay_ids_drop(&device_of(call)->queues, was->queue_id);
}

static bool export_prepare(struct replay_call *call)
{
	struct drm_prime_handle *args = call->arg;

	map_handle(call, &args->handle);
	return true;
}

static void exported(struct replay_call *call)
{
	const struct drm_prime_handle *was = call->event->ioctl.after, *is = call->arg;

	replay_new_fd(call, was->fd, is->fd);
}

static bool import_prepare(struct replay_call *call)
{
	struct drm_prime_handle *args = call->arg;

	args->fd = replay_find_fd(call, args->fd);
	return true;
}

/* One buffer has one handle, there as here. */
static void imported(struct replay_call *call)
{
	const struct drm_prime_handle *was = call->event->ioctl.after, *is = call->arg;
	struct replay_bos *bos = &device_of(call)->bos;
	const struct replay_bo *bo = replay_bos_find(bos, was->handle);
	off_t size = lseek(is->fd, 0, SEEK_END);

	if (bo && bo->handle != is->handle)
		replay_differs(call->replay, call->event, "PRIME_FD_TO_HANDLE",
			       "a handle that exists", "a new one");
	if (bo)
		return;
	if (!replay_bos_add(bos, was->handle, is->handle, size > 0 ? size : 0))
		replay_no_memory(call->replay);
}

static void syncobj_created(struct replay_call *call)
{
	const struct drm_syncobj_create *was = call->event->ioctl.after, *is = call->arg;

	set_id(call, &device_of(call)->syncobjs, was->handle, is->handle);
}

static bool syncobj_destroy_prepare(struct replay_call *call)
{
	struct drm_syncobj_destroy *args = call->arg;

	map_id(&device_of(call)->syncobjs, &args->handle);
	return true;
}

static void syncobj_destroyed(struct replay_call *call)
{
	const struct drm_syncobj_destroy *was = call->event->ioctl.before;

	replay_ids_drop(&device_of(call)->syncobjs, was->handle);
}

static bool syncobj_export_prepare(struct replay_call *call)
{
	struct drm_syncobj_handle *args = call->arg;

	map_id(&device_of(call)->syncobjs, &args->handle);
	return true;
}

static void syncobj_exported(struct replay_call *call)
{
	const struct drm_syncobj_handle *was = call->event->ioctl.after, *is = call->arg;

	replay_new_fd(call, was->fd, is->fd);
}

static bool syncobj_import_prepare(struct replay_call *call)
{
	struct drm_syncobj_handle *args = call->arg;

	args->fd = replay_find_fd(call, args->fd);
	if (args->flags & DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE)
		map_id(&device_of(call)->syncobjs, &args->handle);
	return true;
}

static void syncobj_imported(struct replay_call *call)
{
	const struct drm_syncobj_handle *was = call->event->ioctl.after, *is = call->arg;

	if (!(is->flags & DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE))
		set_id(call, &device_of(call)->syncobjs, was->handle, is->handle);
}

static bool transfer_prepare(struct replay_call *call)
{
	struct drm_syncobj_transfer *args = call->arg;

	map_id(&device_of(call)->syncobjs, &args->src_handle);
	map_id(&device_of(call)->syncobjs, &args->dst_handle);
	return true;
}

/* The handles of an array, translated; 0 as a pointer if they are not recorded. */
static uint64_t map_handles(struct replay_call *call, uint32_t count)
{
	uint32_t *handles = replay_copy_array(call, "handles", 0);
	uint32_t i;

	call->arrays[0] = handles;
	for (i = 0; handles && i < count; i++)
		map_id(&device_of(call)->syncobjs, &handles[i]);
	return (uintptr_t)handles;
}

static uint64_t copy_points(struct replay_call *call)
{
	call->arrays[1] = replay_copy_array(call, "points", 0);
	return (uintptr_t)call->arrays[1];
}

/* A wait that was in vain was so by the time that it was made, of which nothing is known here. */
static bool is_in_time(const struct replay_call *call)
{
	return call->event->ioctl.is.result != -ETIME;
}

static bool wait_prepare(struct replay_call *call)
{
	struct drm_syncobj_wait *args = call->arg;

	args->handles = map_handles(call, args->count_handles);
	args->timeout_nsec = drm_agx_deadline(PATIENCE);
	return args->handles && is_in_time(call);
}

static bool timeline_wait_prepare(struct replay_call *call)
{
	struct drm_syncobj_timeline_wait *args = call->arg;

	args->handles = map_handles(call, args->count_handles);
	args->points = copy_points(call);
	args->timeout_nsec = drm_agx_deadline(PATIENCE);
	return args->handles && args->points && is_in_time(call);
}

static bool array_prepare(struct replay_call *call)
{
	struct drm_syncobj_array *args = call->arg;

	args->handles = map_handles(call, args->count_handles);
	return args->handles;
}

static bool timeline_signal_prepare(struct replay_call *call)
{
	struct drm_syncobj_timeline_array *args = call->arg;

	args->handles = map_handles(call, args->count_handles);
	args->points = copy_points(call);
	return args->handles && args->points;
}

/* What it answers is as far as things have come, which is no difference. */
static bool query_prepare(struct replay_call *call)
{
	struct drm_syncobj_timeline_array *args = call->arg;

	args->handles = map_handles(call, args->count_handles);
	if (!args->handles)
		return false;
	call->arrays[1] = calloc((size_t)args->count_handles + 1, sizeof(uint64_t));
	args->points = (uintptr_t)call->arrays[1];
	return args->points;
}

static void sync_exported(struct replay_call *call)
{
	const struct dma_buf_export_sync_file *was = call->event->ioctl.after, *is = call->arg;

	replay_new_fd(call, was->fd, is->fd);
}

static bool sync_import_prepare(struct replay_call *call)
{
	struct dma_buf_import_sync_file *args = call->arg;

	args->fd = replay_find_fd(call, args->fd);
	return true;
}

static bool merge_prepare(struct replay_call *call)
{
	struct sync_merge_data *args = call->arg;

	args->fd2 = replay_find_fd(call, args->fd2);
	return true;
}

static void merged(struct replay_call *call)
{
	const struct sync_merge_data *was = call->event->ioctl.after, *is = call->arg;

	replay_new_fd(call, was->fence, is->fence);
}

static const struct {
	unsigned long request;
	enum rec_kind kind;
	/* Translates the argument; false if the call cannot be made again. */
	bool (*prepare)(struct replay_call *call);
	/* When it has succeeded there and here. */
	void (*done)(struct replay_call *call);
} calls[] = {
	{ DRM_IOCTL_ASAHI_GET_PARAMS, REC_DEVICE, params_prepare, NULL },
	{ DRM_IOCTL_ASAHI_GET_TIME, REC_DEVICE, NULL, NULL },
	{ DRM_IOCTL_ASAHI_VM_CREATE, REC_DEVICE, NULL, vm_created },
	{ DRM_IOCTL_ASAHI_VM_DESTROY, REC_DEVICE, vm_destroy_prepare, vm_destroyed },
	{ DRM_IOCTL_ASAHI_VM_BIND, REC_DEVICE, bind_prepare, NULL },
	{ DRM_IOCTL_ASAHI_GEM_CREATE, REC_DEVICE, gem_create_prepare, gem_created },
	{ DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, REC_DEVICE, mmap_offset_prepare, NULL },
	{ DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, REC_DEVICE, object_prepare, object_bound },
	{ DRM_IOCTL_ASAHI_QUEUE_CREATE, REC_DEVICE, queue_create_prepare, queue_created },
	{ DRM_IOCTL_ASAHI_QUEUE_DESTROY, REC_DEVICE, queue_destroy_prepare, queue_destroyed },
	{ DRM_IOCTL_ASAHI_SUBMIT, REC_DEVICE, replay_submit_prepare, replay_submitted },
	{ DRM_IOCTL_GEM_CLOSE, REC_DEVICE, gem_close_prepare, gem_closed },
	{ DRM_IOCTL_PRIME_HANDLE_TO_FD, REC_DEVICE, export_prepare, exported },
	{ DRM_IOCTL_PRIME_FD_TO_HANDLE, REC_DEVICE, import_prepare, imported },
	{ DRM_IOCTL_SYNCOBJ_CREATE, REC_DEVICE, NULL, syncobj_created },
	{ DRM_IOCTL_SYNCOBJ_DESTROY, REC_DEVICE, syncobj_destroy_prepare, syncobj_destroyed },
	{ DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, REC_DEVICE, syncobj_export_prepare, syncobj_exported },
	{ DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, REC_DEVICE, syncobj_import_prepare, syncobj_imported },
	{ DRM_IOCTL_SYNCOBJ_TRANSFER, REC_DEVICE, transfer_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_WAIT, REC_DEVICE, wait_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, REC_DEVICE, timeline_wait_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_RESET, REC_DEVICE, array_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_SIGNAL, REC_DEVICE, array_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, REC_DEVICE, timeline_signal_prepare, NULL },
	{ DRM_IOCTL_SYNCOBJ_QUERY, REC_DEVICE, query_prepare, NULL },
	{ DMA_BUF_IOCTL_EXPORT_SYNC_FILE, REC_DMABUF, NULL, sync_exported },
	{ DMA_BUF_IOCTL_IMPORT_SYNC_FILE, REC_DMABUF, sync_import_prepare, NULL },
	{ SYNC_IOC_MERGE, REC_SYNC_FILE, merge_prepare, merged },
};

static void compare_results(struct replay_call *call, int result)
{
	const int recorded = call->event->ioctl.is.result;
	char here[32];

	if (result == recorded)
		return;
	snprintf(here, sizeof(here), "%s", result ? cli_errno_name(result) : "0");
	replay_differs(call->replay, call->event, call->ioctl->name,
		       recorded ? cli_errno_name(recorded) : "0", here);
}

/*
 * Whether a result comes from what is not recorded: a pointer that leads nowhere, who the program
 * is, or a signal, after which it has made the call again.
 */
static bool is_of_program(int result)
{
	return result == -EFAULT || result == -EACCES || result == -EPERM || result == -EINTR;
}

static unsigned int find_call(unsigned long request)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].request == request)
			break;
	return i;
}

bool replay_make_call(struct replay_call *call)
{
	const struct rec_ioctl *recorded = &call->event->ioctl.is;
	const unsigned int index = find_call(call->ioctl->request);
	int result;

	if (index == ARRAY_SIZE(calls) || is_of_program(recorded->result))
		return false;
	if (calls[index].kind != call->thing->kind || call->thing->fd < 0)
		return false;
	if (calls[index].prepare && !calls[index].prepare(call))
		return false;

	result = drmIoctl(call->thing->fd, recorded->request, call->arg) ? -errno : 0;
	compare_results(call, result);
	if (!result && !recorded->result && calls[index].done)
		calls[index].done(call);
	return true;
}
