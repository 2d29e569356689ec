// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Between floats and integers.
 */
#include "float_parts.h"

u32 agx_float_from_integer(s64 value, enum agx_float_rounding rounding,
			   enum agx_float_format format)
{
	struct agx_float_parts parts = { .exp = AGX_FLOAT_POINT, .sign = value < 0 };

	parts.sig = value < 0 ? 0 - (u64)value : (u64)value;
	return agx_float_pack_rounded(parts, format, rounding);
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
