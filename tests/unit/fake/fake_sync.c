// SPDX-License-Identifier: MIT
#include <errno.h>
#include <linux/sync_file.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asahi_drm.h>

#include "fake_internal.h"

/* All that is in a file that stands for a sync_file: any number of them may be open. */
struct fake_sync_file {
	char magic[16];
	int status;
};

static const char fake_sync_file_magic[16] = "fake sync_file";

/* How many waits time out all the same. */
static unsigned int fake_late_waits;

void fake_sync_reset(void)
{
	fake_late_waits = 0;
}

void fake_sync_set_late_waits(unsigned int count)
{
	fake_late_waits = count;
}

unsigned int fake_sync_num(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_SYNCOBJS; i++)
		n += file->syncobjs[i].used;
	return n;
}

static struct fake_syncobj *fake_sync_lookup(struct fake_file *file, uint32_t handle)
{
	return handle && handle < FAKE_MAX_SYNCOBJS && file->syncobjs[handle].used ?
		       &file->syncobjs[handle] : NULL;
}

static const uint32_t *fake_sync_handles(uint64_t handles)
{
	return (const uint32_t *)(uintptr_t)handles;
}

static uint64_t *fake_sync_points(uint64_t points)
{
	return (uint64_t *)(uintptr_t)points;
}

int fake_sync_create(struct fake_file *file, void *arg)
{
	struct drm_syncobj_create *args = arg;
	uint32_t i;

	if (args->flags & ~DRM_SYNCOBJ_CREATE_SIGNALED)
		return -EINVAL;

	for (i = 1; i < FAKE_MAX_SYNCOBJS && file->syncobjs[i].used; i++)
		;
	if (i == FAKE_MAX_SYNCOBJS)
		return -ENOMEM;

	file->syncobjs[i] = (struct fake_syncobj){
		.used = true,
		.has_fence = args->flags & DRM_SYNCOBJ_CREATE_SIGNALED,
		.status = 1,
	};
	args->handle = i;
	return 0;
}

int fake_sync_destroy(struct fake_file *file, void *arg)
{
	struct drm_syncobj_destroy *args = arg;
	struct fake_syncobj *syncobj = fake_sync_lookup(file, args->handle);

	if (args->pad || !syncobj)
		return -EINVAL;

	syncobj->used = false;
	return 0;
}

/* Nothing ever comes later, so waiting for it is over at once. */
int fake_sync_wait(struct fake_file *file, void *arg)
{
	struct drm_syncobj_wait *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	struct fake_syncobj *syncobj;
	uint32_t i;

	if (!args->count_handles)
		return -EINVAL;

	for (i = 0; i < args->count_handles; i++) {
		syncobj = fake_sync_lookup(file, handles[i]);
		if (!syncobj)
			return -ENOENT;
		if (syncobj->has_fence)
			continue;
		return args->flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT ? -ETIME : -EINVAL;
	}
	if (fake_late_waits) {
		fake_late_waits--;
		return -ETIME;
	}
	return 0;
}

int fake_sync_timeline_wait(struct fake_file *file, void *arg)
{
	struct drm_syncobj_timeline_wait *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	const uint64_t *points = fake_sync_points(args->points);
	bool all = args->flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL;
	struct fake_syncobj *syncobj;
	uint32_t i, reached = 0;

	if (!args->count_handles)
		return -EINVAL;

	for (i = 0; i < args->count_handles; i++) {
		syncobj = fake_sync_lookup(file, handles[i]);
		if (!syncobj)
			return -ENOENT;
		if (syncobj->has_fence && syncobj->point >= points[i]) {
			if (!reached++)
				args->first_signaled = i;
			continue;
		}
		if (!(args->flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT))
			return -EINVAL;
	}
	return reached == args->count_handles || (reached && !all) ? 0 : -ETIME;
}

int fake_sync_reset_binary(struct fake_file *file, void *arg)
{
	struct drm_syncobj_array *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	uint32_t i;

	for (i = 0; i < args->count_handles; i++) {
		if (!fake_sync_lookup(file, handles[i]))
			return -ENOENT;
		file->syncobjs[handles[i]].has_fence = false;
	}
	return 0;
}

int fake_sync_signal(struct fake_file *file, void *arg)
{
	struct drm_syncobj_array *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	uint32_t i;

	for (i = 0; i < args->count_handles; i++) {
		if (!fake_sync_lookup(file, handles[i]))
			return -ENOENT;
		file->syncobjs[handles[i]].has_fence = true;
		file->syncobjs[handles[i]].status = 1;
	}
	return 0;
}

int fake_sync_timeline_signal(struct fake_file *file, void *arg)
{
	struct drm_syncobj_timeline_array *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	const uint64_t *points = fake_sync_points(args->points);
	uint32_t i;

	for (i = 0; i < args->count_handles; i++) {
		if (!fake_sync_lookup(file, handles[i]))
			return -ENOENT;
		file->syncobjs[handles[i]].has_fence = true;
		file->syncobjs[handles[i]].status = 1;
		file->syncobjs[handles[i]].point = points[i];
	}
	return 0;
}

int fake_sync_query(struct fake_file *file, void *arg)
{
	struct drm_syncobj_timeline_array *args = arg;
	const uint32_t *handles = fake_sync_handles(args->handles);
	uint64_t *points = fake_sync_points(args->points);
	uint32_t i;

	for (i = 0; i < args->count_handles; i++) {
		if (!fake_sync_lookup(file, handles[i]))
			return -ENOENT;
		points[i] = file->syncobjs[handles[i]].point;
	}
	return 0;
}

int fake_sync_transfer(struct fake_file *file, void *arg)
{
	struct drm_syncobj_transfer *args = arg;
	struct fake_syncobj *src = fake_sync_lookup(file, args->src_handle);
	struct fake_syncobj *dst = fake_sync_lookup(file, args->dst_handle);

	if (args->pad)
		return -EINVAL;
	if (!src || !dst)
		return -ENOENT;
	if (!src->has_fence || src->point < args->src_point)
		return -EINVAL;

	dst->has_fence = true;
	dst->status = src->status;
	dst->point = args->dst_point;
	return 0;
}

int fake_sync_make_file(int status)
{
	int fd = fake_make_file("sync_file", 0);
	struct fake_sync_file file = { .status = status };

	if (fd < 0)
		return -1;

	memcpy(file.magic, fake_sync_file_magic, sizeof(file.magic));
	if (pwrite(fd, &file, sizeof(file), 0) != sizeof(file)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool fake_sync_file_lookup(int fd, int *status)
{
	struct fake_sync_file file;

	if (pread(fd, &file, sizeof(file), 0) != sizeof(file) ||
	    memcmp(file.magic, fake_sync_file_magic, sizeof(file.magic)))
		return false;

	*status = file.status;
	return true;
}

int fake_sync_handle_to_fd(struct fake_file *file, void *arg)
{
	struct drm_syncobj_handle *args = arg;
	struct fake_syncobj *syncobj = fake_sync_lookup(file, args->handle);

	if (args->flags != DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE)
		return -EINVAL;
	if (!syncobj)
		return -ENOENT;
	if (!syncobj->has_fence)
		return -EINVAL;

	args->fd = fake_sync_make_file(syncobj->status);
	return args->fd < 0 ? -errno : 0;
}

int fake_sync_fd_to_handle(struct fake_file *file, void *arg)
{
	struct drm_syncobj_handle *args = arg;
	struct fake_syncobj *syncobj = fake_sync_lookup(file, args->handle);
	int status;

	if (args->flags != DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE ||
	    !fake_sync_file_lookup(args->fd, &status))
		return -EINVAL;
	if (!syncobj)
		return -ENOENT;

	syncobj->has_fence = true;
	syncobj->status = status;
	return 0;
}

int fake_sync_check(struct fake_file *file, const struct drm_asahi_sync *sync, bool wait)
{
	bool timeline = sync->sync_type == DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ;
	struct fake_syncobj *syncobj = fake_sync_lookup(file, sync->handle);

	if (!timeline && (sync->sync_type != DRM_ASAHI_SYNC_SYNCOBJ || sync->timeline_value))
		return -EINVAL;
	if (!syncobj)
		return -ENOENT;
	if (wait && (!syncobj->has_fence || syncobj->point < sync->timeline_value))
		return -EINVAL;
	return 0;
}

void fake_sync_complete(struct fake_file *file, const struct drm_asahi_sync *sync, int status)
{
	struct fake_syncobj *syncobj = fake_sync_lookup(file, sync->handle);

	syncobj->has_fence = true;
	syncobj->status = status;
	syncobj->point = sync->timeline_value;
}

/*
 * As the kernel does it: a caller that brings no room for the fences learns their number and, of a
 * fence that has signaled, nothing about an error.
 */
int fake_sync_file_ioctl(int fd, unsigned long request, void *arg)
{
	struct sync_file_info *info = arg;
	struct sync_fence_info *fence;
	int status;

	if (!fake_sync_file_lookup(fd, &status) || request != SYNC_IOC_FILE_INFO)
		return -ENOTTY;
	if (info->flags || info->pad)
		return -EINVAL;

	if (info->num_fences) {
		fence = (struct sync_fence_info *)(uintptr_t)info->sync_fence_info;
		fence->status = status;
		info->status = status;
	} else {
		info->status = status ? 1 : 0;
	}
	info->num_fences = 1;
	return 0;
}
