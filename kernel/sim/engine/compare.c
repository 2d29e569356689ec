// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Comparisons, of integers and, without any floating-point arithmetic, of floats.
 */
#include "exec.h"
#include "float.h"
#include "regs.h"

static bool compare_floats(u32 cond, u32 a, u32 b)
{
	bool ordered = !agx_float_is_nan(a) && !agx_float_is_nan(b);

	switch (cond) {
	case 0:
		return ordered && !agx_float_less(a, b) && !agx_float_less(b, a);
	case 1:
		return agx_float_less(a, b);
	case 2:
		return agx_float_less(b, a);
	case 3:
		/* The minimum and maximum forms prefer what is a number. */
		return agx_float_is_nan(b) || agx_float_less(a, b);
	case 5:
		return ordered && !agx_float_less(a, b);
	case 6:
		return ordered && !agx_float_less(b, a);
	default:
		return agx_float_is_nan(b) || agx_float_less(b, a);
	}
}

/* For each lane: a bit that says whether a condition holds. */
#define COMPARE_EACH(condition) do { \
	AGX_ENGINE_UNROLL \
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) \
		lanes |= (u32)(condition) << lane; \
} while (0)

static u32 compare_unsigned(u32 cond, const u32 *a, const u32 *b)
{
	u32 lanes = 0;
	u32 lane;

	switch (cond) {
	case 0:
		COMPARE_EACH(a[lane] == b[lane]);
		break;
	case 1:
		COMPARE_EACH(a[lane] < b[lane]);
		break;
	default:
		COMPARE_EACH(a[lane] > b[lane]);
	}
	return lanes;
}

/* Has no use for the signs: adding the same to both makes the smallest number 0. */
static void compare_bias(const u32 *in, u32 *out)
{
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		out[lane] = in[lane] + 0x80000000;
}

/* The condition itself says which of two integers is signed. */
static u32 compare_integers(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_isa_operand left = insn->src[0];
	struct agx_isa_operand right = insn->src[1];
	u32 *a = e->scratch.word[0];
	u32 *b = e->scratch.word[1];

	if (!(insn->cond & 4))
		return compare_unsigned(insn->cond & 3, agx_engine_src32(e, &left, a),
					agx_engine_src32(e, &right, b));

	left.flags |= AGX_ISA_SX;
	right.flags |= AGX_ISA_SX;
	compare_bias(agx_engine_src32(e, &left, a), a);
	compare_bias(agx_engine_src32(e, &right, b), b);
	return compare_unsigned(insn->cond & 3, a, b);
}

static u32 compare_singles(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u64 *a = e->scratch.src[0];
	u64 *b = e->scratch.src[1];
	u32 lanes = 0;
	u32 lane;

	agx_engine_read_float(e, &insn->src[0], a);
	agx_engine_read_float(e, &insn->src[1], b);
	COMPARE_EACH(compare_floats(insn->cond & 7, (u32)a[lane], (u32)b[lane]));
	return lanes;
}

u32 agx_engine_compare(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 lanes = agx_isa_compares_floats(insn->op) ? compare_singles(e, insn) :
							compare_integers(e, insn);

	return insn->cond & AGX_ISA_COND_INVERT ? ~lanes : lanes;
}
