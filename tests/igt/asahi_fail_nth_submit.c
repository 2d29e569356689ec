// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fail nth submit
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: memory
 * Functionality: fault injection
 * Description: Every allocation of a SUBMIT fails in turn: it says so and has done nothing, or does
 *	without. Needs a kernel that can let allocations fail.
 */
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_reclaim.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Allocations of SUBMIT that fail, one by one");

#define NONE DRM_ASAHI_BARRIER_NONE

/* A SUBMIT with everything that one can have. */
struct submit {
	struct asahi_stamps stamps;
	struct asahi_client *client;
	struct asahi_bo bo;
	struct asahi_job job;
	struct asahi_cmdbuf cmdbuf;
	/* In: binary, timeline; out: binary, timeline. */
	struct drm_asahi_sync syncs[4];
};

static int call_submit(void *data)
{
	struct submit *s = data;

	return __asahi_cmdbuf_submit(s->client, s->client->queue_id, &s->cmdbuf, s->syncs, 2, 2);
}

/* Syncobjs that no submit has used. */
static void new_outs(struct submit *s)
{
	s->syncs[2] = asahi_sync_binary(syncobj_create(s->client->fd, 0));
	s->syncs[3] = asahi_sync_point(syncobj_create(s->client->fd, 0), 7);
}

static void destroy_outs(struct submit *s)
{
	syncobj_destroy(s->client->fd, s->syncs[2].handle);
	syncobj_destroy(s->client->fd, s->syncs[3].handle);
}

static void unchanged_submit(void *data)
{
	struct submit *s = data;
	uint64_t point;

	igt_assert_eq_u32(s->bo.map[0], 0);
	igt_assert_eq_u64(s->stamps.words[0], 0);
	igt_assert(!asahi_sync_has_fence(s->client->fd, s->syncs[2].handle));
	syncobj_timeline_query(s->client->fd, &s->syncs[3].handle, &point, 1);
	igt_assert_eq_u64(point, 0);
}

static void undo_submit(void *data)
{
	struct submit *s = data;

	asahi_sync_wait(s->client->fd, s->syncs[2].handle);
	asahi_sync_wait_point(s->client->fd, s->syncs[3].handle, 7);
	igt_assert_eq_u32(s->bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_neq_u64(s->stamps.words[0], 0);
	igt_assert_neq_u64(s->stamps.words[1], 0);
	s->bo.map[0] = 0;
	s->stamps.words[0] = 0;
	s->stamps.words[1] = 0;
	destroy_outs(s);
	new_outs(s);
}

/**
 * SUBTEST: all
 * Description: SUBMIT with timestamps and with binary and timeline syncobjs to wait for and to
 *	signal.
 */
static void sweep_submit(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT",
		.call = call_submit,
		.undo = undo_submit,
		.unchanged = unchanged_submit,
	};
	struct submit s = { 0 };
	uint32_t timeline;
	uint64_t point = 3;

	asahi_require_fail();
	asahi_stamps_init(&s.stamps);
	s.client = &s.stamps.client;
	asahi_require_simulated(s.client->fd, ASAHI_ALLOCATES);
	asahi_bo_init(s.client, &s.bo, ASAHI_PAGE);
	asahi_job_init(s.client, &s.job, ASAHI_SHADER_STORE, s.bo.va, 0, 0);
	asahi_stamp_compute(&s.job.compute, &s.stamps, 0);
	asahi_cmdbuf_compute(&s.cmdbuf, &s.job.compute, DRM_ASAHI_BARRIER_NONE, 0);

	s.syncs[0] = asahi_sync_binary(syncobj_create(s.client->fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	timeline = syncobj_create(s.client->fd, 0);
	syncobj_timeline_signal(s.client->fd, &timeline, &point, 1);
	s.syncs[1] = asahi_sync_point(timeline, point);
	new_outs(&s);
	asahi_sweep(&sweep, &s);

	destroy_outs(&s);
	syncobj_destroy(s.client->fd, s.syncs[0].handle);
	syncobj_destroy(s.client->fd, s.syncs[1].handle);
	asahi_bo_fini(s.client, &s.bo);
	asahi_stamps_fini(&s.stamps);
}

/* Buffer objects that can be shared, so that each has fences of its own, and what they hold. */
#define NUM_SHARED 6

struct shared {
	uint32_t handles[NUM_SHARED];
	uint64_t va;
};

static void shared_init(struct shared *shared, struct asahi_client *client)
{
	unsigned int i;

	for (i = 0; i < NUM_SHARED; i++) {
		shared->handles[i] = asahi_gem_create(client->fd, ASAHI_PAGE);
		asahi_vm_map(client->fd, client->vm_id, shared->handles[i], 0, ASAHI_PAGE,
			     shared->va + i * ASAHI_PAGE, ASAHI_RW);
	}
}

static void shared_fini(struct shared *shared, struct asahi_client *client)
{
	unsigned int i;

	for (i = 0; i < NUM_SHARED; i++)
		gem_close(client->fd, shared->handles[i]);
}

/* A SUBMIT of a render and a compute command with attachments, which waits. */
#define NUM_IN 4

struct waiting {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_cmdbuf cmdbuf;
	struct shared shared;
	int timeline;
	uint32_t seqno;
	/* In: binary and timeline in turn; out: binary. */
	struct drm_asahi_sync syncs[NUM_IN + 1];
};

static int call_waiting(void *data)
{
	struct waiting *w = data;

	return __asahi_cmdbuf_submit(&w->client, w->client.queue_id, &w->cmdbuf, w->syncs, NUM_IN,
				     1);
}

/* Fences that have not signalled, and buffer objects that have no room for fences yet. */
static void waiting_renew(struct waiting *w)
{
	unsigned int i;

	w->seqno++;
	for (i = 0; i < NUM_IN; i++) {
		uint32_t binary = syncobj_create(w->client.fd, 0);
		int fence = sw_sync_timeline_create_fence(w->timeline, w->seqno);

		syncobj_import_sync_file(w->client.fd, binary, fence);
		close(fence);
		w->syncs[i] = asahi_sync_binary(binary);
		if (i % 2 == 0)
			continue;
		w->syncs[i] = asahi_sync_point(syncobj_create(w->client.fd, 0), 3);
		syncobj_binary_to_timeline(w->client.fd, w->syncs[i].handle, 3, binary);
		syncobj_destroy(w->client.fd, binary);
	}
	w->syncs[NUM_IN] = asahi_sync_binary(syncobj_create(w->client.fd, 0));
	shared_init(&w->shared, &w->client);
}

static void waiting_end(struct waiting *w)
{
	unsigned int i;

	for (i = 0; i <= NUM_IN; i++)
		syncobj_destroy(w->client.fd, w->syncs[i].handle);
	shared_fini(&w->shared, &w->client);
}

static void unchanged_waiting(void *data)
{
	struct waiting *w = data;

	igt_assert(!asahi_sync_has_fence(w->client.fd, w->syncs[NUM_IN].handle));
}

static void undo_waiting(void *data)
{
	struct waiting *w = data;

	igt_assert(asahi_sync_is_busy(w->client.fd, w->syncs[NUM_IN].handle));
	igt_assert_eq_u32(w->bo.map[0], 0);
	sw_sync_timeline_inc(w->timeline, 1);
	asahi_sync_wait(w->client.fd, w->syncs[NUM_IN].handle);
	igt_assert_eq_u32(w->bo.map[0], ASAHI_STORE_VALUE);
	w->bo.map[0] = 0;
	waiting_end(w);
	waiting_renew(w);
}

/**
 * SUBTEST: waiting
 * Description: SUBMIT of a render and a compute command with attachments, which waits for several
 *	fences and can reach buffer objects of which each has to know of it.
 */
static void sweep_submit_waiting(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT, waiting",
		.call = call_waiting,
		.undo = undo_waiting,
		.unchanged = unchanged_waiting,
	};
	struct drm_asahi_attachment attachments[2] = { 0 };
	struct drm_asahi_cmd_render render;
	struct waiting w = { 0 };
	struct asahi_job job;

	asahi_require_fail();
	igt_require_sw_sync();
	asahi_client_init(&w.client);
	asahi_require_simulated(w.client.fd, ASAHI_ALLOCATES);
	asahi_bo_init(&w.client, &w.bo, ASAHI_PAGE);
	w.shared.va = asahi_client_va(&w.client, NUM_SHARED * ASAHI_PAGE);
	attachments[0].pointer = w.bo.va;
	attachments[0].size = ASAHI_PAGE;
	attachments[1] = attachments[0];
	asahi_render_empty(&w.client, &render);
	asahi_job_init(&w.client, &job, ASAHI_SHADER_STORE, w.bo.va, 0, 0);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_VERTEX_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_render(&w.cmdbuf, &render, NONE, NONE);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_compute(&w.cmdbuf, &job.compute, 1, NONE);

	w.timeline = sw_sync_timeline_create();
	waiting_renew(&w);
	asahi_sweep(&sweep, &w);
	waiting_end(&w);
	close(w.timeline);
	asahi_bo_fini(&w.client, &w.bo);
	asahi_client_fini(&w.client);
}

/* A SUBMIT with all memory evicted: of private buffer objects, shareable ones, repeated pages. */
struct evicted {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_cmdbuf cmdbuf;
	struct shared shared;
	uint32_t private;
	struct drm_asahi_sync out;
	/* Of all of them. */
	uint64_t size;
};

static int call_evicted(void *data)
{
	struct evicted *e = data;

	return __asahi_cmdbuf_submit(&e->client, e->client.queue_id, &e->cmdbuf, &e->out, 0, 1);
}

static void evict_more(struct evicted *e)
{
	igt_assert_eq_u64(asahi_evict_all(), e->size);
}

static void unchanged_evicted(void *data)
{
	struct evicted *e = data;

	igt_assert(!asahi_sync_has_fence(e->client.fd, e->out.handle));
	igt_assert_eq_u32(e->bo.map[0], 0);
	evict_more(e);
}

static void undo_evicted(void *data)
{
	struct evicted *e = data;

	asahi_sync_wait(e->client.fd, e->out.handle);
	igt_assert_eq_u32(e->bo.map[0], ASAHI_STORE_VALUE);
	e->bo.map[0] = 0;
	syncobj_destroy(e->client.fd, e->out.handle);
	e->out = asahi_sync_binary(syncobj_create(e->client.fd, 0));
	evict_more(e);
}

/* Large enough for tables that are shared, whatever the size of a page is. */
#define LARGE (256ull << 20)

/**
 * SUBTEST: evicted
 * Description: SUBMIT to an address space all of whose memory has been evicted.
 */
static void sweep_submit_evicted(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT, evicted",
		.call = call_evicted,
		.undo = undo_evicted,
		.unchanged = unchanged_evicted,
	};
	struct evicted e = { 0 };
	struct asahi_client *client = &e.client;
	struct asahi_job job;
	uint64_t va;

	asahi_require_fail();
	asahi_client_init(client);
	asahi_require_simulated(client->fd, ASAHI_ALLOCATES);
	asahi_reclaim_find(client->fd);
	asahi_bo_init(client, &e.bo, ASAHI_PAGE);
	e.shared.va = asahi_client_va(client, NUM_SHARED * ASAHI_PAGE);
	shared_init(&e.shared, client);
	e.private = asahi_gem_create_private(client->fd, 2 * ASAHI_PAGE, client->vm_id);
	va = asahi_client_va(client, LARGE);
	asahi_vm_map(client->fd, client->vm_id, e.private, 0, LARGE, va,
		     ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
	asahi_vm_unmap(client->fd, client->vm_id, ASAHI_PAGE, va + 5 * ASAHI_PAGE);
	e.size = client->arena.size + e.bo.size + (NUM_SHARED + 2) * ASAHI_PAGE;

	asahi_job_init(client, &job, ASAHI_SHADER_STORE, e.bo.va, 0, 0);
	asahi_cmdbuf_compute(&e.cmdbuf, &job.compute, NONE, NONE);
	e.out = asahi_sync_binary(syncobj_create(client->fd, 0));
	evict_more(&e);
	asahi_sweep(&sweep, &e);

	syncobj_destroy(client->fd, e.out.handle);
	gem_close(client->fd, e.private);
	shared_fini(&e.shared, client);
	asahi_bo_fini(client, &e.bo);
	asahi_client_fini(client);
}

static const struct asahi_subtest subtests[] = {
	{ "all", "SUBMIT without memory fails and has signalled nothing, or works.", sweep_submit },
	{ "waiting", "SUBMIT that waits fails without memory and leaves nothing, or works.",
	  sweep_submit_waiting },
	{ "evicted", "SUBMIT brings back what was evicted, or fails without memory.",
	  sweep_submit_evicted },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
