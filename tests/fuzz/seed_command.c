// SPDX-License-Identifier: MIT
#include "random_insn.h"
#include "seed.h"

/* Layout of the memory behind the header. */
#define HEADER		4
#define USC		0x200
#define UNIFORM		0x300
#define CODE		0x400
#define PRESHADER	0x800
#define DATA		0xc00
#define SIZE		0x1000

static void put(u8 *bytes, u32 at, u64 value, u32 size)
{
	for (; size--; value >>= 8)
		bytes[HEADER + at++] = (u8)value;
}

static void put_code(u8 *bytes, struct gpu_random *random, u32 at, u32 count)
{
	struct code code = { .len = 0 };

	while (count--)
		random_insn(random, &code);
	asm_stop(&code);
	memcpy(bytes + HEADER + at, code.bytes, code.len);
}

/* A command that makes sense as a whole, of valid instructions. */
size_t seed_make(u8 *bytes, struct gpu_random *random)
{
	u32 i;

	memset(bytes, 0, HEADER + SIZE);
	bytes[0] = (u8)(gpu_random_below(random, 8) == 0 ? 0 : 1);
	bytes[3] = (u8)gpu_random(random);

	/* Launch, barrier, terminate */
	put(bytes, 0, 0x1012, 4);
	put(bytes, 4, USC, 4);
	for (i = 0; i < 3; i++) {
		put(bytes, 8 + 4 * i, 1 + gpu_random_below(random, i ? 3 : 100), 4);
		put(bytes, 20 + 4 * i, 1 + gpu_random_below(random, i ? 3 : 70), 4);
	}
	put(bytes, 32, 0x600fffff, 4);
	put(bytes, 36, 0x40000000, 8);

	/* Uniforms, threadgroup memory, shader, preshader */
	put(bytes, USC, 0x1d | 64ull << 20 | (u64)UNIFORM >> 2 << 26, 8);
	put(bytes, USC + 8, 0x0100914d, 4);
	put(bytes, USC + 12, 0x0c0d | (u64)CODE << 16, 6);
	put(bytes, USC + 18, 0xc0800038ull | (u64)PRESHADER << 32, 8);
	put(bytes, UNIFORM, DATA, 8);
	put(bytes, UNIFORM + 8, 0x100000 + DATA, 8);
	put_code(bytes, random, CODE, 1 + gpu_random_below(random, 40));
	put_code(bytes, random, PRESHADER, gpu_random_below(random, 20));
	for (i = DATA; i < SIZE; i += 4)
		put(bytes, i, gpu_random_edge(random), 4);
	return HEADER + SIZE;
}
