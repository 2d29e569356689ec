// SPDX-License-Identifier: MIT
/**
 * TEST: asahi submit
 * Category: Core
 * Mega feature: Compute
 * Sub-category: submission
 * Functionality: SUBMIT
 * Description: Commands of a submit: how many, in which order, with what timestamps.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_stamps.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("SUBMIT: commands, barriers, timestamps");

#define NONE DRM_ASAHI_BARRIER_NONE

static int run(struct asahi_client *client, const struct asahi_cmdbuf *cmdbuf)
{
	return asahi_finish(asahi_cmdbuf_start(client, client->queue_id, cmdbuf));
}

/**
 * SUBTEST: no-syncs
 * Description: A submit needs nothing to wait for and nothing to signal.
 */
static void no_syncs(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, NULL, 0, 0), 0);

	/* A job behind it tells when it is over. */
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&job)), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: max-commands
 * Description: As many commands as the device says run in one submit, in their order.
 */
static void max_commands(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i, num;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	num = client.params.max_commands_per_submission;
	igt_assert_lte(num, 64);
	for (i = 0; i < num; i++) {
		asahi_job_init(&client, &job, ASAHI_SHADER_COPY, bo.va + 4 * i,
			       bo.va + 4 * (i + 1), 0);
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, i ? i : NONE);
	}
	bo.map[0] = 64;
	igt_assert_eq(run(&client, &cmdbuf), 1);
	for (i = 0; i <= num; i++)
		igt_assert_eq_u32(bo.map[i], 64);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: many-submits
 * Description: Hundreds of submits to one queue run one after the other if their barriers say so,
 *	without the program ever waiting.
 */
static void many_submits(void)
{
	enum { NUM = 300 };
	struct asahi_cmdbuf add = { 0 }, copy = { 0 }, last = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i;

	/* word[2] = word[0] + word[1], then word[0] = word[2]: counts if none overtakes. */
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	bo.map[1] = 1;
	asahi_job_init(&client, &job, ASAHI_SHADER_ADD, bo.va, 0, 0);
	asahi_cmdbuf_compute(&add, &job.compute, 0, 0);
	asahi_job_init(&client, &job, ASAHI_SHADER_COPY, bo.va + 8, bo.va, 0);
	asahi_cmdbuf_compute(&copy, &job.compute, 0, 0);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&last, &job.compute, 0, 0);
	for (i = 0; i < NUM; i++) {
		igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &add, NULL, 0, 0),
			      0);
		igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &copy, NULL, 0, 0),
			      0);
	}
	igt_assert_eq(run(&client, &last), 1);
	igt_assert_eq_u32(bo.map[0], NUM);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: short-payload
 * Description: The command of an older program is shorter, and what it lacks reads as zero, not
 *	as the next command.
 */
static void short_payload(void)
{
	static const uint16_t sizes[] = { 16, 24, 32, 48, 56 };
	struct asahi_cmdbuf cmdbuf;
	struct asahi_client client;
	struct asahi_job job, next;
	struct asahi_bo bo;
	uint32_t i;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_job_init(&client, &next, ASAHI_SHADER_STORE, bo.va + 4, 0, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		bo.map[0] = 0;
		bo.map[1] = 0;
		cmdbuf.size = 0;
		asahi_cmdbuf_add(&cmdbuf, DRM_ASAHI_CMD_COMPUTE, &job.compute, sizes[i], NONE,
				 NONE);
		asahi_cmdbuf_compute(&cmdbuf, &next.compute, NONE, NONE);
		igt_assert_eq(run(&client, &cmdbuf), 1);
		igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
		igt_assert_eq_u32(bo.map[1], ASAHI_STORE_VALUE);
	}

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: long-payload
 * Description: The command of a newer program is longer, and runs if what it adds is zero.
 */
static void long_payload(void)
{
	struct {
		struct drm_asahi_cmd_compute compute;
		uint8_t unknown[100];
	} payload = { 0 };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	payload.compute = job.compute;
	asahi_cmdbuf_add(&cmdbuf, DRM_ASAHI_CMD_COMPUTE, &payload, sizeof(payload), NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, 1);
	igt_assert_eq(run(&client, &cmdbuf), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: attachments
 * Description: Lists of attachments of all three kinds, from none to as many as the device says,
 *	may stand anywhere and change nothing.
 */
static void attachments(void)
{
	static const uint16_t types[] = {
		DRM_ASAHI_SET_VERTEX_ATTACHMENTS, DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS,
		DRM_ASAHI_SET_COMPUTE_ATTACHMENTS,
	};
	struct drm_asahi_attachment list[16] = { 0 };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i, num;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	num = client.params.max_attachments;
	igt_assert_lte(num, ARRAY_SIZE(list));
	for (i = 0; i < num; i++) {
		list[i].pointer = bo.va;
		list[i].size = i % 2 ? ASAHI_PAGE : 1;
	}
	asahi_job_init(&client, &job, ASAHI_SHADER_ADD, bo.va, 0, 0);
	bo.map[0] = 1;
	bo.map[1] = 2;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		asahi_cmdbuf_add(&cmdbuf, types[i], list, num * sizeof(list[0]), NONE, NONE);
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
		asahi_cmdbuf_add(&cmdbuf, types[i], list, 0, NONE, NONE);
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	}
	igt_assert_eq(run(&client, &cmdbuf), 1);
	igt_assert_eq_u32(bo.map[2], 3);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: timestamps
 * Description: Commands write when they started and ended, in the order in which that happened,
 *	and nothing where they were not asked to.
 */
static void timestamps(void)
{
	enum { NUM = 8 };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	uint64_t before, after;
	struct asahi_stamps s;
	uint32_t i;

	asahi_stamps_init(&s);
	for (i = 0; i < NUM; i++) {
		asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
		if (i != 3)
			asahi_stamp_compute(&job.compute, &s, 2 * i);
		if (i == 4)
			job.compute.ts.start.handle = 0;
		if (i == 5)
			job.compute.ts.end.handle = 0;
		/* Nothing else keeps one from starting before the one before it ends. */
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, i ? i : NONE);
	}
	before = asahi_get_time(s.client.fd);
	igt_assert_eq(run(&s.client, &cmdbuf), 1);
	after = asahi_get_time(s.client.fd);

	igt_require_f(s.client.params.command_timestamp_frequency_hz == 1000000000,
		      "timestamps are not in ns\n");
	for (i = 0; i < 2 * NUM; i++) {
		if (i == 6 || i == 7 || i == 8 || i == 11) {
			igt_assert_eq_u64(s.words[i], 0);
			continue;
		}
		igt_assert_lte_u64(before, s.words[i]);
		igt_assert_lte_u64(s.words[i], after);
		before = s.words[i];
	}
	igt_assert_eq_u64(s.words[2 * NUM], 0);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: timestamp-last-word
 * Description: The last 64 bits of the bound range can be written.
 */
static void timestamp_last_word(void)
{
	struct asahi_job job;
	struct asahi_stamps s;

	asahi_stamps_init(&s);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_stamp_compute(&job.compute, &s, ASAHI_PAGE / 8 - 2);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_neq_u64(s.words[ASAHI_PAGE / 8 - 2], 0);
	igt_assert_neq_u64(s.words[ASAHI_PAGE / 8 - 1], 0);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: timestamp-unaligned
 * Description: A timestamp may start at any byte, and changes eight of them, over the end of a
 *	page too.
 */
static void timestamp_unaligned(void)
{
	static const uint32_t offsets[] = { 1, 12, 4093, 8188, ASAHI_PAGE - 9 };
	struct asahi_stamps s;
	struct asahi_job job;
	uint64_t before, value;
	uint32_t i, j;
	uint8_t *bytes;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, "firmware that stores to odd addresses may crash");
	bytes = (uint8_t *)s.bo.map;
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = s.object;
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		job.compute.ts.start.offset = offsets[i];
		memset(bytes, 0xee, s.bo.size);
		before = asahi_get_time(s.client.fd);
		igt_assert_eq(asahi_job_run(&job), 1);
		memcpy(&value, bytes + offsets[i], sizeof(value));
		igt_assert_lte_u64(before, value);
		igt_assert_lte_u64(value, asahi_get_time(s.client.fd));
		for (j = 0; j < s.bo.size; j++)
			if (j < offsets[i] || j >= offsets[i] + sizeof(value))
				igt_assert_eq(bytes[j], 0xee);
	}
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: render
 * Description: A render command completes, and writes the moments of both of its halves in their
 *	order.
 */
static void render(void)
{
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_stamps s;
	uint32_t i;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&s.client, &command);
	asahi_stamp_render(&command, &s, 0);
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	igt_assert_eq(run(&s.client, &cmdbuf), 1);
	igt_assert_lt_u64(0, s.words[0]);
	for (i = 1; i < 4; i++)
		igt_assert_lte_u64(s.words[i - 1], s.words[i]);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: render-limits
 * Description: Render commands of every size, sample count and flag that the uapi allows are
 *	taken.
 */
static void render_limits(void)
{
	static const uint8_t utiles[][2] = { { 32, 32 }, { 32, 16 }, { 16, 16 } };
	static const uint32_t flags[] = {
		DRM_ASAHI_RENDER_VERTEX_SCRATCH, DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES,
		DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING, DRM_ASAHI_RENDER_DBIAS_IS_INT,
	};
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	uint32_t i, samples;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&client, &command);
	command.width_px = 16384;
	command.height_px = 1;
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	command.width_px = 1;
	command.height_px = 16384;
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	command.height_px = 1;
	command.layers = 2048;
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	command.layers = 1;
	for (i = 0; i < ARRAY_SIZE(utiles); i++) {
		for (samples = 1; samples <= 4; samples *= 2) {
			command.utile_width_px = utiles[i][0];
			command.utile_height_px = utiles[i][1];
			command.samples = samples;
			asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
		}
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		command.flags |= flags[i];
		asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	}
	igt_assert_eq(run(&client, &cmdbuf), 1);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: two-queues
 * Description: Queues of one address space run side by side: a job that waits for the CPU does
 *	not keep one on another queue from running.
 */
static void two_queues(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t queue_id;
	int fence, status;
	bool done;

	asahi_client_init(&client);
	igt_require_f(asahi_runs_side_by_side(&client), "the GPU runs one queue at a time\n");
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 0);
	fence = asahi_cmdbuf_start(&client, queue_id, &cmdbuf);
	done = !sync_fence_wait(fence, asahi_hang_ms() / 2);
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert(done);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	close(fence);

	asahi_queue_destroy(client.fd, queue_id);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: many-vms
 * Description: More address spaces than the GPU has places for run at the same time, each on its
 *	own memory.
 */
static void many_vms(void)
{
	enum { NUM = 80 };
	static struct asahi_client clients[NUM];
	static struct asahi_bo bos[NUM];
	static struct asahi_job jobs[NUM];
	static int fences[NUM];
	int fd = asahi_open();
	uint32_t i, round;

	for (i = 0; i < NUM; i++) {
		asahi_client_init_fd(&clients[i], fd);
		asahi_bo_init(&clients[i], &bos[i], ASAHI_PAGE);
		asahi_job_init(&clients[i], &jobs[i], ASAHI_SHADER_ADD, bos[i].va, 0, 0);
	}
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < NUM; i++) {
			bos[i].map[0] = i;
			bos[i].map[1] = round;
			fences[i] = asahi_job_start(&jobs[i]);
		}
		for (i = 0; i < NUM; i++) {
			igt_assert_eq(asahi_finish(fences[i]), 1);
			igt_assert_eq_u32(bos[i].map[2], i + round);
		}
	}
	for (i = 0; i < NUM; i++) {
		asahi_bo_fini(&clients[i], &bos[i]);
		asahi_client_fini(&clients[i]);
	}
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "no-syncs", "A submit needs no syncs.", no_syncs },
	{ "max-commands", "As many commands as the device says run.", max_commands },
	{ "many-submits", "Hundreds of submits run in order.", many_submits },
	{ "short-payload", "What a shorter command lacks reads as zero.", short_payload },
	{ "long-payload", "A longer command runs if the rest is zero.", long_payload },
	{ "attachments", "Attachments change nothing.", attachments },
	{ "timestamps", "Commands write when they started and ended.", timestamps },
	{ "timestamp-last-word", "The end of the range can be written.", timestamp_last_word },
	{ "timestamp-unaligned", "A timestamp may start at any byte.", timestamp_unaligned },
	{ "render", "A render command completes with timestamps.", render },
	{ "render-limits", "All valid render commands are taken.", render_limits },
	{ "two-queues", "Queues of one address space run side by side.", two_queues },
	{ "many-vms", "More address spaces than places run.", many_vms },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
