/* SPDX-License-Identifier: MIT */
/*
 * What numbers in the formats of memory are, stated once more and with doubles.
 */
#ifndef ENGINE_TEST_REAL_FORMAT_H
#define ENGINE_TEST_REAL_FORMAT_H

#include "engine_types.h"

/* Normalised integers. */
double real_unorm(u32 value, u32 bits);
double real_snorm(u32 value, u32 bits);
u32 real_to_unorm(double value, u32 bits);
u32 real_to_snorm(double value, u32 bits);

/* Floats of 10 and 11 bits; rounded to nearest, or to zero. */
double real_small(u32 value, u32 bits);
u32 real_to_small(double value, u32 bits, bool nearest);

/* Three floats with one exponent. */
double real_shared(u32 value, u32 index);
u32 real_to_shared(const double *values, bool nearest);

/* sRGB of 8 bits; the latter is not rounded yet. */
double real_srgb(u32 value);
double real_to_srgb(double value);

#endif /* ENGINE_TEST_REAL_FORMAT_H */
