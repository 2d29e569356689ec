/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_DEBUGFS_H
#define AGX_DEBUGFS_H

#include <linux/types.h>

struct agx_vm;
struct drm_device;
struct xarray;

/**
 * DOC: What an operator can look at
 *
 * A reader waits for nothing that a client can hold up, and nobody who opens, closes or submits
 * waits for more than a walk of some short lists. What is being changed at the moment is named
 * and left out.
 */

void agx_debugfs_init(struct drm_device *drm);

int agx_debugfs_add_vm(struct xarray *vms, u64 id, struct agx_vm *vm);

#endif
