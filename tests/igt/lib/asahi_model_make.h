/* SPDX-License-Identifier: MIT */
/**
 * DOC: Making a step of a random program
 *
 * What is to be done, and by which file, has been chosen; here it gets its arguments, such that it
 * has a chance to work, and loses that chance again.
 */
#ifndef ASAHI_MODEL_MAKE_H
#define ASAHI_MODEL_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_model_gen.h"
#include "asahi_seed.h"

/** struct asahi_generator - A program that is being made. */
struct asahi_generator {
	const struct asahi_model_profile *profile;
	/** @strict: see asahi_model_generate(). */
	bool strict;
	/** @random: not from any library, so that a seed is the same program everywhere. */
	struct asahi_random random;
	/** @m: what is there. */
	struct asahi_model m;
	/** @step: that which is being made. */
	struct asahi_model_step step;
};

/** asahi_model_make() - Give the step arguments. */
void asahi_model_make(struct asahi_generator *g);

/** asahi_model_spoil() - Spoil what can be spoiled and, mostly, is there. */
void asahi_model_spoil(struct asahi_generator *g);

/** asahi_model_has() - Whether the step's file has anything of a kind. */
bool asahi_model_has(const struct asahi_generator *g, enum asahi_model_kind kind);

static inline uint32_t rnd(struct asahi_generator *g, uint32_t below)
{
	return asahi_random_below(&g->random, below);
}

static inline bool chance(struct asahi_generator *g, unsigned int percent)
{
	return rnd(g, 100) < percent;
}

#endif
