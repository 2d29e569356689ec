// SPDX-License-Identifier: MIT
/**
 * TEST: asahi hang
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: reset
 * Functionality: GPU reset
 * Description: What becomes of everything around a job that hangs: the rest of its submit, the
 *	jobs behind it, other queues of its address space, and whoever waits for it.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "asahi_waiter.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("What is around a job that hangs");

#define NONE DRM_ASAHI_BARRIER_NONE

/* So long a job may hang. */
#define LIMIT_MS 300

/* The same where the time of a good job is limited as well. */
#define OWN_LIMIT_MS 2000

/* A client with a job for each word of its memory. */
struct scene {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_job jobs[4];
};

static void scene_init(struct scene *s)
{
	unsigned int i;

	asahi_client_init(&s->client);
	asahi_bo_init(&s->client, &s->bo, ASAHI_PAGE);
	for (i = 0; i < ARRAY_SIZE(s->jobs); i++)
		asahi_job_init(&s->client, &s->jobs[i], ASAHI_SHADER_STORE, s->bo.va + 4 * i, 0,
			       0);
}

static void scene_fini(struct scene *s)
{
	asahi_bo_fini(&s->client, &s->bo);
	asahi_client_fini(&s->client);
}

/* The next command to start hangs, in the way that @data says, and is not left alone for long. */
static void hang_next(const void *data)
{
	asahi_sim_hang_limit(LIMIT_MS);
	asahi_sim_set("hang", data);
}

/* The limit is not for the good jobs of a busy machine; those that start from now on have time. */
static void hang_over(void)
{
	asahi_sim_wait("hang", "none");
	asahi_sim_lift_limits();
}

/**
 * SUBTEST: rest-of-submit-soft
 * Description: Commands behind one that makes no progress, of both kinds, do not run, the submit
 *	has one error, and the next submit works.
 *
 * SUBTEST: rest-of-submit-hard
 * Description: The same with a command that only a reset gets off the GPU.
 */
static void rest_of_submit(const void *kind)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct scene s;
	int fence;

	asahi_sim_require();
	scene_init(&s);
	asahi_render_empty(&s.client, &render);
	asahi_cmdbuf_compute(&cmdbuf, &s.jobs[0].compute, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &s.jobs[1].compute, NONE, NONE);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, 2);
	asahi_cmdbuf_compute(&cmdbuf, &s.jobs[2].compute, 1, 2);
	hang_next(kind);
	fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	hang_over();
	igt_assert_eq(asahi_finish(fence), -ETIMEDOUT);
	igt_assert_eq_u32(s.bo.map[0], 0);
	igt_assert_eq_u32(s.bo.map[1], 0);
	igt_assert_eq_u32(s.bo.map[2], 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&s.jobs[3])), 1);
	igt_assert_eq_u32(s.bo.map[3], ASAHI_STORE_VALUE);
	scene_fini(&s);
}

/**
 * SUBTEST: queued-behind-soft
 * Description: Submits that wait in the queue behind one that hangs run when it is over, and those
 *	that wait for its fence as well.
 *
 * SUBTEST: queued-behind-hard
 * Description: The same with a command that only a reset gets off the GPU.
 */
static void queued_behind(const void *kind)
{
	struct asahi_cmdbuf cmdbufs[2] = { 0 };
	int fences[3], in_fence;
	struct drm_asahi_sync syncs[2];
	uint32_t queue_id, i;
	struct scene s;

	asahi_sim_require();
	scene_init(&s);
	queue_id = asahi_queue_create(s.client.fd, s.client.vm_id, s.client.usc_base);
	asahi_cmdbuf_compute(&cmdbufs[0], &s.jobs[0].compute, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbufs[1], &s.jobs[1].compute, NONE, NONE);
	for (i = 0; i < 2; i++)
		syncs[i] = asahi_sync_binary(syncobj_create(s.client.fd, 0));
	hang_next(kind);
	igt_assert_eq(__asahi_cmdbuf_submit(&s.client, s.client.queue_id, &cmdbufs[0], syncs, 0,
					    1), 0);
	in_fence = asahi_sync_export(s.client.fd, syncs[0].handle);
	hang_over();
	igt_assert_eq(__asahi_cmdbuf_submit(&s.client, queue_id, &cmdbufs[1], syncs, 1, 1), 0);
	fences[0] = asahi_sync_export(s.client.fd, syncs[1].handle);
	fences[1] = asahi_job_start_after(&s.jobs[2]);
	fences[2] = asahi_job_start_after(&s.jobs[3]);
	igt_assert_eq(asahi_finish(in_fence), -ETIMEDOUT);
	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		igt_assert_eq(asahi_finish(fences[i]), 1);
		igt_assert_eq_u32(s.bo.map[i + 1], ASAHI_STORE_VALUE);
	}
	igt_assert_eq_u32(s.bo.map[0], 0);
	asahi_queue_destroy(s.client.fd, queue_id);
	scene_fini(&s);
}

/**
 * SUBTEST: limit-behind-soft
 * Description: A job that stands behind one that hangs has its own time, not what that one leaves
 *	of it.
 *
 * SUBTEST: limit-behind-hard
 * Description: The same with a job that only a reset gets off the GPU.
 */
static void limit_behind(const void *kind)
{
	struct scene s;
	int fences[2];

	asahi_sim_require();
	scene_init(&s);
	asahi_sim_hang_limit(OWN_LIMIT_MS);
	asahi_sim_set("hang", kind);
	fences[0] = asahi_job_start(&s.jobs[0]);
	fences[1] = asahi_job_start_after(&s.jobs[1]);
	igt_assert_eq(asahi_finish(fences[0]), -ETIMEDOUT);
	igt_assert_eq(asahi_finish(fences[1]), 1);
	igt_assert_eq_u32(s.bo.map[0], 0);
	igt_assert_eq_u32(s.bo.map[1], ASAHI_STORE_VALUE);
	asahi_sim_lift_limits();
	scene_fini(&s);
}

/**
 * SUBTEST: same-vm-soft
 * Description: Another queue of the same address space, with a job that runs and one behind it, is
 *	not touched by one that hangs.
 *
 * SUBTEST: same-vm-hard
 * Description: The same with a command that only a reset gets off the GPU.
 */
static void same_vm(const void *kind)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	int hung, behind, status[3];
	struct asahi_spin spin;
	uint32_t queue_id, early;
	struct scene s;
	bool busy;

	asahi_sim_require();
	asahi_sim_lift_limits();
	scene_init(&s);
	queue_id = asahi_queue_create(s.client.fd, s.client.vm_id, s.client.usc_base);
	asahi_spin_init(&s.client, &spin);
	asahi_spin_start(&spin, queue_id);
	asahi_cmdbuf_compute(&cmdbuf, &s.jobs[1].compute, NONE, 0);
	behind = asahi_cmdbuf_start(&s.client, queue_id, &cmdbuf);

	hang_next(kind);
	hung = asahi_job_start(&s.jobs[0]);
	hang_over();
	status[0] = asahi_finish(hung);
	busy = asahi_is_busy(spin.fence) && asahi_is_busy(behind);
	early = s.bo.map[1];
	status[1] = asahi_spin_finish(&spin);
	status[2] = asahi_finish(behind);
	igt_assert_eq(status[0], -ETIMEDOUT);
	igt_assert_f(busy && !early, "the other queue's jobs did not go on\n");
	igt_assert_eq(status[1], 1);
	igt_assert_eq(status[2], 1);
	igt_assert_eq_u32(s.bo.map[0], 0);
	igt_assert_eq_u32(s.bo.map[1], ASAHI_STORE_VALUE);
	asahi_queue_destroy(s.client.fd, queue_id);
	scene_fini(&s);
}

/**
 * SUBTEST: waiters
 * Description: Threads and a process that wait for a job that hangs are woken, and can read why it
 *	ended.
 */
static void waiters(void)
{
	enum { NUM = 6 };
	struct asahi_waiter threads[NUM];
	struct asahi_child child = { 0 };
	int fence, i, ret[NUM];
	struct scene s;
	bool busy;

	asahi_sim_require();
	scene_init(&s);
	asahi_sim_set("hang", "soft");
	asahi_sim_hang_limit(1500);
	fence = asahi_job_start(&s.jobs[0]);
	asahi_fork(&child) {
		asahi_notify(&child);
		igt_assert_eq(sync_fence_wait(fence, asahi_hang_ms()), 0);
		igt_assert_eq(sync_fence_status(fence), -ETIMEDOUT);
	}
	asahi_await(&child);
	for (i = 0; i < NUM; i++)
		asahi_waiter_start(&threads[i], fence);
	busy = asahi_is_busy(fence);
	for (i = 0; i < NUM; i++)
		ret[i] = asahi_waiter_join(&threads[i]);
	asahi_child_wait(&child);
	if (!busy)
		igt_info("the machine was too slow: some have not waited\n");
	for (i = 0; i < NUM; i++)
		igt_assert_eq(ret[i], 0);
	igt_assert_eq(asahi_finish(fence), -ETIMEDOUT);
	scene_fini(&s);
}

/**
 * SUBTEST: render
 * Description: A render command that hangs ends with ETIMEDOUT like any other, and the compute
 *	command that waits for it does not run.
 */
static void render_hangs(void)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct scene s;
	int fence;

	asahi_sim_require();
	scene_init(&s);
	asahi_render_empty(&s.client, &render);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &s.jobs[0].compute, 1, NONE);
	hang_next("soft");
	fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	hang_over();
	igt_assert_eq(asahi_finish(fence), -ETIMEDOUT);
	igt_assert_eq_u32(s.bo.map[0], 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&s.jobs[1])), 1);
	igt_assert_eq_u32(s.bo.map[1], ASAHI_STORE_VALUE);
	scene_fini(&s);
}

/**
 * SUBTEST: leaves-nothing
 * Description: Nothing of many jobs that have hung is left: no job, no fence that has not
 *	signalled.
 */
static void leaves_nothing(void)
{
	enum { NUM = 20 };
	struct asahi_objects before, after;
	int fences[NUM], i;
	struct scene s;

	asahi_sim_require();
	scene_init(&s);
	asahi_objects_read(&before);
	asahi_sim_hang_limit(50);
	asahi_sim_set("hang", "soft 20");
	for (i = 0; i < NUM; i++)
		fences[i] = asahi_job_start(&s.jobs[0]);
	for (i = 0; i < NUM; i++)
		igt_assert_eq(asahi_finish(fences[i]), -ETIMEDOUT);
	/* On a slow machine one or the other has not begun when its time is over. */
	asahi_sim_set("hang", "none");
	asahi_objects_read_settled(&after, asahi_objects_value(&before, "job"));
	asahi_assert_objects_same(&before, &after);
	scene_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "rest-of-submit-soft", "Commands behind a hang do not run.",
	  .run_with = rest_of_submit, .data = "soft" },
	{ "rest-of-submit-hard", "Commands behind a hang that needs a reset do not run.",
	  .run_with = rest_of_submit, .data = "hard" },
	{ "queued-behind-soft", "Submits behind a hang do run.",
	  .run_with = queued_behind, .data = "soft" },
	{ "queued-behind-hard", "Submits behind a hang that needs a reset do run.",
	  .run_with = queued_behind, .data = "hard" },
	{ "limit-behind-soft", "Who is behind a hang has its own time.",
	  .run_with = limit_behind, .data = "soft" },
	{ "limit-behind-hard", "Who is behind a hang that needs a reset has its own time.",
	  .run_with = limit_behind, .data = "hard" },
	{ "same-vm-soft", "Another queue is not touched by a hang.",
	  .run_with = same_vm, .data = "soft" },
	{ "same-vm-hard", "Another queue is not touched by a hang that needs a reset.",
	  .run_with = same_vm, .data = "hard" },
	{ "waiters", "Who waits for a hang is woken.", waiters },
	{ "render", "A render command that hangs ends like any other job.", render_hangs },
	{ "leaves-nothing", "Nothing of jobs that hung is left.", leaves_nothing },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
