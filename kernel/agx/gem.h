/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_GEM_H
#define AGX_GEM_H

#include <linux/types.h>

struct agx_device;
struct dma_buf;
struct drm_device;
struct drm_file;
struct drm_gem_object;
struct page;
struct sg_table;

/**
 * DOC: Buffer objects
 *
 * A BO is a GEM object with memory that comes into being when somebody first looks at it: a CPU
 * mapping, a GPU mapping, a dma-buf attachment. Whoever needs the memory to stay where it is pins
 * it. Mappings do not: when the system needs memory and nobody is using the BO, it is evicted, as
 * reclaim.h says, and read in again by whoever looks at it next.
 *
 * A BO is *private* if it belongs to a VM: it shares the reservation object of that VM's root
 * object, keeps the root (never the VM) until its own memory is gone, cannot be exported and
 * cannot be bound elsewhere. All others are *shareable*.
 *
 * Putting a reference never takes a lock of a VM, nor the resv of a BO of ours. But it may free
 * the root object with the resv in it, and an imported BO's end takes the resv of its dma-buf.
 * So the last reference of a BO is never put under the resv that it uses.
 */
struct agx_bo;

/** agx_bo_size: size of the struct, for the allocator. */
extern const size_t agx_bo_size;

struct agx_bo *to_agx_bo(struct drm_gem_object *obj);
struct drm_gem_object *agx_bo_gem(struct agx_bo *bo);

struct agx_bo *agx_bo_create(struct agx_device *agx, u64 size, u32 flags,
			     struct drm_gem_object *root);
struct agx_bo *agx_bo_create_imported(struct agx_device *agx, struct dma_buf *dma_buf,
				      struct sg_table *sgt);

/* References are those of the GEM object; NULL is nothing to get or put. */
struct agx_bo *agx_bo_get(struct agx_bo *bo);
void agx_bo_put(struct agx_bo *bo);

u64 agx_bo_id(struct agx_bo *bo);
bool agx_bo_is_private(struct agx_bo *bo);
bool agx_bo_bindable(struct agx_bo *bo, struct drm_gem_object *root);
bool agx_bo_possible(struct agx_bo *bo);

int __must_check agx_bo_populate(struct agx_bo *bo);

/* Memory that is there now. */
int __must_check agx_bo_map_dma_locked(struct agx_bo *bo);
struct sg_table agx_bo_sgt_from(struct agx_bo *bo, u64 *offset);

/* Pinned memory. agx_bo_unpin() never sleeps. */
int __must_check agx_bo_pin_sgt(struct agx_bo *bo, struct sg_table **sgt);
int __must_check agx_bo_pin_locked(struct agx_bo *bo);
void agx_bo_unpin(struct agx_bo *bo);
struct page **agx_bo_pages_locked(struct agx_bo *bo);

int agx_ioctl_gem_create(struct drm_device *drm, void *data, struct drm_file *drm_file);
int agx_ioctl_gem_mmap_offset(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
