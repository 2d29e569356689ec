/* SPDX-License-Identifier: MIT */
/**
 * DOC: Random programs
 *
 * A program is made from a seed and nothing else: the same seed gives the same program on every
 * machine. What is there when a step is taken is known from the model, which chooses numbers
 * itself meanwhile, so most steps work; some are spoiled, in one place or in two.
 */
#ifndef ASAHI_MODEL_GEN_H
#define ASAHI_MODEL_GEN_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_model.h"
#include "asahi_model_step.h"

/** struct asahi_model_profile - What a program is mostly about. */
struct asahi_model_profile {
	const char *name;
	/** @weights: how often each step is taken. */
	uint8_t weights[ASAHI_NUM_OPS];
	/** @hostile: how many of a hundred steps are spoiled. */
	uint8_t hostile;
};

/** enum asahi_model_profile_id - All profiles. */
enum asahi_model_profile_id {
	ASAHI_PROFILE_ADDRESS_SPACE,
	ASAHI_PROFILE_HANDLES,
	ASAHI_PROFILE_QUEUES,
	ASAHI_PROFILE_SYNCS,
	ASAHI_PROFILE_SHARING,
	ASAHI_PROFILE_HOSTILE,
	ASAHI_PROFILE_EVERYTHING,
	ASAHI_NUM_PROFILES,
};

extern const struct asahi_model_profile asahi_model_profiles[ASAHI_NUM_PROFILES];

/** asahi_model_weight() - How often a step is taken, also as every program takes it. */
unsigned int asahi_model_weight(const struct asahi_model_profile *profile, enum asahi_model_op op);

/**
 * asahi_model_generate() - Make a program.
 * @program: empty.
 * @strict: whether to do what the uapi leaves open, too: sizes of zero, and of more memory than
 *	there is, and addresses that are the kernel's.
 * @num: steps, behind which everything that is left is given up in any order.
 */
void asahi_model_generate(struct asahi_model_program *program,
			  const struct asahi_model_profile *profile,
			  const struct asahi_model_limits *limits, bool strict, uint32_t seed,
			  unsigned int num);

/** asahi_model_dry() - Take a step where there is no device: numbers are the lowest. */
void asahi_model_dry(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect);

#endif
