/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_MMU_H
#define SIM_MMU_H

#include <linux/types.h>

struct device;

/**
 * DOC: Address translation
 *
 * The MMU walks the page tables of agx_uat.h in memory and touches what they lead to. Each thread
 * of the GPU has a port of its own. An access through a port is one section with interrupts off,
 * from the first look at a translation to the last byte copied: it does not sleep, allocate, take
 * a lock or wait for anything, so that sim_mmu_flush() can wait for it, from any context.
 */
struct sim_mmu;
struct sim_port;

/** SIM_MAX_ACCESS: bytes of the largest access. */
#define SIM_MAX_ACCESS 512

/** enum sim_accessor - Who accesses memory. */
enum sim_accessor {
	/** @SIM_FIXED: fixed functions, which may touch pages that shaders may not. */
	SIM_FIXED,
	/** @SIM_SHADER: an instruction of a shader. */
	SIM_SHADER,
};

/** struct sim_mmu_stats - What happened since the module was loaded. */
struct sim_mmu_stats {
	/** @hits: pages whose translation was cached. */
	u64 hits;
	/** @misses: pages that needed a walk, successful or not. */
	u64 misses;
	/** @flushes: calls of sim_mmu_flush(). */
	u64 flushes;
	/** @valid: translations in the TLB now. */
	unsigned int valid;
};

/**
 * sim_mmu_create() - Make an MMU with no address space.
 * @dev: Device whose DMA addresses the page tables hold. Borrowed.
 * @num_ports: Threads that are going to access memory.
 *
 * Return: the MMU, or an ERR_PTR(-ENOMEM).
 */
struct sim_mmu *sim_mmu_create(struct device *dev, unsigned int num_ports);

/** sim_mmu_destroy() - Free an MMU that nobody uses any more. */
void sim_mmu_destroy(struct sim_mmu *mmu);

/** sim_mmu_port() - The port @index, for one thread. Borrowed from the MMU. */
struct sim_port *sim_mmu_port(struct sim_mmu *mmu, unsigned int index);

/** sim_mmu_power_up() - Begin with no address space and an empty TLB. No access may run. */
void sim_mmu_power_up(struct sim_mmu *mmu);

/** sim_mmu_set_root() - See agx_hw_ops.set_root. */
void sim_mmu_set_root(struct sim_mmu *mmu, u32 context, dma_addr_t root);

/** sim_mmu_flush() - See agx_hw_ops.flush. Any context but an access. */
void sim_mmu_flush(struct sim_mmu *mmu, u32 context, u64 addr, u64 size);

/** sim_mmu_get_stats() - Read the counters, each by itself. */
void sim_mmu_get_stats(struct sim_mmu *mmu, struct sim_mmu_stats *stats);

/**
 * sim_port_read() - Copy from GPU memory.
 * @port: The calling thread's port.
 * @context: Address space.
 * @va: GPU address, of any alignment.
 * @dst: Receives the bytes.
 * @size: Bytes, up to SIM_MAX_ACCESS.
 * @who: On whose behalf.
 *
 * Naturally aligned units of 8, 4 and 2 bytes are each read at once.
 *
 * Return: 0; -EFAULT if not all of it translates with the permission needed; @dst is untouched
 * then.
 */
int sim_port_read(struct sim_port *port, u32 context, u64 va, void *dst, u32 size,
		  enum sim_accessor who);

/**
 * sim_port_write() - Copy to GPU memory.
 * @port: The calling thread's port.
 * @context: Address space.
 * @va: GPU address, of any alignment.
 * @src: The bytes.
 * @size: Bytes, up to SIM_MAX_ACCESS.
 * @who: On whose behalf.
 *
 * Naturally aligned units of 8, 4 and 2 bytes are each written at once.
 *
 * Return: 0; -EFAULT if not all of it translates with the permission needed, nothing is written
 * then.
 */
int sim_port_write(struct sim_port *port, u32 context, u64 va, const void *src, u32 size,
		   enum sim_accessor who);

/**
 * sim_port_map() - Begin an access in place, on behalf of a shader, within one page.
 * @port: The calling thread's port.
 * @context: Address space.
 * @va: GPU address.
 * @size: Bytes, up to SIM_MAX_ACCESS.
 * @write: Whether it is going to be written, or read.
 *
 * The section is open until sim_port_unmap(): there is not much that may be done before.
 *
 * Return: where it is; NULL if it is in two pages or does not translate with the permission
 * needed.
 */
void *sim_port_map(struct sim_port *port, u32 context, u64 va, u32 size, bool write);

/** sim_port_unmap() - End the access that sim_port_map() has begun. */
void sim_port_unmap(struct sim_port *port, void *map);

/**
 * sim_port_update() - Change a 32-bit word of GPU memory at once, on behalf of a shader.
 * @port: The calling thread's port.
 * @context: Address space.
 * @va: GPU address, a multiple of 4.
 * @change: What becomes of a value. Called again if somebody else has changed it meanwhile; with
 *	interrupts off, and it must not sleep or wait.
 * @arg: For @change.
 *
 * Return: 0; -EFAULT if it does not translate with the permissions to read and to write.
 */
int sim_port_update(struct sim_port *port, u32 context, u64 va,
		    u32 (*change)(void *arg, u32 value), void *arg);

#endif
