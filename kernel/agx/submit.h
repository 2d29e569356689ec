/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_SUBMIT_H
#define AGX_SUBMIT_H

struct drm_device;
struct drm_file;

int agx_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
