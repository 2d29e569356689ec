/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/**
 * DOC: Samplers
 *
 * A sampler is described by 8 bytes of state: which texels around a place are looked at, in which
 * levels, and what stands for those outside of the texture. This turns them into &struct
 * agx_sampler, and places into texels and weights.
 *
 * Places are rounded to 1/256 of a texel where something is filtered, and levels to 1/256.
 */
#ifndef AGX_ENGINE_SAMPLER_H
#define AGX_ENGINE_SAMPLER_H

#include "engine_types.h"

/** AGX_SAMPLER_STATE: Bytes of a sampler's state. */
#define AGX_SAMPLER_STATE	8

/** AGX_SAMPLER_UNIT: A texel, or a level, in the units of weights. */
#define AGX_SAMPLER_UNIT	256

/** enum agx_sampler_wrap - What is outside of a texture. */
enum agx_sampler_wrap {
	AGX_SAMPLER_EDGE = 0,
	AGX_SAMPLER_REPEAT = 1,
	AGX_SAMPLER_MIRROR = 2,
	AGX_SAMPLER_BORDER = 3,

	/** @AGX_SAMPLER_MIRROR_ONCE: Its mirror image, and then the edge of that. */
	AGX_SAMPLER_MIRROR_ONCE = 5,
};

/** enum agx_sampler_mip - Which levels are looked at. */
enum agx_sampler_mip {
	AGX_SAMPLER_MIP_FIRST = 0,
	AGX_SAMPLER_MIP_NEAREST = 1,
	AGX_SAMPLER_MIP_LINEAR = 2,
};

/** enum agx_sampler_border - Channels of the border: three that are the same, and the fourth. */
enum agx_sampler_border {
	AGX_SAMPLER_TRANSPARENT = 0,
	AGX_SAMPLER_BLACK = 1,
	AGX_SAMPLER_WHITE = 2,
};

/** struct agx_sampler - A sampler. */
struct agx_sampler {
	/** @min_lod: The lowest level, in 1/256. */
	u32 min_lod;

	/** @max_lod: The highest one. */
	u32 max_lod;

	/** @magnify: Level 0 is filtered. */
	bool magnify;

	/** @minify: Others are, and what is between level 0 and them. */
	bool minify;

	/** @mip: enum agx_sampler_mip. */
	u8 mip;

	/** @wrap: enum agx_sampler_wrap in each direction. */
	u8 wrap[3];

	/** @pixels: Coordinates count texels. */
	bool pixels;

	/** @border: enum agx_sampler_border. */
	u8 border;
};

/** struct agx_sampler_axis - The two texels, in one direction, between which a place is. */
struct agx_sampler_axis {
	/** @texel: Which ones, if they are in the texture. */
	u32 texel[2];

	/** @inside: Whether they are. */
	bool inside[2];

	/** @weight: How much they count, together AGX_SAMPLER_UNIT. */
	u32 weight[2];
};

/**
 * agx_sampler_init() - Make a sampler of its state.
 * @state: The state.
 * @sampler: Receives it.
 *
 * Return: Whether all of it is simulated.
 */
bool agx_sampler_init(const u8 *state, struct agx_sampler *sampler);

/**
 * agx_sampler_place() - The texels around a place, in one direction.
 * @sampler: A sampler.
 * @direction: Which direction: 0, 1 or 2.
 * @linear: Both texels count, else only the one in which the place is.
 * @coordinate: The place, a single.
 * @size: Texels in this direction.
 * @axis: Receives them.
 */
void agx_sampler_place(const struct agx_sampler *sampler, u32 direction, bool linear,
		       u32 coordinate, u32 size, struct agx_sampler_axis *axis);

#endif /* AGX_ENGINE_SAMPLER_H */
