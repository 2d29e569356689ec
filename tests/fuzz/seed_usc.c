// SPDX-License-Identifier: MIT
#include "harness.h"
#include "seed.h"

struct words {
	u8 *bytes;
	u32 len;
};

static void put(struct words *words, u64 value, u32 size)
{
	for (; size--; value >>= 8)
		words->bytes[words->len++] = (u8)value;
}

static void put_word(struct words *words, struct gpu_random *random)
{
	u64 first = gpu_random_below(random, 256);
	u64 count = gpu_random_below(random, 64);
	u64 address = gpu_random_below(random, FUZZ_MEMORY);

	switch (gpu_random_below(random, 8)) {
	case 0:
		put(words, 0x1d | first << 8 | count << 20 | address >> 2 << 26, 8);
		break;
	case 1:
		put(words, 0x3d | first << 8 | count << 20 | address >> 2 << 26, 8);
		break;
	case 2:
		put(words, 0xdd | first << 8 | count << 20 | address >> 3 << 27, 8);
		break;
	case 3:
		put(words, 0x9d | first << 8 | count << 20 | address >> 3 << 27, 8);
		break;
	case 4:
		put(words, 0x0000914d | (u64)gpu_random_below(random, 200) << 24, 4);
		break;
	case 5:
		put(words, 0x0000008d | count << 8, 4);
		break;
	case 6:
		put(words, 0x58, 4);
		break;
	default:
		put(words, 0x0c0d | (u64)FUZZ_CODE << 16, 6);
	}
}

size_t seed_make(u8 *bytes, struct gpu_random *random)
{
	struct words words = { .bytes = bytes };
	u32 count = 1 + gpu_random_below(random, 12);

	put(&words, gpu_random(random), 2);
	while (count--)
		put_word(&words, random);
	put(&words, 0x0c0d | (u64)FUZZ_CODE << 16, 6);
	if (gpu_random_below(random, 2))
		put(&words, 0xc0800038ull | (u64)FUZZ_PRESHADER << 32, 8);
	else
		put(&words, 0x88, 2);
	return words.len;
}
