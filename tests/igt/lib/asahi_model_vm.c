// SPDX-License-Identifier: MIT
/* The part of the model that is about address spaces. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_rules.h"
#include "asahi_model_work.h"

/* Bounds what a VM_BIND makes the kernel read. */
#define MAX_BIND_ARRAY (16u << 20)

static void map_arena(struct asahi_model_vm *vm)
{
	const struct asahi_model_mapping mapping = {
		.start = ASAHI_MODEL_ARENA,
		.end = ASAHI_MODEL_ARENA + ASAHI_MODEL_ARENA_SIZE,
		.flags = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE,
	};

	if (vm->start >= mapping.end || vm->end <= mapping.start)
		asahi_model_space_map(&vm->space, &mapping);
}

int asahi_model_vm_create(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect)
{
	uint64_t start = step->arg[ASAHI_VM_START], end = step->arg[ASAHI_VM_END];
	struct asahi_model_vm *vm;
	int i;

	if (step->arg[ASAHI_VM_PAD] && !m->lax)
		return -EINVAL;
	if (start < m->limits.vm_start || end > m->limits.vm_end || start > end ||
	    end - start < m->limits.kernel_min || !aligned(start) || !aligned(end))
		return -EINVAL;

	i = ASAHI_MODEL_FIRST_FREE(m->vms);
	expect->skip = i < 0 || asahi_model_table_full(m, step->file, ASAHI_KIND_VM);
	if (expect->skip)
		return 0;

	vm = &m->vms[i];
	vm->used = true;
	vm->serial = ++m->serial;
	vm->start = start;
	vm->end = end;
	vm->space.num = 0;
	map_arena(vm);
	asahi_model_made(m, step, expect, step->file, ASAHI_KIND_VM, i);
	return 0;
}

void asahi_model_bind_array(const struct asahi_model *m, const struct asahi_model_step *step,
			    uint8_t array[ASAHI_MODEL_OPS * 64])
{
	uint64_t stride = step->arg[ASAHI_BIND_STRIDE];
	unsigned int i;

	stride = stride < 64 ? stride : 64;
	memset(array, 0, ASAHI_MODEL_OPS * 64);
	for (i = 0; i < ASAHI_MODEL_OPS; i++) {
		const uint64_t *arg = &step->arg[ASAHI_BIND_OP + i * ASAHI_MAP_ARGS];
		const struct drm_asahi_gem_bind_op op = {
			.flags = arg[ASAHI_MAP_FLAGS],
			.handle = asahi_model_resolve(m, step->file, ASAHI_KIND_BO,
						      arg[ASAHI_MAP_BO]),
			.offset = arg[ASAHI_MAP_OFFSET],
			.range = arg[ASAHI_MAP_RANGE],
			.addr = arg[ASAHI_MAP_ADDR],
		};

		memcpy(array + i * stride, &op, stride < sizeof(op) ? stride : sizeof(op));
		/* In the last of them that counts. */
		if (step->arg[ASAHI_BIND_BAD] == ASAHI_BAD_TAIL && stride > sizeof(op) &&
		    i + 1 == step->arg[ASAHI_BIND_COUNT])
			array[i * stride + stride - 1] = 1;
	}
}

/* Whether userspace may name a range at all. */
static bool range_valid(const struct asahi_model *m, uint64_t addr, uint64_t range)
{
	return range && addr + range > addr && addr >= m->limits.vm_start &&
	       addr + range <= m->limits.vm_end;
}

static bool overlaps_kernel(const struct asahi_model_vm *vm, uint64_t addr, uint64_t range)
{
	return addr < vm->end && vm->start < addr + range;
}

static int bind_map(struct asahi_model *m, unsigned int fd, struct asahi_model_vm *vm,
		    const struct drm_asahi_gem_bind_op *op)
{
	const uint32_t rights = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE;
	bool single = op->flags & DRM_ASAHI_BIND_SINGLE_PAGE;
	uint64_t used = single ? ASAHI_MODEL_PAGE : op->range;
	struct asahi_model_mapping mapping = {
		.start = op->addr,
		.end = op->addr + op->range,
		.offset = op->offset,
		.flags = op->flags,
	};
	const struct asahi_model_bo *bo;

	if (!aligned(op->addr) || !aligned(op->range) || !aligned(op->offset) ||
	    op->flags & ~(rights | DRM_ASAHI_BIND_SINGLE_PAGE))
		return -EINVAL;
	mapping.bo = asahi_model_lookup(m, fd, ASAHI_KIND_BO, op->handle);
	if (mapping.bo < 0)
		return -ENOENT;
	bo = &m->bos[mapping.bo];
	if (op->offset + used < used || op->offset + used > bo->size ||
	    !range_valid(m, op->addr, op->range) || !(op->flags & rights))
		return -EINVAL;
	if (!vm)
		return -ENOENT;
	if (overlaps_kernel(vm, op->addr, op->range))
		return -EINVAL;
	if (bo->root && bo->root != vm->serial && !m->lax)
		return -EINVAL;
	if (!bo->possible)
		return -ENOMEM;

	asahi_model_space_map(&vm->space, &mapping);
	return 0;
}

static int bind_unmap(const struct asahi_model *m, struct asahi_model_vm *vm,
		      const struct drm_asahi_gem_bind_op *op)
{
	if (op->flags != DRM_ASAHI_BIND_UNBIND || op->offset || op->handle)
		return -EINVAL;
	if (!aligned(op->addr) || !aligned(op->range) || !range_valid(m, op->addr, op->range))
		return -EINVAL;
	if (!vm)
		return -ENOENT;
	if (overlaps_kernel(vm, op->addr, op->range))
		return -EINVAL;

	asahi_model_space_unmap(&vm->space, op->addr, op->addr + op->range);
	return 0;
}

/* Whether any step of an array is about what jobs need. */
static bool meets_arena(const uint8_t *array, uint64_t stride, uint64_t count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct drm_asahi_gem_bind_op op = { 0 };

		memcpy(&op, array + i * stride, stride < sizeof(op) ? stride : sizeof(op));
		if (op.addr < ASAHI_MODEL_ARENA + ASAHI_MODEL_ARENA_SIZE &&
		    (op.addr + op.range > ASAHI_MODEL_ARENA || op.addr + op.range < op.addr))
			return true;
	}
	return false;
}

int asahi_model_vm_bind(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect)
{
	uint64_t stride = step->arg[ASAHI_BIND_STRIDE], count = step->arg[ASAHI_BIND_COUNT];
	uint8_t array[ASAHI_MODEL_OPS * 64];
	struct asahi_model_vm *vm = NULL;
	unsigned int i;
	int index, ret = 0;

	if (!stride || step->arg[ASAHI_BIND_PAD])
		return -EINVAL;
	if (!count)
		return 0;
	if (stride * count > MAX_BIND_ARRAY) {
		/* More than any kernel wants to read, in whatever words it says so. */
		expect->ret[expect->num++] = -ENOMEM;
		expect->ret[expect->num++] = -EINVAL;
		return -EFAULT;
	}
	if (step->arg[ASAHI_BIND_BAD] == ASAHI_BAD_POINTER)
		return -EFAULT;
	index = asahi_model_argument(m, step, ASAHI_KIND_VM, ASAHI_BIND_VM);
	if (index >= 0)
		vm = &m->vms[index];
	expect->skip = stride > 64 || count > ASAHI_MODEL_OPS ||
		       (vm && asahi_model_space_full(&vm->space));
	if (expect->skip)
		return 0;

	asahi_model_bind_array(m, step, array);
	/* What a job that runs makes of losing its code, or what tells it to end, nobody says. */
	expect->skip = vm && asahi_model_runs_in(m, index) && meets_arena(array, stride, count);
	for (i = 0; i < count && !ret && !expect->skip; i++) {
		struct drm_asahi_gem_bind_op op = { 0 };
		const uint8_t *entry = array + i * stride;

		memcpy(&op, entry, stride < sizeof(op) ? stride : sizeof(op));
		if (stride > sizeof(op) && entry[stride - 1] && !m->lax)
			return -EINVAL;
		if (op.flags & DRM_ASAHI_BIND_UNBIND)
			ret = bind_unmap(m, vm, &op);
		else
			ret = bind_map(m, step->file, vm, &op);
	}
	return ret;
}

int asahi_model_map_arena(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect)
{
	int vm = asahi_model_argument(m, step, ASAHI_KIND_VM, ASAHI_ARG_ID);

	expect->skip = vm < 0 || asahi_model_space_full(&m->vms[vm].space);
	if (!expect->skip)
		map_arena(&m->vms[vm]);
	return 0;
}
