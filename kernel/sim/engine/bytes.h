/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Numbers in memory, which are little-endian.
 */
#ifndef AGX_ENGINE_BYTES_H
#define AGX_ENGINE_BYTES_H

#include "engine_types.h"

/** agx_engine_get_le() - A number of 1, 2 or 4 bytes. */
static inline u32 agx_engine_get_le(const u8 *bytes, u32 size)
{
	u32 value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

/** agx_engine_put_le() - Store the low 1, 2 or 4 bytes of @value. */
static inline void agx_engine_put_le(u8 *bytes, u32 size, u32 value)
{
	for (; size--; value >>= 8)
		*bytes++ = (u8)value;
}

/** agx_engine_get_le32() - The same for 4 bytes, in a form that compilers know well. */
static inline u32 agx_engine_get_le32(const u8 *bytes)
{
	return bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24;
}

/** agx_engine_put_le32() - The reverse. */
static inline void agx_engine_put_le32(u8 *bytes, u32 value)
{
	bytes[0] = (u8)value;
	bytes[1] = (u8)(value >> 8);
	bytes[2] = (u8)(value >> 16);
	bytes[3] = (u8)(value >> 24);
}

#endif /* AGX_ENGINE_BYTES_H */
