/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Counting, finding and interleaving bits.
 */
#ifndef AGX_ENGINE_BITS_H
#define AGX_ENGINE_BITS_H

#include "engine_types.h"

/** agx_engine_popcount() - How many bits of @value are set. */
static inline u32 agx_engine_popcount(u32 value)
{
	value -= value >> 1 & 0x55555555;
	value = (value & 0x33333333) + (value >> 2 & 0x33333333);
	value = (value + (value >> 4)) & 0x0f0f0f0f;
	return value * 0x01010101 >> 24;
}

/** agx_engine_lowest() - The number of the lowest bit that is set in @value, which is not 0. */
static inline u32 agx_engine_lowest(u32 value)
{
	return (u32)__builtin_ctz(value);
}

/** agx_engine_highest() - The same for the highest bit. */
static inline u32 agx_engine_highest(u32 value)
{
	return 31 - (u32)__builtin_clz(value);
}

/** agx_engine_spread() - The low 16 bits of @value in the even places. */
static inline u32 agx_engine_spread(u32 value)
{
	value &= 0xffff;
	value = (value | value << 8) & 0x00ff00ff;
	value = (value | value << 4) & 0x0f0f0f0f;
	value = (value | value << 2) & 0x33333333;
	return (value | value << 1) & 0x55555555;
}

/** agx_engine_gather() - The bits of @value in the even places; undoes agx_engine_spread(). */
static inline u32 agx_engine_gather(u32 value)
{
	value &= 0x55555555;
	value = (value | value >> 1) & 0x33333333;
	value = (value | value >> 2) & 0x0f0f0f0f;
	value = (value | value >> 4) & 0x00ff00ff;
	return (value | value >> 8) & 0xffff;
}

/** agx_engine_interleave() - The low 16 bits of @even and @odd by turns, that of @even first. */
static inline u32 agx_engine_interleave(u32 even, u32 odd)
{
	return agx_engine_spread(even) | agx_engine_spread(odd) << 1;
}

#endif /* AGX_ENGINE_BITS_H */
