/* SPDX-License-Identifier: MIT */
/*
 * Instructions with whatever their fields can hold.
 */
#ifndef RANDOM_INSN_H
#define RANDOM_INSN_H

#include "isa_table.h"

/*
 * An instruction of a description, which is decoded as that and nothing else. *random, not 0, is
 * where it comes from. False if there seems to be none.
 */
bool random_insn(u64 *random, u32 desc, struct agx_isa_insn *insn);

#endif /* RANDOM_INSN_H */
