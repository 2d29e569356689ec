// SPDX-License-Identifier: MIT
/* What is no dispatch, though Mesa makes dispatches of it: copies, fills, updates, timestamps. */
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
};

const struct program_table transfer_programs = { programs, ARRAY_SIZE(programs) };
