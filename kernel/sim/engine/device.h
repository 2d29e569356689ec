/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Loads and stores of device memory: what their two files know of each other. Addresses of all
 * lanes are in scratch.dst.
 */
#ifndef AGX_ENGINE_DEVICE_H
#define AGX_ENGINE_DEVICE_H

#include "memory_format.h"
#include "state.h"

/** struct agx_device_access - What an instruction accesses. Packed components count as one. */
struct agx_device_access {
	const struct agx_isa_insn *insn;
	const struct agx_memory_format *format;

	/* Which components. */
	u32 mask;

	/* Bytes of a component. */
	u32 size;

	/* Bytes from the address of a lane to its first component, and to the end of its last. */
	u32 first;
	u32 end;
};

/**
 * agx_device_stride() - From one lane to the next.
 * @va: Addresses of the lanes.
 * @exec: Lanes that are active.
 *
 * Return: Bytes, if all lanes are active, evenly spaced and in order, and their accesses may
 * adjoin; else 0.
 */
u32 agx_device_stride(const u64 *va, u32 exec);

/**
 * agx_device_load_words() - Load whole words for all lanes at once.
 * @e: The engine.
 * @a: The access, of format AGX_ISA_FORMAT_I32.
 * @exec: Lanes that are active.
 * @low: The lowest of their addresses.
 * @size: Bytes from the first to the last component of all of them.
 * @stride: See agx_device_stride().
 *
 * Return: Whether that was possible; else nothing has happened.
 */
bool agx_device_load_words(struct agx_engine *e, const struct agx_device_access *a, u32 exec,
			   u64 low, u32 size, u32 stride);

/**
 * agx_device_store_words() - Store whole words of all lanes at once.
 * @e: The engine.
 * @a: The access, of format AGX_ISA_FORMAT_I32 and without gaps.
 * @exec: Lanes that are active.
 *
 * Return: Whether they follow one another; else nothing has happened.
 */
bool agx_device_store_words(struct agx_engine *e, const struct agx_device_access *a, u32 exec);

/**
 * agx_device_store_run() - Store data that follow one another.
 * @e: The engine, with the data in scratch.io.
 * @a: The access.
 * @exec: Lanes that are active.
 * @first: The first lane of the run.
 * @last: The last one.
 * @size: Bytes.
 */
void agx_device_store_run(struct agx_engine *e, const struct agx_device_access *a, u32 exec,
			  u32 first, u32 last, u32 size);

#endif /* AGX_ENGINE_DEVICE_H */
