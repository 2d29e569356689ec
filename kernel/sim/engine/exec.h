/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The instructions, by kind. Each function executes one decoded instruction for the current SIMD
 * group; advancing the pc is the caller's.
 */
#ifndef AGX_ENGINE_EXEC_H
#define AGX_ENGINE_EXEC_H

#include "state.h"

/* Integer arithmetic, logic, bit fields, selects, moves: all that only has a result. */
void agx_engine_exec_alu(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Arithmetic on floats. */
void agx_engine_exec_float(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Conversions between floats and integers. */
void agx_engine_exec_convert(struct agx_engine *e, const struct agx_isa_insn *insn);

/* A shift or bit field: its sources and results in all lanes; @out may be one of the sources. */
void agx_engine_bitfield(const struct agx_isa_insn *insn, const u32 *a, const u32 *b, const u32 *c,
			 u32 *out);

/* A function of the bits of one or two sources on one lane. */
u32 agx_engine_bits(const struct agx_isa_insn *insn, u32 a, u32 b);

/* Ballots, shuffles, reductions and scans. */
void agx_engine_exec_group(struct agx_engine *e, const struct agx_isa_insn *insn);

/* The execution mask stack: if, else, while and pop. */
void agx_engine_exec_mask(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Which lanes satisfy the condition of @insn, whether they are active or not. */
u32 agx_engine_compare(struct agx_engine *e, const struct agx_isa_insn *insn);

/* A special register for all lanes. */
void agx_engine_read_special(struct agx_engine *e, u32 sr, u32 *out);

/* Device memory. */
void agx_engine_exec_load(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_store(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Threadgroup memory. */
void agx_engine_exec_local_load(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_local_store(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Atomic operations on either. */
void agx_engine_exec_atomic(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_local_atomic(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Threadgroup memory at an address, or NULL if the workgroup does not have all of it. */
u8 *agx_engine_local_at(struct agx_engine *e, u32 address, u32 size);

/* The stack: adjustments, and loads and stores. */
void agx_engine_exec_stack_adjust(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_stack(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Textures. */
void agx_engine_exec_texture_state(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_sampler_state(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_texture_read(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_texture_sample(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Images. */
void agx_engine_exec_image_write(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Tile memory, and the writes of all of it to an image. */
void agx_engine_exec_tile_store(struct agx_engine *e, const struct agx_isa_insn *insn);
void agx_engine_exec_block_write(struct agx_engine *e, const struct agx_isa_insn *insn);

/* Stores to the uniform file. */
void agx_engine_exec_uniform_store(struct agx_engine *e, const struct agx_isa_insn *insn);

#endif /* AGX_ENGINE_EXEC_H */
