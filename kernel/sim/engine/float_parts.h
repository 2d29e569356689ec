/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A number that is being computed, and how it becomes a float.
 */
#ifndef AGX_ENGINE_FLOAT_PARTS_H
#define AGX_ENGINE_FLOAT_PARTS_H

#include "float.h"

/** AGX_FLOAT_POINT: Bits of &struct agx_float_parts.sig behind the point. */
#define AGX_FLOAT_POINT 61

/**
 * struct agx_float_parts - A finite number: @sig / 2^AGX_FLOAT_POINT * 2^@exp, negative if @sign.
 *
 * It is normal if @sig is at least 1 and less than 2, that is, if bit AGX_FLOAT_POINT is its
 * highest. What lies too far behind the point for a place of its own is remembered by setting the
 * lowest bit, which is enough to round correctly.
 */
struct agx_float_parts {
	/** @sig: Significand. */
	u64 sig;

	/** @exp: Exponent; no matter if @sig is 0. */
	s32 exp;

	/** @sign: Negative. */
	bool sign;
};

/** agx_float_unpack() - The parts of a single that is neither infinite nor NaN. */
static inline struct agx_float_parts agx_float_unpack(u32 single)
{
	struct agx_float_parts parts = { .sign = single >> 31 };

	if (agx_float_is_zero(single))
		return parts;
	parts.exp = (s32)(single >> 23 & 0xff) - 127;
	parts.sig = (u64)((single & 0x7fffff) | 0x800000) << (AGX_FLOAT_POINT - 23);
	return parts;
}

/** agx_float_shift_right() - Shift, and remember in the lowest bit whether any was lost. */
static inline u64 agx_float_shift_right(u64 sig, u32 shift)
{
	if (!shift)
		return sig;
	if (shift > 63)
		return sig != 0;
	return sig >> shift | (sig << (64 - shift) ? 1 : 0);
}

/** agx_float_sum() - Add two numbers, each of them normal or 0. */
struct agx_float_parts agx_float_sum(struct agx_float_parts a, struct agx_float_parts b);

/** agx_float_pack() - Round a number, normal or not, to nearest, in @format. */
u32 agx_float_pack(struct agx_float_parts parts, enum agx_float_format format);

/**
 * agx_float_pack_rounded() - Round a number, normal or not.
 * @parts: The number.
 * @format: Format of the result.
 * @rounding: AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST. What is too large becomes the largest number or
 *	infinity.
 *
 * Return: A float in @format.
 */
u32 agx_float_pack_rounded(struct agx_float_parts parts, enum agx_float_format format,
			   enum agx_float_rounding rounding);

/**
 * agx_float_pack_unsigned() - Round a number, normal or not, to a float without a sign.
 * @parts: The number; 0 if it is negative.
 * @digits: Bits of the fraction; there are 5 of the exponent, as in a half.
 * @rounding: AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST.
 *
 * Return: The float.
 */
u32 agx_float_pack_unsigned(struct agx_float_parts parts, u32 digits,
			    enum agx_float_rounding rounding);

/** agx_float_infinity() - An infinity in @format. */
static inline u32 agx_float_infinity(bool sign, enum agx_float_format format)
{
	if (format == AGX_FLOAT_HALF)
		return (u32)sign << 15 | 0x7c00;
	return (u32)sign << 31 | AGX_FLOAT_INFINITY;
}

/** agx_float_nan() - NaN in @format. */
static inline u32 agx_float_nan(enum agx_float_format format)
{
	return format == AGX_FLOAT_HALF ? 0x7e00 : AGX_FLOAT_NAN;
}

#endif /* AGX_ENGINE_FLOAT_PARTS_H */
