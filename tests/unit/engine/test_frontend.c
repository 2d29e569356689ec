// SPDX-License-Identifier: MIT
/*
 * Streams and USC words: all that is valid, and all that is not.
 */
#include "test.h"

static const u32 one[3] = { 1, 1, 1 };

/* out[0] += u4; the launches of a stream leave a sum, and their order in out[1]. */
static void put_sum(struct gpu *gpu)
{
	struct code code = { .len = 0 };

	asm_load32(&code, 1, base_out(), imm(0));
	asm_iadd(&code, NULL, r32(1), r32(1), u32_(4));
	asm_store32(&code, 1, base_out(), imm(0));
	asm_load32(&code, 2, base_out(), imm(1));
	asm_iadd(&code, &(struct asm_add){ .shift = 4 }, r32(2), u32_(4), r32(2));
	asm_store32(&code, 2, base_out(), imm(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
}

/* Words for a launch whose u4 is @value; each has 64 bytes and data of its own. */
static u64 sum_words(struct gpu *gpu, u32 value)
{
	u64 words = GPU_USC + 64 * value;
	u64 data = GPU_UNIFORM + 32 * value;
	u64 at;

	gpu_put64(gpu, data, GPU_OUT);
	gpu_put32(gpu, data + 16, value);
	at = gpu_usc_uniform(gpu, words, 0, 10, data);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);
	return words;
}

static u64 launch(struct gpu *gpu, u64 at, u32 value)
{
	return gpu_cdm_launch(gpu, at, sum_words(gpu, value), one, one);
}

static void test_several_launches(void **state)
{
	struct gpu *gpu = *state;
	u64 at = GPU_STREAM;

	put_sum(gpu);
	at = launch(gpu, at, 1);
	at = gpu_cdm_barrier(gpu, at);
	at = launch(gpu, at, 2);
	at = launch(gpu, at, 3);
	gpu_cdm_terminate(gpu, at);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 6);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0x123);
}

static void test_links(void **state)
{
	struct gpu *gpu = *state;
	u64 chunk = GPU_STREAM + 0x1000;
	u64 at;

	put_sum(gpu);
	at = launch(gpu, GPU_STREAM, 1);
	gpu_cdm_link(gpu, at, chunk, false);
	at = launch(gpu, chunk, 2);
	at = gpu_cdm_barrier(gpu, at);
	gpu_cdm_link(gpu, at, chunk + 0x100, false);
	at = launch(gpu, chunk + 0x100, 3);
	gpu_cdm_terminate(gpu, at);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0x123);
}

/* Chunk number @depth runs a launch, the next chunk, and its launch again. */
static void put_nested(struct gpu *gpu, u32 depth, bool barrier_returns)
{
	u64 at = GPU_STREAM;
	u32 i;

	for (i = 0; i <= depth; i++) {
		u64 next = GPU_STREAM + 0x100 * (i + 1);

		at = launch(gpu, GPU_STREAM + 0x100 * i, i + 1);
		if (i < depth)
			at = gpu_cdm_link(gpu, at, next, true);
		at = launch(gpu, at, i + 1);
		if (!i)
			gpu_cdm_terminate(gpu, at);
		else if (barrier_returns)
			gpu_put32(gpu, at, 0x680fffff);
		else
			gpu_cdm_return(gpu, at);
	}
}

static void test_links_with_return(void **state)
{
	struct gpu *gpu = *state;
	u32 kind;

	put_sum(gpu);
	for (kind = 0; kind < 2; kind++) {
		put_nested(gpu, 3, kind);
		gpu_put64(gpu, GPU_OUT, 0);
		gpu_assert_done(gpu);
		assert_int_equal(gpu_get32(gpu, GPU_OUT), 2 * (1 + 2 + 3 + 4));
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 4), 0x12344321);
	}

	/* Eight are as many as can be open. */
	put_nested(gpu, 8, false);
	gpu_assert_done(gpu);
	put_nested(gpu, 9, false);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LINK);
	assert_int_equal(agx_engine_fault(gpu->engine)->va, GPU_STREAM + 0x800 + 32);
}

static void test_return_without_link(void **state)
{
	struct gpu *gpu = *state;
	u64 at;

	gpu_cdm_return(gpu, GPU_STREAM);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LINK);

	gpu_put32(gpu, GPU_STREAM, 0x680fffff);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LINK);

	/* A link without return leaves nothing to go back to. */
	at = gpu_cdm_link(gpu, GPU_STREAM, GPU_STREAM + 0x100, false);
	gpu_cdm_terminate(gpu, at);
	gpu_cdm_return(gpu, GPU_STREAM + 0x100);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LINK);
}

/* A stream that runs in a circle goes on for as long as it is let, and costs budget. */
static void test_circles(void **state)
{
	struct gpu *gpu = *state;

	gpu_cdm_link(gpu, GPU_STREAM, GPU_STREAM, false);
	gpu->runs = 3;
	gpu->budget = 1000;
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_RUNNING);
	assert_between(agx_engine_steps(gpu->engine), 3000, 3000 + 3 * 200);

	gpu_cdm_link(gpu, GPU_STREAM, GPU_STREAM, true);
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_FAULT);
}

/* Only a terminate block ends a stream. */
static void test_no_terminate(void **state)
{
	struct gpu *gpu = *state;
	u64 end = (GPU_STREAM & ~(GPU_PAGE - 1ull)) + GPU_PAGE;
	const struct agx_engine_fault *fault;
	u64 at;

	for (at = GPU_STREAM; at < end; at += 4)
		gpu_cdm_barrier(gpu, at);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_FETCH);
	assert_int_equal(fault->va, end);
	assert_int_equal(fault->pc, 0);

	/* Nor is a soft fault one. */
	gpu->cfg.soft_faults = true;
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
}

/* Counts threads, and keeps the largest position in each dimension. */
static void put_count(struct gpu *gpu)
{
	struct code code = { .len = 0 };
	u32 i;

	/* out[x + 16 * (y + 16 * z)] = 1 + size of the workgroup in x */
	for (i = 0; i < 3; i++)
		asm_special(&code, r32(1 + i), 80 + i);
	asm_iadd(&code, &(struct asm_add){ .shift = 4 }, r32(4), r32(2), r32(3));
	asm_iadd(&code, &(struct asm_add){ .shift = 4 }, r32(4), r32(1), r32(4));
	asm_special(&code, r32(5), 4);
	asm_iadd(&code, NULL, r32(5), r32(5), imm(1));
	asm_store32(&code, 5, base_out(), r32(4));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
}

static void check_count(struct gpu *gpu, const u32 *global, const u32 *local)
{
	u32 x;
	u32 y;
	u32 z;

	for (z = 0; z < 16; z++) {
		for (y = 0; y < 16; y++) {
			for (x = 0; x < 16; x++) {
				u32 first = x / local[0] * local[0];
				u32 left = global[0] - first;
				u32 size = left < local[0] ? left : local[0];
				bool in = x < global[0] && y < global[1] && z < global[2];

				assert_int_equal(gpu_get32(gpu, GPU_OUT +
							   4 * (x + 16 * (y + 16 * z))),
						 in ? 1 + size : 0);
			}
		}
	}
	memset(gpu_at(gpu, GPU_OUT), 0, 4 * 16 * 16 * 16);
}

static void test_direct(void **state)
{
	static const u32 globals[][3] = { { 1, 1, 1 }, { 16, 16, 16 }, { 5, 7, 3 }, { 16, 1, 15 } };
	static const u32 locals[][3] = { { 1, 1, 1 }, { 4, 4, 4 }, { 16, 8, 8 }, { 3, 2, 5 } };
	struct gpu *gpu = *state;
	u32 i;
	u32 k;

	put_count(gpu);
	for (i = 0; i < ARRAY_SIZE(globals); i++) {
		for (k = 0; k < ARRAY_SIZE(locals); k++) {
			gpu_setup(gpu, globals[i], locals[k], 0);
			gpu_assert_done(gpu);
			check_count(gpu, globals[i], locals[k]);
		}
	}
}

static void put_words(struct gpu *gpu, u64 at, const u32 *words, u32 count)
{
	while (count--) {
		gpu_put32(gpu, at, *words++);
		at += 4;
	}
}

/* The buffer of an indirect launch holds workgroups. */
static void test_indirect_global(void **state)
{
	const u32 groups[3] = { 3, 2, 4 };
	const u32 local[3] = { 4, 5, 2 };
	const u32 global[3] = { 12, 10, 8 };
	const u32 stream[] = {
		0x08001012, GPU_USC - GPU_USC_BASE, GPU_IN >> 32, (u32)GPU_IN, 4, 5, 2,
		0x600fffff, 0x40000000, 0,
	};
	const u32 many[3] = { 0xffffffff, 0xffffffff, 0xffffffff };
	const u32 none[3] = { 0xffffffff, 0, 1 };
	struct gpu *gpu = *state;

	gpu_setup_1d(gpu, 1, 1);
	put_count(gpu);
	put_words(gpu, GPU_IN, groups, 3);
	put_words(gpu, GPU_STREAM, stream, ARRAY_SIZE(stream));
	gpu_assert_done(gpu);
	check_count(gpu, global, local);

	/* Many workgroups, whose threads would not fit 32 bits: it simply takes its time. */
	gpu->cfg.soft_faults = true;
	put_words(gpu, GPU_IN, many, 3);
	gpu->runs = 10;
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_RUNNING);

	/* None at all. */
	memset(gpu_at(gpu, GPU_OUT), 0, GPU_BUFFER);
	put_words(gpu, GPU_IN, none, 3);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), 0);

	gpu_protect(gpu, GPU_IN, 0);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(agx_engine_fault(gpu->engine)->va, GPU_IN);
}

/* Here it holds threads, and the size of a workgroup too. */
static void test_indirect_local(void **state)
{
	const u32 sizes[6] = { 13, 9, 2, 4, 4, 2 };
	const u32 stream[] = {
		0x10001012, GPU_USC - GPU_USC_BASE, GPU_IN >> 32, (u32)GPU_IN,
		0x600fffff, 0x40000000, 0,
	};
	const u32 impossible[6] = { 1, 1, 1, 0, 1, 1 };
	const u32 none[6] = { 0 };
	struct gpu *gpu = *state;

	gpu_setup_1d(gpu, 1, 1);
	put_count(gpu);
	put_words(gpu, GPU_IN, sizes, 6);
	put_words(gpu, GPU_STREAM, stream, ARRAY_SIZE(stream));
	gpu_assert_done(gpu);
	check_count(gpu, sizes, sizes + 3);

	/* Nothing but zeros is no work. */
	put_words(gpu, GPU_IN, none, 6);
	gpu_assert_done(gpu);

	put_words(gpu, GPU_IN, impossible, 6);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LAUNCH);
}

static void test_g14x(void **state)
{
	const u32 stream[] = {
		0x00001012, GPU_USC - GPU_USC_BASE, 0, 0x40000000, 12, 1, 1, 4, 1, 1,
		0x600fffff, 0x40000000, 0,
	};
	const u32 indirect[] = {
		0x08001012, GPU_USC - GPU_USC_BASE, 0, 0x40000000, GPU_IN >> 32, (u32)GPU_IN,
		4, 1, 1, 0x600fffff, 0x40000000, 0,
	};
	const u32 global[3] = { 12, 1, 1 };
	const u32 local[3] = { 4, 1, 1 };
	const u32 groups[3] = { 3, 1, 1 };
	struct gpu *gpu = *state;

	gpu->cfg.g14x = true;
	gpu_setup_1d(gpu, 1, 1);
	put_count(gpu);
	put_words(gpu, GPU_STREAM, stream, ARRAY_SIZE(stream));
	gpu_assert_done(gpu);
	check_count(gpu, global, local);

	put_words(gpu, GPU_IN, groups, 3);
	put_words(gpu, GPU_STREAM, indirect, ARRAY_SIZE(indirect));
	gpu_assert_done(gpu);
	check_count(gpu, global, local);

	gpu_put32(gpu, GPU_STREAM + 12, 0);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);
}

static void test_launch_sizes(void **state)
{
	static const u32 good[][3] = {
		{ 1024, 1, 1 }, { 1, 1024, 1 }, { 32, 32, 1 }, { 8, 8, 16 },
	};
	static const u32 bad[][3] = {
		{ 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 0 },
		{ 1025, 1, 1 }, { 32, 33, 1 }, { 1, 1, 1025 },
		{ 0x10000, 0x10000, 1 }, { 0xffffffff, 0xffffffff, 0xffffffff }, { 2, 512, 2 },
	};
	struct gpu *gpu = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		gpu_setup(gpu, one, good[i], 0);
		gpu_put_hex(gpu, GPU_CODE, "8800");
		gpu_assert_done(gpu);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		gpu_setup(gpu, one, bad[i], 0);
		gpu_assert_fault(gpu, AGX_ENGINE_FAULT_LAUNCH);
		assert_int_equal(agx_engine_fault(gpu->engine)->va, GPU_STREAM);
	}
}

/* Words that are no block, or a block that asks for what is not known. */
static void test_bad_blocks(void **state)
{
	static const u32 bad[][2] = {
		{ 0xa0000000, 0 },		/* type 5 */
		{ 0xc0000000, 0 },		/* type 6 */
		{ 0xffffffff, 0xffffffff },	/* type 7 */
		{ 0x40000001, 0 },		/* terminate with bits */
		{ 0x40000000, 1 },
		{ 0x80000001, 0 },		/* return with bits */
		{ 0x80000000, 0x80000000 },
		{ 0x20000100, 0 },		/* link with bits */
		{ 0x21000000, 0 },
		{ 0x20000000, 2 },		/* link to an odd place */
		{ 0x70000000, 0 },		/* barrier with bits */
		{ 0x60400000, 0 },
		{ 0x00001013, 0 },		/* launch with bits */
		{ 0x00011012, 0 },
		{ 0x04001012, 0 },
		{ 0x18001012, 0 },		/* launch in mode 3 */
		{ 0x00001012, 0x20 },		/* unaligned words */
		{ 0x00000000, 1 },
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	u32 i;

	gpu_setup_1d(gpu, 1, 1);
	gpu_put_hex(gpu, GPU_CODE, "8800");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		put_words(gpu, GPU_STREAM, bad[i], 2);
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);
		assert_int_equal(fault->va, GPU_STREAM);
		assert_true(fault->len == 4 || fault->len == 8);
		assert_memory_equal(fault->bytes, gpu_at(gpu, GPU_STREAM), fault->len);
	}

	/* Indirect buffers at places that no address can name. */
	put_words(gpu, GPU_STREAM, (const u32[]) { 0x08001012, 0, 0, 2 }, 4);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);
	put_words(gpu, GPU_STREAM, (const u32[]) { 0x10001012, 0, 0x100, 0 }, 4);
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);

	gpu->cfg.stream = GPU_STREAM + 2;
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_STREAM);
	assert_int_equal(fault->len, 0);

	gpu->cfg.stream = 0xfffffffffffffffcull;
	gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
}

/* Both halves of the uniform file, counts from 1 to 64, and what is not preloaded is zero. */
static void test_uniforms(void **state)
{
	static const u32 ranges[][2] = {
		{ 0, 64 }, { 4, 1 }, { 100, 33 }, { 255, 1 }, { 250, 40 }, { 256, 64 }, { 300, 7 },
		{ 448, 64 }, { 511, 1 },
	};
	const struct asm_memory how = { .format = 1, .mask = 1 };
	struct gpu *gpu = *state;
	struct code code;
	u32 first;
	u32 count;
	u64 at;
	u32 i;
	u32 k;

	for (i = 0; i < 64; i++)
		gpu_put(gpu, GPU_UNIFORM + 0x104 + 2 * i, (u8[]){ (u8)i, 0x80 }, 2);
	gpu_put64(gpu, GPU_UNIFORM, GPU_OUT);

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		first = ranges[i][0];
		count = ranges[i][1];

		/* Where the pointer is depends on what is left of it. */
		code.len = 0;
		asm_bitop(&code, 0xa, r32(2), u32_(first < 8 ? 128 : 0), imm(0));
		asm_bitop(&code, 0xa, r32(3), u32_(first < 8 ? 129 : 1), imm(0));
		for (k = 0; k < 512; k++) {
			asm_bitop(&code, 0xa, r16(8), u16_(k), imm(0));
			asm_store(&code, &how, r16(8), r64(2), imm(k));
		}
		asm_stop(&code);
		gpu_setup_1d(gpu, 1, 1);
		gpu_put_code(gpu, &code);
		gpu_put64(gpu, GPU_UNIFORM, GPU_OUT);

		at = gpu_usc_uniform(gpu, GPU_USC, first < 8 ? 256 : 0, 4, GPU_UNIFORM);
		at = gpu_usc_uniform(gpu, at, first, count, GPU_UNIFORM + 0x104);
		at = gpu_usc_shader(gpu, at, GPU_CODE);
		gpu_usc_end(gpu, at, 0);
		gpu_assert_done(gpu);

		for (k = first < 8 ? 0 : 8; k < (first < 8 ? 256u : 512u); k++) {
			const u8 *got = gpu_at(gpu, GPU_OUT + 2 * k);
			bool in = k >= first && k < first + count;

			assert_int_equal(got[0] | got[1] << 8, in ? 0x8000 | (k - first) : 0);
		}
	}
}

struct words {
	const char *hex;
	const char *what;
};

/* Each tag, in the place in which drivers have it; none of the extra ones changes the result. */
static void test_usc_words(void **state)
{
	static const struct words good[] = {
		{ "", "nothing" },
		{ "dd 00 10 00 00 00 00 00", "texture state" },
		{ "dd ff 10 00 00 00 00 00", "the last texture state" },
		{ "9d 00 10 00 00 00 00 00", "sampler state" },
		{ "4d 90 00 00", "no threadgroup memory" },
		{ "4d 91 00 01", "256 bytes" },
		{ "4d 91 00 80", "32 KiB" },
		{ "4d bd 10 20", "32 by 32 pixels of 8 bytes" },
		{ "4d d9 f0 78", "16 by 16 pixels of 120 bytes" },
		{ "4d fd 00 01", "32 by 16 pixels of none" },
		{ "8d 01 00 00", "registers" },
		{ "8d 00 00 01", "all registers" },
		{ "58 00 00 00", "fragment properties" },
	};
	static const struct words bad[] = {
		{ "00 00", "tag 0" },
		{ "ff ff", "tag 0xff" },
		{ "4d 91 00 00", "64 KiB of threadgroup memory" },
		{ "4d 91 00 81", "33024 bytes of threadgroup memory" },
		{ "4d 95 00 01", "undefined layout" },
		{ "4d bd 10 1f", "tile with less memory than 32 by 32 pixels have" },
		{ "4d bd 11 20", "tile of two samples" },
		{ "4d 92 00 01", "undefined bit of shared" },
		{ "1d 00 41 00 00 00 00 00", "undefined bit of uniform" },
		{ "3d c1 00 00 00 00 00 00", "64 uniforms from 449" },
		{ "dd ff 20 00 00 00 00 00", "two texture states from 255" },
		{ "dd 00 01 00 00 00 00 00", "undefined bit of texture state" },
		{ "9d 00 00 00 00 00 00 80", "undefined bit of sampler state" },
		{ "88 01", "no preshader with a bit" },
		{ "38 00 80 c1 00 40 fb ff", "preshader with other constant" },
		{ "38 00 80 c0 01 40 fb ff", "preshader at an odd address" },
		{ "0d 0c 01 c0 fa ff", "shader at an odd address" },
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code = { .len = 0 };
	u64 head;
	u64 at;
	u32 i;

	asm_ldimm32(&code, 1, 0x77);
	asm_store32(&code, 1, base_out(), imm(0));
	asm_stop(&code);

	for (i = 0; i < ARRAY_SIZE(good) + ARRAY_SIZE(bad); i++) {
		const struct words *words = i < ARRAY_SIZE(good) ? &good[i] :
					    &bad[i - ARRAY_SIZE(good)];

		gpu_setup_1d(gpu, 1, 1);
		gpu_put_code(gpu, &code);
		gpu_put32(gpu, GPU_OUT, 0);
		head = gpu_usc_uniform(gpu, GPU_USC, 0, 4, GPU_UNIFORM);
		at = head + gpu_put_hex(gpu, head, words->hex);
		at = gpu_usc_shader(gpu, at, GPU_CODE);
		gpu_usc_end(gpu, at, 0);

		if (i < ARRAY_SIZE(good)) {
			gpu_assert_done(gpu);
			assert_int_equal(gpu_get32(gpu, GPU_OUT), 0x77);
			continue;
		}
		if (gpu_run(gpu) != AGX_ENGINE_FAULT)
			fail_msg("accepted: %s", words->what);
		fault = agx_engine_fault(gpu->engine);
		assert_int_equal(fault->kind, AGX_ENGINE_FAULT_USC);
		assert_int_equal(fault->va, head);
		assert_memory_equal(fault->bytes, gpu_at(gpu, head), fault->len);
	}
}

/* A list has to name a shader before it ends. */
static void test_usc_without_shader(void **state)
{
	struct gpu *gpu = *state;
	u32 i;

	for (i = 0; i < 2; i++) {
		gpu_setup_1d(gpu, 1, 1);
		gpu_usc_end(gpu, GPU_USC, i ? GPU_PRESHADER : 0);
		gpu_assert_fault(gpu, AGX_ENGINE_FAULT_USC);
		assert_int_equal(agx_engine_fault(gpu->engine)->va, GPU_USC);
	}
}

/* Whatever the front end fetches has to be there; none of it is a soft fault. */
static void test_unmapped_fetches(void **state)
{
	static const u64 vas[] = { GPU_STREAM, GPU_USC, GPU_UNIFORM, GPU_CODE };
	const struct agx_engine_fault *fault;
	struct gpu *gpu;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vas); i++) {
		gpu = gpu_create();
		gpu->cfg.soft_faults = true;
		gpu_setup_1d(gpu, 1, 1);
		gpu_unmap(gpu, vas[i]);
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
		assert_int_equal(fault->access, AGX_ENGINE_FETCH);
		assert_int_equal(fault->va, vas[i]);
		gpu_destroy(gpu);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_several_launches),
		gpu_unit_test(test_links),
		gpu_unit_test(test_links_with_return),
		gpu_unit_test(test_return_without_link),
		gpu_unit_test(test_circles),
		gpu_unit_test(test_no_terminate),
		gpu_unit_test(test_direct),
		gpu_unit_test(test_indirect_global),
		gpu_unit_test(test_indirect_local),
		gpu_unit_test(test_g14x),
		gpu_unit_test(test_launch_sizes),
		gpu_unit_test(test_bad_blocks),
		gpu_unit_test(test_uniforms),
		gpu_unit_test(test_usc_words),
		gpu_unit_test(test_usc_without_shader),
		cmocka_unit_test(test_unmapped_fetches),
	};

	return cmocka_run_group_tests_name("engine-frontend", tests, NULL, NULL);
}
