// SPDX-License-Identifier: MIT
#include "random_insn.h"
#include "seed.h"

size_t seed_make(u8 *bytes, struct gpu_random *random)
{
	struct code code = { .len = 0 };
	u32 count = 1 + gpu_random_below(random, 60);

	while (count--)
		random_insn(random, &code);
	asm_stop(&code);
	bytes[0] = (u8)gpu_random(random);
	bytes[1] = (u8)gpu_random(random);
	memcpy(bytes + 2, code.bytes, code.len);
	return 2 + code.len;
}
