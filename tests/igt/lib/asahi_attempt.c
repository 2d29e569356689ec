// SPDX-License-Identifier: MIT
/* Submits that must not work. */
#include "asahi_attempt.h"
#include "asahi_device.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

static void create_syncobjs(struct asahi_attempt *t)
{
	t->binary = syncobj_create(t->client.fd, 0);
	t->timeline = syncobj_create(t->client.fd, 0);
}

static void destroy_syncobjs(struct asahi_attempt *t)
{
	syncobj_destroy(t->client.fd, t->timeline);
	syncobj_destroy(t->client.fd, t->binary);
}

void asahi_attempt_init(struct asahi_attempt *t)
{
	asahi_client_init(&t->client);
	asahi_bo_init(&t->client, &t->bo, ASAHI_PAGE);
	asahi_job_init(&t->client, &t->job, ASAHI_SHADER_STORE, t->bo.va, 0, 0);
	t->cmdbuf.size = 0;
	create_syncobjs(t);
}

void asahi_attempt_fini(struct asahi_attempt *t)
{
	uint64_t point;

	igt_assert_eq_u32(t->bo.map[0], 0);
	igt_assert(!asahi_sync_has_fence(t->client.fd, t->binary));
	syncobj_timeline_query(t->client.fd, &t->timeline, &point, 1);
	igt_assert_eq_u64(point, 0);

	igt_assert_eq(asahi_job_run(&t->job), 1);
	igt_assert_eq_u32(t->bo.map[0], ASAHI_STORE_VALUE);

	destroy_syncobjs(t);
	asahi_bo_fini(&t->client, &t->bo);
	asahi_client_fini(&t->client);
}

void asahi_attempt_begin(struct asahi_attempt *t)
{
	t->cmdbuf.size = 0;
	asahi_cmdbuf_compute(&t->cmdbuf, &t->job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
}

struct drm_asahi_submit asahi_attempt_request(struct asahi_attempt *t)
{
	asahi_attempt_begin(t);
	return (struct drm_asahi_submit){
		.cmdbuf = (uintptr_t)t->cmdbuf.data,
		.cmdbuf_size = t->cmdbuf.size,
		.queue_id = t->client.queue_id,
	};
}

int asahi_attempt_submit(struct asahi_attempt *t)
{
	const struct drm_asahi_sync outs[] = {
		asahi_sync_binary(t->binary),
		asahi_sync_point(t->timeline, 5),
	};

	return __asahi_cmdbuf_submit(&t->client, t->client.queue_id, &t->cmdbuf, outs, 0, 2);
}

void asahi_attempt_strict(struct asahi_attempt *t, int err)
{
	if (!asahi_assert_strict(t->client.fd, asahi_attempt_submit(t), err))
		return;

	asahi_sync_wait(t->client.fd, t->binary);
	destroy_syncobjs(t);
	create_syncobjs(t);
	t->bo.map[0] = 0;
}
