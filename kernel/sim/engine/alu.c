// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Integer arithmetic and logic.
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

/* The addend that can be negated and shifted; a shift by more than 4 leaves nothing of it. */
static u64 alu_addend(const struct agx_isa_insn *insn, u64 value)
{
	if (insn->negate)
		value = 0 - value;
	return insn->shift < 5 ? value << insn->shift : 0;
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

static void alu_add(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	bool is_signed = (insn->src[0].flags | insn->src[1].flags) & AGX_ISA_SX;
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = s->src[0][lane] + alu_addend(insn, s->src[1][lane]);

	if (!alu_saturates(insn))
		return;
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = alu_saturate((s64)s->dst[lane], insn->dst.halves * 16, is_signed);
}

static void alu_mul_add(struct agx_engine *e, const struct agx_isa_insn *insn)
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
}

/*
 * Any function of two bits. What the hardware makes of the two functions that ignore its first
 * source and not its second is not defined; here they are what their tables say.
 */
static void alu_bitop(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u64 neither = insn->truth & 1 ? ~0ULL : 0;
	u64 only_a = insn->truth & 2 ? ~0ULL : 0;
	u64 only_b = insn->truth & 4 ? ~0ULL : 0;
	u64 both = insn->truth & 8 ? ~0ULL : 0;
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u64 a = s->src[0][lane];
		u64 b = s->src[1][lane];

		s->dst[lane] = (neither & ~a & ~b) | (only_a & a & ~b) |
			       (only_b & ~a & b) | (both & a & b);
	}
}

static void alu_bitfield(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);
	agx_engine_read_src(e, &insn->src[2], s->src[2]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = agx_engine_bitfield(insn, s->src[0][lane], s->src[1][lane],
						   s->src[2][lane]);
}

static void alu_bits(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = agx_engine_bits(insn, s->src[0][lane], s->src[1][lane]);
}

static void alu_select(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_scratch *s = &e->scratch;
	u32 taken = agx_engine_compare(e, insn);
	u32 lane;

	agx_engine_read_src(e, &insn->src[2], s->src[2]);
	agx_engine_read_src(e, &insn->src[3], s->src[3]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->dst[lane] = taken >> lane & 1 ? s->src[2][lane] : s->src[3][lane];
}

static void alu_move_imm(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		e->scratch.dst[lane] = insn->imm;
}

void agx_engine_exec_alu(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;

	if (!exec)
		return;

	switch (insn->op) {
	case AGX_ISA_OP_LDIMM:
		alu_move_imm(e, insn);
		break;
	case AGX_ISA_OP_MFSR:
		agx_engine_read_special(e, insn->imm, e->scratch.dst);
		break;
	case AGX_ISA_OP_BITOP:
		alu_bitop(e, insn);
		break;
	case AGX_ISA_OP_IADD:
		alu_add(e, insn);
		break;
	case AGX_ISA_OP_IMADD:
		alu_mul_add(e, insn);
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

	agx_engine_write_dst(e, &insn->dst, e->scratch.dst, exec);
}
