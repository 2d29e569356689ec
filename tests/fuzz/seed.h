/* SPDX-License-Identifier: MIT */
/*
 * Inputs that make sense, for targets that are run without a fuzzer.
 */
#ifndef FUZZ_SEED_H
#define FUZZ_SEED_H

#include "gpu.h"

#define SEED_MAX 0x1100

/* Makes an input of up to SEED_MAX bytes; returns its size. Each target has one. */
size_t seed_make(u8 *bytes, struct gpu_random *random);

#endif /* FUZZ_SEED_H */
