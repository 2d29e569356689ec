/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The formats of texels: which bits of it are which channel, and what they denote.
 */
#ifndef AGX_ENGINE_IMAGE_FORMAT_H
#define AGX_ENGINE_IMAGE_FORMAT_H

#include "float.h"

/** AGX_IMAGE_TEXEL: Bytes of the largest texel. */
#define AGX_IMAGE_TEXEL 16

/** enum agx_image_type - What the bits of a channel denote. */
enum agx_image_type {
	AGX_IMAGE_UNORM = 0,
	AGX_IMAGE_SNORM = 1,
	AGX_IMAGE_UINT = 2,
	AGX_IMAGE_SINT = 3,
	AGX_IMAGE_FLOAT = 4,
};

/** enum agx_image_source - Where a component comes from: a channel, or one of two constants. */
enum agx_image_source {
	AGX_IMAGE_R = 0,
	AGX_IMAGE_G = 1,
	AGX_IMAGE_B = 2,
	AGX_IMAGE_A = 3,
	AGX_IMAGE_ONE = 4,
	AGX_IMAGE_ZERO = 5,
};

/** enum agx_image_packing - Channels that are not all independent of each other. */
enum agx_image_packing {
	AGX_IMAGE_PLAIN,
	AGX_IMAGE_SMALL_FLOATS,
	AGX_IMAGE_SHARED_EXPONENT,
};

/** struct agx_image_format - Channels of a texel, from the lowest bit up. */
struct agx_image_format {
	/** @number: As in the state. */
	u8 number;

	/** @bytes: Bytes of a texel, a power of two. */
	u8 bytes;

	/** @packing: enum agx_image_packing. */
	u8 packing;

	/** @bits: Bits of each channel, 0 for none. */
	u8 bits[4];
};

/** agx_image_format() - The format with this number, or NULL if it cannot have such channels. */
const struct agx_image_format *agx_image_format(u32 number, u32 type, bool srgb);

/** struct agx_image_channels - What a texel consists of. */
struct agx_image_channels {
	/** @format: Which bits are which channel. */
	const struct agx_image_format *format;

	/** @type: enum agx_image_type of all of them. */
	u8 type;

	/** @srgb: All but the last of four are sRGB. */
	bool srgb;
};

/**
 * agx_image_unpack() - A texel, as registers get it.
 * @channels: How.
 * @texel: Its bytes.
 * @halves: Size of the registers; integers that do not fit are cut off.
 * @values: Receives four channels; those that there are not are 0.
 */
void agx_image_unpack(const struct agx_image_channels *channels, const u8 *texel, u32 halves,
		      u32 *values);

/**
 * agx_image_pack() - A texel, as it is written to memory.
 * @channels: How.
 * @values: Four channels: singles, or integers of which the lowest bits count.
 * @rounding: How floats are rounded: AGX_FLOAT_ZERO or AGX_FLOAT_NEAREST.
 * @texel: Receives its bytes.
 */
void agx_image_pack(const struct agx_image_channels *channels, const u32 *values,
		    enum agx_float_rounding rounding, u8 *texel);

#endif /* AGX_ENGINE_IMAGE_FORMAT_H */
