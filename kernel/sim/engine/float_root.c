// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Reciprocals, and those of square roots, correctly rounded: as many bits as decide about the
 * rounding, and one that says whether anything follows.
 */
#include "float_parts.h"

/* Bits of a quotient, two more than a single has. */
#define ROOT_BITS	26

u32 agx_float_rcp(u32 single, enum agx_float_format format)
{
	struct agx_float_parts parts = { .sign = single >> 31 };
	u64 dividend = 1ULL << (23 + ROOT_BITS);
	u64 quotient;
	u32 divisor;

	if (agx_float_is_nan(single))
		return agx_float_nan(format);
	if (agx_float_is_infinite(single))
		return agx_float_pack(parts, format);
	if (agx_float_is_zero(single))
		return agx_float_infinity(parts.sign, format);

	divisor = (single & 0x7fffff) | 0x800000;
	quotient = div_u64(dividend, divisor);
	parts.sig = quotient << 1 | (quotient * divisor != dividend);
	parts.exp = 127 - (s32)(single >> 23 & 0xff) + AGX_FLOAT_POINT - (ROOT_BITS + 1);
	return agx_float_pack(parts, format);
}

/* The integer part of the square root of a number of 2 * ROOT_BITS bits. */
static u32 root_integer(u64 square)
{
	u64 bit = 1ULL << (2 * ROOT_BITS - 2);
	u64 root = 0;

	for (; bit; bit >>= 2) {
		if (square >= root + bit) {
			square -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
	}
	return (u32)root;
}

/* The reciprocal square root of a positive number that is neither 0 nor infinite. */
static struct agx_float_parts root_reciprocal(u32 single)
{
	s32 exponent = (s32)(single >> 23) - 127;
	struct agx_float_parts parts = { 0 };
	u64 dividend = 1ULL << (23 + ROOT_BITS);
	u32 divisor = (single & 0x7fffff) | 0x800000;
	u64 quotient;
	u32 root;
	u64 low;

	/* A number from 1 to 4 and an even exponent. */
	if (exponent & 1) {
		divisor <<= 1;
		exponent--;
	}

	/*
	 * 2^(23 + 2 * ROOT_BITS) / divisor, in two steps. Neither the remainder of the division nor
	 * what is behind the point of the root changes the integer part of the root.
	 */
	quotient = div_u64(dividend, divisor);
	dividend = (dividend - quotient * divisor) << ROOT_BITS;
	low = div_u64(dividend, divisor);
	quotient = quotient << ROOT_BITS | low;

	/* Only the reciprocal of 1 does not fit ROOT_BITS * 2 bits, and it is exact. */
	if (quotient >> (2 * ROOT_BITS)) {
		parts.sig = 1ULL << AGX_FLOAT_POINT;
	} else {
		root = root_integer(quotient);
		/* The root of another power of 4 is exact, but a number below 4 is none. */
		parts.sig = ((u64)root << 1 | 1) << (AGX_FLOAT_POINT - ROOT_BITS - 1);
	}
	parts.exp = -exponent / 2;
	return parts;
}

u32 agx_float_rsqrt(u32 single, enum agx_float_format format)
{
	struct agx_float_parts zero = { 0 };

	if (agx_float_is_nan(single))
		return agx_float_nan(format);
	if (agx_float_is_zero(single))
		return agx_float_infinity(single >> 31, format);
	if (single >> 31)
		return agx_float_nan(format);
	if (agx_float_is_infinite(single))
		return agx_float_pack(zero, format);
	return agx_float_pack(root_reciprocal(single), format);
}

u32 agx_float_rsqrts(u32 single, enum agx_float_format format)
{
	struct agx_float_parts zero = { 0 };

	if (agx_float_is_zero(single))
		return agx_float_pack(zero, format);
	if (single == AGX_FLOAT_INFINITY)
		return agx_float_infinity(false, format);
	return agx_float_rsqrt(single, format);
}
