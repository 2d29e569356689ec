// SPDX-License-Identifier: MIT
/*
 * Floats. What Vulkan wants to be rounded correctly has to be the same to the bit; of the rest both
 * devices may be wrong by as much as it allows.
 */
#include "igt.h"
#include "program.h"

#define THREADS 1024
#define GROUPS { THREADS / 64 }

/* From @in words for each thread, filled as FILL_@kind, to @out words. */
#define FLOATS(in, kind, out, ...) \
	.buffers = { \
		{ .num_words = (in) * THREADS, .fill = FILL_ ## kind }, \
		{ .num_words = (out) * THREADS, .compare = COMPARE_FLOATS, \
		  .precision = { __VA_ARGS__ } }, \
	}, \
	.groups = GROUPS

#define HALVES(out, ...) \
	.buffers = { \
		{ .num_words = THREADS, .fill = FILL_HALVES }, \
		{ .num_words = (out) * THREADS, .compare = COMPARE_HALVES, \
		  .precision = { __VA_ARGS__ } }, \
	}, \
	.groups = GROUPS

#define WORDS(in, kind, out) \
	.buffers = { \
		{ .num_words = (in) * THREADS, .fill = FILL_ ## kind }, \
		{ .num_words = (out) * THREADS, .compare = COMPARE_WORDS }, \
	}, \
	.groups = GROUPS

static const struct program programs[] = {
	{ "float-add", "Floats are added.", FLOATS(2, SPECIAL, 4, 0), .gles = true },
	{ "float-multiply", "Floats are multiplied.", FLOATS(2, SPECIAL, 4, 0) },
	{ "float-fma", "Products and sums in one.", FLOATS(2, UNIT, 4, 2), .gles = true },
	{ "float-min-max", "The smaller and the greater float is found.",
	  FLOATS(2, FLOATS, 4, 0),
	  .gles = true },
	{ "float-round", "Floats are rounded.", FLOATS(1, SPECIAL, 4, 0), .gles = true },
	{ "float-modifiers", "Signs and limits of operands and results.",
	  FLOATS(2, FLOATS, 8, 0) },
	{ "float-compare", "Floats are compared.", WORDS(2, SPECIAL, 1), .gles = true },
	{ "float-bits", "Parts of floats.", WORDS(1, FLOATS, 4) },
	{ "float-pack", "Floats are packed.", WORDS(4, UNIT, 4), .gles = true },
	/* mod() is as exact as its quotient, which is up to 128. */
	{ "float-fraction", "What is behind the point.", FLOATS(2, UNIT, 4, 0, 1.0 / 10000) },
	{ "float-convert", "Integers and floats become one another.",
	  .buffers = { { .num_words = THREADS, .fill = FILL_EDGES },
		       { .num_words = THREADS, .fill = FILL_FLOATS },
		       { .num_words = 4 * THREADS, .compare = COMPARE_WORDS } },
	  .groups = GROUPS,
	  .gles = true },
	{ "float-divide", "Floats are divided.", FLOATS(2, FLOATS, 4, 5), .gles = true },
	{ "float-sqrt", "Square roots.", FLOATS(2, FLOATS, 4, 9) },
	/* 3 + 2 * |x|, of up to 10. */
	{ "float-exp", "Powers of two and of e.", FLOATS(2, UNIT, 4, 46), .gles = true },
	{ "float-log", "Logarithms.", FLOATS(2, FLOATS, 4, 6, 1.0 / (1 << 20)) },
	/* What exp2(y * log2(x)) may be. */
	{ "float-power", "Powers.", FLOATS(2, UNIT, 4, 64) },
	/* 2^-11 each. */
	{ "float-sine", "Sine and cosine.", FLOATS(2, UNIT, 4, 0, 1.0 / 1024), .gles = true },
	{ "float-arc", "Arcs, and hyperbolic functions.", FLOATS(2, UNIT, 4, 8192, 1.0 / 16384) },
	{ "float-vector", "Vectors and matrices.", FLOATS(8, UNIT, 12, 32, 1.0 / 100000) },
	{ "float-loop", "A loop that ends when a float is good enough.",
	  FLOATS(1, FLOATS, 1, 16) },
	{ "half-add", "16-bit floats are added and multiplied.", HALVES(2, 0) },
	{ "half-min-max", "16-bit floats are compared and rounded.", HALVES(4, 0) },
	{ "half-convert", "16-bit floats become other numbers, and back.", WORDS(1, HALVES, 4) },
	{ "half-math", "Functions of 16-bit floats.", HALVES(4, 6, 1.0 / 64) },
	{ "mandelbrot-float", "The Mandelbrot set, rounded as everywhere.",
	  .buffers = { { .num_words = 64 * 64, .compare = COMPARE_WORDS } },
	  .groups = { 8, 8 },
	  .gles = true },
	{ "n-body", "Bodies pull at each other.",
	  .buffers = { { .num_words = 4 * 256, .fill = FILL_UNIT },
		       { .num_words = 4 * 256, .compare = COMPARE_FLOATS,
			 .precision = { 0, 1.0 / 100 } } },
	  .groups = { 4 } },
	{ "fourier", "A Fourier transform.",
	  .buffers = { { .num_words = THREADS, .fill = FILL_UNIT },
		       { .num_words = 2 * THREADS, .compare = COMPARE_FLOATS,
			 .precision = { 0, 1.0 / 32 } } },
	  .groups = GROUPS },
};

const struct program_table float_programs = { programs, ARRAY_SIZE(programs) };
