// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Special registers: what a thread can know about itself.
 */
#include "bits.h"
#include "exec.h"

/* Threads are numbered X first, then Y, then Z, and fill the lanes of SIMD groups in order. */
static u32 special_first_thread(const struct agx_engine *e)
{
	return e->wg.current * AGX_ENGINE_LANES;
}

/* Position of each lane's thread in the workgroup, plus @offset. */
static void special_positions(const struct agx_engine *e, u32 axis, u32 offset, u32 *out)
{
	u32 thread = special_first_thread(e);
	const u32 *size = e->wg.size;
	u32 at[3] = {
		thread % size[0], thread / size[0] % size[1], thread / (size[0] * size[1]),
	};
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		out[lane] = at[axis] + offset;
		if (++at[0] < size[0])
			continue;
		at[0] = 0;
		if (++at[1] < size[1])
			continue;
		at[1] = 0;
		at[2]++;
	}
}

static u32 special_below(u32 lane)
{
	return (1u << lane) - 1;
}

static u32 special_quad(u32 lane)
{
	return 0xfu << (lane & ~3u);
}

/* What is the same for all lanes, or only depends on which of them are active. */
static u32 special_value(struct agx_engine *e, u32 sr, u32 lane)
{
	u32 exec = agx_engine_current(e)->exec;

	switch (sr) {
	case AGX_ISA_SR_THREADGROUP_X:
	case AGX_ISA_SR_THREADGROUP_Y:
	case AGX_ISA_SR_THREADGROUP_Z:
		return e->wg.id[sr - AGX_ISA_SR_THREADGROUP_X];
	case AGX_ISA_SR_THREADGROUP_SIZE_X:
	case AGX_ISA_SR_THREADGROUP_SIZE_Y:
	case AGX_ISA_SR_THREADGROUP_SIZE_Z:
		return e->wg.size[sr - AGX_ISA_SR_THREADGROUP_SIZE_X];
	case AGX_ISA_SR_DISPATCH_SIZE_X:
	case AGX_ISA_SR_DISPATCH_SIZE_Y:
	case AGX_ISA_SR_DISPATCH_SIZE_Z:
		return e->launch.local[sr - AGX_ISA_SR_DISPATCH_SIZE_X];
	case AGX_ISA_SR_CORE_INDEX:
		return e->cfg.core_index;
	case AGX_ISA_SR_VM_SLOT:
		return e->cfg.vm_slot;
	case AGX_ISA_SR_THREAD_INDEX:
		return special_first_thread(e) + lane;
	case AGX_ISA_SR_LANE:
		return lane;
	case AGX_ISA_SR_SIMDGROUP:
		return e->wg.current;
	case AGX_ISA_SR_QUAD_INDEX:
		return agx_engine_popcount(exec & special_quad(lane) & special_below(lane));
	case AGX_ISA_SR_QUAD_COUNT:
		return agx_engine_popcount(exec & special_quad(lane));
	case AGX_ISA_SR_SIMD_INDEX:
		return agx_engine_popcount(exec & special_below(lane));
	case AGX_ISA_SR_SIMD_COUNT:
		return agx_engine_popcount(exec);
	case AGX_ISA_SR_IS_ACTIVE:
		/* There are no helper threads in compute. */
		return 1;
	default:
		/* Those of fragment shaders and of the helper program. */
		return 0;
	}
}

void agx_engine_read_special(struct agx_engine *e, u32 sr, u32 *out)
{
	u32 lane;

	switch (sr) {
	case AGX_ISA_SR_THREAD_X:
	case AGX_ISA_SR_THREAD_Y:
	case AGX_ISA_SR_THREAD_Z:
		special_positions(e, sr - AGX_ISA_SR_THREAD_X, 0, out);
		break;
	case AGX_ISA_SR_GRID_X:
	case AGX_ISA_SR_GRID_Y:
	case AGX_ISA_SR_GRID_Z:
		sr -= AGX_ISA_SR_GRID_X;
		special_positions(e, sr, e->wg.id[sr] * e->launch.local[sr], out);
		break;
	default:
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = special_value(e, sr, lane);
	}
}
