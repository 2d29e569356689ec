// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shifts and bit fields. Sources have at most 32 bits; the shift amount counts up to 127, so that
 * values are shifted out, and is not reduced to the width as C would like it.
 */
#include "exec.h"
#include "regs.h"

static u64 bitfield_shl(u64 value, u32 shift)
{
	return shift < 64 ? value << shift : 0;
}

static u64 bitfield_shr(u64 value, u32 shift)
{
	return shift < 64 ? value >> shift : 0;
}

static u64 bitfield_sar(u64 value, u32 shift)
{
	u64 sign = value >> 63 ? ~0ULL : 0;

	if (shift > 63)
		return sign;
	return shift ? value >> shift | sign << (64 - shift) : value;
}

/* Bits of @inserted where @mask is set, of @base elsewhere. */
static u64 bitfield_merge(u64 base, u64 inserted, u64 mask)
{
	return (base & ~mask) | (inserted & mask);
}

u64 agx_engine_bitfield(const struct agx_isa_insn *insn, u64 a, u64 b, u64 c)
{
	u64 mask = insn->bits ? (1ULL << insn->bits) - 1 : 0xffffffff;
	u32 shift = (u32)c & 0x7f;
	u32 bits = insn->src[0].halves * 16;

	switch (insn->op) {
	case AGX_ISA_OP_BFI:
		return bitfield_merge(a, bitfield_shl(b & mask, shift), bitfield_shl(mask, shift));
	case AGX_ISA_OP_BFEIL:
		return bitfield_merge(a, bitfield_shr(b, shift), mask);
	case AGX_ISA_OP_EXTR:
		return bitfield_shr(b << 32 | a, shift) & mask;
	case AGX_ISA_OP_SHLHI:
		mask = bitfield_shl(mask, shift > 32 ? shift - 32 : 0);
		b = shift < 32 ? b >> (32 - shift) : bitfield_shl(b, shift - 32);
		return bitfield_merge(a, b, mask);
	case AGX_ISA_OP_SHRHI:
		mask = mask << 32 >> (shift < 32 ? shift : 32);
		return bitfield_merge(a, bitfield_shr(b << 32, shift), mask);
	case AGX_ISA_OP_ASR:
		return bitfield_sar(agx_engine_sign_extend(a, bits), (u32)b & 0x7f);
	default:
		/* AGX_ISA_OP_ASRH */
		return bitfield_sar(agx_engine_sign_extend(a, bits) << 32, (u32)b & 0x7f);
	}
}
