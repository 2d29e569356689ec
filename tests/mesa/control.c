// SPDX-License-Identifier: MIT
/* Threads that do not go the same way. */
#include "igt.h"
#include "program.h"

#define THREADS 1024
#define GROUPS { THREADS / 64 }

#define FLOW(out) \
	.buffers = { \
		{ .num_words = THREADS, .fill = FILL_RANDOM }, \
		{ .num_words = (out) * THREADS, .compare = COMPARE_WORDS }, \
	}, \
	.groups = GROUPS

static const uint32_t rounds_and_flags[] = { 20, 1 };

static const struct program programs[] = {
	{ "flow-if", "Conditions within conditions.", FLOW(4) },
	{ "flow-loop", "Loops that end at another time for each lane.",
	  .buffers = { { .num_words = THREADS, .compare = COMPARE_WORDS } },
	  .groups = GROUPS,
	  .gles = true },
	{ "flow-break", "Loops that are left, and gone on with, from within.", FLOW(2),
	  .gles = true },
	{ "flow-switch", "Cases, some of which go on into the next one.", FLOW(1), .gles = true },
	{ "flow-return", "Threads that end early.", FLOW(1) },
	{ "flow-uniform", "Conditions that are the same for all.", FLOW(1),
	  .push = rounds_and_flags, .push_size = sizeof(rounds_and_flags) },
};

const struct program_table control_programs = { programs, ARRAY_SIZE(programs) };
