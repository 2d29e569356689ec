// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Powers of two. The exponent is cut into an integer, a number of 32nds and a rest: the integer
 * becomes the exponent of the result, the 32nds are looked up, and what is left is so small that a
 * short series does.
 *
 * The result is off by less than 0.501 units in its last place.
 */
#include "float_parts.h"

/* Bits behind the point of the exponent, of its rest, and of the table. */
#define EXP2_POINT	36
#define EXP2_REST	(EXP2_POINT - 5)
#define EXP2_TABLE	48

/* 2^(i / 32) * 2^EXP2_TABLE */
static const u64 exp2_table[32] = {
	0x1000000000000, 0x1059b0d315857, 0x10b5586cf9891, 0x111301d0125b5, 0x1172b83c7d518,
	0x11d4873168b9b, 0x12387a6e75624, 0x129e9df51fdee, 0x1306fe0a31b71, 0x1371a7373aa9d,
	0x13dea64c12342, 0x144e086061893, 0x14bfdad5362a2, 0x15342b569d4f8, 0x15ab07dd48543,
	0x16247eb03a558, 0x16a09e667f3bd, 0x171f75e8ec5f7, 0x17a11473eb018, 0x182589994cce1,
	0x18ace5422aa0e, 0x193737b0cdc5e, 0x19c49182a3f09, 0x1a5503b23e256, 0x1ae89f995ad3b,
	0x1b7f76f2fb5e4, 0x1c199bdd8552a, 0x1cb720dcef907, 0x1d5818dcfba48, 0x1dfc97337b9b6,
	0x1ea4afa2a490e, 0x1f50765b6e454,
};

/* ln(2)^n / n! * 2^32, for n from 5 down to 1 */
static const u32 exp2_series[] = { 0x00576200, 0x0276556e, 0x0e35846c, 0x3d7f7bff, 0xb17217f8 };

/* A number below 256 with EXP2_POINT bits behind the point; what is behind them is dropped. */
static s64 exp2_fixed(u32 single)
{
	s32 shift = (s32)(single >> 23 & 0xff) - 127 - 23 + EXP2_POINT;
	s64 fixed = (single & 0x7fffff) | 0x800000;

	if (agx_float_is_zero(single) || shift < -23)
		return 0;
	fixed = shift < 0 ? fixed >> -shift : fixed << shift;
	return single >> 31 ? -fixed : fixed;
}

/* 2^EXP2_POINT * (2^x - 1) for an x of @rest / 2^EXP2_POINT, which is less than 1 / 32 */
static u64 exp2_rest(u64 rest)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(exp2_series); i++)
		sum = exp2_series[i] + (sum * rest >> EXP2_POINT);
	return sum * rest >> 32;
}

u32 agx_float_exp2(u32 single, enum agx_float_format format)
{
	struct agx_float_parts parts = { 0 };
	u64 fraction;
	u64 power;
	s64 fixed;

	if (agx_float_is_nan(single))
		return agx_float_nan(format);

	/* From 256 on there is nothing but infinity and 0. */
	if ((single >> 23 & 0xff) >= 127 + 8)
		return single >> 31 ? 0 : agx_float_infinity(false, format);

	fixed = exp2_fixed(single);
	fraction = (u64)fixed & ((1ULL << EXP2_POINT) - 1);
	power = exp2_table[fraction >> EXP2_REST];
	power += (power >> 16) * exp2_rest(fraction & ((1ULL << EXP2_REST) - 1)) >>
		 (EXP2_POINT - 16);

	parts.sig = power << (AGX_FLOAT_POINT - EXP2_TABLE);
	parts.exp = (s32)(fixed >> EXP2_POINT);
	return agx_float_pack(parts, format);
}
