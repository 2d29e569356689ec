/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Cutting a launch into workgroups.
 */
#ifndef AGX_ENGINE_WORKGROUP_H
#define AGX_ENGINE_WORKGROUP_H

#include "state.h"

/**
 * agx_engine_preshader_start() - Let the one thread of a preshader run before the workgroups.
 * @e: The engine.
 * @code: GPU address of the preshader.
 */
void agx_engine_preshader_start(struct agx_engine *e, u64 code);

/**
 * agx_engine_workgroup_start() - Set up the next workgroup, or go back to the stream.
 * @e: The engine, in AGX_ENGINE_PHASE_WORKGROUP.
 */
void agx_engine_workgroup_start(struct agx_engine *e);

/** agx_engine_clear_registers() - Set all registers to 0, which means those that are not. */
void agx_engine_clear_registers(struct agx_engine *e);

#endif /* AGX_ENGINE_WORKGROUP_H */
