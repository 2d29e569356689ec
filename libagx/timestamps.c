// SPDX-License-Identifier: MIT
#include <stdatomic.h>
#include <stdlib.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "private.h"

struct drm_agx_timestamps {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_bo *bo;

	/* Owns a reference. */
	struct drm_agx_device *dev;

	/* Borrowed from @bo; written by the GPU's firmware. */
	const volatile uint64_t *slots;

	uint32_t count;
	uint32_t object;
};

agxi_public int drm_agx_timestamps_create(struct drm_agx_device *dev, uint32_t count,
					  struct drm_agx_timestamps **out)
{
	struct drm_asahi_gem_bind_object args = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_BIND,
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
	};
	struct drm_agx_timestamps *ts;
	void *map;
	int ret;

	/* A slot is named by a 32-bit offset. */
	if (!count || count > UINT32_MAX / sizeof(uint64_t))
		return agxi_error(EINVAL);

	ts = calloc(1, sizeof(*ts));
	if (!ts)
		return agxi_error(ENOMEM);

	ret = drm_agx_bo_create(dev, count * sizeof(uint64_t), DRM_AGX_BO_WRITEBACK, &ts->bo);
	if (ret)
		goto err_free;

	ret = drm_agx_bo_map(ts->bo, &map);
	if (ret)
		goto err_unref_bo;

	args.handle = drm_agx_bo_handle(ts->bo);
	args.range = drm_agx_bo_size(ts->bo);
	ret = drm_agx_ioctl_gem_bind_object(drm_agx_device_fd(dev), &args, sizeof(args));
	if (ret)
		goto err_unref_bo;

	atomic_init(&ts->refs, 1);
	ts->dev = drm_agx_device_ref(dev);
	ts->slots = map;
	ts->count = count;
	ts->object = args.object_handle;
	*out = ts;
	return 0;

err_unref_bo:
	drm_agx_bo_unref(ts->bo);
err_free:
	free(ts);
	return agxi_error(-ret);
}

agxi_public struct drm_agx_timestamps *drm_agx_timestamps_ref(struct drm_agx_timestamps *ts)
{
	atomic_fetch_add(&ts->refs, 1);
	return ts;
}

agxi_public void drm_agx_timestamps_unref(struct drm_agx_timestamps *ts)
{
	struct drm_asahi_gem_bind_object args = { .op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND };

	if (!ts || atomic_fetch_sub(&ts->refs, 1) != 1)
		return;

	args.object_handle = ts->object;
	drm_agx_ioctl_gem_bind_object(drm_agx_device_fd(ts->dev), &args, sizeof(args));
	drm_agx_bo_unref(ts->bo);
	drm_agx_device_unref(ts->dev);
	free(ts);
}

agxi_public int drm_agx_timestamps_slot(const struct drm_agx_timestamps *ts, uint32_t index,
					struct drm_asahi_timestamp *out)
{
	if (index >= ts->count)
		return agxi_error(EINVAL);

	out->handle = ts->object;
	out->offset = index * sizeof(uint64_t);
	return 0;
}

agxi_public int drm_agx_timestamps_read(const struct drm_agx_timestamps *ts, uint32_t index,
					uint64_t *ticks)
{
	if (index >= ts->count)
		return agxi_error(EINVAL);

	*ticks = ts->slots[index];
	return 0;
}
