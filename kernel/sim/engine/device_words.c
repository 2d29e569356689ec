// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Loads and stores of words. They are moved register by register and, where that is possible, from
 * and to the place in which they are.
 */
#include "bits.h"
#include "device.h"
#include "mem.h"

u32 agx_device_stride(const u64 *va, u32 exec)
{
	u64 stride = va[1] - va[0];
	u32 lane;

	if (exec != ~0u || stride > 16)
		return 0;
	for (lane = 2; lane < AGX_ENGINE_LANES; lane++) {
		if (va[lane] - va[lane - 1] != stride)
			return 0;
	}
	return (u32)stride;
}

/* All lanes take one component after the other. @from is the first one of the lowest lane. */
static void words_load(struct agx_engine *e, const struct agx_device_access *a, u32 exec, u64 low,
		       u32 stride, const u32 *from)
{
	u32 *reg = agx_engine_gprs(e)[a->insn->dst.value / 2];
	const u64 *va = e->scratch.dst;
	u32 lane;
	u32 i;

	for (i = a->first / 4; i < a->end / 4; i++) {
		const u32 *word = from + i - a->first / 4;

		if (!(a->mask >> i & 1))
			continue;
		if (stride) {
			AGX_ENGINE_UNROLL
			for (lane = 0; lane < AGX_ENGINE_LANES; lane++, word += stride / 4)
				reg[lane] = READ_ONCE(*word);
		} else {
			for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
				if (exec >> lane & 1)
					reg[lane] = READ_ONCE(word[(va[lane] - low) / 4]);
			}
		}
		reg += AGX_ENGINE_LANES;
	}
}

bool agx_device_load_words(struct agx_engine *e, const struct agx_device_access *a, u32 exec,
			   u64 low, u32 size, u32 stride)
{
	u64 va = low + a->first;
	u32 *map = agx_engine_try_map(e, va, size, AGX_ENGINE_SHADER_LOAD);

	if (map) {
		words_load(e, a, exec, low, stride, map);
		agx_engine_unmap(e, map);
		return true;
	}

	if (!agx_engine_try_read(e, va, e->scratch.io, size, AGX_ENGINE_SHADER_LOAD))
		return false;
	words_load(e, a, exec, low, stride, e->scratch.io_words);
	return true;
}

/* All lanes leave one component after the other. */
static void words_store(struct agx_engine *e, const struct agx_device_access *a, u32 exec,
			u32 *to)
{
	const struct agx_isa_operand *data = &a->insn->src[AGX_ISA_MEM_DATA];
	const u32 *reg = agx_engine_gprs(e)[data->value / 2];
	u32 count = data->count;
	u32 lane;
	u32 i;

	for (i = 0; i < count; i++, reg += AGX_ENGINE_LANES) {
		u32 *word = to + i;

		if (exec == ~0u) {
			AGX_ENGINE_UNROLL
			for (lane = 0; lane < AGX_ENGINE_LANES; lane++, word += count)
				WRITE_ONCE(*word, reg[lane]);
			continue;
		}
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
			if (!(exec >> lane & 1))
				continue;
			WRITE_ONCE(*word, reg[lane]);
			word += count;
		}
	}
}

/* Whether each active lane continues where the one before it has ended. */
static bool words_follow(const u64 *va, u32 exec, u32 chunk)
{
	u64 next = va[agx_engine_lowest(exec)];
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (va[lane] != next)
			return false;
		next += chunk;
	}
	return true;
}

bool agx_device_store_words(struct agx_engine *e, const struct agx_device_access *a, u32 exec)
{
	u32 size = agx_engine_popcount(exec) * (a->end - a->first);
	u32 first = agx_engine_lowest(exec);
	u32 *map;

	if (!words_follow(e->scratch.dst, exec, a->end - a->first))
		return false;

	map = agx_engine_try_map(e, e->scratch.dst[first] + a->first, size,
				 AGX_ENGINE_SHADER_STORE);
	if (map) {
		words_store(e, a, exec, map);
		agx_engine_unmap(e, map);
		return true;
	}

	words_store(e, a, exec, e->scratch.io_words);
	agx_device_store_run(e, a, exec, first, agx_engine_highest(exec), size);
	return true;
}
