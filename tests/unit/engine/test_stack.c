// SPDX-License-Identifier: MIT
/*
 * The stack, held against bytes that each thread has for itself.
 */
#include "test.h"

#define THREADS		64
#define STEPS		40
#define STACK_BYTES	(256 * 1024)

/* Bytes of the stack of a thread of a full workgroup of THREADS. */
#define STACK_SIZE	(STACK_BYTES / THREADS)

/* Stacks as they are in memory: the end is fixed, and what is in use is there. */
struct model {
	u8 bytes[THREADS][STACK_SIZE];
	u32 used;
};

/* A random access; the address is that of its first component, from the end of the stack. */
struct access {
	u32 format;
	u32 mask;
	bool store;
	u32 bits;
	u32 address[THREADS];
	bool active[THREADS];
	u32 data[THREADS][4];
};

static void setup(struct gpu *gpu, u32 global, u32 local)
{
	gpu_setup_1d(gpu, global, local);
	gpu_set_stack(gpu, STACK_BYTES);
}

static void make_access(struct gpu_random *random, const struct model *m, struct access *a)
{
	bool same = gpu_random_below(random, 2);
	u32 i;
	u32 k;

	a->format = gpu_random_below(random, 3);
	a->mask = 1 + gpu_random_below(random, 15);
	a->store = gpu_random_below(random, 2);
	a->bits = a->format == 2 || gpu_random_below(random, 2) ? 32 : 16;
	for (i = 0; i < THREADS; i++) {
		/* Not aligned either, and sometimes outside. */
		a->address[i] = same && i ? a->address[0] :
				gpu_random_below(random, m->used + 8) - 2;
		a->active[i] = gpu_random_below(random, 4);
		for (k = 0; k < 4; k++)
			a->data[i][k] = gpu_random(random);
	}
}

static bool inside(const struct model *m, s64 address, u32 size)
{
	return address >= 0 && address + size <= m->used;
}

/* What the registers hold afterwards, a background of what was there before. */
static void run_model(struct model *m, struct access *a)
{
	u32 size = 1u << a->format;
	u32 i;
	u32 k;

	for (i = 0; i < THREADS; i++) {
		s64 first = (s64)(s32)a->address[i] & -(s64)size;
		u32 index = 0;

		for (k = 0; k < 4 && a->active[i]; k++) {
			s64 address = first + k * size;
			u32 value = 0;

			if (!(a->mask >> k & 1))
				continue;
			if (a->store && inside(m, address, size))
				memcpy(m->bytes[i] + STACK_SIZE - m->used + address,
				       &a->data[i][index], size);
			if (!a->store) {
				if (inside(m, address, size))
					memcpy(&value, m->bytes[i] + STACK_SIZE - m->used + address,
					       size);
				a->data[i][index] = value;
			}
			index++;
		}
	}
}

/* Part of a program: registers r4 to r7, or as many halves, are filled, used, and written out. */
static void emit_access(struct code *code, const struct access *a, u32 step)
{
	const struct asm_memory vector = {
		.format = 2, .mask = 15, .shift = 2, .zero_extend = true
	};
	const struct asm_memory how = { .format = a->format, .mask = a->mask };
	struct arg data = a->bits == 32 ? r32(4) : r16(8);
	u32 i;

	/* Records of a step: data, then address and activity. */
	asm_ldimm32(code, 2, 2 * step * THREADS);
	asm_iadd(code, &(struct asm_add){ .shift = 1 }, r32(2), r32(2), r32(1));
	asm_load(code, &vector, r32(4), base_in(), r32(2));
	asm_iadd(code, NULL, r32(2), r32(2), imm(1));
	asm_load(code, &vector, r32(8), base_in(), r32(2));
	asm_wait(code, 0);
	for (i = 0; i < 4 && a->bits == 16; i++)
		asm_bitop(code, 0xa, r16(8 + i), r32(4 + i), imm(0));
	asm_icmp(code, ASM_IF, 8, 1, r32(9), imm(0));
	if (a->store)
		asm_stack_store(code, &how, data, r32(8));
	else
		asm_stack_load(code, &how, data, r32(8));
	asm_wait(code, 0);
	asm_pop(code, 1);
	asm_ldimm32(code, 2, step * THREADS);
	asm_iadd(code, NULL, r32(2), r32(2), r32(1));
	asm_store(code, &vector, r32(4), base_out(), r32(2));
}

/* Changes the stack every now and then; what is added is zero. */
static void maybe_adjust(struct gpu_random *random, struct model *m, struct code *code)
{
	s32 words = (s32)gpu_random_below(random, STACK_SIZE / 4) - (s32)(m->used / 4);
	u32 i;

	if (gpu_random_below(random, 4))
		return;
	asm_stack_adjust(code, (u32)words);
	for (i = 0; i < THREADS && words > 0; i++)
		memset(m->bytes[i] + STACK_SIZE - m->used - 4 * words, 0, 4 * (size_t)words);
	m->used += 4 * words;
}

static void put_access(struct gpu *gpu, const struct access *a, u32 step)
{
	u32 i;

	for (i = 0; i < THREADS; i++) {
		u64 va = GPU_IN + 32 * (step * THREADS + i);
		u32 k;

		for (k = 0; k < 4; k++)
			gpu_put32(gpu, va + 4 * k, a->data[i][k]);
		gpu_put32(gpu, va + 16, a->address[i]);
		gpu_put32(gpu, va + 20, a->active[i]);
	}
}

static void check_access(struct gpu *gpu, const struct access *a, u32 step)
{
	u32 i;
	u32 k;

	for (i = 0; i < THREADS; i++) {
		for (k = 0; k < 4; k++) {
			u64 at = GPU_OUT + 16 * (step * THREADS + i);
			u32 shift = a->bits == 16 ? k % 2 * 16 : 0;
			u32 got = gpu_get32(gpu, at + (a->bits == 16 ? k / 2 : k) * 4) >> shift;
			u32 expected = a->data[i][k];

			if (a->bits == 16) {
				got &= 0xffff;
				expected &= 0xffff;
			}
			if (got != expected)
				fail_msg("step %u, thread %u, component %u: 0x%x instead of 0x%x",
					 step, i, k, got, expected);
		}
	}
}

static void test_accesses(void **state)
{
	static struct access access[STEPS];
	static struct model model;
	struct gpu_random random = { 50 };
	struct gpu *gpu = *state;
	u32 round;
	u32 i;

	setup(gpu, THREADS, THREADS);
	gpu->cfg.soft_faults = true;
	for (round = 0; round < 60; round++) {
		struct code code = { .len = 0 };

		model.used = 0;
		asm_special(&code, r32(1), 80);
		asm_ldimm16(&code, 0, 0);
		for (i = 0; i < STEPS; i++) {
			maybe_adjust(&random, &model, &code);
			make_access(&random, &model, &access[i]);
			put_access(gpu, &access[i], i);
			emit_access(&code, &access[i], i);
			run_model(&model, &access[i]);
		}
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);
		for (i = 0; i < STEPS; i++)
			check_access(gpu, &access[i], i);
	}
}

/* What a thread may have depends on how many share the memory, and one byte more is a fault. */
static void test_sizes(void **state)
{
	static const u32 locals[] = { 1, 32, 33, 64, 96, 1024 };
	struct gpu *gpu = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(locals); i++) {
		u32 words = STACK_BYTES / ((locals[i] + 31) / 32 * 32) / 4;
		struct code code = { .len = 0 };

		setup(gpu, locals[i], locals[i]);
		asm_stack_adjust(&code, words);
		asm_stack_adjust(&code, -words);
		asm_stack_adjust(&code, words);
		asm_stop(&code);
		gpu_put_code(gpu, &code);
		gpu_assert_done(gpu);
	}
}

static void check_no_stack(struct gpu *gpu, u32 first, u32 second, u32 size)
{
	const struct agx_engine_fault *fault;
	char text[AGX_ENGINE_FAULT_TEXT];
	struct code code = { .len = 0 };
	u32 at;

	asm_stack_adjust(&code, first);
	at = code.len;
	asm_stack_adjust(&code, second);
	asm_stop(&code);
	gpu_put_code(gpu, &code);

	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STACK);
	assert_int_equal(fault->access, AGX_ENGINE_FETCH);
	assert_int_equal(fault->pc, GPU_CODE + at);
	assert_int_equal(fault->va, GPU_CODE + at);
	assert_int_equal(fault->size, size);
	agx_engine_fault_format(fault, text, sizeof(text));
	assert_non_null(strstr(text, "no stack"));
	assert_non_null(strstr(text, "(stack_adjust "));
}

static void test_no_stack(void **state)
{
	struct gpu *gpu = *state;

	setup(gpu, THREADS, THREADS);
	check_no_stack(gpu, STACK_SIZE / 4, 1, STACK_SIZE + 4);
	check_no_stack(gpu, 4, (u32)-5, 0);
	setup(gpu, 1024, 1024);
	check_no_stack(gpu, 0, 65, 260);
	gpu_set_stack(gpu, 0);
	check_no_stack(gpu, 0, 1, 4);
}

/* A hard fault says where in the stack, which lane, and which instruction. */
static void test_outside(void **state)
{
	const struct asm_memory how = { .format = 2, .mask = 3 };
	const struct agx_engine_fault *fault;
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;
	u32 store;

	setup(gpu, THREADS, THREADS);
	for (store = 0; store < 2; store++) {
		struct code code = { .len = 0 };
		u32 at;

		/* Lane 3 is the first whose second word is outside of 16 bytes. */
		asm_special(&code, r32(1), 80);
		asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(2), imm(0), r32(1));
		asm_stack_adjust(&code, 4);
		at = code.len;
		if (store)
			asm_stack_store(&code, &how, r32(4), r32(2));
		else
			asm_stack_load(&code, &how, r32(4), r32(2));
		asm_stop(&code);
		gpu_put_code(gpu, &code);

		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STACK);
		assert_int_equal(fault->access, store ? AGX_ENGINE_SHADER_STORE :
							AGX_ENGINE_SHADER_LOAD);
		assert_int_equal(fault->va, 16);
		assert_int_equal(fault->size, 4);
		assert_int_equal(fault->lane, 3);
		assert_int_equal(fault->pc, GPU_CODE + at);
		agx_engine_fault_format(fault, text, sizeof(text));
		assert_non_null(strstr(text, store ? "outside of the stack, a shader store of 4 " :
						     "outside of the stack, a shader load of 4 "));
		assert_non_null(strstr(text, "bytes at 0x10, lane 3"));
	}
}

/* A preshader has a stack of its own. */
static void test_preshader(void **state)
{
	const struct asm_memory how = { .format = 2, .mask = 1 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 at = GPU_USC;

	setup(gpu, 1, 1);
	at = gpu_usc_uniform(gpu, at, 0, 64, GPU_UNIFORM);
	at = gpu_usc_shared(gpu, at, 0);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, GPU_PRESHADER);

	asm_stack_adjust(&code, STACK_BYTES / 32 / 4);
	asm_ldimm32(&code, 1, 1234567);
	asm_stack_store(&code, &how, r32(1), imm(STACK_BYTES / 32 - 4));
	asm_stack_load(&code, &how, r32(2), imm(STACK_BYTES / 32 - 4));
	asm_uniform_store(&code, 16, 4, 2);
	asm_stop(&code);
	gpu_put(gpu, GPU_PRESHADER, code.bytes, code.len);

	code.len = 0;
	asm_bitop(&code, 0xa, r32(1), u32_(8), imm(0));
	asm_store32(&code, 1, base_out(), imm(0));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 1234567);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_accesses),
		gpu_unit_test(test_sizes),
		gpu_unit_test(test_no_stack),
		gpu_unit_test(test_outside),
		gpu_unit_test(test_preshader),
	};

	return cmocka_run_group_tests_name("engine-stack", tests, NULL, NULL);
}
