// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Where the texels of an image are. Sizes of tiles are powers of two throughout, as exponents.
 */
#include "bits.h"
#include "image.h"

/* Levels start at cache lines, layers at pages or cache lines. */
#define IMAGE_LINE	0x80ull
#define IMAGE_PAGE	0x4000ull
#define IMAGE_PAGE_LOG2	14

static u64 image_align(u64 value, u64 to)
{
	return (value + to - 1) & ~(to - 1);
}

static u32 image_minify(u32 size, u32 level)
{
	return size >> level ? size >> level : 1;
}

static u32 image_log2_ceil(u32 value)
{
	return value > 1 ? agx_engine_highest(value - 1) + 1 : 0;
}

static u32 image_min(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* A page as a tile; the odd bit, if there is one, goes to its width. */
static u32 image_page_width(const struct agx_image *image)
{
	return (IMAGE_PAGE_LOG2 + 1 - agx_engine_highest(image->channels.format->bytes)) / 2;
}

static u32 image_page_height(const struct agx_image *image)
{
	return (IMAGE_PAGE_LOG2 - agx_engine_highest(image->channels.format->bytes)) / 2;
}

static u32 image_tiles(u32 texels, u32 tile)
{
	return (texels + (1u << tile) - 1) >> tile;
}

/*
 * Pages of a level. As many as the largest level has, divided by four for each level, and a row and
 * a column more if halving has lost any; that can be more than the level has use for.
 */
static u64 image_pages(const struct agx_image *image, u32 level)
{
	u32 width = image_tiles(image->width, image_page_width(image));
	u32 height = image_tiles(image->height, image_page_height(image));
	u32 lost = (1u << level) - 1;
	u64 pages = (u64)width * height >> 2 * level;

	if (width & lost)
		pages += height >> level;
	if (height & lost)
		pages += width >> level;
	return pages + ((width & lost) && (height & lost) ? 1 : 0);
}

/*
 * The levels, one by one. In a tiled image they consist of pages as long as they are at least one
 * wide and high. From the first smaller one on, and in a twiddled image always, what is allocated
 * is a power of two in either direction, half of that of the level before.
 */
struct image_walk {
	u32 level;
	u64 offset;
	u64 size;
	bool small;
	u32 small_width;
	u32 small_height;
};

static bool image_is_small(const struct agx_image *image, u32 level)
{
	return image->layout == AGX_IMAGE_TWIDDLED ||
	       image_minify(image->width, level) < 1u << image_page_width(image) ||
	       image_minify(image->height, level) < 1u << image_page_height(image);
}

static void image_walk_measure(const struct agx_image *image, struct image_walk *walk)
{
	if (walk->small) {
		walk->small_width -= walk->small_width ? 1 : 0;
		walk->small_height -= walk->small_height ? 1 : 0;
	} else if (image_is_small(image, walk->level)) {
		walk->small = true;
		walk->small_width = image_log2_ceil(image_minify(image->width, walk->level));
		walk->small_height = image_log2_ceil(image_minify(image->height, walk->level));
	}

	if (walk->small)
		walk->size = (u64)image->channels.format->bytes <<
			     (walk->small_width + walk->small_height);
	else
		walk->size = image_pages(image, walk->level) << IMAGE_PAGE_LOG2;
}

static void image_walk_to(const struct agx_image *image, struct image_walk *walk, u32 level)
{
	*walk = (struct image_walk){ 0 };
	image_walk_measure(image, walk);
	while (walk->level < level) {
		walk->offset = image_align(walk->offset + walk->size, IMAGE_LINE);
		walk->level++;
		image_walk_measure(image, walk);
	}
}

void agx_image_layout_init(struct agx_image *image, bool mipmapped, bool page_aligned)
{
	u32 size = image->width > image->height ? image->width : image->height;
	struct image_walk walk;

	if (image->dim == AGX_ISA_DIM_3D && image->depth > size)
		size = image->depth;
	/* There are all levels that there can be, or one. */
	image->levels = mipmapped ? agx_engine_highest(size) + 1 : 1;

	image_walk_to(image, &walk, image->levels);
	if (image->layout == AGX_IMAGE_TWIDDLED)
		page_aligned = true;
	image->layer_stride = image_align(walk.offset, page_aligned ? IMAGE_PAGE : IMAGE_LINE);
}

static void image_level_tiles(const struct agx_image *image, u32 index,
			      struct agx_image_level *level)
{
	struct image_walk walk;
	u32 height;
	u32 width;

	image_walk_to(image, &walk, index);
	level->offset = walk.offset;
	if (!walk.small) {
		level->tile_width = image_page_width(image);
		level->tile_height = image_page_height(image);
		level->tiles = image_tiles(level->width, level->tile_width);
		return;
	}

	width = image_log2_ceil(level->width);
	height = image_log2_ceil(level->height);
	level->tile_width = image_min(width, height);
	level->tile_height = level->tile_width;
	/* A power of two in a twiddled image. */
	level->tiles = image->layout == AGX_IMAGE_TWIDDLED ?
		       1u << (width - level->tile_width) :
		       image_tiles(level->width, level->tile_width);
}

bool agx_image_level(const struct agx_image *image, u32 index, struct agx_image_level *level)
{
	if (index > image->last || image->first + index > image->last)
		return false;
	index += image->first;

	*level = (struct agx_image_level){
		.width = image_minify(image->width, index),
		.height = image_minify(image->height, index),
		.depth = image->dim == AGX_ISA_DIM_3D ? image_minify(image->depth, index) :
						      image->depth,
	};
	if (image->layout != AGX_IMAGE_LINEAR)
		image_level_tiles(image, index, level);
	return true;
}

u64 agx_image_address(const struct agx_image *image, const struct agx_image_level *level,
		      const struct agx_image_coords *at)
{
	u64 va = image->va + at->z * image->layer_stride;
	u32 bytes = image->channels.format->bytes;
	u64 texel;
	u64 tile;

	if (image->layout == AGX_IMAGE_LINEAR)
		return va + (u64)at->y * image->stride + at->x * bytes;

	tile = (u64)(at->y >> level->tile_height) * level->tiles + (at->x >> level->tile_width);
	texel = tile << (level->tile_width + level->tile_height);
	texel += agx_engine_interleave(at->x & ((1u << level->tile_width) - 1),
				       at->y & ((1u << level->tile_height) - 1));
	return va + level->offset + texel * bytes;
}
