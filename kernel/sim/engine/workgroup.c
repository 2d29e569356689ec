// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "workgroup.h"

/* Steps that clearing the registers of a SIMD group is worth. */
#define WORKGROUP_SIMD_STEPS 4

void agx_engine_clear_registers(struct agx_engine *e)
{
	u64 left;
	u32 simd;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(e->written); i++) {
		for (left = e->written[i]; left; left &= left - 1) {
			u32 reg = 64 * i + (u32)__builtin_ctzll(left);

			for (simd = 0; simd < e->written_simds; simd++)
				memset(e->gpr[simd][reg], 0, sizeof(e->gpr[simd][reg]));
		}
	}
	e->written_simds = 0;
}

static void workgroup_simds_start(struct agx_engine *e, u64 code, u32 threads)
{
	u32 i;

	e->wg.code = code;
	e->wg.simds = (threads + AGX_ENGINE_LANES - 1) / AGX_ENGINE_LANES;
	e->wg.stack_size = e->cfg.stack_bytes / (e->wg.simds * AGX_ENGINE_LANES) & ~3u;
	e->wg.current = 0;
	e->wg.quantum = AGX_ENGINE_QUANTUM;

	for (i = 0; i < e->wg.simds; i++) {
		u32 left = threads - i * AGX_ENGINE_LANES;
		u32 live = left < AGX_ENGINE_LANES ? (1u << left) - 1 : ~0u;

		e->simd[i] = (struct agx_engine_simd){ .pc = code, .live = live, .exec = live };
	}

	/* Nobody is to see what other threads, or even other processes, have left behind. */
	agx_engine_clear_registers(e);
	e->written_simds = e->wg.simds;
	memset(e->local, 0, e->launch.local_size);
	e->steps += WORKGROUP_SIMD_STEPS * e->wg.simds;
	e->phase = AGX_ENGINE_PHASE_SHADER;
}

void agx_engine_preshader_start(struct agx_engine *e, u64 code)
{
	e->wg = (struct agx_engine_workgroup){ .size = { 1, 1, 1 }, .preshader = true };
	workgroup_simds_start(e, code, 1);
}

/* Counts through the workgroups, X first; false if there are none left. */
static bool workgroup_next(struct agx_engine_launch *launch, u32 *id)
{
	u32 i;

	if (!launch->left)
		return false;
	launch->left--;

	for (i = 0; i < 3; i++)
		id[i] = launch->next[i];

	for (i = 0; i < 3; i++) {
		if (++launch->next[i] < launch->groups[i])
			break;
		launch->next[i] = 0;
	}
	return true;
}

/* What comes when all workgroups have been started, and those that ran here are over. */
static enum agx_engine_phase workgroup_end(const struct agx_engine *e)
{
	if (e->helps)
		return AGX_ENGINE_PHASE_DONE;
	return e->helpers ? AGX_ENGINE_PHASE_JOIN : AGX_ENGINE_PHASE_STREAM;
}

void agx_engine_workgroup_start(struct agx_engine *e)
{
	struct agx_engine_launch *launch = &e->launch;
	struct agx_engine_workgroup *wg = &e->wg;
	u32 threads = 1;
	u32 i;

	e->steps++;
	*wg = (struct agx_engine_workgroup){ 0 };
	if (!workgroup_next(launch, wg->id)) {
		e->phase = workgroup_end(e);
		return;
	}

	/* Workgroups do not see each other's changes, on whichever engine they run. */
	if (launch->dirty) {
		e->files = e->preloaded;
		launch->dirty = false;
	}

	for (i = 0; i < 3; i++) {
		bool last = wg->id[i] == launch->groups[i] - 1;

		wg->size[i] = last ? launch->last[i] : launch->local[i];
		threads *= wg->size[i];
	}
	workgroup_simds_start(e, launch->code, threads);
}
