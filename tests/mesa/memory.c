// SPDX-License-Identifier: MIT
/* Memory: buffers, constants, what a thread has for itself, and atomic operations. */
#include "igt.h"
#include "program.h"

#define THREADS 1024
#define GROUPS { THREADS / 64 }

#define MEMORY(in, out) \
	.buffers = { \
		{ .num_words = (in), .fill = FILL_RANDOM }, \
		{ .num_words = (out), .compare = COMPARE_WORDS }, \
	}

#define ONE_BUFFER(words) .buffers = { { .num_words = (words), .compare = COMPARE_WORDS } }

static const uint32_t push_words[] = {
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73,
};

/* Threads of a group, and what else the shader wants to know. */
static const uint32_t constants[] = { 128, 77, 1, 3 };

static const struct program programs[] = {
	{ "mem-vectors", "Vectors, and structures with gaps.", MEMORY(12 * THREADS, 12 * THREADS),
	  .groups = GROUPS,
	  .gles = true },
	{ "mem-gather", "Words from anywhere to anywhere.", MEMORY(4096, 4096), .groups = { 64 } },
	{ "mem-length", "A shader asks for the size of its buffers.", MEMORY(1024, 4 * 512) },
	{ "mem-uniform", "A uniform buffer.",
	  .buffers = { { .num_words = 256, .fill = FILL_RANDOM, .uniform = true },
		       { .num_words = 4 * THREADS, .compare = COMPARE_WORDS } },
	  .groups = GROUPS,
	  .gles = true },
	{ "mem-push", "Push constants.", ONE_BUFFER(4 * THREADS), .groups = GROUPS,
	  .push = push_words, .push_size = sizeof(push_words) },
	{ "mem-constants", "Specialization constants.", ONE_BUFFER(2 * 1024), .groups = { 8 },
	  .constants = constants, .num_constants = ARRAY_SIZE(constants) },
	{ "mem-8-bits", "Bytes.", MEMORY(1024, 1024), .groups = { 64 } },
	{ "mem-16-bits", "Words of 16 bits.", MEMORY(1024, 4096), .groups = { 32 } },
	{ "mem-64-bits", "Words of 64 bits.", MEMORY(2 * THREADS, 2 * THREADS), .groups = GROUPS },
	{ "mem-stack", "An array for each thread.", MEMORY(4096, 4096), .groups = { 4 },
	  .gles = true },
	{ "mem-spill", "More values than there are registers.", MEMORY(4096, 256),
	  .groups = { 4 },
	  .gles = true },
	{ "atomic-add", "All threads add.", MEMORY(THREADS, 64), .groups = GROUPS },
	{ "atomic-logic", "Smallest, greatest, and bits.",
	  .buffers = { { .num_words = THREADS, .fill = FILL_RANDOM },
		       { .num_words = 128, .fill = FILL_RANDOM, .compare = COMPARE_WORDS },
		       { .num_words = 64, .fill = FILL_RANDOM, .compare = COMPARE_WORDS } },
	  .groups = GROUPS,
	  .gles = true },
	{ "atomic-exchange", "Words are exchanged.", ONE_BUFFER(128), .groups = GROUPS,
	  .gles = true },
	{ "atomic-return", "Each thread gets a number of its own.", ONE_BUFFER(64 + THREADS),
	  .groups = GROUPS },
	{ "atomic-shared", "The threads of a group count.", MEMORY(1024, 4 * 67),
	  .groups = { 4 } },
	{ "atomic-histogram", "How often each byte is there.", MEMORY(4096, 256),
	  .groups = { 4 },
	  .gles = true },
};

const struct program_table memory_programs = { programs, ARRAY_SIZE(programs) };
