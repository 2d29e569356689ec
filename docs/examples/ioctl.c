// SPDX-License-Identifier: MIT
#include <asahi_drm.h>
#include <drm_agx.h>

/* What a driver does that keeps its own books: a buffer at an address of its choice. */
int create_bound(int fd, uint32_t vm, uint64_t size, uint64_t addr, uint32_t *handle)
{
	struct drm_asahi_gem_create create = { .size = size };
	struct drm_asahi_gem_bind_op op = {
		.flags = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE,
		.range = size,
		.addr = addr,
	};
	struct drm_asahi_vm_bind bind = {
		.vm_id = vm,
		.num_binds = 1,
		.stride = sizeof(op),
		.userptr = (uintptr_t)&op,
	};
	int ret;

	ret = drm_agx_ioctl_gem_create(fd, &create, sizeof(create));
	if (ret)
		return ret;

	op.handle = create.handle;
	ret = drm_agx_ioctl_vm_bind(fd, &bind, sizeof(bind));
	if (ret) {
		drm_agx_gem_close(fd, create.handle);
		return ret;
	}

	*handle = create.handle;
	return 0;
}
