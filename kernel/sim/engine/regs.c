// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "regs.h"

static void regs_fill(u64 *out, u64 value)
{
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		out[lane] = value;
}

static u64 regs_uniform(const struct agx_engine *e, const struct agx_isa_operand *op)
{
	u64 value = 0;
	u32 i = op->halves;

	while (i--)
		value = value << 16 | e->uniform[op->value + i];
	return value;
}

static void regs_gpr(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out)
{
	u16 (*gpr)[AGX_ENGINE_LANES] = &agx_engine_gprs(e)[op->value];
	u32 lane;

	switch (op->halves) {
	case 1:
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = gpr[0][lane];
		break;
	case 2:
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = gpr[0][lane] | (u32)gpr[1][lane] << 16;
		break;
	default:
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = gpr[0][lane] | (u32)gpr[1][lane] << 16 |
				    (u64)gpr[2][lane] << 32 | (u64)gpr[3][lane] << 48;
	}
}

void agx_engine_read_src(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out)
{
	u32 bits = op->halves * 16;
	u32 lane;

	switch (op->file) {
	case AGX_ISA_FILE_GPR:
		regs_gpr(e, op, out);
		if ((op->flags & AGX_ISA_SX) && bits < 64) {
			for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
				out[lane] = agx_engine_sign_extend(out[lane], bits);
		}
		break;
	case AGX_ISA_FILE_UNIFORM:
		if ((op->flags & AGX_ISA_SX) && bits < 64)
			regs_fill(out, agx_engine_sign_extend(regs_uniform(e, op), bits));
		else
			regs_fill(out, regs_uniform(e, op));
		break;
	default:
		/*
		 * 8-bit immediates are never negative, 16-bit ones of memory accesses may be. What
		 * an instruction does not have reads as 0.
		 */
		if (op->flags & AGX_ISA_SX)
			regs_fill(out, agx_engine_sign_extend(op->value, 16));
		else
			regs_fill(out, op->value);
	}
}

void agx_engine_write_dst(struct agx_engine *e, const struct agx_isa_operand *op,
			  const u64 *values, u32 lanes)
{
	u16 (*gpr)[AGX_ENGINE_LANES] = &agx_engine_gprs(e)[op->value];
	u32 lane;
	u32 half;

	for (half = 0; half < op->halves; half++) {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
			if (lanes >> lane & 1)
				gpr[half][lane] = (u16)(values[lane] >> (16 * half));
		}
	}
}

u32 agx_engine_read_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			 u32 lane)
{
	u16 (*gpr)[AGX_ENGINE_LANES] = &agx_engine_gprs(e)[op->value + index * op->halves];

	return op->halves == 1 ? gpr[0][lane] : gpr[0][lane] | (u32)gpr[1][lane] << 16;
}

void agx_engine_write_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			   u32 lane, u32 value)
{
	u16 (*gpr)[AGX_ENGINE_LANES] = &agx_engine_gprs(e)[op->value + index * op->halves];

	gpr[0][lane] = (u16)value;
	if (op->halves == 2)
		gpr[1][lane] = (u16)(value >> 16);
}
