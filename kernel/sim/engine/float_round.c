// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "float_parts.h"

/* To an integer, after a shift by 1 to 63. */
static u32 float_shift(u64 sig, u32 shift, enum agx_float_rounding rounding)
{
	u64 half = 1ULL << (shift - 1);
	u64 rest = sig & (half - 1 + half);
	u32 result = (u32)(sig >> shift);

	if (rounding == AGX_FLOAT_NEAREST && (rest > half || (rest == half && (result & 1))))
		result++;
	return result;
}

/*
 * The exponent lies just above the fraction, so that rounding up to the next power of two, or from
 * the largest number to infinity, is no case of its own.
 */
static inline u32 float_encode(u64 sig, s32 exp, u32 digits, s32 bias,
			       enum agx_float_rounding rounding)
{
	u32 infinity = (u32)(2 * bias + 1) << digits;

	if (exp > bias)
		return rounding == AGX_FLOAT_ZERO ? infinity - 1 : infinity;
	if (exp < 1 - bias)
		return float_shift(agx_float_shift_right(sig, (u32)(1 - bias - exp)),
				   AGX_FLOAT_POINT - digits, rounding);
	return ((u32)(exp + bias - 1) << digits) +
	       float_shift(sig, AGX_FLOAT_POINT - digits, rounding);
}

static void float_normalize(struct agx_float_parts *parts)
{
	s32 shift = __builtin_clzll(parts->sig) - (63 - AGX_FLOAT_POINT);

	if (shift < 0)
		parts->sig = agx_float_shift_right(parts->sig, (u32)-shift);
	else
		parts->sig <<= shift;
	parts->exp -= shift;
}

u32 agx_float_pack_rounded(struct agx_float_parts parts, enum agx_float_format format,
			   enum agx_float_rounding rounding)
{
	u32 sign = (u32)parts.sign << (format == AGX_FLOAT_HALF ? 15 : 31);

	if (!parts.sig)
		return sign;
	float_normalize(&parts);
	if (format == AGX_FLOAT_HALF)
		return sign | float_encode(parts.sig, parts.exp, 10, 15, rounding);
	if (parts.exp < -126)
		return sign;
	return sign | float_encode(parts.sig, parts.exp, 23, 127, rounding);
}

u32 agx_float_pack(struct agx_float_parts parts, enum agx_float_format format)
{
	return agx_float_pack_rounded(parts, format, AGX_FLOAT_NEAREST);
}

u32 agx_float_pack_unsigned(struct agx_float_parts parts, u32 digits,
			    enum agx_float_rounding rounding)
{
	if (!parts.sig || parts.sign)
		return 0;
	float_normalize(&parts);
	return float_encode(parts.sig, parts.exp, digits, 15, rounding);
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

u32 agx_float_to_half(u32 single, enum agx_float_rounding rounding)
{
	if (agx_float_is_special(single))
		return agx_float_round(single, AGX_FLOAT_HALF);
	return agx_float_pack_rounded(agx_float_unpack(single), AGX_FLOAT_HALF, rounding);
}

u32 agx_float_saturate(u32 value, enum agx_float_format format)
{
	u32 sign = format == AGX_FLOAT_HALF ? 0x8000 : AGX_FLOAT_SIGN;
	u32 one = format == AGX_FLOAT_HALF ? 0x3c00 : 0x3f800000;

	if ((value & sign) || value > agx_float_infinity(false, format))
		return 0;
	return value < one ? value : one;
}
