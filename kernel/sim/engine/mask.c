// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The execution mask stack. Each thread has a counter in r0l: 0 if it is active, else the number
 * of levels that have to end before it is again. These instructions act on all threads and are
 * the only ones that take notice of the counter: writing r0l by other means changes nothing
 * before the next of them.
 */
#include "bits.h"
#include "exec.h"

static void mask_set(u32 *r0, u32 lane, u32 count)
{
	r0[lane] = (r0[lane] & 0xffff0000) | (count & 0xffff);
}

/* Lanes whose counter is 0. */
static u32 mask_zero(const u32 *r0)
{
	u32 lanes = 0;
	u32 lane;

	AGX_ENGINE_UNROLL
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		lanes |= (u32)!(u16)r0[lane] << lane;
	return lanes;
}

/* Those who are inactive go in deeper, and those for whom it does not hold become so. */
static u32 mask_if(u32 *r0, u32 zero, u32 nest, u32 holds)
{
	u32 left;

	for (left = ~zero; left; left &= left - 1) {
		u32 lane = agx_engine_lowest(left);

		mask_set(r0, lane, r0[lane] + nest);
	}
	for (left = zero & ~holds; left; left &= left - 1)
		mask_set(r0, agx_engine_lowest(left), 1);
	return mask_zero(r0);
}

/* Who was active waits; who waits for this alone goes on if it holds. */
static u32 mask_else(u32 *r0, u32 zero, u32 nest, u32 holds)
{
	u32 left;

	for (left = ~zero & holds; left; left &= left - 1) {
		u32 lane = agx_engine_lowest(left);

		if ((u16)r0[lane] == 1)
			mask_set(r0, lane, 0);
	}
	for (left = zero; left; left &= left - 1)
		mask_set(r0, agx_engine_lowest(left), nest);
	return mask_zero(r0);
}

/* Who is in no deeper level than @nest is asked anew. */
static u32 mask_while(u32 *r0, u32 zero, u32 nest, u32 holds)
{
	u32 left;

	for (left = ~zero; left; left &= left - 1) {
		u32 lane = agx_engine_lowest(left);

		if ((u16)r0[lane] < nest)
			mask_set(r0, lane, holds >> lane & 1 ? 0 : nest);
	}
	for (left = zero & ~holds; left; left &= left - 1)
		mask_set(r0, agx_engine_lowest(left), nest);
	return mask_zero(r0);
}

static u32 mask_pop(u32 *r0, u32 zero, u32 nest)
{
	u32 left;

	for (left = ~zero; left; left &= left - 1) {
		u32 lane = agx_engine_lowest(left);
		u32 count = (u16)r0[lane];

		mask_set(r0, lane, count > nest ? count - nest : 0);
	}
	return mask_zero(r0);
}

static u32 mask_change(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 *r0 = agx_engine_gprs(e)[0];
	u32 zero = mask_zero(r0);

	switch (insn->op) {
	case AGX_ISA_OP_IF_ICMP:
	case AGX_ISA_OP_IF_FCMP:
		return mask_if(r0, zero, insn->nest, agx_engine_compare(e, insn));
	case AGX_ISA_OP_ELSE_ICMP:
	case AGX_ISA_OP_ELSE_FCMP:
		return mask_else(r0, zero, insn->nest, agx_engine_compare(e, insn));
	case AGX_ISA_OP_WHILE_ICMP:
	case AGX_ISA_OP_WHILE_FCMP:
		return mask_while(r0, zero, insn->nest, agx_engine_compare(e, insn));
	default:
		return mask_pop(r0, zero, insn->nest);
	}
}

void agx_engine_exec_mask(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_simd *simd = agx_engine_current(e);

	simd->exec = mask_change(e, insn) & simd->live;
}
