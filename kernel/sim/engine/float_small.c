// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Unsigned floats of 10 and 11 bits, which are halves without a sign and with less of a fraction;
 * and three fractions of 9 bits with an exponent in common.
 */
#include "float_parts.h"

/* Bits of a fraction, their mask, and the exponent of a fraction of 1. */
#define SHARED_BITS	9
#define SHARED_MASK	0x1ffu
#define SHARED_BIAS	15

/* 2^16 * 511 / 512 as a single, the largest number with a shared exponent. */
#define SHARED_MAX	0x477f8000u

u32 agx_float_from_small(u32 value, u32 bits)
{
	return agx_float_from_half(value << (15 - bits));
}

u32 agx_float_to_small(u32 single, u32 bits, enum agx_float_rounding rounding)
{
	u32 infinity = 0x1fu << (bits - 5);

	if (agx_float_is_nan(single))
		return infinity | 1u << (bits - 6);
	if (single == AGX_FLOAT_INFINITY)
		return infinity;
	if (single >> 31)
		return 0;
	return agx_float_pack_unsigned(agx_float_unpack(single), bits - 5, rounding);
}

u32 agx_float_from_shared(u32 value, u32 index, enum agx_float_format format)
{
	struct agx_float_parts parts = { 0 };

	parts.sig = value >> (index * SHARED_BITS) & SHARED_MASK;
	parts.exp = (s32)(value >> 27) - SHARED_BIAS - SHARED_BITS + AGX_FLOAT_POINT;
	return agx_float_pack(parts, format);
}

/* @single / 2^(@exponent - SHARED_BIAS - SHARED_BITS), where a half goes up if it is rounded. */
static u32 shared_fraction(u32 single, u32 exponent, enum agx_float_rounding rounding)
{
	u32 shift = 127 + 23 - (single >> 23) - SHARED_BIAS - SHARED_BITS + exponent;
	u32 fraction = (single & 0x7fffff) | 0x800000;

	if (agx_float_is_zero(single) || shift > 24)
		return 0;
	if (rounding == AGX_FLOAT_NEAREST)
		fraction += 1u << (shift - 1);
	return fraction >> shift;
}

u32 agx_float_to_shared(const u32 *singles, enum agx_float_rounding rounding)
{
	u32 exponent = 0;
	u32 largest = 0;
	u32 value[3];
	u32 i;

	/* Positive singles are ordered as their bits are. */
	for (i = 0; i < 3; i++) {
		value[i] = singles[i];
		if (agx_float_is_nan(value[i]) || value[i] >> 31)
			value[i] = 0;
		if (value[i] > SHARED_MAX)
			value[i] = SHARED_MAX;
		if (value[i] > largest)
			largest = value[i];
	}

	/* The smallest with which the largest fraction is below 1, also after it is rounded. */
	if (largest >> 23 > 127 - SHARED_BIAS - 1)
		exponent = (largest >> 23) - 127 + SHARED_BIAS + 1;
	if (shared_fraction(largest, exponent, rounding) > SHARED_MASK)
		exponent++;

	return shared_fraction(value[0], exponent, rounding) |
	       shared_fraction(value[1], exponent, rounding) << SHARED_BITS |
	       shared_fraction(value[2], exponent, rounding) << (2 * SHARED_BITS) |
	       exponent << 27;
}
