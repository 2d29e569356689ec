// SPDX-License-Identifier: MIT
/**
 * TEST: asahi barrier
 * Category: Core
 * Mega feature: Compute
 * Sub-category: submission
 * Functionality: SUBMIT
 * Description: What the barriers of commands wait for.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sim.h"
#include "asahi_stamps.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("SUBMIT: barriers between commands");

#define NONE DRM_ASAHI_BARRIER_NONE

static int run(struct asahi_client *client, const struct asahi_cmdbuf *cmdbuf)
{
	return asahi_finish(asahi_cmdbuf_start(client, client->queue_id, cmdbuf));
}

/**
 * SUBTEST: render-after-compute
 * Description: A render command that names a compute command of its submit starts after it ended.
 */
static void render_after_compute(void)
{
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_spin spin;
	bool busy, early;
	struct asahi_stamps s;
	int status;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	asahi_spin_init(&s.client, &spin);
	asahi_stamp_compute(&spin.job.compute, &s, 0);
	asahi_cmdbuf_compute(&cmdbuf, &spin.job.compute, NONE, NONE);
	asahi_render_empty(&s.client, &command);
	asahi_stamp_render(&command, &s, 2);
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, 1);
	spin.fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_spin_wait_started(&spin);

	busy = sync_fence_wait(spin.fence, 200) == -ETIME;
	early = s.words[2];
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert(busy);
	igt_assert(!early);
	igt_assert_lte_u64(s.words[0], s.words[1]);
	igt_assert_lte_u64(s.words[1], s.words[2]);
	asahi_stamps_fini(&s);
}

/* Let each command take long, so that one that starts too early is seen to. */
static void slow_commands(void)
{
	asahi_sim_require();
	asahi_sim_set("delay", "60");
}

/**
 * SUBTEST: compute-after-render
 * Description: A compute command that names a render command of its submit starts after its
 *	fragment half ended.
 */
static void compute_after_render(void)
{
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	struct asahi_stamps s;

	slow_commands();
	asahi_stamps_init(&s);
	asahi_render_empty(&s.client, &command);
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	asahi_stamp_render(&command, &s, 0);
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_stamp_compute(&job.compute, &s, 4);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 2, NONE);
	igt_assert_eq(run(&s.client, &cmdbuf), 1);
	igt_assert_lt_u64(0, s.words[3]);
	igt_assert_lte_u64(s.words[3], s.words[4]);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: earlier-submits
 * Description: Barrier 0 waits for what earlier submits brought to the stream that it names, and
 *	nothing waits for anything without a barrier.
 */
static void earlier_submits(void)
{
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	int free_fence, other_fence, waiting_fence, status;
	bool free_done, other_done, waiting;
	struct asahi_client client;
	struct asahi_spin spin;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&client, &command);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);

	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	free_fence = asahi_cmdbuf_start(&client, client.queue_id, &cmdbuf);
	cmdbuf.size = 0;
	asahi_cmdbuf_render(&cmdbuf, &command, 0, NONE);
	other_fence = asahi_cmdbuf_start(&client, client.queue_id, &cmdbuf);
	cmdbuf.size = 0;
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, 0);
	waiting_fence = asahi_cmdbuf_start(&client, client.queue_id, &cmdbuf);

	free_done = !sync_fence_wait(free_fence, asahi_hang_ms() / 2);
	other_done = !sync_fence_wait(other_fence, asahi_hang_ms() / 2);
	waiting = sync_fence_wait(waiting_fence, 200) == -ETIME;
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert(free_done);
	igt_assert(other_done);
	igt_assert(waiting);
	igt_assert_eq(asahi_finish(waiting_fence), 1);
	close(free_fence);
	close(other_fence);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: nothing-earlier
 * Description: On a queue that has run nothing barrier 0 waits for nothing, not even for commands
 *	before it in the same submit.
 */
static void nothing_earlier(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;

	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 2);
	igt_assert_eq(run(&client, &cmdbuf), 1);
	asahi_client_fini(&client);
}

/* Wait until a timestamp is there. */
static bool wait_for_stamp(const struct asahi_stamps *s, unsigned int word)
{
	uint64_t since = 0;

	while (!s->words[word] && asahi_patient(&since))
		;
	return s->words[word];
}

/* Append a render command with timestamps from word @word on. */
static void add_render(struct asahi_cmdbuf *cmdbuf, struct asahi_stamps *s, uint32_t word,
		       uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	struct drm_asahi_cmd_render command;

	asahi_render_empty(&s->client, &command);
	asahi_stamp_render(&command, s, word);
	asahi_cmdbuf_render(cmdbuf, &command, vdm_barrier, cdm_barrier);
}

/* The same for a compute command that does nothing. */
static void add_compute(struct asahi_cmdbuf *cmdbuf, struct asahi_stamps *s, uint32_t word,
			uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	struct asahi_job job;

	asahi_job_init(&s->client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_stamp_compute(&job.compute, s, word);
	asahi_cmdbuf_compute(cmdbuf, &job.compute, vdm_barrier, cdm_barrier);
}

/**
 * SUBTEST: names-one
 * Description: A barrier waits for the command that it names, and not for those behind it.
 */
static void names_one(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_spin spin;
	struct asahi_stamps s;
	bool first, early;
	int status;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	asahi_spin_init(&s.client, &spin);
	add_compute(&cmdbuf, &s, 0, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &spin.job.compute, NONE, NONE);
	add_render(&cmdbuf, &s, 2, NONE, 1);
	add_render(&cmdbuf, &s, 6, NONE, 2);
	spin.fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_spin_wait_started(&spin);

	first = wait_for_stamp(&s, 5);
	sync_fence_wait(spin.fence, 100);
	early = s.words[6];
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert_f(first, "barrier 1 waited for more than the first command\n");
	igt_assert_f(!early, "barrier 2 did not wait for the second command\n");
	igt_assert_neq_u64(s.words[6], 0);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: counts-own-submit
 * Description: Commands are counted from the start of their submit: those of earlier submits,
 *	however many have ended, are not meant.
 */
static void counts_own_submit(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_spin spin;
	struct asahi_stamps s;
	unsigned int i;
	bool early;
	int status;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	asahi_spin_init(&s.client, &spin);
	for (i = 0; i < 3; i++) {
		add_compute(&cmdbuf, &s, 0, NONE, NONE);
		add_render(&cmdbuf, &s, 2, NONE, NONE);
	}
	igt_assert_eq(run(&s.client, &cmdbuf), 1);

	cmdbuf.size = 0;
	asahi_cmdbuf_compute(&cmdbuf, &spin.job.compute, NONE, NONE);
	add_render(&cmdbuf, &s, 6, NONE, 1);
	spin.fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_spin_wait_started(&spin);
	sync_fence_wait(spin.fence, 100);
	early = s.words[6];
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert_f(!early, "barrier 1 was content with a command of an earlier submit\n");

	/* The other way round. */
	slow_commands();
	cmdbuf.size = 0;
	add_render(&cmdbuf, &s, 10, NONE, NONE);
	add_compute(&cmdbuf, &s, 14, 1, NONE);
	igt_assert_eq(run(&s.client, &cmdbuf), 1);
	igt_assert_lte_u64(s.words[13], s.words[14]);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: earlier-render
 * Description: A compute command with barrier 0 waits for the fragment halves of all render
 *	commands of earlier submits.
 */
static void earlier_render(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_stamps s;
	int first;

	slow_commands();
	asahi_stamps_init(&s);
	add_render(&cmdbuf, &s, 0, NONE, NONE);
	add_render(&cmdbuf, &s, 4, NONE, NONE);
	first = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	cmdbuf.size = 0;
	add_compute(&cmdbuf, &s, 8, 0, NONE);
	igt_assert_eq(run(&s.client, &cmdbuf), 1);
	igt_assert_lt_u64(0, s.words[7]);
	igt_assert_lte_u64(s.words[7], s.words[8]);
	igt_assert_eq(asahi_finish(first), 1);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: both-barriers
 * Description: A command with barriers on both streams waits for both.
 */
static void both_barriers(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_spin spin;
	struct asahi_stamps s;
	bool early;
	int status;

	slow_commands();
	asahi_stamps_init(&s);
	asahi_spin_init(&s.client, &spin);
	asahi_cmdbuf_compute(&cmdbuf, &spin.job.compute, NONE, NONE);
	add_render(&cmdbuf, &s, 0, NONE, NONE);
	add_render(&cmdbuf, &s, 4, 1, 1);
	add_compute(&cmdbuf, &s, 8, 2, 1);
	spin.fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_spin_wait_started(&spin);
	sync_fence_wait(spin.fence, 200);
	early = s.words[4];
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert_f(!early, "of two barriers only that on the render stream was waited for\n");
	igt_assert_lte_u64(s.words[3], s.words[4]);
	igt_assert_lte_u64(s.words[7], s.words[8]);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: every-number
 * Description: Every command that came before can be named, from the other stream and from the
 *	own one, and none that did not.
 */
static void every_number(void)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	unsigned int i, half;
	uint32_t size;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&client, &render);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	half = client.params.max_commands_per_submission / 2;
	for (i = 0; i < half; i++)
		asahi_cmdbuf_render(&cmdbuf, &render, i ? i : NONE, NONE);
	for (i = 0; i < half; i++)
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, i + 1, i ? i : NONE);
	igt_assert_eq(run(&client, &cmdbuf), 1);

	/* The last command names one more than there is of its own kind, or of the other. */
	size = cmdbuf.size - sizeof(struct drm_asahi_cmd_header) - sizeof(job.compute);
	for (i = 0; i < 2; i++) {
		cmdbuf.size = size;
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, i ? half + 1 : half,
				     i ? half - 1 : half);
		igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, NULL, 0,
						    0), -EINVAL);
	}
	asahi_client_fini(&client);
}

/**
 * SUBTEST: failed-not-counted
 * Description: Commands of a submit that failed are nothing that barrier 0 waits for, nor do they
 *	shift the numbers of the next.
 */
static void failed_not_counted(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	unsigned int i;

	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	for (i = 0; i < 3; i++)
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	asahi_cmdbuf_add(&cmdbuf, 0x100, NULL, 0, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, NULL, 0, 0),
		      -EINVAL);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&job)), 1);
	cmdbuf.size = 0;
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 1);
	igt_assert_eq(run(&client, &cmdbuf), 1);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: fence-covers-both
 * Description: A submit is over when its commands of both kinds are, whichever end last.
 */
static void fence_covers_both(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	bool rendered, computed, busy[2];
	struct asahi_spin spin;
	struct asahi_stamps s;
	int status, fence;

	asahi_sim_require();
	asahi_stamps_init(&s);

	/* The render command ends first. */
	asahi_spin_init(&s.client, &spin);
	add_render(&cmdbuf, &s, 0, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &spin.job.compute, NONE, NONE);
	spin.fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_spin_wait_started(&spin);
	rendered = wait_for_stamp(&s, 3);
	busy[0] = sync_fence_wait(spin.fence, 100) == -ETIME;
	status = asahi_spin_finish(&spin);

	/* It is held back after the compute command has run. */
	asahi_sim_set("hold", "1");
	cmdbuf.size = 0;
	add_compute(&cmdbuf, &s, 4, NONE, NONE);
	add_render(&cmdbuf, &s, 6, NONE, 1);
	fence = asahi_cmdbuf_start(&s.client, s.client.queue_id, &cmdbuf);
	asahi_sim_set("step", "1");
	computed = wait_for_stamp(&s, 5);
	busy[1] = sync_fence_wait(fence, 100) == -ETIME;
	asahi_sim_set("hold", "0");

	igt_assert_eq(status, 1);
	igt_assert(rendered);
	igt_assert_f(busy[0], "the fence signalled with a compute command running\n");
	igt_assert(computed);
	igt_assert_f(busy[1], "the fence signalled with a render command held back\n");
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_neq_u64(s.words[9], 0);
	asahi_stamps_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "render-after-compute", "Render waits for compute.",
	  render_after_compute },
	{ "compute-after-render", "Compute waits for render.",
	  compute_after_render },
	{ "earlier-submits", "Barrier 0 waits for earlier submits.",
	  earlier_submits },
	{ "nothing-earlier", "Barrier 0 may have nothing to wait for.",
	  nothing_earlier },
	{ "names-one", "A barrier waits for no more than it names.", names_one },
	{ "counts-own-submit", "Commands are counted by submit.", counts_own_submit },
	{ "earlier-render", "Barrier 0 waits for fragment halves.", earlier_render },
	{ "both-barriers", "A command waits for both streams.", both_barriers },
	{ "every-number", "Every earlier command can be named.", every_number },
	{ "failed-not-counted", "Failed submits are not waited for.", failed_not_counted },
	{ "fence-covers-both", "A submit ends with its last command.", fence_covers_both },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
