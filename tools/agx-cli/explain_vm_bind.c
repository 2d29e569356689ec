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

/* What is common to both kinds of op, where they are about addresses. */
static bool explain_place(const struct explain_context *context, uint32_t vm_id,
			  const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	const struct known *vm = known_find(context->known, KNOWN_VM, vm_id);
	uint64_t end = op->addr + op->range;

	if (end < op->addr)
		return explain(reason, "addr + range is more than 64 bits");
	if (context->params && (op->addr < context->params->vm_start ||
				end > context->params->vm_end))
		return explain(reason, "[%#" PRIx64 ", %#" PRIx64 ") is not within vm_start %#"
			       PRIx64 " and vm_end %#" PRIx64, (uint64_t)op->addr, end,
			       (uint64_t)context->params->vm_start,
			       (uint64_t)context->params->vm_end);
	if (vm && op->addr < vm->kernel_end && end > vm->kernel_start)
		return explain(reason, "[%#" PRIx64 ", %#" PRIx64 ") overlaps the kernel's part [%#"
			       PRIx64 ", %#" PRIx64 ")", (uint64_t)op->addr, end, vm->kernel_start,
			       vm->kernel_end);
	return false;
}

static bool explain_unmap(const struct explain_context *context, uint32_t vm_id,
			  const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	if (op->flags != DRM_ASAHI_BIND_UNBIND)
		return explain(reason, "UNBIND goes with no other flag");
	if (op->offset || op->handle)
		return explain(reason, "UNBIND wants offset and handle to be 0");
	if (explain_unaligned(reason, "addr", op->addr) ||
	    explain_unaligned(reason, "range", op->range))
		return true;
	return explain_place(context, vm_id, op, reason);
}

static bool explain_extent(const struct explain_context *context,
			   const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	const struct known *bo = known_find(context->known, KNOWN_BO, op->handle);
	uint64_t used = op->flags & DRM_ASAHI_BIND_SINGLE_PAGE ? DRM_AGX_PAGE_SIZE : op->range;

	if (!bo || (op->offset <= bo->size && used <= bo->size - op->offset))
		return false;
	return explain(reason, "offset %#" PRIx64 " + %#" PRIx64 " is beyond buffer %u, which has "
		       "%#" PRIx64 " bytes", (uint64_t)op->offset, used, op->handle, bo->size);
}

static bool explain_map(const struct explain_context *context, uint32_t vm_id,
			const struct drm_asahi_gem_bind_op *op, struct reason *reason)
{
	const struct known *bo = known_find(context->known, KNOWN_BO, op->handle);

	if (explain_unaligned(reason, "addr", op->addr) ||
	    explain_unaligned(reason, "range", op->range) ||
	    explain_unaligned(reason, "offset", op->offset))
		return true;
	if (op->flags & ~BIND_MAP_FLAGS)
		return explain(reason, "flags has unknown bits %#x", op->flags & ~BIND_MAP_FLAGS);
	if (context->err == ENOENT)
		return explain_id(reason, context->known, KNOWN_BO, "buffer", op->handle);
	if (!op->range)
		return explain(reason, "range is 0");
	if (!(op->flags & BIND_ACCESS))
		return explain(reason, "flags has neither READ nor WRITE");
	if (bo && bo->flags & DRM_ASAHI_GEM_VM_PRIVATE && bo->vm_id != vm_id)
		return explain(reason, "buffer %u is private to address space %u", op->handle,
			       bo->vm_id);
	return explain_extent(context, op, reason) || explain_place(context, vm_id, op, reason);
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
	}
	return false;
}

bool explain_vm_bind(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_vm_bind *args = context->arg;
	bool ours = (uintptr_t)context->call->arrays[0].bytes == args->userptr;

	if (!args->stride)
		return explain(reason, "stride is 0");
	if (context->err == EFAULT)
		return explain(reason, "userptr %#" PRIx64 " has no %u ops of %u bytes",
			       (uint64_t)args->userptr, args->num_binds, args->stride);
	if (ours && explain_ops(context, args, reason))
		return true;
	return context->err == ENOENT &&
	       explain_id(reason, context->known, KNOWN_VM, "address space", args->vm_id);
}
