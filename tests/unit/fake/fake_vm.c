// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <asahi_drm.h>

#include "fake_internal.h"

unsigned int fake_vm_num(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_VMS; i++)
		n += file->vms[i].used;
	return n;
}

unsigned int fake_vm_num_mappings(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_MAPPINGS; i++)
		n += file->mappings[i].used;
	return n;
}

bool fake_vm_exists(const struct fake_file *file, uint32_t id)
{
	return id && id < FAKE_MAX_VMS && file->vms[id].used;
}

int fake_vm_create(struct fake_file *file, void *arg)
{
	const struct drm_asahi_params_global *params = fake_params();
	struct drm_asahi_vm_create *args = arg;
	uint32_t id;

	if (args->pad || args->kernel_start < params->vm_start ||
	    args->kernel_end > params->vm_end || args->kernel_start > args->kernel_end ||
	    args->kernel_end - args->kernel_start < params->vm_kernel_min_size ||
	    (args->kernel_start | args->kernel_end) % FAKE_PAGE)
		return -EINVAL;

	for (id = 1; id < FAKE_MAX_VMS && file->vms[id].used; id++)
		;
	if (id == FAKE_MAX_VMS)
		return -ENOMEM;

	file->vms[id].used = true;
	file->vms[id].kernel_start = args->kernel_start;
	file->vms[id].kernel_end = args->kernel_end;
	args->vm_id = id;
	return 0;
}

int fake_vm_destroy(struct fake_file *file, void *arg)
{
	struct drm_asahi_vm_destroy *args = arg;
	unsigned int i;

	if (args->pad)
		return -EINVAL;
	if (!fake_vm_exists(file, args->vm_id))
		return -ENOENT;

	for (i = 0; i < FAKE_MAX_MAPPINGS; i++)
		if (file->mappings[i].vm == args->vm_id)
			file->mappings[i].used = false;
	file->vms[args->vm_id].used = false;
	return 0;
}

void fake_vm_unmap_bo(struct fake_file *file, const struct fake_bo *bo)
{
	unsigned int i;

	for (i = 0; i < FAKE_MAX_MAPPINGS; i++)
		if (file->mappings[i].bo == bo)
			file->mappings[i].used = false;
}

/* libagx binds and unbinds buffers as a whole; whatever would split a mapping is a mistake. */
static int fake_vm_clear(struct fake_file *file, uint32_t vm, uint64_t addr, uint64_t range)
{
	struct fake_mapping *m;

	for (m = file->mappings; m < file->mappings + FAKE_MAX_MAPPINGS; m++) {
		if (!m->used || m->vm != vm || m->addr >= addr + range ||
		    addr >= m->addr + m->range)
			continue;
		if (m->addr < addr || m->addr + m->range > addr + range)
			return -EINVAL;
		m->used = false;
	}
	return 0;
}

static int fake_vm_bind_one(struct fake_file *file, uint32_t vm,
			    const struct drm_asahi_gem_bind_op *op)
{
	const struct drm_asahi_params_global *params = fake_params();
	const struct fake_vm *space = &file->vms[vm < FAKE_MAX_VMS ? vm : 0];
	bool unbind = op->flags & DRM_ASAHI_BIND_UNBIND;
	struct fake_bo *bo = fake_gem_lookup(file, op->handle);
	struct fake_mapping *m;
	int ret;

	if ((op->addr | op->range | op->offset) % FAKE_PAGE || !op->range)
		return -EINVAL;
	if (unbind ? op->flags != DRM_ASAHI_BIND_UNBIND || op->handle || op->offset :
		     op->flags & ~(DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE) || !op->flags)
		return -EINVAL;
	if (!unbind && !bo)
		return -ENOENT;
	if (!unbind && (op->offset > bo->size || bo->size - op->offset < op->range ||
			(bo->private && bo->vm != vm)))
		return -EINVAL;
	if (op->addr < params->vm_start || op->addr > params->vm_end ||
	    params->vm_end - op->addr < op->range)
		return -EINVAL;
	if (!fake_vm_exists(file, vm))
		return -ENOENT;
	if (op->addr < space->kernel_end && op->addr + op->range > space->kernel_start)
		return -EINVAL;

	ret = fake_vm_clear(file, vm, op->addr, op->range);
	if (ret || unbind)
		return ret;

	for (m = file->mappings; m < file->mappings + FAKE_MAX_MAPPINGS && m->used; m++)
		;
	if (m == file->mappings + FAKE_MAX_MAPPINGS)
		return -ENOMEM;

	*m = (struct fake_mapping){
		.used = true,
		.vm = vm,
		.flags = op->flags,
		.bo = bo,
		.offset = op->offset,
		.addr = op->addr,
		.range = op->range,
	};
	return 0;
}

int fake_vm_bind(struct fake_file *file, void *arg)
{
	struct drm_asahi_vm_bind *args = arg;
	const uint8_t *ops = (const uint8_t *)(uintptr_t)args->userptr;
	struct drm_asahi_gem_bind_op op;
	uint32_t i;
	int ret;

	if (args->pad || args->stride != sizeof(op))
		return -EINVAL;

	for (i = 0; i < args->num_binds; i++) {
		memcpy(&op, ops + (size_t)i * args->stride, sizeof(op));
		ret = fake_vm_bind_one(file, args->vm_id, &op);
		if (ret)
			return ret;
	}
	return 0;
}

uint8_t *fake_vm_translate(const struct fake_file *file, uint32_t vm, uint64_t addr, uint32_t flags,
			   uint64_t *size)
{
	const struct fake_mapping *m;

	for (m = file->mappings; m < file->mappings + FAKE_MAX_MAPPINGS; m++) {
		if (m->used && m->vm == vm && (m->flags & flags) == flags && addr >= m->addr &&
		    addr - m->addr < m->range) {
			*size = m->range - (addr - m->addr);
			return m->bo->cpu + m->offset + (addr - m->addr);
		}
	}
	return NULL;
}
