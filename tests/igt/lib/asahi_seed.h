/* SPDX-License-Identifier: MIT */
/* Randomness that can be had again. */
#ifndef ASAHI_SEED_H
#define ASAHI_SEED_H

/**
 * asahi_seed_new() - A seed for rand_r(), printed: the one in the environment's ASAHI_SEED, or any.
 */
unsigned int asahi_seed_new(void);

#endif
