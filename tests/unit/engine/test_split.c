// SPDX-License-Identifier: MIT
/*
 * Launches whose workgroups are run by several engines.
 */
#include "test.h"

#include <stdlib.h>

#include "isa.h"

#define HELPERS		3
#define STACK		(64 * 1024)

/* Engines that help, and whether each of them is doing so. */
struct team {
	struct gpu *gpu;
	struct agx_engine *engine[HELPERS];
	void *stack[HELPERS];
	bool busy[HELPERS];

	/* How often one of them got something to do. */
	u32 splits;
};

static void team_create(struct team *team, struct gpu *gpu)
{
	u32 i;

	*team = (struct team){ .gpu = gpu };
	gpu_set_stack(gpu, STACK);
	for (i = 0; i < HELPERS; i++) {
		team->engine[i] = malloc(agx_engine_size());
		team->stack[i] = malloc(STACK);
		assert_non_null(team->engine[i]);
		assert_non_null(team->stack[i]);
		memset(team->engine[i], 0x5a, agx_engine_size());
		agx_engine_init(team->engine[i]);
		memset(team->stack[i], 0x5a, STACK);
	}
}

static void team_destroy(struct team *team)
{
	u32 i;

	for (i = 0; i < HELPERS; i++) {
		free(team->engine[i]);
		free(team->stack[i]);
	}
}

static void team_step(struct team *team, struct gpu_random *random, u32 i)
{
	struct agx_engine *e = team->gpu->engine;

	if (!team->busy[i]) {
		team->busy[i] = agx_engine_split(e, team->engine[i], HELPERS + 1, team->gpu,
						 team->stack[i]);
		team->splits += team->busy[i];
		return;
	}
	if (agx_engine_run(team->engine[i], gpu_random_below(random, 400)) == AGX_ENGINE_RUNNING)
		return;
	agx_engine_join(e, team->engine[i]);
	team->busy[i] = false;
}

/* Runs a command with helpers, in turns that are left to chance. */
static enum agx_engine_status team_run(struct team *team, struct gpu_random *random)
{
	struct agx_engine *e = team->gpu->engine;
	enum agx_engine_status status = AGX_ENGINE_RUNNING;

	gpu_start(team->gpu);
	while (status == AGX_ENGINE_RUNNING || status == AGX_ENGINE_WAITING) {
		u32 who = gpu_random_below(random, HELPERS + 1);

		if (who < HELPERS)
			team_step(team, random, who);
		status = agx_engine_run(e, who < HELPERS ? 0 : gpu_random_below(random, 400));
	}
	return status;
}

/*
 * Each thread adds 1 to a counter of its own, and to that what only its own workgroup can have
 * left: in uniforms, in the stack, in threadgroup memory and in registers.
 */
static void emit_count(struct code *code)
{
	const struct asm_memory word = { .format = 2, .mask = 1 };
	const struct asm_atomic add = { .op = AGX_ISA_ATOMIC_ADD };

	/* r1 = x + 64 * (y + 64 * z) */
	asm_special(code, r32(1), 80);
	asm_special(code, r32(2), 81);
	asm_special(code, r32(3), 82);
	asm_imadd(code, NULL, r32(2), r32(3), imm(64), r32(2));
	asm_imadd(code, NULL, r32(1), r32(2), imm(64), r32(1));
	asm_stack_adjust(code, 4);
	asm_stack_load(code, &word, r32(4), imm(8));
	asm_iadd(code, NULL, r32(4), r32(4), u32_(100));
	asm_iadd(code, NULL, r32(4), r32(4), r32(9));
	asm_special(code, r32(5), 51);
	asm_iadd(code, &(struct asm_add){ .shift = 2 }, r32(5), imm(0), r32(5));
	asm_local_load(code, 2, 1, r32(6), r16(10));
	asm_iadd(code, NULL, r32(4), r32(4), r32(6));
	asm_iadd(code, NULL, r32(4), r32(4), imm(1));
	asm_atomic(code, &add, r32(0), r32(4), base_out(), r32(1));
	asm_barrier(code);
	asm_ldimm32(code, 9, 5);
	asm_stack_store(code, &word, r32(9), imm(8));
	asm_local_store(code, 2, 1, r32(9), r16(10));
	asm_uniform_store(code, 200, 18, 2);
	asm_stop(code);
}

static void check_grid(struct team *team, struct gpu_random *random, const u32 *global,
		       const u32 *local)
{
	struct code code = { .len = 0 };
	u32 x, y, z;

	memset(gpu_at(team->gpu, GPU_OUT), 0, GPU_BUFFER);
	gpu_setup(team->gpu, global, local, 4096);
	emit_count(&code);
	gpu_put_code(team->gpu, &code);
	assert_int_equal(team_run(team, random), AGX_ENGINE_DONE);

	for (z = 0; z < 16; z++) {
		for (y = 0; y < 64; y++) {
			for (x = 0; x < 64; x++) {
				bool inside = x < global[0] && y < global[1] && z < global[2];
				u32 got = gpu_get32(team->gpu,
						    GPU_OUT + 4 * (x + 64 * (y + 64 * z)));

				if (got != inside)
					fail_msg("thread %u,%u,%u: %u", x, y, z, got);
			}
		}
	}
}

static void test_grids(void **state)
{
	static const u32 grids[][2][3] = {
		{ { 64, 64, 16 }, { 1, 1, 1 } },
		{ { 64, 1, 1 }, { 3, 1, 1 } },
		{ { 1, 64, 1 }, { 1, 1, 1 } },
		{ { 1, 1, 16 }, { 1, 1, 1 } },
		{ { 61, 7, 5 }, { 4, 2, 3 } },
		{ { 64, 64, 16 }, { 64, 16, 1 } },
		{ { 64, 16, 1 }, { 64, 16, 1 } },
	};
	struct gpu_random random = { 60 };
	struct team team;
	u32 round;
	u32 i;

	team_create(&team, *state);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < ARRAY_SIZE(grids); i++)
			check_grid(&team, &random, grids[i][0], grids[i][1]);
	}
	assert_true(team.splits > 100);
	team_destroy(&team);
}

/*
 * What comes behind a launch waits for all of it: each thread counts the launches that it was part
 * of, and all threads together how many have come to their end.
 */
static void emit_ordered(struct code *code)
{
	const struct asm_atomic count = { .op = AGX_ISA_ATOMIC_ADD };
	const struct asm_atomic note = { .op = AGX_ISA_ATOMIC_OR };

	asm_special(code, r32(1), 80);
	asm_iadd(code, NULL, r32(1), r32(1), imm(2));
	asm_load32(code, 2, base_out(), r32(1));
	asm_load32(code, 3, base_out(), imm(0));
	asm_bitfield(code, ASM_BFEIL, 0, r32(3), imm(0), r32(3), imm(12));
	asm_bitop(code, 6, r32(3), r32(3), r32(2));
	asm_atomic(code, &note, r32(0), r32(3), base_out(), imm(1));
	asm_iadd(code, NULL, r32(2), r32(2), imm(1));
	asm_store32(code, 2, base_out(), r32(1));
	asm_ldimm32(code, 4, 1);
	asm_atomic(code, &count, r32(0), r32(4), base_out(), imm(0));
	asm_stop(code);
}

static void test_order(void **state)
{
	const u32 global[3] = { 4096, 1, 1 };
	const u32 local[3] = { 32, 1, 1 };
	struct gpu_random random = { 61 };
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	struct team team;
	u64 at = GPU_STREAM;
	u32 i;

	team_create(&team, gpu);
	gpu_setup(gpu, global, local, 0);
	for (i = 0; i < 5; i++)
		at = gpu_cdm_launch(gpu, at, GPU_USC, global, local);
	gpu_cdm_terminate(gpu, at);
	emit_ordered(&code);
	gpu_put_code(gpu, &code);
	assert_int_equal(team_run(&team, &random), AGX_ENGINE_DONE);

	assert_int_equal(gpu_get32(gpu, GPU_OUT), 5 * 4096);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0);
	for (i = 0; i < 4096; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 8 + 4 * i), 5);
	assert_true(team.splits > 5);
	team_destroy(&team);
}

/* Whichever engine runs into it, a fault is that of the command, and is located. */
static void test_fault(void **state)
{
	struct gpu_random random = { 62 };
	struct gpu *gpu = *state;
	struct agx_engine_where where;
	const struct agx_engine_fault *fault;
	struct code code = { .len = 0 };
	struct team team;
	bool helped = false;
	u32 round;
	u32 at;

	team_create(&team, gpu);
	gpu_setup_1d(gpu, 3200, 32);
	asm_special(&code, r32(1), 80);
	asm_ldimm16(&code, 0, 0);
	asm_ldimm32(&code, 2, 2000);
	asm_icmp(&code, ASM_IF, 0, 1, r32(1), r32(2));
	at = code.len;
	asm_store32(&code, 1, base_in(), imm(1));
	asm_pop(&code, 1);
	asm_stop(&code);
	gpu_put_code(gpu, &code);

	for (round = 0; round < 20; round++) {
		assert_int_equal(team_run(&team, &random), AGX_ENGINE_FAULT);
		fault = agx_engine_fault(gpu->engine);
		assert_int_equal(fault->kind, AGX_ENGINE_FAULT_UNMAPPED);
		assert_int_equal(fault->va, GPU_IN + 4);
		assert_int_equal(fault->pc, GPU_CODE + at);
		assert_int_equal(fault->lane, 2000 % 32);
		agx_engine_locate(gpu->engine, &where);
		assert_int_equal(where.pc, GPU_CODE + at);
		assert_int_equal(where.group[0], 2000 / 32);
		assert_int_equal(where.lane, 2000 % 32);
		assert_int_equal(where.exec, 1u << 2000 % 32);
		assert_int_equal(where.gpr[2], 2000);
		helped |= agx_engine_fault(team.engine[0])->kind == AGX_ENGINE_FAULT_UNMAPPED;
		memset(team.busy, 0, sizeof(team.busy));
	}
	assert_true(helped);
	team_destroy(&team);
}

/* There is nothing to share in a stream, a preshader or the last workgroup. */
static void test_nothing(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 at = GPU_USC;
	struct team team;
	u32 i;

	team_create(&team, gpu);
	gpu_setup_1d(gpu, 1, 1);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, GPU_PRESHADER);
	for (i = 0; i < 20; i++)
		asm_wait(&code, 0);
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_put(gpu, GPU_PRESHADER, code.bytes, code.len);

	gpu_start(gpu);
	while (agx_engine_run(gpu->engine, 1) == AGX_ENGINE_RUNNING) {
		u64 pc = agx_engine_pc(gpu->engine);

		/* Between preshader and workgroup the latter may go to a helper. */
		if (pc)
			assert_false(agx_engine_split(gpu->engine, team.engine[0], 2, gpu, NULL));
	}
	team_destroy(&team);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_grids),
		gpu_unit_test(test_order),
		gpu_unit_test(test_fault),
		gpu_unit_test(test_nothing),
	};

	return cmocka_run_group_tests_name("engine-split", tests, NULL, NULL);
}
