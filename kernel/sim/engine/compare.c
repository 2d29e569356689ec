// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Comparisons, of integers and, without any floating-point arithmetic, of floats.
 */
#include "exec.h"
#include "regs.h"

#define FLOAT_SIGN	0x80000000u
#define FLOAT_INFINITY	0x7f800000u

/* A half as a single; both denote the same number. */
static u32 compare_half(u32 half)
{
	u32 sign = (half & 0x8000) << 16;
	u32 exponent = half >> 10 & 0x1f;
	u32 fraction = half & 0x3ff;

	if (exponent == 0x1f)
		return sign | FLOAT_INFINITY | fraction << 13;
	if (!exponent) {
		if (!fraction)
			return sign;
		/* Subnormal halves are normal singles. */
		exponent = 1;
		while (!(fraction & 0x400)) {
			fraction <<= 1;
			exponent--;
		}
		fraction &= 0x3ff;
	}
	return sign | (exponent + 112) << 23 | fraction << 13;
}

/* An immediate as a single. */
static u32 compare_float_imm(u32 imm)
{
	u32 sign = (imm & 0x80) << 24;
	u32 magnitude = agx_isa_float_imm(imm);
	u32 exponent = 127 - 6;

	if (!magnitude)
		return sign;

	/* Normalise to 24 bits; the point is six bits from the right of @magnitude. */
	exponent += 23;
	while (!(magnitude >> 23)) {
		magnitude <<= 1;
		exponent--;
	}
	return sign | exponent << 23 | (magnitude & 0x7fffff);
}

static u32 compare_float_modify(u32 bits, u32 flags)
{
	if (flags & AGX_ISA_ABS)
		bits &= ~FLOAT_SIGN;
	if (flags & AGX_ISA_NEG)
		bits ^= FLOAT_SIGN;
	return bits;
}

/* Subnormal singles count as zero. */
static u32 compare_float_flush(u32 bits)
{
	return bits & FLOAT_INFINITY ? bits : bits & FLOAT_SIGN;
}

static void compare_read_float(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out)
{
	u32 lane;

	if (op->file == AGX_ISA_FILE_FLOAT_IMM) {
		u32 value = compare_float_modify(compare_float_imm(op->value), op->flags);

		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = value;
		return;
	}

	agx_engine_read_src(e, op, out);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u32 bits = (u32)out[lane];

		bits = op->halves == 1 ? compare_half(bits) : compare_float_flush(bits);
		out[lane] = compare_float_modify(bits, op->flags);
	}
}

static bool compare_is_nan(u32 bits)
{
	return (bits & ~FLOAT_SIGN) > FLOAT_INFINITY;
}

/* Orders as the floats do, and makes the two zeros equal. */
static s64 compare_float_key(u32 bits)
{
	s64 magnitude = bits & ~FLOAT_SIGN;

	return bits & FLOAT_SIGN ? -magnitude : magnitude;
}

static bool compare_floats(u32 cond, u32 a, u32 b)
{
	bool unordered = compare_is_nan(a) || compare_is_nan(b);
	s64 ka = compare_float_key(a);
	s64 kb = compare_float_key(b);

	switch (cond) {
	case 0:
		return !unordered && ka == kb;
	case 1:
		return !unordered && ka < kb;
	case 2:
		return !unordered && ka > kb;
	case 3:
		/* The minimum and maximum forms prefer what is a number. */
		return compare_is_nan(b) || (!unordered && ka < kb);
	case 5:
		return !unordered && ka >= kb;
	case 6:
		return !unordered && ka <= kb;
	default:
		return compare_is_nan(b) || (!unordered && ka > kb);
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
	bool is_float = insn->op == AGX_ISA_OP_IF_FCMP || insn->op == AGX_ISA_OP_ELSE_FCMP ||
			insn->op == AGX_ISA_OP_WHILE_FCMP;
	u64 *a = e->scratch.src[0];
	u64 *b = e->scratch.src[1];
	u32 lanes = 0;
	u32 lane;

	if (is_float) {
		compare_read_float(e, &insn->src[0], a);
		compare_read_float(e, &insn->src[1], b);
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
