/* SPDX-License-Identifier: MIT */
/*
 * Address allocator: a range of addresses, tiled without gaps by spans that are used or free. No
 * lock of its own.
 */
#ifndef AGXI_VA_H
#define AGXI_VA_H

#include <stdbool.h>
#include <stdint.h>

struct agxi_va_node;

struct agxi_va {
	/* Owned: the spans by address, a B+ tree. A node knows the largest free span below it. */
	struct agxi_va_node *root;
};

struct agxi_va_span {
	uint64_t addr;
	uint64_t size;
	bool used;
};

int agxi_va_init(struct agxi_va *va, uint64_t start, uint64_t end);
void agxi_va_fini(struct agxi_va *va);

/*
 * Takes the highest @size bytes of [lo, hi) that start at a multiple of @align, a power of two.
 * -ENOSPC, -ENOMEM.
 */
int agxi_va_alloc(struct agxi_va *va, uint64_t lo, uint64_t hi, uint64_t size, uint64_t align,
		  uint64_t *addr);

/* Takes the given addresses. -EEXIST if one of them is used or outside, -ENOMEM. */
int agxi_va_reserve(struct agxi_va *va, uint64_t addr, uint64_t size);

/* The span that @addr is in; false if it is outside. */
bool agxi_va_lookup(const struct agxi_va *va, uint64_t addr, struct agxi_va_span *span);

/* Gives back what started at @addr. -ENOENT if nothing did. Needs no memory. */
int agxi_va_free(struct agxi_va *va, uint64_t addr);

#endif /* AGXI_VA_H */
