// SPDX-License-Identifier: MIT
/*
 * Tile memory, and what comes of it in an image.
 */
#include "test.h"

#include "shape.h"
#include "texels.h"

/* What threadgroup memory can consist of. */
struct layout {
	u32 number;
	u32 width;
	u32 height;
};

static const struct layout layouts[] = {
	{ 0x2f, 32, 32 }, { 0x3f, 32, 16 }, { 0x36, 16, 16 },
};

static const struct asm_memory words = {
	.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
};

/* Launches as many threads as a layout has pixels, at most 1024. */
static void setup(struct gpu *gpu, const struct layout *layout, u32 stride)
{
	u32 pixels = layout->width * layout->height;
	u64 at;

	gpu_setup_1d(gpu, pixels, pixels);
	gpu_put64(gpu, GPU_UNIFORM + 2 * HEAP, STATES);
	at = gpu_usc_uniform(gpu, GPU_USC, 0, 32, GPU_UNIFORM);
	at = gpu_usc_tile(gpu, at, layout->number, stride, pixels * stride);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);
}

static void put_pbe(struct gpu *gpu, const struct shape *shape)
{
	u8 state[SHAPE_STATE];

	shape_pbe(shape, state);
	gpu_put(gpu, STATES, state, sizeof(state));
}

/* A format of memory, and one of images that has the same bytes. */
struct pair {
	u32 memory;
	u32 channels;
	enum shape_type type;

	/* Bytes of all components. */
	u32 size;
};

static const struct pair pairs[] = {
	{ 0, 0x28, SHAPE_UINT, 4 }, { 0, 0x00, SHAPE_UINT, 1 }, { 1, 0x32, SHAPE_SINT, 8 },
	{ 1, 0x09, SHAPE_UINT, 2 }, { 2, 0x38, SHAPE_UINT, 16 }, { 2, 0x31, SHAPE_UINT, 8 },
	{ 2, 0x21, SHAPE_UINT, 4 }, { 4, 0x28, SHAPE_UNORM, 4 }, { 6, 0x32, SHAPE_UNORM, 8 },
	{ 8, 0x26, SHAPE_UNORM, 4 },
};

/* r2 to r3 the place of a thread in the tile, r3l and r3h: column and row. */
static void pixel_program(struct code *code, const struct layout *layout)
{
	u32 shift = layout->width == 32 ? 5 : 4;

	code->len = 0;
	asm_special(code, r32(1), 80);
	asm_bitop(code, 8, r16(6), r32(1), imm(layout->width - 1));
	asm_bitfield(code, ASM_BFEIL, 0, r16(7), imm(0), r32(1), imm(shift));
}

/*
 * A pixel goes to tile memory as the four words that its thread has, and from there, at the
 * origin in r12 to r14, to the image.
 */
static void block_program(struct gpu *gpu, const struct layout *layout, const struct pair *pair,
			  u32 offset, const struct asm_image *image, const u32 *origin)
{
	const struct asm_memory how = { .format = pair->memory, .mask = 15 };
	struct code code;
	u32 i;

	pixel_program(&code, layout);
	asm_load(&code, &words, r32(8), base_in(), r32(1));
	asm_wait(&code, 0);
	asm_tile_store(&code, &how, offset, 1, r32(8), r16(6));
	asm_barrier(&code);
	for (i = 0; i < 3; i++)
		asm_ldimm32(&code, 12 + i, origin[i]);
	asm_ldimm16(&code, 4, offset);
	asm_texture_state(&code, 3, u32_(HEAP / 2), imm(0));
	asm_icmp(&code, ASM_IF, 1, 1, r32(1), imm(32));
	asm_block_write(&code, image, pair->memory, r16(4));
	asm_pop(&code, 1);
	asm_stop(&code);
	gpu_put_code(gpu, &code);
}

/* What a thread puts there that comes out as a texel: components as numbers or as floats. */
static void put_pixel(struct gpu *gpu, struct gpu_random *random, const struct pair *pair,
		      u32 thread, u8 *texel)
{
	const struct shape shape = {
		.format = shape_format(pair->channels, pair->type), .swizzle = { 0, 1, 2, 3 },
	};
	u32 components[4];
	u32 i;

	for (i = 0; i < pair->size; i++)
		texel[i] = (u8)gpu_random(random);
	shape_unpack(&shape, texel, 32, components);
	for (i = 0; i < 4; i++)
		gpu_put32(gpu, GPU_IN + 16 * thread + 4 * i, components[i]);
	/* Numbers below -1 have two texels. */
	shape_pack(&shape, components, 32, true, texel);
}

static void random_image(struct gpu_random *random, const struct pair *pair, struct shape *shape)
{
	u32 i;

	do {
		*shape = (struct shape){ .va = IMAGE };
		shape_random(random, shape, IMAGE_SIZE);
		shape->format = shape_format(pair->channels, pair->type);
		shape->last = shape->first;
		for (i = 0; i < 4; i++)
			shape->swizzle[i] = i;
		shape->stride = 16 * shape->width;
		if (shape->layer_stride)
			shape->layer_stride = (shape->stride * shape->height + 0x7f) / 0x80 * 0x80;
	} while (shape->dim < SHAPE_2D || shape_size(shape) > IMAGE_SIZE);
}

static void run_block(struct gpu *gpu, struct gpu_random *random)
{
	const struct layout *layout = &layouts[gpu_random_below(random, ARRAY_SIZE(layouts))];
	const struct pair *pair = &pairs[gpu_random_below(random, ARRAY_SIZE(pairs))];
	u32 offset = 4 * gpu_random_below(random, 3);
	u32 pixels = layout->width * layout->height;
	u32 stride = (pair->size + offset + 7) / 8 * 8;
	struct asm_image how = { .state = imm(3), .coords = r32(12), .lod = imm(0) };
	static u8 expected[IMAGE_SIZE];
	struct shape shape;
	u32 origin[3];
	u32 writes;
	u64 at;
	u32 i;

	random_image(random, pair, &shape);
	how.dim = shape.dim;
	origin[0] = gpu_random_below(random, 1 + shape.width / layout->width) * layout->width;
	origin[1] = gpu_random_below(random, 1 + shape.height / layout->height) * layout->height;
	origin[2] = shape.dim == SHAPE_2D ? 0 : gpu_random_below(random, 6);

	memset(gpu_at(gpu, IMAGE), 0xa5, IMAGE_SIZE);
	memset(expected, 0xa5, IMAGE_SIZE);
	setup(gpu, layout, stride);
	for (i = 0; i < pixels; i++) {
		u8 texel[16];

		put_pixel(gpu, random, pair, i, texel);
		if (shape_offset(&shape, 0, origin[0] + i % layout->width,
				 origin[1] + i / layout->width, origin[2], &at))
			memcpy(expected + at, texel, pair->size);
	}
	put_pbe(gpu, &shape);
	block_program(gpu, layout, pair, offset, &how, origin);

	writes = gpu->calls[AGX_ENGINE_SHADER_STORE];
	gpu_assert_done(gpu);
	assert_memory_equal(gpu_at(gpu, IMAGE), expected, IMAGE_SIZE);
	assert_true(gpu->calls[AGX_ENGINE_SHADER_STORE] - writes <= 128);
}

static void test_block(void **state)
{
	struct gpu_random random = { 1 };
	struct gpu *gpu = *state;
	u32 round;

	gpu_map(gpu, IMAGE, IMAGE_SIZE, GPU_READ | GPU_WRITE);
	for (round = 0; round < 300; round++)
		run_block(gpu, &random);
}

/* A buffer of 32 bits each for pixels of a tile of 16 by 16. */
static const struct shape plain = {
	.va = IMAGE, .layout = SHAPE_LINEAR, .dim = SHAPE_2D, .width = 16, .height = 16, .depth = 1,
	.stride = 64, .swizzle = { 0, 1, 2, 3 },
};

static const struct pair plain_pair = { 2, 0x21, SHAPE_UINT, 4 };

static void put_plain(struct gpu *gpu, u64 va)
{
	struct shape shape = plain;
	u32 i;

	shape.va = va;
	shape.format = shape_format(0x21, SHAPE_UINT);
	put_pbe(gpu, &shape);
	for (i = 0; i < 256; i++)
		gpu_put32(gpu, GPU_IN + 16 * i, i + 1);
}

/* What does not fit a pixel, or no pixel, is dropped, and so is what is for no sample. */
static void test_outside(void **state)
{
	static const u32 origin[3] = { 0 };
	const struct asm_memory how = { .format = 2, .mask = 1 };
	const struct asm_image image = {
		.dim = SHAPE_2D, .state = imm(3), .coords = r32(12), .lod = imm(0),
	};
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	gpu_map(gpu, IMAGE, IMAGE_SIZE, GPU_READ | GPU_WRITE);
	setup(gpu, &layouts[2], 8);
	put_plain(gpu, IMAGE);
	pixel_program(&code, &layouts[2]);
	asm_ldimm32(&code, 8, 0x1111);
	asm_tile_store(&code, &how, 0, 1, r32(8), r16(6));
	asm_ldimm32(&code, 8, 0x2222);
	/* Behind the pixel, in a second sample, and in columns and rows from 16 and 4096 on. */
	asm_tile_store(&code, &how, 8, 1, r32(8), r16(6));
	asm_tile_store(&code, &how, 5, 1, r32(8), r16(6));
	asm_tile_store(&code, &how, 0, 2, r32(8), r16(6));
	asm_iadd(&code, NULL, r16(6), r16(6), imm(16));
	asm_tile_store(&code, &how, 0, 1, r32(8), r16(6));
	asm_bitop(&code, 8, r16(6), r16(6), imm(15));
	asm_bitfield(&code, ASM_BFI, 0, r16(7), imm(0), imm(1), imm(12));
	asm_tile_store(&code, &how, 0, 1, r32(8), r16(6));
	asm_barrier(&code);
	for (i = 0; i < 3; i++)
		asm_ldimm32(&code, 12 + i, origin[i]);
	asm_ldimm16(&code, 4, 0);
	asm_texture_state(&code, 3, u32_(HEAP / 2), imm(0));
	asm_block_write(&code, &image, 2, r16(4));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < 256; i++)
		assert_int_equal(gpu_get32(gpu, IMAGE + 4 * i), 0x1111);
}

/* A block of which not all can be written, or none. */
static void test_unmapped(void **state)
{
	const u32 origin[3] = { 0 };
	const struct asm_image how = {
		.dim = SHAPE_2D, .state = imm(3), .coords = r32(12), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	u32 i;

	gpu_map(gpu, IMAGE, IMAGE_SIZE, GPU_READ | GPU_WRITE);
	setup(gpu, &layouts[2], 8);
	/* Half of the rows are behind the end of the image, which is that of a page. */
	put_plain(gpu, IMAGE + IMAGE_SIZE - 512);
	block_program(gpu, &layouts[2], &plain_pair, 0, &how, origin);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_SHADER_STORE);
	assert_int_equal(fault->va, IMAGE + IMAGE_SIZE);
	assert_int_equal(fault->lane, 0);

	gpu->cfg.soft_faults = true;
	memset(gpu_at(gpu, IMAGE + IMAGE_SIZE - 512), 0, 512);
	gpu_assert_done(gpu);
	for (i = 0; i < 128; i++)
		assert_int_equal(gpu_get32(gpu, IMAGE + IMAGE_SIZE - 512 + 4 * i), i + 1);
}

/* Blocks that are not where the blocks of an image are. */
static void test_refused(void **state)
{
	static const u32 origins[][3] = { { 8, 0, 0 }, { 0, 1, 0 } };
	const struct asm_image how = {
		.dim = SHAPE_2D, .state = imm(3), .coords = r32(12), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	u32 i;

	gpu_map(gpu, IMAGE, IMAGE_SIZE, GPU_READ | GPU_WRITE);
	setup(gpu, &layouts[2], 8);
	put_plain(gpu, IMAGE);
	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		block_program(gpu, &layouts[2], &plain_pair, 0, &how, origins[i]);
		fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_IMAGE);
		assert_int_equal(fault->va, STATES);
		assert_int_equal(gpu_get32(gpu, IMAGE), 0);
	}
}

/* Without pixels there is nothing to be stored to, and nothing to be written. */
static void test_no_tile(void **state)
{
	const u32 origin[3] = { 0 };
	const struct asm_image how = {
		.dim = SHAPE_2D, .state = imm(3), .coords = r32(12), .lod = imm(0),
	};
	struct gpu *gpu = *state;

	gpu_map(gpu, IMAGE, IMAGE_SIZE, GPU_READ | GPU_WRITE);
	gpu_setup_1d(gpu, 256, 256);
	gpu_put64(gpu, GPU_UNIFORM + 2 * HEAP, STATES);
	put_plain(gpu, IMAGE);
	block_program(gpu, &layouts[2], &plain_pair, 0, &how, origin);
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, IMAGE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_block),
		gpu_unit_test(test_outside),
		gpu_unit_test(test_unmapped),
		gpu_unit_test(test_refused),
		gpu_unit_test(test_no_tile),
	};

	return cmocka_run_group_tests_name("engine-tile", tests, NULL, NULL);
}
