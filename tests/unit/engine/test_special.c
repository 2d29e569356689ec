// SPDX-License-Identifier: MIT
/*
 * Special registers in grids of one to three dimensions, with whole and with partial workgroups.
 */
#include "test.h"

#include "isa.h"

#define MAX_THREADS 4096

struct grid {
	u32 global[3];
	u32 local[3];
};

/* A thread, by its position in the grid. */
struct thread {
	u32 grid[3];
	u32 group[3];
	u32 in_group[3];
	u32 size[3];
	u32 index;
};

static struct thread thread_at(const struct grid *grid, u32 x, u32 y, u32 z)
{
	struct thread t = { .grid = { x, y, z } };
	u32 i;

	for (i = 0; i < 3; i++) {
		u32 left;

		t.group[i] = t.grid[i] / grid->local[i];
		t.in_group[i] = t.grid[i] % grid->local[i];
		left = grid->global[i] - t.group[i] * grid->local[i];
		t.size[i] = left < grid->local[i] ? left : grid->local[i];
	}
	t.index = t.in_group[0] + t.size[0] * (t.in_group[1] + t.size[1] * t.in_group[2]);
	return t;
}

static u32 min_u32(u32 a, u32 b)
{
	return a < b ? a : b;
}

static u32 model(const struct grid *grid, const struct thread *t, u32 sr)
{
	u32 threads = t->size[0] * t->size[1] * t->size[2];
	u32 lane = t->index % 32;
	u32 lanes = min_u32(threads - (t->index - lane), 32);

	switch (sr) {
	case AGX_ISA_SR_THREADGROUP_X:
	case AGX_ISA_SR_THREADGROUP_Y:
	case AGX_ISA_SR_THREADGROUP_Z:
		return t->group[sr - AGX_ISA_SR_THREADGROUP_X];
	case AGX_ISA_SR_THREADGROUP_SIZE_X:
	case AGX_ISA_SR_THREADGROUP_SIZE_Y:
	case AGX_ISA_SR_THREADGROUP_SIZE_Z:
		return t->size[sr - AGX_ISA_SR_THREADGROUP_SIZE_X];
	case AGX_ISA_SR_DISPATCH_SIZE_X:
	case AGX_ISA_SR_DISPATCH_SIZE_Y:
	case AGX_ISA_SR_DISPATCH_SIZE_Z:
		return grid->local[sr - AGX_ISA_SR_DISPATCH_SIZE_X];
	case AGX_ISA_SR_CORE_INDEX:
		return 5;
	case AGX_ISA_SR_VM_SLOT:
		return 41;
	case AGX_ISA_SR_THREAD_X:
	case AGX_ISA_SR_THREAD_Y:
	case AGX_ISA_SR_THREAD_Z:
		return t->in_group[sr - AGX_ISA_SR_THREAD_X];
	case AGX_ISA_SR_THREAD_INDEX:
		return t->index;
	case AGX_ISA_SR_LANE:
	case AGX_ISA_SR_SIMD_INDEX:
		return lane;
	case AGX_ISA_SR_SIMDGROUP:
		return t->index / 32;
	case AGX_ISA_SR_QUAD_INDEX:
		return lane % 4;
	case AGX_ISA_SR_QUAD_COUNT:
		return min_u32(lanes - lane / 4 * 4, 4);
	case AGX_ISA_SR_SIMD_COUNT:
		return lanes;
	case AGX_ISA_SR_IS_ACTIVE:
		return 1;
	case AGX_ISA_SR_GRID_X:
	case AGX_ISA_SR_GRID_Y:
	case AGX_ISA_SR_GRID_Z:
		return t->grid[sr - AGX_ISA_SR_GRID_X];
	default:
		return 0;
	}
}

/* out[x + X * (y + Y * z)] = special register; both in 32 and in 16 bits. */
static void put_program(struct gpu *gpu, const struct grid *grid, u32 sr)
{
	struct code code = { .len = 0 };

	asm_special(&code, r32(1), 80);
	asm_special(&code, r32(2), 81);
	asm_special(&code, r32(3), 82);
	asm_ldimm32(&code, 4, grid->global[1]);
	asm_ldimm32(&code, 5, grid->global[0]);
	asm_imadd(&code, NULL, r32(6), r32(3), r32(4), r32(2));
	asm_imadd(&code, NULL, r32(6), r32(6), r32(5), r32(1));
	asm_iadd(&code, &(struct asm_add){ .shift = 1 }, r32(7), imm(0), r32(6));
	asm_special(&code, r32(8), sr);
	asm_store32(&code, 8, base_out(), r32(7));
	asm_ldimm32(&code, 9, 0xffffffff);
	asm_special(&code, r16(18), sr);
	asm_iadd(&code, NULL, r32(7), r32(7), imm(1));
	asm_store32(&code, 9, base_out(), r32(7));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
}

static void check_grid(struct gpu *gpu, const struct grid *grid)
{
	u32 total = grid->global[0] * grid->global[1] * grid->global[2];
	u32 sr;
	u32 i;

	gpu->cfg.core_index = 5;
	gpu->cfg.vm_slot = 41;
	for (sr = 0; sr < 256; sr++) {
		if (!agx_isa_special_name(sr))
			continue;
		gpu_setup(gpu, grid->global, grid->local, 0);
		put_program(gpu, grid, sr);
		memset(gpu_at(gpu, GPU_OUT), 0xcc, 8 * (total + 1));
		gpu_assert_done(gpu);

		for (i = 0; i < total; i++) {
			struct thread t = thread_at(grid, i % grid->global[0],
						    i / grid->global[0] % grid->global[1],
						    i / grid->global[0] / grid->global[1]);
			u32 expected = model(grid, &t, sr);

			if (gpu_get32(gpu, GPU_OUT + 8 * i) != expected)
				fail_msg("%s of thread %u is %u and not %u",
					 agx_isa_special_name(sr), i,
					 gpu_get32(gpu, GPU_OUT + 8 * i), expected);
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 8 * i + 4),
					 0xffff0000 | (expected & 0xffff));
		}
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 8 * total), 0xcccccccc);
	}
}

static void test_grids(void **state)
{
	static const struct grid grids[] = {
		{ { 1, 1, 1 }, { 1, 1, 1 } },
		{ { 128, 1, 1 }, { 32, 1, 1 } },
		{ { 100, 1, 1 }, { 64, 1, 1 } },
		{ { 1, 77, 1 }, { 4, 16, 2 } },
		{ { 33, 17, 1 }, { 8, 8, 1 } },
		{ { 7, 6, 5 }, { 4, 4, 4 } },
		{ { 1024, 1, 2 }, { 1024, 1, 1 } },
		{ { 10, 20, 9 }, { 8, 16, 8 } },
		{ { 3, 3, 3 }, { 1, 1, 1 } },
		{ { 5, 5, 70 }, { 2, 2, 64 } },
	};
	struct gpu *gpu = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(grids); i++) {
		assert_true(grids[i].global[0] * grids[i].global[1] * grids[i].global[2] <=
			    MAX_THREADS);
		check_grid(gpu, &grids[i]);
	}
}

/* Active threads are counted, not those that are asleep. */
static void test_active_counts(void **state)
{
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u32 i;

	gpu_setup_1d(gpu, 32, 32);
	asm_special(&code, r32(1), 80);
	asm_bitop(&code, 0x8, r32(2), r32(1), imm(1));
	asm_ldimm16(&code, 0, 0);
	asm_icmp(&code, ASM_IF, 0, 1, r32(2), imm(1));
	asm_special(&code, r32(4), AGX_ISA_SR_SIMD_INDEX);
	asm_special(&code, r32(5), AGX_ISA_SR_SIMD_COUNT);
	asm_special(&code, r32(6), AGX_ISA_SR_QUAD_INDEX);
	asm_special(&code, r32(7), AGX_ISA_SR_QUAD_COUNT);
	asm_iadd(&code, &(struct asm_add){ .shift = 2 }, r32(3), imm(0), r32(1));
	asm_store(&code, &(struct asm_memory){ .format = 2, .mask = 15, .zero_extend = true },
		  r32(4), base_out(), r32(3));
	asm_pop(&code, 1);
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < 32; i++) {
		bool odd = i & 1;

		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), odd ? i / 2 : 0);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 4), odd ? 16 : 0);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 8), odd ? i % 4 / 2 : 0);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 12), odd ? 2 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_grids),
		gpu_unit_test(test_active_counts),
	};

	return cmocka_run_group_tests_name("engine-special", tests, NULL, NULL);
}
