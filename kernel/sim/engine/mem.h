/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Access to GPU memory, and the faults that come of it. Each callback costs one step.
 */
#ifndef AGX_ENGINE_MEM_H
#define AGX_ENGINE_MEM_H

#include "state.h"

/**
 * agx_engine_try_read() - Read, and leave it to the caller what a failure means.
 * @e: The engine.
 * @va: GPU address; a range that wraps around the address space fails.
 * @dst: Receives the data.
 * @size: Bytes, 1 to AGX_ENGINE_MAX_ACCESS.
 * @access: Who reads.
 *
 * Return: Whether it was read.
 */
bool agx_engine_try_read(struct agx_engine *e, u64 va, void *dst, u32 size,
			 enum agx_engine_access access);

/** agx_engine_try_write() - Write, and leave it to the caller what a failure means. */
bool agx_engine_try_write(struct agx_engine *e, u64 va, const void *src, u32 size,
			  enum agx_engine_access access);

/**
 * agx_engine_fetch() - Read for the front end; a failure ends the command.
 * @e: The engine.
 * @va: GPU address.
 * @dst: Receives the data.
 * @size: Bytes, 1 to AGX_ENGINE_MAX_ACCESS.
 *
 * Return: Whether it was read.
 */
bool agx_engine_fetch(struct agx_engine *e, u64 va, void *dst, u32 size);

/** agx_engine_le32() - A little-endian word. */
static inline u32 agx_engine_le32(const u8 *bytes)
{
	return bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24;
}

#endif /* AGX_ENGINE_MEM_H */
