/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_FILE_H
#define AGX_FILE_H

#include <linux/types.h>

struct agx_bo;
struct agx_file;
struct agx_object;
struct agx_queue;
struct agx_sched_group;
struct agx_stats;
struct agx_vm;
struct agx_vm_openref;
struct drm_device;
struct drm_file;
struct drm_gem_object;
struct file;
struct inode;
struct xarray;

/**
 * DOC: Files
 *
 * A file owns its tables of queues, VMs and timestamp objects, and nothing points back at it.
 * Ids are looked up in these tables at the entry of an ioctl and nowhere else.
 *
 * On close the order is explicit: every queue off the GPU, then the VMs, then the timestamp
 * objects, and only then the DRM core with its GEM handles. The core drops those before it calls
 * .postclose, so all of it happens in the file operation that wraps drm_release().
 */

/** agx_file_size: size of the struct, for the allocator. */
extern const size_t agx_file_size;

int agx_file_open(struct drm_device *drm, struct drm_file *drm_file);
int agx_file_release(struct inode *inode, struct file *filp);
void agx_file_postclose(struct drm_device *drm, struct drm_file *drm_file);

int agx_file_add_queue(struct agx_file *file, struct agx_queue *queue, u32 *id);
struct agx_queue *agx_file_get_queue(struct agx_file *file, u32 id);
struct agx_queue *agx_file_take_queue(struct agx_file *file, u32 id);

int agx_file_add_vm(struct agx_file *file, struct agx_vm_openref *ref, u32 *id);
struct agx_vm *agx_file_get_vm(struct agx_file *file, u32 id);
int agx_file_close_vm(struct agx_file *file, u32 id);

int agx_file_add_object(struct agx_file *file, struct agx_object *object, u32 *id);
struct agx_object *agx_file_get_object(struct agx_file *file, u32 id);
struct agx_object *agx_file_take_object(struct agx_file *file, u32 id);

bool agx_file_has_root(struct agx_file *file, struct drm_gem_object *root);
void agx_file_unmap_bo(struct agx_file *file, struct agx_bo *bo);
int agx_file_collect_vms(struct agx_file *file, struct xarray *vms);

/* Both borrowed from the file. */
struct agx_sched_group *agx_file_group(struct agx_file *file);
struct agx_stats *agx_file_stats(struct agx_file *file);

#endif
