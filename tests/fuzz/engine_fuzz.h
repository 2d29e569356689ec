/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_FUZZ_H
#define ENGINE_FUZZ_H

#include "engine_types.h"

/* The name that libFuzzer looks for. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* ENGINE_FUZZ_H */
