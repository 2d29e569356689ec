// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Functions of the bits of 32-bit values; sources that have fewer are zero-extended.
 */
#include "bits.h"
#include "exec.h"

static u32 bits_reverse(u32 value)
{
	value = (value >> 1 & 0x55555555) | (value & 0x55555555) << 1;
	value = (value >> 2 & 0x33333333) | (value & 0x33333333) << 2;
	value = (value >> 4 & 0x0f0f0f0f) | (value & 0x0f0f0f0f) << 4;
	value = (value >> 8 & 0x00ff00ff) | (value & 0x00ff00ff) << 8;
	return value >> 16 | value << 16;
}

u32 agx_engine_bits(const struct agx_isa_insn *insn, u32 a, u32 b)
{
	switch (insn->op) {
	case AGX_ISA_OP_BITREV:
		return bits_reverse(a);
	case AGX_ISA_OP_POPCNT:
		return agx_engine_popcount(a);
	case AGX_ISA_OP_FFS:
		return a ? agx_engine_highest(a) : ~0u;
	default:
		/* AGX_ISA_OP_INTL */
		return agx_engine_interleave(a, b);
	}
}
