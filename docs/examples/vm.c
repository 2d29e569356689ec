// SPDX-License-Identifier: MIT
#include <asahi_drm.h>
#include <drm_agx.h>

/* Two buffers side by side, so that a shader can take them for one. */
int bind_together(struct drm_agx_vm *vm, const struct drm_agx_bo *first,
		  const struct drm_agx_bo *second, uint64_t *addr)
{
	struct drm_asahi_gem_bind_op ops[2] = {
		{ .handle = drm_agx_bo_handle(first), .range = drm_agx_bo_size(first) },
		{ .handle = drm_agx_bo_handle(second), .range = drm_agx_bo_size(second) },
	};
	struct drm_asahi_vm_bind bind = {
		.vm_id = drm_agx_vm_id(vm),
		.num_binds = 2,
		.stride = sizeof(ops[0]),
		.userptr = (uintptr_t)ops,
	};
	int ret;

	ret = drm_agx_vm_alloc(vm, ops[0].range + ops[1].range, 0, 0, addr);
	if (ret)
		return ret;

	ops[0].flags = DRM_ASAHI_BIND_READ;
	ops[0].addr = *addr;
	ops[1].flags = DRM_ASAHI_BIND_READ;
	ops[1].addr = *addr + ops[0].range;
	return drm_agx_ioctl_vm_bind(drm_agx_device_fd(drm_agx_vm_device(vm)), &bind, sizeof(bind));
}
