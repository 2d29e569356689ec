// SPDX-License-Identifier: MIT
/*
 * Reads of textures by a sampler, held against the same with doubles.
 */
#include "test.h"

#include <math.h>

#include "real.h"
#include "shape.h"
#include "texels.h"

#define THREADS		64
#define SAMPLER_STATE	8

/* Where the sampler is, from HEAP on; textures are before it. */
#define SAMPLER		(8 * SHAPE_STATE)

enum wrap {
	EDGE = 0,
	REPEAT = 1,
	MIRROR = 2,
	BORDER = 3,
	MIRROR_ONCE = 5,
};

struct sampler {
	/* Levels, in 1/64. */
	u32 min_lod;
	u32 max_lod;

	bool magnify;
	bool minify;
	u32 mip;
	u32 wrap[3];
	bool pixels;
	u32 border;
};

/* What a thread asks for: a place in 1/256 of texels of the first level, a layer, a level. */
struct place {
	s32 at[3];
	u32 layer;
	double lod;
};

/* A component, and how large the numbers are that it was made of. */
struct sum {
	double value;
	double size;
};

static u64 sampler_state(const struct sampler *sampler)
{
	return sampler->min_lod | sampler->max_lod << 10 | (u64)sampler->magnify << 23 |
	       (u64)sampler->minify << 25 | (u64)sampler->mip << 27 |
	       (u64)sampler->wrap[0] << 29 | (u64)sampler->wrap[1] << 32 |
	       (u64)sampler->wrap[2] << 35 | (u64)sampler->pixels << 38 |
	       (u64)sampler->border << 55;
}

static u32 axes_of(u32 dim)
{
	return dim == SHAPE_3D ? 3 : dim >= SHAPE_2D ? 2 : 1;
}

static bool is_array(u32 dim)
{
	return dim == SHAPE_1D_ARRAY || dim == SHAPE_2D_ARRAY;
}

static u32 size_of(const struct shape *shape, u32 level, u32 axis)
{
	u32 size = axis ? shape->height : shape->width;

	if (axis == 2)
		return shape_depth(shape, level);
	size >>= shape->first + level;
	return size ? size : 1;
}

/* -1 for the border. */
static s32 wrapped(u32 wrap, s32 texel, s32 size)
{
	switch (wrap) {
	case REPEAT:
		while (texel < 0)
			texel += size;
		return texel % size;
	case MIRROR:
		while (texel < 0)
			texel += 2 * size;
		texel %= 2 * size;
		return texel < size ? texel : 2 * size - 1 - texel;
	case BORDER:
		return texel >= 0 && texel < size ? texel : -1;
	case MIRROR_ONCE:
		texel = texel < 0 ? -1 - texel : texel;
		break;
	}
	return texel < 0 ? 0 : texel >= size ? size - 1 : texel;
}

/* A component of the texel, or of the border. */
static double component_of(struct gpu *gpu, const struct shape *shape,
			   const struct sampler *sampler, u32 level, const s32 *at, u32 layer,
			   u32 component)
{
	u32 axes = axes_of(shape->dim);
	u32 source = shape->swizzle[component];
	bool is_integer = shape->format->type == SHAPE_UINT;
	u32 components[4];
	u64 offset;
	u32 i;

	for (i = 0; i < axes; i++) {
		if (at[i] >= 0)
			continue;
		if (source >= 4)
			return source == 4;
		return sampler->border == 2 || (sampler->border == 1 && source == 3);
	}
	if (!shape_offset(shape, level, (u32)at[0], axes > 1 ? (u32)at[1] : 0,
			  axes > 2 ? (u32)at[2] : layer, &offset))
		return source == 4;
	shape_unpack(shape, gpu_at(gpu, IMAGE + offset), 32, components);
	return is_integer ? components[component] : real_of(components[component], 32);
}

/* The place of a level, in 1/256 of its texels, if it is not the first one. */
static double place_in(const struct shape *shape, const struct sampler *sampler,
		       const struct place *place, u32 level, u32 axis)
{
	double at = place->at[axis];

	return sampler->pixels ? at :
	       at / size_of(shape, 0, axis) * size_of(shape, level, axis);
}

static void add_level(struct gpu *gpu, const struct shape *shape, const struct sampler *sampler,
		      const struct place *place, u32 level, bool linear, double share,
		      u32 component, struct sum *sum)
{
	u32 axes = axes_of(shape->dim);
	double weight;
	double value;
	u32 corner;
	s32 at[3];
	u32 i;

	for (corner = 0; corner < 1u << axes; corner++) {
		weight = share;
		for (i = 0; i < axes; i++) {
			double where = place_in(shape, sampler, place, level, i);
			double low = floor(linear ? nearbyint(where) / 256 - 0.5 : where / 256);
			double part = linear ? nearbyint(where) / 256 - 0.5 - low : 0;
			bool second = corner >> i & 1;

			at[i] = wrapped(sampler->wrap[i], (s32)low + second,
					(s32)size_of(shape, level, i));
			weight *= second ? part : 1 - part;
		}
		if (weight == 0)
			continue;
		value = component_of(gpu, shape, sampler, level, at, place->layer, component);
		sum->value += weight * value;
		sum->size += weight * fabs(value);
	}
}

static struct sum expected(struct gpu *gpu, const struct shape *shape,
			   const struct sampler *sampler, const struct place *place, u32 component)
{
	bool is_integer = shape->format->type == SHAPE_UINT;
	double last = shape->last - shape->first;
	double lod = fmax(fmin(place->lod, sampler->max_lod / 64.0), sampler->min_lod / 64.0);
	bool linear = !is_integer && (lod > 0 ? sampler->minify : sampler->magnify);
	struct sum sum = { 0 };

	lod = sampler->mip ? fmin(lod, last) : 0;
	if (sampler->mip < 2 || is_integer)
		lod = ceil(lod - 0.5);
	add_level(gpu, shape, sampler, place, (u32)floor(lod), linear, 1 - (lod - floor(lod)),
		  component, &sum);
	if (lod > floor(lod))
		add_level(gpu, shape, sampler, place, (u32)floor(lod) + 1, linear,
			  lod - floor(lod), component, &sum);
	return sum;
}

static void check(const struct shape *shape, u32 thread, u32 got, u32 size, const struct sum *sum)
{
	double error = size == 32 ? 0.00001 : 0.001;
	double value;

	if (shape->format->type == SHAPE_UINT) {
		assert_int_equal(got, (u32)sum->value & (size == 32 ? ~0u : 0xffff));
		return;
	}
	value = real_of(got, size);
	if (!(fabs(value - sum->value) <= error * (sum->size + 0.001)))
		fail_msg("thread %u: %g, not %g; format 0x%x, dimensions %u, layout %u", thread,
			 value, sum->value, shape->format->channels, shape->dim, shape->layout);
}

static void random_texture(struct gpu_random *random, struct shape *shape)
{
	bool good;

	do {
		*shape = (struct shape){ .va = IMAGE };
		shape_random(random, shape, IMAGE_SIZE);
		good = (shape->format->channels == 0x28 && shape->format->type == SHAPE_UNORM &&
			!shape->format->srgb) ||
		       (shape->format->channels == 0x28 && shape->format->type == SHAPE_UINT) ||
		       (shape->format->channels == 0x38 && shape->format->type == SHAPE_FLOAT);
	} while (!good);
}

static void random_sampler(struct gpu_random *random, const struct shape *shape,
			   struct sampler *sampler)
{
	static const u32 wraps[] = { EDGE, REPEAT, MIRROR, BORDER, MIRROR_ONCE };
	u32 i;

	*sampler = (struct sampler){
		.min_lod = gpu_random_below(random, 4) ? 0 : gpu_random_below(random, 256),
		.max_lod = gpu_random_below(random, 4) ? 14 * 64 : gpu_random_below(random, 256),
		.magnify = gpu_random_below(random, 2),
		.minify = gpu_random_below(random, 2),
		.mip = gpu_random_below(random, 3),
		.border = gpu_random_below(random, 3),
		.pixels = shape->first == shape->last && !gpu_random_below(random, 4),
	};
	if (sampler->max_lod < sampler->min_lod)
		sampler->max_lod = sampler->min_lod;
	for (i = 0; i < 3; i++)
		sampler->wrap[i] = wraps[gpu_random_below(random, ARRAY_SIZE(wraps))];
}

/* No place is near to where another texel is the nearest one, in any level. */
static bool is_clear(const struct shape *shape, const struct sampler *sampler,
		     const struct place *place, u32 axis)
{
	double where;
	double part;
	u32 level;

	for (level = 0; level <= shape->last - shape->first; level++) {
		where = place_in(shape, sampler, place, level, axis);
		part = where / 256 - floor(where / 256);
		if (part < 0.01 || part > 0.99)
			return false;
		/* Nor to where it is rounded to another 1/256. */
		part = where - floor(where);
		if (part > 0.4 && part < 0.6)
			return false;
	}
	return true;
}

static void random_place(struct gpu *gpu, struct gpu_random *random, const struct shape *shape,
			 const struct sampler *sampler, u32 thread, struct place *place)
{
	u32 axes = axes_of(shape->dim);
	u64 va = GPU_IN + 16 * thread;
	float coordinate;
	u32 size;
	u32 i;

	for (i = 0; i < axes; i++) {
		size = size_of(shape, 0, i);
		do {
			place->at[i] = (s32)gpu_random_below(random, 256 * 3 * size) -
				       (s32)(256 * size);
		} while (!is_clear(shape, sampler, place, i));
		coordinate = (float)(place->at[i] / 256.0 / (sampler->pixels ? 1 : size));
		gpu_put32(gpu, va + 4 * i, real_to_single(coordinate));
	}
	place->layer = is_array(shape->dim) ? gpu_random_below(random, shape->depth) : 0;
	if (is_array(shape->dim))
		gpu_put32(gpu, va + 4 * i, place->layer | 0xabcd0000);
	place->lod = ((s32)gpu_random_below(random, 16 * (shape->last - shape->first + 3)) - 16) /
		     16.0;
	gpu_put32(gpu, va + 12, real_to_half(place->lod) | 0xabcd0000);
}

static void fill_image(struct gpu *gpu, struct gpu_random *random, const struct shape *shape)
{
	u64 size = shape_size(shape);
	u64 i;

	for (i = 0; i < size; i += 4) {
		u32 word = gpu_random(random);

		if (shape->format->type == SHAPE_FLOAT)
			word = real_to_single((float)((s32)(word % 20001) - 10000) / 100);
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
	asm_texture_state(code, 0, u32_(HEAP / 2), imm(0));
	asm_sampler_state(code, 1, u32_(HEAP / 2), imm(SAMPLER));
}

static void epilogue(struct gpu *gpu, struct code *code)
{
	asm_wait(code, 0);
	asm_store(code, &words, r32(8), base_out(), r32(1));
	asm_stop(code);
	gpu_put_code(gpu, code);
}

static void put_texture(struct gpu *gpu, const struct shape *shape)
{
	u8 state[SHAPE_STATE];

	shape_texture(shape, state);
	gpu_put(gpu, STATES, state, sizeof(state));
}

static void run_filter(struct gpu *gpu, struct gpu_random *random, const struct shape *shape)
{
	bool automatic = !gpu_random_below(random, 4);
	u32 size = gpu_random_below(random, 2) ? 32 : 16;
	u32 mask = 1 + gpu_random_below(random, 15);
	struct asm_image how = {
		.dim = shape->dim, .mask = mask, .coords = r32(4),
		.lod = automatic ? imm(0) : r16(14),
	};
	struct place places[THREADS];
	struct sampler sampler;
	struct code code;
	struct sum sum;
	u32 index;
	u32 got;
	u32 i;
	u32 k;

	random_sampler(random, shape, &sampler);
	for (i = 0; i < THREADS; i++) {
		random_place(gpu, random, shape, &sampler, i, &places[i]);
		if (automatic)
			places[i].lod = 0;
	}
	put_texture(gpu, shape);
	gpu_put64(gpu, STATES + SAMPLER, sampler_state(&sampler));

	prologue(&code);
	asm_texture_sample(&code, &how, imm(1), 0, size == 32 ? r32(8) : r16(16));
	epilogue(gpu, &code);
	gpu_assert_done(gpu);

	for (i = 0; i < THREADS; i++) {
		index = 0;
		for (k = 0; k < 4; k++) {
			if (!(mask >> k & 1))
				continue;
			got = 0;
			memcpy(&got, (u8 *)gpu_at(gpu, GPU_OUT + 16 * i) + index++ * size / 8,
			       size / 8);
			sum = expected(gpu, shape, &sampler, &places[i], k);
			check(shape, i, got, size, &sum);
		}
	}
}

static void test_filter(void **state)
{
	struct gpu_random random = { 2 };
	struct gpu *gpu = *state;
	struct shape shape;
	u32 round;

	texels_setup(gpu, THREADS, GPU_READ);
	for (round = 0; round < 600; round++) {
		random_texture(&random, &shape);
		fill_image(gpu, &random, &shape);
		run_filter(gpu, &random, &shape);
	}
}

/* The four texels around a place, counterclockwise from the lower left one on. */
static void check_gather(struct gpu *gpu, const struct shape *shape, const struct sampler *sampler,
			 u32 thread, const struct place *place, u32 component)
{
	static const s32 corners[4][2] = { { 0, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 } };
	struct sum sum;
	s32 at[2];
	u32 i;
	u32 k;

	for (i = 0; i < 4; i++) {
		for (k = 0; k < 2; k++)
			at[k] = wrapped(sampler->wrap[k],
					(s32)floor(place->at[k] / 256.0 - 0.5) + corners[i][k],
					(s32)size_of(shape, 0, k));
		sum.value = component_of(gpu, shape, sampler, 0, at, place->layer, component);
		sum.size = fabs(sum.value);
		check(shape, thread, gpu_get32(gpu, GPU_OUT + 16 * thread + 4 * i), 32, &sum);
	}
}

static void test_gather(void **state)
{
	struct gpu_random random = { 3 };
	struct gpu *gpu = *state;
	struct place places[THREADS];
	struct sampler sampler;
	struct shape shape;
	struct code code;
	u32 component;
	u32 round;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	for (round = 0; round < 200; round++) {
		struct asm_image how = { .mask = 15, .coords = r32(4), .lod = imm(0) };

		do {
			random_texture(&random, &shape);
		} while (axes_of(shape.dim) != 2);
		fill_image(gpu, &random, &shape);
		random_sampler(&random, &shape, &sampler);
		for (i = 0; i < THREADS; i++)
			random_place(gpu, &random, &shape, &sampler, i, &places[i]);
		put_texture(gpu, &shape);
		gpu_put64(gpu, STATES + SAMPLER, sampler_state(&sampler));
		component = gpu_random_below(&random, 4);

		how.dim = shape.dim;
		prologue(&code);
		asm_texture_sample(&code, &how, imm(1), 2 * component + 1, r32(8));
		epilogue(gpu, &code);
		gpu_assert_done(gpu);
		for (i = 0; i < THREADS; i++)
			check_gather(gpu, &shape, &sampler, i, &places[i], component);
	}
}

/* A row of four texels: 0, 1, 2, 3. */
static void put_row(struct gpu *gpu)
{
	const struct shape shape = {
		.va = IMAGE, .layout = SHAPE_LINEAR, .dim = SHAPE_1D,
		.format = shape_format(0x21, SHAPE_FLOAT), .width = 4, .height = 1, .depth = 1,
		.stride = 16,
	};
	u32 i;

	put_texture(gpu, &shape);
	for (i = 0; i < 4; i++)
		gpu_put32(gpu, IMAGE + 4 * i, real_to_single((float)i));
}

/* Samplers that a launch has loaded, by a register: all threads look at -1.5 of 4 texels. */
static void test_sources(void **state)
{
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(4), .lod = imm(0),
	};
	const struct sampler edge = { .max_lod = 64 };
	const struct sampler mirror = { .max_lod = 64, .wrap = { MIRROR } };
	struct gpu *gpu = *state;
	struct code code;
	u32 i;
	u64 at;

	texels_setup(gpu, THREADS, GPU_READ);
	put_row(gpu);
	gpu_put64(gpu, STATES + SAMPLER, sampler_state(&edge));
	gpu_put64(gpu, STATES + SAMPLER + SAMPLER_STATE, sampler_state(&mirror));
	for (i = 0; i < THREADS; i++)
		gpu_put32(gpu, GPU_IN + 16 * i, real_to_single(-1.5f / 4));

	at = gpu_usc_uniform(gpu, GPU_USC, 0, 32, GPU_UNIFORM);
	at = gpu_usc_sampler(gpu, at, 5, 2, STATES + SAMPLER);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);

	prologue(&code);
	asm_bitop(&code, 8, r32(2), r32(1), imm(1));
	asm_iadd(&code, NULL, r16(6), r32(2), imm(5));
	asm_texture_sample(&code, &how, r16(6), 0, r32(8));
	epilogue(gpu, &code);
	gpu_assert_done(gpu);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(gpu_get32(gpu, GPU_OUT + 16 * i), real_to_single(i & 1));
}

/* Places that are no numbers, or far away, are somewhere. */
static void test_far(void **state)
{
	static const u32 places[] = {
		0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff, 0xff7fffff, 0x4f000000, 0xcf000000,
	};
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(4), .lod = imm(0),
	};
	struct sampler sampler = { .max_lod = 64 };
	struct gpu *gpu = *state;
	struct code code;
	double value;
	u32 round;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	put_row(gpu);
	for (i = 0; i < THREADS; i++)
		gpu_put32(gpu, GPU_IN + 16 * i, places[i % ARRAY_SIZE(places)]);
	prologue(&code);
	asm_texture_sample(&code, &how, imm(1), 0, r32(8));
	epilogue(gpu, &code);
	for (round = 0; round < 12; round++) {
		sampler.wrap[0] = round % 6 == 4 ? EDGE : round % 6;
		sampler.magnify = round >= 6;
		gpu_put64(gpu, STATES + SAMPLER, sampler_state(&sampler));
		gpu_assert_done(gpu);
		for (i = 0; i < THREADS; i++) {
			value = real_of(gpu_get32(gpu, GPU_OUT + 16 * i), 32);
			assert_true(value >= 0 && value <= 3);
		}
	}
}

static void test_refused(void **state)
{
	static const struct {
		u64 state;
		const char *what;
	} refusals[] = {
		{ 2ull << 23, "a cubic filter" },
		{ 3ull << 25, "filter 3" },
		{ 3ull << 27, "levels that are filtered in a third way" },
		{ 4ull << 29, "wrap 4" },
		{ 6ull << 32, "wrap 6" },
		{ 7ull << 35, "wrap 7" },
		{ 3ull << 55 | 3ull << 29, "a border with a state of its own" },
	};
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(4), .lod = imm(0),
	};
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	put_row(gpu);
	prologue(&code);
	asm_texture_sample(&code, &how, imm(1), 0, r32(8));
	epilogue(gpu, &code);
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		gpu_put64(gpu, STATES + SAMPLER, refusals[i].state);
		if (gpu_run(gpu) != AGX_ENGINE_FAULT)
			fail_msg("accepted: %s", refusals[i].what);
		fault = agx_engine_fault(gpu->engine);
		assert_int_equal(fault->kind, AGX_ENGINE_FAULT_IMAGE);
		assert_int_equal(fault->va, STATES + SAMPLER);
	}

	/* Where nothing is the border its colour does not matter. */
	gpu_put64(gpu, STATES + SAMPLER, 3ull << 55);
	gpu_assert_done(gpu);

	/* A number that is none of a sampler, and one that has not been loaded. */
	prologue(&code);
	asm_ldimm16(&code, 6, 256);
	asm_texture_sample(&code, &how, r16(6), 0, r32(8));
	epilogue(gpu, &code);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_IMAGE);
	assert_int_equal(fault->va, 256);
	prologue(&code);
	asm_texture_sample(&code, &how, imm(7), 0, r32(8));
	epilogue(gpu, &code);
	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->va, 0);
	assert_int_equal(fault->size, SAMPLER_STATE);
}

/* A texel without a page ends the command, or reads as 0. */
static void test_unmapped(void **state)
{
	const struct shape shape = {
		.va = IMAGE + IMAGE_SIZE - 16, .layout = SHAPE_LINEAR, .dim = SHAPE_1D,
		.format = shape_format(0x21, SHAPE_FLOAT), .width = 8, .height = 1, .depth = 1,
		.stride = 32,
	};
	const struct asm_image how = {
		.dim = SHAPE_1D, .mask = 1, .coords = r32(4), .lod = imm(0),
	};
	const struct sampler sampler = { .max_lod = 64, .magnify = true };
	const struct agx_engine_fault *fault;
	struct gpu *gpu = *state;
	struct code code;
	u32 i;

	texels_setup(gpu, THREADS, GPU_READ);
	put_texture(gpu, &shape);
	gpu_put64(gpu, STATES + SAMPLER, sampler_state(&sampler));
	for (i = 0; i < 4; i++)
		gpu_put32(gpu, shape.va + 4 * i, real_to_single(8));
	for (i = 0; i < THREADS; i++)
		gpu_put32(gpu, GPU_IN + 16 * i, real_to_single(0.5f));
	prologue(&code);
	asm_texture_sample(&code, &how, imm(1), 0, r32(8));
	epilogue(gpu, &code);

	fault = gpu_assert_fault(gpu, AGX_ENGINE_FAULT_UNMAPPED);
	assert_int_equal(fault->access, AGX_ENGINE_SHADER_LOAD);
	assert_int_equal(fault->va, IMAGE + IMAGE_SIZE);
	gpu->cfg.soft_faults = true;
	gpu_assert_done(gpu);
	assert_int_equal(gpu_get32(gpu, GPU_OUT), real_to_single(4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_filter),
		gpu_unit_test(test_gather),
		gpu_unit_test(test_sources),
		gpu_unit_test(test_far),
		gpu_unit_test(test_refused),
		gpu_unit_test(test_unmapped),
	};

	return cmocka_run_group_tests_name("engine-sample", tests, NULL, NULL);
}
