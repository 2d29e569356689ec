// SPDX-License-Identifier: MIT
/* What is no dispatch, though Mesa makes dispatches of it: copies, fills, queries, events. */
#include <inttypes.h>

#include "run.h"

#define NUM_STAMPS 3

/* Pieces of several sizes, none of which begins where a page does. */
static const VkBufferCopy pieces[] = {
	{ 0, 256, 1024 },
	{ 4000, 4, 4 },
	{ 1028, 5000, 3004 },
	{ 8192, 8192, 8192 },
};

static void record_copy(struct run *run)
{
	const struct gpu_buffer *buffers = run->buffers;

	vkCmdCopyBuffer(run->commands, buffers[0].buffer, buffers[1].buffer, ARRAY_SIZE(pieces),
			pieces);
	run_barrier(run);
	run_dispatch(run, 0, 4096 / 64, 1, 1);
	run_barrier(run);
	vkCmdCopyBuffer(run->commands, buffers[1].buffer, buffers[2].buffer, ARRAY_SIZE(pieces),
			pieces);
}

static void record_fill(struct run *run)
{
	VkBuffer buffer = run->buffers[0].buffer;

	vkCmdFillBuffer(run->commands, buffer, 0, 4096, 0x12345678);
	vkCmdFillBuffer(run->commands, buffer, 5000, 4, 0xdeadbeef);
	vkCmdFillBuffer(run->commands, buffer, 6004, 2056, 0x01020304);
	vkCmdFillBuffer(run->commands, buffer, 12288, VK_WHOLE_SIZE, 0xffffffff);
	run_barrier(run);
	run_dispatch(run, 0, 4096 / 64, 1, 1);
	run_barrier(run);
	vkCmdFillBuffer(run->commands, buffer, 1000, 16, 77);
}

static void record_update(struct run *run)
{
	VkBuffer buffer = run->buffers[0].buffer;
	static uint32_t words[4096];
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = i * i;
	vkCmdUpdateBuffer(run->commands, buffer, 0, sizeof(words), words);
	run_barrier(run);
	vkCmdUpdateBuffer(run->commands, buffer, 400, 12, words + 1000);
	vkCmdUpdateBuffer(run->commands, buffer, 8004, 4, words + 77);
	run_barrier(run);
	run_dispatch(run, 0, 4096 / 64, 1, 1);
}

/* The CPU gets to know the same times as the shader does. */
static void check_stamps(struct run *run, VkQueryPool pool)
{
	const uint32_t *words = run->buffers[0].words;
	uint64_t times[NUM_STAMPS], seen;
	uint32_t i;

	VK(vkGetQueryPoolResults(run->gpu->device, pool, 0, NUM_STAMPS, sizeof(times), times,
				 sizeof(times[0]),
				 VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
	for (i = 0; i < NUM_STAMPS; i++) {
		seen = words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
		igt_assert_f(seen == times[i],
			     "%s: query %u: %" PRIu64 " copied, %" PRIu64 " read\n",
			     run->gpu->name, i, seen, times[i]);
	}
}

static void execute_timestamps(struct run *run)
{
	const VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
		.queryType = VK_QUERY_TYPE_TIMESTAMP,
		.queryCount = NUM_STAMPS,
	};
	VkQueryPool pool;
	uint32_t i;

	VK(vkCreateQueryPool(run->gpu->device, &info, NULL, &pool));
	run_begin(run);
	vkCmdResetQueryPool(run->commands, pool, 0, NUM_STAMPS);
	for (i = 0; i < NUM_STAMPS; i++) {
		vkCmdWriteTimestamp(run->commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, i);
		run_dispatch(run, 1, 4, 1, 1);
		run_barrier(run);
	}
	vkCmdCopyQueryPoolResults(run->commands, pool, 0, NUM_STAMPS, run->buffers[0].buffer, 0,
				  8, VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
	run_barrier(run);
	run_dispatch(run, 0, 4, 1, 1);
	run_end(run);
	check_stamps(run, pool);
	vkDestroyQueryPool(run->gpu->device, pool, NULL);
}

/* How many invocations there are in a dispatch, and in one of which a buffer has the size. */
static void execute_invocations(struct run *run)
{
	const VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
		.queryType = VK_QUERY_TYPE_PIPELINE_STATISTICS,
		.queryCount = 2,
		.pipelineStatistics = VK_QUERY_PIPELINE_STATISTIC_COMPUTE_SHADER_INVOCATIONS_BIT,
	};
	const uint64_t expected[] = { 4 * 64, 1 * 2 * 3 * 64 };
	uint64_t counts[2];
	VkQueryPool pool;
	unsigned int i;

	VK(vkCreateQueryPool(run->gpu->device, &info, NULL, &pool));
	run_begin(run);
	vkCmdResetQueryPool(run->commands, pool, 0, 2);
	vkCmdBeginQuery(run->commands, pool, 0, 0);
	run_dispatch(run, 0, 4, 1, 1);
	vkCmdEndQuery(run->commands, pool, 0);
	run_barrier(run);
	vkCmdBeginQuery(run->commands, pool, 1, 0);
	vkCmdDispatchIndirect(run->commands, run->buffers[2].buffer, sizeof(uint32_t));
	vkCmdEndQuery(run->commands, pool, 1);
	run_barrier(run);
	vkCmdCopyQueryPoolResults(run->commands, pool, 0, 2, run->buffers[0].buffer, 0,
				  sizeof(counts[0]),
				  VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
	run_end(run);

	VK(vkGetQueryPoolResults(run->gpu->device, pool, 0, 2, sizeof(counts), counts,
				 sizeof(counts[0]),
				 VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
	for (i = 0; i < 2 && !run->empty; i++)
		igt_assert_f(counts[i] == expected[i],
			     "%s: %" PRIu64 " invocations and not %" PRIu64 "\n", run->gpu->name,
			     counts[i], expected[i]);
	vkDestroyQueryPool(run->gpu->device, pool, NULL);
}

/* One that the GPU sets and waits for, and one that the CPU has set and the GPU resets. */
static void execute_events(struct run *run)
{
	const VkEventCreateInfo info = { .sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO };
	const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
	const VkMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
	};
	VkDevice device = run->gpu->device;
	VkEvent set, reset;

	VK(vkCreateEvent(device, &info, NULL, &set));
	VK(vkCreateEvent(device, &info, NULL, &reset));
	VK(vkSetEvent(device, reset));
	igt_assert_eq(vkGetEventStatus(device, set), VK_EVENT_RESET);
	igt_assert_eq(vkGetEventStatus(device, reset), VK_EVENT_SET);

	run_begin(run);
	run_dispatch(run, 0, 4, 1, 1);
	vkCmdSetEvent(run->commands, set, stage);
	vkCmdWaitEvents(run->commands, 1, &set, stage, stage, 1, &barrier, 0, NULL, 0, NULL);
	run_dispatch(run, 0, 4, 1, 1);
	vkCmdResetEvent(run->commands, reset, stage);
	run_end(run);

	igt_assert_eq(vkGetEventStatus(device, set), VK_EVENT_SET);
	igt_assert_eq(vkGetEventStatus(device, reset), VK_EVENT_RESET);
	vkDestroyEvent(device, reset, NULL);
	vkDestroyEvent(device, set, NULL);
}

static const struct program programs[] = {
	{ "buffer-copy", "Buffers are copied in pieces.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM },
		       { .num_words = 4096, .fill = FILL_RANDOM, .compare = COMPARE_WORDS },
		       { .num_words = 4096, .fill = FILL_RANDOM, .compare = COMPARE_WORDS } },
	  .record = record_copy },
	{ "buffer-fill", "Parts of a buffer are filled.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM, .compare = COMPARE_WORDS } },
	  .record = record_fill },
	{ "buffer-update", "Buffers are updated.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM, .compare = COMPARE_WORDS } },
	  .record = record_update },
	{ "timestamps", "The GPU writes down when it was where.",
	  .buffers = { { .num_words = 6 },
		       { .num_words = 256, .compare = COMPARE_WORDS },
		       { .num_words = 256, .compare = COMPARE_WORDS } },
	  .shaders = { "timestamps-2" },
	  .execute = execute_timestamps },
	{ "invocations", "The GPU counts how often a shader runs.",
	  .buffers = { { .num_words = 4, .compare = COMPARE_WORDS },
		       { .num_words = 384, .compare = COMPARE_WORDS },
		       { .num_words = 4, .fill = FILL_INDEX } },
	  .execute = execute_invocations },
	{ "events", "The GPU sets and resets events.",
	  .buffers = { { .num_words = 256, .fill = FILL_RANDOM },
		       { .num_words = 256, .compare = COMPARE_WORDS } },
	  .execute = execute_events },
};

const struct program_table transfer_programs = { programs, ARRAY_SIZE(programs) };
