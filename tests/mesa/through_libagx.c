// SPDX-License-Identifier: MIT
/*
 * For Mesa as it is, by LD_PRELOAD: every ioctl of the driver "asahi" goes through libagx's thin
 * layer. Mesa notices nothing; that it does not is the point.
 *
 * The file that LIBAGX_CALLS names receives a line for each kind of ioctl, with how many there
 * were, when the process ends.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "interpose.h"

#define NUM_CALLS (DRM_COMMAND_END - DRM_COMMAND_BASE)

static atomic_uint calls[NUM_CALLS];

/* libagx and libdrm call ioctl() themselves: that is the real one's. */
static _Thread_local bool inside;

static int (*real_ioctl)(int fd, unsigned long request, ...);

/* What is no errno: not for the library. */
#define NOT_OURS 1

/* Negative errno, 0 or NOT_OURS. */
static int through_libagx(int fd, unsigned long request, void *arg)
{
	size_t size = _IOC_SIZE(request);

	switch (_IOC_NR(request) - DRM_COMMAND_BASE) {
	case DRM_ASAHI_GET_PARAMS:
		return drm_agx_ioctl_get_params(fd, arg, size);
	case DRM_ASAHI_GET_TIME:
		return drm_agx_ioctl_get_time(fd, arg, size);
	case DRM_ASAHI_VM_CREATE:
		return drm_agx_ioctl_vm_create(fd, arg, size);
	case DRM_ASAHI_VM_DESTROY:
		return drm_agx_ioctl_vm_destroy(fd, arg, size);
	case DRM_ASAHI_VM_BIND:
		return drm_agx_ioctl_vm_bind(fd, arg, size);
	case DRM_ASAHI_GEM_CREATE:
		return drm_agx_ioctl_gem_create(fd, arg, size);
	case DRM_ASAHI_GEM_MMAP_OFFSET:
		return drm_agx_ioctl_gem_mmap_offset(fd, arg, size);
	case DRM_ASAHI_GEM_BIND_OBJECT:
		return drm_agx_ioctl_gem_bind_object(fd, arg, size);
	case DRM_ASAHI_QUEUE_CREATE:
		return drm_agx_ioctl_queue_create(fd, arg, size);
	case DRM_ASAHI_QUEUE_DESTROY:
		return drm_agx_ioctl_queue_destroy(fd, arg, size);
	case DRM_ASAHI_SUBMIT:
		return drm_agx_ioctl_submit(fd, arg, size);
	default:
		return NOT_OURS;
	}
}

/* Other drivers have ioctls of the same numbers. */
static bool is_agx_gpu(int fd)
{
	int saved = errno;
	bool yes;

	yes = drm_agx_probe(fd) == 0;
	errno = saved;
	return yes;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	if (inside || !interpose_is_driver_ioctl(request))
		return real_ioctl(fd, request, arg);

	inside = true;
	ret = is_agx_gpu(fd) ? through_libagx(fd, request, arg) : NOT_OURS;
	inside = false;
	if (ret == NOT_OURS)
		return real_ioctl(fd, request, arg);

	atomic_fetch_add(&calls[_IOC_NR(request) - DRM_COMMAND_BASE], 1);
	if (!ret)
		return 0;
	errno = -ret;
	return -1;
}

static void __attribute__((constructor)) find_real_ioctl(void)
{
	interpose_find(&real_ioctl, "ioctl");
}

static void __attribute__((destructor)) write_calls(void)
{
	const char *path = getenv("LIBAGX_CALLS");
	FILE *file;
	unsigned int i;

	/* Programs that Mesa starts add theirs. */
	file = path ? fopen(path, "ae") : NULL;
	if (!file)
		return;

	for (i = 0; i < NUM_CALLS; i++)
		if (calls[i])
			fprintf(file, "%u %u\n", i, calls[i]);
	fclose(file);
}
