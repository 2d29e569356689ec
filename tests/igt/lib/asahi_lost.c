// SPDX-License-Identifier: MIT
/* Calls on a GPU that is lost. */
#include <errno.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_lost.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

#define NONE DRM_ASAHI_BARRIER_NONE

static void call_submit(struct asahi_job *job, struct asahi_lost *lost)
{
	struct asahi_client *client = job->client;
	const struct drm_asahi_sync syncs[2] = {
		asahi_sync_binary(syncobj_create(client->fd, 0)), asahi_sync_binary(UINT32_MAX),
	};
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_submit req;

	asahi_cmdbuf_compute(&cmdbuf, &job->compute, NONE, NONE);
	lost->submit = __asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, 0, 1);
	lost->queue = __asahi_cmdbuf_submit(client, UINT32_MAX, &cmdbuf, syncs, 0, 1);
	lost->sync = __asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, 0, 2);
	req = (struct drm_asahi_submit){
		.queue_id = client->queue_id, .cmdbuf_size = cmdbuf.size,
	};
	lost->pointer = __asahi_submit(client->fd, &req);
	asahi_cmdbuf_add(&cmdbuf, UINT16_MAX, NULL, 0, NONE, NONE);
	lost->command = __asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, 0, 1);
	lost->has_fence = asahi_sync_has_fence(client->fd, syncs[0].handle);
	syncobj_destroy(client->fd, syncs[0].handle);
}

void asahi_lost_call(struct asahi_job *job, struct asahi_lost *lost)
{
	struct asahi_client *client = job->client;
	struct drm_asahi_params_global data;
	struct drm_asahi_get_params params = {
		.pointer = (uintptr_t)&data, .size = sizeof(data),
	};
	struct drm_asahi_get_time time = { 0 };
	uint32_t queue_id = 0;

	lost->params = asahi_ioctl(client->fd, DRM_IOCTL_ASAHI_GET_PARAMS, &params);
	params.param_group = 1;
	lost->group = asahi_ioctl(client->fd, DRM_IOCTL_ASAHI_GET_PARAMS, &params);
	lost->time = asahi_ioctl(client->fd, DRM_IOCTL_ASAHI_GET_TIME, &time);
	call_submit(job, lost);
	lost->create = __asahi_queue_create(client->fd, client->vm_id, DRM_ASAHI_PRIORITY_LOW,
					    client->usc_base, &queue_id);
	lost->destroy = __asahi_queue_destroy(client->fd, queue_id);
}

void asahi_lost_assert(const struct asahi_lost *lost)
{
	igt_assert_eq(lost->params, -ENODEV);
	igt_assert_eq(lost->group, -EINVAL);
	igt_assert_eq(lost->time, 0);
	igt_assert_eq(lost->submit, -ENODEV);
	igt_assert_eq(lost->queue, -ENOENT);
	igt_assert_eq(lost->sync, -ENOENT);
	igt_assert_eq(lost->pointer, -EFAULT);
	igt_assert_eq(lost->command, -ENODEV);
	igt_assert_eq(lost->create, 0);
	igt_assert_eq(lost->destroy, 0);
	igt_assert(!lost->has_fence);
}
