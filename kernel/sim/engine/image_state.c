// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the bits of a texture's and a PBE's state say.
 */
#include "image.h"

/* Some consecutive bits of a state, at most 36. */
static u64 image_bits(const u8 *state, u32 position, u32 width)
{
	u64 value = 0;
	u32 i;

	for (i = (position + width - 1) / 8 + 1; i-- > position / 8;)
		value = value << 8 | state[i];
	return value >> position % 8 & ((1ULL << width) - 1);
}

static u32 image_field(const u8 *state, u32 position, u32 width)
{
	return (u32)image_bits(state, position, width);
}

/* What is in the same place in both, and in those of linear images. */
static void image_common(const u8 *state, struct agx_image *image)
{
	*image = (struct agx_image){
		.dim = (u8)image_bits(state, 0, 4),
		.layout = (u8)image_bits(state, 4, 2),
		.channels.type = (u8)image_bits(state, 13, 3),
		.depth = 1,
	};

	if (image->layout == AGX_IMAGE_LINEAR && image_bits(state, 127, 1)) {
		image->depth = image_field(state, 128, 11) + 1;
		image->layer_stride = (image_bits(state, 139, 27) << 7) + 0x80;
	}
}

static bool image_dim_is_known(u32 dim)
{
	/* Samples and faces are not accessed by coordinates that are whole numbers. */
	return dim <= AGX_ISA_DIM_2D_ARRAY || dim == AGX_ISA_DIM_3D;
}

static enum agx_image_status image_finish(const u8 *state, struct agx_image *image,
					  bool mipmapped, bool page_aligned)
{
	image->channels.format = agx_image_format(image_field(state, 6, 7), image->channels.type,
						  image->channels.srgb);
	if (!image->channels.format || !image_dim_is_known(image->dim))
		return AGX_IMAGE_UNKNOWN;

	image->levels = 1;
	if (image->layout != AGX_IMAGE_LINEAR)
		agx_image_layout_init(image, mipmapped, page_aligned);
	return image->first <= image->last && image->last < image->levels ? AGX_IMAGE_OK :
									    AGX_IMAGE_UNKNOWN;
}

enum agx_image_status agx_image_texture(const u8 *state, struct agx_image *image)
{
	u32 i;

	image_common(state, image);
	/* The fourth layout is of compressed images, too, but of which is not known. */
	if (image->layout > AGX_IMAGE_TILED || image_bits(state, 103, 1) ||
	    image_bits(state, 106, 2))
		return AGX_IMAGE_COMPRESSED;

	for (i = 0; i < 4; i++) {
		image->swizzle[i] = (u8)image_bits(state, 16 + 3 * i, 3);
		if (image->swizzle[i] > AGX_IMAGE_ZERO)
			return AGX_IMAGE_UNKNOWN;
	}
	image->width = image_field(state, 28, 14) + 1;
	image->height = image_field(state, 42, 14) + 1;
	image->va = image_bits(state, 66, 36) << 4;
	image->channels.srgb = image_bits(state, 108, 1);
	if (image->layout == AGX_IMAGE_LINEAR) {
		image->stride = (image_field(state, 110, 16) << 4) + 16;
	} else {
		image->first = image_field(state, 56, 4);
		image->last = image_field(state, 60, 4);
		if (agx_image_is_layered(image->dim))
			image->depth = image_field(state, 110, 14) + 1;
	}
	return image_finish(state, image, image_bits(state, 102, 1), image_bits(state, 126, 1));
}

enum agx_image_status agx_image_pbe(const u8 *state, struct agx_image *image)
{
	bool mipmapped = false;
	u32 i;

	image_common(state, image);
	if (image->layout > AGX_IMAGE_TILED || image_bits(state, 59, 1))
		return AGX_IMAGE_COMPRESSED;
	/* How images are turned and mirrored has not been seen. */
	if (image_bits(state, 53, 2))
		return AGX_IMAGE_UNKNOWN;

	for (i = 0; i < 4; i++)
		image->swizzle[i] = (u8)image_bits(state, 16 + 2 * i, 2);
	image->width = image_field(state, 24, 14) + 1;
	image->height = image_field(state, 38, 14) + 1;
	image->va = image_bits(state, 64, 36) << 4;
	image->channels.srgb = image_bits(state, 125, 1);
	if (image->layout == AGX_IMAGE_LINEAR) {
		image->stride = image_field(state, 104, 20) + 4;
	} else {
		image->first = image_field(state, 100, 4);
		image->last = image->first;
		mipmapped = image_field(state, 104, 4);
		if (agx_image_is_layered(image->dim))
			image->depth = image_field(state, 108, 14) + 1;
	}
	return image_finish(state, image, mipmapped, image_bits(state, 124, 1));
}
