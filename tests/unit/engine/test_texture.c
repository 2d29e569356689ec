// SPDX-License-Identifier: MIT
/*
 * Reads of texels: which one, of which texture, and what it becomes.
 */
#include "test.h"

#include "real.h"
#include "shape.h"
#include "texels.h"

#define THREADS		64

static void put_texture(struct gpu *gpu, u64 va, const struct shape *shape)
{
	u8 state[SHAPE_STATE];

	shape_texture(shape, state);
	gpu_put(gpu, va, state, sizeof(state));
}

static void fill_image(struct gpu *gpu, struct gpu_random *random, u64 size)
{
	u32 i;

	/* Some texels are floats at an edge. */
	for (i = 0; i < size; i += 4) {
		u32 word = gpu_random(random);

		if (!gpu_random_below(random, 4))
			word = real_random_single(random);
		if (!gpu_random_below(random, 4))
			word = real_random_half(random) | real_random_half(random) << 16;
		gpu_put32(gpu, IMAGE + i, word);
	}
}

static const struct asm_memory words = {
	.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
};

/* r1 the thread, r4 to r7 coordinates and level, r8 to r11 what is stored. */
static void prologue(struct code *code)
{
	u32 i;

	code->len = 0;
	asm_special(code, r32(1), 80);
	asm_load(code, &words, r32(4), base_in(), r32(1));
	asm_wait(code, 0);
	for (i = 8; i < 12; i++)
		asm_ldimm32(code, i, 0x12345678);
}

static void epilogue(struct gpu *gpu, struct code *code)
{
	asm_wait(code, 0);
	asm_store(code, &words, r32(8), base_out(), r32(1));
	asm_stop(code);
	gpu_put_code(gpu, code);
}

/* Held against the model: @outside, or the texel, in registers of @size bits. */
static void check_thread(struct gpu *gpu, const struct shape *shape, u32 thread, u32 size, u32 mask,
			 const struct texel *texel)
{
	const u8 *result = gpu_at(gpu, GPU_OUT + 16 * thread);
	const u8 *bytes = NULL;
	u32 components[4];
	u32 index = 0;
	u64 offset;
	u32 i;

	if (shape_offset(shape, texel->lod, texel->at[0], texel->at[1], texel->at[2], &offset))
		bytes = gpu_at(gpu, IMAGE + offset);
	shape_unpack(shape, bytes, size, components);

	for (i = 0; i < 4; i++) {
		u32 got = 0;

		if (!(mask >> i & 1))
			continue;
		memcpy(&got, result + index++ * size / 8, size / 8);
		if (!shape_same(shape, size, got, components[i]))
			fail_msg("thread %u, format 0x%x type %u, layout %u, %s, %c: 0x%x not 0x%x",
				 thread, shape->format->channels, shape->format->type,
				 shape->layout, bytes ? "inside" : "outside", "xyzw"[i], got,
				 components[i]);
	}
	for (i = index * size / 16; i < 8; i++)
		assert_int_equal(((const u16 *)result)[i], i & 1 ? 0x1234 : 0x5678);
}

static void run_read(struct gpu *gpu, struct gpu_random *random, const struct shape *shape)
{
	u32 mask = 1 + gpu_random_below(random, 15);
	u32 size = gpu_random_below(random, 2) ? 32 : 16;
	struct texel texels[THREADS];
	struct asm_image how = {
		.dim = shape->dim, .mask = mask, .state = imm(gpu_random_below(random, 2)),
		.coords = r32(4), .lod = r16(14),
	};
	struct code code;
	u32 i;

	for (i = 0; i < THREADS; i++) {
		texels_random(random, shape, how.dim, &texels[i]);
		texels_put(gpu, i, how.dim, &texels[i], gpu_random_below(random, 2));
	}
	put_texture(gpu, STATES + SHAPE_STATE, shape);

	prologue(&code);
	asm_texture_state(&code, how.state.value, u32_(HEAP / 2), imm(SHAPE_STATE));
	asm_texture_read(&code, &how, size == 32 ? r32(8) : r16(16));
	epilogue(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < THREADS; i++)
		check_thread(gpu, shape, i, size, mask, &texels[i]);
}

static void test_read(void **state)
{
	struct gpu_random random = { 1 };
	struct gpu *gpu = *state;
	u32 round;

	texels_setup(gpu, THREADS, GPU_READ);
	for (round = 0; round < 1500; round++) {
		struct shape shape = { .va = IMAGE };

		shape_random(&random, &shape, IMAGE_SIZE);
		if (round % 10 == 0)
			fill_image(gpu, &random, IMAGE_SIZE);
		run_read(gpu, &random, &shape);
	}
}

/* A small texture of one layer, row and level with the numbers from @first on. */
static void put_numbers(struct gpu *gpu, u32 index, u32 first)
{
	struct shape shape = {
		.va = IMAGE + 0x1000 * index, .layout = SHAPE_LINEAR, .dim = SHAPE_1D,
		.format = shape_format(0x21, SHAPE_UINT), .width = THREADS, .height = 1, .depth = 1,
		.stride = 4 * THREADS,
	};
	u32 i;

	put_texture(gpu, STATES + SHAPE_STATE * index, &shape);
	for (i = 0; i < THREADS; i++)
		gpu_put32(gpu, shape.va + 4 * i, first + i);
}

/* Where the state can be: there are textures of 100, 200, and so on; thread i reads texel i. */
static void test_sources(void **state)
{
	struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(1), .lod = imm(0), .heap = HEAP,
	};
	struct gpu *gpu = *state;
	struct code code;
	u32 expected;
	u32 i;
	u32 k;
	u64 at;

	texels_setup(gpu, THREADS, GPU_READ);
	for (i = 0; i < 8; i++)
		put_numbers(gpu, i, 100 * (i + 1));

	for (k = 0; k < 4; k++) {
		/* ts5 and ts6 are the textures of 300 and 400. */
		at = gpu_usc_uniform(gpu, GPU_USC, 0, 32, GPU_UNIFORM);
		at = gpu_usc_texture(gpu, at, 5, 2, STATES + 2 * SHAPE_STATE);
		at = gpu_usc_shader(gpu, at, GPU_CODE);
		gpu_usc_end(gpu, at, 0);

		prologue(&code);
		switch (k) {
		case 0:
			how.state = imm(6);
			break;
		case 1:
			/* In a register, for each thread another one. */
			asm_bitop(&code, 8, r32(2), r32(1), imm(1));
			asm_iadd(&code, NULL, r16(6), r32(2), imm(5));
			how.state = r16(6);
			break;
		case 2:
			/* In the heap, too. */
			asm_bitop(&code, 8, r32(2), r32(1), imm(7));
			asm_imadd(&code, NULL, r32(2), r32(2), imm(SHAPE_STATE), imm(0));
			how.state = r32(2);
			break;
		default:
			/* Loaded by a register, that of the last thread. */
			asm_ldimm32(&code, 2, 7 * SHAPE_STATE);
			asm_texture_state(&code, 5, u32_(HEAP / 2), r32(2));
			how.state = imm(5);
			break;
		}
		asm_texture_read(&code, &how, r32(8));
		epilogue(gpu, &code);
		gpu_assert_done(gpu);

		for (i = 0; i < THREADS; i++) {
			expected = k == 0 ? 400 : k == 1 ? 300 + 100 * (i & 1) :
				   k == 2 ? 100 + 100 * (i & 7) : 800;
			assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), expected + i);
		}
	}
}

/* A workgroup does not see what another one has loaded, nor what none of its threads has. */
static void test_state_is_of_workgroup(void **state)
{
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(1), .lod = imm(0), .state = imm(5),
	};
	struct gpu *gpu = *state;
	struct code code;
	u32 i;
	u64 at;

	texels_setup(gpu, THREADS, GPU_READ);
	for (i = 0; i < 2; i++)
		put_numbers(gpu, i, 100 * (i + 1));
	at = gpu_usc_uniform(gpu, GPU_USC, 0, 32, GPU_UNIFORM);
	at = gpu_usc_texture(gpu, at, 5, 1, STATES);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);

	/* The first workgroup has threads below 20, the second one has none. */
	prologue(&code);
	asm_icmp(&code, ASM_IF, 1, 1, r32(1), imm(20));
	asm_texture_state(&code, 5, u32_(HEAP / 2), imm(SHAPE_STATE));
	asm_pop(&code, 1);
	asm_texture_read(&code, &how, r32(8));
	epilogue(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), (i < 32 ? 200 : 100) + i);
}

/* Texels and states that cannot be read. */
static void test_unmapped(void **state)
{
	struct shape shape = {
		.va = IMAGE + IMAGE_SIZE - 0x80, .layout = SHAPE_LINEAR, .dim = SHAPE_1D,
		.format = shape_format(0x21, SHAPE_UINT), .width = THREADS, .height = 1, .depth = 1,
		.stride = 4 * THREADS, .swizzle = { 0, 1, 4, 5 },
	};
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 13, .coords = r32(1), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	put_texture(gpu, STATES, &shape);
	for (i = 0; i < 32; i++)
		gpu_put32(gpu, shape.va + 4 * i, i + 1);
	prologue(&code);
	asm_texture_state(&code, 0, u32_(HEAP / 2), imm(0));
	asm_texture_read(&code, &how, r32(8));
	epilogue(gpu, &code);

	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_SHADER_LOAD);
	assert_int_equal(fault->va, IMAGE + IMAGE_SIZE);
	assert_int_equal(fault->size, 4);
	assert_int_equal(fault->lane, 0);

	gpu->cfg.soft_faults = true;
	gpu_assert_done(gpu);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), i < 32 ? i + 1 : 0);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 4), 1);
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i + 8), 0);
	}

	/* Soft faults are of data only. */
	gpu_put64(gpu, GPU_UNIFORM + 2 * HEAP, 0xdead0000);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_FETCH);
	assert_int_equal(fault->va, 0xdead0000);
	assert_int_equal(fault->size, SHAPE_STATE);
}

struct refusal {
	/* A field to set. */
	u32 position;
	u32 width;
	u32 value;

	enum agx_engine_fault_kind kind;
	const char *what;
};

/* States that are not simulated. */
static void test_refused(void **state)
{
	static const struct refusal refusals[] = {
		{ 103, 1, 1, AGX_ENGINE_FAULT_COMPRESSED, "compressed" },
		{ 106, 2, 1, AGX_ENGINE_FAULT_COMPRESSED, "kind of compression" },
		{ 4, 2, 3, AGX_ENGINE_FAULT_COMPRESSED, "layout 3" },
		{ 0, 4, 4, AGX_ENGINE_FAULT_IMAGE, "samples" },
		{ 0, 4, 6, AGX_ENGINE_FAULT_IMAGE, "a cube" },
		{ 0, 4, 9, AGX_ENGINE_FAULT_IMAGE, "dimension 9" },
		{ 13, 3, 5, AGX_ENGINE_FAULT_IMAGE, "type 5" },
		{ 6, 7, 1, AGX_ENGINE_FAULT_IMAGE, "format 1" },
		{ 6, 7, 0x25, AGX_ENGINE_FAULT_IMAGE, "small floats that are none" },
		{ 108, 1, 1, AGX_ENGINE_FAULT_IMAGE, "sRGB of 16 bits" },
		{ 16, 3, 6, AGX_ENGINE_FAULT_IMAGE, "channel 6" },
		{ 60, 4, 8, AGX_ENGINE_FAULT_IMAGE, "levels that there cannot be" },
		{ 56, 4, 1, AGX_ENGINE_FAULT_IMAGE, "a first level behind the last" },
	};
	const struct asm_image how = {
		.dim = SHAPE_2D, .mask = 1, .coords = r32(4), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	char text[AGX_ENGINE_FAULT_TEXT];
	u8 bytes[SHAPE_STATE];
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	prologue(&code);
	asm_texture_state(&code, 0, u32_(HEAP / 2), imm(0));
	asm_texture_read(&code, &how, r32(8));
	epilogue(gpu, &code);

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct shape shape = {
			.va = IMAGE, .layout = SHAPE_TILED, .dim = SHAPE_2D,
			.format = shape_format(9, SHAPE_UNORM), .width = 100, .height = 100,
			.depth = 1,
		};

		shape.layout = refusals[i].position == 4 ? 0 : SHAPE_TILED;
		shape.dim = refusals[i].position == 0 ? 0 : SHAPE_2D;
		shape_texture(&shape, bytes);
		if (refusals[i].position == 6)
			bytes[0] &= 0x3f, bytes[1] = 0;
		shape_put(bytes, refusals[i].position, refusals[i].width, refusals[i].value);
		gpu_put(gpu, STATES, bytes, sizeof(bytes));
		if (gpu_run(gpu) != AGX_ENGINE_FAULT)
			fail_msg("accepted: %s", refusals[i].what);
		fault = agx_engine_fault(gpu->engine);
		assert_int_equal(fault->kind, refusals[i].kind);
		assert_int_equal(fault->va, STATES);
		assert_int_equal(fault->access, AGX_ENGINE_SHADER_LOAD);
		agx_engine_fault_format(fault, text, sizeof(text));
		assert_true(!strstr(text, "lossless compression") ==
			    (fault->kind != AGX_ENGINE_FAULT_COMPRESSED));
	}
}

/* Nor are instructions that want one of several samples, of an image that is good for others. */
static void test_samples_refused(void **state)
{
	static const u32 dims[] = { 4, 8 };
	const struct shape shape = {
		.va = IMAGE, .layout = SHAPE_TILED, .dim = SHAPE_2D,
		.format = shape_format(9, SHAPE_UNORM), .width = 100, .height = 100, .depth = 1,
	};
	struct asm_image how = { .mask = 1, .coords = r32(4), .lod = imm(0) };
	u8 bytes[SHAPE_STATE];
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	shape_texture(&shape, bytes);
	gpu_put(gpu, STATES, bytes, sizeof(bytes));
	for (i = 0; i < ARRAY_SIZE(dims); i++) {
		how.dim = dims[i];
		prologue(&code);
		asm_texture_state(&code, 0, u32_(HEAP / 2), imm(0));
		asm_texture_read(&code, &how, r32(8));
		epilogue(gpu, &code);
		assert_int_equal(gpu_run(gpu), AGX_ENGINE_FAULT);
		assert_int_equal(agx_engine_fault(gpu->engine)->kind, AGX_ENGINE_FAULT_IMAGE);
	}
}

/* A number in a register that is none of a state. */
static void test_no_such_state(void **state)
{
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(1), .lod = imm(0), .state = r16(6),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;

	texels_setup(gpu, THREADS, GPU_READ);
	prologue(&code);
	asm_ldimm16(&code, 6, 256);
	asm_texture_read(&code, &how, r32(8));
	epilogue(gpu, &code);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_IMAGE);
	assert_int_equal(fault->va, 256);

	/* There are 256, of which those that have not been loaded are at address 0. */
	prologue(&code);
	asm_ldimm16(&code, 6, 255);
	asm_texture_read(&code, &how, r32(8));
	epilogue(gpu, &code);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->va, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_read),
		gpu_unit_test(test_sources),
		gpu_unit_test(test_state_is_of_workgroup),
		gpu_unit_test(test_unmapped),
		gpu_unit_test(test_refused),
		gpu_unit_test(test_samples_refused),
		gpu_unit_test(test_no_such_state),
	};

	return cmocka_run_group_tests_name("engine-texture", tests, NULL, NULL);
}
