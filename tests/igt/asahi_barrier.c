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

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
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
	asahi_require_simulated(s.client.fd);
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

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd);
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
	asahi_require_simulated(client.fd);
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

	free_done = !sync_fence_wait(free_fence, ASAHI_HANG_MS / 2);
	other_done = !sync_fence_wait(other_fence, ASAHI_HANG_MS / 2);
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

static const struct asahi_subtest subtests[] = {
	{ "render-after-compute", "Render waits for compute.",
	  render_after_compute },
	{ "compute-after-render", "Compute waits for render.",
	  compute_after_render },
	{ "earlier-submits", "Barrier 0 waits for earlier submits.",
	  earlier_submits },
	{ "nothing-earlier", "Barrier 0 may have nothing to wait for.",
	  nothing_earlier },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
