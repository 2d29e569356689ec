// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the threads of a SIMD group, or of each of its quads of four, do together: ballots,
 * shuffles, reductions and scans.
 */
#include "bits.h"
#include "exec.h"
#include "float.h"
#include "regs.h"

#define GROUP_QUAD 4

/* Lanes of the quad that @lane belongs to. */
static u32 group_quad(u32 lane)
{
	return 0xfu << (lane & ~(GROUP_QUAD - 1u));
}

static void group_ballot(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 votes = agx_engine_compare(e, insn) & agx_engine_current(e)->exec;
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		e->scratch.dst[lane] = insn->quad ? votes >> (lane & ~(GROUP_QUAD - 1u)) & 0xf :
						    votes;
}

/*
 * A shuffle has two stages. The first one exchanges values within each quad, and there the quad
 * has a single amount: the low bits of what its four lanes ask for, joined by OR. Lanes that are
 * not active take part in that, so compilers see to it that they ask for 0. The second stage takes
 * for each lane what the first one has put in the same place of another quad, which depends on
 * what the lane itself asks for.
 */
static u32 group_quad_amount(const u64 *amount, u32 lane)
{
	u32 first = lane & ~(GROUP_QUAD - 1u);

	return (u32)(amount[first] | amount[first + 1] | amount[first + 2] | amount[first + 3]) &
	       (GROUP_QUAD - 1);
}

/* The lane whose value the first stage puts in @lane. */
static u32 group_shuffle_within(const struct agx_isa_insn *insn, const u64 *amount, u32 lane)
{
	u32 step = group_quad_amount(amount, lane);
	u32 first = lane & ~(GROUP_QUAD - 1u);
	u32 place = lane & (GROUP_QUAD - 1);

	switch (insn->function) {
	case AGX_ISA_SHUFFLE_INDEX:
		return first + step;
	case AGX_ISA_SHUFFLE_XOR:
		return first + (place ^ step);
	case AGX_ISA_SHUFFLE_UP:
		return first + ((place - step) & (GROUP_QUAD - 1));
	default:
		/* AGX_ISA_SHUFFLE_DOWN */
		return first + ((place + step) & (GROUP_QUAD - 1));
	}
}

/*
 * The lane that @lane would take its value from if all lanes asked for the same. What lies outside
 * of @size lanes is larger than 31.
 */
static u32 group_shuffle_target(const struct agx_isa_insn *insn, u32 amount, u32 lane, u32 size)
{
	u32 first = lane & ~(size - 1);
	u32 place = lane - first;

	switch (insn->function) {
	case AGX_ISA_SHUFFLE_INDEX:
		/* In a quad all that counts is what the first stage has taken. */
		if (size == GROUP_QUAD)
			return lane;
		place = amount;
		break;
	case AGX_ISA_SHUFFLE_XOR:
		place ^= amount;
		break;
	case AGX_ISA_SHUFFLE_UP:
		place -= amount;
		break;
	default:
		place += amount;
	}

	if (insn->rotate)
		place &= size - 1;
	return place < size ? first + place : AGX_ENGINE_LANES;
}

static u32 group_shuffle(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 size = insn->quad ? GROUP_QUAD : AGX_ENGINE_LANES;
	struct agx_engine_scratch *s = &e->scratch;
	u32 written = ~0u;
	u32 lane;

	agx_engine_read_src(e, &insn->src[0], s->src[0]);
	agx_engine_read_src(e, &insn->src[1], s->src[1]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->src[2][lane] = s->src[0][group_shuffle_within(insn, s->src[1], lane)];

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u32 amount = (u32)s->src[1][lane];
		u32 target = group_shuffle_target(insn, amount, lane, size);
		u32 place = lane & (GROUP_QUAD - 1);

		if (target < AGX_ENGINE_LANES)
			s->dst[lane] = s->src[2][(target & ~(GROUP_QUAD - 1u)) + place];
		else if (insn->function == AGX_ISA_SHUFFLE_INDEX)
			written &= ~(1u << lane);
		else
			s->dst[lane] = s->src[0][lane];
	}
	return written;
}

/* Floats are singles here, of either size, and sums and products are rounded to that size. */
static bool group_is_float(enum agx_isa_reduction function)
{
	switch (function) {
	case AGX_ISA_REDUCE_FADD:
	case AGX_ISA_REDUCE_FMUL:
	case AGX_ISA_REDUCE_FMIN:
	case AGX_ISA_REDUCE_FMAX:
		return true;
	default:
		return false;
	}
}

static u32 group_combine_floats(enum agx_isa_reduction function, u32 bits, u32 a, u32 b)
{
	enum agx_float_format format = bits == 16 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;
	u32 value;

	switch (function) {
	case AGX_ISA_REDUCE_FADD:
		value = agx_float_add(a, b, format);
		break;
	case AGX_ISA_REDUCE_FMUL:
		value = agx_float_mul(a, b, format);
		break;
	case AGX_ISA_REDUCE_FMIN:
		/* As with comparisons, what is a number is preferred. */
		return agx_float_is_nan(b) || agx_float_less(a, b) ? a : b;
	default:
		/* AGX_ISA_REDUCE_FMAX */
		return agx_float_is_nan(b) || agx_float_less(b, a) ? a : b;
	}
	return format == AGX_FLOAT_HALF ? agx_float_from_half(value) : value;
}

/* What changes nothing when it is combined with another value, but for a zero's sign. */
static u64 group_identity(enum agx_isa_reduction function, u32 bits)
{
	u64 ones = (1ULL << bits) - 1;

	switch (function) {
	case AGX_ISA_REDUCE_AND:
	case AGX_ISA_REDUCE_UMIN:
		return ones;
	case AGX_ISA_REDUCE_SMIN:
		return ones >> 1;
	case AGX_ISA_REDUCE_SMAX:
		return ones ^ ones >> 1;
	case AGX_ISA_REDUCE_FMUL:
		return 0x3f800000;
	case AGX_ISA_REDUCE_FMIN:
		return AGX_FLOAT_INFINITY;
	case AGX_ISA_REDUCE_FMAX:
		return AGX_FLOAT_SIGN | AGX_FLOAT_INFINITY;
	default:
		return 0;
	}
}

static u64 group_combine(enum agx_isa_reduction function, u32 bits, u64 a, u64 b)
{
	s64 sa = (s64)agx_engine_sign_extend(a, bits);
	s64 sb = (s64)agx_engine_sign_extend(b, bits);

	if (group_is_float(function))
		return group_combine_floats(function, bits, (u32)a, (u32)b);

	switch (function) {
	case AGX_ISA_REDUCE_AND:
		return a & b;
	case AGX_ISA_REDUCE_OR:
		return a | b;
	case AGX_ISA_REDUCE_XOR:
		return a ^ b;
	case AGX_ISA_REDUCE_IADD:
		return a + b;
	case AGX_ISA_REDUCE_SMIN:
		return sa < sb ? a : b;
	case AGX_ISA_REDUCE_SMAX:
		return sa > sb ? a : b;
	case AGX_ISA_REDUCE_UMIN:
		return a < b ? a : b;
	default:
		/* AGX_ISA_REDUCE_UMAX */
		return a > b ? a : b;
	}
}

/* Combines the values of the active lanes in @lanes; each of them gets what was before it. */
static u64 group_scan(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lanes)
{
	u32 bits = insn->src[0].halves * 16;
	u64 value = group_identity(insn->function, bits);
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(lanes >> lane & 1))
			continue;
		e->scratch.dst[lane] = value;
		value = group_combine(insn->function, bits, value, e->scratch.src[0][lane]);
	}
	return value;
}

static void group_reduce(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	bool is_float = group_is_float(insn->function);
	u32 exec = agx_engine_current(e)->exec;
	u32 first;
	u32 lane;

	if (is_float)
		agx_engine_read_float(e, &insn->src[0], e->scratch.src[0]);
	else
		agx_engine_read_src(e, &insn->src[0], e->scratch.src[0]);

	for (first = 0; first < AGX_ENGINE_LANES; first += insn->quad ? GROUP_QUAD :
									 AGX_ENGINE_LANES) {
		u32 lanes = exec & (insn->quad ? group_quad(first) : ~0u);
		u64 value = group_scan(e, insn, lanes);

		for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
			if (!(lanes >> lane & 1))
				continue;
			if (!insn->prefix)
				e->scratch.dst[lane] = value;
			if (is_float)
				e->scratch.dst[lane] =
					agx_float_round((u32)e->scratch.dst[lane],
							agx_engine_float_format(insn));
		}
	}
}

void agx_engine_exec_group(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;

	if (!exec)
		return;

	switch (insn->op) {
	case AGX_ISA_OP_SHUFFLE:
		exec &= group_shuffle(e, insn);
		break;
	case AGX_ISA_OP_REDUCE:
		group_reduce(e, insn);
		break;
	default:
		group_ballot(e, insn);
	}

	agx_engine_write_dst(e, &insn->dst, e->scratch.dst, exec);
}
