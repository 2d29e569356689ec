// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Loads and stores of device memory.
 *
 * What counts are accesses of single components, in the order of lanes, and of components within
 * a lane: each of them succeeds or fails for itself. Because callbacks are dear, accesses next to
 * each other are made at once where that cannot be told apart, and one by one if that fails. A
 * load has its result at once, so that there is nothing to wait for. Words, which are what most
 * programs access, have a file of their own.
 */
#include "device.h"
#include "exec.h"
#include "fault.h"
#include "mem.h"
#include "memory_format.h"
#include "regs.h"

static struct agx_device_access device_access_init(const struct agx_isa_insn *insn)
{
	const struct agx_memory_format *format = agx_memory_format(insn->format);
	struct agx_device_access a = {
		.insn = insn,
		.format = format,
		.mask = format->packed ? 1 : insn->mask,
		.size = format->size,
	};
	u32 i;

	for (i = 4; i--;) {
		if (!(a.mask >> i & 1))
			continue;
		a.first = i * a.size;
		if (!a.end)
			a.end = a.first + a.size;
	}
	return a;
}

/* Addresses of all lanes, into scratch.dst. */
static void device_addresses(struct agx_engine *e, const struct agx_device_access *a)
{
	u32 shift = a->insn->shift > 2 ? 2 : a->insn->shift;
	const struct agx_isa_operand *op = &a->insn->src[AGX_ISA_MEM_INDEX];
	struct agx_engine_scratch *s = &e->scratch;
	u64 align = ~(u64)(a->size - 1);
	const u32 *index;
	u64 factor;
	u32 lane;

	/* An index of packed components counts them all. */
	if (a->format->packed)
		shift = 0;

	agx_engine_read_src(e, &a->insn->src[AGX_ISA_MEM_BASE], s->dst);
	index = agx_engine_src32(e, op, s->word[0]);
	factor = (u64)a->size << shift;

	if (op->flags & AGX_ISA_SX) {
		AGX_ENGINE_UNROLL
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			s->dst[lane] = (s->dst[lane] & align) + (u64)(s64)(s32)index[lane] * factor;
	} else {
		AGX_ENGINE_UNROLL
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			s->dst[lane] = (s->dst[lane] & align) + index[lane] * factor;
	}
}

/* Gives a lane its component @i, or what is packed in it. @index counts registers. */
static void device_load_value(struct agx_engine *e, const struct agx_device_access *a, u32 lane,
			      u32 i, u32 *index, u32 raw)
{
	const struct agx_isa_operand *dst = &a->insn->dst;
	u32 count = a->format->packed ? dst->count : 1;

	for (; count--; i++)
		agx_engine_write_lane(e, dst, (*index)++, lane,
				      agx_memory_unpack(a->insn->format, i, raw, dst->halves));
}

/* A lane's component @i as it is in memory. @index counts registers. */
static u32 device_store_value(struct agx_engine *e, const struct agx_device_access *a, u32 lane,
			      u32 i, u32 *index)
{
	const struct agx_isa_operand *data = &a->insn->src[AGX_ISA_MEM_DATA];
	u32 count = a->format->packed ? a->format->packed : 1;
	u32 values[4];
	u32 k;

	for (k = 0; k < count; k++)
		values[k] = agx_engine_read_lane(e, data, (*index)++, lane);
	return agx_memory_pack(a->insn->format, i, values, data->halves);
}

/* Takes the components of a lane from @bytes, which start at its first one. */
static void device_unpack(struct agx_engine *e, const struct agx_device_access *a, u32 lane,
			  const u8 *bytes)
{
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		if (a->mask >> i & 1)
			device_load_value(e, a, lane, i, &index,
					  agx_engine_get_le(bytes + i * a->size - a->first,
							    a->size));
	}
}

static void device_load_components(struct agx_engine *e, const struct agx_device_access *a,
				   u32 lane)
{
	u64 va = e->scratch.dst[lane];
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		u64 at = va + i * a->size;
		u8 bytes[4] = { 0 };

		if (!(a->mask >> i & 1))
			continue;
		if (!agx_engine_try_read(e, at, bytes, a->size, AGX_ENGINE_SHADER_LOAD)) {
			if (!e->cfg.soft_faults) {
				agx_engine_raise_access(e, AGX_ENGINE_SHADER_LOAD, at, a->size,
							lane, a->insn);
				return;
			}
			/* The callback may have left anything. */
			memset(bytes, 0, sizeof(bytes));
		}
		device_load_value(e, a, lane, i, &index, agx_engine_get_le(bytes, a->size));
	}
}

/* Tries one read of all that lies between the lowest and the highest address. */
static bool device_load_window(struct agx_engine *e, const struct agx_device_access *a, u32 exec)
{
	const u64 *va = e->scratch.dst;
	u32 stride = agx_device_stride(va, exec);
	u8 *io = e->scratch.io;
	u64 low = stride ? va[0] : ~0ULL;
	u64 high = stride ? va[AGX_ENGINE_LANES - 1] : 0;
	u32 lane;
	u32 size;

	for (lane = 0; lane < AGX_ENGINE_LANES && !stride; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (va[lane] < low)
			low = va[lane];
		if (va[lane] > high)
			high = va[lane];
	}

	if (high - low > AGX_ENGINE_MAX_ACCESS - (a->end - a->first))
		return false;
	size = (u32)(high - low) + a->end - a->first;
	if (low + a->first < low)
		return false;

	if (a->insn->format == AGX_ISA_FORMAT_I32)
		return agx_device_load_words(e, a, exec, low, size, stride);
	if (!agx_engine_try_read(e, low + a->first, io, size, AGX_ENGINE_SHADER_LOAD))
		return false;
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (exec >> lane & 1)
			device_unpack(e, a, lane, io + (va[lane] - low));
	}
	return true;
}

static void device_load_lane(struct agx_engine *e, const struct agx_device_access *a, u32 lane)
{
	u64 va = e->scratch.dst[lane];
	u8 bytes[16];

	if (va + a->first >= va &&
	    agx_engine_try_read(e, va + a->first, bytes, a->end - a->first,
				AGX_ENGINE_SHADER_LOAD))
		device_unpack(e, a, lane, bytes);
	else
		device_load_components(e, a, lane);
}

void agx_engine_exec_load(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_device_access a = device_access_init(insn);
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	if (!exec || !insn->mask)
		return;

	device_addresses(e, &a);
	if (device_load_window(e, &a, exec))
		return;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
		if (exec >> lane & 1)
			device_load_lane(e, &a, lane);
	}
}

static void device_store_components(struct agx_engine *e, const struct agx_device_access *a,
				    u32 lane)
{
	u64 va = e->scratch.dst[lane];
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		u64 at = va + i * a->size;
		u8 bytes[4];

		if (!(a->mask >> i & 1))
			continue;
		agx_engine_put_le(bytes, a->size, device_store_value(e, a, lane, i, &index));
		if (agx_engine_try_write(e, at, bytes, a->size, AGX_ENGINE_SHADER_STORE) ||
		    e->cfg.soft_faults)
			continue;
		agx_engine_raise_access(e, AGX_ENGINE_SHADER_STORE, at, a->size, lane, a->insn);
		return;
	}
}

/* Lanes from @first to @last, whose data is in scratch.io. */
void agx_device_store_run(struct agx_engine *e, const struct agx_device_access *a, u32 exec,
			  u32 first, u32 last, u32 size)
{
	u64 va = e->scratch.dst[first];
	u32 lane;

	if (va + a->first >= va &&
	    agx_engine_try_write(e, va + a->first, e->scratch.io, size, AGX_ENGINE_SHADER_STORE))
		return;

	for (lane = first; lane <= last; lane++) {
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
		if (exec >> lane & 1)
			device_store_components(e, a, lane);
	}
}

static void device_pack(struct agx_engine *e, const struct agx_device_access *a, u32 lane,
			u8 *bytes)
{
	u32 index = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		if (a->mask >> i & 1)
			agx_engine_put_le(bytes + i * a->size - a->first, a->size,
					  device_store_value(e, a, lane, i, &index));
	}
}

/* Components without gaps: lanes whose data adjoin are written at once. */
static void device_store_runs(struct agx_engine *e, const struct agx_device_access *a, u32 exec)
{
	u32 chunk = a->end - a->first;
	u32 first = 0;
	u32 last = 0;
	u32 size = 0;
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (size && e->scratch.dst[lane] != e->scratch.dst[last] + chunk) {
			agx_device_store_run(e, a, exec, first, last, size);
			if (e->phase == AGX_ENGINE_PHASE_FAULT)
				return;
			size = 0;
		}
		if (!size)
			first = lane;
		device_pack(e, a, lane, e->scratch.io + size);
		size += chunk;
		last = lane;
	}
	agx_device_store_run(e, a, exec, first, last, size);
}

/* Whether a component between two others is left out. */
static bool device_has_gap(u32 mask)
{
	/* The lowest bit that is set carries up to the first gap. */
	return mask & (mask + (mask & (0 - mask)));
}

void agx_engine_exec_store(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_device_access a = device_access_init(insn);
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	if (!exec || !insn->mask)
		return;

	device_addresses(e, &a);
	if (!device_has_gap(a.mask)) {
		if (insn->format != AGX_ISA_FORMAT_I32 || !agx_device_store_words(e, &a, exec))
			device_store_runs(e, &a, exec);
		return;
	}

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
		if (exec >> lane & 1)
			device_store_components(e, &a, lane);
	}
}
