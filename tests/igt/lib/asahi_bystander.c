// SPDX-License-Identifier: MIT
/* A job that need not wait for anything. */
#include <unistd.h>

#include "asahi_bystander.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_sync.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

/* The first may be quicker than a job that was there before it, on a GPU that runs several. */
#define RUNS 4

/* Where jobs run one at a time. */
#define SOME_TIME_US 200000

void asahi_bystander_init(struct asahi_client *client, struct asahi_bystander *b)
{
	b->beside = asahi_runs_side_by_side(client);
	b->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	b->out = syncobj_create(client->fd, 0);
	asahi_job_init(client, &b->job, ASAHI_SHADER_STOP, 0, 0, 0);
}

static bool run(struct asahi_bystander *b)
{
	struct asahi_client *client = b->job.client;
	const struct drm_asahi_sync out = asahi_sync_binary(b->out);
	struct asahi_cmdbuf cmdbuf = { 0 };
	int fence, status = 0;

	asahi_cmdbuf_compute(&cmdbuf, &b->job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	if (__asahi_cmdbuf_submit(client, b->queue_id, &cmdbuf, &out, 0, 1))
		return false;
	fence = asahi_sync_export(client->fd, b->out);
	if (!sync_fence_wait(fence, asahi_hang_ms() / 2))
		status = sync_fence_status(fence);
	close(fence);

	return status == 1;
}

bool asahi_bystander_run(struct asahi_bystander *b)
{
	unsigned int i;

	if (!b->beside) {
		usleep(SOME_TIME_US);
		return true;
	}

	for (i = 0; i < RUNS; i++)
		if (!run(b))
			return false;
	return true;
}

void asahi_bystander_fini(struct asahi_bystander *b)
{
	int fd = b->job.client->fd;

	syncobj_destroy(fd, b->out);
	asahi_queue_destroy(fd, b->queue_id);
}
