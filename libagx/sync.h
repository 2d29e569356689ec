/* SPDX-License-Identifier: MIT */
#ifndef AGXI_SYNC_H
#define AGXI_SYNC_H

#include <stdbool.h>
#include <stdint.h>

struct drm_agx_device;
struct drm_agx_sync;

/* Whether @point makes sense for this kind of sync. */
bool agxi_sync_has_point(const struct drm_agx_sync *sync, uint64_t point);

bool agxi_sync_is_timeline(const struct drm_agx_sync *sync);

/* Borrowed from @sync. */
const struct drm_agx_device *agxi_sync_device(const struct drm_agx_sync *sync);

#endif /* AGXI_SYNC_H */
