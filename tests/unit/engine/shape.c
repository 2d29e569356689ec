// SPDX-License-Identifier: MIT
#include "shape.h"

#include <math.h>
#include <stdint.h>

#include "real.h"
#include "real_format.h"

static const struct shape_format formats[] = {
	{ 0x00, SHAPE_UNORM, false, { 8 } },
	{ 0x00, SHAPE_UNORM, true, { 8 } },
	{ 0x00, SHAPE_SNORM, false, { 8 } },
	{ 0x00, SHAPE_UINT, false, { 8 } },
	{ 0x00, SHAPE_SINT, false, { 8 } },
	{ 0x09, SHAPE_UNORM, false, { 16 } },
	{ 0x09, SHAPE_SNORM, false, { 16 } },
	{ 0x09, SHAPE_UINT, false, { 16 } },
	{ 0x09, SHAPE_SINT, false, { 16 } },
	{ 0x09, SHAPE_FLOAT, false, { 16 } },
	{ 0x0a, SHAPE_UNORM, false, { 8, 8 } },
	{ 0x0a, SHAPE_SNORM, false, { 8, 8 } },
	{ 0x0a, SHAPE_UINT, false, { 8, 8 } },
	{ 0x0a, SHAPE_SINT, false, { 8, 8 } },
	{ 0x0b, SHAPE_UNORM, false, { 5, 6, 5 } },
	{ 0x0c, SHAPE_UNORM, false, { 4, 4, 4, 4 } },
	{ 0x0d, SHAPE_UNORM, false, { 1, 5, 5, 5 } },
	{ 0x0e, SHAPE_UNORM, false, { 5, 5, 5, 1 } },
	{ 0x21, SHAPE_UINT, false, { 32 } },
	{ 0x21, SHAPE_SINT, false, { 32 } },
	{ 0x21, SHAPE_FLOAT, false, { 32 } },
	{ 0x23, SHAPE_UNORM, false, { 16, 16 } },
	{ 0x23, SHAPE_SNORM, false, { 16, 16 } },
	{ 0x23, SHAPE_UINT, false, { 16, 16 } },
	{ 0x23, SHAPE_SINT, false, { 16, 16 } },
	{ 0x23, SHAPE_FLOAT, false, { 16, 16 } },
	{ 0x25, SHAPE_FLOAT, false, { 11, 11, 10 } },
	{ 0x26, SHAPE_UNORM, false, { 10, 10, 10, 2 } },
	{ 0x26, SHAPE_UINT, false, { 10, 10, 10, 2 } },
	{ 0x26, SHAPE_SINT, false, { 10, 10, 10, 2 } },
	{ 0x27, SHAPE_FLOAT, false, { 9, 9, 9, 5 } },
	{ 0x28, SHAPE_UNORM, false, { 8, 8, 8, 8 } },
	{ 0x28, SHAPE_UNORM, true, { 8, 8, 8, 8 } },
	{ 0x28, SHAPE_SNORM, false, { 8, 8, 8, 8 } },
	{ 0x28, SHAPE_UINT, false, { 8, 8, 8, 8 } },
	{ 0x28, SHAPE_SINT, false, { 8, 8, 8, 8 } },
	{ 0x31, SHAPE_UINT, false, { 32, 32 } },
	{ 0x31, SHAPE_SINT, false, { 32, 32 } },
	{ 0x31, SHAPE_FLOAT, false, { 32, 32 } },
	{ 0x32, SHAPE_UNORM, false, { 16, 16, 16, 16 } },
	{ 0x32, SHAPE_SNORM, false, { 16, 16, 16, 16 } },
	{ 0x32, SHAPE_UINT, false, { 16, 16, 16, 16 } },
	{ 0x32, SHAPE_SINT, false, { 16, 16, 16, 16 } },
	{ 0x32, SHAPE_FLOAT, false, { 16, 16, 16, 16 } },
	{ 0x38, SHAPE_UINT, false, { 32, 32, 32, 32 } },
	{ 0x38, SHAPE_SINT, false, { 32, 32, 32, 32 } },
	{ 0x38, SHAPE_FLOAT, false, { 32, 32, 32, 32 } },
};

const struct shape_format *shape_format(u32 channels, enum shape_type type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (formats[i].channels == channels && formats[i].type == type && !formats[i].srgb)
			return &formats[i];
	}
	return NULL;
}

const struct shape_format *shape_random_format(struct gpu_random *random)
{
	return &formats[gpu_random_below(random, ARRAY_SIZE(formats))];
}

u32 shape_texel(const struct shape *shape)
{
	const u32 *bits = shape->format->bits;

	return (bits[0] + bits[1] + bits[2] + bits[3]) / 8;
}

static bool is_layered(const struct shape *shape)
{
	return shape->dim == SHAPE_1D_ARRAY || shape->dim == SHAPE_2D_ARRAY ||
	       shape->dim == SHAPE_3D;
}

static u32 level_size(u32 size, u32 level)
{
	return size >> level ? size >> level : 1;
}

static u32 power_of_two(u32 size)
{
	u32 power = 1;

	while (power < size)
		power *= 2;
	return power;
}

/* Tiles of a page, by the size of texels. */
static void page_size(u32 texel, u32 *width, u32 *height)
{
	static const u32 sizes[][3] = {
		{ 1, 128, 128 }, { 2, 128, 64 }, { 4, 64, 64 }, { 8, 64, 32 }, { 16, 32, 32 },
	};
	u32 i = 0;

	while (sizes[i][0] != texel)
		i++;
	*width = sizes[i][1];
	*height = sizes[i][2];
}

/* A level of a tiled image that is at least a page wide and high. */
static bool level_is_large(const struct shape *shape, u32 level)
{
	u32 height;
	u32 width;

	page_size(shape_texel(shape), &width, &height);
	return shape->layout == SHAPE_TILED && level_size(shape->width, level) >= width &&
	       level_size(shape->height, level) >= height;
}

static u32 small_levels_start(const struct shape *shape)
{
	u32 level = 0;

	while (level_is_large(shape, level))
		level++;
	return level;
}

static u64 level_bytes(const struct shape *shape, u32 level)
{
	u32 start = small_levels_start(shape);
	u32 texel = shape_texel(shape);
	u32 columns;
	u32 height;
	u32 width;
	u64 pages;
	u32 rows;

	if (level >= start) {
		width = power_of_two(level_size(shape->width, start));
		height = power_of_two(level_size(shape->height, start));
		return (u64)level_size(width, level - start) * level_size(height, level - start) *
		       texel;
	}

	page_size(texel, &width, &height);
	columns = (shape->width + width - 1) / width;
	rows = (shape->height + height - 1) / height;
	pages = (u64)columns * rows >> 2 * level;
	if (columns % (1u << level))
		pages += rows >> level;
	if (rows % (1u << level))
		pages += columns >> level;
	if (columns % (1u << level) && rows % (1u << level))
		pages++;
	return pages * 0x4000;
}

static u64 align(u64 value, u64 to)
{
	return (value + to - 1) / to * to;
}

static u64 level_offset(const struct shape *shape, u32 level)
{
	u64 offset = 0;
	u32 i;

	for (i = 0; i < level; i++)
		offset = align(offset + level_bytes(shape, i), 0x80);
	return offset;
}

static u32 levels_in_memory(const struct shape *shape)
{
	u32 size = shape->width > shape->height ? shape->width : shape->height;
	u32 levels = 1;

	if (shape->dim == SHAPE_3D && shape->depth > size)
		size = shape->depth;
	while (shape->mipmapped && size >> levels)
		levels++;
	return levels;
}

static u64 layer_bytes(const struct shape *shape)
{
	bool pages = shape->page_aligned || shape->layout == SHAPE_TWIDDLED;

	if (shape->layout == SHAPE_LINEAR)
		return shape->layer_stride ? shape->layer_stride : shape->stride * shape->height;
	return align(level_offset(shape, levels_in_memory(shape)), pages ? 0x4000 : 0x80);
}

u64 shape_size(const struct shape *shape)
{
	return layer_bytes(shape) * shape->depth;
}

u32 shape_depth(const struct shape *shape, u32 level)
{
	return shape->dim == SHAPE_3D ? level_size(shape->depth, shape->first + level) :
					shape->depth;
}

/* Bits of the column and the row by turns. */
static u32 morton(u32 x, u32 y)
{
	u32 order = 0;
	u32 i;

	for (i = 0; i < 16; i++)
		order |= (x >> i & 1) << 2 * i | (y >> i & 1) << (2 * i + 1);
	return order;
}

bool shape_offset(const struct shape *shape, u32 level, u32 x, u32 y, u32 z, u64 *offset)
{
	u32 at = shape->first + level;
	u32 tile_height;
	u32 tile_width;
	u32 columns;
	u32 height;
	u32 width;

	if (level > shape->last - shape->first)
		return false;
	width = level_size(shape->width, at);
	height = level_size(shape->height, at);
	if (x >= width || y >= height || z >= shape_depth(shape, level))
		return false;

	*offset = z * layer_bytes(shape);
	if (shape->layout == SHAPE_LINEAR) {
		*offset += (u64)y * shape->stride + (u64)x * shape_texel(shape);
		return true;
	}

	if (level_is_large(shape, at)) {
		page_size(shape_texel(shape), &tile_width, &tile_height);
		columns = (width + tile_width - 1) / tile_width;
	} else {
		tile_width = power_of_two(width < height ? width : height);
		tile_height = tile_width;
		if (shape->layout == SHAPE_TWIDDLED)
			width = power_of_two(width);
		columns = (width + tile_width - 1) / tile_width;
	}
	*offset += level_offset(shape, at);
	*offset += ((u64)(y / tile_height * columns + x / tile_width) * tile_width * tile_height +
		    morton(x % tile_width, y % tile_height)) * shape_texel(shape);
	return true;
}

void shape_put(u8 *state, u32 position, u32 width, u64 value)
{
	u32 i;

	for (i = 0; i < width; i++) {
		if (value >> i & 1)
			state[(position + i) / 8] |= (u8)(1 << (position + i) % 8);
	}
}

static void put_common(const struct shape *shape, u8 *state)
{
	memset(state, 0, SHAPE_STATE);
	shape_put(state, 0, 4, shape->dim);
	shape_put(state, 4, 2, shape->layout);
	shape_put(state, 6, 7, shape->format->channels);
	shape_put(state, 13, 3, shape->format->type);
	if (shape->layout == SHAPE_LINEAR && shape->layer_stride) {
		shape_put(state, 127, 1, 1);
		shape_put(state, 128, 11, shape->depth - 1);
		shape_put(state, 139, 27, shape->layer_stride / 0x80 - 1);
	}
}

void shape_texture(const struct shape *shape, u8 *state)
{
	u32 i;

	put_common(shape, state);
	for (i = 0; i < 4; i++)
		shape_put(state, 16 + 3 * i, 3, shape->swizzle[i]);
	shape_put(state, 28, 14, shape->width - 1);
	shape_put(state, 42, 14, shape->height - 1);
	shape_put(state, 66, 36, shape->va / 16);
	shape_put(state, 108, 1, shape->format->srgb);
	if (shape->layout == SHAPE_LINEAR) {
		shape_put(state, 110, 16, shape->stride / 16 - 1);
		return;
	}
	shape_put(state, 56, 4, shape->first);
	shape_put(state, 60, 4, shape->last);
	shape_put(state, 102, 1, shape->mipmapped);
	if (is_layered(shape))
		shape_put(state, 110, 14, shape->depth - 1);
	shape_put(state, 126, 1, shape->page_aligned);
}

void shape_pbe(const struct shape *shape, u8 *state)
{
	u32 i;

	put_common(shape, state);
	for (i = 0; i < 4; i++)
		shape_put(state, 16 + 2 * i, 2, shape->swizzle[i]);
	shape_put(state, 24, 14, shape->width - 1);
	shape_put(state, 38, 14, shape->height - 1);
	shape_put(state, 64, 36, shape->va / 16);
	shape_put(state, 125, 1, shape->format->srgb);
	if (shape->layout == SHAPE_LINEAR) {
		shape_put(state, 104, 20, shape->stride - 4);
		return;
	}
	shape_put(state, 100, 4, shape->first);
	shape_put(state, 104, 4, levels_in_memory(shape) - 1);
	if (is_layered(shape))
		shape_put(state, 108, 14, shape->depth - 1);
	shape_put(state, 124, 1, shape->page_aligned);
}

static void random_levels(struct gpu_random *random, struct shape *shape)
{
	u32 levels;

	shape->mipmapped = gpu_random_below(random, 2);
	levels = levels_in_memory(shape);
	shape->first = gpu_random_below(random, levels);
	shape->last = shape->first + gpu_random_below(random, levels - shape->first);
}

static void random_strides(struct gpu_random *random, struct shape *shape)
{
	shape->stride = (u32)align(shape->width * shape_texel(shape), 16) +
			16 * gpu_random_below(random, 3);
	if (is_layered(shape))
		shape->layer_stride = (u32)align(shape->stride * shape->height, 0x80) +
				      0x80 * gpu_random_below(random, 2);
}

void shape_random(struct gpu_random *random, struct shape *shape, u32 bytes)
{
	static const enum shape_dim dims[] = {
		SHAPE_1D, SHAPE_1D_ARRAY, SHAPE_2D, SHAPE_2D_ARRAY, SHAPE_3D,
	};
	u32 limit;
	u32 i;

	do {
		*shape = (struct shape){
			.va = shape->va,
			.layout = gpu_random_below(random, 3),
			.dim = dims[gpu_random_below(random, ARRAY_SIZE(dims))],
			.format = shape_random_format(random),
			.height = 1,
			.depth = 1,
			.page_aligned = gpu_random_below(random, 2),
		};
		for (i = 0; i < 4; i++)
			shape->swizzle[i] = gpu_random_below(random, 6);
		limit = 1u << gpu_random_below(random, 9);
		shape->width = 1 + gpu_random_below(random, limit);
		if (shape->dim >= SHAPE_2D)
			shape->height = 1 + gpu_random_below(random, limit);
		if (is_layered(shape))
			shape->depth = 1 + gpu_random_below(random, 5);
		if (shape->layout == SHAPE_LINEAR)
			random_strides(random, shape);
		else
			random_levels(random, shape);
	} while (shape_size(shape) > bytes);
}

/* A channel as a register gets it. */
static u32 unpack(const struct shape_format *format, u32 texel, u32 index, u32 raw, u32 size)
{
	u32 bits = format->bits[index];

	switch (format->type) {
	case SHAPE_UNORM:
		if (format->srgb && index < 3)
			return real_to(real_srgb(raw), size);
		return real_to(real_unorm(raw, bits), size);
	case SHAPE_SNORM:
		return real_to(real_snorm(raw, bits), size);
	case SHAPE_UINT:
		return size == 16 ? raw & 0xffff : raw;
	case SHAPE_SINT:
		raw = (u32)((s32)(raw << (32 - bits)) >> (32 - bits));
		return size == 16 ? raw & 0xffff : raw;
	default:
		break;
	}

	if (format->channels == 0x25)
		return real_to(real_small(raw, bits), size);
	if (format->channels == 0x27)
		return real_to(real_shared(texel, index), size);
	return bits == size ? raw : real_to(real_of(raw, bits), size);
}

void shape_unpack(const struct shape *shape, const u8 *texel, u32 size, u32 *components)
{
	const struct shape_format *format = shape->format;
	bool integer = format->type == SHAPE_UINT || format->type == SHAPE_SINT;
	u32 channels[6] = { 0 };
	u32 position = 0;
	u32 word = 0;
	u32 i;

	/* The exponent that is shared is no channel. */
	for (i = 0; texel && i < (format->channels == 0x27 ? 3 : 4); i++) {
		u32 bits = format->bits[i];
		u64 raw = 0;

		if (!bits)
			continue;
		memcpy(&word, texel, shape_texel(shape) < 4 ? shape_texel(shape) : 4);
		memcpy(&raw, texel + position / 8, (position % 8 + bits + 7) / 8);
		raw = raw >> position % 8 & ((1ull << bits) - 1);
		channels[i] = unpack(format, word, i, (u32)raw, size);
		position += bits;
	}
	channels[4] = integer ? 1 : real_to(1, size);
	for (i = 0; i < 4; i++)
		components[i] = channels[shape->swizzle[i]];
}

static u32 pack(const struct shape_format *format, u32 index, u32 value, u32 size, bool nearest)
{
	u32 bits = format->bits[index];

	switch (format->type) {
	case SHAPE_UNORM:
		if (format->srgb && index < 3)
			return (u32)nearbyint(real_to_srgb(real_of(value, size)));
		return real_to_unorm(real_of(value, size), bits);
	case SHAPE_SNORM:
		return real_to_snorm(real_of(value, size), bits);
	case SHAPE_SINT:
		return size == 16 ? (u32)(s16)value : value;
	case SHAPE_UINT:
		return value;
	default:
		break;
	}

	if (format->channels == 0x25)
		return real_to_small(real_of(value, size), bits, nearest);
	if (bits == 32)
		return size == 32 ? value : real_to_single(real_of_half(value));
	return nearest ? real_to_half(real_of(value, size)) :
			 real_to_half_towards_zero(real_of(value, size));
}

void shape_pack(const struct shape *shape, const u32 *components, u32 size, bool nearest,
		u8 *texel)
{
	const struct shape_format *format = shape->format;
	u32 channels[4] = { 0 };
	double singles[3];
	u32 position = 0;
	u32 i;

	memset(texel, 0, shape_texel(shape));
	/* Of two components for the same channel the first one gets there. */
	for (i = 4; i--;)
		channels[shape->swizzle[i]] = components[i];

	if (format->channels == 0x27) {
		for (i = 0; i < 3; i++)
			singles[i] = real_of(channels[i], size);
		shape_put(texel, 0, 32, real_to_shared(singles, nearest));
		return;
	}
	for (i = 0; i < 4; i++) {
		shape_put(texel, position, format->bits[i],
			  format->bits[i] ? pack(format, i, channels[i], size, nearest) : 0);
		position += format->bits[i];
	}
}

bool shape_same(const struct shape *shape, u32 size, u32 got, u32 expected)
{
	if (shape->format->type == SHAPE_FLOAT && isnan(real_of(got, size)) &&
	    isnan(real_of(expected, size)))
		return true;
	return got == expected;
}
