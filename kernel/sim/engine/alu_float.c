// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Arithmetic on floats. It takes long enough for inactive lanes to be worth leaving out.
 */
#include "exec.h"
#include "float.h"
#include "float_fast.h"
#include "regs.h"

static u32 alu_float_lane(struct agx_engine *e, enum agx_isa_op op, u32 lane,
			  enum agx_float_format format)
{
	const struct agx_engine_scratch *s = &e->scratch;
	u32 a = (u32)s->src[0][lane];
	u32 b = (u32)s->src[1][lane];

	switch (op) {
	case AGX_ISA_OP_FADD:
		return agx_float_add(a, b, format);
	case AGX_ISA_OP_FMUL:
		return agx_float_mul(a, b, format);
	case AGX_ISA_OP_FFMA:
		return agx_float_fma(a, b, (u32)s->src[2][lane], format);
	case AGX_ISA_OP_FLOOR:
		return agx_float_round(agx_float_integral(a, AGX_FLOAT_DOWN), format);
	case AGX_ISA_OP_CEIL:
		return agx_float_round(agx_float_integral(a, AGX_FLOAT_UP), format);
	case AGX_ISA_OP_TRUNC:
		return agx_float_round(agx_float_integral(a, AGX_FLOAT_ZERO), format);
	case AGX_ISA_OP_RINT:
		return agx_float_round(agx_float_integral(a, AGX_FLOAT_NEAREST), format);
	case AGX_ISA_OP_RCP:
		return agx_float_rcp(a, format);
	case AGX_ISA_OP_RSQRT:
		return agx_float_rsqrt(a, format);
	case AGX_ISA_OP_RSQRTS:
		return agx_float_rsqrts(a, format);
	case AGX_ISA_OP_EXP2:
		return agx_float_exp2(a, format);
	case AGX_ISA_OP_LOG2:
		return agx_float_log2(a, format);
	case AGX_ISA_OP_SINR:
		return agx_float_sin_quadrant(a, format);
	default:
		/* AGX_ISA_OP_SINC */
		return agx_float_sin_ratio(a, format);
	}
}

/* Lanes that take part, each of them the fast way if it can go that. */
#define ALU_FLOAT_EACH(fast, slow) do { \
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) { \
		if ((exec >> lane & 1) && !(fast)) \
			out[lane] = (slow); \
	} \
} while (0)

/* The three that programs consist of, in single precision. Subnormal numbers count as 0 there. */
static bool alu_float_singles(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	u32 *out = e->scratch.result;
	const u32 *src[3];
	u32 lane;
	u32 i;

	if (insn->dst.halves != 2 || insn->saturate || insn->op > AGX_ISA_OP_FFMA ||
	    insn->op < AGX_ISA_OP_FADD)
		return false;

	for (i = 0; i < 3 && insn->src[i].file != AGX_ISA_FILE_NONE; i++)
		src[i] = agx_engine_single32(e, &insn->src[i], e->scratch.word[i]);

	switch (insn->op) {
	case AGX_ISA_OP_FADD:
		ALU_FLOAT_EACH(agx_float_fast_add(src[0][lane], src[1][lane], &out[lane]),
			       agx_float_add(src[0][lane], src[1][lane], AGX_FLOAT_SINGLE));
		break;
	case AGX_ISA_OP_FMUL:
		ALU_FLOAT_EACH(agx_float_fast_mul(src[0][lane], src[1][lane], &out[lane]),
			       agx_float_mul(src[0][lane], src[1][lane], AGX_FLOAT_SINGLE));
		break;
	default:
		/* AGX_ISA_OP_FFMA */
		ALU_FLOAT_EACH(agx_float_fast_fma(src[0][lane], src[1][lane], src[2][lane],
						  &out[lane]),
			       agx_float_fma(src[0][lane], src[1][lane], src[2][lane],
					     AGX_FLOAT_SINGLE));
	}
	agx_engine_dst32(e, &insn->dst, out, exec);
	return true;
}

void agx_engine_exec_float(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	enum agx_float_format format = agx_engine_float_format(insn);
	u32 exec = agx_engine_current(e)->exec;
	struct agx_engine_scratch *s = &e->scratch;
	u32 value;
	u32 lane;
	u32 i;

	if (!exec || alu_float_singles(e, insn))
		return;

	for (i = 0; i < 3 && insn->src[i].file != AGX_ISA_FILE_NONE; i++)
		agx_engine_read_float(e, &insn->src[i], s->src[i]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		value = alu_float_lane(e, insn->op, lane, format);
		s->dst[lane] = insn->saturate ? agx_float_saturate(value, format) : value;
	}
	agx_engine_write_dst(e, &insn->dst, s->dst, exec);
}
