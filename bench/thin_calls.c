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

#define CALL(name, nr) \
	static int thin_##name(int fd) { return drm_agx_ioctl_##name(fd, &args.name); } \
	static int raw_##name(int fd) { return drmIoctl(fd, DRM_IOCTL_ASAHI_##nr, &args.name); }

CALL(get_params, GET_PARAMS)
CALL(get_time, GET_TIME)
CALL(vm_create, VM_CREATE)
CALL(vm_destroy, VM_DESTROY)
CALL(vm_bind, VM_BIND)
CALL(gem_create, GEM_CREATE)
CALL(gem_mmap_offset, GEM_MMAP_OFFSET)
CALL(gem_bind_object, GEM_BIND_OBJECT)
CALL(queue_create, QUEUE_CREATE)
CALL(queue_destroy, QUEUE_DESTROY)
CALL(submit, SUBMIT)

#define ENTRY(name) { #name, raw_##name, thin_##name }

static const struct {
	const char *name;
	int (*raw)(int fd);
	int (*thin)(int fd);
} calls[] = {
	ENTRY(get_params), ENTRY(get_time), ENTRY(vm_create), ENTRY(vm_destroy), ENTRY(vm_bind),
	ENTRY(gem_create), ENTRY(gem_mmap_offset), ENTRY(gem_bind_object), ENTRY(queue_create),
	ENTRY(queue_destroy), ENTRY(submit),
};

int main(int argc, char **argv)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int (*call)(int fd);
	unsigned int i, n;

	if (argc == 2 && !strcmp(argv[1], "list")) {
		for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			puts(calls[i].name);
		return 0;
	}
	if (argc != 4)
		return 2;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(argv[2], calls[i].name))
			continue;
		call = strcmp(argv[1], "raw") ? calls[i].thin : calls[i].raw;
		for (n = atoi(argv[3]); n; n--)
			if (!call(fd))
				return 1;
		return 0;
	}
	return 2;
}
