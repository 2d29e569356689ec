/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_OBJECT_H
#define AGX_OBJECT_H

#include <drm/drm_mm.h>

#include <linux/mutex.h>
#include <linux/types.h>

struct agx_bo;
struct agx_device;
struct agx_object;
struct agx_pgtable;
struct drm_device;
struct drm_file;

/**
 * DOC: Timestamp objects
 *
 * Commands write the times at which they start and end to memory that userspace has bound for
 * that purpose. The GPU writes it through the kernel's own address space, so the memory is mapped
 * there, for all clients side by side, for as long as the object lives: a command in flight keeps
 * it alive after userspace has unbound it, and after it has closed the BO.
 */

/** struct agx_kernel_vm - The kernel's own address space. Embedded in the device. */
struct agx_kernel_vm {
	/** @lock: serialises changes of @mm and @pgtable. Under no dma_resv. */
	struct mutex lock;
	/** @mm: which addresses are taken. */
	struct drm_mm mm;
	/** @pgtable: what the GPU walks. Owned. */
	struct agx_pgtable *pgtable;
};

/** agx_object_size: size of the struct, for the allocator. */
extern const size_t agx_object_size;

int agx_kernel_vm_init(struct agx_device *agx);

struct agx_object *agx_object_create(struct agx_device *agx, struct agx_bo *bo, u64 offset,
				     u64 range);
struct agx_object *agx_object_get(struct agx_object *object);
void agx_object_put(struct agx_object *object);

u64 agx_object_id(struct agx_object *object);
u64 agx_object_addr(struct agx_object *object);
u64 agx_object_range(struct agx_object *object);

int agx_ioctl_gem_bind_object(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
