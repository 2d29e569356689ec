// SPDX-License-Identifier: MIT
/*
 * How a command is run: in pieces of any size with the same result, to an end that stays one, and
 * without ever doing much more than it was asked to.
 */
#include "test.h"

/* Loops, divergence, barriers, threadgroup memory, loads and stores, in several launches. */
static void put_workload(struct gpu *gpu)
{
	const u32 global[3] = { 150, 3, 1 };
	const u32 local[3] = { 64, 2, 1 };
	struct code code = { .len = 0 };
	u64 at;
	u32 loop;
	u32 i;

	asm_special(&code, r32(1), 80);
	asm_special(&code, r32(2), 81);
	asm_imadd(&code, NULL, r32(3), r32(2), imm(150), r32(1));
	asm_special(&code, r32(4), 51);
	asm_load32(&code, 5, base_in(), r32(3));
	asm_ldimm16(&code, 0, 0);
	asm_bitop(&code, 0x8, r32(6), r32(5), imm(31));
	loop = code.len;
	asm_imadd(&code, NULL, r32(5), r32(5), imm(77), r32(4));
	asm_icmp(&code, ASM_IF, 1, 1, r32(5), r32(3));
	asm_bitop(&code, 0x6, r32(5), r32(5), imm(0x55));
	asm_icmp(&code, ASM_ELSE, 0, 1, imm(0), imm(0));
	asm_bitfield(&code, ASM_EXTR, 0, r32(5), r32(5), r32(5), imm(5));
	asm_pop(&code, 1);
	asm_iadd(&code, &(struct asm_add){ .negate = true }, r32(6), r32(6), imm(1));
	asm_icmp(&code, ASM_WHILE, 6, 1, r32(6), imm(0));
	asm_jump_any(&code, loop);
	asm_pop(&code, 1);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(7), imm(0), r32(4));
	asm_local_store(&code, 2, 1, r32(5), r16(14));
	asm_barrier(&code);
	asm_bitop(&code, 0x6, r32(7), r32(7), imm(0x84));
	asm_local_load(&code, 2, 1, r32(8), r16(14));
	asm_load32(&code, 9, base_out(), r32(3));
	asm_iadd(&code, NULL, r32(8), r32(8), r32(9));
	asm_store32(&code, 8, base_out(), r32(3));
	asm_stop(&code);

	gpu_setup(gpu, global, local, 1024);
	gpu_put_code(gpu, &code);
	at = gpu_cdm_launch(gpu, GPU_STREAM, GPU_USC, global, local);
	at = gpu_cdm_barrier(gpu, at);
	at = gpu_cdm_launch(gpu, at, GPU_USC, local, global);
	gpu_put32(gpu, at - 12, 32);
	gpu_put32(gpu, at - 8, 2);
	gpu_cdm_terminate(gpu, at);
	for (i = 0; i < 1000; i++)
		gpu_put32(gpu, GPU_IN + 4 * i, 0x9e3779b1u * i);
}

static void test_budgets(void **state)
{
	static const u32 budgets[] = { 1, 2, 3, 7, 50, 1000, 0xffffffff };
	u64 steps = 0;
	u64 hash = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		struct gpu *gpu = gpu_create();

		put_workload(gpu);
		gpu->budget = budgets[i];
		gpu->runs = 0xffffffff;
		gpu_assert_done(gpu);
		assert_true(gpu_get32(gpu, GPU_OUT) != 0);
		if (!i) {
			hash = gpu_hash(gpu);
			steps = agx_engine_steps(gpu->engine);
			assert_true(steps > 2000);
		}
		assert_true(gpu_hash(gpu) == hash);
		assert_int_equal(agx_engine_steps(gpu->engine), steps);
		gpu_destroy(gpu);
	}
}

/* An engine may be moved between two runs: nothing in it points into itself. */
static void test_moved(void **state)
{
	struct gpu *gpu = *state;
	struct agx_engine *other;
	u64 hash;

	put_workload(gpu);
	gpu_assert_done(gpu);
	hash = gpu_hash(gpu);
	memset(gpu_at(gpu, GPU_OUT), 0, GPU_BUFFER);

	gpu_start(gpu);
	gpu->budget = 999;
	gpu->runs = 1;
	while (gpu_continue(gpu) == AGX_ENGINE_RUNNING) {
		other = test_malloc(agx_engine_size());
		memcpy(other, gpu->engine, agx_engine_size());
		memset(gpu->engine, 0xee, agx_engine_size());
		memcpy(gpu->engine, other, agx_engine_size());
		test_free(other);
	}
	assert_int_equal(gpu_continue(gpu), AGX_ENGINE_DONE);
	assert_true(gpu_hash(gpu) == hash);
}

/* The end is the end, whichever it was, until the engine is started again. */
static void test_end_stays(void **state)
{
	struct gpu *gpu = *state;
	struct agx_engine_fault fault;
	u64 steps;

	put_workload(gpu);
	gpu_start(gpu);
	assert_int_equal(agx_engine_run(gpu->engine, 0), AGX_ENGINE_RUNNING);
	assert_int_equal(agx_engine_steps(gpu->engine), 0);
	gpu_assert_done(gpu);
	steps = agx_engine_steps(gpu->engine);
	assert_int_equal(agx_engine_run(gpu->engine, 1000), AGX_ENGINE_DONE);
	assert_int_equal(agx_engine_run(gpu->engine, 0), AGX_ENGINE_DONE);
	assert_int_equal(agx_engine_steps(gpu->engine), steps);
	assert_int_equal(agx_engine_fault(gpu->engine)->kind, AGX_ENGINE_FAULT_NONE);

	gpu_put32(gpu, GPU_STREAM, 0xffffffff);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);
	fault = *agx_engine_fault(gpu->engine);
	assert_int_equal(agx_engine_run(gpu->engine, 1000), AGX_ENGINE_FAULT);
	assert_memory_equal(&fault, agx_engine_fault(gpu->engine), sizeof(fault));

	put_workload(gpu);
	gpu_assert_done(gpu);
	assert_int_equal(agx_engine_fault(gpu->engine)->kind, AGX_ENGINE_FAULT_NONE);
}

/* No step overdraws the budget by more than the interface says. */
static void test_overdraft(void **state)
{
	const struct asm_memory scattered = { .format = 0, .mask = 13, .shift = 2 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 before;
	u64 largest = 0;

	/* Accesses that cannot be joined and fail one by one. */
	asm_special(&code, r32(1), 51);
	asm_imadd(&code, NULL, r32(1), r32(1), imm(255), imm(0));
	asm_imadd(&code, NULL, r32(1), r32(1), imm(255), imm(0));
	asm_load(&code, &scattered, r32(4), u32_(8), r32(1));
	asm_store(&code, &scattered, r32(4), u32_(8), r32(1));
	asm_stop(&code);
	gpu_setup_1d(gpu, 2048, 1024);
	gpu_put_code(gpu, &code);
	gpu->cfg.soft_faults = true;
	gpu_start(gpu);
	do {
		before = agx_engine_steps(gpu->engine);
		if (agx_engine_run(gpu->engine, 1) != AGX_ENGINE_RUNNING)
			break;
		if (agx_engine_steps(gpu->engine) - before > largest)
			largest = agx_engine_steps(gpu->engine) - before;
	} while (before < 1000000);
	assert_int_equal(agx_engine_run(gpu->engine, 1), AGX_ENGINE_DONE);
	assert_between(largest, 100, 200);
}

/* Engines do not share anything. */
static void test_two_engines(void **state)
{
	struct gpu *a = gpu_create();
	struct gpu *b = gpu_create();
	u64 hash;

	put_workload(a);
	gpu_assert_done(a);
	hash = gpu_hash(a);
	memset(gpu_at(a, GPU_OUT), 0, GPU_BUFFER);

	put_workload(b);
	gpu_start(a);
	gpu_start(b);
	a->budget = 100;
	a->runs = 1;
	b->budget = 77;
	b->runs = 1;
	while (gpu_continue(a) == AGX_ENGINE_RUNNING || gpu_continue(b) == AGX_ENGINE_RUNNING)
		;
	a->runs = 100000;
	b->runs = 100000;
	assert_int_equal(gpu_continue(a), AGX_ENGINE_DONE);
	assert_int_equal(gpu_continue(b), AGX_ENGINE_DONE);
	assert_true(gpu_hash(a) == hash);
	assert_true(gpu_hash(b) == hash);
	gpu_destroy(a);
	gpu_destroy(b);
}

static void test_undefined_instruction(void **state)
{
	static const char expected[] =
		"undefined instruction at 0x11fffac006, shader+0x6: "
		"01 02 03 04 05 06 07 08 09 0a 0b 0c";
	const struct agx_engine_fault *fault;
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;

	gpu_setup_1d(gpu, 32, 32);
	gpu_put_hex(gpu, GPU_CODE, "6205efbeadde 0102030405060708090a0b0c");
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_INSN);
	assert_int_equal(fault->pc, GPU_CODE + 6);
	agx_engine_fault_format(fault, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_trap(void **state)
{
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;

	gpu_setup_1d(gpu, 32, 32);
	gpu_put_hex(gpu, GPU_CODE, "3800 0800");
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_TRAP);
	agx_engine_fault_format(agx_engine_fault(gpu->engine), text, sizeof(text));
	assert_string_equal(text, "trap instruction at 0x11fffac002, shader+0x2: 08 00 (trap)");
}

/* What only helper programs have is known, and not executed. */
static void test_helper(void **state)
{
	static const char *const codes[] = { "2820", "20000600", "7558310500c01000",
					     "7530200500c01000" };
	char text[AGX_ENGINE_FAULT_TEXT];
	struct gpu *gpu = *state;
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		gpu_put_hex(gpu, GPU_CODE, codes[i]);
		gpu_assert_fault(gpu, AGX_ENGINE_FAULT_HELPER);
	}
	agx_engine_fault_format(agx_engine_fault(gpu->engine), text, sizeof(text));
	assert_string_equal(text, "instruction of a helper program at 0x11fffac000, shader+0x0: "
				  "75 30 20 05 00 c0 10 00 (unmap    r6, 0, 2)");
}

/* Code may end where memory does, but not run beyond. */
static void test_code_at_the_end(void **state)
{
	const u64 end = (GPU_CODE & ~(GPU_PAGE - 1ull)) + 2 * GPU_PAGE;
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;

	gpu_unmap(gpu, GPU_PRESHADER);
	gpu_setup_1d(gpu, 1, 1);
	gpu_usc_end(gpu, gpu_usc_shader(gpu, GPU_USC, end - 2), 0);
	gpu_put_hex(gpu, end - 2, "8800");
	gpu_assert_done(gpu);

	gpu_put_hex(gpu, end - 2, "3800");
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->va, end);

	/* The first two bytes of six, whatever the failed read of the rest left behind. */
	gpu_put_hex(gpu, end - 2, "7e01");
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->va, end);
	assert_int_equal(fault->size, 4);

	/* The first two bytes of four. */
	gpu_put_hex(gpu, end - 2, "6200");
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->va, end);
	assert_int_equal(fault->pc, end - 2);
}

/* A jump back to itself ends with the caller's patience, at the pace of the budget. */
static void test_endless_loop(void **state)
{
	struct gpu *gpu = *state;

	gpu_setup_1d(gpu, 32, 32);
	gpu_put_hex(gpu, GPU_CODE, "00c000000000");
	gpu->budget = 5000;
	gpu->runs = 4;
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_RUNNING);
	assert_between(agx_engine_steps(gpu->engine), 20000, 20800);
	assert_int_equal(agx_engine_pc(gpu->engine), GPU_CODE);
}

/* A queue whose base is odd can only have its streams faulted. */
static void test_odd_base(void **state)
{
	struct gpu *gpu = *state;

	gpu->cfg.usc_base = GPU_USC_BASE + 1;
	gpu_setup_1d(gpu, 1, 1);
	memmove(gpu_at(gpu, GPU_USC) + 1, gpu_at(gpu, GPU_USC), 64);
	gpu_put_hex(gpu, GPU_CODE + 1, "8800");
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_INSN);
	assert_int_equal(agx_engine_fault(gpu->engine)->va, GPU_CODE + 1);
}

/* Code that was changed is seen by the next launch. */
static void test_changed_code(void **state)
{
	const u32 one[3] = { 1, 1, 1 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 at;

	/* Two launches; the first one's code replaces its own constant. */
	asm_ldimm32(&code, 1, 111);
	asm_store32(&code, 1, base_out(), imm(0));
	asm_ldimm32(&code, 2, 222);
	asm_store(&code, &(struct asm_memory){ .format = 1, .mask = 1 }, r16(4), u32_(8), imm(1));
	asm_stop(&code);
	gpu_setup_1d(gpu, 1, 1);
	gpu_put_code(gpu, &code);
	gpu_put64(gpu, GPU_UNIFORM + 32, GPU_CODE);
	gpu_protect(gpu, GPU_CODE, GPU_READ | GPU_WRITE);
	at = GPU_STREAM;
	at = gpu_cdm_launch(gpu, at, GPU_USC, one, one);
	at = gpu_cdm_launch(gpu, at, GPU_USC, one, one);
	gpu_cdm_terminate(gpu, at);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 222);
}

/* A command can be located before it has begun, and where one of its lanes faulted. */
static void test_locate(void **state)
{
	struct agx_engine_where where;
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 store;
	u32 i;

	asm_special(&code, r32(1), 80);
	asm_ldimm32(&code, 2, 0x12345678);
	store = code.len;
	asm_store32(&code, 2, base_out(), r32(1));
	asm_stop(&code);
	gpu_setup_1d(gpu, 30, 30);
	gpu_put_code(gpu, &code);
	gpu_put64(gpu, GPU_UNIFORM, GPU_OUT + GPU_BUFFER - 5 * 4);
	gpu->cfg.soft_faults = false;

	gpu_start(gpu);
	memset(&where, 0xff, sizeof(where));
	agx_engine_locate(gpu->engine, &where);
	assert_int_equal(where.stream, GPU_STREAM);
	assert_int_equal(where.pc, 0);
	assert_int_equal(where.live, 0);
	for (i = 0; i < AGX_ENGINE_GPRS; i++)
		assert_int_equal(where.gpr[i], 0);

	assert_int_equal(gpu_continue(gpu), AGX_ENGINE_FAULT);
	agx_engine_locate(gpu->engine, &where);
	assert_int_equal(where.stream, GPU_STREAM + 32);
	assert_int_equal(where.pc, GPU_CODE + store);
	assert_int_equal(where.shader, GPU_CODE);
	assert_int_equal(where.lane, 5);
	assert_int_equal(where.live, 0x3fffffff);
	assert_int_equal(where.exec, 0x3fffffff);
	assert_int_equal(where.simd, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(where.group[i], 0);
	assert_int_equal(where.gpr[2] | where.gpr[3] << 16, 5);
	assert_int_equal(where.gpr[4] | where.gpr[5] << 16, 0x12345678);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budgets),
		gpu_unit_test(test_moved),
		gpu_unit_test(test_end_stays),
		gpu_unit_test(test_overdraft),
		cmocka_unit_test(test_two_engines),
		gpu_unit_test(test_undefined_instruction),
		gpu_unit_test(test_trap),
		gpu_unit_test(test_helper),
		gpu_unit_test(test_code_at_the_end),
		gpu_unit_test(test_endless_loop),
		gpu_unit_test(test_odd_base),
		gpu_unit_test(test_changed_code),
		gpu_unit_test(test_locate),
	};

	return cmocka_run_group_tests_name("engine-run", tests, NULL, NULL);
}
