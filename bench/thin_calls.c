// SPDX-License-Identifier: MIT
/*
 * thin_calls raw|thin NAME COUNT: makes an ioctl that many times, through drmIoctl() or through the
 * thin layer, for a program that counts instructions. The file is no device: what the kernel does
 * with the call does not matter.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "bench.h"

static union {
	struct drm_asahi_get_params get_params;
	struct drm_asahi_get_time get_time;
	struct drm_asahi_vm_create vm_create;
	struct drm_asahi_vm_destroy vm_destroy;
	struct drm_asahi_vm_bind vm_bind;
	struct drm_asahi_gem_create gem_create;
	struct drm_asahi_gem_mmap_offset gem_mmap_offset;
	struct drm_asahi_gem_bind_object gem_bind_object;
	struct drm_asahi_queue_create queue_create;
	struct drm_asahi_queue_destroy queue_destroy;
	struct drm_asahi_submit submit;
} args;

static int thin_get_params(int fd)
{
	return drm_agx_ioctl_get_params(fd, &args.get_params, sizeof(args.get_params));
}

static int thin_get_time(int fd)
{
	return drm_agx_ioctl_get_time(fd, &args.get_time, sizeof(args.get_time));
}

static int thin_vm_create(int fd)
{
	return drm_agx_ioctl_vm_create(fd, &args.vm_create, sizeof(args.vm_create));
}

static int thin_vm_destroy(int fd)
{
	return drm_agx_ioctl_vm_destroy(fd, &args.vm_destroy, sizeof(args.vm_destroy));
}

static int thin_vm_bind(int fd)
{
	return drm_agx_ioctl_vm_bind(fd, &args.vm_bind, sizeof(args.vm_bind));
}

static int thin_gem_create(int fd)
{
	return drm_agx_ioctl_gem_create(fd, &args.gem_create, sizeof(args.gem_create));
}

static int thin_gem_mmap_offset(int fd)
{
	return drm_agx_ioctl_gem_mmap_offset(fd, &args.gem_mmap_offset,
					     sizeof(args.gem_mmap_offset));
}

static int thin_gem_bind_object(int fd)
{
	return drm_agx_ioctl_gem_bind_object(fd, &args.gem_bind_object,
					     sizeof(args.gem_bind_object));
}

static int thin_queue_create(int fd)
{
	return drm_agx_ioctl_queue_create(fd, &args.queue_create, sizeof(args.queue_create));
}

static int thin_queue_destroy(int fd)
{
	return drm_agx_ioctl_queue_destroy(fd, &args.queue_destroy, sizeof(args.queue_destroy));
}

static int thin_submit(int fd)
{
	return drm_agx_ioctl_submit(fd, &args.submit, sizeof(args.submit));
}

static const struct {
	const char *name;
	unsigned long request;
	int (*thin)(int fd);
} calls[] = {
	{ "get_params", DRM_IOCTL_ASAHI_GET_PARAMS, thin_get_params },
	{ "get_time", DRM_IOCTL_ASAHI_GET_TIME, thin_get_time },
	{ "vm_create", DRM_IOCTL_ASAHI_VM_CREATE, thin_vm_create },
	{ "vm_destroy", DRM_IOCTL_ASAHI_VM_DESTROY, thin_vm_destroy },
	{ "vm_bind", DRM_IOCTL_ASAHI_VM_BIND, thin_vm_bind },
	{ "gem_create", DRM_IOCTL_ASAHI_GEM_CREATE, thin_gem_create },
	{ "gem_mmap_offset", DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, thin_gem_mmap_offset },
	{ "gem_bind_object", DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, thin_gem_bind_object },
	{ "queue_create", DRM_IOCTL_ASAHI_QUEUE_CREATE, thin_queue_create },
	{ "queue_destroy", DRM_IOCTL_ASAHI_QUEUE_DESTROY, thin_queue_destroy },
	{ "submit", DRM_IOCTL_ASAHI_SUBMIT, thin_submit },
};

#define NUM_CALLS ARRAY_SIZE(calls)

static int repeat(unsigned int call, int thin, int fd, unsigned int count)
{
	int ret = -1;

	while (count-- && ret)
		ret = thin ? calls[call].thin(fd) : drmIoctl(fd, calls[call].request, &args);
	return ret;
}

int main(int argc, char **argv)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "list")) {
		for (i = 0; i < NUM_CALLS; i++)
			puts(calls[i].name);
		return 0;
	}
	if (argc != 4)
		return 2;

	for (i = 0; i < NUM_CALLS; i++)
		if (!strcmp(argv[2], calls[i].name))
			return !repeat(i, !strcmp(argv[1], "thin"), fd, atoi(argv[3]));
	return 2;
}
