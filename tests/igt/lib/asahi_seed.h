/* SPDX-License-Identifier: MIT */
/* Randomness that can be had again. */
#ifndef ASAHI_SEED_H
#define ASAHI_SEED_H

#include <stdint.h>

/** asahi_seed_new() - A seed, printed: the one in the environment's ASAHI_SEED, or any. */
unsigned int asahi_seed_new(void);

/**
 * struct asahi_random - Random numbers, the same from the same state everywhere.
 *
 * A seed is a state to begin with; those that follow each other have nothing in common.
 */
struct asahi_random {
	uint64_t state;
};

/** asahi_random_below() - The next number, less than @below. This is splitmix64. */
static inline uint32_t asahi_random_below(struct asahi_random *random, uint32_t below)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((x ^ x >> 31) >> 32) % below;
}

#endif
