// SPDX-License-Identifier: MIT
#include "real.h"

#include <math.h>
#include <stdint.h>

static u64 double_bits(double value)
{
	u64 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double double_of_bits(u64 bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

double real_of_half(u32 bits)
{
	double sign = bits & 0x8000 ? -1 : 1;
	int exponent = bits >> 10 & 31;
	int fraction = bits & 0x3ff;

	if (exponent == 31)
		return fraction ? (double)NAN : sign * (double)INFINITY;
	if (!exponent)
		return sign * ldexp(fraction, -24);
	return sign * ldexp(1024 + fraction, exponent - 25);
}

double real_of_single(u32 bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return fpclassify(value) == FP_SUBNORMAL ? copysign(0.0, value) : (double)value;
}

double real_of_imm(u32 imm)
{
	double sign = imm & 0x80 ? -1 : 1;
	int exponent = imm >> 4 & 7;
	int fraction = imm & 15;

	if (!exponent)
		return sign * fraction / 64;
	return sign * ldexp(16 + fraction, exponent - 7);
}

u32 real_to_half(double value)
{
	u32 sign = signbit(value) ? 0x8000 : 0;
	double quantum;
	int exponent;

	if (isnan(value))
		return 0x7e00;
	value = fabs(value);
	if (value >= 65520)
		return sign | 0x7c00;
	if (value == 0)
		return sign;

	/* Halves near the value are multiples of this. */
	frexp(value, &exponent);
	quantum = ldexp(1, exponent < -13 ? -24 : exponent - 11);
	value = nearbyint(value / quantum) * quantum;

	if (value < ldexp(1, -14))
		return sign | (u32)ldexp(value, 24);
	frexp(value, &exponent);
	return sign | (u32)(exponent + 14) << 10 | ((u32)ldexp(value, 11 - exponent) & 0x3ff);
}

u32 real_to_half_towards_zero(double value)
{
	u32 half = real_to_half(value);

	return fabs(real_of_half(half)) > fabs(value) ? half - 1 : half;
}

u32 real_to_single(double value)
{
	float single = (float)value;
	u32 bits;

	if (isnan(value))
		return 0x7fc00000;
	if (fabs(value) < ldexp(1, -126))
		single = (float)copysign(0.0, value);
	memcpy(&bits, &single, sizeof(bits));
	return bits;
}

double real_of(u32 bits, u32 size)
{
	return size == 16 ? real_of_half(bits & 0xffff) : real_of_single(bits);
}

u32 real_to(double value, u32 size)
{
	return size == 16 ? real_to_half(value) : real_to_single(value);
}

double real_saturate(double value)
{
	if (!(value > 0))
		return 0;
	return value < 1 ? value : 1;
}

double real_add(double a, double b)
{
	double sum = a + b;
	double b_part = sum - a;
	double lost = (a - (sum - b_part)) + (b - b_part);

	/* What the addition lost, exactly. If it lost something, one of two neighbours is odd. */
	if (!isfinite(sum) || lost == 0 || double_bits(sum) & 1)
		return sum;
	return double_of_bits(double_bits(sum) + (signbit(lost) == signbit(sum) ? 1 : -1ull));
}

double real_fma(double a, double b, double c)
{
	/* The product of two singles has 48 bits and fits. */
	return real_add(a * b, c);
}

double real_modify(struct arg arg, double value)
{
	if (arg.abs)
		value = fabs(value);
	return arg.neg ? -value : value;
}

/* Exponents of formats of any size that lie at an edge, and fractions. */
static u32 random_exponent(struct gpu_random *random)
{
	static const u32 edges[] = {
		0, 1, 2, 23, 24, 101, 102, 103, 104, 105, 111, 112, 113, 114, 115, 123, 124, 125,
		126, 127, 128, 129, 130, 140, 141, 142, 143, 149, 150, 151, 158, 159, 252, 253,
		254, 255,
	};

	if (gpu_random_below(random, 4))
		return edges[gpu_random_below(random, ARRAY_SIZE(edges))];
	return gpu_random_below(random, 256);
}

static u32 random_fraction(struct gpu_random *random)
{
	u32 bit = 1u << gpu_random_below(random, 23);

	switch (gpu_random_below(random, 6)) {
	case 0:
		return 0;
	case 1:
		return bit;
	case 2:
		return (0u - bit) & 0x7fffff;
	case 3:
		return bit - 1;
	case 4:
		return (bit | 1) & 0x7fffff;
	default:
		return gpu_random(random) & 0x7fffff;
	}
}

u32 real_random_single(struct gpu_random *random)
{
	return (gpu_random(random) & 0x80000000) | random_exponent(random) << 23 |
	       random_fraction(random);
}

u32 real_random_half(struct gpu_random *random)
{
	static const u32 edges[] = {
		0x0000, 0x0001, 0x0002, 0x03ff, 0x0400, 0x0401, 0x3bff, 0x3c00, 0x3c01, 0x7bff,
		0x7c00, 0x7c01, 0x7e00, 0x7fff,
	};

	if (gpu_random_below(random, 2))
		return gpu_random(random) & 0xffff;
	return edges[gpu_random_below(random, ARRAY_SIZE(edges))] |
	       (gpu_random(random) & 0x8000);
}
