// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Products, and sums of a number and a product.
 */
#include "float_fast.h"
#include "float_parts.h"

/* The exact product of two finite singles: 48 bits, normal or 0. */
static struct agx_float_parts float_product(u32 a, u32 b)
{
	struct agx_float_parts parts = { .sign = (a ^ b) >> 31 };

	if (agx_float_is_zero(a) || agx_float_is_zero(b))
		return parts;

	parts.sig = (u64)((a & 0x7fffff) | 0x800000) * ((b & 0x7fffff) | 0x800000);
	parts.exp = (s32)(a >> 23 & 0xff) + (s32)(b >> 23 & 0xff) - 254;

	/* From two singles between 1 and 2 comes something between 1 and 4. */
	if (parts.sig >> 47) {
		parts.exp++;
		parts.sig <<= AGX_FLOAT_POINT - 47;
	} else {
		parts.sig <<= AGX_FLOAT_POINT - 46;
	}
	return parts;
}

/* A product with an infinity or a NaN. */
static u32 float_product_special(u32 a, u32 b, enum agx_float_format format)
{
	if (agx_float_is_nan(a) || agx_float_is_nan(b))
		return agx_float_nan(format);
	if (agx_float_is_zero(a) || agx_float_is_zero(b))
		return agx_float_nan(format);
	return agx_float_infinity((a ^ b) >> 31, format);
}

u32 agx_float_mul(u32 a, u32 b, enum agx_float_format format)
{
	u32 value;

	if (format == AGX_FLOAT_SINGLE && agx_float_fast_mul(a, b, &value))
		return value;
	if (agx_float_is_special(a) || agx_float_is_special(b))
		return float_product_special(a, b, format);

	return agx_float_pack(float_product(a, b), format);
}

u32 agx_float_fma(u32 a, u32 b, u32 c, enum agx_float_format format)
{
	u32 value;

	if (format == AGX_FLOAT_SINGLE && agx_float_fast_fma(a, b, c, &value))
		return value;
	if (agx_float_is_special(a) || agx_float_is_special(b))
		/* Whatever finite number c is, it makes no difference. */
		return agx_float_add(float_product_special(a, b, AGX_FLOAT_SINGLE), c, format);
	if (agx_float_is_special(c))
		return agx_float_add(c, 0, format);

	return agx_float_pack(agx_float_sum(float_product(a, b), agx_float_unpack(c)), format);
}
