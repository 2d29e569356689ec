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

#endif /* AGX_ENGINE_BYTES_H */
