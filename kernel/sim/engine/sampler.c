// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "bytes.h"
#include "float.h"
#include "sampler.h"

/* Places further away than so many texels are not told apart. */
#define SAMPLER_FAR	0x40000000ll

/* The single 256. */
#define SAMPLER_SINGLE_UNIT	0x43800000

static u32 sampler_bits(u64 state, u32 position, u32 width)
{
	return (u32)(state >> position) & ((1u << width) - 1);
}

static bool sampler_wrap_is_known(u32 wrap)
{
	return wrap <= AGX_SAMPLER_BORDER || wrap == AGX_SAMPLER_MIRROR_ONCE;
}

bool agx_sampler_init(const u8 *state, struct agx_sampler *sampler)
{
	u64 bits = agx_engine_get_le(state, 4) | (u64)agx_engine_get_le(state + 4, 4) << 32;
	u32 magnify = sampler_bits(bits, 23, 2);
	u32 minify = sampler_bits(bits, 25, 2);
	bool has_border = false;
	u32 i;

	*sampler = (struct agx_sampler){
		.min_lod = sampler_bits(bits, 0, 10) * (AGX_SAMPLER_UNIT / 64),
		.max_lod = sampler_bits(bits, 10, 10) * (AGX_SAMPLER_UNIT / 64),
		.magnify = magnify,
		.minify = minify,
		.mip = (u8)sampler_bits(bits, 27, 2),
		.pixels = sampler_bits(bits, 38, 1),
		.border = (u8)sampler_bits(bits, 55, 2),
	};
	for (i = 0; i < 3; i++) {
		sampler->wrap[i] = (u8)sampler_bits(bits, 29 + 3 * i, 3);
		if (!sampler_wrap_is_known(sampler->wrap[i]))
			return false;
		has_border |= sampler->wrap[i] == AGX_SAMPLER_BORDER;
	}

	/* Of cubic filters, and of borders that have a state of their own, no more is known. */
	return magnify <= 1 && minify <= 1 && sampler->mip <= AGX_SAMPLER_MIP_LINEAR &&
	       !(has_border && sampler->border > AGX_SAMPLER_WHITE);
}

static u32 sampler_modulo(s32 texel, u32 size)
{
	s32 rest = texel % (s32)size;

	return (u32)(rest < 0 ? rest + (s32)size : rest);
}

static u32 sampler_clamp(s32 texel, u32 size)
{
	if (texel < 0)
		return 0;
	return (u32)texel < size ? (u32)texel : size - 1;
}

/* The texel that is there, or stands for what is outside; false for the border. */
static bool sampler_wrap(u32 wrap, s32 texel, u32 size, u32 *to)
{
	switch (wrap) {
	case AGX_SAMPLER_REPEAT:
		*to = sampler_modulo(texel, size);
		return true;
	case AGX_SAMPLER_MIRROR:
		*to = sampler_modulo(texel, 2 * size);
		if (*to >= size)
			*to = 2 * size - 1 - *to;
		return true;
	case AGX_SAMPLER_MIRROR_ONCE:
		*to = sampler_clamp(texel < 0 ? -1 - texel : texel, size);
		return true;
	case AGX_SAMPLER_BORDER:
		*to = sampler_clamp(texel, size);
		return texel >= 0 && (u32)texel < size;
	default:
		*to = sampler_clamp(texel, size);
		return true;
	}
}

void agx_sampler_place(const struct agx_sampler *sampler, u32 direction, bool linear,
		       u32 coordinate, u32 size, struct agx_sampler_axis *axis)
{
	u32 wrap = sampler->wrap[direction];
	u32 weight = 0;
	s64 at;
	u32 i;

	if (!sampler->pixels)
		coordinate = agx_float_mul(coordinate,
					   agx_float_from_integer(size, AGX_FLOAT_NEAREST,
								  AGX_FLOAT_SINGLE),
					   AGX_FLOAT_SINGLE);
	if (linear) {
		coordinate = agx_float_mul(coordinate, SAMPLER_SINGLE_UNIT, AGX_FLOAT_SINGLE);
		at = agx_float_to_integer(coordinate, AGX_FLOAT_NEAREST,
					  -SAMPLER_FAR * AGX_SAMPLER_UNIT,
					  SAMPLER_FAR * AGX_SAMPLER_UNIT);
		/* Texels are where their middle is. */
		at -= AGX_SAMPLER_UNIT / 2;
		weight = (u32)at & (AGX_SAMPLER_UNIT - 1);
		at = (at - weight) / AGX_SAMPLER_UNIT;
	} else {
		at = agx_float_to_integer(coordinate, AGX_FLOAT_DOWN, -SAMPLER_FAR, SAMPLER_FAR);
	}

	for (i = 0; i < 2; i++)
		axis->inside[i] = sampler_wrap(wrap, (s32)at + (s32)i, size, &axis->texel[i]);
	axis->weight[0] = AGX_SAMPLER_UNIT - weight;
	axis->weight[1] = weight;
}
