// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Operands that are floats.
 */
#include "float.h"
#include "regs.h"

/* The sign is changed last: a number that counts as zero is a zero of either sign. */
static u32 regs_float_modify(u32 single, u32 flags)
{
	if (flags & AGX_ISA_ABS)
		single &= ~AGX_FLOAT_SIGN;
	if (flags & AGX_ISA_NEG)
		single ^= AGX_FLOAT_SIGN;
	return single;
}

void agx_engine_read_float(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out)
{
	u32 lane;
	u32 imm;

	if (op->file == AGX_ISA_FILE_FLOAT_IMM) {
		imm = regs_float_modify(agx_float_from_imm(op->value), op->flags);
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = imm;
		return;
	}

	agx_engine_read_src(e, op, out);
	if (op->halves == 1) {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = regs_float_modify(agx_float_from_half((u32)out[lane]),
						      op->flags);
	} else {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = regs_float_modify(agx_float_flush((u32)out[lane]), op->flags);
	}
}

const u32 *agx_engine_single32(struct agx_engine *e, const struct agx_isa_operand *op, u32 *buf)
{
	const u32 *in;
	u32 lane;
	u32 imm;

	if (op->file == AGX_ISA_FILE_FLOAT_IMM) {
		imm = regs_float_modify(agx_float_from_imm(op->value), op->flags);
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			buf[lane] = imm;
		return buf;
	}

	in = agx_engine_src32(e, op, buf);
	if (op->halves == 1) {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			buf[lane] = regs_float_modify(agx_float_from_half(in[lane]), op->flags);
		return buf;
	}
	if (!(op->flags & (AGX_ISA_ABS | AGX_ISA_NEG)))
		return in;
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		buf[lane] = regs_float_modify(in[lane], op->flags);
	return buf;
}
