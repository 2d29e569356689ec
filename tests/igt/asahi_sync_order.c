// SPDX-License-Identifier: MIT
/**
 * TEST: asahi sync order
 * Category: Core
 * Mega feature: Synchronization
 * Sub-category: syncobjs
 * Functionality: SUBMIT
 * Description: When syncs are looked at and when they change: all in-syncs before anything runs,
 *	out-syncs with a submit that succeeds and never else.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_blocker.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("SUBMIT: when syncs are looked at, and when they change");

#define NONE DRM_ASAHI_BARRIER_NONE

/* How long something that must not happen is waited for. */
#define EARLY_MS 100

#define NUM_BLOCKERS 4

/* A client with a few blockers, and a job that stores a word. */
struct order {
	struct asahi_client client;
	struct asahi_blocker blockers[NUM_BLOCKERS];
	struct asahi_bo bo;
	struct asahi_job job;
	struct asahi_cmdbuf cmdbuf;
};

static void order_init(struct order *o)
{
	unsigned int i;

	asahi_client_init(&o->client);
	for (i = 0; i < NUM_BLOCKERS; i++)
		asahi_blocker_init(&o->client, &o->blockers[i]);
	asahi_bo_init(&o->client, &o->bo, ASAHI_PAGE);
	asahi_job_init(&o->client, &o->job, ASAHI_SHADER_STORE, o->bo.va, 0, 0);
	o->cmdbuf.size = 0;
	asahi_cmdbuf_compute(&o->cmdbuf, &o->job.compute, NONE, NONE);
}

static void order_fini(struct order *o)
{
	unsigned int i;

	for (i = 0; i < NUM_BLOCKERS; i++)
		asahi_blocker_fini(&o->blockers[i]);
	asahi_bo_fini(&o->client, &o->bo);
	asahi_client_fini(&o->client);
}

static struct drm_asahi_sync new_binary(struct order *o)
{
	return asahi_sync_binary(syncobj_create(o->client.fd, 0));
}

/* Submit the job that stores; returns 0 or -errno. */
static int __submit(struct order *o, const struct drm_asahi_sync *syncs, uint32_t in, uint32_t out)
{
	return __asahi_cmdbuf_submit(&o->client, o->client.queue_id, &o->cmdbuf, syncs, in, out);
}

static void submit(struct order *o, const struct drm_asahi_sync *syncs, uint32_t in, uint32_t out)
{
	igt_assert_eq(__submit(o, syncs, in, out), 0);
}

static void wait_sync(struct order *o, struct drm_asahi_sync sync)
{
	if (sync.sync_type == DRM_ASAHI_SYNC_SYNCOBJ)
		asahi_sync_wait(o->client.fd, sync.handle);
	else
		asahi_sync_wait_point(o->client.fd, sync.handle, sync.timeline_value);
}

static bool is_busy(struct order *o, struct drm_asahi_sync sync)
{
	if (sync.sync_type == DRM_ASAHI_SYNC_SYNCOBJ)
		return asahi_sync_is_busy(o->client.fd, sync.handle);
	return asahi_sync_is_busy_point(o->client.fd, sync.handle, sync.timeline_value);
}

/* Whether a binary syncobj stays busy for a while. */
static bool stays_busy(struct order *o, struct drm_asahi_sync sync)
{
	int fence = asahi_sync_export(o->client.fd, sync.handle);
	bool busy = sync_fence_wait(fence, EARLY_MS) == -ETIME;

	close(fence);
	return busy;
}

/**
 * SUBTEST: all-in
 * Description: A job waits for every one of its in-syncs, binary ones and points, whichever of
 *	them is the last to signal.
 */
static void all_in(void)
{
	struct drm_asahi_sync syncs[NUM_BLOCKERS + 1];
	uint32_t last, i, timeline, early;
	struct order o;
	bool busy;

	order_init(&o);
	for (last = 0; last < NUM_BLOCKERS; last++) {
		o.bo.map[0] = 0;
		for (i = 0; i < NUM_BLOCKERS; i++) {
			timeline = syncobj_create(o.client.fd, 0);
			syncs[i] = i & 1 ? asahi_sync_point(timeline, i) :
					   asahi_sync_binary(timeline);
			asahi_blocker_start(&o.blockers[i], &syncs[i], 1);
		}
		syncs[NUM_BLOCKERS] = new_binary(&o);
		submit(&o, syncs, NUM_BLOCKERS, 1);
		for (i = 0; i < NUM_BLOCKERS; i++)
			if (i != last)
				asahi_blocker_release(&o.blockers[i]);
		for (i = 0; i < NUM_BLOCKERS; i++)
			if (i != last)
				wait_sync(&o, syncs[i]);
		busy = stays_busy(&o, syncs[NUM_BLOCKERS]);
		early = o.bo.map[0];
		asahi_blocker_release(&o.blockers[last]);
		igt_assert_f(busy && !early, "in-sync %u has not signalled, but the job ran\n",
			     last);
		wait_sync(&o, syncs[NUM_BLOCKERS]);
		igt_assert_eq_u32(o.bo.map[0], ASAHI_STORE_VALUE);
	}
	order_fini(&o);
}

/**
 * SUBTEST: points-of-one-queue
 * Description: A job that has two points of a timeline as in-syncs, both of jobs of one queue,
 *	waits for the later one too, whichever is named first.
 */
static void points_of_one_queue(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[3], second[2];
	struct asahi_job job;
	uint32_t timeline, early, i;
	struct order o;
	bool busy;

	order_init(&o);
	asahi_job_init(&o.client, &job, ASAHI_SHADER_STORE, o.bo.va + 64, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	for (i = 0; i < 2; i++) {
		o.bo.map[0] = 0;
		timeline = syncobj_create(o.client.fd, 0);
		syncs[i] = asahi_sync_point(timeline, 1);
		syncs[!i] = asahi_sync_point(timeline, 2);
		syncs[2] = new_binary(&o);
		second[0] = new_binary(&o);
		second[1] = syncs[!i];
		asahi_blocker_start(&o.blockers[0], &syncs[i], 1);
		asahi_blocker_start(&o.blockers[1], &second[0], 1);
		igt_assert_eq(__asahi_cmdbuf_submit(&o.client, o.blockers[0].queue_id, &cmdbuf,
						    second, 1, 1), 0);
		submit(&o, syncs, 2, 1);
		asahi_blocker_release(&o.blockers[0]);
		wait_sync(&o, syncs[i]);
		busy = stays_busy(&o, syncs[2]);
		early = o.bo.map[0];
		asahi_blocker_release(&o.blockers[1]);
		igt_assert_f(busy && !early, "point 2 has not signalled, but the job ran\n");
		wait_sync(&o, syncs[2]);
		igt_assert_eq_u32(o.bo.map[0], ASAHI_STORE_VALUE);
	}
	order_fini(&o);
}

/**
 * SUBTEST: in-holds-all-commands
 * Description: No command of a submit, of either kind and wherever it stands, starts before its
 *	in-sync has signalled.
 */
static void in_holds_all_commands(void)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_blocker blocker;
	uint64_t early = 0;
	struct asahi_stamps s;
	struct asahi_job job;
	uint32_t i;
	int fence;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	asahi_blocker_init(&s.client, &blocker);
	syncs[0] = asahi_sync_binary(syncobj_create(s.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(s.client.fd, 0));
	asahi_blocker_start(&blocker, syncs, 1);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_render_empty(&s.client, &render);
	for (i = 0; i < 2; i++) {
		asahi_stamp_compute(&job.compute, &s, 6 * i);
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
		asahi_stamp_render(&render, &s, 6 * i + 2);
		asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	}
	igt_assert_eq(__asahi_cmdbuf_submit(&s.client, s.client.queue_id, &cmdbuf, syncs, 1, 1),
		      0);
	fence = asahi_sync_export(s.client.fd, syncs[1].handle);
	sync_fence_wait(fence, EARLY_MS);
	for (i = 0; i < 12; i++)
		early |= s.words[i];
	asahi_blocker_release(&blocker);
	igt_assert_eq_u64(early, 0);
	igt_assert_eq(asahi_finish(fence), 1);
	for (i = 0; i < 12; i++)
		igt_assert_neq_u64(s.words[i], 0);
	asahi_blocker_fini(&blocker);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: in-taken-at-submit
 * Description: A job waits for the fence that a syncobj had at SUBMIT, whatever the syncobj gets
 *	afterwards, sooner or later than that.
 */
static void in_taken_at_submit(void)
{
	struct drm_asahi_sync syncs[2], out, later;
	struct order o;
	uint32_t early;
	bool busy, done;
	int fence;

	order_init(&o);
	syncs[0] = new_binary(&o);
	syncs[1] = new_binary(&o);
	later = syncs[0];

	/* A fence that has signalled comes in place of one that has not. */
	asahi_blocker_start(&o.blockers[0], syncs, 1);
	submit(&o, syncs, 1, 1);
	out = asahi_sync_binary(syncobj_create(o.client.fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	fence = asahi_sync_export(o.client.fd, out.handle);
	syncobj_import_sync_file(o.client.fd, syncs[0].handle, fence);
	close(fence);
	busy = stays_busy(&o, syncs[1]);
	early = o.bo.map[0];
	asahi_blocker_release(&o.blockers[0]);
	igt_assert(busy);
	igt_assert_eq_u32(early, 0);
	wait_sync(&o, syncs[1]);
	igt_assert_eq_u32(o.bo.map[0], ASAHI_STORE_VALUE);

	/* And the other way round: a job behind this one waits for nothing new. */
	o.bo.map[0] = 0;
	asahi_blocker_start(&o.blockers[1], &later, 1);
	syncs[0] = out;
	submit(&o, syncs, 1, 1);
	asahi_blocker_start(&o.blockers[2], &out, 1);
	fence = asahi_sync_export(o.client.fd, syncs[1].handle);
	done = !sync_fence_wait(fence, asahi_hang_ms() / 2);
	asahi_blocker_release(&o.blockers[1]);
	asahi_blocker_release(&o.blockers[2]);
	igt_assert(done);
	igt_assert_eq(asahi_finish(fence), 1);
	wait_sync(&o, later);
	wait_sync(&o, out);
	order_fini(&o);
}

/**
 * SUBTEST: same-out
 * Description: A submit may name one syncobj more than once as out-sync, and signals each of the
 *	points that it names.
 */
static void same_out(void)
{
	struct drm_asahi_sync outs[4];
	bool busy[ARRAY_SIZE(outs)];
	struct order o;
	unsigned int i;

	order_init(&o);
	outs[0] = new_binary(&o);
	outs[1] = outs[0];
	outs[2] = asahi_sync_point(syncobj_create(o.client.fd, 0), 3);
	outs[3] = asahi_sync_point(outs[2].handle, 7);
	asahi_blocker_start(&o.blockers[0], outs, ARRAY_SIZE(outs));
	for (i = 0; i < ARRAY_SIZE(outs); i++)
		busy[i] = is_busy(&o, outs[i]);
	asahi_blocker_release(&o.blockers[0]);
	for (i = 0; i < ARRAY_SIZE(outs); i++) {
		igt_assert_f(busy[i], "out-sync %u signalled before the job was over\n", i);
		wait_sync(&o, outs[i]);
	}
	order_fini(&o);
}

/**
 * SUBTEST: timeline-gap
 * Description: A point that nobody has submitted, but a later one of the same timeline, is waited
 *	for until the later one signals.
 */
static void timeline_gap(void)
{
	struct drm_asahi_sync syncs[2];
	struct order o;
	uint32_t timeline, early;
	uint64_t two = 2;
	bool busy;

	order_init(&o);
	timeline = syncobj_create(o.client.fd, 0);
	syncobj_timeline_signal(o.client.fd, &timeline, &two, 1);
	syncs[0] = asahi_sync_point(timeline, 10);
	asahi_blocker_start(&o.blockers[0], syncs, 1);
	syncs[0] = asahi_sync_point(timeline, 4);
	syncs[1] = new_binary(&o);
	submit(&o, syncs, 1, 1);
	busy = stays_busy(&o, syncs[1]);
	early = o.bo.map[0];
	asahi_blocker_release(&o.blockers[0]);
	igt_assert(busy);
	igt_assert_eq_u32(early, 0);
	wait_sync(&o, syncs[1]);
	igt_assert_eq_u32(o.bo.map[0], ASAHI_STORE_VALUE);

	/* No point behind the last one can be waited for. */
	syncs[0] = asahi_sync_point(timeline, 11);
	igt_assert_eq(__submit(&o, syncs, 1, 1), -EINVAL);
	order_fini(&o);
}

/**
 * SUBTEST: timeline-loop
 * Description: Jobs on two queues that each wait for the last point of one timeline and add the
 *	next run one after the other.
 */
static void timeline_loop(void)
{
	enum { NUM = 40 };
	struct asahi_cmdbuf steps[2] = { 0 };
	struct drm_asahi_sync syncs[2];
	uint32_t queues[2], i;
	struct asahi_job job;
	struct order o;

	/* word[2] = word[0] + word[1], then word[0] = word[2]: counts if none overtakes. */
	order_init(&o);
	o.bo.map[1] = 1;
	asahi_job_init(&o.client, &job, ASAHI_SHADER_ADD, o.bo.va, 0, 0);
	asahi_cmdbuf_compute(&steps[0], &job.compute, NONE, NONE);
	asahi_job_init(&o.client, &job, ASAHI_SHADER_COPY, o.bo.va + 8, o.bo.va, 0);
	asahi_cmdbuf_compute(&steps[1], &job.compute, NONE, NONE);
	queues[0] = o.client.queue_id;
	queues[1] = o.blockers[0].queue_id;
	syncs[1] = asahi_sync_point(syncobj_create(o.client.fd, 0), 0);
	for (i = 0; i < 2 * NUM; i++) {
		syncs[0] = syncs[1];
		syncs[1].timeline_value++;
		igt_assert_eq(__asahi_cmdbuf_submit(&o.client, queues[i % 2], &steps[i % 2],
						    i ? syncs : &syncs[1], i ? 1 : 0, 1), 0);
	}
	wait_sync(&o, syncs[1]);
	igt_assert_eq_u32(o.bo.map[0], NUM);
	order_fini(&o);
}

/**
 * SUBTEST: queue-order
 * Description: Jobs of a queue start in the order of their submits: one that waits for nothing
 *	stays behind one that waits for a fence, while another queue goes on.
 */
static void queue_order(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_job behind, other;
	int fences[2];
	bool busy, done;
	struct order o;

	order_init(&o);
	asahi_job_init(&o.client, &behind, ASAHI_SHADER_STORE, o.bo.va + 4, 0, 0);
	asahi_job_init(&o.client, &other, ASAHI_SHADER_STORE, o.bo.va + 8, 0, 0);
	syncs[0] = new_binary(&o);
	syncs[1] = new_binary(&o);
	asahi_blocker_start(&o.blockers[0], syncs, 1);
	submit(&o, syncs, 1, 1);
	fences[0] = asahi_job_start(&behind);
	asahi_cmdbuf_compute(&cmdbuf, &other.compute, NONE, NONE);
	fences[1] = asahi_cmdbuf_start(&o.client, o.blockers[1].queue_id, &cmdbuf);
	done = !sync_fence_wait(fences[1], asahi_hang_ms() / 2);
	busy = sync_fence_wait(fences[0], EARLY_MS) == -ETIME && !o.bo.map[1];
	asahi_blocker_release(&o.blockers[0]);
	igt_assert_f(busy, "a job overtook an earlier one of its queue\n");
	igt_assert_f(done, "a job of another queue was held up\n");
	igt_assert_eq(asahi_finish(fences[0]), 1);
	igt_assert_eq(asahi_finish(fences[1]), 1);
	wait_sync(&o, syncs[1]);
	igt_assert_eq_u32(o.bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_eq_u32(o.bo.map[1], ASAHI_STORE_VALUE);
	igt_assert_eq_u32(o.bo.map[2], ASAHI_STORE_VALUE);
	order_fini(&o);
}

/* A submit with two out-syncs that fails, each time for another reason. */
static int submit_wrongly(struct order *o, const struct drm_asahi_sync outs[2], unsigned int i)
{
	struct drm_asahi_submit req = {
		.syncs = (uintptr_t)outs,
		.cmdbuf = (uintptr_t)o->cmdbuf.data,
		.queue_id = o->client.queue_id,
		.out_sync_count = 2,
		.cmdbuf_size = o->cmdbuf.size,
	};
	struct drm_asahi_sync syncs[3] = { outs[0], outs[1], asahi_sync_binary(UINT32_MAX) };

	switch (i) {
	case 0:
		req.flags = 1;
		break;
	case 1:
		req.queue_id = UINT32_MAX;
		break;
	case 2:
		req.cmdbuf = 0;
		break;
	case 3:
		req.cmdbuf_size--;
		break;
	case 4:
		req.cmdbuf_size = 0;
		break;
	case 5:
		/* The last one does not exist. */
		req.syncs = (uintptr_t)syncs;
		req.out_sync_count = 3;
		break;
	case 6:
		/* The last one is of no type. */
		syncs[2] = outs[0];
		syncs[2].sync_type = 2;
		req.syncs = (uintptr_t)syncs;
		req.out_sync_count = 3;
		break;
	default:
		return 1;
	}
	return __asahi_submit(o->client.fd, &req);
}

/**
 * SUBTEST: failed-keeps-fence
 * Description: A submit that fails, for whatever reason, leaves its out-syncs what they were: a
 *	syncobj keeps the fence that it had, a timeline its last point.
 */
static void failed_keeps_fence(void)
{
	struct drm_asahi_sync old[2], outs[2];
	bool kept[8], no_point[8], busy;
	int ret[8], fence, status;
	unsigned int i, num;
	struct order o;

	order_init(&o);
	old[0] = new_binary(&o);
	old[1] = asahi_sync_point(syncobj_create(o.client.fd, 0), 3);
	outs[0] = old[0];
	outs[1] = asahi_sync_point(old[1].handle, 7);
	asahi_blocker_start(&o.blockers[0], old, 2);
	for (num = 0; num < ARRAY_SIZE(ret); num++) {
		ret[num] = submit_wrongly(&o, outs, num);
		if (ret[num] > 0)
			break;
		kept[num] = is_busy(&o, old[0]) && is_busy(&o, old[1]);
		no_point[num] = __submit(&o, &outs[1], 1, 0) == -EINVAL;
	}
	fence = asahi_sync_export(o.client.fd, old[0].handle);
	busy = asahi_is_busy(fence);
	asahi_blocker_release(&o.blockers[0]);
	status = asahi_finish(fence);

	igt_assert_eq(num, 7);
	for (i = 0; i < num; i++) {
		igt_assert_f(ret[i] < 0, "wrong submit %u succeeded\n", i);
		igt_assert_f(kept[i], "wrong submit %u (%d) changed a fence\n", i, ret[i]);
		igt_assert_f(no_point[i], "wrong submit %u (%d) added a point\n", i, ret[i]);
	}
	igt_assert(busy);
	igt_assert_eq(status, 1);
	wait_sync(&o, old[1]);
	igt_assert_eq_u32(o.bo.map[0], 0);
	order_fini(&o);
}

static const struct asahi_subtest subtests[] = {
	{ "all-in", "A job waits for all of its in-syncs.", all_in },
	{ "points-of-one-queue", "A job waits for both points of one queue.",
	  points_of_one_queue },
	{ "in-holds-all-commands", "No command starts before the in-sync.",
	  in_holds_all_commands },
	{ "in-taken-at-submit", "A job waits for what a syncobj had at SUBMIT.",
	  in_taken_at_submit },
	{ "same-out", "A syncobj may be named more than once.", same_out },
	{ "timeline-gap", "A later point stands for an earlier one.", timeline_gap },
	{ "timeline-loop", "Jobs follow each other along a timeline.", timeline_loop },
	{ "queue-order", "Jobs of a queue start in order.", queue_order },
	{ "failed-keeps-fence", "A failed submit changes no syncobj.", failed_keeps_fence },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
