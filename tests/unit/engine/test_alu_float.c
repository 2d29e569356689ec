// SPDX-License-Identifier: MIT
/*
 * Float instructions, held against the host's floating-point unit on many combinations of operands.
 * What test_float.c says of the arithmetic itself is not said again.
 */
#include "operands.h"

#include <math.h>

#include "float.h"
#include "real.h"

static u64 random_pair(struct gpu_random *random)
{
	u32 low = real_random_single(random);
	u32 high = real_random_single(random);

	/* What is to be halves has to look like halves. */
	if (gpu_random_below(random, 2))
		low = real_random_half(random) | real_random_half(random) << 16;
	if (gpu_random_below(random, 2))
		high = real_random_half(random) | real_random_half(random) << 16;
	return low | (u64)high << 32;
}

static void make_floats(struct gpu *gpu, struct gpu_random *random, struct values *values)
{
	u32 i;

	for (i = 0; i < THREADS; i++) {
		values->a[i] = random_pair(random);
		values->b[i] = random_pair(random);
		values->c[i] = random_pair(random);
	}
	for (i = 0; i < 3; i++)
		values->uniform[i] = random_pair(random);
	put_values(gpu, values);
}

static struct arg pick_float(struct gpu_random *random, u32 which, bool half)
{
	struct arg arg;

	do {
		arg = pick(random, which, false);
	} while (half && arg.bits != 16);
	/* Immediates of half arithmetic have no flags. */
	if (half && arg.file == ARG_IMM)
		return arg;
	arg.abs = gpu_random_below(random, 2);
	arg.neg = gpu_random_below(random, 2);
	return arg;
}

static struct arg pick_float_dst(struct gpu_random *random, bool half)
{
	struct arg dst;

	do {
		dst = pick_dst(random, false);
	} while (half && dst.bits != 16);
	return dst;
}

static double real_fetch(const struct values *values, u32 which, struct arg arg, u32 thread)
{
	u32 bits = (u32)fetch(values, which, arg, thread);

	return real_modify(arg, arg.file == ARG_IMM ? real_of_imm(bits) : real_of(bits, arg.bits));
}

static double model(enum asm_float op, double a, double b, double c)
{
	switch (op) {
	case ASM_FADD:
	case ASM_HADD:
		return real_add(a, b);
	case ASM_FMUL:
	case ASM_HMUL:
		return a * b;
	default:
		return real_fma(a, b, c);
	}
}

static void test_arithmetic(void **state)
{
	struct gpu_random random = { 10 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 6000; round++) {
		enum asm_float op = round % 6;
		bool half = op >= ASM_HADD;
		bool saturate = gpu_random_below(&random, 4) == 0;
		struct arg dst = pick_float_dst(&random, half);
		struct arg a = pick_float(&random, 0, half);
		struct arg b = pick_float(&random, 1, half);
		struct arg c = pick_float(&random, 2, half);

		make_floats(gpu, &random, &values);
		prologue(&code);
		asm_float(&code, op, saturate, dst, a, b, c);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			double result = model(op, real_fetch(&values, 0, a, i),
					      real_fetch(&values, 1, b, i),
					      real_fetch(&values, 2, c, i));

			if (saturate)
				result = real_saturate(result);
			check(gpu, i, dst, real_to(result, dst.bits), "float arithmetic");
		}
	}
}

/* How good the last four are is said elsewhere; here it is that they are the right ones. */
static u32 model_unary(enum asm_float_unary op, double a, u32 bits)
{
	enum agx_float_format format = bits == 16 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;

	switch (op) {
	case ASM_FLOOR:
		return real_to(floor(a), bits);
	case ASM_CEIL:
		return real_to(ceil(a), bits);
	case ASM_TRUNC:
		return real_to(trunc(a), bits);
	case ASM_RINT:
		return real_to(nearbyint(a), bits);
	case ASM_RCP:
		return real_to(1 / a, bits);
	case ASM_RSQRT:
		return real_to((double)(1 / sqrtl((long double)a)), bits);
	case ASM_RSQRTS:
		if (a == 0 || a == (double)INFINITY)
			return real_to(fabs(a), bits);
		return real_to((double)(1 / sqrtl((long double)a)), bits);
	case ASM_EXP2:
		return agx_float_exp2(real_to_single(a), format);
	case ASM_LOG2:
		return agx_float_log2(real_to_single(a), format);
	case ASM_SINR:
		return agx_float_sin_quadrant(real_to_single(a), format);
	default:
		return agx_float_sin_ratio(real_to_single(a), format);
	}
}

static void test_unary(void **state)
{
	static const enum asm_float_unary ops[] = {
		ASM_FLOOR, ASM_CEIL, ASM_TRUNC, ASM_RINT, ASM_RCP, ASM_RSQRT, ASM_RSQRTS,
		ASM_EXP2, ASM_LOG2, ASM_SINR, ASM_SINC,
	};
	struct gpu_random random = { 11 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 1000 * ARRAY_SIZE(ops); round++) {
		enum asm_float_unary op = ops[round % ARRAY_SIZE(ops)];
		bool saturate = gpu_random_below(&random, 4) == 0;
		struct arg dst = pick_float_dst(&random, false);
		struct arg a = pick_float(&random, 0, false);

		make_floats(gpu, &random, &values);
		prologue(&code);
		asm_float_unary(&code, op, saturate, dst, a);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u32 result = model_unary(op, real_fetch(&values, 0, a, i), dst.bits);

			if (saturate)
				result = agx_float_saturate(result, dst.bits == 16 ?
							    AGX_FLOAT_HALF : AGX_FLOAT_SINGLE);
			check(gpu, i, dst, result, "float function");
		}
	}
}

static bool is_to_float(enum asm_convert op)
{
	return op < ASM_F_TO_U16 || (op & 3) > 1;
}

static u32 convert_bits(enum asm_convert op)
{
	return op < ASM_F_TO_U16 ? 8 : op < ASM_F_TO_U32 ? 16 : 32;
}

/* Towards zero what is too large becomes the largest number, and what is too precise is cut off. */
static u32 model_from_integer(s64 value, bool nearest, u32 bits)
{
	double limit = bits == 16 ? ldexp(1, 11) : ldexp(1, 24);
	double exact = (double)value;
	double scale = 1;

	if (nearest)
		return real_to(exact, bits);
	if (bits == 16 && fabs(exact) > 65504)
		exact = copysign(65504, exact);
	while (fabs(exact) >= limit) {
		exact = trunc(exact / 2);
		scale *= 2;
	}
	return real_to(exact * scale, bits);
}

static u64 model_to_integer(double value, bool nearest, u32 bits, bool is_signed)
{
	double max = ldexp(1, (int)bits - is_signed) - 1;
	double min = is_signed ? -max - 1 : 0;

	if (isnan(value))
		return 0;
	value = nearest ? nearbyint(value) : trunc(value);
	return (u64)(s64)(value < min ? min : value > max ? max : value);
}

static u64 model_convert(enum asm_convert op, bool nearest, struct arg dst, struct arg src,
			 u64 bits)
{
	u32 unused = 64 - convert_bits(op);
	bool is_signed = op & 1;

	if (!is_to_float(op))
		return model_to_integer(real_of((u32)bits, src.bits), nearest, convert_bits(op),
					is_signed);
	bits <<= unused;
	return model_from_integer(is_signed ? (s64)bits >> unused : (s64)(bits >> unused), nearest,
				  dst.bits);
}

static void test_convert(void **state)
{
	static const enum asm_convert ops[] = {
		ASM_U8_TO_F, ASM_S8_TO_F, ASM_F_TO_U16, ASM_F_TO_S16, ASM_U16_TO_F, ASM_S16_TO_F,
		ASM_F_TO_U32, ASM_F_TO_S32, ASM_U32_TO_F, ASM_S32_TO_F,
	};
	struct gpu_random random = { 13 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 1000 * ARRAY_SIZE(ops); round++) {
		enum asm_convert op = ops[round % ARRAY_SIZE(ops)];
		bool nearest = gpu_random_below(&random, 2);
		struct arg dst = pick_dst(&random, false);
		struct arg src = pick(&random, 0, false);

		if (is_to_float(op))
			make_values(gpu, &random, &values);
		else
			make_floats(gpu, &random, &values);
		prologue(&code);
		asm_convert(&code, op, nearest, dst, src);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++)
			check(gpu, i, dst,
			      model_convert(op, nearest, dst, src, fetch(&values, 0, src, i)),
			      "conversion");
	}
}

static bool holds(u32 cond, double a, double b)
{
	switch (cond) {
	case 0:
		return a == b;
	case 1:
		return a < b;
	case 2:
		return a > b;
	case 3:
		return a < b || isnan(b);
	case 5:
		return a >= b;
	case 6:
		return a <= b;
	default:
		return a > b || isnan(b);
	}
}

static void test_select(void **state)
{
	static const u32 conds[] = { 0, 1, 2, 3, 5, 6, 7 };
	struct gpu_random random = { 12 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 1000 * ARRAY_SIZE(conds); round++) {
		u32 cond = conds[round % ARRAY_SIZE(conds)];
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick_float(&random, 0, false);
		struct arg b = pick_float(&random, 1, false);
		struct arg x = pick_selected(&random, 2, dst);
		struct arg y = pick_selected(&random, 0, dst);

		make_floats(gpu, &random, &values);
		/* Equal values are not left to chance. */
		for (i = 0; i < THREADS; i += 3)
			values.b[i] = values.a[i];
		put_values(gpu, &values);
		prologue(&code);
		asm_float_select(&code, cond, dst, a, b, x, y);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++)
			check(gpu, i, dst,
			      holds(cond, real_fetch(&values, 0, a, i),
				    real_fetch(&values, 1, b, i)) ?
			      fetch(&values, 2, x, i) : fetch(&values, 0, y, i), "float csel");
	}
}

/* Lanes that are not active keep what they have. */
static void test_inactive(void **state)
{
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	code.len = 0;
	asm_ldimm16(&code, 0, 0);
	asm_special(&code, r32(1), 80);
	asm_ldimm32(&code, 2, 0x40400000);
	asm_icmp(&code, ASM_IF, 1, 1, r32(1), imm(16));
	asm_float(&code, ASM_FADD, false, r32(2), r32(2), r32(2), imm(0));
	asm_pop(&code, 1);
	asm_store32(&code, 2, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < 32; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i < 16 ? 0x40c00000 : 0x40400000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_arithmetic),
		gpu_unit_test(test_unary),
		gpu_unit_test(test_convert),
		gpu_unit_test(test_select),
		gpu_unit_test(test_inactive),
	};

	return cmocka_run_group_tests_name("engine-alu-float", tests, NULL, NULL);
}
