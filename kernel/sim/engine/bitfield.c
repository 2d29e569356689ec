// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shifts and bit fields. Sources have at most 32 bits; the shift amount counts up to 127, so that
 * values are shifted out, and is not reduced to the width as C would like it.
 */
#include "exec.h"
#include "regs.h"

/* Bits of a shift amount that count. */
#define BITFIELD_AMOUNT 0x7f

static u32 bitfield_shl(u32 value, u32 shift)
{
	return shift < 32 ? value << shift : 0;
}

static u64 bitfield_shr(u64 value, u32 shift)
{
	return shift < 64 ? value >> shift : 0;
}

static u32 bitfield_sar(s64 value, u32 shift)
{
	return (u32)(value >> (shift < 63 ? shift : 63));
}

/* Bits of @inserted where @mask is set, of @base elsewhere. */
static u32 bitfield_merge(u32 base, u32 inserted, u32 mask)
{
	return (base & ~mask) | (inserted & mask);
}

static u32 bitfield_shlhi(u32 a, u32 b, u32 mask, u32 shift)
{
	u32 high = shift < 32 ? (u32)((u64)b << shift >> 32) : bitfield_shl(b, shift - 32);

	return bitfield_merge(a, high, bitfield_shl(mask, shift > 32 ? shift - 32 : 0));
}

static u32 bitfield_shrhi(u32 a, u32 b, u32 mask, u32 shift)
{
	return bitfield_merge(a, (u32)bitfield_shr((u64)b << 32, shift),
			      (u32)((u64)mask << 32 >> (shift < 32 ? shift : 32)));
}

/* For each lane: with @amount from the third source, or from the second. */
#define BITFIELD_EACH(amount_, expression) do { \
	AGX_ENGINE_UNROLL \
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) { \
		u32 shift = (amount_)[lane] & BITFIELD_AMOUNT; \
		out[lane] = (expression); \
	} \
} while (0)

void agx_engine_bitfield(const struct agx_isa_insn *insn, const u32 *a, const u32 *b, const u32 *c,
			 u32 *out)
{
	u32 mask = insn->bits ? (1u << insn->bits) - 1 : ~0u;
	u32 unused = 32 - insn->src[0].halves * 16;
	u32 lane;

	switch (insn->op) {
	case AGX_ISA_OP_BFI:
		BITFIELD_EACH(c, bitfield_merge(a[lane], bitfield_shl(b[lane], shift),
						bitfield_shl(mask, shift)));
		break;
	case AGX_ISA_OP_BFEIL:
		BITFIELD_EACH(c, bitfield_merge(a[lane], (u32)bitfield_shr(b[lane], shift), mask));
		break;
	case AGX_ISA_OP_EXTR:
		BITFIELD_EACH(c, (u32)bitfield_shr((u64)b[lane] << 32 | a[lane], shift) & mask);
		break;
	case AGX_ISA_OP_SHLHI:
		BITFIELD_EACH(c, bitfield_shlhi(a[lane], b[lane], mask, shift));
		break;
	case AGX_ISA_OP_SHRHI:
		BITFIELD_EACH(c, bitfield_shrhi(a[lane], b[lane], mask, shift));
		break;
	case AGX_ISA_OP_ASR:
		BITFIELD_EACH(b, bitfield_sar((s32)(a[lane] << unused) >> unused, shift));
		break;
	default:
		/* AGX_ISA_OP_ASRH */
		BITFIELD_EACH(b, bitfield_sar((s64)((u64)(a[lane] << unused) << 32) >> unused,
					      shift));
	}
}
