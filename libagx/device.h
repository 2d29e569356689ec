/* SPDX-License-Identifier: MIT */
#ifndef AGXI_DEVICE_H
#define AGXI_DEVICE_H

struct agxi_bo_table;
struct drm_agx_device;
struct drm_asahi_params_global;

/* Borrowed from the device. */
struct agxi_bo_table *agxi_device_bos(struct drm_agx_device *dev);

/* Borrowed from the device. What the kernel does not know is zero. */
const struct drm_asahi_params_global *agxi_device_params(const struct drm_agx_device *dev);

#endif /* AGXI_DEVICE_H */
