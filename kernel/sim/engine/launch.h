/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Launches: the sizes that the stream gives, and the USC words it points to.
 */
#ifndef AGX_ENGINE_LAUNCH_H
#define AGX_ENGINE_LAUNCH_H

#include "state.h"

/** struct agx_engine_grid - What is to be run. */
struct agx_engine_grid {
	/** @global: Threads, or workgroups if @groups. */
	u32 global[3];

	/** @local: Threads of a workgroup. */
	u32 local[3];

	/** @groups: Unit of @global. */
	bool groups;
};

/**
 * agx_engine_launch_start() - Begin with the USC words of a launch.
 * @e: The engine.
 * @grid: Its sizes. Without any thread the launch is over at once.
 * @usc: GPU address of the first word.
 * @block: GPU address of the launch block, for faults.
 */
void agx_engine_launch_start(struct agx_engine *e, const struct agx_engine_grid *grid, u64 usc,
			     u64 block);

/**
 * agx_engine_usc_step() - Execute one USC word.
 * @e: The engine, in AGX_ENGINE_PHASE_USC.
 */
void agx_engine_usc_step(struct agx_engine *e);

#endif /* AGX_ENGINE_LAUNCH_H */
