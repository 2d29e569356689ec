// SPDX-License-Identifier: MIT
/*
 * Workgroups: barriers, threadgroup memory, turns between SIMD groups, and what must not pass from
 * one piece of work to the next.
 */
#include "test.h"

#define I32 2

static void emit_tid(struct code *code)
{
	code->len = 0;
	asm_special(code, r32(1), 80);
	asm_special(code, r32(2), 51);
}

/* Threads exchange data with threads of other SIMD groups, twice, around barriers. */
static void check_exchange(struct gpu *gpu, u32 global, u32 local)
{
	const u32 globals[3] = { global, 1, 1 };
	const u32 locals[3] = { local, 1, 1 };
	struct code code;
	u32 i;

	emit_tid(&code);
	/* local[index] = 7 * grid index */
	asm_imadd(&code, NULL, r32(3), r32(1), imm(7), imm(0));
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(4), imm(0), r32(2));
	asm_local_store(&code, I32, 1, r32(3), r16(8));
	asm_barrier(&code);
	/* r5 = local[size - 1 - index] */
	asm_special(&code, r32(6), 4);
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(6), r32(6), r32(2));
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(6), r32(6), imm(1));
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(6), imm(0), r32(6));
	asm_local_load(&code, I32, 1, r32(5), r16(12));
	asm_barrier(&code);
	/* local[index] = r5 + 1; out = local[size - 1 - index] */
	asm_iadd(&code, NULL, r32(5), r32(5), imm(1));
	asm_local_store(&code, I32, 1, r32(5), r16(8));
	asm_barrier(&code);
	asm_local_load(&code, I32, 1, r32(7), r16(12));
	asm_iadd(&code, &(struct asm_add){ .shift = 1 }, r32(8), imm(0), r32(1));
	asm_store32(&code, 5, base_out(), r32(8));
	asm_iadd(&code, NULL, r32(8), r32(8), imm(1));
	asm_store32(&code, 7, base_out(), r32(8));
	asm_stop(&code);

	gpu_setup(gpu, globals, locals, 4 * local);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < global; i++) {
		u32 first = i / local * local;
		u32 size = global - first < local ? global - first : local;
		u32 other = first + size - 1 - (i - first);

		assert_int_equal(gpu_get32(gpu, GPU_OUT + 8 * i), 7 * other + 1);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 8 * i + 4), 7 * i + 1);
	}
}

static void test_barrier(void **state)
{
	static const u32 locals[] = { 1, 31, 32, 33, 64, 100, 1000, 1024 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(locals); i++)
		check_exchange(*state, 2500, locals[i]);
}

/* SIMD groups that have ended do not hold up a barrier, nor do those that come late. */
static void test_uneven_barrier(void **state)
{
	struct gpu *gpu = *state;
	struct code code;
	u32 skip;
	u32 loop;
	u32 i;

	emit_tid(&code);
	asm_special(&code, r32(3), 53);
	asm_ldimm16(&code, 0, 0);
	/* Odd SIMD groups end at once. */
	asm_bitop(&code, 0x8, r32(4), r32(3), imm(1));
	asm_icmp(&code, ASM_IF, 0, 1, r32(4), imm(0));
	skip = code.len;
	asm_jump_none(&code, 0);
	/* Others wait for a while that depends on which they are. */
	asm_imadd(&code, NULL, r32(5), r32(3), imm(50), imm(1));
	loop = code.len;
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(5), r32(5), imm(1));
	asm_icmp(&code, ASM_WHILE, 8, 1, r32(5), imm(0));
	asm_jump_any(&code, loop);
	asm_pop(&code, 1);
	asm_ldimm32(&code, 6, 4096);
	asm_iadd(&code, NULL, r32(6), r32(6), r32(1));
	asm_store32(&code, 1, base_out(), r32(6));
	asm_barrier(&code);
	/* What the last SIMD group that is still there stored before the barrier. */
	asm_ldimm32(&code, 6, 4096 + 1023 - 32);
	asm_load32(&code, 7, base_out(), r32(6));
	asm_store32(&code, 7, base_out(), r32(1));
	asm_jump_here(&code, skip);
	asm_stop(&code);

	gpu_setup_1d(gpu, 1024, 1024);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < 1024; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i / 32 & 1 ? 0 : 1023 - 32);
}

/* A SIMD group that waits in a loop for another one of its workgroup does not wait for ever. */
static void test_turns(void **state)
{
	struct gpu *gpu = *state;
	struct code code;
	u32 skip;
	u32 loop;

	emit_tid(&code);
	asm_special(&code, r32(3), 53);
	asm_ldimm16(&code, 0, 0);
	asm_icmp(&code, ASM_IF, 0, 1, r32(3), imm(31));
	skip = code.len;
	asm_jump_none(&code, 0);
	asm_ldimm32(&code, 4, 99);
	asm_store32(&code, 4, base_out(), imm(0));
	asm_jump_here(&code, skip);
	asm_pop(&code, 1);
	loop = code.len;
	asm_load32(&code, 5, base_out(), imm(0));
	asm_icmp(&code, ASM_WHILE, 8, 1, r32(5), imm(99));
	asm_jump_any(&code, loop);
	asm_pop(&code, 1);
	asm_stop(&code);

	gpu_setup_1d(gpu, 1024, 1024);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
}

/* Formats, masks and alignment in threadgroup memory, and what lies outside of it. */
static void test_local_memory(void **state)
{
	const u32 one[3] = { 1, 1, 1 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 i;

	asm_ldimm32(&code, 2, 0x44332211);
	asm_ldimm32(&code, 3, 0x88776655);
	asm_ldimm32(&code, 4, 0xccbbaa99);
	asm_ldimm32(&code, 5, 0x00ffeedd);
	/* Bytes 0, 1, 2, 3 of four registers, to 16 and on. */
	asm_ldimm16(&code, 2, 16);
	asm_local_store(&code, 0, 15, r32(2), r16(2));
	/* Halves at 33, which is 32, with a gap. */
	asm_ldimm16(&code, 2, 33);
	asm_local_store(&code, 1, 5, r16(4), r16(2));
	/* A vector of words at a uniform address. */
	asm_local_store(&code, 2, 15, r32(2), u16_(8));
	/* Outside: dropped. */
	asm_ldimm16(&code, 2, 256);
	asm_local_store(&code, 2, 1, r32(2), r16(2));
	/* The last word: its second component lies outside. */
	asm_ldimm16(&code, 2, 252);
	asm_local_store(&code, 2, 3, r32(2), r16(2));

	asm_ldimm16(&code, 2, 16);
	asm_local_load(&code, 2, 1, r32(8), r16(2));
	asm_store32(&code, 8, base_out(), imm(0));
	asm_ldimm16(&code, 2, 32);
	asm_local_load(&code, 2, 3, r32(8), r16(2));
	asm_store32(&code, 8, base_out(), imm(1));
	asm_store32(&code, 9, base_out(), imm(2));
	asm_local_load(&code, 2, 15, r32(8), u16_(8));
	for (i = 0; i < 4; i++)
		asm_store32(&code, 8 + i, base_out(), imm(3 + i));
	asm_ldimm16(&code, 2, 252);
	asm_ldimm32(&code, 9, 0xffffffff);
	asm_local_load(&code, 2, 3, r32(8), r16(2));
	asm_store32(&code, 8, base_out(), imm(7));
	asm_store32(&code, 9, base_out(), imm(8));
	/* Bytes and halves are zero-extended; the base can be the immediate 0. */
	asm_local_load(&code, 0, 1, r32(8), imm(0));
	asm_store32(&code, 8, base_out(), imm(9));
	asm_ldimm16(&code, 2, 67);
	asm_ldimm32(&code, 8, 0xffffffff);
	asm_local_load(&code, 0, 1, r16(16), r16(2));
	asm_store32(&code, 8, base_out(), imm(10));
	asm_local_load(&code, 1, 1, r32(8), r16(2));
	asm_store32(&code, 8, base_out(), imm(11));
	asm_stop(&code);

	gpu_setup(gpu, one, one, 256);
	gpu_put64(gpu, GPU_UNIFORM + 16, 64);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);

	assert_int_equal(gpu_get32(gpu, GPU_OUT), 0xdd995511);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0x00002211);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 8), 0x00004433);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 12), 0x44332211);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 24), 0x00ffeedd);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 28), 0x44332211);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 32), 0);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 36), 0);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 40), 0xffff0044);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 44), 0x00004433);
}

/* The preshader runs once, and what it leaves in the uniforms is seen by all workgroups. */
static void test_preshader(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 at = GPU_USC;
	u32 i;

	asm_load32(&code, 2, base_out(), imm(0));
	asm_iadd(&code, NULL, r32(2), r32(2), imm(1));
	asm_store32(&code, 2, base_out(), imm(0));
	asm_ldimm32(&code, 3, 0x12345678);
	asm_ldimm32(&code, 4, 0x9abcdef0);
	asm_special(&code, r32(5), 80);
	asm_uniform_store(&code, 300, 4, 1);
	asm_uniform_store(&code, 302, 6, 4);
	asm_uniform_store(&code, 511, 10, 1);
	asm_stop(&code);
	gpu_put(gpu, GPU_PRESHADER, code.bytes, code.len);

	code.len = 0;
	asm_special(&code, r32(1), 80);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(1), imm(4), r32(1));
	asm_bitop(&code, 0xa, r32(2), u32_(150), imm(0));
	asm_bitop(&code, 0xa, r32(3), u32_(151), imm(0));
	asm_bitop(&code, 0xa, r32(4), u32_(152), imm(0));
	asm_bitop(&code, 0xa, r32(5), u16_(511), imm(0));
	/* Registers of the preshader are not those of the threads. */
	asm_iadd(&code, NULL, r32(5), r32(5), r32(20));
	asm_store(&code, &(struct asm_memory){ .format = 2, .mask = 15, .zero_extend = true },
		  r32(2), base_out(), r32(1));
	asm_stop(&code);

	gpu_setup_1d(gpu, 96, 32);
	gpu_put_code(gpu, &code);
	at = gpu_usc_uniform(gpu, at, 0, 64, GPU_UNIFORM);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, GPU_PRESHADER);
	gpu_put32(gpu, GPU_OUT, 41);
	gpu_assert_done(gpu);

	assert_int_equal(gpu_get32(gpu, GPU_OUT), 42);
	for (i = 0; i < 96; i++) {
		u64 va = GPU_OUT + 16 + 16 * i;

		assert_int_equal(gpu_get32(gpu, va), 42);
		assert_int_equal(gpu_get32(gpu, va + 4), 0x12345678);
		assert_int_equal(gpu_get32(gpu, va + 8), 0x9abcdef0);
		assert_int_equal(gpu_get32(gpu, va + 12), 0);
	}
}

/* Fills all that a shader can fill, with nothing but ones. */
static void put_secrets(struct gpu *gpu)
{
	const u32 threads[3] = { 1024, 1, 1 };
	struct code code = { .len = 0 };
	u32 loop;
	u32 i;

	asm_special(&code, r32(1), 51);
	asm_ldimm32(&code, 2, 0xffffffff);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(3), imm(0), r32(1));
	asm_ldimm16(&code, 0, 0);
	asm_ldimm32(&code, 4, 8);
	loop = code.len;
	asm_local_store(&code, I32, 1, r32(2), r16(6));
	asm_ldimm32(&code, 5, 4096);
	asm_iadd(&code, NULL, r32(3), r32(3), r32(5));
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(4), r32(4), imm(1));
	asm_icmp(&code, ASM_WHILE, 8, 1, r32(4), imm(0));
	asm_jump_any(&code, loop);
	asm_pop(&code, 1);
	for (i = 0; i < 128; i++)
		asm_ldimm32(&code, i, 0xffffffff);
	for (i = 0; i < 512; i += 4)
		asm_uniform_store(&code, i, 8, 4);
	asm_stop(&code);

	gpu_setup(gpu, threads, threads, 32768);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
}

/* Nothing of a command is left for the next one: not in registers, uniforms or memory. */
static void test_nothing_leaks(void **state)
{
	const struct asm_memory quad = { .format = 2, .mask = 15, .zero_extend = true };
	struct gpu *gpu = *state;
	struct code code;
	u64 at = GPU_USC;
	u32 loop;
	u32 i;

	put_secrets(gpu);

	/* OR of all registers that nothing was written to, and of all uniforms but the first. */
	code.len = 0;
	for (i = 3; i < 128; i++)
		asm_bitop(&code, 0xe, r32(2), r32(2), r32(i));
	for (i = 2; i < 256; i++)
		asm_bitop(&code, 0xe, r32(2), r32(2), u32_(i));
	/* And of all threadgroup memory. */
	asm_special(&code, r32(1), 51);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(3), imm(0), r32(1));
	asm_ldimm16(&code, 0, 0);
	asm_ldimm32(&code, 4, 8);
	loop = code.len;
	asm_local_load(&code, I32, 1, r32(5), r16(6));
	asm_bitop(&code, 0xe, r32(2), r32(2), r32(5));
	asm_ldimm32(&code, 5, 4096);
	asm_iadd(&code, NULL, r32(3), r32(3), r32(5));
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(4), r32(4), imm(1));
	asm_icmp(&code, ASM_WHILE, 8, 1, r32(4), imm(0));
	asm_jump_any(&code, loop);
	asm_pop(&code, 1);
	asm_bitop(&code, 0xa, r32(3), r32(1), imm(0));
	asm_ldimm32(&code, 4, 0x600d);
	asm_ldimm32(&code, 5, 0);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(1), imm(0), r32(1));
	asm_store(&code, &quad, r32(2), base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);

	at = gpu_usc_uniform(gpu, at, 0, 4, GPU_UNIFORM);
	at = gpu_usc_shared(gpu, at, 32768);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);
	gpu_assert_done(gpu);
	for (i = 0; i < 1024; i++) {
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), 0);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 4), i);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 8), 0x600d);
	}
}

/* One of each kind of instruction that writes registers in a way of its own. */
static void emit_write(struct code *code, u32 kind)
{
	const struct asm_memory quad = { .format = I32, .mask = 15 };
	const struct asm_atomic add = { .result = true };

	switch (kind) {
	case 0:
		asm_load(code, &quad, r32(100), base_in(), imm(0));
		break;
	case 1:
		asm_local_load(code, I32, 15, r32(100), imm(0));
		break;
	case 2:
		asm_stack_load(code, &quad, r32(100), imm(0));
		break;
	case 3:
		asm_atomic(code, &add, r32(100), r32(2), base_out(), imm(64));
		break;
	case 4:
		asm_local_atomic(code, 0, true, r32(100), r32(2), imm(0));
		break;
	case 5:
		asm_iadd(code, NULL, r64(100), r32(2), r32(2));
		break;
	case 6:
		asm_bitop(code, 0xa, r16(201), r32(2), imm(0));
		break;
	case 7:
		asm_ballot(code, 0, false, r32(100), imm(0), imm(0));
		break;
	case 8:
		asm_shuffle(code, ASM_SHUFFLE, false, false, r32(100), r32(2), imm(0));
		break;
	case 9:
		asm_float(code, ASM_FADD, false, r32(100), r32(2), r32(2), imm(0));
		break;
	default:
		/* Only a counter remains. */
		asm_icmp(code, ASM_IF, 8, 1, imm(0), imm(0));
		break;
	}
}

/* Whatever wrote a register, it is 0 for the next program, in each SIMD group. */
static void test_every_write(void **state)
{
	const u32 threads[3] = { 1024, 1, 1 };
	const struct asm_memory quad = { .format = I32, .mask = 15 };
	struct gpu *gpu = *state;
	u32 kind;
	u32 i;

	gpu_set_stack(gpu, 1 << 20);
	for (i = 0; i < 4; i++)
		gpu_put32(gpu, GPU_IN + 4 * i, 0x40000000);
	for (kind = 0; kind < 11; kind++) {
		struct code code = { .len = 0 };

		gpu_setup(gpu, threads, threads, 256);
		asm_ldimm32(&code, 2, 0x40000001);
		asm_stack_adjust(&code, 4);
		asm_stack_store(&code, &quad, r32(2), imm(0));
		asm_local_store(&code, I32, 15, r32(2), imm(0));
		emit_write(&code, kind);
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);

		code.len = 0;
		for (i = 0; i < 127; i++)
			asm_bitop(&code, 0xe, r32(127), r32(127), r32(i));
		asm_special(&code, r32(1), 80);
		asm_store32(&code, 127, base_out(), r32(1));
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);
		for (i = 0; i < 1024; i++)
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_barrier),
		gpu_unit_test(test_uneven_barrier),
		gpu_unit_test(test_turns),
		gpu_unit_test(test_local_memory),
		gpu_unit_test(test_preshader),
		gpu_unit_test(test_nothing_leaks),
		gpu_unit_test(test_every_write),
	};

	return cmocka_run_group_tests_name("engine-workgroup", tests, NULL, NULL);
}
