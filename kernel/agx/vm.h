/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_VM_H
#define AGX_VM_H

#include <linux/list.h>
#include <linux/types.h>

struct agx_bo;
struct agx_context;
struct agx_device;
struct agx_vm;
struct dma_fence;
struct drm_device;
struct drm_file;
struct drm_gem_object;
struct drm_printer;

/**
 * DOC: GPU address spaces
 *
 * A VM has two lives. Its *open* life is the time in which it can be mapped into and run on: the
 * file's table and every queue hold it open. The last agx_vm_close() removes every mapping, while
 * its caller still holds a full reference. Its *memory* life, a plain kref, only keeps the struct
 * for those who still look at it: jobs, and the mappings themselves until they are removed.
 *
 * Lock order: the VM's lock, then one dma_resv at a time; only where a fence is added are the
 * VM's and the BOs' taken together, by drm_exec. Reclaim alone comes from a BO to its VMs, under
 * the BO's resv, and only tries their locks; reclaim.h has what follows from that.
 */

/** struct agx_va_range - Addresses from @start up to, but not including, @end. */
struct agx_va_range {
	u64 start;
	u64 end;
};

/** struct agx_vm_openref - An open reference: a type of its own that owns both counts. */
struct agx_vm_openref {
	struct agx_vm *vm;
};

/** agx_vm_size: size of the struct, for the allocator. */
extern const size_t agx_vm_size;
/** agx_mapping_size: the same of a mapping. */
extern const size_t agx_mapping_size;

int agx_vm_create(struct agx_device *agx, const struct agx_va_range *kernel,
		  struct agx_vm_openref *ref);

/* Memory life. Sleeps in the last put. */
struct agx_vm *agx_vm_get(struct agx_vm *vm);
void agx_vm_put(struct agx_vm *vm);

/* Open life. A closed VM never reopens. */
int __must_check agx_vm_open(struct agx_vm *vm, struct agx_vm_openref *ref);
void agx_vm_close(struct agx_vm_openref *ref);

struct drm_gem_object *agx_vm_root(struct agx_vm *vm);
struct agx_context *agx_vm_context(struct agx_vm *vm);
u64 agx_vm_id(struct agx_vm *vm);
bool agx_vm_overlaps_kernel(struct agx_vm *vm, u64 addr, u64 range);
int agx_vm_add_fence(struct agx_vm *vm, struct dma_fence *fence);
void agx_vm_show(struct agx_vm *vm, struct drm_printer *p);
void agx_vm_show_around(struct agx_vm *vm, u64 addr, struct drm_printer *p);

/**
 * struct agx_vm_update - A series of changes with a flush at its end.
 *
 * What a change takes away stays referenced until then, since the GPU can reach it until then.
 */
struct agx_vm_update {
	/** @vm: VM, locked. Borrowed. */
	struct agx_vm *vm;
	/** @stale: addresses to flush; empty if @start >= @end. */
	struct agx_va_range stale;
	/** @gone: mappings that have been removed. Owned. */
	struct list_head gone;
	/** @num_gone: how many. */
	unsigned int num_gone;
};

int agx_vm_update_begin(struct agx_vm_update *update, struct agx_vm *vm, bool interruptible);
void agx_vm_update_flush(struct agx_vm_update *update);
void agx_vm_update_relax(struct agx_vm_update *update);
void agx_vm_update_end(struct agx_vm_update *update);

int agx_vm_map(struct agx_vm_update *update, struct agx_bo *bo, u64 addr, u64 range, u64 offset,
	       u32 flags);
int agx_vm_unmap(struct agx_vm_update *update, u64 addr, u64 range);
void agx_vm_unmap_bo(struct agx_vm_update *update, struct agx_bo *bo);

/* For reclaim. */
bool agx_vm_evict_bo(struct agx_bo *bo);
unsigned long agx_vm_bo_last_use(struct agx_bo *bo, unsigned long used);

int agx_ioctl_vm_create(struct drm_device *drm, void *data, struct drm_file *drm_file);
int agx_ioctl_vm_destroy(struct drm_device *drm, void *data, struct drm_file *drm_file);
int agx_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
