// SPDX-License-Identifier: MIT
/*
 * Why the kernel may have refused a call: what can be seen of its arguments, by the rules of the
 * uapi, in the order in which they are checked. Each check gives one error: what would have been
 * refused with another one is not why.
 */
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm.h>
#include <drm_agx.h>

#include "explain.h"
#include "known.h"
#include "session.h"

bool explain(const struct explain_context *context, struct reason *reason, int err,
	     const char *format, ...)
{
	va_list ap;

	if (context->err != err)
		return false;
	va_start(ap, format);
	vsnprintf(reason->text, sizeof(reason->text), format, ap);
	va_end(ap);
	return true;
}

bool explain_id(const struct explain_context *context, struct reason *reason, int err,
		enum known_kind kind, const char *what, uint32_t id)
{
	char ids[96];

	/* Known, so that it is something else; or made where it is not seen. */
	if (known_find(context->known, kind, id))
		return false;
	return explain(context, reason, err, "no %s %u in this file; made here: %s", what, id,
		       known_ids(context->known, kind, ids, sizeof(ids)));
}

bool explain_unaligned(const struct explain_context *context, struct reason *reason,
		       const char *field, uint64_t value)
{
	if (!(value % DRM_AGX_PAGE_SIZE))
		return false;
	return explain(context, reason, EINVAL, "%s %#" PRIx64 " is not a multiple of 16 KiB",
		       field, value);
}

static bool explain_get_params(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_get_params *args = context->arg;

	if (args->param_group &&
	    explain(context, reason, EINVAL, "there is no param_group %u", args->param_group))
		return true;
	return explain(context, reason, EFAULT, "pointer %#" PRIx64 " is no memory of this process",
		       (uint64_t)args->pointer);
}

static bool explain_get_time(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_get_time *args = context->arg;

	return args->flags && explain(context, reason, EINVAL, "flags is not 0");
}

static bool explain_vm_create(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_vm_create *args = context->arg;
	const struct drm_asahi_params_global *params = context->params;

	if (params &&
	    (args->kernel_start < params->vm_start || args->kernel_end > params->vm_end))
		return explain(context, reason, EINVAL, "the range is not within vm_start %#" PRIx64
			       " and vm_end %#" PRIx64, (uint64_t)params->vm_start,
			       (uint64_t)params->vm_end);
	if (args->kernel_end <= args->kernel_start)
		return explain(context, reason, EINVAL, "kernel_end is not above kernel_start");
	if (params && args->kernel_end - args->kernel_start < params->vm_kernel_min_size)
		return explain(context, reason, EINVAL, "the range is smaller than "
			       "vm_kernel_min_size %#" PRIx64,
			       (uint64_t)params->vm_kernel_min_size);
	return explain_unaligned(context, reason, "kernel_start", args->kernel_start) ||
	       explain_unaligned(context, reason, "kernel_end", args->kernel_end);
}

static bool explain_vm_destroy(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_vm_destroy *args = context->arg;

	return explain_id(context, reason, ENOENT, KNOWN_VM, "address space", args->vm_id);
}

static bool explain_gem_create(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_gem_create *args = context->arg;
	const uint32_t known = DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE;

	if (args->flags & ~known && explain(context, reason, EINVAL, "flags has unknown bits %#x",
					    args->flags & ~known))
		return true;
	if (args->vm_id && !(args->flags & DRM_ASAHI_GEM_VM_PRIVATE))
		return explain(context, reason, EINVAL,
			       "vm_id is for buffers that are VM_PRIVATE only");
	if (!args->size && explain(context, reason, EINVAL, "size is 0"))
		return true;
	if (args->size > UINT64_MAX - DRM_AGX_PAGE_SIZE &&
	    explain(context, reason, EINVAL, "size %#" PRIx64 " is too large",
		    (uint64_t)args->size))
		return true;
	if (args->flags & DRM_ASAHI_GEM_VM_PRIVATE &&
	    explain_id(context, reason, ENOENT, KNOWN_VM, "address space", args->vm_id))
		return true;
	return explain(context, reason, ENOMEM, "no memory for size %#" PRIx64,
		       (uint64_t)args->size);
}

static bool explain_gem_mmap_offset(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_gem_mmap_offset *args = context->arg;

	if (args->flags && explain(context, reason, EINVAL, "flags is not 0"))
		return true;
	return explain_id(context, reason, ENOENT, KNOWN_BO, "buffer", args->handle);
}

static bool explain_bind_object(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_gem_bind_object *args = context->arg;
	const struct known *bo = known_find(context->known, KNOWN_BO, args->handle);

	if (explain_unaligned(context, reason, "offset", args->offset) ||
	    explain_unaligned(context, reason, "range", args->range))
		return true;
	if (args->flags != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS &&
	    explain(context, reason, EINVAL, "flags is not exactly USAGE_TIMESTAMPS"))
		return true;
	if (!args->range && explain(context, reason, EINVAL, "range is 0"))
		return true;
	if (!bo)
		return explain_id(context, reason, ENOENT, KNOWN_BO, "buffer", args->handle);
	if (args->offset > bo->size || args->range > bo->size - args->offset)
		return explain(context, reason, EINVAL, "offset + range is beyond buffer %u, which "
			       "has %#" PRIx64 " bytes", args->handle, bo->size);
	return bo->flags & DRM_ASAHI_GEM_VM_PRIVATE &&
	       explain(context, reason, EINVAL, "buffer %u is VM_PRIVATE", args->handle);
}

static bool explain_unbind_object(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_gem_bind_object *args = context->arg;

	if ((args->range || args->offset || args->flags || args->handle) &&
	    explain(context, reason, EINVAL, "range, offset, flags and handle are not all 0"))
		return true;
	return explain_id(context, reason, ENOENT, KNOWN_OBJECT, "object", args->object_handle);
}

static bool explain_gem_bind_object(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_gem_bind_object *args = context->arg;

	if (args->vm_id && explain(context, reason, EINVAL, "vm_id is not 0"))
		return true;
	switch (args->op) {
	case DRM_ASAHI_BIND_OBJECT_OP_BIND:
		return explain_bind_object(context, reason);
	case DRM_ASAHI_BIND_OBJECT_OP_UNBIND:
		return explain_unbind_object(context, reason);
	default:
		return explain(context, reason, EINVAL, "there is no op %u", args->op);
	}
}

static bool explain_queue_create(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_queue_create *args = context->arg;

	if (args->flags && explain(context, reason, EINVAL, "flags is not 0"))
		return true;
	if (args->priority > DRM_ASAHI_PRIORITY_REALTIME &&
	    explain(context, reason, EINVAL, "there is no priority %u", args->priority))
		return true;
	if (args->priority > DRM_ASAHI_PRIORITY_MEDIUM &&
	    explain(context, reason, EINVAL, "the priorities HIGH and REALTIME are reserved"))
		return true;
	return explain_id(context, reason, ENOENT, KNOWN_VM, "address space", args->vm_id);
}

static bool explain_queue_destroy(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_queue_destroy *args = context->arg;

	return explain_id(context, reason, ENOENT, KNOWN_QUEUE, "queue", args->queue_id);
}

static bool explain_gem_close(const struct explain_context *context, struct reason *reason)
{
	const struct drm_gem_close *args = context->arg;

	return explain_id(context, reason, EINVAL, KNOWN_BO, "buffer", args->handle);
}

static bool explain_export(const struct explain_context *context, struct reason *reason)
{
	const struct drm_prime_handle *args = context->arg;
	const struct known *bo = known_find(context->known, KNOWN_BO, args->handle);
	const uint32_t unknown = args->flags & ~(uint32_t)(DRM_CLOEXEC | DRM_RDWR);

	if (unknown && explain(context, reason, EINVAL, "flags has unknown bits %#x", unknown))
		return true;
	if (!bo)
		return explain_id(context, reason, ENOENT, KNOWN_BO, "buffer", args->handle);
	return bo->flags & DRM_ASAHI_GEM_VM_PRIVATE &&
	       explain(context, reason, EINVAL, "buffer %u is VM_PRIVATE", args->handle);
}

static bool explain_import(const struct explain_context *context, struct reason *reason)
{
	const struct drm_prime_handle *args = context->arg;

	return explain(context, reason, EBADF, "%d is no open descriptor", args->fd) ||
	       explain(context, reason, EINVAL, "descriptor %d is no dma-buf", args->fd);
}

/* Both structs begin with the handle; a sync file of none is ENOENT, all else EINVAL. */
static bool explain_syncobj(const struct explain_context *context, struct reason *reason)
{
	const uint32_t *handle = context->arg;

	return explain_id(context, reason, EINVAL, KNOWN_SYNCOBJ, "syncobj", *handle) ||
	       explain_id(context, reason, ENOENT, KNOWN_SYNCOBJ, "syncobj", *handle);
}

static const struct {
	const char *ioctl;
	bool (*explain)(const struct explain_context *context, struct reason *reason);
} explainers[] = {
	{ "GET_PARAMS", explain_get_params },
	{ "GET_TIME", explain_get_time },
	{ "VM_CREATE", explain_vm_create },
	{ "VM_DESTROY", explain_vm_destroy },
	{ "VM_BIND", explain_vm_bind },
	{ "GEM_CREATE", explain_gem_create },
	{ "GEM_MMAP_OFFSET", explain_gem_mmap_offset },
	{ "GEM_BIND_OBJECT", explain_gem_bind_object },
	{ "QUEUE_CREATE", explain_queue_create },
	{ "QUEUE_DESTROY", explain_queue_destroy },
	{ "SUBMIT", explain_submit },
	{ "GEM_CLOSE", explain_gem_close },
	{ "PRIME_HANDLE_TO_FD", explain_export },
	{ "PRIME_FD_TO_HANDLE", explain_import },
	{ "SYNCOBJ_DESTROY", explain_syncobj },
	{ "SYNCOBJ_HANDLE_TO_FD", explain_syncobj },
};

/* Padding is checked in all structs, before anything else. */
static bool explain_padding(const struct explain_context *context, struct reason *reason)
{
	const struct uapi_struct *type = context->call->ioctl->arg;
	const struct uapi_field *field;
	unsigned int i;

	for (i = 0; i < type->num_fields; i++) {
		field = &type->fields[i];
		if (field->format == UAPI_PAD && uapi_value(field, context->arg, 0))
			return explain(context, reason, EINVAL, "%s is not 0", field->name);
	}
	return false;
}

bool call_explain(struct cli_file *file, const struct call *call, int err, struct reason *reason)
{
	struct drm_asahi_params_global params;
	struct explain_context context = {
		.call = call,
		.arg = call->arg,
		.known = cli_file_known(file),
		.err = err,
	};
	unsigned int i;

	reason->element[0] = '\0';
	if (explain(&context, reason, ENODEV, "the GPU, or its driver, is gone") ||
	    explain_padding(&context, reason))
		return true;
	if (err != EINVAL && err != ENOENT && err != EFAULT && err != ERANGE && err != ENOMEM &&
	    err != EBADF)
		return false;

	if (!drm_agx_get_params(cli_file_fd(file), 0, &params, sizeof(params)))
		context.params = &params;
	for (i = 0; i < ARRAY_SIZE(explainers); i++)
		if (!strcmp(explainers[i].ioctl, call->ioctl->name))
			return explainers[i].explain(&context, reason);
	return false;
}
