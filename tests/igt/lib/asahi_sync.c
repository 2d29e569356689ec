// SPDX-License-Identifier: MIT
/* Syncobjs as SUBMIT sees them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

struct drm_asahi_sync asahi_sync_binary(uint32_t handle)
{
	return (struct drm_asahi_sync){
		.sync_type = DRM_ASAHI_SYNC_SYNCOBJ,
		.handle = handle,
	};
}

struct drm_asahi_sync asahi_sync_point(uint32_t handle, uint64_t point)
{
	return (struct drm_asahi_sync){
		.sync_type = DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ,
		.handle = handle,
		.timeline_value = point,
	};
}

int asahi_sync_export(int fd, uint32_t handle)
{
	return syncobj_handle_to_fd(fd, handle, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE);
}

bool asahi_sync_has_fence(int fd, uint32_t handle)
{
	struct drm_syncobj_handle req = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};

	if (drmIoctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req)) {
		igt_assert_eq(errno, EINVAL);
		return false;
	}

	close(req.fd);
	return true;
}

static uint64_t deadline(void)
{
	return asahi_now_ns() + asahi_hang_ms() * 1000000ull;
}

void asahi_sync_wait(int fd, uint32_t handle)
{
	igt_assert(syncobj_wait(fd, &handle, 1, deadline(), 0, NULL));
}

void asahi_sync_wait_point(int fd, uint32_t handle, uint64_t point)
{
	igt_assert(syncobj_timeline_wait(fd, &handle, &point, 1, deadline(), 0, NULL));
}

bool asahi_sync_is_busy(int fd, uint32_t handle)
{
	return !syncobj_wait(fd, &handle, 1, 0, 0, NULL);
}

bool asahi_sync_is_busy_point(int fd, uint32_t handle, uint64_t point)
{
	return !syncobj_timeline_wait(fd, &handle, &point, 1, 0, 0, NULL);
}
