// SPDX-License-Identifier: MIT
/* Images and textures. */
#include "igt.h"
#include "program.h"

#define SIZE 64
#define TEXELS (SIZE * SIZE)

/* Storage images, as Mesa lays them out, and row after row. */
static const struct program_image words = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = SIZE, .height = SIZE,
};

static const struct program_image words_in_rows = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.linear = true,
};

static const struct program_image odd_words = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 37, .height = 51,
};

static const struct program_image bytes = {
	.format = VK_FORMAT_R8G8B8A8_UNORM, .texel_size = 4, .width = SIZE, .height = SIZE,
};

static const struct program_image signed_bytes = {
	.format = VK_FORMAT_R8G8B8A8_SINT, .texel_size = 4, .width = SIZE, .height = SIZE,
};

static const struct program_image halves = {
	.format = VK_FORMAT_R16G16_SFLOAT, .texel_size = 4, .width = SIZE, .height = SIZE,
};

static const struct program_image floats = {
	.format = VK_FORMAT_R32G32B32A32_SFLOAT, .texel_size = 16, .width = SIZE, .height = SIZE,
};

static const struct program_image shorts = {
	.format = VK_FORMAT_R16G16B16A16_UINT, .texel_size = 8, .width = SIZE, .height = SIZE,
};

static const struct program_image words_3d = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 16, .height = 16, .depth = 16,
};

static const struct program_image words_layers = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 32, .height = 32, .layers = 4,
};

static const struct program_image words_1d = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 4096,
};

/* What is sampled. */
static const struct program_image texture_words = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.sampled = true,
};

static const struct program_image texture_bytes = {
	.format = VK_FORMAT_R8G8B8A8_UNORM, .texel_size = 4, .width = SIZE, .height = SIZE,
	.sampled = true, .address_mode = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
};

static const struct program_image texture_linear = {
	.format = VK_FORMAT_R32_SFLOAT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.sampled = true, .filter = VK_FILTER_LINEAR,
	.address_mode = VK_SAMPLER_ADDRESS_MODE_REPEAT,
};

static const struct program_image texture_border = {
	.format = VK_FORMAT_R32_SFLOAT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.sampled = true, .address_mode = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_BORDER,
};

static const struct program_image texture_mirror = {
	.format = VK_FORMAT_R16G16_SFLOAT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.sampled = true, .address_mode = VK_SAMPLER_ADDRESS_MODE_MIRRORED_REPEAT,
};

static const struct program_image texture_levels = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = SIZE, .height = SIZE,
	.levels = 7, .sampled = true,
};

static const struct program_image texture_layers = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 32, .height = 32, .layers = 4,
	.sampled = true,
};

static const struct program_image texture_3d = {
	.format = VK_FORMAT_R32_UINT, .texel_size = 4, .width = 16, .height = 16, .depth = 16,
	.sampled = true,
};

#define GROUPS { SIZE / 8, SIZE / 8 }

/* From one image to another of the same kind. */
#define IMAGES(image_, words_) \
	.buffers = { \
		{ .num_words = (words_), .fill = FILL_RANDOM, .image = &(image_) }, \
		{ .num_words = (words_), .compare = COMPARE_WORDS, .image = &(image_) }, \
	}

#define TEXTURE(image_, in_words, out_words) \
	.buffers = { \
		{ .num_words = (in_words), .fill = FILL_RANDOM, .image = &(image_) }, \
		{ .num_words = (out_words), .compare = COMPARE_WORDS }, \
	}

/* Texels as floats: they come as they are, or in between. */
#define SAMPLES(image_, fill_, out_words, ...) \
	.buffers = { \
		{ .num_words = TEXELS, .fill = (fill_), .image = &(image_) }, \
		{ .num_words = (out_words), .compare = COMPARE_FLOATS, \
		  .precision = { __VA_ARGS__ } }, \
	}

static const struct program programs[] = {
	{ "image-words", "Texels of one word.", IMAGES(words, TEXELS), .groups = GROUPS },
	{ "image-rows", "Texels of one word, row after row.", IMAGES(words_in_rows, TEXELS),
	  .groups = GROUPS },
	{ "image-odd", "An image that fills no tile.", IMAGES(odd_words, 37 * 51),
	  .groups = { 5, 7 } },
	{ "image-bytes", "Texels of four bytes.", IMAGES(bytes, TEXELS), .groups = GROUPS },
	{ "image-signed", "Texels of four signed bytes.", IMAGES(signed_bytes, TEXELS),
	  .groups = GROUPS },
	{ "image-halves", "Texels of two 16-bit floats.",
	  .buffers = { { .num_words = TEXELS, .fill = FILL_HALVES, .image = &halves },
		       { .num_words = TEXELS, .compare = COMPARE_WORDS, .image = &halves } },
	  .groups = GROUPS },
	{ "image-shorts", "Texels of four 16-bit integers.", IMAGES(shorts, 2 * TEXELS),
	  .groups = GROUPS },
	{ "image-floats", "Texels of four floats.",
	  .buffers = { { .num_words = 4 * TEXELS, .fill = FILL_FLOATS, .image = &floats },
		       { .num_words = 4 * TEXELS, .compare = COMPARE_WORDS, .image = &floats } },
	  .groups = GROUPS },
	{ "image-1d", "An image with one dimension.", IMAGES(words_1d, 4096), .groups = { 64 } },
	{ "image-3d", "An image with three dimensions.", IMAGES(words_3d, 4096),
	  .groups = { 4, 4, 4 } },
	{ "image-layers", "An image with layers.", IMAGES(words_layers, 4096),
	  .groups = { 4, 4, 4 } },
	{ "image-size", "A shader asks for the size of its images.",
	  .buffers = { { .num_words = 37 * 51, .image = &odd_words },
		       { .num_words = 4096, .image = &words_layers },
		       { .num_words = 4096, .image = &words_3d },
		       { .num_words = 1024, .compare = COMPARE_WORDS } } },
	{ "image-atomic", "All threads add to texels.",
	  .buffers = { { .num_words = TEXELS, .fill = FILL_RANDOM, .compare = COMPARE_WORDS,
			 .image = &words },
		       { .num_words = 64, .compare = COMPARE_WORDS } },
	  .groups = GROUPS },
	{ "image-beyond", "Texels beyond the edges of an image.", IMAGES(words, TEXELS),
	  .groups = GROUPS, .robust = true },
	{ "image-blur", "An image is blurred.", IMAGES(bytes, TEXELS), .groups = GROUPS },
	{ "texture-fetch", "Texels are fetched.", TEXTURE(texture_words, TEXELS, TEXELS),
	  .groups = GROUPS },
	{ "texture-levels", "Levels of detail.", TEXTURE(texture_levels, 5461, 5461 + 21),
	  .groups = { 86 } },
	{ "texture-layers", "Layers of a texture.", TEXTURE(texture_layers, 4096, 4096),
	  .groups = { 64 } },
	{ "texture-3d", "A texture with three dimensions.", TEXTURE(texture_3d, 4096, 4096),
	  .groups = { 64 } },
	{ "texture-nearest", "The nearest texel.",
	  SAMPLES(texture_bytes, FILL_RANDOM, 4 * TEXELS, 2), .groups = GROUPS },
	/* Weights have eight bits. */
	{ "texture-linear", "What is between texels.",
	  SAMPLES(texture_linear, FILL_UNIT, 4 * TEXELS, 0, 1.0 / 64), .groups = GROUPS },
	{ "texture-gather", "Four texels around a place.",
	  SAMPLES(texture_border, FILL_UNIT, 4 * TEXELS, 2), .groups = GROUPS },
	{ "texture-border", "Beyond the edge of a texture is its border.",
	  SAMPLES(texture_border, FILL_UNIT, TEXELS, 0), .groups = GROUPS },
	{ "texture-mirror", "A texture is repeated, the other way round.",
	  SAMPLES(texture_mirror, FILL_HALVES, 2 * TEXELS, 0), .groups = GROUPS },
};

const struct program_table image_programs = { programs, ARRAY_SIZE(programs) };
