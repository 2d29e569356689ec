// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Integer arithmetic and logic.
 *
 * Most of it needs no more than 32 bits of each operand, and is done in loops that do nothing else
 * than that for each lane. What needs more goes the long way.
 */
#include "exec.h"
#include "regs.h"

/*
 * Saturation is that of a sum of exact integers. Any operand has at most 32 bits here, so a sum
 * of @value, which is clamped to 62 bits and a sign, and of an addend fits 64 bits.
 */
static u64 alu_saturate(s64 value, u32 bits, bool is_signed)
{
	s64 max = is_signed ? (1LL << (bits - 1)) - 1 : (1LL << bits) - 1;
	s64 min = is_signed ? -max - 1 : 0;

	if (value < min)
		value = min;
	if (value > max)
		value = max;
	return (u64)value;
}

static s64 alu_product_clamped(u64 a, u64 b)
{
	const s64 limit = 1LL << 62;
	u64 magnitude;
	bool negative;

	negative = (a >> 63) != (b >> 63);
	magnitude = (a >> 63 ? 0 - a : a) * (b >> 63 ? 0 - b : b);
	if (magnitude > (u64)limit)
		magnitude = limit;
	return negative ? -(s64)magnitude : (s64)magnitude;
}

/* The addend that can be negated and shifted. */
static u64 alu_addend(const struct agx_isa_insn *insn, u64 value)
{
	if (insn->negate)
		value = 0 - value;
	return value << insn->shift;
}

static bool alu_saturates(const struct agx_isa_insn *insn)
{
	u32 i;

	/* Saturation is ignored where 64 bits or a shift are involved. */
	if (!insn->saturate || insn->shift || insn->dst.halves > 2)
		return false;
	for (i = 0; i < 3; i++) {
		if (insn->src[i].halves > 2)
			return false;
	}
	return true;
}

/* Whether 32 bits of each operand decide all bits of the result. */
static bool alu_is_narrow(const struct agx_isa_insn *insn)
{
	return insn->dst.halves <= 2 && !alu_saturates(insn);
}

/* Where results go: straight to the register if all of it is replaced. */
static u32 *alu_result(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	if (agx_engine_current(e)->exec == ~0u && insn->dst.halves == 2)
		return agx_engine_gprs(e)[insn->dst.value / 2];
	return e->scratch.result;
}

static const u32 *alu_source(struct agx_engine *e, const struct agx_isa_insn *insn, u32 i)
{
	return agx_engine_src32(e, &insn->src[i], e->scratch.word[i]);
}

/* Puts results into the register if they are not there yet. */
static void alu_finish(struct agx_engine *e, const struct agx_isa_insn *insn, const u32 *result)
{
	if (result == e->scratch.result)
		agx_engine_dst32(e, &insn->dst, result, agx_engine_current(e)->exec);
}

/* The result of each lane becomes what an expression with "lane" in it says. */
#define ALU_EACH(expression) do { \
	u32 lane; \
\
	AGX_ENGINE_UNROLL \
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) \
		out[lane] = (expression); \
} while (0)

static void alu_add_wide(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	bool is_signed = (insn->src[0].flags | insn->src[1].flags) & AGX_ISA_SX;
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = s->src[0][lane] + alu_addend(insn, s->src[1][lane]);

	for (lane = 0; lane < AGX_ENGINE_LANES && alu_saturates(insn); lane++)
		s->dst[lane] = alu_saturate((s64)s->dst[lane], insn->dst.halves * 16, is_signed);
	agx_engine_write_dst(e, &insn->dst, s->dst, agx_engine_current(e)->exec);
}

static void alu_add(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const u32 *a = alu_source(e, insn, 0);
	const u32 *b = alu_source(e, insn, 1);
	u32 *out = alu_result(e, insn);
	u32 shift = insn->shift;

	if (insn->negate)
		ALU_EACH(a[lane] - (b[lane] << shift));
	else
		ALU_EACH(a[lane] + (b[lane] << shift));
	alu_finish(e, insn, out);
}

static void alu_mul_add_wide(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	bool is_signed = (insn->src[0].flags | insn->src[1].flags | insn->src[2].flags) &
			 AGX_ISA_SX;
	struct agx_engine_scratch *s = &e->scratch;
	bool saturates = alu_saturates(insn);
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);
	agx_engine_read_src(e, &insn->src[2], s->src[2]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u64 a = s->src[0][lane];
		u64 b = s->src[1][lane];
		u64 c = alu_addend(insn, s->src[2][lane]);

		if (saturates)
			s->dst[lane] = alu_saturate(alu_product_clamped(a, b) + (s64)c,
						    insn->dst.halves * 16, is_signed);
		else
			s->dst[lane] = a * b + c;
	}
	agx_engine_write_dst(e, &insn->dst, s->dst, agx_engine_current(e)->exec);
}

static void alu_mul_add(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const u32 *a = alu_source(e, insn, 0);
	const u32 *b = alu_source(e, insn, 1);
	const u32 *c = alu_source(e, insn, 2);
	u32 *out = alu_result(e, insn);
	u32 shift = insn->shift;

	if (insn->negate)
		ALU_EACH(a[lane] * b[lane] - (c[lane] << shift));
	else
		ALU_EACH(a[lane] * b[lane] + (c[lane] << shift));
	alu_finish(e, insn, out);
}

/*
 * Any function of two bits. What the hardware makes of the two functions that ignore its first
 * source and not its second is not defined; here they are what their tables say.
 */
static void alu_bitop(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 neither = insn->truth & 1 ? ~0u : 0;
	u32 only_a = insn->truth & 2 ? ~0u : 0;
	u32 only_b = insn->truth & 4 ? ~0u : 0;
	u32 both = insn->truth & 8 ? ~0u : 0;
	const u32 *a = alu_source(e, insn, 0);
	const u32 *b = alu_source(e, insn, 1);
	u32 *out = alu_result(e, insn);

	/* Those that are common, and all others. */
	switch (insn->truth) {
	case 0xa:
		ALU_EACH(a[lane]);
		break;
	case 0x8:
		ALU_EACH(a[lane] & b[lane]);
		break;
	case 0xe:
		ALU_EACH(a[lane] | b[lane]);
		break;
	case 0x6:
		ALU_EACH(a[lane] ^ b[lane]);
		break;
	default:
		ALU_EACH((neither & ~a[lane] & ~b[lane]) | (only_a & a[lane] & ~b[lane]) |
			 (only_b & ~a[lane] & b[lane]) | (both & a[lane] & b[lane]));
	}
	alu_finish(e, insn, out);
}

static void alu_bitfield(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const u32 *a = alu_source(e, insn, 0);
	const u32 *b = alu_source(e, insn, 1);
	const u32 *c = alu_source(e, insn, 2);
	u32 *out = alu_result(e, insn);

	agx_engine_bitfield(insn, a, b, c, out);
	alu_finish(e, insn, out);
}

static void alu_bits(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const u32 *a = alu_source(e, insn, 0);
	const u32 *b = alu_source(e, insn, 1);
	u32 *out = alu_result(e, insn);

	ALU_EACH(agx_engine_bits(insn, a[lane], b[lane]));
	alu_finish(e, insn, out);
}

static void alu_select(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 taken = agx_engine_compare(e, insn);
	const u32 *x = alu_source(e, insn, 2);
	const u32 *y = alu_source(e, insn, 3);
	u32 *out = alu_result(e, insn);

	ALU_EACH(taken >> lane & 1 ? x[lane] : y[lane]);
	alu_finish(e, insn, out);
}

static void alu_move_imm(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 *out = alu_result(e, insn);

	ALU_EACH(insn->imm);
	alu_finish(e, insn, out);
}

static void alu_move_special(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 *out = alu_result(e, insn);

	agx_engine_read_special(e, insn->imm, out);
	alu_finish(e, insn, out);
}

void agx_engine_exec_alu(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	if (!agx_engine_current(e)->exec)
		return;

	switch (insn->op) {
	case AGX_ISA_OP_LDIMM:
		alu_move_imm(e, insn);
		break;
	case AGX_ISA_OP_MFSR:
		alu_move_special(e, insn);
		break;
	case AGX_ISA_OP_BITOP:
		alu_bitop(e, insn);
		break;
	case AGX_ISA_OP_IADD:
		if (alu_is_narrow(insn))
			alu_add(e, insn);
		else
			alu_add_wide(e, insn);
		break;
	case AGX_ISA_OP_IMADD:
		if (alu_is_narrow(insn))
			alu_mul_add(e, insn);
		else
			alu_mul_add_wide(e, insn);
		break;
	case AGX_ISA_OP_BITREV:
	case AGX_ISA_OP_POPCNT:
	case AGX_ISA_OP_FFS:
	case AGX_ISA_OP_INTL:
		alu_bits(e, insn);
		break;
	case AGX_ISA_OP_ICSEL:
	case AGX_ISA_OP_FCSEL:
		alu_select(e, insn);
		break;
	default:
		alu_bitfield(e, insn);
	}
}
