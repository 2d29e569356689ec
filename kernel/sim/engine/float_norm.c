// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Normalised integers: fractions of the largest one.
 */
#include "float_parts.h"

/* @value / @max, with a bit that says whether the division has a rest. */
static u32 norm_divide(bool sign, u32 value, u32 max, enum agx_float_format format)
{
	struct agx_float_parts parts = { .sign = sign };
	u64 dividend = (u64)value << 40;
	u64 quotient = div_u64(dividend, max);

	parts.sig = quotient << 1 | (quotient * max != dividend);
	parts.exp = AGX_FLOAT_POINT - 41;
	return agx_float_pack(parts, format);
}

u32 agx_float_from_unorm(u32 value, u32 bits, enum agx_float_format format)
{
	u32 max = (1u << bits) - 1;

	return norm_divide(false, value & max, max, format);
}

u32 agx_float_from_snorm(u32 value, u32 bits, enum agx_float_format format)
{
	u32 max = (1u << (bits - 1)) - 1;
	u32 magnitude = value & max;

	if (!(value >> (bits - 1) & 1))
		return norm_divide(false, magnitude, max, format);

	/* There is one number more below 0 than above it; the lowest two are both -1. */
	magnitude = max + 1 - magnitude;
	return norm_divide(true, magnitude < max ? magnitude : max, max, format);
}

/* The integer nearest to the product of @max and a magnitude, at most @max. */
static u32 norm_multiply(u32 single, u32 max)
{
	u32 exponent = single >> 23 & 0xff;
	u64 product = (u64)((single & 0x7fffff) | 0x800000) * max;
	u64 rest;
	u32 point;
	u64 half;

	if (exponent >= 127)
		return max;

	/* The product has 40 bits: from 41 behind the point on, it is less than a half. */
	point = 127 + 23 - exponent;
	if (agx_float_is_zero(single) || point > 41)
		return 0;
	half = 1ULL << (point - 1);
	rest = product & (half - 1 + half);
	product >>= point;
	if (rest > half || (rest == half && (product & 1)))
		product++;
	return (u32)product;
}

u32 agx_float_to_unorm(u32 single, u32 bits)
{
	if (agx_float_is_nan(single) || single >> 31)
		return 0;
	return norm_multiply(single, (1u << bits) - 1);
}

u32 agx_float_to_snorm(u32 single, u32 bits)
{
	u32 max = (1u << (bits - 1)) - 1;
	u32 magnitude;

	if (agx_float_is_nan(single))
		return 0;
	magnitude = norm_multiply(single, max);
	return (single >> 31 ? 0 - magnitude : magnitude) & (2 * max + 1);
}
