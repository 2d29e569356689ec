// SPDX-License-Identifier: MIT
/*
 * Whole shaders: handwritten ones, and what Mesa compiles simple kernels to.
 */
#include "test.h"

/* A job, byte for byte as it was seen on its way to the GPU. */
static void put_job(struct gpu *gpu, const char *code)
{
	gpu_put_hex(gpu, GPU_CODE, code);
	gpu_put_hex(gpu, GPU_USC,
		    "1d 00 40 00 c4 f6 ff 2f 4d 90 00 00 0d 0c 00 c0 fa ff 8d 01 00 01 88 00");
	gpu_put_hex(gpu, GPU_STREAM,
		    "12 10 00 00 00 80 f8 ff 01 00 00 00 01 00 00 00 01 00 00 00"
		    "01 00 00 00 01 00 00 00 01 00 00 00 ff ff 0f 60 00 00 00 40 00 00 00 00");
	gpu_put64(gpu, GPU_UNIFORM, GPU_OUT);
}

static void test_store_constant(void **state)
{
	struct gpu *gpu = *state;

	put_job(gpu, "6201efbeadde 4501000d00c01200 8800 0800");
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 0xdeadbeef);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0);
	assert_int_equal(gpu->calls[AGX_ENGINE_SHADER_STORE], 1);
}

static void test_load_add_store(void **state)
{
	struct gpu *gpu = *state;

	put_job(gpu, "0501000d00c03200 3800 0e01402664000000 4501200d00c01200 8800 0800");
	gpu_put32(gpu, GPU_OUT, 0xfffffff0);
	gpu_put32(gpu, GPU_OUT + 4, 0x123);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 8), 0x113);
}

/* Ends when somebody else changes what it waits for. */
static void test_spin(void **state)
{
	struct gpu *gpu = *state;

	put_job(gpu,
		"62000000 0509000d00f01200 3800 520c42421800 00c0f0ffffff 520e00000000 8800");

	/* u2, the third word, is what it compares with. */
	gpu_put_hex(gpu, GPU_USC, "1d 00 80 00 c4 f6 ff 2f");
	gpu_put32(gpu, GPU_UNIFORM + 8, 77);
	gpu_put32(gpu, GPU_OUT, 77);
	gpu->runs = 20;
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_RUNNING);
	assert_true(agx_engine_pc(gpu->engine) >= GPU_CODE);
	assert_true(agx_engine_steps(gpu->engine) >= 20ull * gpu->budget);

	gpu_put32(gpu, GPU_OUT, 78);
	assert_int_equal(gpu_continue(gpu), AGX_ENGINE_DONE);
	assert_int_equal(agx_engine_pc(gpu->engine), 0);
}

static void test_thread_index(void **state)
{
	struct gpu *gpu = *state;
	u32 i;

	put_job(gpu, "72011004 4501000e00c01200 8800 0800");
	gpu_put32(gpu, GPU_STREAM + 8, 4096);
	gpu_put32(gpu, GPU_STREAM + 20, 64);
	gpu_put32(gpu, GPU_OUT + 4 * 4096, 0x55);
	gpu_assert_done(gpu);
	for (i = 0; i < 4096; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * 4096), 0x55);

	/* A store for each SIMD group, not for each thread. */
	assert_int_equal(gpu->calls[AGX_ENGINE_SHADER_STORE], 4096 / 32);
}

static void test_stop_alone(void **state)
{
	struct gpu *gpu = *state;
	u64 before;

	put_job(gpu, "8800 0800");
	before = gpu_hash(gpu);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_hash(gpu), before);
}

/* What Honeykrisp makes of a compute shader, with a pointer to its root table in u0_u1. */
#define ROOT		GPU_IN
#define ROOT_PUSH	(ROOT + 61 * 8)
#define ROOT_GROUP	(ROOT + 5 * 16)

static void put_compiled(struct gpu *gpu, const char *preshader, const char *code)
{
	u64 at = GPU_USC;

	gpu_put64(gpu, GPU_UNIFORM, ROOT);
	gpu_put64(gpu, ROOT_PUSH, GPU_OUT);
	gpu_put_hex(gpu, GPU_PRESHADER + 0x80, preshader);
	gpu_put_hex(gpu, GPU_CODE, code);

	at = gpu_usc_uniform(gpu, at, 0, 4, GPU_UNIFORM);
	at = gpu_usc_shared(gpu, at, 0);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, GPU_PRESHADER + 0x80);
}

static void put_launch(struct gpu *gpu, u32 global, u32 local)
{
	const u32 globals[3] = { global, 1, 1 };
	const u32 locals[3] = { local, 1, 1 };
	u64 at;

	at = gpu_cdm_launch(gpu, GPU_STREAM, GPU_USC, globals, locals);
	at = gpu_cdm_barrier(gpu, at);
	gpu_cdm_terminate(gpu, at);
}

static void test_compiled_store(void **state)
{
	struct gpu *gpu = *state;
	u64 at;

	/* Its constant comes as a uniform of its own, and there is no preshader. */
	put_compiled(gpu, "", "0501d00d03c43200 6209efbeadde 3800 4511004500c01200 8800");
	at = gpu_usc_uniform(gpu, GPU_USC, 0, 4, GPU_UNIFORM);
	at = gpu_usc_uniform(gpu, at, 4, 2, GPU_UNIFORM + 64);
	at = gpu_usc_shared(gpu, at, 0);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);
	put_launch(gpu, 1, 1);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 0xdeadbeef);
}

static void test_compiled_thread_index(void **state)
{
	struct gpu *gpu = *state;
	u32 i;

	put_compiled(gpu,
		     "0501d00d03c43200 3800 c500403d0080f000 0501500d00c87200 3800"
		     "2e0100002c050000 c500803d00803000 8800",
		     "f2011004 0e01c08658000000 4501040c00c01200 8800");
	gpu_put32(gpu, ROOT_GROUP, 3);
	put_launch(gpu, 128, 32);
	gpu_assert_done(gpu);

	/* The root table says that the first workgroup, of 32 threads, is number 3. */
	for (i = 0; i < 256; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), i >= 96 && i < 224 ? i : 0);
}

static void test_compiled_add(void **state)
{
	struct gpu *gpu = *state;

	put_compiled(gpu,
		     "0501d00d03c47200 3800 7e11400a8000 7e15420a8000 c520403d0080f000"
		     "c510803d00803000 c500c03d0080f000 8800",
		     "05010c0d00c03200 3800 8e0588256c000000 0e01c0266c000000"
		     "45011c0d00c41200 8800");
	gpu_put32(gpu, ROOT_PUSH + 8, 1000);
	gpu_put32(gpu, GPU_OUT, 17);
	gpu_put32(gpu, GPU_OUT + 4, 0xffffffff);
	put_launch(gpu, 4, 1);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 8), 1016);
}

/* The loop sample in C, from its listing. */
static u32 model_loop(const u32 *data, u32 thread)
{
	u32 bound = data[100 + thread];
	u32 sum = 0;
	u32 i;

	for (i = 0; i < bound; i++) {
		sum += data[200 + (i ^ thread)];
		if ((sum & 7) != 3)
			sum *= 3;
	}
	return sum;
}

static void test_compiled_loop(void **state)
{
	struct gpu *gpu = *state;
	struct gpu_random random = { 1 };
	u32 data[1024];
	u32 i;

	put_compiled(gpu,
		     "0501d00d03c43200 3800 c500403d0080f000 8800",
		     "72053000 62000000 620900000000 620d00000000 0e11242064040000"
		     "0521840c00c01200 3800 522c84822400 fe11842a6400 0e110880640c0000"
		     "0521840c00c01200 3800 8e0d468664000000 8e118666e8000000 fe1586728000"
		     "120d4a3200468004 0e09441600000000 00c0aaffffff 520e00000000"
		     "4519240c00c01200 8800");
	/* Bounds that differ, and one thread that does not enter the loop at all. */
	for (i = 0; i < 1024; i++)
		data[i] = gpu_random(&random);
	for (i = 1; i < 64; i++)
		data[100 + i] = gpu_random_below(&random, 200);
	data[100] = 0;
	for (i = 0; i < 1024; i++)
		gpu_put32(gpu, GPU_OUT + 4 * i, data[i]);

	put_launch(gpu, 64, 64);
	gpu_assert_done(gpu);
	for (i = 0; i < 64; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i), model_loop(data, i));
}

static void test_compiled_spin(void **state)
{
	struct gpu *gpu = *state;

	put_compiled(gpu,
		     "0501d00d03c47200 3800 c510403d00803000 c500803d0080f000 8800",
		     "62000000 620500000000 0511080d00f01200 3800 520c44421800 0e05421600000000"
		     "00c0e8ffffff 520e00000000 4509180d00f01200 8800");
	gpu_put32(gpu, ROOT_PUSH + 8, 5);
	gpu_put32(gpu, GPU_OUT, 5);
	put_launch(gpu, 1, 1);
	gpu->runs = 5;
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_RUNNING);
	gpu_put32(gpu, GPU_OUT, 6);
	assert_int_equal(gpu_continue(gpu), AGX_ENGINE_DONE);
	assert_true(gpu_get32(gpu, GPU_OUT + 4) > 1000);
}

/* A GL compute shader with a shared array: out[i] = 3 * out[mirrored in the workgroup] + i. */
static void test_compiled_shared(void **state)
{
	struct gpu *gpu = *state;
	u64 at = GPU_USC;
	u32 i;

	gpu_put64(gpu, GPU_UNIFORM, GPU_OUT);
	gpu_put_hex(gpu, GPU_CODE,
		    "f2013000 0e05000068001000 f2091004 0519400e00c01200 3800 298d020214000000"
		    "8e0100086c000000 0e013c006c041000 6800 6981000214000000 1e01c03600440600"
		    "4501400e00c01200 8800");
	at = gpu_usc_uniform(gpu, at, 0, 4, GPU_UNIFORM);
	at = gpu_usc_shared(gpu, at, 128);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);
	put_launch(gpu, 96, 32);
	for (i = 0; i < 96; i++)
		gpu_put32(gpu, GPU_OUT + 4 * i, 1000 * i);
	gpu_assert_done(gpu);
	for (i = 0; i < 96; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4 * i),
				 3 * 1000 * ((i & ~31u) + 31 - (i & 31)) + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_store_constant),
		gpu_unit_test(test_load_add_store),
		gpu_unit_test(test_spin),
		gpu_unit_test(test_thread_index),
		gpu_unit_test(test_stop_alone),
		gpu_unit_test(test_compiled_store),
		gpu_unit_test(test_compiled_thread_index),
		gpu_unit_test(test_compiled_add),
		gpu_unit_test(test_compiled_loop),
		gpu_unit_test(test_compiled_spin),
		gpu_unit_test(test_compiled_shared),
	};

	return cmocka_run_group_tests_name("engine-shaders", tests, NULL, NULL);
}
