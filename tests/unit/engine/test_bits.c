// SPDX-License-Identifier: MIT
/*
 * Functions of the bits of a value, held against one bit at a time.
 */
#include "test.h"

#define THREADS		64
#define BACKGROUND	0xa5a5b6b6u

/* Registers and uniforms with the sources, and the register with the result. */
#define A		2
#define B		4
#define D		6
#define UNIFORM_A	8
#define UNIFORM_B	10

struct values {
	u32 a[THREADS];
	u32 b[THREADS];
	u32 uniform_a;
	u32 uniform_b;
};

static u32 low(u32 value, u32 bits)
{
	return bits == 32 ? value : value & 0xffff;
}

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

static void make_values(struct gpu *gpu, struct gpu_random *random, struct values *values)
{
	u32 i;

	for (i = 0; i < THREADS; i++) {
		values->a[i] = i < 32 ? 1u << i : gpu_random_edge(random);
		values->b[i] = gpu_random_edge(random);
		gpu_put32(gpu, GPU_IN + 4 * i, values->a[i]);
		gpu_put32(gpu, GPU_IN + 4 * (THREADS + i), values->b[i]);
	}
	values->uniform_a = gpu_random_edge(random);
	values->uniform_b = gpu_random_edge(random);
	gpu_put32(gpu, GPU_UNIFORM + 4 * UNIFORM_A, values->uniform_a);
	gpu_put32(gpu, GPU_UNIFORM + 4 * UNIFORM_B, values->uniform_b);
}

/* A source in one of the places where it can be. */
static struct arg pick(struct gpu_random *random, u32 reg, u32 uniform)
{
	switch (gpu_random_below(random, 6)) {
	case 0:
		return r16(2 * reg);
	case 1:
		return r16(2 * reg + 1);
	case 2:
		return u16_(2 * uniform + gpu_random_below(random, 2));
	case 3:
		return u32_(uniform);
	case 4:
		return imm(gpu_random_below(random, 256));
	default:
		return r32(reg);
	}
}

static u32 fetch(struct arg arg, u32 reg_value, u32 uniform_value)
{
	u32 value = arg.file == ARG_UNIFORM ? uniform_value : reg_value;

	if (arg.file == ARG_IMM)
		return arg.value;
	return low(arg.value & 1 ? value >> 16 : value, arg.bits);
}

static void run(struct gpu *gpu, enum asm_bits op, struct arg dst, struct arg a, struct arg b)
{
	struct code code = { .len = 0 };

	asm_special(&code, r32(0), 80);
	asm_load32(&code, A, base_in(), r32(0));
	asm_iadd(&code, NULL, r32(1), r32(0), imm(THREADS));
	asm_load32(&code, B, base_in(), r32(1));
	asm_ldimm32(&code, D, BACKGROUND);
	asm_bits(&code, op, dst, a, b);
	asm_store32(&code, D, base_out(), r32(0));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
}

static u32 written(struct arg dst, u32 result)
{
	if (dst.bits == 32)
		return result;
	if (dst.value & 1)
		return (BACKGROUND & 0xffff) | result << 16;
	return (BACKGROUND & 0xffff0000) | (result & 0xffff);
}

static void test_bits(void **state)
{
	struct gpu_random random = { 20 };
	struct gpu *gpu = *state;
	struct values values;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 2000; round++) {
		enum asm_bits op = round % 4;
		u32 half = gpu_random_below(&random, 3);
		struct arg dst = half < 2 ? r16(2 * D + half) : r32(D);
		struct arg a = pick(&random, A, UNIFORM_A);
		struct arg b = op == ASM_INTL ? pick(&random, B, UNIFORM_B) : imm(0);

		make_values(gpu, &random, &values);
		run(gpu, op, dst, a, b);
		for (i = 0; i < THREADS; i++) {
			u32 va = fetch(a, values.a[i], values.uniform_a);
			u32 vb = fetch(b, values.b[i], values.uniform_b);
			u32 expected = written(dst, model(op, va, vb));
			u32 got = gpu_get32(gpu, GPU_OUT + 4 * i);

			if (got != expected)
				fail_msg("operation %u of 0x%x and 0x%x: 0x%x instead of 0x%x", op,
					 va, vb, got, expected);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_bits),
	};

	return cmocka_run_group_tests_name("engine-bits", tests, NULL, NULL);
}
