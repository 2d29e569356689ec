/* SPDX-License-Identifier: MIT */
/**
 * DOC: What the driver itself maps into VMs
 *
 * The driver tells root in debugfs where its own memory is mapped, which no program can find out
 * otherwise, and what the first two words there are.
 */
#ifndef ASAHI_KERNEL_MAPS_H
#define ASAHI_KERNEL_MAPS_H

#include <stdint.h>

#define ASAHI_MAX_KERNEL_MAPS 512

/** struct asahi_kernel_map - One piece of memory of the driver's own. */
struct asahi_kernel_map {
	/** @vm: number of the VM in debugfs. */
	uint64_t vm;
	/** @addr: first address. */
	uint64_t addr;
	/** @end: the address behind the last. */
	uint64_t end;
	/** @name: what it is for. */
	char name[24];
	/** @words: its first two. */
	uint64_t words[2];
};

/** struct asahi_kernel_maps - That of all VMs of the device. */
struct asahi_kernel_maps {
	/** @num: how many. */
	unsigned int num;
	struct asahi_kernel_map maps[ASAHI_MAX_KERNEL_MAPS];
};

/** asahi_kernel_maps_read() - Read all, now. Skips if the driver does not tell. */
void asahi_kernel_maps_read(struct asahi_kernel_maps *maps);

/** asahi_kernel_maps_count() - How many are called @name. */
unsigned int asahi_kernel_maps_count(const struct asahi_kernel_maps *maps, const char *name);

/** asahi_kernel_maps_find() - The only one that is called @name; fails if there is another. */
const struct asahi_kernel_map *asahi_kernel_maps_find(const struct asahi_kernel_maps *maps,
						      const char *name);

#endif
