/* SPDX-License-Identifier: MIT */
/*
 * What a fuzz target is, and what the driver needs to run one without a fuzzer.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* The name that libFuzzer looks for; each target has one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Makes the next of the inputs that the driver runs when no files are named: always the same ones,
 * in the same order. Returns its size, at most @max.
 */
size_t fuzz_make_input(uint8_t *data, size_t max);

#endif /* FUZZ_TARGET_H */
