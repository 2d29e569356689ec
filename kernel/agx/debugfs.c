// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_debugfs.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include <linux/seq_file.h>

#include "agx_device.h"
#include "alloc.h"
#include "debugfs.h"
#include "file.h"

/* Live objects by type, one a line. */
static int objects_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	agx_alloc_show(to_agx(entry->dev), &p);
	return 0;
}

/* Mappings of the VMs of each open file. VMs that only a queue holds open are not listed. */
static int vms_show(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);
	struct drm_file *drm_file;

	/* A file leaves the list, under the mutex, before its driver_priv goes. */
	mutex_lock(&entry->dev->filelist_mutex);
	list_for_each_entry(drm_file, &entry->dev->filelist, lhead)
		agx_file_show_vms(drm_file->driver_priv, &p);
	mutex_unlock(&entry->dev->filelist_mutex);
	return 0;
}

/**
 * agx_debugfs_init() - Add the files of a device, before it is registered.
 * @drm: device.
 */
void agx_debugfs_init(struct drm_device *drm)
{
	drm_debugfs_add_file(drm, "objects", objects_show, NULL);
	drm_debugfs_add_file(drm, "vms", vms_show, NULL);
}
