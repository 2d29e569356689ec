// SPDX-License-Identifier: MIT
#include "explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#define BIND_ACCESS (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)
#define BIND_MAP_FLAGS (BIND_ACCESS | DRM_ASAHI_BIND_SINGLE_PAGE)

/* What is common to both kinds of op: whether an address space can have the addresses at all. */
static bool explain_range(const struct explain_context *context,
			  const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	uint64_t end = op->addr + op->range;

	if (!op->range)
		return explain(context, reason, EINVAL, "range is 0");
	if (end < op->addr)
		return explain(context, reason, EINVAL, "addr + range is more than 64 bits");
	return context->params &&
	       (op->addr < context->params->vm_start || end > context->params->vm_end) &&
	       explain(context, reason, EINVAL, "[%#" PRIx64 ", %#" PRIx64 ") is not within "
		       "vm_start %#" PRIx64 " and vm_end %#" PRIx64, (uint64_t)op->addr, end,
		       (uint64_t)context->params->vm_start, (uint64_t)context->params->vm_end);
}

/* And whether the one that is meant can. */
static bool explain_place(const struct explain_context *context, uint32_t vm_id,
			  const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	const struct known *vm = known_find(context->known, KNOWN_VM, vm_id);
	uint64_t end = op->addr + op->range;

	return vm && op->addr < vm->kernel_end && end > vm->kernel_start &&
	       explain(context, reason, EINVAL, "[%#" PRIx64 ", %#" PRIx64 ") overlaps the "
		       "kernel's part [%#" PRIx64 ", %#" PRIx64 ")", (uint64_t)op->addr, end,
		       vm->kernel_start, vm->kernel_end);
}

static bool explain_unmap(const struct explain_context *context, uint32_t vm_id,
			  const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	if (op->flags != DRM_ASAHI_BIND_UNBIND &&
	    explain(context, reason, EINVAL, "UNBIND goes with no other flag"))
		return true;
	if ((op->offset || op->handle) &&
	    explain(context, reason, EINVAL, "UNBIND wants offset and handle to be 0"))
		return true;
	return explain_unaligned(context, reason, "addr", op->addr) ||
	       explain_unaligned(context, reason, "range", op->range) ||
	       explain_range(context, op, reason) ||
	       explain_place(context, vm_id, op, reason);
}

static bool explain_extent(const struct explain_context *context, const struct known *bo,
			   const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	uint64_t used = op->flags & DRM_ASAHI_BIND_SINGLE_PAGE ? DRM_AGX_PAGE_SIZE : op->range;

	if (op->offset <= bo->size && used <= bo->size - op->offset)
		return false;
	return explain(context, reason, EINVAL, "offset %#" PRIx64 " + %#" PRIx64 " is beyond "
		       "buffer %u, which has %#" PRIx64 " bytes", (uint64_t)op->offset, used,
		       op->handle, bo->size);
}

static bool explain_map(const struct explain_context *context, uint32_t vm_id,
			const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	const struct known *bo = known_find(context->known, KNOWN_BO, op->handle);
	const uint32_t unknown = op->flags & ~BIND_MAP_FLAGS;

	if (explain_unaligned(context, reason, "addr", op->addr) ||
	    explain_unaligned(context, reason, "range", op->range) ||
	    explain_unaligned(context, reason, "offset", op->offset))
		return true;
	if (unknown && explain(context, reason, EINVAL, "flags has unknown bits %#x", unknown))
		return true;
	if (bo ? explain_extent(context, bo, op, reason) :
		 explain_id(context, reason, ENOENT, KNOWN_BO, "buffer", op->handle))
		return true;
	if (explain_range(context, op, reason))
		return true;
	if (!(op->flags & BIND_ACCESS) &&
	    explain(context, reason, EINVAL, "flags has neither READ nor WRITE"))
		return true;
	if (explain_place(context, vm_id, op, reason))
		return true;
	return bo && bo->flags & DRM_ASAHI_GEM_VM_PRIVATE && bo->vm_id != vm_id &&
	       explain(context, reason, EINVAL, "buffer %u is private to address space %u",
		       op->handle, bo->vm_id);
}

static bool explain_ops(const struct explain_context *context,
			const struct drm_asahi_vm_bind *args, struct reason *reason)
{
	const uint8_t *ops = context->call->arrays[0].bytes;
	size_t size = context->call->arrays[0].size, at;
	struct drm_asahi_gem_bind_op op;
	uint32_t i;
	bool found;

	for (i = 0; i < args->num_binds; i++) {
		at = (size_t)args->stride * i;
		if (at >= size)
			break;
		memset(&op, 0, sizeof(op));
		memcpy(&op, ops + at, size - at < sizeof(op) ? size - at : sizeof(op));
		found = op.flags & DRM_ASAHI_BIND_UNBIND ?
			explain_unmap(context, args->vm_id, &op, reason) :
			explain_map(context, args->vm_id, &op, reason);
		if (found) {
			snprintf(reason->element, sizeof(reason->element), "op %u", i + 1);
			return true;
		}
		/* An op is looked at before the address space, but no further one. */
		if (context->err == ENOENT && !known_find(context->known, KNOWN_VM, args->vm_id))
			break;
	}
	return false;
}

bool explain_vm_bind(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_vm_bind *args = context->arg;
	bool ours = (uintptr_t)context->call->arrays[0].bytes == args->userptr;

	if (!args->stride && explain(context, reason, EINVAL, "stride is 0"))
		return true;
	if (explain(context, reason, EFAULT, "userptr %#" PRIx64 " has no %u ops of %u bytes",
		    (uint64_t)args->userptr, args->num_binds, args->stride))
		return true;
	if (ours && explain_ops(context, args, reason))
		return true;
	return explain_id(context, reason, ENOENT, KNOWN_VM, "address space", args->vm_id);
}
