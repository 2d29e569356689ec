// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cdm.h"
#include "engine.h"
#include "launch.h"
#include "shader.h"
#include "state.h"
#include "workgroup.h"

static_assert(sizeof(struct agx_engine) <= 832 * 1024, "an engine is larger than promised");
static_assert(AGX_ENGINE_GPRS == AGX_ISA_GPRS, "there is one number of registers");

size_t agx_engine_size(void)
{
	return sizeof(struct agx_engine);
}

void agx_engine_init(struct agx_engine *e)
{
	agx_engine_code_init(e);
	memset(e->gpr, 0, sizeof(e->gpr));
	memset(e->written, 0, sizeof(e->written));
	e->written_simds = 0;
}

void agx_engine_start(struct agx_engine *e, const struct agx_engine_config *cfg,
		      const struct agx_engine_mem_ops *ops, void *ctx)
{
	memset(e, 0, offsetof(struct agx_engine, files));
	e->cfg = *cfg;
	e->ops = ops;
	e->ctx = ctx;
	e->stream.va = cfg->stream;
	e->phase = AGX_ENGINE_PHASE_STREAM;
}

enum agx_engine_status agx_engine_run(struct agx_engine *e, u32 budget)
{
	u64 start = e->steps;

	while (e->steps - start < budget) {
		switch (e->phase) {
		case AGX_ENGINE_PHASE_STREAM:
			agx_engine_cdm_step(e);
			break;
		case AGX_ENGINE_PHASE_USC:
			agx_engine_usc_step(e);
			break;
		case AGX_ENGINE_PHASE_WORKGROUP:
			agx_engine_workgroup_start(e);
			break;
		case AGX_ENGINE_PHASE_SHADER:
			agx_engine_shader_step(e);
			break;
		case AGX_ENGINE_PHASE_JOIN:
		case AGX_ENGINE_PHASE_DONE:
		case AGX_ENGINE_PHASE_FAULT:
			goto out;
		}
	}
out:
	switch (e->phase) {
	case AGX_ENGINE_PHASE_JOIN:
		return AGX_ENGINE_WAITING;
	case AGX_ENGINE_PHASE_DONE:
		return AGX_ENGINE_DONE;
	case AGX_ENGINE_PHASE_FAULT:
		return AGX_ENGINE_FAULT;
	default:
		return AGX_ENGINE_RUNNING;
	}
}

u64 agx_engine_steps(const struct agx_engine *e)
{
	return e->steps;
}

u64 agx_engine_pc(const struct agx_engine *e)
{
	return e->phase == AGX_ENGINE_PHASE_SHADER ? e->simd[e->wg.current].pc : 0;
}

const struct agx_engine_fault *agx_engine_fault(const struct agx_engine *e)
{
	return &e->fault;
}

/* The first lane of a mask, or lane 0 of an empty one. */
static u32 engine_first_lane(u32 mask)
{
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		if (mask & 1u << lane)
			return lane;
	return 0;
}

void agx_engine_locate(const struct agx_engine *e, struct agx_engine_where *where)
{
	const struct agx_engine_simd *simd = &e->simd[e->wg.current];
	bool faulted = e->phase == AGX_ENGINE_PHASE_FAULT;
	u32 i;

	memset(where, 0, sizeof(*where));
	where->stream = e->stream.va;
	where->pc = faulted ? e->fault.pc : agx_engine_pc(e);
	if (!where->pc)
		return;

	where->shader = e->wg.code;
	for (i = 0; i < 3; i++)
		where->group[i] = e->wg.id[i];
	where->simd = e->wg.current;
	where->live = simd->live;
	where->exec = simd->exec;
	if (faulted && e->fault.access != AGX_ENGINE_FETCH)
		where->lane = e->fault.lane;
	else
		where->lane = engine_first_lane(simd->exec);
	for (i = 0; i < AGX_ENGINE_GPRS; i++)
		where->gpr[i] = (u16)(e->gpr[e->wg.current][i / 2][where->lane] >> 16 * (i & 1));
}
