// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Several engines that run the workgroups of one launch.
 */
#include "shader.h"
#include "state.h"

/* Workgroups that are handed out at a time at most; also keeps additions within 64 bits. */
#define SPLIT_MAX 65536

/*
 * Pieces get smaller towards the end, so that all engines come to it at about the same time
 * whatever their workgroups cost.
 */
static u32 split_size(u64 left, u32 parts)
{
	u64 size = div_u64(left, 2 * parts) + 1;

	return size < SPLIT_MAX ? (u32)size : SPLIT_MAX;
}

/* Passes over workgroups, X first. */
static void split_advance(struct agx_engine_launch *launch, u32 count)
{
	u64 carry = count;
	u32 i;

	for (i = 0; i < 3; i++) {
		u64 position = launch->next[i] + carry;

		carry = div_u64(position, launch->groups[i]);
		launch->next[i] = (u32)(position - carry * launch->groups[i]);
	}
	launch->left -= count;
}

bool agx_engine_split(struct agx_engine *e, struct agx_engine *helper, u32 parts, void *ctx,
		      void *stack)
{
	struct agx_engine_launch *launch = &e->launch;
	u32 size;

	if (e->phase != AGX_ENGINE_PHASE_WORKGROUP &&
	    (e->phase != AGX_ENGINE_PHASE_SHADER || e->wg.preshader))
		return false;
	if (!launch->left)
		return false;
	size = split_size(launch->left, parts);

	memset(helper, 0, offsetof(struct agx_engine, files));
	helper->cfg = e->cfg;
	helper->cfg.stack = stack;
	helper->ops = e->ops;
	helper->ctx = ctx;
	helper->stream = e->stream;
	helper->trace = e->trace;
	helper->launch = *launch;
	helper->launch.left = size;
	helper->helps = true;
	helper->phase = AGX_ENGINE_PHASE_WORKGROUP;

	helper->files = e->launch.dirty ? e->preloaded : e->files;
	helper->launch.dirty = false;
	agx_engine_code_launch(helper);

	split_advance(launch, size);
	e->helpers++;
	return true;
}

/* Makes the fault of a helper that of the command, with what agx_engine_locate() looks at. */
static void split_blame(struct agx_engine *e, const struct agx_engine *helper)
{
	u32 current = helper->wg.current;

	e->fault = helper->fault;
	e->wg = helper->wg;
	e->simd[current] = helper->simd[current];
	memcpy(e->gpr[current], helper->gpr[current], sizeof(e->gpr[current]));
	e->written[0] = ~0ULL;
	e->written[1] = ~0ULL;
	e->written_simds = AGX_ENGINE_SIMDS;
	e->phase = AGX_ENGINE_PHASE_FAULT;
}

void agx_engine_join(struct agx_engine *e, const struct agx_engine *helper)
{
	e->steps += helper->steps;
	e->helpers--;

	if (e->phase == AGX_ENGINE_PHASE_FAULT)
		return;
	if (helper->phase == AGX_ENGINE_PHASE_FAULT)
		split_blame(e, helper);
	else if (e->phase == AGX_ENGINE_PHASE_JOIN && !e->helpers)
		e->phase = AGX_ENGINE_PHASE_STREAM;
}
