// SPDX-License-Identifier: MIT
/* A file's jobs on many queues that wait for one on its first. */
#include <unistd.h>

#include "asahi_followers.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Submit @jobs that store to @va, the first when @in has signalled; returns the fence of that. */
static int start_behind(struct asahi_client *client, uint32_t queue_id, uint64_t va,
			unsigned int jobs, const struct drm_asahi_sync *in)
{
	struct drm_asahi_sync syncs[2] = { *in, asahi_sync_binary(syncobj_create(client->fd, 0)) };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	int fence;

	asahi_job_init(client, &job, ASAHI_SHADER_STORE, va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client->fd, syncs[1].handle);
	syncobj_destroy(client->fd, syncs[1].handle);
	while (--jobs)
		igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, &cmdbuf, NULL, 0, 0), 0);
	return fence;
}

void asahi_followers_start(struct asahi_followers *f, struct asahi_client *client, uint64_t va,
			   unsigned int num, unsigned int jobs, int unsignalled)
{
	struct drm_asahi_sync in = asahi_sync_binary(syncobj_create(client->fd, 0));
	unsigned int i;
	uint32_t queue_id;

	igt_assert_lte(num, ASAHI_MAX_FOLLOWERS);
	f->num = num;
	syncobj_import_sync_file(client->fd, in.handle, unsignalled);
	f->fences[0] = start_behind(client, client->queue_id, va, 1, &in);
	syncobj_import_sync_file(client->fd, in.handle, f->fences[0]);
	for (i = 1; i <= num; i++) {
		queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
		f->fences[i] = start_behind(client, queue_id, va + i * sizeof(uint32_t), jobs, &in);
	}
	syncobj_destroy(client->fd, in.handle);
}

unsigned int asahi_followers_count(const struct asahi_followers *f, int status)
{
	unsigned int i, count = 0;

	for (i = 0; i <= f->num; i++)
		count += sync_fence_status(f->fences[i]) == status;
	return count;
}

void asahi_followers_fini(struct asahi_followers *f)
{
	unsigned int i;

	for (i = 0; i <= f->num; i++)
		close(f->fences[i]);
}
