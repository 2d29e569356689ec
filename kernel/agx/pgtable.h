/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_PGTABLE_H
#define AGX_PGTABLE_H

#include <linux/scatterlist.h>
#include <linux/types.h>

#include "agx_uat.h"
#include "params.h"

/**
 * DOC: Page tables of one address space
 *
 * A change comes in two halves. What can fail, the allocation of tables, comes first and leaves
 * every translation as it was; the rest cannot fail. Tables that drop out of the tree are kept
 * until agx_pgtable_collect(), which the caller runs after the flush: a walk that has begun may
 * still be reading them.
 *
 * A page that is repeated over a large range shares one full leaf table, so that the size of
 * the tables does not follow the size of the range.
 *
 * Nothing here locks: the owner of the address space serialises all calls.
 */
struct agx_pgtable;
struct agx_pt;

static_assert(PAGE_SIZE <= AGX_GPU_PAGE_SIZE);

struct agx_pgtable *agx_pgtable_create(struct device *dev);
void agx_pgtable_destroy(struct agx_pgtable *pgtable);
dma_addr_t agx_pgtable_root(struct agx_pgtable *pgtable);

/**
 * struct agx_repeat - A GPU page that fills a range, prepared by agx_pgtable_reserve_repeat().
 * @ptes: entries of the GPU page.
 * @leaf: full leaf of them for the inner part of the range, or NULL. One reference is owned.
 */
struct agx_repeat {
	u64 ptes[AGX_GPU_PAGE_SIZE / PAGE_SIZE];
	struct agx_pt *leaf;
};

int agx_pgtable_reserve(struct agx_pgtable *pgtable, u64 addr, u64 range);
int agx_pgtable_reserve_for_good(struct agx_pgtable *pgtable, u64 addr, u64 range);
int agx_pgtable_reserve_repeat(struct agx_pgtable *pgtable, u64 addr, u64 range,
			       struct sg_table *sgt, u64 offset, u64 prot,
			       struct agx_repeat *repeat);
int agx_pgtable_reserve_clear(struct agx_pgtable *pgtable, u64 addr, u64 range);

void agx_pgtable_map(struct agx_pgtable *pgtable, u64 addr, u64 range, struct sg_table *sgt,
		     u64 offset, u64 prot);
void agx_pgtable_map_repeat(struct agx_pgtable *pgtable, u64 addr, u64 range,
			    struct agx_repeat *repeat);
void agx_pgtable_clear(struct agx_pgtable *pgtable, u64 addr, u64 range);
void agx_pgtable_collect(struct agx_pgtable *pgtable);
unsigned int agx_pgtable_num_dead(struct agx_pgtable *pgtable);

#endif
