// SPDX-License-Identifier: MIT
#include <drm_agx.h>

/* Scratch memory of one job: what it costs is a list operation, from the second time on. */
int with_scratch(struct drm_agx_bo_cache *cache, uint64_t size, int (*job)(uint64_t scratch))
{
	struct drm_agx_bo *bo;
	uint64_t addr;
	int ret;

	ret = drm_agx_bo_cache_alloc(cache, size, 0, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE, &bo,
				     &addr);
	if (ret)
		return ret;

	/* Runs the job, and waits for it. */
	ret = job(addr);
	drm_agx_bo_unref(bo);
	return ret;
}
