// SPDX-License-Identifier: MIT
/* Integers, and bits: the results have to be the same to the last one. */
#include "igt.h"
#include "program.h"

#define THREADS 1024
#define GROUPS { THREADS / 64 }

/* From @in words for each thread to @out words. */
#define INTEGERS(in, out) \
	.buffers = { \
		{ .num_words = (in) * THREADS, .fill = FILL_EDGES }, \
		{ .num_words = (out) * THREADS, .compare = COMPARE_WORDS }, \
	}, \
	.groups = GROUPS

static const struct program programs[] = {
	{ "int-add", "Integers are added and subtracted.", INTEGERS(2, 4), .gles = true },
	{ "int-multiply", "Integers are multiplied.", INTEGERS(2, 4) },
	{ "int-multiply-wide", "Products have 64 bits.", INTEGERS(2, 4), .gles = true },
	{ "int-carry", "Sums and differences carry.", INTEGERS(4, 8) },
	{ "int-divide", "Integers are divided.", INTEGERS(2, 8), .gles = true },
	{ "int-shift", "Words are shifted.", INTEGERS(2, 8) },
	{ "int-logic", "Bits are combined.", INTEGERS(2, 8) },
	{ "int-compare", "Integers are compared.", INTEGERS(2, 2), .gles = true },
	{ "int-min-max", "The smaller and the greater integer is found.", INTEGERS(2, 8) },
	{ "int-bitfield", "Fields of bits are read and written.", INTEGERS(2, 8), .gles = true },
	{ "int-bit-scan", "Bits are found, counted and reversed.", INTEGERS(2, 8), .gles = true },
	{ "int-16-bits", "Integers of 16 bits.", INTEGERS(1, 4) },
	{ "int-8-bits", "Integers of 8 bits, stored as such.", INTEGERS(1, 1) },
	{ "int-64-bits", "Integers of 64 bits.", INTEGERS(4, 16) },
	{ "int-64-divide", "Integers of 64 bits are divided.", INTEGERS(4, 4) },
	{ "int-dot", "Products of bytes are added up.", INTEGERS(2, 4) },
};

const struct program_table integer_programs = { programs, ARRAY_SIZE(programs) };
