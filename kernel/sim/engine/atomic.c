// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Atomic operations on 32-bit values in device and in threadgroup memory.
 *
 * Lanes act one after the other, the lowest first. Those that act on the same address are handled
 * in one go, which nobody can tell from as many in a row.
 */
#include "exec.h"
#include "fault.h"
#include "mem.h"
#include "regs.h"

#define ATOMIC_SIZE 4

/* Lanes that act on the same address. */
struct atomic_lanes {
	/* Borrowed. */
	const struct agx_isa_insn *insn;

	/* Borrowed; operands of the lanes are in src[0] and src[1], what they found goes to dst. */
	struct agx_engine_scratch *scratch;

	u32 lanes;
};

static u32 atomic_apply(enum agx_isa_atomic function, u32 old, u32 operand, u32 expected)
{
	switch (function) {
	case AGX_ISA_ATOMIC_ADD:
		return old + operand;
	case AGX_ISA_ATOMIC_SUB:
		return old - operand;
	case AGX_ISA_ATOMIC_XCHG:
		return operand;
	case AGX_ISA_ATOMIC_CMPXCHG:
		return old == expected ? operand : old;
	case AGX_ISA_ATOMIC_UMIN:
		return old < operand ? old : operand;
	case AGX_ISA_ATOMIC_IMIN:
		return (s32)old < (s32)operand ? old : operand;
	case AGX_ISA_ATOMIC_UMAX:
		return old > operand ? old : operand;
	case AGX_ISA_ATOMIC_IMAX:
		return (s32)old > (s32)operand ? old : operand;
	case AGX_ISA_ATOMIC_AND:
		return old & operand;
	case AGX_ISA_ATOMIC_OR:
		return old | operand;
	default:
		/* AGX_ISA_ATOMIC_XOR */
		return old ^ operand;
	}
}

/* What the lanes make of @value; each of them finds what the one before it has left. */
static u32 atomic_change(void *arg, u32 value)
{
	struct atomic_lanes *a = arg;
	struct agx_engine_scratch *s = a->scratch;
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(a->lanes >> lane & 1))
			continue;
		s->dst[lane] = value;
		value = atomic_apply(a->insn->function, value, (u32)s->src[0][lane],
				     (u32)s->src[1][lane]);
	}
	return value;
}

/* Operands of all lanes: the new value first, and what a compare-exchange expects second. */
static void atomic_operands(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_MEM_DATA];
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		s->src[0][lane] = agx_engine_read_lane(e, data, 0, lane);
		s->src[1][lane] = data->count > 1 ? agx_engine_read_lane(e, data, 1, lane) : 0;
	}
}

/* The lanes of @lanes with the address of the first of them. */
static u32 atomic_same(const u64 *va, u32 lanes, u32 first)
{
	u32 same = 0;
	u32 lane;

	for (lane = first; lane < AGX_ENGINE_LANES; lane++) {
		if ((lanes >> lane & 1) && va[lane] == va[first])
			same |= 1u << lane;
	}
	return same;
}

/* What cannot be accessed is read as 0. */
static void atomic_none(struct atomic_lanes *a)
{
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (a->lanes >> lane & 1)
			a->scratch->dst[lane] = 0;
	}
}

static void atomic_device(struct agx_engine *e, struct atomic_lanes *a, u64 va, u32 first)
{
	if (agx_engine_try_update(e, va, atomic_change, a))
		return;
	if (e->cfg.soft_faults)
		atomic_none(a);
	else
		agx_engine_raise_access(e, AGX_ENGINE_SHADER_ATOMIC, va, ATOMIC_SIZE, first,
					a->insn);
}

/* Calls @act for each address, with the lanes that act on it. Addresses are in scratch.src[2]. */
static void atomic_each(struct agx_engine *e, const struct agx_isa_insn *insn,
			void (*act)(struct agx_engine *e, struct atomic_lanes *a, u64 va,
				    u32 first))
{
	struct atomic_lanes a = { .insn = insn, .scratch = &e->scratch };
	u32 exec = agx_engine_current(e)->exec;
	const u64 *va = e->scratch.src[2];
	u32 left = exec;
	u32 lane;

	atomic_operands(e, insn);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(left >> lane & 1))
			continue;
		a.lanes = atomic_same(va, left, lane);
		left &= ~a.lanes;
		act(e, &a, va[lane], lane);
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
	}

	if (insn->dst.file != AGX_ISA_FILE_NONE)
		agx_engine_write_dst(e, &insn->dst, e->scratch.dst, exec);
}

void agx_engine_exec_atomic(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_MEM_BASE], s->src[2]);
	agx_engine_read_src(e, &insn->src[AGX_ISA_MEM_INDEX], s->src[3]);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->src[2][lane] = (s->src[2][lane] & ~(u64)(ATOMIC_SIZE - 1)) +
				  s->src[3][lane] * ATOMIC_SIZE;

	atomic_each(e, insn, atomic_device);
}

static void atomic_local(struct agx_engine *e, struct atomic_lanes *a, u64 va, u32 first)
{
	u8 *bytes = agx_engine_local_at(e, (u32)va, ATOMIC_SIZE);

	if (bytes)
		agx_engine_put_le(bytes, ATOMIC_SIZE,
				  atomic_change(a, agx_engine_get_le(bytes, ATOMIC_SIZE)));
	else
		atomic_none(a);
}

void agx_engine_exec_local_atomic(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_MEM_BASE], s->src[2]);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		s->src[2][lane] &= ~(u64)(ATOMIC_SIZE - 1);

	atomic_each(e, insn, atomic_local);
}
