/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Running a workgroup, instruction by instruction.
 */
#ifndef AGX_ENGINE_SHADER_H
#define AGX_ENGINE_SHADER_H

#include "state.h"

/** agx_engine_code_init() - Know no instruction. */
void agx_engine_code_init(struct agx_engine *e);

/** agx_engine_code_launch() - From here on code may be another than before. */
void agx_engine_code_launch(struct agx_engine *e);

/** agx_engine_code_miss() - What agx_engine_code_get() does if that is not known yet. */
const struct agx_isa_insn *agx_engine_code_miss(struct agx_engine *e, u64 pc);

/** agx_engine_code_chunk() - The only chunk that can be of the code at @pc. */
static inline struct agx_engine_chunk *agx_engine_code_chunk(struct agx_engine *e, u64 pc)
{
	return &e->chunk[pc / AGX_ENGINE_CHUNK % AGX_ENGINE_CHUNKS];
}

/**
 * agx_engine_code_get() - The instruction at an address.
 * @e: The engine.
 * @pc: GPU address.
 *
 * Return: The instruction, valid until the next call; NULL if there was a fault.
 */
static inline const struct agx_isa_insn *agx_engine_code_get(struct agx_engine *e, u64 pc)
{
	const struct agx_engine_chunk *chunk = agx_engine_code_chunk(e, pc);
	u64 at = pc - chunk->tag;

	/* An odd address has no chunk, and its distance from one is odd. */
	if (chunk->launch == e->code_launch && at < AGX_ENGINE_CHUNK && !(at & 1) &&
	    chunk->entry[at / 2] != AGX_ENGINE_NO_CODE)
		return &e->code[chunk->entry[at / 2]];
	return agx_engine_code_miss(e, pc);
}

/**
 * agx_engine_shader_step() - Execute one instruction of the workgroup.
 * @e: The engine, in AGX_ENGINE_PHASE_SHADER.
 *
 * SIMD groups take turns of AGX_ENGINE_QUANTUM instructions, so that one that waits for another
 * one in a loop does so in vain only for a while.
 */
void agx_engine_shader_step(struct agx_engine *e);

#endif /* AGX_ENGINE_SHADER_H */
