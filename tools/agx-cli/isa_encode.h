/* SPDX-License-Identifier: MIT */
/*
 * From struct agx_isa_insn to bytes, by the engine's table of instructions: the inverse of
 * agx_isa_decode().
 */
#ifndef AGX_CLI_ISA_ENCODE_H
#define AGX_CLI_ISA_ENCODE_H

#include "isa_table.h"

/*
 * Fills in the bytes and the length of an instruction that is otherwise complete. False if it
 * cannot be encoded as what its description says.
 */
bool isa_encode(struct agx_isa_insn *insn);

#endif /* AGX_CLI_ISA_ENCODE_H */
