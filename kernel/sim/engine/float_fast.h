/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Sums and products of single precision for the case that matters for speed: all numbers are
 * normal, and so is the result. Anything else is left to the functions that can do everything, and
 * give the same where both can.
 */
#ifndef AGX_ENGINE_FLOAT_FAST_H
#define AGX_ENGINE_FLOAT_FAST_H

#include "float.h"

static inline u32 agx_float_fast_exponent(u32 single)
{
	return single >> 23 & 0xff;
}

static inline u64 agx_float_fast_significand(u32 single)
{
	return (single & 0x7fffff) | 0x800000;
}

/** agx_float_fast_is_normal() - Whether a single is neither 0, infinite, nor no number. */
static inline bool agx_float_fast_is_normal(u32 single)
{
	return agx_float_fast_exponent(single) - 1 < 254;
}

/**
 * agx_float_fast_round() - Round to nearest, if the result is normal.
 * @sign: AGX_FLOAT_SIGN or 0.
 * @exponent: Of the number, biased.
 * @sig: Significand, whose highest bit is bit @shift + 23.
 * @shift: At least 1.
 * @out: Receives the single.
 *
 * Return: Whether it is normal for sure.
 */
static inline bool agx_float_fast_round(u32 sign, s32 exponent, u64 sig, u32 shift, u32 *out)
{
	if ((u32)exponent - 1 >= 253)
		return false;

	/* To the even neighbour if both are equally near. A carry goes into the exponent. */
	sig += (1ULL << (shift - 1)) - 1 + (sig >> shift & 1);
	*out = sign | ((((u32)exponent - 1) << 23) + (u32)(sig >> shift));
	return true;
}

static inline bool agx_float_fast_mul(u32 a, u32 b, u32 *out)
{
	u32 top;
	u64 sig;

	if (!agx_float_fast_is_normal(a) || !agx_float_fast_is_normal(b))
		return false;

	sig = agx_float_fast_significand(a) * agx_float_fast_significand(b);
	top = (u32)(sig >> 47);
	return agx_float_fast_round((a ^ b) & AGX_FLOAT_SIGN,
				    (s32)(agx_float_fast_exponent(a) + agx_float_fast_exponent(b) +
					  top) - 127, sig, 23 + top, out);
}

/* A sum that is not 0: its highest bit is moved to bit 62. */
static inline bool agx_float_fast_finish(u32 sign, s32 exponent, u64 sig, u32 *out)
{
	u32 zeros = (u32)__builtin_clzll(sig);

	/* Bit 61 stands for the exponent. A bit that is lost is remembered by the lowest. */
	sig = zeros ? sig << (zeros - 1) : sig >> 1 | (sig & 1);
	return agx_float_fast_round(sign, exponent + 2 - (s32)zeros, sig, 39, out);
}

static inline bool agx_float_fast_add(u32 a, u32 b, u32 *out)
{
	u32 swap;
	u32 distance;
	u64 sig;

	if (!agx_float_fast_is_normal(a) || !agx_float_fast_is_normal(b))
		return false;
	if (a << 1 < b << 1) {
		swap = a;
		a = b;
		b = swap;
	}

	/* What is smaller than a quarter of the last place makes no difference. */
	distance = agx_float_fast_exponent(a) - agx_float_fast_exponent(b);
	if (distance > 26) {
		*out = a;
		return true;
	}

	/* No bit is lost. */
	sig = agx_float_fast_significand(b) << 38 >> distance;
	if ((a ^ b) & AGX_FLOAT_SIGN)
		sig = (agx_float_fast_significand(a) << 38) - sig;
	else
		sig = (agx_float_fast_significand(a) << 38) + sig;
	if (!sig) {
		*out = 0;
		return true;
	}
	return agx_float_fast_finish(a & AGX_FLOAT_SIGN, (s32)agx_float_fast_exponent(a), sig, out);
}

static inline u64 agx_float_fast_shift(u64 sig, u32 shift)
{
	if (shift > 63)
		return 1;
	return sig >> shift | (sig & ((1ULL << shift) - 1) ? 1 : 0);
}

static inline bool agx_float_fast_fma(u32 a, u32 b, u32 c, u32 *out)
{
	u32 sign = (a ^ b) & AGX_FLOAT_SIGN;
	s32 exponent;
	s32 distance;
	u64 addend;
	u64 sig;

	if (!agx_float_fast_is_normal(a) || !agx_float_fast_is_normal(b) ||
	    !agx_float_fast_is_normal(c))
		return false;

	/*
	 * Bit 61 stands for the exponents of both. The product has 15 bits free at the lower end
	 * and the addend has 38, so what is lost of either lies far below what decides about
	 * rounding.
	 */
	sig = agx_float_fast_significand(a) * agx_float_fast_significand(b) << 15;
	exponent = (s32)(agx_float_fast_exponent(a) + agx_float_fast_exponent(b)) - 127;
	addend = agx_float_fast_significand(c) << 38;
	distance = exponent - (s32)agx_float_fast_exponent(c);
	if (distance >= 0) {
		addend = agx_float_fast_shift(addend, (u32)distance);
	} else {
		sig = agx_float_fast_shift(sig, (u32)-distance);
		exponent -= distance;
	}

	if (sign == (c & AGX_FLOAT_SIGN)) {
		sig += addend;
	} else if (sig >= addend) {
		sig -= addend;
	} else {
		sig = addend - sig;
		sign ^= AGX_FLOAT_SIGN;
	}
	if (!sig) {
		*out = 0;
		return true;
	}
	return agx_float_fast_finish(sign, exponent, sig, out);
}

#endif /* AGX_ENGINE_FLOAT_FAST_H */
