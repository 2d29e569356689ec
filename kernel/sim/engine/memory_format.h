/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Formats in memory, and what loads and stores convert them from and to.
 */
#ifndef AGX_ENGINE_MEMORY_FORMAT_H
#define AGX_ENGINE_MEMORY_FORMAT_H

#include "float.h"
#include "isa.h"

/** struct agx_memory_format - How a format lies in memory. */
struct agx_memory_format {
	/** @size: Bytes that are accessed at once: a component, or all if they are packed. */
	u8 size;

	/** @packed: Components that share these bytes; 0 if each has its own. */
	u8 packed;
};

/** agx_memory_format() - What is known of enum agx_isa_format; @format must be one of it. */
const struct agx_memory_format *agx_memory_format(u32 format);

/**
 * agx_memory_unpack() - A component, as a register gets it.
 * @format: enum agx_isa_format.
 * @index: Which component; the fourth of three is 1.
 * @raw: The bytes that it is in.
 * @halves: Size of the register.
 *
 * Return: An integer, or a half or single.
 */
u32 agx_memory_unpack(u32 format, u32 index, u32 raw, u32 halves);

/**
 * agx_memory_pack() - A component, as it is written to memory, or all of them.
 * @format: enum agx_isa_format.
 * @index: Which component, if each has its own bytes.
 * @values: From registers: this component, or all of them.
 * @halves: Size of the registers.
 *
 * Return: The bytes.
 */
u32 agx_memory_pack(u32 format, u32 index, const u32 *values, u32 halves);

#endif /* AGX_ENGINE_MEMORY_FORMAT_H */
