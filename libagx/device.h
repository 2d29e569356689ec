/* SPDX-License-Identifier: MIT */
#ifndef AGXI_DEVICE_H
#define AGXI_DEVICE_H

struct agxi_bo_table;
struct drm_agx_device;

/* Borrowed from the device. */
struct agxi_bo_table *agxi_device_bos(struct drm_agx_device *dev);

#endif /* AGXI_DEVICE_H */
