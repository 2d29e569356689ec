/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_DEBUGFS_H
#define AGX_DEBUGFS_H

struct drm_device;

void agx_debugfs_init(struct drm_device *drm);

#endif
