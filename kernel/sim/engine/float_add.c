// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "float_fast.h"
#include "float_parts.h"

struct agx_float_parts agx_float_sum(struct agx_float_parts a, struct agx_float_parts b)
{
	struct agx_float_parts larger = a;
	struct agx_float_parts smaller = b;

	if (!a.sig && !b.sig) {
		/* Only two negative zeros make one. */
		a.sign &= b.sign;
		return a;
	}
	if (!b.sig)
		return a;
	if (!a.sig)
		return b;

	if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
		larger = b;
		smaller = a;
	}

	/*
	 * At least 14 bits of both are free at the lower end. If more of them than that are lost,
	 * the exponents are so far apart that the difference has at most one leading zero, and the
	 * bit that remembers the loss stays well below those that decide about rounding.
	 */
	smaller.sig = agx_float_shift_right(smaller.sig, (u32)(larger.exp - smaller.exp));
	if (larger.sign == smaller.sign) {
		larger.sig += smaller.sig;
	} else {
		larger.sig -= smaller.sig;
		if (!larger.sig)
			larger.sign = false;
	}
	return larger;
}

/* A sum with an infinity or a NaN. */
static u32 float_add_special(u32 a, u32 b, enum agx_float_format format)
{
	if (agx_float_is_nan(a) || agx_float_is_nan(b))
		return agx_float_nan(format);
	if (agx_float_is_infinite(a) && agx_float_is_infinite(b) && a != b)
		return agx_float_nan(format);
	return agx_float_infinity((agx_float_is_infinite(a) ? a : b) >> 31, format);
}

u32 agx_float_add(u32 a, u32 b, enum agx_float_format format)
{
	u32 value;

	if (format == AGX_FLOAT_SINGLE && agx_float_fast_add(a, b, &value))
		return value;
	if (agx_float_is_special(a) || agx_float_is_special(b))
		return float_add_special(a, b, format);

	return agx_float_pack(agx_float_sum(agx_float_unpack(a), agx_float_unpack(b)), format);
}
