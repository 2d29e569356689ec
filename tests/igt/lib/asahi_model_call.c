// SPDX-License-Identifier: MIT
/* Steps as calls, and those that are ioctls of the driver. */
#include <string.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_model_calls.h"
#include "igt.h"

/* What a buffer has in it where nothing has been written. */
#define UNTOUCHED 0xa5

static int get_params(const struct asahi_call *call)
{
	const struct drm_asahi_params_global *params = &call->run->scene->client.params;
	const uint64_t *arg = call->step->arg;
	const uint8_t *known = (const uint8_t *)params;
	uint8_t buf[2048];
	struct drm_asahi_get_params req = {
		.param_group = arg[ASAHI_PARAMS_GROUP],
		.pad = arg[ASAHI_PARAMS_PAD],
		.pointer = arg[ASAHI_PARAMS_BAD] ? call->run->scene->hole : (uintptr_t)buf,
		.size = arg[ASAHI_PARAMS_SIZE],
	};
	uint64_t i, filled;
	int ret;

	memset(buf, UNTOUCHED, sizeof(buf));
	ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GET_PARAMS, &req);
	filled = ret || arg[ASAHI_PARAMS_BAD] ? 0 : arg[ASAHI_PARAMS_SIZE];
	if (filled > sizeof(*params))
		filled = sizeof(*params);
	for (i = 0; i < sizeof(buf); i++)
		if (buf[i] != (i < filled ? known[i] : UNTOUCHED))
			call->result->wrong = i < filled ?
				"the parameters are not what they were" :
				"the buffer was written behind its end";
	return ret;
}

static int get_time(const struct asahi_call *call)
{
	struct drm_asahi_get_time req = { .flags = call->step->arg[ASAHI_TIME_FLAGS] };
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GET_TIME, &req);

	if (ret)
		return ret;
	if (req.gpu_timestamp < call->run->time)
		call->result->wrong = "time went back";
	call->run->time = req.gpu_timestamp;
	return 0;
}

static int map_arena(const struct asahi_call *call, uint32_t vm_id, int vm)
{
	uint32_t arena = call->next->files[call->next->fds[call->step->file]].arena;

	if (!asahi_model_has_arena(&call->next->vms[vm]))
		return 0;
	return __asahi_vm_map(file(call), vm_id, arena, 0, ASAHI_MODEL_ARENA_SIZE,
			      ASAHI_MODEL_ARENA, ASAHI_RW);
}

static int vm_create(const struct asahi_call *call)
{
	struct drm_asahi_vm_create req = {
		.kernel_start = call->step->arg[ASAHI_VM_START],
		.kernel_end = call->step->arg[ASAHI_VM_END],
		.pad = call->step->arg[ASAHI_VM_PAD],
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_VM_CREATE, &req);

	call->result->number = req.vm_id;
	if (!ret && call->next->born.kind == ASAHI_KIND_VM &&
	    map_arena(call, req.vm_id, call->next->born.index))
		call->result->wrong = "the code of jobs cannot be mapped";
	return ret;
}

static int arena_again(const struct asahi_call *call)
{
	uint32_t vm_id = number(call, ASAHI_KIND_VM, ASAHI_ARG_ID);

	return map_arena(call, vm_id,
			 asahi_model_lookup(call->run->m, call->step->file, ASAHI_KIND_VM, vm_id));
}

static int vm_bind(const struct asahi_call *call)
{
	const uint64_t *arg = call->step->arg;
	uint8_t array[ASAHI_MODEL_OPS * 64];
	struct drm_asahi_vm_bind req = {
		.vm_id = number(call, ASAHI_KIND_VM, ASAHI_BIND_VM),
		.num_binds = arg[ASAHI_BIND_COUNT],
		.stride = arg[ASAHI_BIND_STRIDE],
		.pad = arg[ASAHI_BIND_PAD],
		.userptr = (uintptr_t)array,
	};

	if (arg[ASAHI_BIND_BAD] == ASAHI_BAD_POINTER)
		req.userptr = call->run->scene->hole;
	asahi_model_bind_array(call->run->m, call->step, array);
	return asahi_ioctl(file(call), DRM_IOCTL_ASAHI_VM_BIND, &req);
}

static int gem_create(const struct asahi_call *call)
{
	struct drm_asahi_gem_create req = {
		.size = call->step->arg[ASAHI_GEM_SIZE],
		.flags = call->step->arg[ASAHI_GEM_FLAGS],
		.vm_id = number(call, ASAHI_KIND_VM, ASAHI_GEM_VM),
		.pad = call->step->arg[ASAHI_GEM_PAD],
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GEM_CREATE, &req);

	call->result->number = req.handle;
	return ret;
}

static int mmap_offset(const struct asahi_call *call)
{
	struct drm_asahi_gem_mmap_offset req = {
		.handle = number(call, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = call->step->arg[ASAHI_BO_FLAGS],
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);

	if (!ret && (!req.offset || req.offset % 4096))
		call->result->wrong = "this is no offset to map";
	return ret;
}

static int gem_bind_object(const struct asahi_call *call)
{
	struct drm_asahi_gem_bind_object req = {
		.op = call->step->arg[ASAHI_OBJECT_OP],
		.flags = call->step->arg[ASAHI_OBJECT_FLAGS],
		.handle = number(call, ASAHI_KIND_BO, ASAHI_OBJECT_BO),
		.vm_id = number(call, ASAHI_KIND_VM, ASAHI_OBJECT_VM),
		.offset = call->step->arg[ASAHI_OBJECT_OFFSET],
		.range = call->step->arg[ASAHI_OBJECT_RANGE],
		.object_handle = number(call, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID),
		.pad = call->step->arg[ASAHI_OBJECT_PAD],
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);

	call->result->number = req.object_handle;
	return ret;
}

static int queue_create(const struct asahi_call *call)
{
	uint64_t usc = call->step->arg[ASAHI_QUEUE_USC];
	struct drm_asahi_queue_create req = {
		.flags = call->step->arg[ASAHI_QUEUE_FLAGS],
		.vm_id = number(call, ASAHI_KIND_VM, ASAHI_QUEUE_VM),
		.priority = call->step->arg[ASAHI_QUEUE_PRIORITY],
		.usc_exec_base = usc ? usc : ASAHI_MODEL_USC_BASE,
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_QUEUE_CREATE, &req);

	call->result->number = req.queue_id;
	return ret;
}

static int vm_destroy(const struct asahi_call *call)
{
	struct drm_asahi_vm_destroy req = {
		.vm_id = number(call, ASAHI_KIND_VM, ASAHI_ARG_ID),
		.pad = call->step->arg[ASAHI_ARG_PAD],
	};

	return asahi_ioctl(file(call), DRM_IOCTL_ASAHI_VM_DESTROY, &req);
}

static int queue_destroy(const struct asahi_call *call)
{
	struct drm_asahi_queue_destroy req = {
		.queue_id = number(call, ASAHI_KIND_QUEUE, ASAHI_ARG_ID),
		.pad = call->step->arg[ASAHI_ARG_PAD],
	};

	return asahi_ioctl(file(call), DRM_IOCTL_ASAHI_QUEUE_DESTROY, &req);
}

static int call_nothing(const struct asahi_call *call)
{
	const unsigned int nr = DRM_COMMAND_BASE + call->step->arg[ASAHI_ARG_ID];
	uint8_t arg[64] = { 0 };

	return asahi_ioctl(file(call), DRM_IOWR(nr, arg), arg);
}

static int (* const calls[ASAHI_NUM_OPS])(const struct asahi_call *call) = {
	[ASAHI_OP_OPEN] = asahi_call_open,
	[ASAHI_OP_CLOSE] = asahi_call_close,
	[ASAHI_OP_PARAMS] = get_params,
	[ASAHI_OP_TIME] = get_time,
	[ASAHI_OP_VM_CREATE] = vm_create,
	[ASAHI_OP_VM_DESTROY] = vm_destroy,
	[ASAHI_OP_BIND] = vm_bind,
	[ASAHI_OP_GEM_CREATE] = gem_create,
	[ASAHI_OP_MMAP_OFFSET] = mmap_offset,
	[ASAHI_OP_OBJECT] = gem_bind_object,
	[ASAHI_OP_QUEUE_CREATE] = queue_create,
	[ASAHI_OP_QUEUE_DESTROY] = queue_destroy,
	[ASAHI_OP_SUBMIT] = asahi_call_submit,
	[ASAHI_OP_IOCTL] = call_nothing,
	[ASAHI_OP_GEM_CLOSE] = asahi_call_gem_close,
	[ASAHI_OP_EXPORT] = asahi_call_export,
	[ASAHI_OP_IMPORT] = asahi_call_import,
	[ASAHI_OP_DMABUF_CLOSE] = asahi_call_dmabuf_close,
	[ASAHI_OP_SYNC_CREATE] = asahi_call_sync_create,
	[ASAHI_OP_SYNC_DESTROY] = asahi_call_sync_destroy,
	[ASAHI_OP_SYNC_WAIT] = asahi_call_sync_wait,
	[ASAHI_OP_SYNC_SIGNAL] = asahi_call_sync_signal,
	[ASAHI_OP_SYNC_RESET] = asahi_call_sync_reset,
	[ASAHI_OP_SYNC_SHARE] = asahi_call_sync_share,
	[ASAHI_OP_MMAP] = asahi_call_mmap,
	[ASAHI_OP_DMABUF_MMAP] = asahi_call_dmabuf_mmap,
	[ASAHI_OP_MUNMAP] = asahi_call_munmap,
	[ASAHI_OP_WRITE] = asahi_call_write,
	[ASAHI_OP_FILL] = asahi_call_fill,
	[ASAHI_OP_ARENA] = arena_again,
	[ASAHI_OP_GATE] = asahi_call_gate,
	[ASAHI_OP_RELEASE] = asahi_call_release,
	[ASAHI_OP_END] = asahi_call_end,
};

void asahi_model_call(struct asahi_model_run *run, const struct asahi_model_step *step,
		      const struct asahi_model *next, const struct asahi_model_expect *expect,
		      struct asahi_model_result *result)
{
	const struct asahi_call call = { run, step, next, expect, result };

	memset(result, 0, sizeof(*result));
	/* ASAHI_OP_CHECK makes no call. */
	if (calls[step->op])
		result->ret = calls[step->op](&call);
}
