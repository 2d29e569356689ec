// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Where in struct agx_isa_insn the fields of an instruction are kept.
 */
#include "isa_table.h"

const struct agx_isa_operand *agx_isa_operand(const struct agx_isa_insn *insn, u32 role)
{
	switch (role) {
	case AGX_ISA_ROLE_DST:
		return &insn->dst;
	case AGX_ISA_ROLE_SRC0:
	case AGX_ISA_ROLE_SRC1:
	case AGX_ISA_ROLE_SRC2:
	case AGX_ISA_ROLE_SRC3:
	case AGX_ISA_ROLE_SRC4:
		return &insn->src[role - AGX_ISA_ROLE_SRC0];
	default:
		return NULL;
	}
}

void agx_isa_set_operand(struct agx_isa_insn *insn, u32 role, const struct agx_isa_operand *op)
{
	if (role == AGX_ISA_ROLE_DST)
		insn->dst = *op;
	else
		insn->src[role - AGX_ISA_ROLE_SRC0] = *op;
}

u32 agx_isa_number(const struct agx_isa_insn *insn, u32 role)
{
	switch (role) {
	case AGX_ISA_ROLE_IMM:
		return insn->imm;
	case AGX_ISA_ROLE_COND:
		return insn->cond;
	case AGX_ISA_ROLE_NEST:
		return insn->nest;
	case AGX_ISA_ROLE_SHIFT:
		return insn->shift;
	case AGX_ISA_ROLE_TRUTH:
		return insn->truth;
	case AGX_ISA_ROLE_BITS:
		return insn->bits;
	case AGX_ISA_ROLE_FORMAT:
		return insn->format;
	case AGX_ISA_ROLE_MASK:
		return insn->mask;
	case AGX_ISA_ROLE_COHERENCY:
		return insn->coherency;
	case AGX_ISA_ROLE_SLOT:
		return insn->slot;
	case AGX_ISA_ROLE_FUNCTION:
		return insn->function;
	case AGX_ISA_ROLE_SIMD:
		return !insn->quad;
	case AGX_ISA_ROLE_ROTATE:
		return insn->rotate;
	case AGX_ISA_ROLE_PREFIX:
		return insn->prefix;
	case AGX_ISA_ROLE_SATURATE:
		return insn->saturate;
	case AGX_ISA_ROLE_NEGATE:
		return insn->negate;
	case AGX_ISA_ROLE_CACHE:
		return insn->cache;
	case AGX_ISA_ROLE_ROUND:
		return insn->round;
	case AGX_ISA_ROLE_DIM:
		return insn->dim;
	case AGX_ISA_ROLE_WRITTEN:
		return insn->written;
	case AGX_ISA_ROLE_TO_ZERO:
		return !insn->round;
	case AGX_ISA_ROLE_LOD_MODE:
		return insn->lod_mode;
	case AGX_ISA_ROLE_EXPLICIT:
		return insn->explicit_coords;
	default:
		return 0;
	}
}

bool agx_isa_set_number(struct agx_isa_insn *insn, u32 role, u32 value)
{
	switch (role) {
	case AGX_ISA_ROLE_IMM:
		insn->imm = value;
		return true;
	case AGX_ISA_ROLE_COND:
		insn->cond = (u8)value;
		return true;
	case AGX_ISA_ROLE_NEST:
		insn->nest = (u8)value;
		return true;
	case AGX_ISA_ROLE_SHIFT:
		insn->shift = (u8)value;
		return true;
	case AGX_ISA_ROLE_TRUTH:
		insn->truth = (u8)value;
		return true;
	case AGX_ISA_ROLE_BITS:
		insn->bits = (u8)value;
		return true;
	case AGX_ISA_ROLE_FORMAT:
		insn->format = (u8)value;
		return true;
	case AGX_ISA_ROLE_MASK:
		insn->mask = (u8)value;
		return true;
	case AGX_ISA_ROLE_COHERENCY:
		insn->coherency = (u8)value;
		return true;
	case AGX_ISA_ROLE_SLOT:
		insn->slot = (u8)value;
		return true;
	case AGX_ISA_ROLE_FUNCTION:
		insn->function = (u8)value;
		return true;
	case AGX_ISA_ROLE_SIMD:
		insn->quad = !value;
		return true;
	case AGX_ISA_ROLE_ROTATE:
		insn->rotate = value;
		return true;
	case AGX_ISA_ROLE_PREFIX:
		insn->prefix = value;
		return true;
	case AGX_ISA_ROLE_SATURATE:
		insn->saturate = value;
		return true;
	case AGX_ISA_ROLE_NEGATE:
		insn->negate = value;
		return true;
	case AGX_ISA_ROLE_CACHE:
		insn->cache = value;
		return true;
	case AGX_ISA_ROLE_ROUND:
		insn->round = (u8)value;
		return true;
	case AGX_ISA_ROLE_DIM:
		insn->dim = (u8)value;
		return true;
	case AGX_ISA_ROLE_WRITTEN:
		insn->written = value;
		return true;
	case AGX_ISA_ROLE_TO_ZERO:
		insn->round = !value;
		return true;
	case AGX_ISA_ROLE_LOD_MODE:
		insn->lod_mode = (u8)value;
		return true;
	case AGX_ISA_ROLE_EXPLICIT:
		insn->explicit_coords = value;
		return true;
	default:
		return false;
	}
}
