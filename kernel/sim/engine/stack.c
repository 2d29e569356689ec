// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The stack: memory that each thread has for itself.
 *
 * It grows downwards, and addresses count bytes from its end: what an adjustment adds begins at 0,
 * and what was there before is behind it. Words of the lanes of a SIMD group lie next to each
 * other. Outside of the stack loads give 0 and stores are dropped if faults are soft.
 */
#include "bytes.h"
#include "exec.h"
#include "fault.h"
#include "mem.h"
#include "regs.h"

#define STACK_WORD 4

/* Bytes that are cleared in the time of a step. */
#define STACK_CLEAR_BYTES 4096

/* The word of each lane at @address, which counts from the lowest that a stack can have. */
static u8 (*stack_row(struct agx_engine *e, u32 address))[STACK_WORD]
{
	u32 words = e->wg.stack_size / STACK_WORD;
	u32 row = e->wg.current * words + address / STACK_WORD;

	return (u8 (*)[STACK_WORD])e->cfg.stack + (size_t)row * AGX_ENGINE_LANES;
}

void agx_engine_exec_stack_adjust(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_simd *simd = agx_engine_current(e);
	u64 amount = insn->src[AGX_ISA_MEM_INDEX].value;
	s64 used;

	if (insn->src[AGX_ISA_MEM_INDEX].flags & AGX_ISA_SX)
		amount = agx_engine_sign_extend(amount, 16);
	used = (s64)simd->stack + STACK_WORD * (s64)amount;

	if (used < 0 || used > e->wg.stack_size) {
		agx_engine_raise_stack(e, AGX_ENGINE_FETCH, simd->pc, used < 0 ? 0 : (u32)used, 0,
				       insn);
		return;
	}
	if (used > simd->stack) {
		size_t bytes = (size_t)(used - simd->stack) * AGX_ENGINE_LANES;

		/* Nobody is to see what other threads have left behind. */
		memset(stack_row(e, e->wg.stack_size - (u32)used), 0, bytes);
		e->steps += bytes / STACK_CLEAR_BYTES;
	}
	simd->stack = (u32)used;
}

/* Where a component of a lane is, or NULL if that is outside. */
static u8 *stack_at(struct agx_engine *e, u64 address, u32 size, u32 lane)
{
	u32 used = agx_engine_current(e)->stack;

	if (address >= used || size > used - address)
		return NULL;
	address += e->wg.stack_size - used;
	return stack_row(e, (u32)address)[lane] + address % STACK_WORD;
}

/* Addresses of all lanes, into scratch.src[2], aligned to the format as in device memory. */
static void stack_addresses(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u64 *address = e->scratch.src[2];
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_MEM_INDEX], address);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		address[lane] &= ~((1ULL << insn->format) - 1);
}

static void stack_load_lane(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lane)
{
	u64 address = e->scratch.src[2][lane];
	u32 size = 1u << insn->format;
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		u64 at = address + i * size;
		const u8 *bytes;

		if (!(insn->mask >> i & 1))
			continue;
		bytes = stack_at(e, at, size, lane);
		if (!bytes && !e->cfg.soft_faults) {
			agx_engine_raise_stack(e, AGX_ENGINE_SHADER_LOAD, at, size, lane, insn);
			return;
		}
		agx_engine_write_lane(e, &insn->dst, index++, lane,
				      bytes ? agx_engine_get_le(bytes, size) : 0);
	}
}

static void stack_store_lane(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lane)
{
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_MEM_DATA];
	u64 address = e->scratch.src[2][lane];
	u32 size = 1u << insn->format;
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		u64 at = address + i * size;
		u8 *bytes;

		if (!(insn->mask >> i & 1))
			continue;
		bytes = stack_at(e, at, size, lane);
		if (!bytes && !e->cfg.soft_faults) {
			agx_engine_raise_stack(e, AGX_ENGINE_SHADER_STORE, at, size, lane, insn);
			return;
		}
		if (bytes)
			agx_engine_put_le(bytes, size, agx_engine_read_lane(e, data, index, lane));
		index++;
	}
}

void agx_engine_exec_stack(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	stack_addresses(e, insn);
	for (lane = 0; lane < AGX_ENGINE_LANES && e->phase != AGX_ENGINE_PHASE_FAULT; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (insn->op == AGX_ISA_OP_STACK_LOAD)
			stack_load_lane(e, insn, lane);
		else
			stack_store_lane(e, insn, lane);
	}
}
