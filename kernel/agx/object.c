// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_managed.h>

#include <linux/sizes.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "file.h"
#include "gem.h"
#include "object.h"
#include "params.h"
#include "pgtable.h"
#include "trace.h"

/* Addresses for the objects of all clients together. */
#define WINDOW_START 0x7e00000000ULL
#define WINDOW_SIZE SZ_64M

struct agx_object {
	/** @kref: held by the file's table and by each job that names it. */
	struct kref kref;

	/** @agx: device. Borrowed: whoever can reach the object keeps it. */
	struct agx_device *agx;

	/** @bo: memory, pinned. Owned. */
	struct agx_bo *bo;

	/** @node: its addresses. Under agx_kernel_vm.lock. */
	struct drm_mm_node node;

	/** @id: for traces only. */
	u64 id;
};

const size_t agx_object_size = sizeof(struct agx_object);

static void kernel_vm_fini(struct drm_device *drm, void *data)
{
	struct agx_kernel_vm *kvm = data;

	agx_pgtable_destroy(kvm->pgtable);
	drm_mm_takedown(&kvm->mm);
	mutex_destroy(&kvm->lock);
}

/**
 * agx_kernel_vm_init() - Set up the kernel's address space on a started GPU.
 * @agx: device; tears it down with its last reference.
 *
 * Return: 0; -ENOMEM; -EINTR if the caller is being killed.
 */
int agx_kernel_vm_init(struct agx_device *agx)
{
	struct agx_kernel_vm *kvm = &agx->kernel_vm;
	int ret;

	kvm->pgtable = agx_pgtable_create(agx->drm.dev);
	if (!kvm->pgtable)
		return -ENOMEM;

	mutex_init(&kvm->lock);
	drm_mm_init(&kvm->mm, WINDOW_START, WINDOW_SIZE);
	ret = drmm_add_action_or_reset(&agx->drm, kernel_vm_fini, kvm);
	if (ret)
		return ret;

	/* Every close may have to wait for the lock, so nothing is allocated under it. */
	ret = agx_pgtable_reserve_for_good(kvm->pgtable, WINDOW_START, WINDOW_SIZE);
	if (ret)
		return ret;

	agx_gpu_set_kernel_root(agx, agx_pgtable_root(kvm->pgtable));
	return 0;
}

/**
 * agx_object_create() - Bind memory for timestamps.
 * @agx: device.
 * @bo: shareable BO. Borrowed; the object takes its own reference.
 * @offset: where in @bo it starts, GPU page aligned.
 * @range: length, GPU page aligned, within @bo.
 *
 * Return: the object; -ENOSPC if there are no addresses left; what agx_bo_map_dma_locked() says.
 */
struct agx_object *agx_object_create(struct agx_device *agx, struct agx_bo *bo, u64 offset,
				     u64 range)
{
	struct agx_kernel_vm *kvm = &agx->kernel_vm;
	struct agx_object *object;
	struct sg_table *sgt;
	int ret;

	object = agx_alloc(agx, AGX_TYPE_OBJECT);
	if (!object)
		return ERR_PTR(-ENOMEM);

	kref_init(&object->kref);
	object->agx = agx;
	object->bo = agx_bo_get(bo);

	ret = agx_bo_pin_sgt(bo, &sgt);
	if (ret)
		goto err_free;

	mutex_lock(&kvm->lock);
	ret = drm_mm_insert_node_in_range(&kvm->mm, &object->node, range, AGX_GPU_PAGE_SIZE, 0, 0,
					  U64_MAX, DRM_MM_INSERT_LOW);
	if (ret)
		goto err_unlock;

	agx_pgtable_map(kvm->pgtable, object->node.start, range, sgt, offset,
			AGX_UAT_READ | AGX_UAT_WRITE | AGX_UAT_NO_SHADER);
	mutex_unlock(&kvm->lock);

	object->id = atomic64_inc_return(&agx->next_id);
	trace_agx_object_create(object->id, agx_bo_id(bo), object->node.start, range);
	return object;

err_unlock:
	mutex_unlock(&kvm->lock);
	agx_bo_unpin(bo);
err_free:
	agx_bo_put(bo);
	agx_free(agx, AGX_TYPE_OBJECT, object);
	return ERR_PTR(ret);
}

/**
 * agx_object_get() - Take a reference.
 * @object: object.
 *
 * Return: @object.
 */
struct agx_object *agx_object_get(struct agx_object *object)
{
	kref_get(&object->kref);
	return object;
}

static void object_release(struct kref *kref)
{
	struct agx_object *object = container_of(kref, struct agx_object, kref);
	struct agx_device *agx = object->agx;
	struct agx_kernel_vm *kvm = &agx->kernel_vm;

	mutex_lock(&kvm->lock);
	agx_pgtable_clear(kvm->pgtable, object->node.start, object->node.size);
	agx_gpu_flush_kernel(agx, object->node.start, object->node.size);
	agx_pgtable_collect(kvm->pgtable);
	drm_mm_remove_node(&object->node);
	mutex_unlock(&kvm->lock);

	agx_bo_unpin(object->bo);
	agx_bo_put(object->bo);
	trace_agx_object_free(object->id);
	agx_free(agx, AGX_TYPE_OBJECT, object);
}

/**
 * agx_object_put() - Give up a reference.
 * @object: object; sleeps in the last put.
 */
void agx_object_put(struct agx_object *object)
{
	might_sleep();
	kref_put(&object->kref, object_release);
}

/** agx_object_id() - Debug id of @object. */
u64 agx_object_id(struct agx_object *object)
{
	return object->id;
}

/** agx_object_addr() - First address of @object in the kernel's address space. */
u64 agx_object_addr(struct agx_object *object)
{
	return object->node.start;
}

/** agx_object_range() - Length of @object. */
u64 agx_object_range(struct agx_object *object)
{
	return object->node.size;
}

static int bind_object(struct agx_device *agx, struct drm_file *drm_file,
		       struct drm_asahi_gem_bind_object *args)
{
	struct agx_file *file = drm_file->driver_priv;
	struct agx_object *object;
	struct drm_gem_object *obj;
	u64 end;
	int ret;

	args->object_handle = 0;

	if (!IS_ALIGNED(args->range | args->offset, AGX_GPU_PAGE_SIZE))
		return -EINVAL;
	if (args->flags != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS)
		return -EINVAL;
	if (!args->range || check_add_overflow(args->offset, args->range, &end))
		return -EINVAL;

	obj = drm_gem_object_lookup(drm_file, args->handle);
	if (!obj)
		return -ENOENT;

	/* A private BO belongs to its VM, and the kernel's address space is another. */
	ret = -EINVAL;
	if (end > obj->size || agx_bo_is_private(to_agx_bo(obj)))
		goto out_put;

	object = agx_object_create(agx, to_agx_bo(obj), args->offset, args->range);
	ret = PTR_ERR_OR_ZERO(object);
	if (ret)
		goto out_put;

	ret = agx_file_add_object(file, object, &args->object_handle);
	if (ret)
		agx_object_put(object);
out_put:
	drm_gem_object_put(obj);
	return ret;
}

static int unbind_object(struct agx_file *file, const struct drm_asahi_gem_bind_object *args)
{
	struct agx_object *object;

	if (args->range || args->offset || args->flags || args->handle)
		return -EINVAL;

	object = agx_file_take_object(file, args->object_handle);
	if (!object)
		return -ENOENT;

	agx_object_put(object);
	return 0;
}

int agx_ioctl_gem_bind_object(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_gem_bind_object *args = data;

	if (args->pad || args->vm_id)
		return -EINVAL;

	switch (args->op) {
	case DRM_ASAHI_BIND_OBJECT_OP_BIND:
		return bind_object(to_agx(drm), drm_file, args);
	case DRM_ASAHI_BIND_OBJECT_OP_UNBIND:
		return unbind_object(drm_file->driver_priv, args);
	default:
		return -EINVAL;
	}
}
