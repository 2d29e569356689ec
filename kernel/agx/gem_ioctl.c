// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include <linux/err.h>
#include <linux/math.h>
#include <linux/overflow.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "file.h"
#include "gem.h"
#include "params.h"
#include "vm.h"

/**
 * agx_ioctl_gem_create() - DRM_IOCTL_ASAHI_GEM_CREATE
 * @drm: device.
 * @data: &struct drm_asahi_gem_create.
 * @drm_file: caller.
 *
 * Return: 0; -EINVAL for an unknown flag, a VM without the flag that asks for one, padding that
 * is not zero, or a size that is 0 or too large to be rounded up; -ENOENT if there is no such VM,
 * or no longer; -ENOMEM.
 */
int agx_ioctl_gem_create(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_gem_create *args = data;
	bool private = args->flags & DRM_ASAHI_GEM_VM_PRIVATE;
	struct agx_vm *vm = NULL;
	struct agx_bo *bo;
	u64 size;
	int ret;

	args->handle = 0;

	if (args->flags & ~(DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE) || args->pad)
		return -EINVAL;

	if (args->vm_id && !private)
		return -EINVAL;

	if (!args->size || check_add_overflow(args->size, (u64)AGX_GPU_PAGE_SIZE - 1, &size))
		return -EINVAL;
	size = round_down(size, (u64)AGX_GPU_PAGE_SIZE);

	if (private) {
		vm = agx_file_get_vm(drm_file->driver_priv, args->vm_id);
		if (!vm)
			return -ENOENT;
	}

	bo = agx_bo_create(to_agx(drm), size, args->flags, vm ? agx_vm_root(vm) : NULL);
	if (vm)
		agx_vm_put(vm);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	/* From here on others can guess the handle and close it: only our reference counts. */
	ret = drm_gem_handle_create(drm_file, agx_bo_gem(bo), &args->handle);
	agx_bo_put(bo);
	return ret;
}

/**
 * agx_ioctl_gem_mmap_offset() - DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET
 * @drm: device.
 * @data: &struct drm_asahi_gem_mmap_offset.
 * @drm_file: caller.
 *
 * Return: 0; -EINVAL for a flag; -ENOENT if there is no such handle; -ENOMEM, also for a BO
 * larger than the machine's memory, which could never be mapped but would use up the offsets;
 * -ENOSPC if there are no more of those.
 */
int agx_ioctl_gem_mmap_offset(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_gem_mmap_offset *args = data;
	struct drm_gem_object *obj;
	int ret;

	args->offset = 0;

	if (args->flags)
		return -EINVAL;

	obj = drm_gem_object_lookup(drm_file, args->handle);
	if (!obj)
		return -ENOENT;

	ret = agx_bo_possible(to_agx_bo(obj)) ? drm_gem_create_mmap_offset(obj) : -ENOMEM;
	if (!ret)
		args->offset = drm_vma_node_offset_addr(&obj->vma_node);

	drm_gem_object_put(obj);
	return ret;
}
