// SPDX-License-Identifier: MIT
/* What a compute shader is written for. */
#include "igt.h"
#include "program.h"

#define WORDS(in, out, ...) \
	.buffers = { \
		{ .num_words = (in), .fill = FILL_RANDOM }, \
		{ .num_words = (out), .compare = COMPARE_WORDS }, \
	}, \
	.groups = { __VA_ARGS__ }

static const struct program programs[] = {
	{ "hash-fnv", "A hash, a byte at a time.", WORDS(4096, 1024, 16) },
	{ "hash-sha-256", "A hash of many rounds.", WORDS(16 * 256, 8 * 256, 4) },
	{ "hash-crc-32", "A checksum by a table.", WORDS(16 * 512, 512, 2), .gles = true },
	{ "cipher-chacha", "A cipher.",
	  .buffers = { { .num_words = 11, .fill = FILL_RANDOM },
		       { .num_words = 16 * 256, .fill = FILL_RANDOM },
		       { .num_words = 16 * 256, .compare = COMPARE_WORDS } },
	  .groups = { 4 } },
	{ "random-pcg", "Random numbers.",
	  .buffers = { { .num_words = 16 * 1024, .compare = COMPARE_WORDS } },
	  .groups = { 16 } },
	{ "primes-sieve", "Prime numbers.",
	  .buffers = { { .num_words = 256, .compare = COMPARE_WORDS } } },
	{ "life", "The game of life.", WORDS(4096, 4096, 1), .gles = true },
	{ "blur-box", "An image is blurred.", WORDS(4096, 4096, 4, 16) },
	{ "edges-sobel", "Edges of an image.", WORDS(4096, 4096, 8, 8), .gles = true },
	{ "mandelbrot", "The Mandelbrot set, in integers.",
	  .buffers = { { .num_words = 64 * 64, .compare = COMPARE_WORDS } },
	  .groups = { 8, 8 } },
	{ "edit-distance", "How different two texts are.", WORDS(512, 256, 4) },
	{ "matrix-transpose", "A matrix is transposed.", WORDS(4096, 4096, 4, 4) },
	{ "matrix-integer", "Matrices of integers are multiplied.",
	  .buffers = { { .num_words = 4096, .fill = FILL_RANDOM },
		       { .num_words = 4096, .fill = FILL_RANDOM },
		       { .num_words = 4096, .compare = COMPARE_WORDS } },
	  .groups = { 4, 4 } },
	{ "matrix-multiply", "Matrices of floats are multiplied.",
	  .buffers = { { .num_words = 4096, .fill = FILL_UNIT },
		       { .num_words = 4096, .fill = FILL_UNIT },
		       { .num_words = 4096, .compare = COMPARE_FLOATS,
			 .precision = { 256 } } },
	  .groups = { 4, 4 },
	  .gles = true },
};

const struct program_table whole_programs = { programs, ARRAY_SIZE(programs) };
