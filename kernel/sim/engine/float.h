/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/**
 * DOC: Floats
 *
 * Arithmetic on floats with integers alone, so that the kernel's FPU state is left in peace and
 * results are the same wherever this runs.
 *
 * Sources are singles: the bits of a number in the 32-bit format of IEEE 754. Halves and 8-bit
 * immediates become singles first, which loses nothing, as a subnormal half is a normal single. A
 * result is exact until it is rounded, once, to the format of its destination.
 *
 * As in the hardware, subnormal singles are zero, sources and results alike, and a result is
 * subnormal if it is so before it is rounded; subnormal halves are numbers. Any NaN that comes out
 * is the same one, quiet, positive and without payload. Signed zeros and infinities are those of
 * IEEE 754.
 */
#ifndef AGX_ENGINE_FLOAT_H
#define AGX_ENGINE_FLOAT_H

#include "engine_types.h"

/** enum agx_float_format - What a result is rounded to. */
enum agx_float_format {
	AGX_FLOAT_HALF,
	AGX_FLOAT_SINGLE,
};

/** enum agx_float_rounding - Which of two neighbours a number goes to. */
enum agx_float_rounding {
	/** @AGX_FLOAT_ZERO: The one nearer to 0. */
	AGX_FLOAT_ZERO,

	/** @AGX_FLOAT_NEAREST: The nearer one; the even one if there is none. */
	AGX_FLOAT_NEAREST,

	/** @AGX_FLOAT_DOWN: The lower one. */
	AGX_FLOAT_DOWN,

	/** @AGX_FLOAT_UP: The upper one. */
	AGX_FLOAT_UP,
};

/** AGX_FLOAT_SIGN: Sign of a single. */
#define AGX_FLOAT_SIGN		0x80000000u

/** AGX_FLOAT_INFINITY: The single positive infinity, which is also the mask of the exponent. */
#define AGX_FLOAT_INFINITY	0x7f800000u

/** AGX_FLOAT_NAN: The single that is no number. */
#define AGX_FLOAT_NAN		0x7fc00000u

/** agx_float_is_nan() - Whether a single is no number. */
static inline bool agx_float_is_nan(u32 single)
{
	return (single & ~AGX_FLOAT_SIGN) > AGX_FLOAT_INFINITY;
}

/** agx_float_is_special() - Whether a single is infinite or no number. */
static inline bool agx_float_is_special(u32 single)
{
	return (single & AGX_FLOAT_INFINITY) == AGX_FLOAT_INFINITY;
}

/** agx_float_is_infinite() - Whether a single is one of the two infinities. */
static inline bool agx_float_is_infinite(u32 single)
{
	return (single & ~AGX_FLOAT_SIGN) == AGX_FLOAT_INFINITY;
}

/** agx_float_is_zero() - Whether a single is, or counts as, one of the two zeros. */
static inline bool agx_float_is_zero(u32 single)
{
	return !(single & AGX_FLOAT_INFINITY);
}

/** agx_float_less() - Whether @a is less than @b, and both are numbers; zeros are equal. */
static inline bool agx_float_less(u32 a, u32 b)
{
	s64 magnitude_a = a & ~AGX_FLOAT_SIGN;
	s64 magnitude_b = b & ~AGX_FLOAT_SIGN;

	if (agx_float_is_nan(a) || agx_float_is_nan(b))
		return false;
	return (a & AGX_FLOAT_SIGN ? -magnitude_a : magnitude_a) <
	       (b & AGX_FLOAT_SIGN ? -magnitude_b : magnitude_b);
}

/** agx_float_flush() - A single with a zero in place of a subnormal number. */
static inline u32 agx_float_flush(u32 single)
{
	return agx_float_is_zero(single) ? single & AGX_FLOAT_SIGN : single;
}

/** agx_float_from_half() - A half as a single; both denote the same number. */
u32 agx_float_from_half(u32 half);

/** agx_float_from_imm() - An 8-bit immediate of an instruction as a single. */
u32 agx_float_from_imm(u32 imm);

/** agx_float_round() - A single in @format. */
u32 agx_float_round(u32 single, enum agx_float_format format);

/** agx_float_to_half() - A single as a half; @rounding is AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST. */
u32 agx_float_to_half(u32 single, enum agx_float_rounding rounding);

/**
 * agx_float_saturate() - Bring a number into the range from 0 to 1.
 * @value: A result in @format.
 * @format: Its format.
 *
 * Return: 0 for what is negative, negative zero and no number included, 1 for what is larger, else
 * @value.
 */
u32 agx_float_saturate(u32 value, enum agx_float_format format);

/** agx_float_add() - The sum of two singles, in @format. */
u32 agx_float_add(u32 a, u32 b, enum agx_float_format format);

/** agx_float_mul() - The product of two singles, in @format. */
u32 agx_float_mul(u32 a, u32 b, enum agx_float_format format);

/** agx_float_fma() - The sum of @c and the exact product of @a and @b, in @format. */
u32 agx_float_fma(u32 a, u32 b, u32 c, enum agx_float_format format);

/** agx_float_integral() - The integer, as a single, that @single is rounded to. */
u32 agx_float_integral(u32 single, enum agx_float_rounding rounding);

/**
 * agx_float_from_integer() - An integer as a float.
 * @value: An integer of less than 60 bits.
 * @rounding: AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST.
 * @format: Format of the result.
 *
 * Return: The float. What is too large becomes an infinity, or, if it is rounded towards zero, the
 * largest number.
 */
u32 agx_float_from_integer(s64 value, enum agx_float_rounding rounding,
			   enum agx_float_format format);

/**
 * agx_float_to_integer() - A float as an integer.
 * @single: A single.
 * @rounding: How it becomes an integer.
 * @min: Smallest result, a number of at most 40 bits.
 * @max: Largest result, a number of at most 40 bits.
 *
 * Return: The integer, or the limit next to it; 0 for what is no number.
 */
s64 agx_float_to_integer(u32 single, enum agx_float_rounding rounding, s64 min, s64 max);

/** agx_float_from_unorm() - @value / (2^@bits - 1), in @format; @bits is at most 16. */
u32 agx_float_from_unorm(u32 value, u32 bits, enum agx_float_format format);

/** agx_float_from_snorm() - The signed @value / (2^(@bits - 1) - 1), but at least -1. */
u32 agx_float_from_snorm(u32 value, u32 bits, enum agx_float_format format);

/** agx_float_to_unorm() - The nearest such integer; 0 for what is no number. */
u32 agx_float_to_unorm(u32 single, u32 bits);

/** agx_float_to_snorm() - The nearest such integer, of @bits bits; 0 for what is no number. */
u32 agx_float_to_snorm(u32 single, u32 bits);

/** agx_float_from_srgb() - A linear value of an 8-bit one, in @format. */
u32 agx_float_from_srgb(u32 value, enum agx_float_format format);

/** agx_float_to_srgb() - The 8-bit value nearest to a linear one. */
u32 agx_float_to_srgb(u32 single);

/** agx_float_from_small() - A float of 10 or 11 bits as a single. */
u32 agx_float_from_small(u32 value, u32 bits);

/**
 * agx_float_to_small() - A single as a float of 10 or 11 bits.
 * @single: A single.
 * @bits: Bits of the result.
 * @rounding: AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST.
 *
 * Return: The float; 0 for what is negative, even if it is infinite.
 */
u32 agx_float_to_small(u32 single, u32 bits, enum agx_float_rounding rounding);

/** agx_float_from_shared() - Number @index of three with a shared exponent, in @format. */
u32 agx_float_from_shared(u32 value, u32 index, enum agx_float_format format);

/** agx_float_to_shared() - Three singles with a shared exponent; @rounding as above. */
u32 agx_float_to_shared(const u32 *singles, enum agx_float_rounding rounding);

/** agx_float_rcp() - 1 / @single, in @format, correctly rounded. */
u32 agx_float_rcp(u32 single, enum agx_float_format format);

/** agx_float_rsqrt() - 1 / sqrt(@single), in @format, correctly rounded; infinite for 0. */
u32 agx_float_rsqrt(u32 single, enum agx_float_format format);

/**
 * agx_float_rsqrts() - The same, but so that it gives a square root when multiplied by @single.
 * @single: A single.
 * @format: Format of the result.
 *
 * What the hardware gives for 0 and infinity is not known; here it is the same 0 or infinity, with
 * a positive sign.
 *
 * Return: 1 / sqrt(@single).
 */
u32 agx_float_rsqrts(u32 single, enum agx_float_format format);

/** agx_float_exp2() - 2^@single, in @format. */
u32 agx_float_exp2(u32 single, enum agx_float_format format);

/** agx_float_log2() - The logarithm to base 2 of @single, in @format. */
u32 agx_float_log2(u32 single, enum agx_float_format format);

/** agx_float_sin_quadrant() - An angle, in quarters of a turn, with the same sine, from -1 to 1. */
u32 agx_float_sin_quadrant(u32 single, enum agx_float_format format);

/** agx_float_sin_ratio() - The sine of @single quarters of a turn, divided by @single. */
u32 agx_float_sin_ratio(u32 single, enum agx_float_format format);

#endif /* AGX_ENGINE_FLOAT_H */
