/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Telling somebody what each instruction does.
 */
#ifndef AGX_ENGINE_TRACE_H
#define AGX_ENGINE_TRACE_H

#include "state.h"

/**
 * agx_engine_trace_begin() - Before an instruction is executed.
 * @e: The engine, with a trace.
 * @insn: The instruction.
 */
void agx_engine_trace_begin(struct agx_engine *e, const struct agx_isa_insn *insn);

/** agx_engine_trace_end() - After that, with or without a fault. */
void agx_engine_trace_end(struct agx_engine *e, const struct agx_isa_insn *insn);

#endif /* AGX_ENGINE_TRACE_H */
