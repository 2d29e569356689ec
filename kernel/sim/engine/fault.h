/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How the engine comes to a fault. The first one ends the command, later ones are not recorded.
 */
#ifndef AGX_ENGINE_FAULT_H
#define AGX_ENGINE_FAULT_H

#include "state.h"

/**
 * agx_engine_raise() - Something at an address cannot be executed.
 * @e: The engine.
 * @kind: Why.
 * @va: GPU address of the block, word or instruction.
 * @bytes: What is there; NULL if @len is 0.
 * @len: Bytes of it; no more than AGX_ENGINE_INSN_MAX are kept.
 */
void agx_engine_raise(struct agx_engine *e, enum agx_engine_fault_kind kind, u64 va,
		      const u8 *bytes, u32 len);

/**
 * agx_engine_raise_access() - An access failed and was not soft.
 * @e: The engine.
 * @access: Who accessed memory.
 * @va: GPU address of the access.
 * @size: Its bytes.
 * @lane: Lane, if a shader did it.
 * @insn: The instruction, NULL if there is none.
 */
void agx_engine_raise_access(struct agx_engine *e, enum agx_engine_access access, u64 va, u32 size,
			     u32 lane, const struct agx_isa_insn *insn);

/**
 * agx_engine_raise_stack() - There is no stack, or not at an address, and that was not soft.
 * @e: The engine.
 * @access: Which access is outside; AGX_ENGINE_FETCH if the stack itself is impossible.
 * @address: Address in the stack; in the latter case that of the instruction.
 * @size: Bytes of the access, or of the stack that is wanted.
 * @lane: Lane, if it was an access.
 * @insn: The instruction.
 */
void agx_engine_raise_stack(struct agx_engine *e, enum agx_engine_access access, u64 address,
			    u32 size, u32 lane, const struct agx_isa_insn *insn);

/**
 * agx_engine_raise_image() - An image cannot be accessed.
 * @e: The engine.
 * @kind: AGX_ENGINE_FAULT_IMAGE or AGX_ENGINE_FAULT_COMPRESSED.
 * @access: How it was to be accessed.
 * @state: GPU address of its state.
 * @lane: Lane.
 * @insn: The instruction.
 */
void agx_engine_raise_image(struct agx_engine *e, enum agx_engine_fault_kind kind,
			    enum agx_engine_access access, u64 state, u32 lane,
			    const struct agx_isa_insn *insn);

#endif /* AGX_ENGINE_FAULT_H */
