/* SPDX-License-Identifier: MIT */
#ifndef RECORDING_FUZZ_H
#define RECORDING_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The name that libFuzzer looks for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* RECORDING_FUZZ_H */
