// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "float_parts.h"

/* To the nearest integer, the even one of two, after a shift by 1 to 63. */
static u32 float_shift_nearest(u64 sig, u32 shift)
{
	u64 half = 1ULL << (shift - 1);
	u64 rest = sig & (half - 1 + half);
	u32 result = (u32)(sig >> shift);

	if (rest > half || (rest == half && (result & 1)))
		result++;
	return result;
}

/*
 * In both formats the exponent lies just above the fraction, so that rounding up to the next power
 * of two, or from the largest number to infinity, is no case of its own.
 */
static u32 float_pack_single(u64 sig, s32 exp)
{
	u32 biased = (u32)(exp + 127);

	if (exp < -126)
		return 0;
	if (exp > 127)
		return AGX_FLOAT_INFINITY;
	return ((biased - 1) << 23) + float_shift_nearest(sig, AGX_FLOAT_POINT - 23);
}

static u32 float_pack_half(u64 sig, s32 exp)
{
	u32 biased = (u32)(exp + 15);

	if (exp > 15)
		return 0x7c00;
	if (exp < -14)
		return float_shift_nearest(agx_float_shift_right(sig, (u32)(-14 - exp)),
					   AGX_FLOAT_POINT - 10);
	return ((biased - 1) << 10) + float_shift_nearest(sig, AGX_FLOAT_POINT - 10);
}

u32 agx_float_pack(struct agx_float_parts parts, enum agx_float_format format)
{
	s32 exp = parts.exp;
	u64 sig = parts.sig;
	u32 zeros;

	if (sig) {
		zeros = (u32)__builtin_clzll(sig);
		if (zeros <= 63 - AGX_FLOAT_POINT) {
			exp += (s32)(63 - AGX_FLOAT_POINT - zeros);
			sig = agx_float_shift_right(sig, 63 - AGX_FLOAT_POINT - zeros);
		} else {
			exp -= (s32)(zeros - (63 - AGX_FLOAT_POINT));
			sig <<= zeros - (63 - AGX_FLOAT_POINT);
		}
		if (format == AGX_FLOAT_HALF)
			sig = float_pack_half(sig, exp);
		else
			sig = float_pack_single(sig, exp);
	}
	return (u32)sig | (u32)parts.sign << (format == AGX_FLOAT_HALF ? 15 : 31);
}

u32 agx_float_round(u32 single, enum agx_float_format format)
{
	if (agx_float_is_nan(single))
		return agx_float_nan(format);
	if (agx_float_is_infinite(single))
		return agx_float_infinity(single >> 31, format);
	if (format == AGX_FLOAT_SINGLE)
		return agx_float_flush(single);
	return agx_float_pack(agx_float_unpack(single), format);
}

u32 agx_float_saturate(u32 value, enum agx_float_format format)
{
	u32 sign = format == AGX_FLOAT_HALF ? 0x8000 : AGX_FLOAT_SIGN;
	u32 one = format == AGX_FLOAT_HALF ? 0x3c00 : 0x3f800000;

	if ((value & sign) || value > agx_float_infinity(false, format))
		return 0;
	return value < one ? value : one;
}
