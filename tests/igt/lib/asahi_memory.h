/* SPDX-License-Identifier: MIT */
/**
 * DOC: Memory of the kernel
 *
 * What a call leaves behind need not be an object that the driver counts. So this counts what the
 * kernel has in each of its caches, and the memory that could be had. Something that is done over
 * and over may keep neither: what it does once more, it does with the memory that it gave back.
 */
#ifndef ASAHI_MEMORY_H
#define ASAHI_MEMORY_H

#include <stdint.h>

#define ASAHI_MAX_CACHES 1024

/** struct asahi_memory - The kernel's memory at one moment. */
struct asahi_memory {
	/** @num: how many caches there are. */
	unsigned int num;
	/** @caches: in the order of the file. */
	struct asahi_cache {
		char name[64];
		uint64_t objects;
	} caches[ASAHI_MAX_CACHES];
	/** @available: bytes that could be had. */
	uint64_t available;
};

/** asahi_meminfo() - A number of /proc/meminfo, in bytes; fails if there is none of that name. */
uint64_t asahi_meminfo(const char *key);

/**
 * asahi_memory_available() - Bytes of memory that could be had, now. MemAvailable of /proc/meminfo
 * leaves out what each CPU keeps for itself, which may be some dozen megabytes.
 */
uint64_t asahi_memory_available(void);

/** asahi_memory_require() - Skip if the kernel does not tell what is in its caches. */
void asahi_memory_require(void);

/** asahi_memory_read() - Have the caches give back what is free in them, and count the rest. */
void asahi_memory_read(struct asahi_memory *memory);

/**
 * asahi_memory_assert() - Something that was done since has left nothing behind.
 * @before: the memory before.
 * @rounds: how often it was done. In no cache may there be half as many objects more, be it in a
 * while: some are freed by threads of the kernel, and some after a grace period.
 */
void asahi_memory_assert(const struct asahi_memory *before, unsigned int rounds);

#endif
