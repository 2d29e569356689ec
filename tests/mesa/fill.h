/* SPDX-License-Identifier: MIT */
/* What is in the buffers of a program before it runs: always the same. */
#ifndef MESA_FILL_H
#define MESA_FILL_H

#include "program.h"

/** fill_words() - Fill a buffer; @seed distinguishes the buffers of a program. */
void fill_words(uint32_t *words, uint32_t num_words, enum fill fill, uint32_t seed);

#endif
