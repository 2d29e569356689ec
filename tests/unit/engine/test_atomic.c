// SPDX-License-Identifier: MIT
/*
 * Atomic operations: threads that act on few words, one after the other.
 */
#include "test.h"

#include "isa.h"

#define THREADS		32
#define WORDS		8
#define BACKGROUND	0xa5a5b6b6u
#define ARENA		0x3000000000ull

/* The data of a thread at GPU_IN: word, whether it is active, new value, expected value. */
#define RECORD		16

struct thread {
	u32 word;
	u32 active;
	u32 value;
	u32 expected;
};

struct test {
	u32 op;
	bool result;
	struct thread thread[THREADS];
	u32 words[WORDS];
};

static u32 model(u32 op, u32 old, u32 value, u32 expected)
{
	s32 s_old = (s32)old;
	s32 s_value = (s32)value;

	switch (op) {
	case AGX_ISA_ATOMIC_ADD:
		return old + value;
	case AGX_ISA_ATOMIC_SUB:
		return old - value;
	case AGX_ISA_ATOMIC_XCHG:
		return value;
	case AGX_ISA_ATOMIC_CMPXCHG:
		return expected == old ? value : old;
	case AGX_ISA_ATOMIC_UMIN:
		return value < old ? value : old;
	case AGX_ISA_ATOMIC_IMIN:
		return s_value < s_old ? value : old;
	case AGX_ISA_ATOMIC_UMAX:
		return value > old ? value : old;
	case AGX_ISA_ATOMIC_IMAX:
		return s_value > s_old ? value : old;
	case AGX_ISA_ATOMIC_AND:
		return old & value;
	case AGX_ISA_ATOMIC_OR:
		return old | value;
	default:
		return old ^ value;
	}
}

static void make_test(struct gpu *gpu, struct gpu_random *random, struct test *test, u32 round)
{
	u32 i;

	test->op = round % (AGX_ISA_ATOMIC_XOR + 1);
	test->result = gpu_random_below(random, 4);
	for (i = 0; i < WORDS; i++) {
		test->words[i] = gpu_random_edge(random);
		gpu_put32(gpu, GPU_OUT + 4 * i, test->words[i]);
	}
	for (i = 0; i < THREADS; i++) {
		struct thread *t = &test->thread[i];

		t->word = gpu_random_below(random, WORDS);
		t->active = round % 3 ? gpu_random_below(random, 4) : 1;
		t->value = gpu_random_edge(random);
		/* What it is to find may be there, or what another thread has left there. */
		t->expected = i && gpu_random_below(random, 2) ?
			      test->thread[gpu_random_below(random, i)].value :
			      test->words[t->word];
		gpu_put(gpu, GPU_IN + RECORD * i, t, sizeof(*t));
	}
}

/* r1 is the thread, r2 its word, r3 whether it is active, r4 and r5 the data, r6 the result. */
static void prologue(struct code *code)
{
	const struct asm_memory record = {
		.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
	};

	asm_special(code, r32(1), 80);
	asm_load(code, &record, r32(2), base_in(), r32(1));
	asm_wait(code, 0);
	asm_ldimm32(code, 6, BACKGROUND);
	asm_ldimm16(code, 0, 0);
	asm_icmp(code, ASM_IF, 8, 1, r32(3), imm(0));
}

static void epilogue(struct gpu *gpu, struct code *code)
{
	asm_pop(code, 1);
	asm_iadd(code, NULL, r32(1), r32(1), imm(WORDS));
	asm_store32(code, 6, base_out(), r32(1));
	asm_stop(code);
	gpu_put_code(gpu, code);
}

static void check_words(struct gpu *gpu, const struct test *test)
{
	u32 words[WORDS];
	u32 i;

	memcpy(words, test->words, sizeof(words));
	for (i = 0; i < THREADS; i++) {
		const struct thread *t = &test->thread[i];
		u32 expected = BACKGROUND;
		u32 got = gpu_get32(gpu, GPU_OUT + 4 * (WORDS + i));

		if (t->active) {
			expected = test->result ? words[t->word] : BACKGROUND;
			words[t->word] = model(test->op, words[t->word], t->value, t->expected);
		}
		if (got != expected)
			fail_msg("operation %u, thread %u: 0x%x instead of 0x%x", test->op, i, got,
				 expected);
	}
	for (i = 0; i < WORDS; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), words[i]);
}

static void test_device(void **state)
{
	struct gpu_random random = { 40 };
	struct gpu *gpu = *state;
	struct asm_atomic how = { 0 };
	struct test test;
	u32 round;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 600; round++) {
		struct code code = { .len = 0 };

		make_test(gpu, &random, &test, round);
		how.op = test.op;
		how.result = test.result;
		how.coherency = gpu_random_below(&random, 4);
		prologue(&code);
		asm_atomic(&code, &how, r32(6), r32(4), base_out(), r32(2));
		epilogue(gpu, &code);
		gpu_assert_done(gpu);
		check_words(gpu, &test);
	}
}

/* The index is an immediate, and counts words; a base that is not aligned is rounded down. */
static void test_address(void **state)
{
	const struct asm_atomic how = { .op = AGX_ISA_ATOMIC_ADD, .result = true };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 1, 1);
	gpu_put32(gpu, GPU_OUT + 4 * 3, 30);
	gpu_put32(gpu, GPU_OUT + 4 * 8, 80);
	asm_ldimm32(&code, 4, 1);
	asm_bitop(&code, 0xa, r32(8), u32_(0), imm(0));
	asm_bitop(&code, 0xa, r32(9), u32_(1), imm(0));
	asm_iadd(&code, NULL, r64(8), r64(8), imm(4 * 5 + 3));
	asm_atomic(&code, &how, r32(6), r32(4), base_out(), imm(3));
	asm_store32(&code, 6, base_out(), imm(0));
	asm_atomic(&code, &how, r32(6), r32(4), r64(8), imm(3));
	asm_store32(&code, 6, base_out(), imm(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 30);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 80);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * 3), 31);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * 8), 81);
}

/* Words are copied to threadgroup memory, acted on, and copied back. */
static void emit_local(struct code *code, const struct test *test)
{
	const struct asm_add times4 = { .shift = 2 };

	asm_special(code, r32(1), 80);
	asm_iadd(code, &times4, r32(7), imm(0), r32(1));
	asm_ldimm16(code, 0, 0);
	asm_icmp(code, ASM_IF, 1, 1, r32(1), imm(WORDS));
	asm_load32(code, 2, base_out(), r32(1));
	asm_local_store(code, 2, 1, r32(2), r16(14));
	asm_pop(code, 1);

	prologue(code);
	asm_iadd(code, &times4, r32(2), imm(0), r32(2));
	asm_local_atomic(code, test->op, test->result, r32(6), r32(4), r16(4));
	asm_pop(code, 1);

	asm_icmp(code, ASM_IF, 1, 1, r32(1), imm(WORDS));
	asm_local_load(code, 2, 1, r32(2), r16(14));
	asm_store32(code, 2, base_out(), r32(1));
}

static void test_local(void **state)
{
	const u32 size[3] = { THREADS, 1, 1 };
	struct gpu_random random = { 41 };
	struct gpu *gpu = *state;
	struct test test;
	u32 round;

	gpu_setup(gpu, size, size, 256);
	for (round = 0; round < 600; round++) {
		struct code code = { .len = 0 };

		make_test(gpu, &random, &test, round);
		emit_local(&code, &test);
		epilogue(gpu, &code);
		gpu_assert_done(gpu);
		check_words(gpu, &test);
	}
}

/* Outside of what the workgroup has nothing changes, and all that is found is 0. */
static void test_local_outside(void **state)
{
	const u32 size[3] = { THREADS, 1, 1 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 i;

	gpu_setup(gpu, size, size, 256);
	asm_special(&code, r32(1), 80);
	asm_ldimm32(&code, 2, 256);
	asm_ldimm32(&code, 4, 7);
	asm_ldimm32(&code, 6, BACKGROUND);
	asm_local_atomic(&code, AGX_ISA_ATOMIC_ADD, true, r32(6), r32(4), r16(4));
	asm_store32(&code, 6, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), 0);
}

/* However the SIMD groups of many workgroups take turns, each addition finds another value. */
static void test_many(void **state)
{
	const struct asm_atomic how = { .op = AGX_ISA_ATOMIC_ADD, .result = true };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u8 seen[4096] = { 0 };
	u32 i;

	gpu_setup_1d(gpu, 4096, 1024);
	asm_special(&code, r32(1), 80);
	asm_ldimm32(&code, 4, 1);
	asm_atomic(&code, &how, r32(6), r32(4), base_out(), imm(0));
	asm_iadd(&code, NULL, r32(1), r32(1), imm(1));
	asm_store32(&code, 6, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 4096);
	for (i = 0; i < 4096; i++)
		seen[gpu_get32(gpu, GPU_OUT + 4 + 4 * i) % 4096]++;
	for (i = 0; i < 4096; i++)
		assert_int_equal(seen[i], 1);
}

/* Memory that cannot be both read and written, in its various kinds. */
static void test_faults(void **state)
{
	static const u32 prots[] = { 0, GPU_READ, GPU_WRITE, GPU_READ | GPU_WRITE | GPU_NO_SHADER };
	const struct asm_atomic how = { .op = AGX_ISA_ATOMIC_OR, .result = true };
	const struct agx_engine_fault *fault;
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 at;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	gpu_map(gpu, ARENA, GPU_PAGE, 0);
	gpu_put64(gpu, GPU_UNIFORM + 16, ARENA);
	asm_special(&code, r32(1), 80);
	asm_ldimm32(&code, 4, 1);
	asm_ldimm32(&code, 6, BACKGROUND);
	asm_ldimm16(&code, 0, 0);
	asm_icmp(&code, ASM_IF, 2, 1, r32(1), imm(4));
	at = code.len;
	asm_atomic(&code, &how, r32(6), r32(4), u32_(4), r32(1));
	asm_pop(&code, 1);
	asm_store32(&code, 6, base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		u32 k;

		gpu_protect(gpu, ARENA, prots[i]);
		gpu->cfg.soft_faults = true;
		gpu_assert_done(gpu);
		for (k = 0; k < THREADS; k++) {
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * k), k > 4 ? 0 : BACKGROUND);
			assert_int_equal(gpu_get32(gpu, ARENA + 4 * k), 0);
		}

		gpu->cfg.soft_faults = false;
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
		assert_int_equal(fault->access, AGX_ENGINE_SHADER_ATOMIC);
		assert_int_equal(fault->va, ARENA + 4 * 5);
		assert_int_equal(fault->pc, GPU_CODE + at);
		assert_int_equal(fault->size, 4);
		assert_int_equal(fault->lane, 5);
		agx_engine_fault_format(fault, text, sizeof(text));
		assert_non_null(strstr(text, "shader atomic of 4 bytes at 0x3000000014, lane 5"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_device),
		gpu_unit_test(test_address),
		gpu_unit_test(test_local),
		gpu_unit_test(test_local_outside),
		gpu_unit_test(test_many),
		gpu_unit_test(test_faults),
	};

	return cmocka_run_group_tests_name("engine-atomic", tests, NULL, NULL);
}
