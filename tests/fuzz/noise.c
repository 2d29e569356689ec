// SPDX-License-Identifier: MIT
/*
 * Inputs for targets that make sense of any bytes.
 */
#include "target.h"

#define MAX_SIZE 4096

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % below;
}

/* Bytes of a kind that holds for a while: noise, small numbers, or always the same. */
size_t fuzz_make_input(uint8_t *data, size_t max)
{
	/* Short ones more often. */
	size_t size = random_number(1 + random_number(max < MAX_SIZE ? max : MAX_SIZE));
	uint64_t below = 1, left = 0;
	size_t i;

	for (i = 0; i < size; i++, left--) {
		if (!left) {
			left = 1 + random_number(32);
			below = UINT64_C(1) << (8 - random_number(9));
		}
		data[i] = random_number(below);
		if (random_number(64) == 0)
			data[i] = 0xff;
	}
	return size;
}
