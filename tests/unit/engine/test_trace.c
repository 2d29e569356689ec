// SPDX-License-Identifier: MIT
/*
 * What a listener is told of instructions.
 */
#include "test.h"

#include <stdlib.h>

/* What has been told. */
struct listener {
	struct agx_engine_trace step[512];
	u32 count;
};

static struct listener listener;

static void listen(void *ctx, const struct agx_engine_trace *trace)
{
	if (listener.count == ARRAY_SIZE(listener.step))
		fail_msg("more instructions than expected");
	listener.step[listener.count++] = *trace;
}

static enum agx_engine_status run(struct gpu *gpu, u32 lane)
{
	listener.count = 0;
	gpu_start(gpu);
	agx_engine_set_trace(gpu->engine, listen, lane);
	return gpu_continue(gpu);
}

static void check_step(u32 i, u64 pc, u32 exec, const char *text, const char *sources,
		       const char *results)
{
	const struct agx_engine_trace *step = &listener.step[i];

	assert_true(i < listener.count);
	assert_string_equal(step->text, text);
	assert_string_equal(step->sources, sources);
	assert_string_equal(step->results, results);
	assert_int_equal(step->pc, pc);
	assert_int_equal(step->exec, exec);
	assert_int_equal(step->stream, GPU_STREAM);
	assert_int_equal(step->shader, GPU_CODE);
}

/* Lanes from 4 on are not active within the condition. */
static void put_program(struct gpu *gpu, u32 *at)
{
	const struct asm_memory pair = { .format = 2, .mask = 3 };
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 40, 40);
	gpu_put32(gpu, GPU_IN, 0x11111111);
	gpu_put32(gpu, GPU_IN + 4, 0x22222222);
	gpu_put32(gpu, GPU_UNIFORM + 4 * 5, 77);

	at[0] = code.len;
	asm_special(&code, r16(3), 52);
	at[1] = code.len;
	asm_ldimm16(&code, 0, 0);
	at[2] = code.len;
	asm_icmp(&code, ASM_IF, 1, 1, r16(3), imm(4));
	at[3] = code.len;
	asm_iadd(&code, NULL, r64(2), r16(3), u32_(5));
	at[4] = code.len;
	asm_load(&code, &pair, r32(6), base_in(), imm(0));
	at[5] = code.len;
	asm_pop(&code, 1);
	at[6] = code.len;
	asm_stop(&code);
	gpu_put_code(gpu, &code);
}

static void test_values(void **state)
{
	struct gpu *gpu = *state;
	u32 at[7];
	u32 i;

	put_program(gpu, at);
	assert_int_equal(run(gpu, 3), AGX_ENGINE_DONE);
	assert_int_equal(listener.count, 2 * 7);
	for (i = 0; i < listener.count; i++) {
		assert_int_equal(listener.step[i].lane, 3);
		assert_int_equal(listener.step[i].simd, i / 7);
		assert_int_equal(listener.step[i].group[0], 0);
		assert_false(listener.step[i].preshader);
		assert_false(listener.step[i].faulted);
	}
	check_step(0, GPU_CODE + at[0], ~0u, "mov      r1h, thread_index_in_simdgroup", "",
		   "r1h=0x3");
	check_step(1, GPU_CODE + at[1], ~0u, "ldimm    r0l, 0", "", "r0l=0x0");
	check_step(2, GPU_CODE + at[2], ~0u, "if       r1h, 4, 1, ult", "r0l=0x0 r1h=0x3",
		   "r0l=0x0");
	check_step(3, GPU_CODE + at[3], 0xf, "iadd     dr2, r1h, u5", "r1h=0x3 u5=0x4d",
		   "dr2=0x50");
	check_step(4, GPU_CODE + at[4], 0xf, "load     r6_r7, du2, 0, i32, xy, a",
		   "du2=0x2000000000", "r6=0x11111111 r7=0x22222222");
	check_step(5, GPU_CODE + at[5], 0xf, "pop_exec 1", "r0l=0x0", "r0l=0x0");
	check_step(6, GPU_CODE + at[6], ~0u, "stop", "", "");
	/* The second SIMD group has eight threads. */
	check_step(7, GPU_CODE + at[0], 0xff, "mov      r1h, thread_index_in_simdgroup", "",
		   "r1h=0x3");

	assert_int_equal(run(gpu, 5), AGX_ENGINE_DONE);
	check_step(2, GPU_CODE + at[2], ~0u, "if       r1h, 4, 1, ult", "r0l=0x0 r1h=0x5",
		   "r0l=0x1");
	check_step(3, GPU_CODE + at[3], 0xf, "iadd     dr2, r1h, u5", "r1h=0x5 u5=0x4d",
		   "dr2=0x0");
	check_step(5, GPU_CODE + at[5], 0xf, "pop_exec 1", "r0l=0x1", "r0l=0x0");
}

/* Without a lane of one's own the first active one is shown. */
static void test_active(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };

	gpu_setup_1d(gpu, 32, 32);
	asm_special(&code, r32(1), 52);
	asm_ldimm16(&code, 0, 0);
	asm_icmp(&code, ASM_IF, 2, 1, r32(1), imm(6));
	asm_bitop(&code, 10, r32(2), r32(1), imm(0));
	asm_pop(&code, 1);
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	assert_int_equal(run(gpu, AGX_ENGINE_TRACE_ACTIVE), AGX_ENGINE_DONE);
	assert_int_equal(listener.step[2].lane, 0);
	assert_int_equal(listener.step[3].lane, 7);
	assert_string_equal(listener.step[3].results, "r2=0x7");
	assert_int_equal(listener.step[5].lane, 0);
}

/* The last instruction that is told of is the one that faults, with what it reads. */
static void test_fault(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	const struct agx_engine_trace *last;

	gpu_setup_1d(gpu, 1, 1);
	asm_ldimm32(&code, 1, 0x1234);
	asm_store32(&code, 1, base_in(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	assert_int_equal(run(gpu, 0), AGX_ENGINE_FAULT);
	assert_int_equal(listener.count, 2);
	last = &listener.step[1];
	assert_true(last->faulted);
	assert_string_equal(last->sources, "r1=0x1234 du2=0x2000000000 r1=0x1234");
	assert_string_equal(last->results, "");
	assert_false(listener.step[0].faulted);
}

static void test_preshader(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 at = GPU_USC;

	gpu_setup_1d(gpu, 1, 1);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, GPU_PRESHADER);
	asm_ldimm32(&code, 1, 0x8765);
	asm_uniform_store(&code, 10, 2, 2);
	asm_stop(&code);
	gpu_put(gpu, GPU_PRESHADER, code.bytes, code.len);
	code.len = 0;
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	assert_int_equal(run(gpu, 0), AGX_ENGINE_DONE);
	assert_int_equal(listener.count, 4);
	assert_true(listener.step[1].preshader);
	assert_true(listener.step[1].shader == GPU_PRESHADER);
	assert_string_equal(listener.step[1].text, "mov      u5, r1");
	assert_string_equal(listener.step[1].results, "u5l=0x8765 u5h=0x0");
	assert_false(listener.step[3].preshader);
	assert_true(listener.step[3].shader == GPU_CODE);
}

/* Nothing but the listener notices, and starting anew forgets it. */
static void test_silence(void **state)
{
	struct gpu *gpu = *state;
	u64 steps;
	u64 hash;
	u32 at[7];

	put_program(gpu, at);
	assert_int_equal(run(gpu, 3), AGX_ENGINE_DONE);
	steps = agx_engine_steps(gpu->engine);
	hash = gpu_hash(gpu);
	listener.count = 0;
	gpu_assert_done(gpu);
	assert_int_equal(listener.count, 0);
	assert_int_equal(agx_engine_steps(gpu->engine), steps);
	assert_int_equal(gpu_hash(gpu), hash);
}

/* Helpers tell of their instructions too. */
static void test_helper(void **state)
{
	struct gpu *gpu = *state;
	struct agx_engine *helper = malloc(agx_engine_size());
	struct code code = { .len = 0 };

	assert_non_null(helper);
	agx_engine_init(helper);
	gpu_setup_1d(gpu, 64, 32);
	asm_stop(&code);
	gpu_put_code(gpu, &code);

	listener.count = 0;
	gpu_start(gpu);
	agx_engine_set_trace(gpu->engine, listen, 0);
	while (!agx_engine_split(gpu->engine, helper, 2, gpu, NULL))
		assert_int_equal(agx_engine_run(gpu->engine, 1), AGX_ENGINE_RUNNING);
	assert_int_equal(agx_engine_run(helper, 100), AGX_ENGINE_DONE);
	agx_engine_join(gpu->engine, helper);
	assert_int_equal(gpu_continue(gpu), AGX_ENGINE_DONE);
	assert_int_equal(listener.count, 2);
	assert_int_equal(listener.step[0].group[0] + listener.step[1].group[0], 1);
	free(helper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_values),
		gpu_unit_test(test_active),
		gpu_unit_test(test_fault),
		gpu_unit_test(test_preshader),
		gpu_unit_test(test_silence),
		gpu_unit_test(test_helper),
	};

	return cmocka_run_group_tests_name("engine-trace", tests, NULL, NULL);
}
