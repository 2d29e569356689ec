// SPDX-License-Identifier: MIT
/*
 * Where the texels of images are.
 */
#include "test.h"

#include <stdlib.h>

#include "image.h"
#include "shape.h"

/* Levels that have been found in memory, of a tiled image that has all of them. */
struct levels {
	u32 channels;
	enum shape_dim dim;
	u32 width;
	u32 height;
	u32 depth;
	bool page_aligned;

	/* Bytes between layers, 0 if not known. */
	u32 layer_stride;

	u32 offset[12];
};

static const struct levels levels_found[] = {
	{
		0x28, SHAPE_2D, 1024, 1024, 1, false, 0x555680,
		{ 0, 0x400000, 0x500000, 0x540000, 0x550000, 0x554000, 0x555000, 0x555400,
		  0x555500, 0x555580 },
	},
	{
		0x28, SHAPE_2D, 1023, 1024, 1, false, 0,
		{ 0, 0x400000, 0x500000, 0x540000, 0x550000, 0x554000, 0x555000, 0x555400,
		  0x555500, 0x555580 },
	},
	{
		0x28, SHAPE_2D, 512, 4096, 1, false, 0,
		{ 0, 0x800000, 0xa00000, 0xa80000, 0xaa0000, 0xaa8000, 0xaaa000, 0xaaa800,
		  0xaaaa00, 0xaaaa80, 0xaaab00, 0xaaab80 },
	},
	{
		0x28, SHAPE_2D, 717, 717, 1, false, 0,
		{ 0, 0x240000, 0x2d0000, 0x2f4000, 0x308000, 0x30c000, 0x30d000, 0x30d400,
		  0x30d500, 0x30d580 },
	},
	{
		0x28, SHAPE_2D, 1024, 717, 1, false, 0,
		{ 0, 0x300000, 0x3c0000, 0x3f0000, 0x404000, 0x408000, 0x409000, 0x409400,
		  0x409500, 0x409580 },
	},
	{
		0x28, SHAPE_2D, 717, 1024, 1, false, 0,
		{ 0, 0x300000, 0x3c0000, 0x3f0000, 0x404000, 0x408000, 0x409000, 0x409400,
		  0x409500, 0x409580 },
	},
	{
		0x00, SHAPE_2D, 286, 166, 1, false, 0,
		{ 0, 0x18000, 0x20000, 0x22000, 0x22800, 0x22a00, 0x22a80, 0x22b00 },
	},
	{
		0x28, SHAPE_2D, 286, 166, 1, false, 0,
		{ 0, 0x3c000, 0x58000, 0x60000, 0x62000, 0x62800, 0x62a00, 0x62a80 },
	},
	{
		0x28, SHAPE_2D, 644, 3995, 1, false, 0,
		{ 0, 0xad4000, 0xe1c000, 0xf10000, 0xf5c000, 0xf6c000, 0xf70000, 0xf71000,
		  0xf71400, 0xf71500, 0xf71580, 0xf71600 },
	},
	{
		0x21, SHAPE_2D_ARRAY, 63, 63, 6, true, 0x8000,
		{ 0, 0x4000, 0x5000, 0x5400, 0x5500 },
	},
	{ 0x21, SHAPE_2D_ARRAY, 32, 16, 64, false, 0xc00, { 0 } },
	{ 0x21, SHAPE_3D, 32, 16, 64, false, 0xc80, { 0 } },
};

static void test_levels(void **state)
{
	u32 i;
	u32 k;

	for (i = 0; i < ARRAY_SIZE(levels_found); i++) {
		const struct levels *levels = &levels_found[i];
		struct shape shape = {
			.layout = SHAPE_TILED, .dim = levels->dim, .mipmapped = true,
			.width = levels->width, .height = levels->height, .depth = levels->depth,
			.page_aligned = levels->page_aligned,
			.format = shape_format(levels->channels,
					       levels->channels == 0x21 ? SHAPE_FLOAT :
									  SHAPE_UNORM),
		};
		struct agx_image_level level;
		struct agx_image image;
		u8 bytes[SHAPE_STATE];

		for (k = 1; k < ARRAY_SIZE(levels->offset) && levels->offset[k]; k++)
			shape.last = k;
		shape_texture(&shape, bytes);
		assert_int_equal(agx_image_texture(bytes, &image), AGX_IMAGE_OK);
		for (k = 0; k <= shape.last; k++) {
			assert_true(agx_image_level(&image, k, &level));
			assert_int_equal(level.offset, levels->offset[k]);
		}
		assert_false(agx_image_level(&image, k, &level));
		if (levels->layer_stride)
			assert_int_equal(image.layer_stride, levels->layer_stride);
	}
}

/* Where texels of a tile have been found: by turns bits of the column and of the row. */
static void test_tile(void **state)
{
	static const u32 found[][3] = {
		{ 0, 0, 0 }, { 1, 0, 4 }, { 0, 1, 8 }, { 2, 0, 16 }, { 3, 3, 60 }, { 0, 2, 32 },
		{ 63, 63, 16380 }, { 64, 0, 16384 }, { 0, 64, 65536 },
	};
	struct shape shape = {
		.layout = SHAPE_TILED, .dim = SHAPE_2D, .width = 256, .height = 256, .depth = 1,
		.format = shape_format(0x28, SHAPE_UNORM),
	};
	struct agx_image_level level;
	struct agx_image image;
	u8 bytes[SHAPE_STATE];
	u32 i;

	shape_texture(&shape, bytes);
	assert_int_equal(agx_image_texture(bytes, &image), AGX_IMAGE_OK);
	assert_true(agx_image_level(&image, 0, &level));
	for (i = 0; i < ARRAY_SIZE(found); i++) {
		const struct agx_image_coords at = { .x = found[i][0], .y = found[i][1] };

		assert_int_equal(agx_image_address(&image, &level, &at), found[i][2]);
	}
}

/* All texels of a level are where they should be, and no two share a byte. */
static void check_level(const struct shape *shape, const struct agx_image *image, u32 index,
			u8 *used)
{
	struct agx_image_level level;
	struct agx_image_coords at;
	u64 offset;
	u32 i;

	assert_true(agx_image_level(image, index, &level));
	assert_int_equal(level.depth, shape_depth(shape, index));
	for (at.z = 0; at.z < level.depth; at.z++) {
		for (at.y = 0; at.y < level.height; at.y++) {
			for (at.x = 0; at.x < level.width; at.x++) {
				assert_true(shape_offset(shape, index, at.x, at.y, at.z, &offset));
				assert_int_equal(agx_image_address(image, &level, &at),
						 shape->va + offset);
				for (i = 0; i < shape_texel(shape); i++)
					assert_int_equal(used[offset + i]++, 0);
			}
		}
	}
	assert_false(shape_offset(shape, index, level.width, 0, 0, &offset));
	assert_false(shape_offset(shape, index, 0, level.height, 0, &offset));
}

static void test_addresses(void **state)
{
	const u32 size = 0x80000;
	struct gpu_random random = { 1 };
	struct agx_image image;
	u8 bytes[SHAPE_STATE];
	u8 *used = malloc(size);
	u32 round;
	u32 i;

	assert_non_null(used);
	for (round = 0; round < 500; round++) {
		struct shape shape = { .va = 0x1234567890ull };

		shape_random(&random, &shape, size);
		shape_texture(&shape, bytes);
		assert_int_equal(agx_image_texture(bytes, &image), AGX_IMAGE_OK);
		memset(used, 0, size);
		for (i = 0; i <= shape.last - shape.first; i++)
			check_level(&shape, &image, i, used);
	}
	free(used);
}

/* No state, level or coordinates make more of it than a wrong address. */
static void test_any_state(void **state)
{
	struct gpu_random random = { 2 };
	struct agx_image_level level;
	struct agx_image image;
	u8 bytes[SHAPE_STATE];
	u32 accessible = 0;
	u32 round;
	u32 i;

	for (round = 0; round < 100000; round++) {
		struct shape shape = { .va = 0x1234567890ull };

		shape_random(&random, &shape, 0x10000);
		for (i = 0; i < 4; i++)
			shape.swizzle[i] &= 3;
		if (round & 1)
			shape_texture(&shape, bytes);
		else
			shape_pbe(&shape, bytes);
		for (i = gpu_random_below(&random, 8); i--;) {
			u32 bit = gpu_random_below(&random, 8 * SHAPE_STATE);

			bytes[bit / 8] ^= (u8)(1 << bit % 8);
		}
		if ((round & 1 ? agx_image_texture(bytes, &image) : agx_image_pbe(bytes, &image)) !=
		    AGX_IMAGE_OK)
			continue;
		accessible++;
		assert_true(image.channels.format->bytes <= AGX_IMAGE_TEXEL);
		for (i = 0; i < 4; i++)
			assert_true(image.swizzle[i] <= AGX_IMAGE_ZERO);
		for (i = 0; agx_image_level(&image, i, &level); i++) {
			const struct agx_image_coords at = {
				gpu_random_below(&random, level.width),
				gpu_random_below(&random, level.height),
				gpu_random_below(&random, level.depth),
			};

			(void)agx_image_address(&image, &level, &at);
		}
		assert_true(i && i <= 16);
	}
	assert_true(accessible > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_tile),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_any_state),
	};

	return cmocka_run_group_tests_name("engine-image", tests, NULL, NULL);
}
