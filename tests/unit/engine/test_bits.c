// SPDX-License-Identifier: MIT
/*
 * Functions of the bits of a value, held against one bit at a time.
 */
#include "operands.h"

static u32 model(enum asm_bits op, u32 a, u32 b)
{
	u32 result = op == ASM_FFS ? 0xffffffff : 0;
	u32 i;

	for (i = 0; i < 32; i++) {
		u32 bit = a >> i & 1;

		switch (op) {
		case ASM_BITREV:
			result |= bit << (31 - i);
			break;
		case ASM_POPCNT:
			result += bit;
			break;
		case ASM_FFS:
			result = bit ? i : result;
			break;
		case ASM_INTL:
			if (i < 16)
				result |= bit << 2 * i | (b >> i & 1) << (2 * i + 1);
			break;
		}
	}
	return result;
}

static void test_bits(void **state)
{
	struct gpu_random random = { 20 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 2000; round++) {
		enum asm_bits op = round % 4;
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = op == ASM_INTL ? pick(&random, 1, false) : imm(0);

		make_values(gpu, &random, &values);
		/* Each bit once alone. */
		for (i = 0; i < THREADS; i++)
			values.a[i] = round % 8 < 4 ? 1ull << i : values.a[i];
		put_values(gpu, &values);
		prologue(&code);
		asm_bits(&code, op, dst, a, b);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++)
			check(gpu, i, dst,
			      model(op, (u32)fetch(&values, 0, a, i), (u32)fetch(&values, 1, b, i)),
			      "bits");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_bits),
	};

	return cmocka_run_group_tests_name("engine-bits", tests, NULL, NULL);
}
