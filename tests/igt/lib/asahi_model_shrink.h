/* SPDX-License-Identifier: MIT */
/* Making a program that fails a short one. */
#ifndef ASAHI_MODEL_SHRINK_H
#define ASAHI_MODEL_SHRINK_H

#include <stdbool.h>

#include "asahi_model_step.h"

/**
 * asahi_model_shrink() - Leave out of a program what it can do without.
 * @program: fails; the shorter one when this returns.
 * @fails: runs a program and says whether it still fails in a way that is looked for.
 * @max: how many times to run one.
 *
 * Large pieces are tried first, then smaller ones, then single steps, then arguments. Returns how
 * many times a program was run.
 */
unsigned int asahi_model_shrink(struct asahi_model_program *program,
				bool (*fails)(const struct asahi_model_program *program,
					      void *data),
				void *data, unsigned int max);

#endif
