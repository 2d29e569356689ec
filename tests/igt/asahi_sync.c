// SPDX-License-Identifier: MIT
/**
 * TEST: asahi sync
 * Category: Core
 * Mega feature: Synchronization
 * Sub-category: syncobjs
 * Functionality: SUBMIT
 * Description: What submits wait for and signal.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_blocker.h"
#include "asahi_bystander.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("SUBMIT: syncobjs, binary and timeline");

#define NONE DRM_ASAHI_BARRIER_NONE

/* A blocker, a job that stores a word, and one that has nothing to wait for. */
struct pair {
	struct asahi_client client;
	struct asahi_blocker blocker;
	struct asahi_bystander bystander;
	struct asahi_bo bo;
	struct asahi_job job;
	struct asahi_cmdbuf cmdbuf;
};

static void pair_init(struct pair *p)
{
	asahi_client_init(&p->client);
	asahi_blocker_init(&p->client, &p->blocker);
	asahi_bystander_init(&p->client, &p->bystander);
	asahi_bo_init(&p->client, &p->bo, ASAHI_PAGE);
	asahi_job_init(&p->client, &p->job, ASAHI_SHADER_STORE, p->bo.va, 0, 0);
	p->cmdbuf.size = 0;
	asahi_cmdbuf_compute(&p->cmdbuf, &p->job.compute, NONE, NONE);
}

static void pair_fini(struct pair *p)
{
	asahi_bystander_fini(&p->bystander);
	asahi_blocker_fini(&p->blocker);
	asahi_bo_fini(&p->client, &p->bo);
	asahi_client_fini(&p->client);
}

/* Submit the job that stores. */
static void submit(struct pair *p, const struct drm_asahi_sync *syncs, uint32_t in, uint32_t out)
{
	igt_assert_eq(__asahi_cmdbuf_submit(&p->client, p->client.queue_id, &p->cmdbuf, syncs,
					    in, out), 0);
}

/* Tell a blocker to end, for which the job that stores has waited until now. */
static void release(struct pair *p, struct asahi_blocker *blocker)
{
	bool others = asahi_bystander_run(&p->bystander);
	uint32_t early = p->bo.map[0];

	asahi_blocker_release(blocker);
	igt_assert_f(others, "a job without in-syncs does not run\n");
	igt_assert_eq_u32(early, 0);
}

/**
 * SUBTEST: binary-out
 * Description: The fence of a submit is in the syncobj when SUBMIT returns, in place of an older
 *	one, and signals when the job is over and not before.
 */
static void binary_out(void)
{
	struct drm_asahi_sync out;
	struct pair p;
	bool busy;

	pair_init(&p);
	out = asahi_sync_binary(syncobj_create(p.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	asahi_blocker_start(&p.blocker, &out, 1);
	busy = asahi_sync_is_busy(p.client.fd, out.handle);
	asahi_blocker_release(&p.blocker);
	igt_assert(busy);
	asahi_sync_wait(p.client.fd, out.handle);

	submit(&p, &out, 0, 1);
	asahi_sync_wait(p.client.fd, out.handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: binary-in
 * Description: A job starts when its in-sync has signalled and not before.
 */
static void binary_in(void)
{
	struct drm_asahi_sync syncs[2];
	bool busy, others;
	struct pair p;
	uint32_t early;

	pair_init(&p);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	asahi_blocker_start(&p.blocker, syncs, 1);
	submit(&p, syncs, 1, 1);
	others = asahi_bystander_run(&p.bystander);
	early = p.bo.map[0];
	busy = asahi_sync_is_busy(p.client.fd, syncs[1].handle);
	asahi_blocker_release(&p.blocker);
	igt_assert_f(others, "a job without in-syncs does not run\n");
	igt_assert_eq_u32(early, 0);
	igt_assert(busy);
	asahi_sync_wait(p.client.fd, syncs[1].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: binary-in-signalled
 * Description: A syncobj that has signalled, by a job or by the CPU, holds nothing up.
 */
static void binary_in_signalled(void)
{
	struct drm_asahi_sync syncs[3];
	struct pair p;

	pair_init(&p);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	submit(&p, &syncs[1], 0, 1);
	asahi_sync_wait(p.client.fd, syncs[1].handle);
	p.bo.map[0] = 0;
	syncs[2] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	submit(&p, syncs, 2, 1);
	asahi_sync_wait(p.client.fd, syncs[2].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: in-and-out
 * Description: A submit may wait for a syncobj and signal the same one.
 */
static void in_and_out(void)
{
	struct drm_asahi_sync syncs[2];
	struct pair p;
	bool busy;

	pair_init(&p);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncs[1] = syncs[0];
	asahi_blocker_start(&p.blocker, syncs, 1);
	submit(&p, syncs, 1, 1);
	busy = asahi_sync_is_busy(p.client.fd, syncs[0].handle);
	asahi_blocker_release(&p.blocker);
	igt_assert(busy);
	asahi_sync_wait(p.client.fd, syncs[0].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: destroyed-syncobjs
 * Description: Syncobjs that are destroyed after SUBMIT still hold up, and are still signalled for
 *	who has their fence.
 */
static void destroyed_syncobjs(void)
{
	struct drm_asahi_sync syncs[2];
	struct pair p;
	int fence;

	pair_init(&p);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	asahi_blocker_start(&p.blocker, syncs, 1);
	submit(&p, syncs, 1, 1);
	fence = asahi_sync_export(p.client.fd, syncs[1].handle);
	syncobj_destroy(p.client.fd, syncs[0].handle);
	syncobj_destroy(p.client.fd, syncs[1].handle);
	release(&p, &p.blocker);
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: timeline-out
 * Description: Submits add points to a timeline, each of which signals with its job.
 */
static void timeline_out(void)
{
	struct drm_asahi_sync sync;
	struct pair p;
	uint64_t points[2], point;
	bool busy;

	pair_init(&p);
	sync = asahi_sync_point(syncobj_create(p.client.fd, 0), 3);
	submit(&p, &sync, 0, 1);
	asahi_sync_wait_point(p.client.fd, sync.handle, 3);
	sync.timeline_value = 7;
	asahi_blocker_start(&p.blocker, &sync, 1);
	syncobj_timeline_query(p.client.fd, &sync.handle, &points[0], 1);
	busy = asahi_sync_is_busy_point(p.client.fd, sync.handle, 7);
	asahi_blocker_release(&p.blocker);
	igt_assert(busy);
	igt_assert_eq_u64(points[0], 3);
	asahi_sync_wait_point(p.client.fd, sync.handle, 7);
	syncobj_timeline_query(p.client.fd, &sync.handle, &points[1], 1);
	igt_assert_eq_u64(points[1], 7);

	for (point = 8; point < 40; point++) {
		sync.timeline_value = point;
		submit(&p, &sync, 0, 1);
	}
	asahi_sync_wait_point(p.client.fd, sync.handle, 39);
	pair_fini(&p);
}

/**
 * SUBTEST: timeline-in
 * Description: A job that waits for a point starts when that point has signalled, whatever comes
 *	after it on the timeline.
 */
static void timeline_in(void)
{
	struct drm_asahi_sync syncs[2];
	uint32_t timeline, stored;
	struct pair p;
	uint64_t one = 1;
	bool first;
	int fence;

	pair_init(&p);
	igt_require_f(asahi_runs_side_by_side(&p.client), "the GPU runs one queue at a time\n");
	timeline = syncobj_create(p.client.fd, 0);
	syncobj_timeline_signal(p.client.fd, &timeline, &one, 1);
	syncs[0] = asahi_sync_point(timeline, 2);
	asahi_blocker_start(&p.blocker, syncs, 1);

	/* Points that have signalled hold nothing up, even with an unsignalled one behind. */
	syncs[0] = asahi_sync_point(timeline, 1);
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	submit(&p, syncs, 1, 1);
	fence = asahi_sync_export(p.client.fd, syncs[1].handle);
	first = !sync_fence_wait(fence, asahi_hang_ms() / 2);
	stored = p.bo.map[0];
	p.bo.map[0] = 0;

	syncs[0] = asahi_sync_point(timeline, 2);
	submit(&p, syncs, 1, 1);
	release(&p, &p.blocker);
	igt_assert(first);
	igt_assert_eq_u32(stored, ASAHI_STORE_VALUE);
	asahi_sync_wait(p.client.fd, syncs[1].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	close(fence);
	pair_fini(&p);
}

/**
 * SUBTEST: many-out
 * Description: One submit signals hundreds of syncobjs and points.
 */
static void many_out(void)
{
	enum { NUM = 400 };
	static struct drm_asahi_sync syncs[NUM];
	struct pair p;
	uint32_t i;

	pair_init(&p);
	for (i = 0; i < NUM; i++) {
		uint32_t handle = syncobj_create(p.client.fd, 0);

		syncs[i] = i & 1 ? asahi_sync_point(handle, i) : asahi_sync_binary(handle);
	}
	submit(&p, syncs, 0, NUM);
	for (i = 0; i < NUM; i++) {
		if (i & 1)
			asahi_sync_wait_point(p.client.fd, syncs[i].handle, i);
		else
			asahi_sync_wait(p.client.fd, syncs[i].handle);
	}
	pair_fini(&p);
}

/* The job that stores runs, and signals @out, when the blocker is told to end, and not before. */
static void finish_behind_blocker(struct pair *p, struct drm_asahi_sync out)
{
	release(p, &p->blocker);
	asahi_sync_wait(p->client.fd, out.handle);
	igt_assert_eq_u32(p->bo.map[0], ASAHI_STORE_VALUE);
}

/**
 * SUBTEST: many-in
 * Description: One submit waits for hundreds of fences, and for the last of them to signal.
 */
static void many_in(void)
{
	enum { NUM = 200 };
	static struct drm_asahi_sync syncs[NUM + 1];
	struct pair p;
	uint32_t i;

	pair_init(&p);
	for (i = 0; i < NUM; i++)
		syncs[i] = asahi_sync_binary(syncobj_create(p.client.fd,
							    DRM_SYNCOBJ_CREATE_SIGNALED));
	asahi_blocker_start(&p.blocker, &syncs[NUM / 2], 1);
	syncs[NUM - 1] = syncs[NUM / 2];
	syncs[NUM] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	submit(&p, syncs, NUM, 1);
	finish_behind_blocker(&p, syncs[NUM]);
	pair_fini(&p);
}

/**
 * SUBTEST: same-in
 * Description: Submits that each name one fence tens of thousands of times wait for it, and run.
 */
static void same_in(void)
{
	enum { NUM = 60000, SUBMITS = 20 };
	static struct drm_asahi_sync syncs[NUM + 1];
	struct pair p;
	uint32_t i;

	asahi_sim_lift_limits();
	pair_init(&p);
	for (i = 0; i <= NUM; i++)
		syncs[i] = i ? syncs[0] : asahi_sync_binary(syncobj_create(p.client.fd, 0));
	asahi_blocker_start(&p.blocker, syncs, 1);
	syncs[NUM] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	for (i = 0; i < SUBMITS; i++)
		submit(&p, syncs, NUM, 1);
	finish_behind_blocker(&p, syncs[NUM]);
	pair_fini(&p);
}

/**
 * SUBTEST: chain
 * Description: Jobs on several queues, each waiting for the one before it by a binary syncobj or
 *	by a point in turn, run in the order of the chain.
 */
static void chain(void)
{
	enum { NUM = 60, QUEUES = 3 };
	uint32_t queues[QUEUES], binary, timeline, i;
	struct asahi_cmdbuf add = { 0 }, copy = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	/* word[2] = word[0] + word[1], then word[0] = word[2]: counts if none overtakes. */
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	bo.map[1] = 1;
	asahi_job_init(&client, &job, ASAHI_SHADER_ADD, bo.va, 0, 0);
	asahi_cmdbuf_compute(&add, &job.compute, NONE, NONE);
	asahi_job_init(&client, &job, ASAHI_SHADER_COPY, bo.va + 8, bo.va, 0);
	asahi_cmdbuf_compute(&copy, &job.compute, NONE, NONE);
	for (i = 0; i < QUEUES; i++)
		queues[i] = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	binary = syncobj_create(client.fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	timeline = syncobj_create(client.fd, 0);

	for (i = 0; i < NUM; i++) {
		syncs[0] = asahi_sync_binary(binary);
		syncs[1] = asahi_sync_point(timeline, i + 1);
		igt_assert_eq(__asahi_cmdbuf_submit(&client, queues[i % QUEUES], &add, syncs, 1,
						    1), 0);
		syncs[0] = asahi_sync_point(timeline, i + 1);
		syncs[1] = asahi_sync_binary(binary);
		igt_assert_eq(__asahi_cmdbuf_submit(&client, queues[(i + 1) % QUEUES], &copy,
						    syncs, 1, 1), 0);
	}
	asahi_sync_wait(client.fd, binary);
	igt_assert_eq_u32(bo.map[0], NUM);

	for (i = 0; i < QUEUES; i++)
		asahi_queue_destroy(client.fd, queues[i]);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: other-file
 * Description: A job may wait for a job of another file by a syncobj that both share.
 */
static void other_file(void)
{
	struct drm_asahi_sync syncs[2];
	struct pair p, other;
	int shared;

	pair_init(&p);
	pair_init(&other);
	syncs[0] = asahi_sync_binary(syncobj_create(other.client.fd, 0));
	asahi_blocker_start(&other.blocker, syncs, 1);
	shared = syncobj_handle_to_fd(other.client.fd, syncs[0].handle, 0);
	syncs[0].handle = syncobj_fd_to_handle(p.client.fd, shared, 0);
	close(shared);
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	submit(&p, syncs, 1, 1);
	release(&p, &other.blocker);
	asahi_sync_wait(p.client.fd, syncs[1].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&other);
	pair_fini(&p);
}

/**
 * SUBTEST: sync-file
 * Description: The fence of a submit can leave as a sync file and come back as an in-sync.
 */
static void sync_file(void)
{
	struct drm_asahi_sync sync;
	struct pair p;
	int fence;

	pair_init(&p);
	sync = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	asahi_blocker_start(&p.blocker, &sync, 1);
	fence = asahi_sync_export(p.client.fd, sync.handle);
	syncobj_destroy(p.client.fd, sync.handle);
	sync = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncobj_import_sync_file(p.client.fd, sync.handle, fence);
	submit(&p, &sync, 1, 0);
	release(&p, &p.blocker);
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&p.job)), 1);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);
	pair_fini(&p);
}

/**
 * SUBTEST: failed-in
 * Description: A job that waits for one that fails runs as if nothing had happened; the failure
 *	can be read from a sync file, while a wait for the syncobj just succeeds.
 */
static void failed_in(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_stream nowhere = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_job bad;
	struct pair p;
	int fence;

	pair_init(&p);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	nowhere.va = asahi_client_va(&p.client, ASAHI_PAGE);
	asahi_job_init_stream(&p.client, &bad, &nowhere);
	asahi_cmdbuf_compute(&cmdbuf, &bad.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&p.client, p.blocker.queue_id, &cmdbuf, syncs, 0, 1),
		      0);
	submit(&p, syncs, 1, 1);
	asahi_sync_wait(p.client.fd, syncs[0].handle);
	asahi_sync_wait(p.client.fd, syncs[1].handle);
	igt_assert_eq_u32(p.bo.map[0], ASAHI_STORE_VALUE);

	fence = asahi_sync_export(p.client.fd, syncs[0].handle);
	asahi_assert_failed(p.client.fd, asahi_finish(fence), -EIO);
	fence = asahi_sync_export(p.client.fd, syncs[1].handle);
	igt_assert_eq(asahi_finish(fence), 1);
	pair_fini(&p);
}

/**
 * SUBTEST: out-of-order
 * Description: A submit that ends before an earlier one of its queue does not hide it: what waits
 *	for both waits for both.
 */
static void out_of_order(void)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };
	int first, second, both, status;
	bool second_done, others, both_busy;
	struct asahi_bystander bystander;
	struct asahi_client client;
	struct asahi_spin spin;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_RENDER);
	asahi_bystander_init(&client, &bystander);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	first = spin.fence;
	asahi_render_empty(&client, &render);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	second = asahi_cmdbuf_start(&client, client.queue_id, &cmdbuf);
	both = sync_fence_merge(first, second);
	second_done = !sync_fence_wait(second, asahi_hang_ms() / 2);
	others = asahi_bystander_run(&bystander);
	both_busy = asahi_is_busy(both);
	status = asahi_spin_finish(&spin);
	igt_assert(second_done);
	igt_assert(others);
	igt_assert(both_busy);
	igt_assert_eq(status, 1);
	igt_assert_eq(asahi_finish(both), 1);
	close(second);
	asahi_bystander_fini(&bystander);
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "binary-out", "A syncobj gets the fence of a submit.", binary_out },
	{ "binary-in", "A job waits for its in-sync.", binary_in },
	{ "binary-in-signalled", "What has signalled holds nothing up.", binary_in_signalled },
	{ "in-and-out", "In-sync and out-sync may be one.", in_and_out },
	{ "destroyed-syncobjs", "Syncobjs may go after SUBMIT.", destroyed_syncobjs },
	{ "timeline-out", "Submits add points to a timeline.", timeline_out },
	{ "timeline-in", "A job waits for a point.", timeline_in },
	{ "many-out", "One submit signals hundreds of syncobjs.", many_out },
	{ "many-in", "One submit waits for hundreds of fences.", many_in },
	{ "same-in", "A submit waits for one fence many times.", same_in },
	{ "chain", "A chain over several queues keeps its order.", chain },
	{ "other-file", "A job waits for a job of another file.", other_file },
	{ "sync-file", "A sync file comes back as an in-sync.", sync_file },
	{ "failed-in", "A job may wait for one that fails.", failed_in },
	{ "out-of-order", "A submit does not hide an earlier one.", out_of_order },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
