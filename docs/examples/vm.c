// SPDX-License-Identifier: MIT
#include <drm_agx.h>

/* Two buffers side by side, so that a shader can take them for one. */
int bind_together(struct drm_agx_vm *vm, struct drm_agx_bo *first, struct drm_agx_bo *second,
		  uint64_t *addr)
{
	const uint64_t sizes[] = { drm_agx_bo_size(first), drm_agx_bo_size(second) };
	uint64_t range;
	int ret;

	ret = drm_agx_vm_alloc(vm, sizes[0] + sizes[1], 0, 0, &range);
	if (ret)
		return ret;

	ret = drm_agx_bo_bind_at(first, 0, sizes[0], vm, DRM_AGX_BIND_READ, range);
	if (ret)
		goto err_free;

	ret = drm_agx_bo_bind_at(second, 0, sizes[1], vm, DRM_AGX_BIND_READ, range + sizes[0]);
	if (ret)
		goto err_unbind;

	*addr = range;
	return 0;

err_unbind:
	drm_agx_bo_unbind(first, vm, range);
err_free:
	drm_agx_vm_free(vm, range);
	return ret;
}
