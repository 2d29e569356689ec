// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include <linux/slab.h>
#include <linux/xarray.h>

#include "agx_device.h"
#include "debugfs.h"
#include "file.h"
#include "object.h"
#include "queue.h"
#include "sched.h"
#include "stats.h"
#include "trace.h"
#include "vm.h"

struct agx_file {
	/** @agx: device. Borrowed from the drm_file. */
	struct agx_device *agx;

	/** @queues: &struct agx_queue by id, each owned. */
	struct xarray queues;

	/** @vms: &struct agx_vm_openref by id, each owned. */
	struct xarray vms;

	/** @objects: &struct agx_object by id, each owned. */
	struct xarray objects;

	/** @group: whose turns the queues take. Owned. */
	struct agx_sched_group *group;

	/** @stats: engine time. Owned. */
	struct agx_stats *stats;

	/** @id: for traces and debugfs only. */
	u64 id;
};

const size_t agx_file_size = sizeof(struct agx_file);

static int file_add(struct xarray *table, void *entry, u32 *id)
{
	/*
	 * Zero is no id, but userspace can ask for it, and to erase it, where there never is an
	 * entry, makes it free all the same: XA_FLAGS_ALLOC1 alone does not keep it for good.
	 */
	return xa_alloc(table, id, entry, XA_LIMIT(1, U32_MAX), GFP_KERNEL_ACCOUNT);
}

/**
 * agx_file_open() - Set up a client.
 * @drm: device.
 * @drm_file: file of the core.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_file_open(struct drm_device *drm, struct drm_file *drm_file)
{
	struct agx_device *agx = to_agx(drm);
	struct agx_file *file = agx_alloc(agx, AGX_TYPE_FILE);

	if (!file)
		return -ENOMEM;

	file->agx = agx;
	xa_init_flags(&file->queues, XA_FLAGS_ALLOC1);
	xa_init_flags(&file->vms, XA_FLAGS_ALLOC1);
	xa_init_flags(&file->objects, XA_FLAGS_ALLOC1);

	file->group = agx_sched_group_create();
	if (!file->group)
		goto err_free;

	file->stats = agx_stats_create();
	if (!file->stats)
		goto err_group;

	file->id = atomic64_inc_return(&agx->next_id);
	file->group->file_id = file->id;
	trace_agx_file_create(file->id, drm_file->client_id);
	drm_file->driver_priv = file;
	return 0;

err_group:
	agx_sched_group_put(file->group);
err_free:
	agx_free(agx, AGX_TYPE_FILE, file);
	return -ENOMEM;
}

static void file_close_queues(struct agx_file *file)
{
	struct agx_queue *queue;
	unsigned long id;

	/* What waits for a job that is cancelled is not to have its turn because of that. */
	xa_for_each(&file->queues, id, queue)
		agx_queue_hold(queue);

	/* Tell all of them before waiting for any. */
	xa_for_each(&file->queues, id, queue)
		agx_queue_cancel(queue);

	xa_for_each(&file->queues, id, queue) {
		xa_erase(&file->queues, id);
		agx_queue_kill(queue);
		agx_queue_put(queue);
	}
}

static void file_close_vms(struct agx_file *file)
{
	struct agx_vm_openref *ref;
	unsigned long id;

	xa_for_each(&file->vms, id, ref) {
		xa_erase(&file->vms, id);
		agx_vm_close(ref);
		kfree(ref);
	}
}

static void file_close_objects(struct agx_file *file)
{
	struct agx_object *object;
	unsigned long id;

	xa_for_each(&file->objects, id, object) {
		xa_erase(&file->objects, id);
		agx_object_put(object);
	}
}

/**
 * agx_file_release() - File operation: the last close of a file.
 * @inode: inode of the node.
 * @filp: file.
 *
 * No ioctl runs any more, and nothing here asks who is calling: it may be a kworker.
 *
 * Return: what drm_release() says.
 */
int agx_file_release(struct inode *inode, struct file *filp)
{
	struct drm_file *drm_file = filp->private_data;
	struct agx_file *file = drm_file->driver_priv;

	trace_agx_file_close(file->id);
	file_close_queues(file);
	file_close_vms(file);
	file_close_objects(file);

	return drm_release(inode, filp);
}

/**
 * agx_file_postclose() - Free a client, whose tables are empty.
 * @drm: device.
 * @drm_file: file of the core.
 */
void agx_file_postclose(struct drm_device *drm, struct drm_file *drm_file)
{
	struct agx_file *file = drm_file->driver_priv;

	drm_WARN_ON(drm, !xa_empty(&file->queues));
	drm_WARN_ON(drm, !xa_empty(&file->vms));
	drm_WARN_ON(drm, !xa_empty(&file->objects));

	xa_destroy(&file->queues);
	xa_destroy(&file->vms);
	xa_destroy(&file->objects);
	agx_sched_group_put(file->group);
	agx_stats_put(file->stats);
	trace_agx_file_free(file->id);
	agx_free(file->agx, AGX_TYPE_FILE, file);
	drm_file->driver_priv = NULL;
}

/**
 * agx_file_add_queue() - Publish a queue.
 * @file: file.
 * @queue: complete queue; taken over on success.
 * @id: receives its id.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_file_add_queue(struct agx_file *file, struct agx_queue *queue, u32 *id)
{
	u64 queue_id = agx_queue_id(queue);
	int ret = file_add(&file->queues, queue, id);

	/* Whoever guesses the id may have destroyed it already. */
	if (!ret)
		trace_agx_queue_publish(queue_id, file->id, *id);
	return ret;
}

/**
 * agx_file_get_queue() - Look a queue up.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: a reference, or NULL.
 */
struct agx_queue *agx_file_get_queue(struct agx_file *file, u32 id)
{
	struct agx_queue *queue;

	xa_lock(&file->queues);
	queue = xa_load(&file->queues, id);
	if (queue)
		agx_queue_get(queue);
	xa_unlock(&file->queues);
	return queue;
}

/**
 * agx_file_take_queue() - Look a queue up and free its id.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: the table's reference, or NULL.
 */
struct agx_queue *agx_file_take_queue(struct agx_file *file, u32 id)
{
	return xa_erase(&file->queues, id);
}

/**
 * agx_file_add_vm() - Publish a VM.
 * @file: file.
 * @ref: open reference to a complete VM; taken over, and closed on failure.
 * @id: receives its id.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_file_add_vm(struct agx_file *file, struct agx_vm_openref *ref, u32 *id)
{
	struct agx_vm_openref *entry = kmemdup(ref, sizeof(*ref), GFP_KERNEL_ACCOUNT);
	u64 vm_id = agx_vm_id(ref->vm);
	int ret = -ENOMEM;

	if (entry)
		ret = file_add(&file->vms, entry, id);
	if (ret) {
		kfree(entry);
		agx_vm_close(ref);
		return ret;
	}

	trace_agx_vm_publish(vm_id, file->id, *id);
	return 0;
}

/**
 * agx_file_get_vm() - Look a VM up.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: a reference to its memory, or NULL.
 */
struct agx_vm *agx_file_get_vm(struct agx_file *file, u32 id)
{
	struct agx_vm_openref *ref;
	struct agx_vm *vm = NULL;

	xa_lock(&file->vms);
	ref = xa_load(&file->vms, id);
	if (ref)
		vm = agx_vm_get(ref->vm);
	xa_unlock(&file->vms);
	return vm;
}

/**
 * agx_file_close_vm() - Free a VM's id and give up the table's open reference.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: 0 or -ENOENT.
 */
int agx_file_close_vm(struct agx_file *file, u32 id)
{
	struct agx_vm_openref *ref = xa_erase(&file->vms, id);

	if (!ref)
		return -ENOENT;

	agx_vm_close(ref);
	kfree(ref);
	return 0;
}

/* The first VM with an id of at least *@id, which is set to its own. Returns a reference. */
static struct agx_vm *file_next_vm(struct agx_file *file, unsigned long *id)
{
	struct agx_vm_openref *ref;
	struct agx_vm *vm = NULL;

	xa_lock(&file->vms);
	ref = xa_find(&file->vms, id, ULONG_MAX, XA_PRESENT);
	if (ref)
		vm = agx_vm_get(ref->vm);
	xa_unlock(&file->vms);
	return vm;
}

/**
 * agx_file_has_root() - Whether private BOs with a root may have a handle here.
 * @file: file.
 * @root: root object of a VM.
 *
 * Return: true if that VM is in the file's table.
 */
bool agx_file_has_root(struct agx_file *file, struct drm_gem_object *root)
{
	unsigned long id = 0;
	bool found = false;
	struct agx_vm *vm;

	for (; !found && (vm = file_next_vm(file, &id)); id++) {
		found = agx_vm_root(vm) == root;
		agx_vm_put(vm);
	}
	return found;
}

/**
 * agx_file_unmap_bo() - Remove all mappings of a BO from the VMs of a file.
 * @file: file that closes its handle.
 * @bo: BO.
 */
void agx_file_unmap_bo(struct agx_file *file, struct agx_bo *bo)
{
	struct agx_vm_update update;
	unsigned long id = 0;
	struct agx_vm *vm;

	for (; (vm = file_next_vm(file, &id)); id++) {
		agx_vm_update_begin(&update, vm, false);
		agx_vm_unmap_bo(&update, bo);
		agx_vm_update_end(&update);
		agx_vm_put(vm);
	}
}

/**
 * agx_file_collect_vms() - Find the VMs of a file.
 * @file: file.
 * @vms: set to add them to, see agx_debugfs_add_vm().
 *
 * Return: 0 or -ENOMEM.
 */
int agx_file_collect_vms(struct agx_file *file, struct xarray *vms)
{
	unsigned long id = 0;
	struct agx_vm *vm;
	int ret = 0;

	for (; !ret && (vm = file_next_vm(file, &id)); id++)
		ret = agx_debugfs_add_vm(vms, agx_vm_id(vm), vm);
	return ret;
}

/**
 * agx_file_add_object() - Publish a timestamp object.
 * @file: file.
 * @object: complete object; taken over on success.
 * @id: receives its id.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_file_add_object(struct agx_file *file, struct agx_object *object, u32 *id)
{
	u64 object_id = agx_object_id(object);
	int ret = file_add(&file->objects, object, id);

	if (!ret)
		trace_agx_object_publish(object_id, file->id, *id);
	return ret;
}

/**
 * agx_file_get_object() - Look a timestamp object up.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: a reference, or NULL.
 */
struct agx_object *agx_file_get_object(struct agx_file *file, u32 id)
{
	struct agx_object *object;

	xa_lock(&file->objects);
	object = xa_load(&file->objects, id);
	if (object)
		agx_object_get(object);
	xa_unlock(&file->objects);
	return object;
}

/**
 * agx_file_take_object() - Look a timestamp object up and free its id.
 * @file: file.
 * @id: id that userspace gave.
 *
 * Return: the table's reference, or NULL.
 */
struct agx_object *agx_file_take_object(struct agx_file *file, u32 id)
{
	return xa_erase(&file->objects, id);
}

/** agx_file_group() - Whose turns the queues of @file take. Borrowed. */
struct agx_sched_group *agx_file_group(struct agx_file *file)
{
	return file->group;
}

/** agx_file_stats() - Engine time of @file. Borrowed. */
struct agx_stats *agx_file_stats(struct agx_file *file)
{
	return file->stats;
}
