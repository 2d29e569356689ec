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

/* The condition itself says which of two integers is signed; sources are zero-extended. */
static bool compare_integers(const struct agx_isa_insn *insn, u64 a, u64 b)
{
	if (insn->cond & 4) {
		s64 sa = (s64)agx_engine_sign_extend(a, insn->src[0].halves * 16);
		s64 sb = (s64)agx_engine_sign_extend(b, insn->src[1].halves * 16);

		switch (insn->cond & 3) {
		case 0:
			return sa == sb;
		case 1:
			return sa < sb;
		default:
			return sa > sb;
		}
	}

	switch (insn->cond & 3) {
	case 0:
		return a == b;
	case 1:
		return a < b;
	default:
		return a > b;
	}
}

u32 agx_engine_compare(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	bool is_float = agx_isa_compares_floats(insn->op);
	u64 *a = e->scratch.src[0];
	u64 *b = e->scratch.src[1];
	u32 lanes = 0;
	u32 lane;

	if (is_float) {
		agx_engine_read_float(e, &insn->src[0], a);
		agx_engine_read_float(e, &insn->src[1], b);
	} else {
		agx_engine_read_src(e, &insn->src[0], a);
		agx_engine_read_src(e, &insn->src[1], b);
	}

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		bool holds;

		if (is_float)
			holds = compare_floats(insn->cond & 7, (u32)a[lane], (u32)b[lane]);
		else
			holds = compare_integers(insn, a[lane], b[lane]);
		lanes |= (u32)holds << lane;
	}

	return insn->cond & AGX_ISA_COND_INVERT ? ~lanes : lanes;
}
