// SPDX-License-Identifier: MIT
#include <string.h>

#include <drm_agx.h>

/* A buffer that the GPU reads, with something in it. */
int upload(struct drm_agx_vm *vm, const void *data, size_t size, struct drm_agx_bo **out,
	   uint64_t *addr)
{
	struct drm_agx_bo *bo;
	void *map;
	int ret;

	ret = drm_agx_bo_create_private(vm, size, 0, &bo);
	if (ret)
		return ret;

	ret = drm_agx_bo_map(bo, &map);
	if (!ret)
		ret = drm_agx_bo_bind(bo, vm, DRM_AGX_BIND_READ, addr);
	if (ret) {
		drm_agx_bo_unref(bo);
		return ret;
	}

	memcpy(map, data, size);
	*out = bo;
	return 0;
}
