/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Access to GPU memory, and the faults that come of it. Each callback costs one step.
 */
#ifndef AGX_ENGINE_MEM_H
#define AGX_ENGINE_MEM_H

#include "bytes.h"
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

/**
 * agx_engine_try_update() - Change a 32-bit word at once, and leave it to the caller what a failure
 * means.
 * @e: The engine.
 * @va: GPU address, a multiple of 4.
 * @change: See &agx_engine_mem_ops.update.
 * @arg: For @change.
 *
 * Return: Whether it was changed.
 */
bool agx_engine_try_update(struct agx_engine *e, u64 va, u32 (*change)(void *arg, u32 value),
			   void *arg);

/**
 * agx_engine_try_map() - Get at memory that is made of words, and leave it if that does not work.
 * @e: The engine.
 * @va: GPU address, a multiple of 4.
 * @size: Bytes, a multiple of 4 up to AGX_ENGINE_MAX_ACCESS.
 * @access: Who accesses it.
 *
 * Others may write them meanwhile, so they are accessed with READ_ONCE() and WRITE_ONCE() only.
 *
 * Return: The words, or NULL; a failure says nothing.
 */
u32 *agx_engine_try_map(struct agx_engine *e, u64 va, u32 size,
			enum agx_engine_access access);

/** agx_engine_unmap() - Before anything else is done with memory. */
void agx_engine_unmap(struct agx_engine *e, u32 *map);

#endif /* AGX_ENGINE_MEM_H */
