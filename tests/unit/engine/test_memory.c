// SPDX-License-Identifier: MIT
/*
 * Loads and stores against a model that makes one access after the other: addresses of all kinds,
 * in memory with holes and with permissions that differ.
 */
#include "test.h"

#define THREADS		32
#define ARENA		0x3000000000ull
#define ARENA_SIZE	0x1000
#define BACKGROUND	0xa5a5b6b6u

/* The data of a thread at GPU_IN: address, index, whether it is active, four words. */
#define RECORD		32
#define RECORD_WORDS	(RECORD / 4)

struct test {
	bool load;
	bool soft;
	struct asm_memory how;
	struct arg data;
	struct arg base;
	struct arg index;
	u64 address[THREADS];
	u32 indices[THREADS];
	bool active[THREADS];
	u32 words[THREADS][4];

	/* Where the access is in the code. */
	u64 pc;
};

/* What a test leads to. */
struct outcome {
	u8 arena[ARENA_SIZE];
	u32 words[THREADS][4];
	bool faulted;
	u64 va;
	u32 lane;
};

static u32 arena_prot(u64 va)
{
	static const u8 prot[8] = {
		GPU_READ | GPU_WRITE, GPU_READ, 0, GPU_READ | GPU_WRITE,
		GPU_WRITE, GPU_READ | GPU_WRITE | GPU_NO_SHADER, GPU_READ | GPU_WRITE, GPU_READ,
	};

	if (va < ARENA || va >= ARENA + ARENA_SIZE)
		return 0;
	return prot[(va - ARENA) / (ARENA_SIZE / 8)];
}

static void map_arena(struct gpu *gpu)
{
	u32 i;

	for (i = 0; i < 8; i++) {
		u64 va = ARENA + i * (ARENA_SIZE / 8);

		if (arena_prot(va))
			gpu_map(gpu, va, ARENA_SIZE / 8, arena_prot(va));
	}
}

static void copy_arena(struct gpu *gpu, u8 *bytes, bool in)
{
	u32 part = ARENA_SIZE / 8;
	u32 i;

	for (i = 0; i < 8; i++) {
		u64 va = ARENA + i * part;

		if (!arena_prot(va))
			memset(bytes + i * part, 0, part);
		else if (in)
			memcpy(gpu_at(gpu, va), bytes + i * part, part);
		else
			memcpy(bytes + i * part, gpu_at(gpu, va), part);
	}
}

static bool allowed(u64 va, u32 size, u32 need)
{
	u32 i;

	for (i = 0; i < size; i++) {
		u32 prot = arena_prot(va + i);

		if (!(prot & need) || (prot & GPU_NO_SHADER))
			return false;
	}
	return true;
}

/* A register of a thread's vector as it is in memory order of the file. */
static u32 vector_get(const u32 *words, bool is32, u32 index)
{
	return is32 ? words[index] : words[index / 2] >> 16 * (index % 2) & 0xffff;
}

static void vector_set(u32 *words, bool is32, u32 index, u32 value)
{
	u32 shift = 16 * (index % 2);

	if (is32)
		words[index] = value;
	else
		words[index / 2] = (words[index / 2] & ~(0xffffu << shift)) |
				   (value & 0xffff) << shift;
}

/* One component; false if that is a fault. */
static bool model_access(const struct test *t, struct outcome *o, u32 lane, u64 va, u32 index)
{
	u32 size = 1u << t->how.format;
	bool is32 = t->data.bits == 32;
	u32 value = 0;
	u32 i;

	if (!allowed(va, size, t->load ? GPU_READ : GPU_WRITE)) {
		if (!t->soft) {
			o->faulted = true;
			o->va = va;
			o->lane = lane;
			return false;
		}
		if (t->load)
			vector_set(o->words[lane], is32, index, 0);
		return true;
	}

	if (t->load) {
		for (i = 0; i < size; i++)
			value |= (u32)o->arena[va - ARENA + i] << 8 * i;
		vector_set(o->words[lane], is32, index, value);
		return true;
	}

	value = vector_get(t->words[lane], is32, index);
	for (i = 0; i < size; i++)
		o->arena[va - ARENA + i] = (u8)(value >> 8 * i);
	return true;
}

static void model(const struct test *t, struct outcome *o)
{
	u32 size = 1u << t->how.format;
	u32 shift = t->how.shift == 3 ? 2 : t->how.shift;
	u32 index;
	u32 lane;
	u32 i;

	for (lane = 0; lane < THREADS; lane++) {
		u64 base = t->address[t->base.file == ARG_UNIFORM ? 0 : lane];
		u64 offset = t->indices[lane];

		if (!t->active[lane])
			continue;
		if (t->index.file == ARG_IMM)
			offset = t->how.zero_extend ? t->index.value :
				 (u64)(s64)(s16)t->index.value;
		else if (!t->how.zero_extend)
			offset = (u64)(s64)(s32)t->indices[lane];

		index = 0;
		for (i = 0; i < 4; i++) {
			u64 va = (base & ~(u64)(size - 1)) + ((offset << shift) + i) * size;

			if (!(t->how.mask >> i & 1))
				continue;
			if (!model_access(t, o, lane, va, index++))
				return;
		}
	}
}

static void put_test(struct gpu *gpu, struct test *t)
{
	const struct asm_memory quad = { .format = 2, .mask = 15, .shift = 2, .zero_extend = true };
	struct code code = { .len = 0 };
	u32 i;
	u32 k;

	for (i = 0; i < THREADS; i++) {
		u64 va = GPU_IN + i * RECORD;

		gpu_put64(gpu, va, t->address[i]);
		gpu_put32(gpu, va + 8, t->indices[i]);
		gpu_put32(gpu, va + 12, t->active[i]);
		for (k = 0; k < 4; k++)
			gpu_put32(gpu, va + 16 + 4 * k, t->load ? BACKGROUND : t->words[i][k]);
	}
	gpu_put64(gpu, GPU_UNIFORM + 32, t->address[0]);

	asm_special(&code, r32(1), 80);
	asm_iadd(&code, &(struct asm_add){ .shift = 1 }, r32(1), imm(0), r32(1));
	asm_load(&code, &quad, r32(2), base_in(), r32(1));
	asm_iadd(&code, NULL, r32(6), r32(1), imm(1));
	asm_load(&code, &quad, r32(8), base_in(), r32(6));
	asm_wait(&code, 0);
	asm_ldimm16(&code, 0, 0);
	asm_icmp(&code, ASM_IF, 8, 1, r32(5), imm(0));
	t->pc = GPU_CODE + code.len;
	if (t->load)
		asm_load(&code, &t->how, t->data, t->base, t->index);
	else
		asm_store(&code, &t->how, t->data, t->base, t->index);
	asm_wait(&code, t->how.slot);
	asm_pop(&code, 1);
	asm_store(&code, &quad, r32(8), base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu->cfg.soft_faults = t->soft;
}

static void pick_how(struct gpu_random *random, struct test *t)
{
	t->load = gpu_random_below(random, 2);
	t->soft = gpu_random_below(random, 2);
	t->how = (struct asm_memory){
		.format = gpu_random_below(random, 3),
		.mask = gpu_random_below(random, 3) ? (2u << gpu_random_below(random, 4)) - 1 :
			gpu_random_below(random, 16),
		.shift = gpu_random_below(random, 4),
		.zero_extend = gpu_random_below(random, 2),
		.coherency = gpu_random_below(random, 4),
		.slot = gpu_random_below(random, 2),
	};
	t->data = t->how.format == 2 || gpu_random_below(random, 2) ? r32(8) : r16(16);
	t->base = gpu_random_below(random, 2) ? r64(2) : u32_(8);
	t->index = gpu_random_below(random, 2) ? r32(4) : imm(gpu_random_below(random, 16));
	if (t->index.file == ARG_IMM && !gpu_random_below(random, 4))
		t->index.value = 0xffff - gpu_random_below(random, 16);
}

/* Addresses that adjoin, coincide, are far apart or have nothing in common. */
static void pick_addresses(struct gpu_random *random, struct test *t)
{
	static const s32 strides[] = { 0, 1, 2, 4, 8, 12, 16, 64, 100, -4, -16 };
	s32 stride = strides[gpu_random_below(random, ARRAY_SIZE(strides))];
	u64 start = ARENA - 32 + gpu_random_below(random, ARENA_SIZE + 64);
	bool scattered = !gpu_random_below(random, 4);
	bool all = gpu_random_below(random, 2);
	u32 i;
	u32 k;

	for (i = 0; i < THREADS; i++) {
		t->address[i] = start + (u64)(s64)(stride * (s32)i);
		t->indices[i] = gpu_random_below(random, 4) ? 0 : 3;
		if (t->base.file == ARG_UNIFORM)
			t->indices[i] = i;
		if (scattered) {
			t->address[i] = ARENA + gpu_random_below(random, ARENA_SIZE);
			t->indices[i] = gpu_random_below(random, 8) - 4;
		}
		t->active[i] = all || gpu_random_below(random, 4);
		for (k = 0; k < 4; k++)
			t->words[i][k] = gpu_random(random);
	}
}

static void check_test(struct gpu *gpu, const struct test *t, const struct outcome *expected)
{
	const struct agx_engine_fault *fault;
	u8 arena[ARENA_SIZE];
	u32 i;
	u32 k;

	if (expected->faulted) {
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
		assert_int_equal(fault->access,
				 t->load ? AGX_ENGINE_SHADER_LOAD : AGX_ENGINE_SHADER_STORE);
		assert_int_equal(fault->va, expected->va);
		assert_int_equal(fault->lane, expected->lane);
		assert_int_equal(fault->size, 1u << t->how.format);
		assert_int_equal(fault->len, 8);
		assert_int_equal(fault->pc, t->pc);
	} else {
		gpu_assert_done(gpu);
	}

	copy_arena(gpu, arena, false);
	assert_memory_equal(arena, expected->arena, ARENA_SIZE);
	if (!t->load || expected->faulted)
		return;
	for (i = 0; i < THREADS; i++) {
		for (k = 0; k < 4; k++)
			assert_int_equal(gpu_get32(gpu, GPU_OUT + RECORD * i + 4 * k),
					 expected->words[i][k]);
	}
}

static void test_random_accesses(void **state)
{
	struct gpu_random random = { 30 };
	static struct outcome outcome;
	static struct test test;
	struct gpu *gpu = *state;
	u32 faults = 0;
	u32 round;
	u32 i;
	u32 k;

	map_arena(gpu);
	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 6000; round++) {
		pick_how(&random, &test);
		pick_addresses(&random, &test);

		memset(&outcome, 0, sizeof(outcome));
		for (i = 0; i < ARENA_SIZE; i++)
			outcome.arena[i] = (u8)gpu_random(&random);
		copy_arena(gpu, outcome.arena, true);
		copy_arena(gpu, outcome.arena, false);
		for (i = 0; i < THREADS; i++) {
			for (k = 0; k < 4; k++)
				outcome.words[i][k] = test.load ? BACKGROUND : test.words[i][k];
		}

		gpu->no_map = round % 2;
		put_test(gpu, &test);
		model(&test, &outcome);
		check_test(gpu, &test, &outcome);
		faults += outcome.faulted;
	}

	/* Both ends are really met. */
	assert_true(faults > 500 && faults < 4000);
}

/* A 32-bit index reaches backwards and far, and neither end of the address space is crossed. */
static void test_far_addresses(void **state)
{
	static const struct {
		u64 base;
		u32 index;
		bool zero_extend;
		u64 va;
	} cases[] = {
		{ GPU_OUT, 5, false, GPU_OUT + 20 },
		{ GPU_OUT + 0x400, (u32)-5, false, GPU_OUT + 0x400 - 20 },
		{ GPU_OUT - 4 * 0xfffffff0ull, 0xfffffff0, true, GPU_OUT },
		{ GPU_OUT + 4 * 0x80000000ull, 0x80000000, false, GPU_OUT },
		{ GPU_OUT + 3, 1, false, GPU_OUT + 4 },
		{ 0xfffffffffffffffcull, 0, false, 0xfffffffffffffffcull },
		{ 0xfffffffffffffffcull, 1, false, 0 },
		{ 0, 0xffffffff, false, 0xfffffffffffffffcull },
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	gpu_setup_1d(gpu, 1, 1);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct asm_memory how = {
			.format = 2, .mask = 1, .zero_extend = cases[i].zero_extend,
		};

		code.len = 0;
		asm_ldimm32(&code, 2, (u32)cases[i].base);
		asm_ldimm32(&code, 3, (u32)(cases[i].base >> 32));
		asm_ldimm32(&code, 4, cases[i].index);
		asm_ldimm32(&code, 5, 0x1000 + i);
		asm_store(&code, &how, r32(5), r64(2), r32(4));
		asm_stop(&code);
		gpu_put_code(gpu, &code);

		if (cases[i].va >= GPU_OUT && cases[i].va < GPU_OUT + GPU_BUFFER) {
			gpu_assert_done(gpu);
			assert_int_equal(gpu_get32(gpu, cases[i].va), 0x1000 + i);
			continue;
		}
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
		assert_int_equal(fault->va, cases[i].va);
	}
}

/* Lanes that store to the same place: the last one is what stays. */
static void test_same_address(void **state)
{
	const struct asm_memory how = { .format = 2, .mask = 1 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 20, 32);
	asm_special(&code, r32(1), 80);
	asm_store(&code, &how, r32(1), base_out(), imm(3));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 12), 19);
}

/* A load that all lanes make from the same place is one access, of its own size. */
static void test_uniform_load(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 32, 32);
	asm_load32(&code, 2, base_in(), imm(9));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	assert_int_equal(gpu->calls[AGX_ENGINE_SHADER_LOAD], 1);
}

/* What a fault says in words. */
static void test_fault_text(void **state)
{
	const struct asm_memory how = { .format = 2, .mask = 1 };
	static const char expected[] =
		"no translation or permission for a shader store of 4 bytes at 0x2000000000, "
		"lane 0, pc 0x11fffac004, shader+0x4: "
		"45 09 24 0c 00 c0 12 00 (store    r1, du2, r1.sx, i32, x, a)";
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 32, 32);
	asm_special(&code, r32(1), 80);
	asm_store(&code, &how, r32(1), base_in(), r32(1));
	gpu_put_code(gpu, &code);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	agx_engine_fault_format(agx_engine_fault(gpu->engine), text, sizeof(text));
	assert_string_equal(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_random_accesses),
		gpu_unit_test(test_far_addresses),
		gpu_unit_test(test_same_address),
		gpu_unit_test(test_uniform_load),
		gpu_unit_test(test_fault_text),
	};

	return cmocka_run_group_tests_name("engine-memory", tests, NULL, NULL);
}
