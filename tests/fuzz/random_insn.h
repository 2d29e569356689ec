/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_RANDOM_INSN_H
#define FUZZ_RANDOM_INSN_H

#include "asm.h"
#include "gpu.h"

/* Appends a valid instruction of any kind. */
void random_insn(struct gpu_random *random, struct code *code);

#endif /* FUZZ_RANDOM_INSN_H */
