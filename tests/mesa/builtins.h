/* SPDX-License-Identifier: MIT */
/**
 * DOC: Programs that Mesa's driver brings along
 *
 * Copies, queries, tessellation and the like are compute programs that were compiled together with
 * the driver, once for GPUs of one cluster and, where it makes a difference, again for those of
 * several. The driver has no name for any of them, but a table for each kind of GPU.
 */
#ifndef MESA_BUILTINS_H
#define MESA_BUILTINS_H

#include <stddef.h>
#include <stdint.h>

#define MAX_BUILTINS 256

/** struct builtin - One of them, in the driver's memory. */
struct builtin {
	const uint8_t *main;
	size_t main_size;
	/** @preshader: what runs before it, once in a launch; NULL if there is none. */
	const uint8_t *preshader;
	size_t preshader_size;
};

/** struct builtins - All of them. */
struct builtins {
	/** @builtins: each once. */
	struct builtin builtins[MAX_BUILTINS];
	unsigned int num;
	/** @num_tables: kinds of GPUs. */
	unsigned int num_tables;
	/** @num_each: how many each of those has, which is the same for all. */
	unsigned int num_each;
};

/** builtins_find() - Load the Vulkan driver, for good, and find those that are in it. */
void builtins_find(struct builtins *builtins);

#endif
