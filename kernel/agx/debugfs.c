// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_debugfs.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/xarray.h>

#include "agx_device.h"
#include "alloc.h"
#include "debugfs.h"
#include "file.h"
#include "queue.h"
#include "reclaim.h"
#include "vm.h"

/* Live objects by type, one a line. */
static int objects_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	agx_alloc_show(to_agx(entry->dev), &p);
	return 0;
}

/* Queues, one a line. */
static int queues_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	agx_queues_show(to_agx(entry->dev), &p);
	return 0;
}

/**
 * agx_debugfs_add_vm() - Put a VM into a set.
 * @vms: set of VMs by debug id.
 * @id: debug id of the VM.
 * @vm: reference to it, taken over; or NULL to note that it is there, but out of reach.
 *
 * Does not sleep for memory: the caller may hold a lock that jobs need to end.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_debugfs_add_vm(struct xarray *vms, u64 id, struct agx_vm *vm)
{
	void *entry = vm ?: xa_mk_value(0);
	int ret = xa_insert(vms, id, entry, GFP_NOWAIT | __GFP_NOWARN);

	/* Now there is a reference to what was only noted. */
	if (ret == -EBUSY && vm && xa_is_value(xa_load(vms, id))) {
		xa_store(vms, id, vm, GFP_NOWAIT | __GFP_NOWARN);
		return 0;
	}
	if (ret && vm)
		agx_vm_put(vm);
	return ret == -EBUSY ? 0 : ret;
}

static int vms_collect(struct drm_device *drm, struct xarray *vms)
{
	struct drm_file *drm_file;
	int ret = 0;

	/* A file leaves the list, under the mutex, before its driver_priv goes. */
	mutex_lock(&drm->filelist_mutex);
	list_for_each_entry(drm_file, &drm->filelist, lhead) {
		ret = agx_file_collect_vms(drm_file->driver_priv, vms);
		if (ret)
			break;
	}
	mutex_unlock(&drm->filelist_mutex);

	return ret ?: agx_queues_collect_vms(to_agx(drm), vms);
}

/* Mappings of all VMs that are open. */
static int vms_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);
	unsigned long id;
	struct xarray vms;
	struct agx_vm *vm;
	int ret;

	xa_init(&vms);
	ret = vms_collect(entry->dev, &vms);
	xa_for_each(&vms, id, vm) {
		if (xa_is_value(vm)) {
			drm_printf(&p, "vm %lu is busy\n", id);
			continue;
		}
		if (!ret)
			agx_vm_show(vm, &p);
		agx_vm_put(vm);
	}
	xa_destroy(&vms);
	return ret;
}

/* What can be, is and was evicted. */
static int reclaim_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	agx_reclaim_show(to_agx(entry->dev), &p);
	return 0;
}

/* Whatever is written: evict all that is idle, as if the system had asked for it. */
static ssize_t evict_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	agx_reclaim_evict_idle(file->private_data);
	return len;
}

static const struct file_operations evict_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = evict_write,
};

/**
 * agx_debugfs_init() - Add the files of a device, before it is registered.
 * @drm: device.
 */
void agx_debugfs_init(struct drm_device *drm)
{
	drm_debugfs_add_file(drm, "objects", objects_show, NULL);
	drm_debugfs_add_file(drm, "queues", queues_show, NULL);
	drm_debugfs_add_file(drm, "vms", vms_show, NULL);
	drm_debugfs_add_file(drm, "reclaim", reclaim_show, NULL);
	debugfs_create_file("evict", 0200, drm->debugfs_root, to_agx(drm), &evict_fops);
}
