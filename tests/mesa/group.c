// SPDX-License-Identifier: MIT
/* Groups: barriers and memory that threads share, and subgroups. */
#include "igt.h"
#include "program.h"

#define THREADS 1024

#define WORDS(in, out, groups_) \
	.buffers = { \
		{ .num_words = (in), .fill = FILL_RANDOM }, \
		{ .num_words = (out), .compare = COMPARE_WORDS }, \
	}, \
	.groups = { groups_ }

static const struct program programs[] = {
	{ "group-ids", "Which thread one is.",
	  .buffers = { { .num_words = 16 * 64 * 24, .compare = COMPARE_WORDS } },
	  .groups = { 3, 2, 4 },
	  .gles = true },
	{ "group-reverse", "Threads read what others have written.", WORDS(1024, 1024, 8) },
	{ "group-1024", "1024 threads and 33 barriers.", WORDS(2048, 2048, 2), .gles = true },
	{ "group-32-kib", "32 KiB of shared memory.", WORDS(4096, 2 * 8192, 2) },
	{ "group-small", "Shared bytes and halves of words.", WORDS(1024, 2 * 1024, 16) },
	{ "reduce-sum", "Sums.", WORDS(4096, 16, 16) },
	{ "reduce-argmax", "Where the greatest word is.", WORDS(4096, 2 * 16, 16) },
	{ "prefix-sum", "Running sums.", WORDS(4096, 4096, 4) },
	{ "sort-bitonic", "A network that sorts.", WORDS(4096, 4096, 4), .gles = true },
	{ "sort-odd-even", "Neighbours change places.", WORDS(512, 2 * 512, 4) },
	{ "subgroup-reduce", "Sums and the like over subgroups.", WORDS(1024, 64, 8),
	  .gles = true },
	{ "subgroup-scan", "Running sums over subgroups.", WORDS(THREADS, 2 * THREADS, 8) },
	{ "subgroup-ballot", "Lanes vote.", WORDS(THREADS, 4 * THREADS, 8), .gles = true },
	{ "subgroup-shuffle", "Lanes take words from each other.", WORDS(THREADS, 4 * THREADS, 8) },
	{ "subgroup-broadcast", "One lane's word for all.", WORDS(THREADS, 4 * THREADS, 8) },
	{ "subgroup-vote", "Whether all lanes say so.", WORDS(THREADS, 4 * THREADS, 32) },
	{ "subgroup-quad", "Four neighbours.", WORDS(THREADS, 4 * THREADS, 16) },
	{ "subgroup-cluster", "Sums over some neighbours.", WORDS(THREADS, 4 * THREADS, 16) },
	{ "subgroup-divergent", "Sums among the lanes of a branch.", WORDS(THREADS, 128, 16) },
	{ "subgroup-float", "Sums of floats.",
	  .buffers = { { .num_words = THREADS, .fill = FILL_UNIT },
		       { .num_words = 4 * THREADS, .compare = COMPARE_FLOATS,
			 .precision = { 16 } } },
	  .groups = { 16 } },
};

const struct program_table group_programs = { programs, ARRAY_SIZE(programs) };
