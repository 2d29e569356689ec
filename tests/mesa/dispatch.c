// SPDX-License-Identifier: MIT
/* Many dispatches, and such whose size the GPU decides on. */
#include "run.h"

#define NUM_DISPATCHES 500

/* Each has 64 words, of 4096. */
static void record_many(struct run *run)
{
	uint32_t i;

	for (i = 0; i < NUM_DISPATCHES; i++) {
		const uint32_t push[] = { i % 64 * 64, i | 1 };

		if (i && i % 64 == 0)
			run_barrier(run);
		run_push(run, push, sizeof(push));
		run_dispatch(run, 0, 1, 1, 1);
	}
}

static void record_chain(struct run *run)
{
	uint32_t i;

	for (i = 0; i < 100; i++) {
		run_push(run, &i, sizeof(i));
		run_dispatch(run, 0, 16, 1, 1);
		run_barrier(run);
	}
}

static void record_indirect(struct run *run)
{
	uint32_t i;

	run_dispatch(run, 0, 1, 1, 1);
	run_barrier(run);
	for (i = 0; i < 3; i++) {
		run_bind(run, 1);
		vkCmdDispatchIndirect(run->commands, run->buffers[0].buffer, i * 16);
		run_barrier(run);
	}
}

static void record_sort(struct run *run)
{
	uint32_t push[2];

	for (push[0] = 2; push[0] <= 4096; push[0] *= 2) {
		for (push[1] = push[0] / 2; push[1]; push[1] /= 2) {
			run_push(run, push, sizeof(push));
			run_dispatch(run, 0, 4096 / 2 / 64, 1, 1);
			run_barrier(run);
		}
	}
}

static void record_prefix(struct run *run)
{
	run_dispatch(run, 0, 16, 1, 1);
	run_barrier(run);
	run_dispatch(run, 1, 16, 1, 1);
}

/* Puts a list into the buffer: element i is followed by element i * 5 / 7, and 0 is the last. */
static void record_list(struct run *run)
{
	const VkBufferDeviceAddressInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
		.buffer = run->buffers[0].buffer,
	};
	uint64_t start = vkGetBufferDeviceAddress(run->gpu->device, &info), next;
	uint32_t *words = run->buffers[0].words, i;

	for (i = 0; i < run->buffers[0].num_words / 4; i++) {
		next = i ? start + 16 * (uint64_t)(i * 5 / 7) : 0;
		words[4 * i] = (uint32_t)next;
		words[4 * i + 1] = next >> 32;
		words[4 * i + 2] = i * UINT32_C(2654435761);
		words[4 * i + 3] = 0;
	}
	run_push(run, &start, sizeof(start));
	run_dispatch(run, 0, 4, 1, 1);
}

static const struct program programs[] = {
	{ "dispatch-many", "500 dispatches.",
	  .buffers = { { .num_words = 4096, .compare = COMPARE_WORDS } }, .record = record_many },
	{ "dispatch-chain", "100 dispatches, each of which needs the one before.",
	  .buffers = { { .num_words = 1024, .fill = FILL_RANDOM, .compare = COMPARE_WORDS },
		       { .num_words = 1024, .compare = COMPARE_WORDS } },
	  .record = record_chain },
	{ "dispatch-indirect", "A shader decides how many groups are to run.",
	  .buffers = { { .num_words = 16, .compare = COMPARE_WORDS },
		       { .num_words = 2 * 8 * 16 * 32, .compare = COMPARE_WORDS } },
	  .shaders = { "dispatch-indirect-2" },
	  .record = record_indirect },
	{ "sort-global", "A network that sorts, in 78 dispatches.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM, .compare = COMPARE_WORDS } },
	  .record = record_sort },
	{ "prefix-global", "Running sums over all groups.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM },
		       { .num_words = 4096, .compare = COMPARE_WORDS },
		       { .num_words = 16, .compare = COMPARE_WORDS } },
	  .shaders = { "prefix-global-2" },
	  .record = record_prefix },
	{ "address-list", "A list with addresses in it.",
	  .buffers = { { .num_words = 4 * 256 },
		       { .num_words = 2 * 256, .compare = COMPARE_WORDS } },
	  .record = record_list },
};

const struct program_table dispatch_programs = { programs, ARRAY_SIZE(programs) };
