// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The execution mask stack. Each thread has a counter in r0l: 0 if it is active, else the number
 * of levels that have to end before it is again. These instructions act on all threads and are
 * the only ones that take notice of the counter: writing r0l by other means changes nothing
 * before the next of them.
 */
#include "exec.h"

static u16 mask_if(u16 count, u32 nest, bool holds)
{
	if (count)
		return (u16)(count + nest);
	return holds ? 0 : 1;
}

static u16 mask_else(u16 count, u32 nest, bool holds)
{
	if (!count)
		return (u16)nest;
	if (count == 1)
		return holds ? 0 : 1;
	return count;
}

static u16 mask_while(u16 count, u32 nest, bool holds)
{
	if (count >= nest)
		return count;
	return holds ? 0 : (u16)nest;
}

static u16 mask_pop(u16 count, u32 nest)
{
	return count > nest ? (u16)(count - nest) : 0;
}

/* For each lane: its counter becomes what an expression makes of it. */
#define MASK_EACH(expression) do { \
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) { \
		u16 count = (u16)r0[lane]; \
		\
		count = (expression); \
		r0[lane] = (r0[lane] & 0xffff0000) | count; \
		exec |= (u32)!count << lane; \
	} \
} while (0)

void agx_engine_exec_mask(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_simd *simd = agx_engine_current(e);
	u32 *r0 = agx_engine_gprs(e)[0];
	u32 nest = insn->nest;
	u32 holds = 0;
	u32 exec = 0;
	u32 lane;

	if (insn->op != AGX_ISA_OP_POP_EXEC)
		holds = agx_engine_compare(e, insn);

	switch (insn->op) {
	case AGX_ISA_OP_IF_ICMP:
	case AGX_ISA_OP_IF_FCMP:
		MASK_EACH(mask_if(count, nest, holds >> lane & 1));
		break;
	case AGX_ISA_OP_ELSE_ICMP:
	case AGX_ISA_OP_ELSE_FCMP:
		MASK_EACH(mask_else(count, nest, holds >> lane & 1));
		break;
	case AGX_ISA_OP_WHILE_ICMP:
	case AGX_ISA_OP_WHILE_FCMP:
		MASK_EACH(mask_while(count, nest, holds >> lane & 1));
		break;
	default:
		MASK_EACH(mask_pop(count, nest));
	}

	simd->exec = exec & simd->live;
}
