// SPDX-License-Identifier: MIT
/*
 * Inputs for the engine's targets: what makes sense, damaged.
 */
#include "seed.h"
#include "target.h"

/* Damage of all kinds; often none, so that what makes sense is run too. */
static size_t mutate(u8 *bytes, size_t size, struct gpu_random *random)
{
	u32 count = gpu_random_below(random, 2) ? 0 : 1 + gpu_random_below(random, 8);

	while (count-- && size) {
		u32 near = size < 64 ? (u32)size : 64;
		u32 at = gpu_random_below(random, gpu_random_below(random, 2) ? (u32)size : near);

		switch (gpu_random_below(random, 3)) {
		case 0:
			bytes[at] ^= (u8)(1 << gpu_random_below(random, 8));
			break;
		case 1:
			bytes[at] = (u8)gpu_random(random);
			break;
		default:
			bytes[at] = (u8)gpu_random_edge(random);
		}
	}
	return gpu_random_below(random, 4) ? size : gpu_random_below(random, (u32)size + 1);
}

size_t fuzz_make_input(uint8_t *data, size_t max)
{
	static struct gpu_random random = { 40 };

	if (max < SEED_MAX)
		return 0;
	return mutate(data, seed_make(data, &random), &random);
}
