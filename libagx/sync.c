// SPDX-License-Identifier: MIT
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <linux/sync_file.h>

#include <drm_agx.h>
#include <xf86drm.h>

#include "private.h"
#include "sync.h"

#define AGXI_NS_PER_S 1000000000

struct drm_agx_sync {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_device *dev;

	uint32_t handle;
	bool timeline;
};

static int agxi_sync_fd(const struct drm_agx_sync *sync)
{
	return drm_agx_device_fd(sync->dev);
}

bool agxi_sync_has_point(const struct drm_agx_sync *sync, uint64_t point)
{
	return sync->timeline == (point != 0);
}

bool agxi_sync_is_timeline(const struct drm_agx_sync *sync)
{
	return sync->timeline;
}

const struct drm_agx_device *agxi_sync_device(const struct drm_agx_sync *sync)
{
	return sync->dev;
}

agxi_public int drm_agx_sync_create(struct drm_agx_device *dev, uint32_t flags,
				    struct drm_agx_sync **out)
{
	struct drm_agx_sync *sync;
	uint32_t create_flags = 0;
	int ret;

	if (flags & ~(DRM_AGX_SYNC_SIGNALED | DRM_AGX_SYNC_TIMELINE) ||
	    flags == (DRM_AGX_SYNC_SIGNALED | DRM_AGX_SYNC_TIMELINE))
		return agxi_error(EINVAL);
	if (flags & DRM_AGX_SYNC_SIGNALED)
		create_flags = DRM_SYNCOBJ_CREATE_SIGNALED;

	sync = calloc(1, sizeof(*sync));
	if (!sync)
		return agxi_error(ENOMEM);

	ret = agxi_result(drmSyncobjCreate(drm_agx_device_fd(dev), create_flags, &sync->handle));
	if (ret) {
		free(sync);
		return agxi_error(-ret);
	}

	atomic_init(&sync->refs, 1);
	sync->dev = drm_agx_device_ref(dev);
	sync->timeline = flags & DRM_AGX_SYNC_TIMELINE;
	*out = sync;
	return 0;
}

agxi_public struct drm_agx_sync *drm_agx_sync_ref(struct drm_agx_sync *sync)
{
	atomic_fetch_add(&sync->refs, 1);
	return sync;
}

agxi_public void drm_agx_sync_unref(struct drm_agx_sync *sync)
{
	if (!sync || atomic_fetch_sub(&sync->refs, 1) != 1)
		return;

	drmSyncobjDestroy(agxi_sync_fd(sync), sync->handle);
	drm_agx_device_unref(sync->dev);
	free(sync);
}

agxi_public uint32_t drm_agx_sync_handle(const struct drm_agx_sync *sync)
{
	return sync->handle;
}

agxi_public int64_t drm_agx_deadline(int64_t ns)
{
	struct timespec now;
	int64_t deadline;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (__builtin_add_overflow((int64_t)now.tv_sec * AGXI_NS_PER_S + now.tv_nsec, ns,
				   &deadline))
		return INT64_MAX;
	return deadline;
}

agxi_public int drm_agx_sync_wait(struct drm_agx_sync *sync, uint64_t point, int64_t deadline)
{
	uint32_t flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;

	if (!agxi_sync_has_point(sync, point))
		return agxi_error(EINVAL);

	if (sync->timeline)
		return agxi_result(drmSyncobjTimelineWait(agxi_sync_fd(sync), &sync->handle, &point,
							  1, deadline, flags, NULL));
	return agxi_result(drmSyncobjWait(agxi_sync_fd(sync), &sync->handle, 1, deadline, flags,
					  NULL));
}

/* What the kernel takes, for up to that many syncs without an allocation. */
#define AGXI_WAIT_ON_STACK 16

struct agxi_wait {
	uint32_t *handles;
	uint64_t *points;
	uint32_t stack_handles[AGXI_WAIT_ON_STACK];
	uint64_t stack_points[AGXI_WAIT_ON_STACK];

	/* Owned, NULL if the stack is large enough. */
	void *memory;
};

static int agxi_wait_init(struct agxi_wait *wait, struct drm_agx_sync *const *syncs,
			  const uint64_t *points, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (syncs[i]->dev != syncs[0]->dev ||
		    !agxi_sync_has_point(syncs[i], points ? points[i] : 0))
			return agxi_error(EINVAL);

	wait->memory = NULL;
	wait->handles = wait->stack_handles;
	wait->points = wait->stack_points;
	if (count > AGXI_WAIT_ON_STACK) {
		wait->memory = calloc(count, sizeof(*wait->points) + sizeof(*wait->handles));
		if (!wait->memory)
			return agxi_error(ENOMEM);
		wait->points = wait->memory;
		wait->handles = (uint32_t *)(wait->points + count);
	}

	for (i = 0; i < count; i++) {
		wait->handles[i] = syncs[i]->handle;
		wait->points[i] = points ? points[i] : 0;
	}
	return 0;
}

agxi_public int drm_agx_sync_wait_many(struct drm_agx_sync *const *syncs, const uint64_t *points,
				       uint32_t count, uint32_t flags, int64_t deadline,
				       uint32_t *first)
{
	uint32_t wait_flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
	struct agxi_wait wait;
	uint32_t signaled;
	int ret;

	if (!count || flags & ~DRM_AGX_WAIT_ALL)
		return agxi_error(EINVAL);
	if (flags & DRM_AGX_WAIT_ALL)
		wait_flags |= DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL;

	ret = agxi_wait_init(&wait, syncs, points, count);
	if (ret)
		return ret;

	/* Point 0 of a timeline wait is the fence of a binary syncobj. */
	ret = agxi_result(drmSyncobjTimelineWait(agxi_sync_fd(syncs[0]), wait.handles, wait.points,
						 count, deadline, wait_flags, &signaled));
	free(wait.memory);
	if (ret)
		return agxi_error(-ret);

	if (first && !(flags & DRM_AGX_WAIT_ALL))
		*first = signaled;
	return 0;
}

agxi_public int drm_agx_sync_query(struct drm_agx_sync *sync, uint64_t *point)
{
	uint64_t last;
	int ret;

	if (!sync->timeline)
		return agxi_error(EINVAL);

	ret = agxi_result(drmSyncobjQuery(agxi_sync_fd(sync), &sync->handle, &last, 1));
	if (ret)
		return ret;

	*point = last;
	return 0;
}

agxi_public int drm_agx_sync_signal(struct drm_agx_sync *sync, uint64_t point)
{
	if (!agxi_sync_has_point(sync, point))
		return agxi_error(EINVAL);

	if (sync->timeline)
		return agxi_result(drmSyncobjTimelineSignal(agxi_sync_fd(sync), &sync->handle,
							    &point, 1));
	return agxi_result(drmSyncobjSignal(agxi_sync_fd(sync), &sync->handle, 1));
}

agxi_public int drm_agx_sync_reset(struct drm_agx_sync *sync)
{
	if (sync->timeline)
		return agxi_error(EINVAL);

	return agxi_result(drmSyncobjReset(agxi_sync_fd(sync), &sync->handle, 1));
}

agxi_public int drm_agx_sync_export_file(struct drm_agx_sync *sync, uint64_t point, int *out)
{
	int fd = agxi_sync_fd(sync);
	uint32_t binary = sync->handle;
	int sync_file_fd, ret;

	if (!agxi_sync_has_point(sync, point))
		return agxi_error(EINVAL);

	/* Only the fence of a binary syncobj can be exported, so a point goes into one first. */
	if (sync->timeline) {
		ret = agxi_result(drmSyncobjCreate(fd, 0, &binary));
		if (ret)
			return ret;
		ret = agxi_result(drmSyncobjTransfer(fd, binary, 0, sync->handle, point, 0));
		if (ret)
			goto out_destroy;
	}

	ret = agxi_result(drmSyncobjExportSyncFile(fd, binary, &sync_file_fd));
	if (!ret)
		*out = sync_file_fd;

out_destroy:
	if (sync->timeline)
		drmSyncobjDestroy(fd, binary);
	return ret ? agxi_error(-ret) : 0;
}

agxi_public int drm_agx_sync_import_file(struct drm_agx_sync *sync, uint64_t point,
					 int sync_file_fd)
{
	int fd = agxi_sync_fd(sync);
	uint32_t binary;
	int ret;

	if (!agxi_sync_has_point(sync, point))
		return agxi_error(EINVAL);
	if (!sync->timeline)
		return agxi_result(drmSyncobjImportSyncFile(fd, sync->handle, sync_file_fd));

	ret = agxi_result(drmSyncobjCreate(fd, 0, &binary));
	if (ret)
		return ret;

	ret = agxi_result(drmSyncobjImportSyncFile(fd, binary, sync_file_fd));
	if (!ret)
		ret = agxi_result(drmSyncobjTransfer(fd, sync->handle, point, binary, 0, 0));
	drmSyncobjDestroy(fd, binary);
	return ret ? agxi_error(-ret) : 0;
}

/* The error of a sync_file's fences, 1 if they signaled without, 0 if not all did. */
static int agxi_sync_file_status(int fd, int *status)
{
	struct sync_file_info info = { 0 };
	struct sync_fence_info *fences;
	int ret;

	/* Without room for them the kernel says how many there are, but not how they ended. */
	ret = agxi_result(drmIoctl(fd, SYNC_IOC_FILE_INFO, &info));
	if (ret)
		return ret;

	if (info.num_fences) {
		fences = calloc(info.num_fences, sizeof(*fences));
		if (!fences)
			return agxi_error(ENOMEM);
		info.sync_fence_info = agxi_ptr(fences);
		ret = agxi_result(drmIoctl(fd, SYNC_IOC_FILE_INFO, &info));
		free(fences);
		if (ret)
			return agxi_error(-ret);
	}

	*status = info.status;
	return 0;
}

agxi_public int drm_agx_sync_status(struct drm_agx_sync *sync, uint64_t point, int *status)
{
	int fd, ret;

	ret = drm_agx_sync_export_file(sync, point, &fd);
	if (ret)
		return ret;

	ret = agxi_sync_file_status(fd, status);
	close(fd);
	return ret ? agxi_error(-ret) : 0;
}
