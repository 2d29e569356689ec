/* SPDX-License-Identifier: MIT */
/*
 * What floats are, stated once more and with the host's floating-point unit: the oracle for the
 * engine's arithmetic, which does without one.
 *
 * Exact results are doubles that were rounded to odd, which rounds right when they are rounded
 * again to half or single.
 */
#ifndef ENGINE_TEST_REAL_H
#define ENGINE_TEST_REAL_H

#include "engine_types.h"

#include "asm.h"
#include "gpu.h"

/* The number that bits denote. Subnormal singles are zero. */
double real_of_half(u32 bits);
double real_of_single(u32 bits);
double real_of_imm(u32 imm);

/* The nearest half or single; a subnormal single becomes zero before it is rounded. */
u32 real_to_half(double value);
u32 real_to_single(double value);

/* The half next to it that is not further from 0. */
u32 real_to_half_towards_zero(double value);

/* The same, by size: 16 or 32 bits. */
double real_of(u32 bits, u32 size);
u32 real_to(double value, u32 size);

/* Between 0 and 1, and 0 for what is no number. */
double real_saturate(double value);

/* A sum, and a product of two singles to which a single is added, rounded to odd. */
double real_add(double a, double b);
double real_fma(double a, double b, double c);

/* abs and neg of an operand. */
double real_modify(struct arg arg, double value);

/* A single among which those at an edge of something are frequent; a half, the same way. */
u32 real_random_single(struct gpu_random *random);
u32 real_random_half(struct gpu_random *random);

#endif /* ENGINE_TEST_REAL_H */
