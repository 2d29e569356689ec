// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Between floats and integers.
 */
#include "float_parts.h"

/* Cuts off what a significand in @format has no room for. */
static u64 integer_truncate(u64 magnitude, enum agx_float_format format)
{
	u32 digits = format == AGX_FLOAT_HALF ? 11 : 24;
	u64 largest = 0x7ff << 5;
	u32 bits;

	if (!magnitude)
		return 0;
	if (format == AGX_FLOAT_HALF && magnitude > largest)
		return largest;
	bits = 64 - (u32)__builtin_clzll(magnitude);
	if (bits > digits)
		magnitude &= ~0ULL << (bits - digits);
	return magnitude;
}

u32 agx_float_from_integer(s64 value, enum agx_float_rounding rounding,
			   enum agx_float_format format)
{
	struct agx_float_parts parts = { .exp = AGX_FLOAT_POINT, .sign = value < 0 };

	parts.sig = value < 0 ? 0 - (u64)value : (u64)value;
	if (rounding == AGX_FLOAT_ZERO)
		parts.sig = integer_truncate(parts.sig, format);
	return agx_float_pack(parts, format);
}

s64 agx_float_to_integer(u32 single, enum agx_float_rounding rounding, s64 min, s64 max)
{
	u32 exponent;
	s64 value;

	if (agx_float_is_nan(single))
		return 0;

	single = agx_float_integral(single, rounding);
	if (agx_float_is_zero(single))
		return 0;

	/* What has more than 40 bits is beyond any limit. */
	exponent = (single >> 23 & 0xff) - 127;
	if (exponent >= 40)
		return single >> 31 ? min : max;

	value = (single & 0x7fffff) | 0x800000;
	value = exponent < 23 ? value >> (23 - exponent) : value << (exponent - 23);
	if (single >> 31)
		value = -value;
	if (value < min)
		return min;
	return value > max ? max : value;
}
