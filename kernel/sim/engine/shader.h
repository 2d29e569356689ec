/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Running a workgroup, instruction by instruction.
 */
#ifndef AGX_ENGINE_SHADER_H
#define AGX_ENGINE_SHADER_H

#include "state.h"

/** agx_engine_code_flush() - Forget all decoded instructions. */
void agx_engine_code_flush(struct agx_engine *e);

/**
 * agx_engine_code_get() - The instruction at an address.
 * @e: The engine.
 * @pc: GPU address.
 *
 * Return: The instruction, valid until the next call; NULL if there was a fault.
 */
const struct agx_isa_insn *agx_engine_code_get(struct agx_engine *e, u64 pc);

/**
 * agx_engine_shader_step() - Execute one instruction of the workgroup.
 * @e: The engine, in AGX_ENGINE_PHASE_SHADER.
 *
 * SIMD groups take turns of AGX_ENGINE_QUANTUM instructions, so that one that waits for another
 * one in a loop does so in vain only for a while.
 */
void agx_engine_shader_step(struct agx_engine *e);

#endif /* AGX_ENGINE_SHADER_H */
