// SPDX-License-Identifier: MIT
/*
 * The execution mask: random programs against a model that keeps a counter for each thread, and
 * the shapes that compilers make of it.
 */
#include "test.h"

#include <math.h>

#define THREADS 64

/* A thread of the model. */
struct model {
	u16 count;
	bool active;
	u32 trace;
};

static void model_step(struct model *m, u32 op, u32 nest, bool cond)
{
	switch (op) {
	case ASM_IF:
		if (m->count)
			m->count += nest;
		else if (!cond)
			m->count = 1;
		break;
	case ASM_ELSE:
		if (!m->count)
			m->count = nest;
		else if (m->count == 1)
			m->count = cond ? 0 : 1;
		break;
	case ASM_WHILE:
		if (m->count < nest)
			m->count = cond ? 0 : nest;
		break;
	default:
		m->count = m->count > nest ? m->count - nest : 0;
	}
	m->active = !m->count;
}

static bool model_compare(u32 cond, u32 a, u32 b)
{
	bool result;

	switch (cond & 7) {
	case 0:
	case 4:
		result = a == b;
		break;
	case 1:
		result = a < b;
		break;
	case 2:
		result = a > b;
		break;
	case 5:
		result = (s32)a < (s32)b;
		break;
	default:
		result = (s32)a > (s32)b;
	}
	return result != !!(cond & 8);
}

/*
 * Each program takes turns between an instruction of the mask and one that only active threads
 * execute. Threads differ in the data that they compare.
 */
static void test_random_programs(void **state)
{
	static const u32 conds[] = { 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14 };
	struct gpu_random random = { 20 };
	struct gpu *gpu = *state;
	struct model model[THREADS];
	u32 data[THREADS];
	struct code code;
	u32 round;
	u32 step;
	u32 i;

	/* The last group is a partial one: threads that do not exist do not come to life. */
	gpu_setup_1d(gpu, THREADS - 5, THREADS);
	for (round = 0; round < 1000; round++) {
		memset(model, 0, sizeof(model));
		for (i = 0; i < THREADS; i++) {
			data[i] = gpu_random_edge(&random);
			gpu_put32(gpu, GPU_IN + 4 * i, data[i]);
			gpu_put32(gpu, GPU_OUT + 4 * i, 0);
			model[i].active = true;
		}

		code.len = 0;
		asm_special(&code, r32(1), 80);
		asm_load32(&code, 2, base_in(), r32(1));
		asm_ldimm16(&code, 0, 0);
		for (step = 0; step < 24; step++) {
			u32 op = gpu_random_below(&random, 4);
			u32 nest = gpu_random_below(&random, 4);
			u32 cond = conds[gpu_random_below(&random, ARRAY_SIZE(conds))];
			u32 b = gpu_random(&random) & 0xff;

			if (op == 3)
				asm_pop(&code, nest);
			else
				asm_icmp(&code, op, cond, nest, r32(2), imm(b));
			for (i = 0; i < THREADS; i++) {
				model_step(&model[i], op, nest, model_compare(cond, data[i], b));
				if (model[i].active)
					model[i].trace += 1u << step;
			}
			asm_ldimm32(&code, 3, 1u << step);
			asm_iadd(&code, NULL, r32(5), r32(5), r32(3));
		}

		/* All the way out, to let everybody report. */
		for (i = 0; i < 40; i++)
			asm_pop(&code, 3);
		asm_store32(&code, 5, base_out(), r32(1));
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);

		for (i = 0; i < THREADS; i++)
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i),
					 i < THREADS - 5 ? model[i].trace : 0);
	}
}

/* if (x < 10) r = 1; else if (x < 20) r = 2; else r = 3; with jumps around what nobody takes. */
static void put_if_else(struct code *code, bool jumps)
{
	u32 skip_then;
	u32 skip_else;

	code->len = 0;
	asm_special(code, r32(1), 80);
	asm_load32(code, 2, base_in(), r32(1));
	asm_ldimm16(code, 0, 0);
	asm_icmp(code, ASM_IF, 1, 1, r32(2), imm(10));
	skip_then = code->len;
	if (jumps)
		asm_jump_none(code, 0);
	asm_ldimm32(code, 3, 1);
	if (jumps)
		asm_jump_here(code, skip_then);
	asm_icmp(code, ASM_ELSE, 1, 1, r32(2), imm(20));
	skip_else = code->len;
	if (jumps)
		asm_jump_none(code, 0);
	asm_ldimm32(code, 3, 2);
	if (jumps)
		asm_jump_here(code, skip_else);
	asm_pop(code, 1);

	asm_icmp(code, ASM_IF, 9, 1, r32(2), imm(20));
	asm_ldimm32(code, 3, 3);
	asm_fcmp(code, ASM_ELSE, 0, 1, imm(0), imm(0));
	asm_iadd(code, NULL, r32(3), r32(3), imm(100));
	asm_pop(code, 1);
	asm_store32(code, 3, base_out(), r32(1));
	asm_stop(code);
}

static void test_if_else(void **state)
{
	struct gpu *gpu = *state;
	struct code code;
	u32 jumps;
	u32 shift;
	u32 x;
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	for (jumps = 0; jumps < 2; jumps++) {
		put_if_else(&code, jumps);
		gpu_put_code(gpu, &code);
		for (shift = 0; shift < 64; shift++) {
			for (i = 0; i < 32; i++)
				gpu_put32(gpu, GPU_IN + 4 * i, (i >> shift % 8) + shift);
			gpu_assert_done(gpu);
			for (i = 0; i < 32; i++) {
				x = (i >> shift % 8) + shift;
				assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i),
						 x < 10 ? 101 : x < 20 ? 102 : 3);
			}
		}
	}
}

/* Nested loops whose bounds differ from thread to thread. */
static void test_nested_loops(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 outer;
	u32 inner;
	u32 i;

	gpu_setup_1d(gpu, 64, 64);
	asm_special(&code, r32(1), 80);
	asm_ldimm16(&code, 0, 0);
	asm_ldimm32(&code, 2, 0);
	asm_ldimm32(&code, 5, 0);
	/* for (r2 = 0; r2 < tid; r2++) */
	outer = code.len;
	asm_icmp(&code, ASM_WHILE, 1, 1, r32(2), r32(1));
	/* A second level for the inner loop, which starts with all who are in the outer one. */
	asm_fcmp(&code, ASM_IF, 0, 1, imm(0), imm(0));
	asm_ldimm32(&code, 3, 0);
	/* for (r3 = 0; r3 < r2; r3++) r5++ */
	inner = code.len;
	asm_icmp(&code, ASM_WHILE, 1, 1, r32(3), r32(2));
	asm_iadd(&code, NULL, r32(5), r32(5), imm(1));
	asm_iadd(&code, NULL, r32(3), r32(3), imm(1));
	asm_jump_any(&code, inner);
	asm_pop(&code, 1);
	asm_iadd(&code, NULL, r32(2), r32(2), imm(1));
	asm_jump_any(&code, outer);
	asm_pop(&code, 1);
	asm_store32(&code, 5, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < 64; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i ? i * (i - 1) / 2 : 0);
}

/* Writing r0l has no effect before the next instruction of the mask. */
static void test_counter_is_a_register(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	asm_special(&code, r32(1), 80);
	asm_bitop(&code, 0x8, r16(0), r32(1), imm(1));
	asm_ldimm32(&code, 2, 7);
	asm_fcmp(&code, ASM_IF, 0, 0, imm(0), imm(0));
	asm_ldimm32(&code, 2, 9);
	asm_pop(&code, 1);
	asm_store32(&code, 2, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);

	/* Odd threads had set their counter to 1, and slept from the update to the pop. */
	for (i = 0; i < 32; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i & 1 ? 7 : 9);
}

static u32 float_bits(float value)
{
	u32 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static float half_value(u32 half)
{
	float sign = half & 0x8000 ? -1.0f : 1.0f;
	u32 exponent = half >> 10 & 31;
	float fraction = (float)(half & 0x3ff);

	if (exponent == 31)
		return half & 0x3ff ? NAN : sign * INFINITY;
	if (!exponent)
		return sign * ldexpf(fraction, -24);
	return sign * ldexpf(1024 + fraction, (int)exponent - 25);
}

static float single_value(u32 bits)
{
	float value;

	/* Subnormal singles are flushed. */
	if (!(bits & 0x7f800000))
		bits &= 0x80000000;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static float imm_value(u32 imm_bits)
{
	float sign = imm_bits & 0x80 ? -1.0f : 1.0f;
	u32 exponent = imm_bits >> 4 & 7;
	float fraction = (float)(imm_bits & 15);

	if (!exponent)
		return sign * fraction / 64;
	return sign * ldexpf(16 + fraction, (int)exponent - 7);
}

static bool model_fcompare(u32 cond, float a, float b)
{
	bool result;

	switch (cond & 7) {
	case 0:
		result = a == b;
		break;
	case 1:
		result = a < b;
		break;
	case 2:
		result = a > b;
		break;
	case 3:
		result = a < b || isnan(b);
		break;
	case 5:
		result = a >= b;
		break;
	case 6:
		result = a <= b;
		break;
	default:
		result = a > b || isnan(b);
	}
	return result != !!(cond & 8);
}

static u32 random_single(struct gpu_random *random)
{
	static const float specials[] = { 0, -0.0f, 1, -1, 0.5f, 31, INFINITY, -INFINITY, NAN };
	u32 kind = gpu_random_below(random, 4);

	if (kind == 0)
		return float_bits(specials[gpu_random_below(random, ARRAY_SIZE(specials))]);
	if (kind == 1)
		return gpu_random_edge(random);
	return float_bits((float)(s32)gpu_random_below(random, 8) / 4 - 1);
}

static float modified(struct arg arg, float value)
{
	if (arg.abs)
		value = fabsf(value);
	return arg.neg ? -value : value;
}

static struct arg random_float_arg(struct gpu_random *random, u32 reg)
{
	u32 kind = gpu_random_below(random, 3);
	struct arg arg;

	if (kind == 0)
		arg = r32(reg);
	else if (kind == 1)
		arg = r16(2 * reg + gpu_random_below(random, 2));
	else
		arg = imm(gpu_random(random) & 0xff);
	arg.abs = gpu_random_below(random, 2);
	arg.neg = gpu_random_below(random, 2);
	return arg;
}

static float arg_value(struct arg arg, u32 reg, u32 bits)
{
	if (arg.file == ARG_IMM)
		return modified(arg, imm_value(arg.value));
	if (arg.bits == 16)
		return modified(arg, half_value(bits >> 16 * (arg.value - 2 * reg) & 0xffff));
	return modified(arg, single_value(bits));
}

static void test_float_conditions(void **state)
{
	static const u32 conds[] = { 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15 };
	struct gpu_random random = { 21 };
	struct gpu *gpu = *state;
	u32 data[2][32];
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	for (round = 0; round < 3000; round++) {
		u32 cond = conds[round % ARRAY_SIZE(conds)];
		struct arg a = random_float_arg(&random, 2);
		struct arg b = random_float_arg(&random, 3);

		for (i = 0; i < 32; i++) {
			data[0][i] = random_single(&random);
			data[1][i] = gpu_random_below(&random, 4) ? random_single(&random) :
				     data[0][i];
			gpu_put32(gpu, GPU_IN + 4 * i, data[0][i]);
			gpu_put32(gpu, GPU_IN + 4 * (32 + i), data[1][i]);
		}

		code.len = 0;
		asm_special(&code, r32(1), 80);
		asm_load32(&code, 2, base_in(), r32(1));
		asm_iadd(&code, NULL, r32(4), r32(1), imm(32));
		asm_load32(&code, 3, base_in(), r32(4));
		asm_ldimm32(&code, 5, 0);
		asm_ldimm16(&code, 0, 0);
		asm_fcmp(&code, ASM_IF, cond, 1, a, b);
		asm_ldimm32(&code, 5, 1);
		asm_pop(&code, 1);
		asm_store32(&code, 5, base_out(), r32(1));
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);

		for (i = 0; i < 32; i++) {
			float va = arg_value(a, 2, data[0][i]);
			float vb = arg_value(b, 3, data[1][i]);

			if (gpu_get32(gpu, GPU_OUT + 4 * i) != model_fcompare(cond, va, vb))
				fail_msg("condition %u of %g and %g", cond, (double)va, (double)vb);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_random_programs),
		gpu_unit_test(test_if_else),
		gpu_unit_test(test_nested_loops),
		gpu_unit_test(test_counter_is_a_register),
		gpu_unit_test(test_float_conditions),
	};

	return cmocka_run_group_tests_name("engine-mask", tests, NULL, NULL);
}
