// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Threadgroup memory, and stores to the uniform file.
 *
 * Threadgroup addresses are 16 bits wide and count bytes. Outside of what the launch asked for,
 * loads give 0 and stores are dropped.
 */
#include "exec.h"
#include "mem.h"
#include "regs.h"

u8 *agx_engine_local_at(struct agx_engine *e, u32 address, u32 size)
{
	return address + size <= e->launch.local_size ? e->local + address : NULL;
}

static u32 local_get(struct agx_engine *e, u32 address, u32 size)
{
	const u8 *bytes = agx_engine_local_at(e, address, size);

	return bytes ? agx_engine_get_le(bytes, size) : 0;
}

static void local_put(struct agx_engine *e, u32 address, u32 size, u32 value)
{
	u8 *bytes = agx_engine_local_at(e, address, size);

	if (bytes)
		agx_engine_put_le(bytes, size, value);
}

/* Addresses of all lanes, into scratch.dst; aligned to the format as in device memory. */
static void local_addresses(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 size = 1u << insn->format;
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_MEM_BASE], e->scratch.dst);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		e->scratch.dst[lane] &= ~(u64)(size - 1);
}

void agx_engine_exec_local_load(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	u32 size = 1u << insn->format;
	u32 lane;
	u32 i;

	local_addresses(e, insn);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u32 address = (u32)e->scratch.dst[lane];
		u32 index = 0;

		if (!(exec >> lane & 1))
			continue;
		for (i = 0; i < 4; i++) {
			if (insn->mask >> i & 1)
				agx_engine_write_lane(e, &insn->dst, index++, lane,
						      local_get(e, address + i * size, size));
		}
	}
}

void agx_engine_exec_local_store(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_MEM_DATA];
	u32 exec = agx_engine_current(e)->exec;
	u32 size = 1u << insn->format;
	u32 lane;
	u32 i;

	local_addresses(e, insn);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		u32 address = (u32)e->scratch.dst[lane];
		u32 index = 0;

		if (!(exec >> lane & 1))
			continue;
		for (i = 0; i < 4; i++) {
			if (insn->mask >> i & 1)
				local_put(e, address + i * size, size,
					  agx_engine_read_lane(e, data, index++, lane));
		}
	}
}

void agx_engine_exec_uniform_store(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;
	u32 i;

	agx_engine_files_change(e);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		for (i = 0; i < insn->dst.count; i++)
			e->files.uniform[insn->dst.value + i] =
				(u16)agx_engine_read_lane(e, &insn->src[0], i, lane);
	}
}
