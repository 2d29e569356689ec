// SPDX-License-Identifier: MIT
/*
 * Writes of texels: to which one, of which image, and what it becomes.
 */
#include "test.h"

#include "real.h"
#include "real_format.h"
#include "shape.h"
#include "texels.h"

#define THREADS		32

/* What is written, at 16 bytes for each thread; there are 16 more that are not accessed. */
#define DATA		(GPU_IN + 0x1000)

static const struct asm_memory words = {
	.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
};

static void put_pbe(struct gpu *gpu, u64 va, const struct shape *shape)
{
	u8 state[SHAPE_STATE];

	shape_pbe(shape, state);
	gpu_put(gpu, va, state, sizeof(state));
}

/* Integers, floats at an edge, and some that are near where formats go from one to the next. */
static u32 random_component(struct gpu_random *random)
{
	switch (gpu_random_below(random, 4)) {
	case 0:
		return gpu_random(random);
	case 1:
		return real_random_half(random) | real_random_half(random) << 16;
	case 2:
		return real_to_single(gpu_random_below(random, 0x20000) / 131070.0);
	default:
		return real_random_single(random);
	}
}

/* r4 to r7 coordinates and level, r8 to r11 what is written. */
static void prologue(struct code *code)
{
	code->len = 0;
	asm_special(code, r32(1), 80);
	asm_load(code, &words, r32(4), base_in(), r32(1));
	asm_iadd(code, NULL, r32(2), r32(1), imm(128));
	asm_iadd(code, NULL, r32(2), r32(2), imm(128));
	asm_load(code, &words, r32(8), base_in(), r32(2));
	asm_wait(code, 0);
	asm_texture_state(code, 3, u32_(HEAP / 2), imm(0));
}

static void epilogue(struct gpu *gpu, struct code *code)
{
	asm_stop(code);
	gpu_put_code(gpu, code);
}

/* sRGB is only held to be as near as can be; all else is exact. */
static bool same_texel(const struct shape *shape, const u8 *got, const u8 *expected)
{
	u32 i;

	for (i = 0; i < shape_texel(shape); i++) {
		if (got[i] != expected[i] &&
		    !(shape->format->srgb && i < 3 && (got[i] ^ expected[i]) <= 1))
			return false;
	}
	return true;
}

/* Any NaN stands for all of them. */
static bool has_nan(const struct shape *shape, const u32 *components, u32 size)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		if (shape->format->type == SHAPE_FLOAT && shape->format->bits[0] <= 32 &&
		    real_of(components[i], size) != real_of(components[i], size))
			return true;
	}
	return false;
}

static void run_write(struct gpu *gpu, struct gpu_random *random, const struct shape *shape)
{
	u32 size = gpu_random_below(random, 2) ? 32 : 16;
	struct asm_image how = {
		.dim = shape->dim, .state = imm(3), .coords = r32(4),
		.lod = gpu_random_below(random, 2) ? r16(14) : imm(0),
		.to_zero = gpu_random_below(random, 2),
	};
	static u8 expected[IMAGE_SIZE];
	u8 *image = gpu_at(gpu, IMAGE);
	u64 image_size = shape_size(shape);
	struct texel texel;
	struct code code;
	u32 data[4];
	u64 offset;
	u32 i;
	u32 k;

	memset(image, 0xa5, image_size);
	memset(expected, 0xa5, image_size);
	for (i = 0; i < THREADS; i++) {
		do {
			for (k = 0; k < 4; k++) {
				data[k] = random_component(random);
				if (size == 16)
					data[k] &= 0xffff;
			}
		} while (has_nan(shape, data, size));
		for (k = 0; k < 4; k++)
			memcpy(gpu_at(gpu, DATA + 16 * i + k * size / 8), &data[k], size / 8);

		texels_random(random, shape, how.dim, &texel);
		texels_put(gpu, i, how.dim, &texel, 1);
		if (how.lod.file == ARG_IMM)
			texel.lod = 0;
		if (shape_offset(shape, texel.lod, texel.at[0], texel.at[1], texel.at[2], &offset))
			shape_pack(shape, data, size, !how.to_zero, expected + offset);
	}
	put_pbe(gpu, STATES, shape);
	prologue(&code);
	asm_image_write(&code, &how, size == 32 ? r32(8) : r16(16));
	epilogue(gpu, &code);
	gpu_assert_done(gpu);

	for (i = 0; i < image_size; i += shape_texel(shape)) {
		if (!same_texel(shape, image + i, expected + i))
			fail_msg("format 0x%x type %u, layout %u: 0x%x at 0x%x instead of 0x%x",
				 shape->format->channels, shape->format->type, shape->layout,
				 image[i], i, expected[i]);
	}
}

static void test_write(void **state)
{
	struct gpu_random random = { 1 };
	struct gpu *gpu = *state;
	u32 round;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ | GPU_WRITE);
	for (round = 0; round < 1000; round++) {
		struct shape shape = { .va = IMAGE };

		shape_random(&random, &shape, IMAGE_SIZE);
		shape.last = shape.first;
		for (i = 0; i < 4; i++)
			shape.swizzle[i] = round & 1 ? i : shape.swizzle[i] & 3;
		run_write(gpu, &random, &shape);
	}
}

/* One thread of two writes, to texels of which not all can be. */
static void test_unmapped(void **state)
{
	struct shape shape = {
		.va = IMAGE + IMAGE_SIZE - 64, .layout = SHAPE_LINEAR, .dim = SHAPE_1D,
		.format = shape_format(0x21, SHAPE_UINT), .width = THREADS, .height = 1, .depth = 1,
		.stride = 4 * THREADS, .swizzle = { 0, 1, 2, 3 },
	};
	const struct asm_image how = {
		.dim = SHAPE_1D, .state = imm(3), .coords = r32(1), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ | GPU_WRITE);
	put_pbe(gpu, STATES, &shape);
	prologue(&code);
	asm_bitop(&code, 8, r32(2), r32(1), imm(1));
	asm_icmp(&code, ASM_IF, 0, 1, r32(2), imm(1));
	asm_image_write(&code, &how, r32(1));
	asm_pop(&code, 1);
	epilogue(gpu, &code);

	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_SHADER_STORE);
	assert_int_equal(fault->va, IMAGE + IMAGE_SIZE + 4);
	assert_int_equal(fault->size, 4);
	assert_int_equal(fault->lane, 17);

	memset(gpu_at(gpu, shape.va), 0xff, 64);
	gpu->cfg.soft_faults = true;
	gpu_assert_done(gpu);
	for (i = 0; i < 16; i++)
		assert_int_equal(gpu_get32(gpu, shape.va + 4 * i), i & 1 ? i : 0xffffffff);
}

struct refusal {
	/* A bit to set. */
	u32 position;

	enum agx_engine_fault_kind kind;
	const char *what;
};

static void test_refused(void **state)
{
	static const struct refusal refusals[] = {
		{ 59, AGX_ENGINE_FAULT_COMPRESSED, "compressed" },
		{ 4, AGX_ENGINE_FAULT_COMPRESSED, "layout 3" },
		{ 53, AGX_ENGINE_FAULT_IMAGE, "turned" },
		{ 54, AGX_ENGINE_FAULT_IMAGE, "mirrored" },
		{ 2, AGX_ENGINE_FAULT_IMAGE, "a cube" },
		{ 125, AGX_ENGINE_FAULT_IMAGE, "sRGB of 16 bits" },
	};
	const struct shape shape = {
		.va = IMAGE, .layout = SHAPE_TILED, .dim = SHAPE_2D,
		.format = shape_format(9, SHAPE_UNORM), .width = 100, .height = 100, .depth = 1,
	};
	const struct asm_image how = {
		.dim = SHAPE_2D, .state = imm(3), .coords = r32(4), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	u8 bytes[SHAPE_STATE];
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ | GPU_WRITE);
	prologue(&code);
	asm_image_write(&code, &how, r32(8));
	epilogue(gpu, &code);

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		shape_pbe(&shape, bytes);
		shape_put(bytes, refusals[i].position, 1, 1);
		gpu_put(gpu, STATES, bytes, sizeof(bytes));
		if (gpu_run(gpu) != AGX_ENGINE_FAULT)
			fail_msg("accepted: %s", refusals[i].what);
		fault = agx_engine_fault(gpu->engine);
		assert_int_equal(fault->kind, refusals[i].kind);
		assert_int_equal(fault->va, STATES);
		assert_int_equal(fault->access, AGX_ENGINE_SHADER_STORE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_write),
		gpu_unit_test(test_unmapped),
		gpu_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("engine-image-write", tests, NULL, NULL);
}
