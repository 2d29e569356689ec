// SPDX-License-Identifier: MIT
/*
 * Integer instructions, held against exact arithmetic on many combinations of operands.
 */
#include "operands.h"

/* The number that an operand of an addition or multiplication denotes. */
static __int128_t number(const struct values *values, u32 which, struct arg arg, u32 thread)
{
	u64 value = fetch(values, which, arg, thread);

	if (!arg.sx || arg.file == ARG_IMM)
		return value;
	if (arg.bits == 16)
		return (s16)value;
	return arg.bits == 32 ? (__int128_t)(s32)value : (__int128_t)(s64)value;
}

static __int128_t saturated(__int128_t value, u32 bits, bool is_signed)
{
	s64 max = is_signed ? (1ll << (bits - 1)) - 1 : (1ll << bits) - 1;
	s64 min = is_signed ? -max - 1 : 0;

	return value < min ? min : value > max ? max : value;
}

static __int128_t addend(const struct asm_add *how, __int128_t value)
{
	if (how->negate)
		value = -value;
	return value * (1 << how->shift);
}

static struct asm_add pick_add(struct gpu_random *random)
{
	return (struct asm_add){
		.negate = gpu_random_below(random, 2),
		.saturate = gpu_random_below(random, 2),
		.shift = gpu_random_below(random, 2) ? gpu_random_below(random, 5) : 0,
	};
}

static struct arg maybe_sx(struct gpu_random *random, struct arg arg)
{
	arg.sx = gpu_random_below(random, 2);
	return arg;
}

static void test_iadd(void **state)
{
	struct gpu_random random = { 10 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 3000; round++) {
		struct arg dst = pick_dst(&random, true);
		struct arg a = maybe_sx(&random, pick(&random, 0, true));
		struct arg b = maybe_sx(&random, pick(&random, 1, true));
		struct asm_add how = pick_add(&random);
		bool saturates = how.saturate && !how.shift && a.bits < 64 && b.bits < 64 &&
				 dst.bits < 64;

		make_values(gpu, &random, &values);
		prologue(&code);
		asm_iadd(&code, &how, dst, a, b);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			__int128_t sum = number(&values, 0, a, i) +
				   addend(&how, number(&values, 1, b, i));

			if (saturates)
				sum = saturated(sum, dst.bits, a.sx || b.sx);
			check(gpu, i, dst, (u64)sum, "iadd");
		}
	}
}

static void test_imadd(void **state)
{
	struct gpu_random random = { 11 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 3000; round++) {
		struct arg dst = pick_dst(&random, true);
		struct arg a = maybe_sx(&random, pick(&random, 0, false));
		struct arg b = maybe_sx(&random, pick(&random, 1, false));
		struct arg c = maybe_sx(&random, pick(&random, 2, true));
		struct asm_add how = pick_add(&random);
		bool saturates = how.saturate && !how.shift && c.bits < 64 && dst.bits < 64;

		make_values(gpu, &random, &values);
		prologue(&code);
		asm_imadd(&code, &how, dst, a, b, c);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			__int128_t sum = number(&values, 0, a, i) * number(&values, 1, b, i) +
				   addend(&how, number(&values, 2, c, i));

			if (saturates)
				sum = saturated(sum, dst.bits, a.sx || b.sx || c.sx);
			check(gpu, i, dst, (u64)sum, "imadd");
		}
	}
}

static u32 model_truth(u32 truth, u64 a, u64 b)
{
	return truth >> ((a & 1) + 2 * (b & 1)) & 1;
}

static void test_bitop(void **state)
{
	struct gpu_random random = { 12 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 bit;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 16 * 64; round++) {
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = pick(&random, 1, false);
		u32 truth = round % 16;

		make_values(gpu, &random, &values);
		prologue(&code);
		asm_bitop(&code, truth, dst, a, b);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u64 va = fetch(&values, 0, a, i);
			u64 vb = fetch(&values, 1, b, i);
			u64 result = 0;

			for (bit = 0; bit < 32; bit++)
				result |= (u64)model_truth(truth, va >> bit, vb >> bit) << bit;
			check(gpu, i, dst, result, "bitop");
		}
	}
}

static __int128_t shifted_left(__int128_t value, u32 shift)
{
	/* Shifts of 64 and more leave nothing that a register could hold. */
	return shift < 64 ? value << shift : 0;
}

static u64 model_bitfield(enum asm_bitfield op, u32 bits, u32 a_bits, u64 a, u64 b, u64 c)
{
	__uint128_t mask = bits ? (1ull << bits) - 1 : 0xffffffffull;
	__int128_t sa = a_bits == 32 ? (__int128_t)(s32)a : (__int128_t)(s16)a;
	u32 shift = c & 127;
	u32 count = b & 127;

	switch (op) {
	case ASM_BFI:
		mask = shift < 64 ? mask << shift : 0;
		return (u64)((a & ~mask) | (shifted_left(b, shift) & mask));
	case ASM_BFEIL:
		return (u64)((a & ~mask) | ((shift < 64 ? b >> shift : 0) & mask));
	case ASM_EXTR:
		return (u64)((shift < 64 ? (b << 32 | a) >> shift : 0) & mask);
	case ASM_SHLHI:
		mask = shift < 32 ? mask : shift < 96 ? mask << (shift - 32) : 0;
		return (u64)((a & ~mask) | ((shift < 96 ? (__uint128_t)b << shift >> 32 : 0) &
					    mask));
	case ASM_SHRHI:
		mask = mask << 32 >> (shift < 32 ? shift : 32);
		return (u64)((a & ~mask) | ((shift < 64 ? b << 32 >> shift : 0) & mask));
	case ASM_ASR:
		return (u64)(sa >> count);
	default:
		return (u64)((sa * ((__int128_t)1 << 32)) >> count);
	}
}

static void test_bitfields(void **state)
{
	struct gpu_random random = { 13 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 7 * 32 * 16; round++) {
		enum asm_bitfield op = round % 7;
		u32 bits = round / 7 % 32;
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = pick(&random, 1, false);
		struct arg c = pick(&random, 2, false);

		make_values(gpu, &random, &values);
		prologue(&code);
		asm_bitfield(&code, op, bits, dst, a, b, c);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++)
			check(gpu, i, dst,
			      model_bitfield(op, bits, a.bits, fetch(&values, 0, a, i),
					     fetch(&values, 1, b, i), fetch(&values, 2, c, i)),
			      "bit field");
	}
}

static bool holds(u32 cond, struct arg a, u64 va, struct arg b, u64 vb)
{
	__int128_t x = va;
	__int128_t y = vb;

	if (cond & 4) {
		x = a.bits == 32 ? (__int128_t)(s32)va : (__int128_t)(s16)va;
		y = b.bits == 32 ? (__int128_t)(s32)vb : (__int128_t)(s16)vb;
	}
	return (cond & 3) == 0 ? x == y : (cond & 3) == 1 ? x < y : x > y;
}

static void test_select(void **state)
{
	static const u32 conds[] = { 0, 1, 2, 4, 5, 6 };
	struct gpu_random random = { 14 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 3000; round++) {
		u32 cond = conds[round % ARRAY_SIZE(conds)];
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = pick(&random, 1, false);
		struct arg x = pick_selected(&random, 2, dst);
		struct arg y = pick_selected(&random, 0, dst);

		make_values(gpu, &random, &values);
		/* Equal values are not left to chance. */
		for (i = 0; i < THREADS; i += 3)
			values.b[i] = values.a[i];
		put_values(gpu, &values);
		prologue(&code);
		asm_select(&code, cond, dst, a, b, x, y);
		epilogue(gpu, &code);

		for (i = 0; i < THREADS; i++)
			check(gpu, i, dst,
			      holds(cond, a, fetch(&values, 0, a, i), b, fetch(&values, 1, b, i)) ?
			      fetch(&values, 2, x, i) : fetch(&values, 0, y, i), "csel");
	}
}

/* Immediates of both sizes, into low and high registers. */
static void test_ldimm(void **state)
{
	static const u32 values[] = { 0, 1, 0x8000, 0xffff, 0x10000, 0xdeadbeef, 0xffffffff };
	struct gpu *gpu = *state;
	struct code code;
	u32 reg;
	u32 i;

	gpu_setup_1d(gpu, 1, 1);
	for (reg = 1; reg < 128; reg++) {
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			code.len = 0;
			asm_ldimm32(&code, reg, values[i]);
			asm_store32(&code, reg, base_out(), imm(0));
			asm_ldimm16(&code, 2 * reg + 1, values[i] & 0x7fff);
			asm_store32(&code, reg, base_out(), imm(1));
			asm_ldimm16(&code, 2 * reg, ~values[i] & 0xffff);
			asm_store32(&code, reg, base_out(), imm(2));
			asm_stop(&code);
			gpu_put_code(gpu, &code);
			gpu_assert_done(gpu);
			assert_int_equal(gpu_get32(gpu, GPU_OUT), values[i]);
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 4),
					 (values[i] & 0xffff) | (values[i] & 0x7fff) << 16);
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 8),
					 (~values[i] & 0xffff) | (values[i] & 0x7fff) << 16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_iadd),
		gpu_unit_test(test_imadd),
		gpu_unit_test(test_bitop),
		gpu_unit_test(test_bitfields),
		gpu_unit_test(test_select),
		gpu_unit_test(test_ldimm),
	};

	return cmocka_run_group_tests_name("engine-alu", tests, NULL, NULL);
}
