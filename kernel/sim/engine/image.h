/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/**
 * DOC: Images
 *
 * An image is described by 24 bytes of state: that of a texture, to be read, or that of the pixel
 * back end (PBE), to be written. This turns them into &struct agx_image, and coordinates into
 * addresses.
 *
 * The texels of a linear image are in rows. Those of other images are in tiles, tile after tile in
 * rows, and in Morton order within a tile, with the lowest bit of the column first. A tile of a
 * tiled image is a page, square or twice as wide as high, as long as there is one in either
 * direction; levels without one are one row or column of square tiles, and in a twiddled image all
 * levels are that. Losslessly compressed images cannot be accessed.
 */
#ifndef AGX_ENGINE_IMAGE_H
#define AGX_ENGINE_IMAGE_H

#include "image_format.h"
#include "isa.h"

/** AGX_IMAGE_STATE: Bytes of a texture's or a PBE's state. */
#define AGX_IMAGE_STATE 24

/** enum agx_image_status - What a state is good for. */
enum agx_image_status {
	/** @AGX_IMAGE_OK: The image can be accessed. */
	AGX_IMAGE_OK,

	/** @AGX_IMAGE_COMPRESSED: Its lossless compression is not simulated. */
	AGX_IMAGE_COMPRESSED,

	/** @AGX_IMAGE_UNKNOWN: Something else of it is not. */
	AGX_IMAGE_UNKNOWN,
};

/** enum agx_image_layout - How texels lie in memory. */
enum agx_image_layout {
	AGX_IMAGE_LINEAR = 0,
	AGX_IMAGE_TWIDDLED = 1,
	AGX_IMAGE_TILED = 2,
};

/** struct agx_image - An image that can be accessed. */
struct agx_image {
	/** @va: GPU address of the first level of the first layer. */
	u64 va;

	/** @layer_stride: Bytes between layers, or between slices of a 3D image. */
	u64 layer_stride;

	/** @channels: What a texel consists of. */
	struct agx_image_channels channels;

	/** @stride: Bytes between rows of a linear image. */
	u32 stride;

	/** @width: Texels of the largest level in memory. */
	u32 width;

	/** @height: Its rows. */
	u32 height;

	/** @depth: Layers, or slices of the largest level in memory. */
	u32 depth;

	/** @first: The level that is level 0 for shaders. */
	u32 first;

	/** @last: The last level that shaders can access. */
	u32 last;

	/** @levels: Levels in memory. */
	u32 levels;

	/** @layout: enum agx_image_layout. */
	u8 layout;

	/** @dim: enum agx_isa_dim. */
	u8 dim;

	/**
	 * @swizzle: Of a texture where each component comes from, an enum agx_image_source. Of a
	 * PBE to which channel each component goes; of two that go to the same one the first does.
	 */
	u8 swizzle[4];
};

/** struct agx_image_level - A level of an image. */
struct agx_image_level {
	/** @offset: Bytes from the start of a layer. */
	u64 offset;

	/** @width: Texels. */
	u32 width;

	/** @height: Rows. */
	u32 height;

	/** @depth: Layers or slices. */
	u32 depth;

	/** @tiles: Tiles in a row. */
	u32 tiles;

	/** @tile_width: Texels of a tile, as a power of two. */
	u32 tile_width;

	/** @tile_height: Rows of a tile, as a power of two. */
	u32 tile_height;
};

/** struct agx_image_coords - Where a texel is in a level. */
struct agx_image_coords {
	/** @x: Column. */
	u32 x;

	/** @y: Row. */
	u32 y;

	/** @z: Layer or slice. */
	u32 z;
};

/** agx_image_texture() - Make an image of a texture's state. */
enum agx_image_status agx_image_texture(const u8 *state, struct agx_image *image);

/** agx_image_pbe() - Make an image of a PBE's state. */
enum agx_image_status agx_image_pbe(const u8 *state, struct agx_image *image);

/** agx_image_is_layered() - Whether an image of these dimensions can have layers or slices. */
static inline bool agx_image_is_layered(u32 dim)
{
	return dim == AGX_ISA_DIM_1D_ARRAY || dim == AGX_ISA_DIM_2D_ARRAY || dim == AGX_ISA_DIM_3D;
}

/**
 * agx_image_layout_init() - Find out how many levels there are and how far apart layers are.
 * @image: An image with all else; not a linear one.
 * @mipmapped: There is more than one level.
 * @page_aligned: Layers start at pages.
 */
void agx_image_layout_init(struct agx_image *image, bool mipmapped, bool page_aligned);

/**
 * agx_image_level() - Where a level is.
 * @image: An image.
 * @index: Level, counted from &agx_image.first.
 * @level: Filled in.
 *
 * Return: Whether there is such a level.
 */
bool agx_image_level(const struct agx_image *image, u32 index, struct agx_image_level *level);

/**
 * agx_image_address() - GPU address of a texel.
 * @image: An image.
 * @level: One of its levels.
 * @at: Where, in bounds.
 *
 * Return: The address, of as many bytes as a texel has.
 */
u64 agx_image_address(const struct agx_image *image, const struct agx_image_level *level,
		      const struct agx_image_coords *at);

#endif /* AGX_ENGINE_IMAGE_H */
