// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "memory_format.h"

static const struct agx_memory_format memory_formats[] = {
	[AGX_ISA_FORMAT_I8] = { 1, 0 },
	[AGX_ISA_FORMAT_I16] = { 2, 0 },
	[AGX_ISA_FORMAT_I32] = { 4, 0 },
	[AGX_ISA_FORMAT_F16] = { 2, 0 },
	[AGX_ISA_FORMAT_U8NORM] = { 1, 0 },
	[AGX_ISA_FORMAT_S8NORM] = { 1, 0 },
	[AGX_ISA_FORMAT_U16NORM] = { 2, 0 },
	[AGX_ISA_FORMAT_S16NORM] = { 2, 0 },
	[AGX_ISA_FORMAT_RGB10A2] = { 4, 4 },
	[AGX_ISA_FORMAT_SRGBA8] = { 1, 0 },
	[AGX_ISA_FORMAT_RG11B10F] = { 4, 3 },
	[AGX_ISA_FORMAT_RGB9E5] = { 4, 3 },
	[AGX_ISA_FORMAT_RG11B10F_RTZ] = { 4, 3 },
	[AGX_ISA_FORMAT_RGB9E5_RTZ] = { 4, 3 },
};

const struct agx_memory_format *agx_memory_format(u32 format)
{
	return &memory_formats[format];
}

static u32 memory_unpack_small(u32 index, u32 raw, enum agx_float_format to)
{
	u32 bits = index == 2 ? 10 : 11;

	return agx_float_round(agx_float_from_small(raw >> (11 * index) & ((1u << bits) - 1), bits),
			       to);
}

u32 agx_memory_unpack(u32 format, u32 index, u32 raw, u32 halves)
{
	enum agx_float_format to = halves == 1 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;

	/* One more than there are. */
	if (memory_formats[format].packed && index == memory_formats[format].packed)
		return to == AGX_FLOAT_HALF ? 0x3c00 : 0x3f800000;

	switch (format) {
	case AGX_ISA_FORMAT_F16:
		return halves == 1 ? raw : agx_float_from_half(raw);
	case AGX_ISA_FORMAT_U8NORM:
		return agx_float_from_unorm(raw, 8, to);
	case AGX_ISA_FORMAT_S8NORM:
		return agx_float_from_snorm(raw, 8, to);
	case AGX_ISA_FORMAT_U16NORM:
		return agx_float_from_unorm(raw, 16, to);
	case AGX_ISA_FORMAT_S16NORM:
		return agx_float_from_snorm(raw, 16, to);
	case AGX_ISA_FORMAT_RGB10A2:
		return agx_float_from_unorm(raw >> (10 * index), index == 3 ? 2 : 10, to);
	case AGX_ISA_FORMAT_SRGBA8:
		/* Alpha is linear. */
		if (index == 3)
			return agx_float_from_unorm(raw, 8, to);
		return agx_float_from_srgb(raw, to);
	case AGX_ISA_FORMAT_RG11B10F:
	case AGX_ISA_FORMAT_RG11B10F_RTZ:
		return memory_unpack_small(index, raw, to);
	case AGX_ISA_FORMAT_RGB9E5:
	case AGX_ISA_FORMAT_RGB9E5_RTZ:
		return agx_float_from_shared(raw, index, to);
	default:
		return raw;
	}
}

static u32 memory_single(u32 value, u32 halves)
{
	return halves == 1 ? agx_float_from_half(value) : agx_float_flush(value);
}

static u32 memory_pack_packed(u32 format, const u32 *singles)
{
	enum agx_float_rounding rounding = AGX_FLOAT_NEAREST;

	switch (format) {
	case AGX_ISA_FORMAT_RGB10A2:
		return agx_float_to_unorm(singles[0], 10) |
		       agx_float_to_unorm(singles[1], 10) << 10 |
		       agx_float_to_unorm(singles[2], 10) << 20 |
		       agx_float_to_unorm(singles[3], 2) << 30;
	case AGX_ISA_FORMAT_RG11B10F_RTZ:
		rounding = AGX_FLOAT_ZERO;
		fallthrough;
	case AGX_ISA_FORMAT_RG11B10F:
		return agx_float_to_small(singles[0], 11, rounding) |
		       agx_float_to_small(singles[1], 11, rounding) << 11 |
		       agx_float_to_small(singles[2], 10, rounding) << 22;
	case AGX_ISA_FORMAT_RGB9E5_RTZ:
		return agx_float_to_shared(singles, AGX_FLOAT_ZERO);
	default:
		/* AGX_ISA_FORMAT_RGB9E5 */
		return agx_float_to_shared(singles, AGX_FLOAT_NEAREST);
	}
}

u32 agx_memory_pack(u32 format, u32 index, const u32 *values, u32 halves)
{
	u32 singles[4];
	u32 i;

	for (i = 0; i < memory_formats[format].packed; i++)
		singles[i] = memory_single(values[i], halves);
	if (i)
		return memory_pack_packed(format, singles);

	switch (format) {
	case AGX_ISA_FORMAT_F16:
		return halves == 1 ? values[0] : agx_float_round(values[0], AGX_FLOAT_HALF);
	case AGX_ISA_FORMAT_U8NORM:
		return agx_float_to_unorm(memory_single(values[0], halves), 8);
	case AGX_ISA_FORMAT_S8NORM:
		return agx_float_to_snorm(memory_single(values[0], halves), 8);
	case AGX_ISA_FORMAT_U16NORM:
		return agx_float_to_unorm(memory_single(values[0], halves), 16);
	case AGX_ISA_FORMAT_S16NORM:
		return agx_float_to_snorm(memory_single(values[0], halves), 16);
	case AGX_ISA_FORMAT_SRGBA8:
		if (index == 3)
			return agx_float_to_unorm(memory_single(values[0], halves), 8);
		return agx_float_to_srgb(memory_single(values[0], halves));
	default:
		return values[0];
	}
}
