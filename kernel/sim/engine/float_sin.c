// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The two halves of a sine, whose product is the sine of an angle in quarters of a turn: one moves
 * the angle to between -1 and 1, the other divides the sine of such an angle by the angle. The
 * first is exact, the second off by less than 0.505 units in its last place.
 */
#include "float_parts.h"

#define FLOAT_ONE		0x3f800000u
#define FLOAT_TWO		0x40000000u
#define FLOAT_THREE		0x40400000u
#define FLOAT_MINUS_FOUR	0xc0800000u
#define FLOAT_ONE_QUARTER	0x3e800000u

/* Bits behind the point of an angle, and of the series. */
#define SIN_ANGLE	31
#define SIN_POINT	32

/*
 * Angles from 0 to 4 are what it is for, and only they need no rounding; what the hardware makes of
 * others is not known.
 */
u32 agx_float_sin_quadrant(u32 single, enum agx_float_format format)
{
	u32 turns = agx_float_mul(single, FLOAT_ONE_QUARTER, AGX_FLOAT_SINGLE);

	turns = agx_float_integral(turns, AGX_FLOAT_DOWN);
	single = agx_float_fma(turns, FLOAT_MINUS_FOUR, single, AGX_FLOAT_SINGLE);

	/* A quarter of it was nothing, so it has been left where it was, just below 0. */
	if (single & AGX_FLOAT_SIGN)
		return agx_float_round(single, format);

	/* Up, down through 0, and up again. */
	if (single > FLOAT_THREE)
		return agx_float_add(single, FLOAT_MINUS_FOUR, format);
	if (single > FLOAT_ONE)
		return agx_float_add(FLOAT_TWO, single ^ AGX_FLOAT_SIGN, format);
	return agx_float_round(single, format);
}

/* (pi / 2)^(2 n + 1) / (2 n + 1)! * 2^SIN_POINT, for n from 7 down to 0 */
static const u64 sin_series[] = {
	0x000000003, 0x0000000f4, 0x000003c61, 0x0000a83c2,
	0x00132d2cd, 0x01466bc67, 0x0a55de731, 0x1921fb544,
};

/* The magnitude of an angle up to 1; larger ones, which have no meaning, count as 1. */
static u64 sin_angle(u32 single)
{
	u32 exponent = single >> 23 & 0xff;
	u64 fixed = (single & 0x7fffff) | 0x800000;

	if (exponent >= 127)
		return 1ULL << SIN_ANGLE;
	if (exponent < 127 - SIN_ANGLE)
		return 0;
	if (exponent < 127 + 23 - SIN_ANGLE)
		return fixed >> (127 + 23 - SIN_ANGLE - exponent);
	return fixed << (exponent - (127 + 23 - SIN_ANGLE));
}

u32 agx_float_sin_ratio(u32 single, enum agx_float_format format)
{
	struct agx_float_parts parts = { .exp = AGX_FLOAT_POINT - SIN_POINT };
	u64 angle = sin_angle(single);
	u64 square;
	u32 i;

	if (agx_float_is_nan(single) || agx_float_is_infinite(single))
		return agx_float_nan(format);

	square = angle * angle >> (2 * SIN_ANGLE - SIN_POINT);
	for (i = 0; i < ARRAY_SIZE(sin_series); i++)
		parts.sig = sin_series[i] - (parts.sig * square >> SIN_POINT);
	return agx_float_pack(parts, format);
}
