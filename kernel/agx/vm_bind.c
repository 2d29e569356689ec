// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "file.h"
#include "gem.h"
#include "params.h"
#include "vm.h"

/* Bounds what one call makes the kernel allocate; half a million operations. */
#define MAX_ARRAY_SIZE SZ_16M

#define MAP_FLAGS (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE | DRM_ASAHI_BIND_SINGLE_PAGE)

int agx_ioctl_vm_create(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_vm_create *args = data;
	struct agx_va_range kernel = { .start = args->kernel_start, .end = args->kernel_end };
	struct agx_vm_openref ref;
	int ret;

	args->vm_id = 0;

	if (args->pad)
		return -EINVAL;
	if (kernel.start < AGX_VM_START || kernel.end > AGX_VM_END || kernel.start > kernel.end)
		return -EINVAL;
	if (kernel.end - kernel.start < AGX_VM_KERNEL_MIN_SIZE)
		return -EINVAL;
	if (!IS_ALIGNED(kernel.start | kernel.end, AGX_GPU_PAGE_SIZE))
		return -EINVAL;

	ret = agx_vm_create(to_agx(drm), &kernel, &ref);
	if (ret)
		return ret;

	return agx_file_add_vm(drm_file->driver_priv, &ref, &args->vm_id);
}

int agx_ioctl_vm_destroy(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_vm_destroy *args = data;

	if (args->pad)
		return -EINVAL;

	return agx_file_close_vm(drm_file->driver_priv, args->vm_id);
}

/* Whether userspace may map [@addr, @addr + @range) at all. */
static bool range_valid(u64 addr, u64 range)
{
	u64 end;

	return range && !check_add_overflow(addr, range, &end) && addr >= AGX_VM_START &&
	       end <= AGX_VM_END;
}

static int do_map(struct drm_file *drm_file, struct agx_vm_update *update,
		  const struct drm_asahi_gem_bind_op *op)
{
	u64 used = op->flags & DRM_ASAHI_BIND_SINGLE_PAGE ? AGX_GPU_PAGE_SIZE : op->range;
	struct drm_gem_object *obj;
	int ret = -EINVAL;
	u64 end;

	if (!IS_ALIGNED(op->addr | op->range | op->offset, AGX_GPU_PAGE_SIZE))
		return -EINVAL;
	if (op->flags & ~MAP_FLAGS)
		return -EINVAL;

	/*
	 * Under the VM's lock: GEM_CLOSE empties the handle's slot before it takes that lock to
	 * unmap the BO, so either it finds this mapping or this does not find the handle.
	 */
	obj = drm_gem_object_lookup(drm_file, op->handle);
	if (!obj)
		return -ENOENT;

	if (check_add_overflow(op->offset, used, &end) || end > obj->size)
		goto out_put;
	if (!range_valid(op->addr, op->range))
		goto out_put;
	if (!(op->flags & (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)))
		goto out_put;

	ret = -ENOENT;
	if (!update)
		goto out_put;

	ret = -EINVAL;
	if (agx_vm_overlaps_kernel(update->vm, op->addr, op->range))
		goto out_put;
	if (!agx_bo_bindable(to_agx_bo(obj), agx_vm_root(update->vm)))
		goto out_put;

	ret = agx_vm_map(update, to_agx_bo(obj), op->addr, op->range, op->offset, op->flags);
out_put:
	drm_gem_object_put(obj);
	return ret;
}

static int do_unmap(struct agx_vm_update *update, const struct drm_asahi_gem_bind_op *op)
{
	if (op->flags != DRM_ASAHI_BIND_UNBIND || op->offset || op->handle)
		return -EINVAL;
	if (!IS_ALIGNED(op->addr | op->range, AGX_GPU_PAGE_SIZE))
		return -EINVAL;
	if (!range_valid(op->addr, op->range))
		return -EINVAL;
	if (!update)
		return -ENOENT;
	if (agx_vm_overlaps_kernel(update->vm, op->addr, op->range))
		return -EINVAL;

	return agx_vm_unmap(update, op->addr, op->range);
}

/* Read operation @i, whatever size userspace thinks it has. */
static int get_op(const void *array, u32 stride, u32 i, struct drm_asahi_gem_bind_op *op)
{
	const u8 *src = array + (size_t)i * stride;

	memset(op, 0, sizeof(*op));
	memcpy(op, src, min_t(size_t, stride, sizeof(*op)));
	if (stride > sizeof(*op) && memchr_inv(src + sizeof(*op), 0, stride - sizeof(*op)))
		return -EINVAL;
	return 0;
}

/*
 * Give what is to be mapped memory while nothing is locked, so that whatever the VM maps already
 * can be evicted for it. Only an attempt: what is wrong is found when it is mapped.
 *
 * Returns 0, or -EINTR if the caller is being killed.
 */
static int bind_populate(struct drm_file *drm_file, const void *array, u32 stride, u32 num)
{
	struct drm_asahi_gem_bind_op op;
	struct drm_gem_object *obj;
	int ret = 0;
	u32 i;

	for (i = 0; i < num && !ret; i++) {
		if (get_op(array, stride, i, &op))
			break;
		if (op.flags & DRM_ASAHI_BIND_UNBIND)
			continue;

		obj = drm_gem_object_lookup(drm_file, op.handle);
		if (!obj)
			break;

		ret = agx_bo_populate(to_agx_bo(obj));
		drm_gem_object_put(obj);
		cond_resched();
	}
	return ret == -EINTR ? ret : 0;
}

int agx_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_vm_bind *args = data;
	struct agx_vm_update update, *locked = NULL;
	struct drm_asahi_gem_bind_op op;
	struct agx_vm *vm;
	void *array;
	size_t size;
	int ret = 0;
	u32 i;

	if (!args->stride || args->pad)
		return -EINVAL;
	if (!args->num_binds)
		return 0;
	if (check_mul_overflow((size_t)args->stride, (size_t)args->num_binds, &size))
		return -EINVAL;
	if (size > MAX_ARRAY_SIZE)
		return -ENOMEM;

	array = vmemdup_user(u64_to_user_ptr(args->userptr), size);
	if (IS_ERR(array))
		return PTR_ERR(array);

	/* An operation that is wrong in itself is reported before a VM that is not there. */
	vm = agx_file_get_vm(drm_file->driver_priv, args->vm_id);
	if (vm) {
		ret = bind_populate(drm_file, array, args->stride, args->num_binds);
		if (!ret)
			ret = agx_vm_update_begin(&update, vm, true);
		if (ret)
			goto out_put;
		locked = &update;
	}

	for (i = 0; i < args->num_binds && !ret; i++) {
		ret = get_op(array, args->stride, i, &op);
		if (ret)
			break;

		if (op.flags & DRM_ASAHI_BIND_UNBIND)
			ret = do_unmap(locked, &op);
		else
			ret = do_map(drm_file, locked, &op);

		if (locked)
			agx_vm_update_relax(locked);
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
	}

	if (locked)
		agx_vm_update_end(locked);
out_put:
	if (vm)
		agx_vm_put(vm);
	kvfree(array);
	return ret;
}
