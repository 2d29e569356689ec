// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * From other formats to single.
 */
#include "float.h"
#include "isa.h"

/* The single @value / 2^@point for a @value of less than 24 bits. */
static u32 float_from_fixed(u32 value, u32 point)
{
	u32 shift;

	if (!value)
		return 0;
	shift = (u32)__builtin_clz(value) - 8;
	return ((127 + 23 - shift - point) << 23) + ((value << shift) & 0x7fffff);
}

u32 agx_float_from_half(u32 half)
{
	u32 sign = (half & 0x8000) << 16;
	u32 exponent = half >> 10 & 0x1f;
	u32 fraction = half & 0x3ff;

	if (exponent == 0x1f)
		return sign | AGX_FLOAT_INFINITY | fraction << 13;
	if (!exponent)
		return sign | float_from_fixed(fraction, 24);
	return sign | (exponent + 112) << 23 | fraction << 13;
}

u32 agx_float_from_imm(u32 imm)
{
	return (imm & 0x80) << 24 | float_from_fixed(agx_isa_float_imm(imm), 6);
}
