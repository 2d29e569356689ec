// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Floats that are integers.
 */
#include "float.h"

#define FLOAT_ONE	0x3f800000u
#define FLOAT_ONE_HALF	0x3f000000u

/* Whether a number between two integers goes to the one that is further from 0. */
static bool integral_away(bool sign, bool above_half, bool half, bool odd,
			  enum agx_float_rounding rounding)
{
	switch (rounding) {
	case AGX_FLOAT_NEAREST:
		return above_half || (half && odd);
	case AGX_FLOAT_DOWN:
		return sign;
	case AGX_FLOAT_UP:
		return !sign;
	default:
		return false;
	}
}

u32 agx_float_integral(u32 single, enum agx_float_rounding rounding)
{
	u32 exponent = single >> 23 & 0xff;
	u32 sign = single & AGX_FLOAT_SIGN;
	u32 fraction;
	u32 unit;

	if (agx_float_is_zero(single))
		return sign;

	/* From 2^23 on there are only integers. */
	if (exponent >= 127 + 23)
		return single;

	if (exponent < 127) {
		fraction = single & ~AGX_FLOAT_SIGN;
		return sign | (integral_away(sign, fraction > FLOAT_ONE_HALF,
					     fraction == FLOAT_ONE_HALF, false, rounding) ?
			       FLOAT_ONE : 0);
	}

	/* The bit that counts ones. For a number below 2 it is the lowest of the exponent, 1. */
	unit = 1u << (127 + 23 - exponent);
	fraction = single & (unit - 1);
	single -= fraction;
	if (fraction && integral_away(sign, fraction > unit / 2, fraction == unit / 2,
				      single & unit, rounding))
		single += unit;
	return single;
}
