// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Units: engines with their memory. */

#include <linux/errno.h>
#include <linux/vmalloc.h>

#include "sim_mmu.h"
#include "sim_params.h"
#include "sim_trace.h"
#include "sim_unit.h"

/*
 * Engine steps between two looks at what else has to be done. A step costs from 0.1 microseconds
 * to some 10 of them in an emulated machine with all debug options.
 */
#define SIM_BUDGET 256

static enum sim_accessor sim_accessor(enum agx_engine_access access)
{
	return access == AGX_ENGINE_FETCH ? SIM_FIXED : SIM_SHADER;
}

static int sim_unit_read(void *ctx, u64 va, void *dst, u32 size, enum agx_engine_access access)
{
	struct sim_unit *unit = ctx;

	return sim_port_read(unit->port, unit->context, va, dst, size, sim_accessor(access));
}

static int sim_unit_write(void *ctx, u64 va, const void *src, u32 size,
			  enum agx_engine_access access)
{
	struct sim_unit *unit = ctx;

	return sim_port_write(unit->port, unit->context, va, src, size, sim_accessor(access));
}

static int sim_unit_update(void *ctx, u64 va, u32 (*change)(void *arg, u32 value), void *arg)
{
	struct sim_unit *unit = ctx;

	return sim_port_update(unit->port, unit->context, va, change, arg);
}

static void *sim_unit_map(void *ctx, u64 va, u32 size, enum agx_engine_access access)
{
	struct sim_unit *unit = ctx;

	return sim_port_map(unit->port, unit->context, va, size, access == AGX_ENGINE_SHADER_STORE);
}

static void sim_unit_unmap(void *ctx, void *map)
{
	struct sim_unit *unit = ctx;

	sim_port_unmap(unit->port, map);
}

const struct agx_engine_mem_ops sim_unit_mem_ops = {
	.read = sim_unit_read,
	.write = sim_unit_write,
	.update = sim_unit_update,
	.map = sim_unit_map,
	.unmap = sim_unit_unmap,
};

static void sim_unit_trace(void *ctx, const struct agx_engine_trace *trace)
{
	struct sim_unit *unit = ctx;

	trace_agx_sim_insn(unit->context, trace);
}

enum agx_engine_status sim_unit_run(struct sim_unit *unit)
{
	/* Somebody may begin to listen at any time. */
	agx_engine_set_trace(unit->engine, trace_agx_sim_insn_enabled() ? sim_unit_trace : NULL,
			     sim_params_trace_lane());
	return agx_engine_run(unit->engine, SIM_BUDGET);
}

int sim_unit_init(struct sim_unit *unit)
{
	unit->engine = vmalloc(agx_engine_size());
	if (!unit->engine)
		return -ENOMEM;
	agx_engine_init(unit->engine);
	if (!sim_params_stack_bytes())
		return 0;

	/* The engine clears what a shader gets of it. */
	unit->stack = vmalloc(sim_params_stack_bytes());
	return unit->stack ? 0 : -ENOMEM;
}

void sim_unit_fini(struct sim_unit *unit)
{
	vfree(unit->stack);
	vfree(unit->engine);
}
