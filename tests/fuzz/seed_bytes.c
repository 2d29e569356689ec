// SPDX-License-Identifier: MIT
/*
 * For targets to which all bytes make sense.
 */
#include "seed.h"

size_t seed_make(u8 *bytes, struct gpu_random *random)
{
	size_t size = gpu_random_below(random, gpu_random_below(random, 4) ? 300 : 16);
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (u8)gpu_random(random);
	return size;
}
