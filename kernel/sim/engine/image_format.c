// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "bytes.h"
#include "image_format.h"

static const struct agx_image_format image_formats[] = {
	{ 0x00, 1, AGX_IMAGE_PLAIN, { 8 } },
	{ 0x09, 2, AGX_IMAGE_PLAIN, { 16 } },
	{ 0x0a, 2, AGX_IMAGE_PLAIN, { 8, 8 } },
	{ 0x0b, 2, AGX_IMAGE_PLAIN, { 5, 6, 5 } },
	{ 0x0c, 2, AGX_IMAGE_PLAIN, { 4, 4, 4, 4 } },
	{ 0x0d, 2, AGX_IMAGE_PLAIN, { 1, 5, 5, 5 } },
	{ 0x0e, 2, AGX_IMAGE_PLAIN, { 5, 5, 5, 1 } },
	{ 0x21, 4, AGX_IMAGE_PLAIN, { 32 } },
	{ 0x23, 4, AGX_IMAGE_PLAIN, { 16, 16 } },
	{ 0x25, 4, AGX_IMAGE_SMALL_FLOATS, { 11, 11, 10 } },
	{ 0x26, 4, AGX_IMAGE_PLAIN, { 10, 10, 10, 2 } },
	{ 0x27, 4, AGX_IMAGE_SHARED_EXPONENT, { 9, 9, 9 } },
	{ 0x28, 4, AGX_IMAGE_PLAIN, { 8, 8, 8, 8 } },
	{ 0x31, 8, AGX_IMAGE_PLAIN, { 32, 32 } },
	{ 0x32, 8, AGX_IMAGE_PLAIN, { 16, 16, 16, 16 } },
	{ 0x38, 16, AGX_IMAGE_PLAIN, { 32, 32, 32, 32 } },
};

/* Others are not known to exist. */
static bool image_format_has(const struct agx_image_format *format, u32 type, bool srgb)
{
	u32 bits = format->bits[0];

	if (format->packing != AGX_IMAGE_PLAIN)
		return type == AGX_IMAGE_FLOAT && !srgb;

	switch (type) {
	case AGX_IMAGE_UNORM:
		return bits <= 16 && (!srgb || bits == 8);
	case AGX_IMAGE_SNORM:
		return (bits == 8 || bits == 16) && !srgb;
	case AGX_IMAGE_UINT:
	case AGX_IMAGE_SINT:
		return bits >= 8 && !srgb;
	case AGX_IMAGE_FLOAT:
		return (bits == 16 || bits == 32) && !srgb;
	default:
		return false;
	}
}

const struct agx_image_format *agx_image_format(u32 number, u32 type, bool srgb)
{
	const struct agx_image_format *format;

	for (format = image_formats; format < image_formats + ARRAY_SIZE(image_formats); format++) {
		if (format->number == number && image_format_has(format, type, srgb))
			return format;
	}
	return NULL;
}

static u32 image_mask(u32 bits)
{
	return bits < 32 ? (1u << bits) - 1 : ~0u;
}

static u32 image_unpack_float(u32 raw, u32 bits, u32 halves)
{
	if (bits == 16)
		return halves == 1 ? raw : agx_float_from_half(raw);
	/* What is not converted is not changed. */
	return halves == 1 ? agx_float_round(raw, AGX_FLOAT_HALF) : raw;
}

static u32 image_unpack_channel(u32 type, u32 raw, u32 bits, bool srgb, u32 halves)
{
	enum agx_float_format to = halves == 1 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;

	switch (type) {
	case AGX_IMAGE_UNORM:
		return srgb ? agx_float_from_srgb(raw, to) : agx_float_from_unorm(raw, bits, to);
	case AGX_IMAGE_SNORM:
		return agx_float_from_snorm(raw, bits, to);
	case AGX_IMAGE_SINT:
		if (raw >> (bits - 1) & 1)
			raw |= ~image_mask(bits);
		return raw;
	case AGX_IMAGE_FLOAT:
		return image_unpack_float(raw, bits, halves);
	default:
		return raw;
	}
}

void agx_image_unpack(const struct agx_image_channels *channels, const u8 *texel, u32 halves,
		      u32 *values)
{
	enum agx_float_format to = halves == 1 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;
	const struct agx_image_format *format = channels->format;
	u32 word = agx_engine_get_le(texel, format->bytes < 4 ? format->bytes : 4);
	u32 position = 0;
	u32 bits;
	u32 raw;
	u32 i;

	for (i = 0; i < 4; i++) {
		bits = format->bits[i];
		values[i] = 0;
		if (!bits)
			continue;

		/* Channels of larger texels are in words of their own, or two in one. */
		if (format->bytes > 4)
			word = agx_engine_get_le(texel + position / 32 * 4, 4);
		raw = word >> position % 32 & image_mask(bits);
		position += bits;

		switch (format->packing) {
		case AGX_IMAGE_SMALL_FLOATS:
			values[i] = agx_float_round(agx_float_from_small(raw, bits), to);
			break;
		case AGX_IMAGE_SHARED_EXPONENT:
			values[i] = agx_float_from_shared(word, i, to);
			break;
		default:
			values[i] = image_unpack_channel(channels->type, raw, bits,
							 channels->srgb && i < 3, halves);
		}
	}
}

static u32 image_pack_channel(u32 type, u32 value, u32 bits, bool srgb,
			      enum agx_float_rounding rounding)
{
	switch (type) {
	case AGX_IMAGE_UNORM:
		return srgb ? agx_float_to_srgb(value) : agx_float_to_unorm(value, bits);
	case AGX_IMAGE_SNORM:
		return agx_float_to_snorm(value, bits);
	case AGX_IMAGE_FLOAT:
		return bits == 16 ? agx_float_to_half(value, rounding) : value;
	default:
		return value & image_mask(bits);
	}
}

void agx_image_pack(const struct agx_image_channels *channels, const u32 *values,
		    enum agx_float_rounding rounding, u8 *texel)
{
	const struct agx_image_format *format = channels->format;
	u32 position = 0;
	u32 word = 0;
	u32 raw;
	u32 i;

	if (format->packing == AGX_IMAGE_SHARED_EXPONENT) {
		agx_engine_put_le(texel, 4, agx_float_to_shared(values, rounding));
		return;
	}

	for (i = 0; i < 4 && format->bits[i]; i++) {
		u32 bits = format->bits[i];

		if (format->packing == AGX_IMAGE_SMALL_FLOATS)
			raw = agx_float_to_small(values[i], bits, rounding);
		else
			raw = image_pack_channel(channels->type, values[i], bits,
						 channels->srgb && i < 3, rounding);
		word |= raw << position % 32;
		position += bits;
		if (position % 32 == 0) {
			agx_engine_put_le(texel + position / 8 - 4, 4, word);
			word = 0;
		}
	}
	if (position % 32)
		agx_engine_put_le(texel, format->bytes, word);
}
