// SPDX-License-Identifier: MIT
/*
 * The thin layer: the driver's ioctls, and what goes with them.
 */
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "private.h"

int agxi_ioctl(int fd, unsigned long request, const void *args)
{
	while (ioctl(fd, request, (void *)args) < 0) {
		/* Who is in the way has to get on first. */
		if (errno == EAGAIN)
			sched_yield();
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* The kernel reads and writes as much as the request says: not what the struct has here. */
static int agxi_ioctl_sized(int fd, unsigned long request, const void *args, size_t size)
{
	if (!size || size > _IOC_SIZEMASK)
		return agxi_error(EINVAL);

	request &= ~((unsigned long)_IOC_SIZEMASK << _IOC_SIZESHIFT);
	return agxi_ioctl(fd, request | size << _IOC_SIZESHIFT, args);
}

agxi_public int drm_agx_probe(int fd)
{
	static const char wanted[] = { 'a', 's', 'a', 'h', 'i' };
	char name[sizeof(wanted)];
	struct drm_version version = { .name = name, .name_len = sizeof(name) };
	int ret;

	ret = agxi_ioctl(fd, DRM_IOCTL_VERSION, &version);
	if (ret)
		return ret;

	/* The length that comes back is that of the whole name. */
	if (version.name_len != sizeof(wanted) || memcmp(name, wanted, sizeof(wanted)))
		return agxi_error(ENODEV);
	return 0;
}

agxi_public int drm_agx_ioctl_get_params(int fd, const struct drm_asahi_get_params *args,
					 size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_GET_PARAMS, args, size);
}

agxi_public int drm_agx_get_params(int fd, uint32_t group, void *params, size_t size)
{
	struct drm_asahi_get_params args = {
		.param_group = group,
		.pointer = agxi_ptr(params),
		.size = size,
	};

	memset(params, 0, size);
	return drm_agx_ioctl_get_params(fd, &args, sizeof(args));
}

agxi_public int drm_agx_ioctl_get_time(int fd, struct drm_asahi_get_time *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_GET_TIME, args, size);
}

agxi_public int drm_agx_ioctl_vm_create(int fd, struct drm_asahi_vm_create *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_VM_CREATE, args, size);
}

agxi_public int drm_agx_ioctl_vm_destroy(int fd, const struct drm_asahi_vm_destroy *args,
					 size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_VM_DESTROY, args, size);
}

agxi_public int drm_agx_ioctl_vm_bind(int fd, const struct drm_asahi_vm_bind *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_VM_BIND, args, size);
}

agxi_public int drm_agx_ioctl_gem_create(int fd, struct drm_asahi_gem_create *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_GEM_CREATE, args, size);
}

agxi_public int drm_agx_ioctl_gem_mmap_offset(int fd, struct drm_asahi_gem_mmap_offset *args,
					      size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, args, size);
}

agxi_public int drm_agx_ioctl_gem_bind_object(int fd, struct drm_asahi_gem_bind_object *args,
					      size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, args, size);
}

agxi_public int drm_agx_ioctl_queue_create(int fd, struct drm_asahi_queue_create *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, args, size);
}

agxi_public int drm_agx_ioctl_queue_destroy(int fd, const struct drm_asahi_queue_destroy *args,
					    size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_QUEUE_DESTROY, args, size);
}

agxi_public int drm_agx_ioctl_submit(int fd, const struct drm_asahi_submit *args, size_t size)
{
	return agxi_ioctl_sized(fd, DRM_IOCTL_ASAHI_SUBMIT, args, size);
}

agxi_public int drm_agx_gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close args = { .handle = handle };

	return agxi_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &args);
}

agxi_public int drm_agx_gem_mmap(int fd, uint32_t handle, size_t size, void *fixed_addr, void **out)
{
	struct drm_asahi_gem_mmap_offset args = { .handle = handle };
	int flags = MAP_SHARED | (fixed_addr ? MAP_FIXED : 0);
	void *ptr;
	int ret;

	ret = drm_agx_ioctl_gem_mmap_offset(fd, &args, sizeof(args));
	if (ret)
		return ret;

	ptr = mmap(fixed_addr, size, PROT_READ | PROT_WRITE, flags, fd, args.offset);
	if (ptr == MAP_FAILED)
		return -errno;

	*out = ptr;
	return 0;
}
