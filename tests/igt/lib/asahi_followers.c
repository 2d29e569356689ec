// SPDX-License-Identifier: MIT
/* A file's jobs on many queues that wait for one on its first. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asahi_followers.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Jobs that together take long to be cancelled: each has to be taken off each of its fences. */
#define SLOW_JOBS 400

static void init_store(struct asahi_client *client, struct asahi_cmdbuf *cmdbuf, uint64_t va)
{
	struct asahi_job job;

	memset(cmdbuf, 0, sizeof(*cmdbuf));
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, va, 0, 0);
	asahi_cmdbuf_compute(cmdbuf, &job.compute, NONE, NONE);
}

/* Submit a job that stores to @va when @in has signalled; returns its fence. */
static int start_behind(struct asahi_client *client, uint32_t queue_id, uint64_t va,
			const struct drm_asahi_sync *in)
{
	struct drm_asahi_sync syncs[2] = { *in, asahi_sync_binary(syncobj_create(client->fd, 0)) };
	struct asahi_cmdbuf cmdbuf;
	int fence;

	init_store(client, &cmdbuf, va);
	igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client->fd, syncs[1].handle);
	syncobj_destroy(client->fd, syncs[1].handle);
	return fence;
}

/* Submit jobs to a queue of their own that store to @va when all of @fences have signalled. */
static void start_slow(struct asahi_client *client, uint64_t va, const int *fences,
		       unsigned int num)
{
	uint32_t queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	struct drm_asahi_sync *ins = calloc(num, sizeof(*ins));
	struct asahi_cmdbuf cmdbuf;
	unsigned int i;

	igt_assert(ins);
	for (i = 0; i < num; i++) {
		ins[i] = asahi_sync_binary(syncobj_create(client->fd, 0));
		syncobj_import_sync_file(client->fd, ins[i].handle, fences[i]);
	}
	init_store(client, &cmdbuf, va);
	for (i = 0; i < SLOW_JOBS; i++)
		igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, &cmdbuf, ins, num, 0), 0);
	free(ins);
}

void asahi_followers_start(struct asahi_followers *f, struct asahi_client *client, uint64_t va,
			   unsigned int num, const int *unsignalled, unsigned int num_unsignalled)
{
	struct drm_asahi_sync in = asahi_sync_binary(syncobj_create(client->fd, 0));
	unsigned int i;
	uint32_t queue_id;

	igt_assert_lte(num, ASAHI_MAX_FOLLOWERS);
	f->num = num;
	syncobj_import_sync_file(client->fd, in.handle, unsignalled[0]);
	f->fences[0] = start_behind(client, client->queue_id, va, &in);
	if (num_unsignalled > 1)
		start_slow(client, va, unsignalled, num_unsignalled);
	syncobj_import_sync_file(client->fd, in.handle, f->fences[0]);
	for (i = 1; i <= num; i++) {
		queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
		f->fences[i] = start_behind(client, queue_id, va + i * sizeof(uint32_t), &in);
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
