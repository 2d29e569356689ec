// SPDX-License-Identifier: MIT
#include <string.h>

#include "fill.h"
#include "igt.h"

/* Good enough, and the same everywhere: a counter that is mixed well. */
static uint32_t random_word(uint32_t index, uint32_t seed)
{
	uint64_t bits = (index + 1 + ((uint64_t)seed << 32)) * UINT64_C(0x9e3779b97f4a7c15);

	bits = (bits ^ bits >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return bits ^ bits >> 32;
}

static uint32_t edge(uint32_t bits)
{
	uint32_t power = UINT32_C(1) << (bits >> 3) % 32;

	switch (bits % 8) {
	case 0:
		return power;
	case 1:
		return power - 1;
	case 2:
		return -power;
	case 3:
		return ~power;
	case 4:
		return (bits >> 3) % 4 - 2;
	case 5:
		return (bits >> 3) % 4 + 0x7ffffffe;
	default:
		return bits ^ bits << 13;
	}
}

static uint32_t float_bits(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* Sign and fraction of @bits, and an exponent from 2^-16 to 2^15. */
static uint32_t moderate_float(uint32_t bits)
{
	return (bits & 0x807fffff) | (127 - 16 + (bits >> 23) % 32) << 23;
}

static uint32_t special_float(uint32_t bits)
{
	static const uint32_t special[] = {
		0x00000000, 0x80000000, /* zeros */
		0x7f800000, 0xff800000, /* infinities */
		0x7fc00000, /* not a number */
		0x3f800000, 0xbf800000, /* 1, -1 */
		0x3f000000, 0xbf000000, /* 0.5, -0.5: ties */
		0x40200000, 0xc0600000, /* 2.5, -3.5: ties too */
	};
	const uint32_t num = ARRAY_SIZE(special);

	if (bits % 3)
		return moderate_float(bits);
	return special[(bits >> 8) % num];
}

/* Two halves, each with an exponent from 2^-4 to 2^3. */
static uint32_t halves(uint32_t bits)
{
	uint32_t low = (bits & 0x83ff) | (15 - 4 + (bits >> 10) % 8) << 10;

	bits >>= 16;
	return low | ((bits & 0x83ff) | (15 - 4 + (bits >> 10) % 8) << 10) << 16;
}

static uint32_t word(uint32_t index, enum fill fill, uint32_t seed)
{
	uint32_t bits = random_word(index, seed);

	switch (fill) {
	case FILL_ZERO:
		return 0;
	case FILL_INDEX:
		return index;
	case FILL_RANDOM:
		return bits;
	case FILL_EDGES:
		return edge(bits);
	case FILL_FLOATS:
		return moderate_float(bits);
	case FILL_SPECIAL:
		return special_float(bits);
	case FILL_UNIT:
		return float_bits((float)(bits >> 8) / (1 << 24));
	case FILL_HALVES:
		return halves(bits);
	}
	return 0;
}

void fill_words(uint32_t *words, uint32_t num_words, enum fill fill, uint32_t seed)
{
	uint32_t i;

	for (i = 0; i < num_words; i++)
		words[i] = word(i, fill, seed);
}
