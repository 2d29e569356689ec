// SPDX-License-Identifier: MIT
/* Steps that are about files, and what the core does with buffers and syncobjs. */
#include <errno.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_model_calls.h"

int asahi_call_open(const struct asahi_call *call)
{
	struct drm_syncobj_create sync = { 0 };
	struct drm_prime_handle prime = { .fd = call->run->scene->dma_buf };
	int ret, fd = asahi_model_scene_open(call->run->scene);

	call->run->fds[call->step->file] = fd;
	ret = asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &sync);
	if (!ret)
		ret = asahi_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);
	call->result->number = prime.handle;
	call->result->sync = sync.handle;
	return ret;
}

int asahi_call_close(const struct asahi_call *call)
{
	int fd = file(call);

	if (fd < 0)
		return -EBADF;
	call->run->fds[call->step->file] = -1;
	asahi_close(fd);
	return 0;
}

int asahi_call_gem_close(const struct asahi_call *call)
{
	return __asahi_gem_close(file(call), number(call, ASAHI_KIND_BO, ASAHI_ARG_ID));
}

int asahi_call_export(const struct asahi_call *call)
{
	struct drm_prime_handle req = {
		.handle = number(call, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = call->step->arg[ASAHI_BO_FLAGS],
		.fd = -1,
	};
	int ret = asahi_ioctl(file(call), DRM_IOCTL_PRIME_HANDLE_TO_FD, &req);

	if (!ret)
		call->run->dmabufs[call->step->slot % ASAHI_MODEL_SLOTS] = req.fd;
	return ret;
}

int asahi_call_import(const struct asahi_call *call)
{
	uint64_t slot = call->step->arg[ASAHI_ARG_ID];
	struct drm_prime_handle req = { .fd = -1 };
	int ret;

	if (slot < ASAHI_MODEL_SLOTS)
		req.fd = call->run->dmabufs[slot];
	else if (slot == ASAHI_MODEL_SLOTS)
		req.fd = call->run->scene->over;
	ret = asahi_ioctl(file(call), DRM_IOCTL_PRIME_FD_TO_HANDLE, &req);
	call->result->number = req.handle;
	return ret;
}

int asahi_call_dmabuf_close(const struct asahi_call *call)
{
	int *fd = &call->run->dmabufs[call->step->slot % ASAHI_MODEL_SLOTS];
	int ret = *fd < 0 || close(*fd) ? -EBADF : 0;

	*fd = -1;
	return ret;
}

int asahi_call_sync_create(const struct asahi_call *call)
{
	struct drm_syncobj_create req = { .flags = call->step->arg[ASAHI_ARG_ID] };
	int ret = asahi_ioctl(file(call), DRM_IOCTL_SYNCOBJ_CREATE, &req);

	call->result->number = req.handle;
	return ret;
}

int asahi_call_sync_destroy(const struct asahi_call *call)
{
	struct drm_syncobj_destroy req = {
		.handle = number(call, ASAHI_KIND_SYNC, ASAHI_ARG_ID),
	};

	return asahi_ioctl(file(call), DRM_IOCTL_SYNCOBJ_DESTROY, &req);
}

static int sync_array(const struct asahi_call *call, unsigned long request)
{
	uint32_t handle = number(call, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
	struct drm_syncobj_array req = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return asahi_ioctl(file(call), request, &req);
}

int asahi_model_call_wait(int fd, uint32_t handle, uint64_t point)
{
	struct drm_syncobj_timeline_wait req = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	return asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &req);
}

int asahi_call_sync_wait(const struct asahi_call *call)
{
	return asahi_model_call_wait(file(call), number(call, ASAHI_KIND_SYNC, ASAHI_WAIT_ID),
				     call->step->arg[ASAHI_WAIT_POINT]);
}

int asahi_call_sync_signal(const struct asahi_call *call)
{
	return sync_array(call, DRM_IOCTL_SYNCOBJ_SIGNAL);
}

int asahi_call_sync_reset(const struct asahi_call *call)
{
	return sync_array(call, DRM_IOCTL_SYNCOBJ_RESET);
}

int asahi_call_sync_share(const struct asahi_call *call)
{
	struct drm_syncobj_handle req = {
		.handle = number(call, ASAHI_KIND_SYNC, ASAHI_SHARE_ID),
		.fd = -1,
	};
	uint64_t to = call->step->arg[ASAHI_SHARE_TO];
	int ret, fd;

	ret = asahi_ioctl(file(call), DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);
	if (ret)
		return ret;
	fd = req.fd;
	req.handle = 0;
	ret = asahi_ioctl(to < ASAHI_MODEL_FILES ? call->run->fds[to] : -1,
			  DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req);
	close(fd);
	call->result->number = req.handle;
	return ret;
}

int asahi_call_gate(const struct asahi_call *call)
{
	struct asahi_model_scene *scene = call->run->scene;
	struct drm_syncobj_handle req = {
		.handle = number(call, ASAHI_KIND_SYNC, ASAHI_ARG_ID),
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = call->expect->ret[0] ? scene->over : asahi_model_scene_gate(scene),
	};

	return asahi_ioctl(file(call), DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req);
}

int asahi_call_release(const struct asahi_call *call)
{
	return asahi_model_scene_release(call->run->scene);
}

int asahi_call_end(const struct asahi_call *call)
{
	call->run->scene->spins[call->step->slot % ASAHI_MODEL_SPINS].state[0] = 1;
	return 0;
}
