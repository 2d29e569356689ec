/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_GEM_PRIV_H
#define AGX_GEM_PRIV_H

#include <drm/drm_gem.h>

#include <linux/list.h>

#include "gem.h"

/*
 * Of a BO's parts, its life in gem.c, its memory in gem_pages.c, the CPU's view of it in gem_mmap.c
 * and its reclaim in reclaim.c; for nobody else.
 */

struct agx_sg_index;
struct iosys_map;
struct page;
struct sg_table;
struct vm_area_struct;

struct agx_bo {
	/** @base: the GEM object; its references are ours. */
	struct drm_gem_object base;

	/** @id: for traces only. */
	u64 id;

	/** @flags: bits of enum drm_asahi_gem_flags. Constant. */
	u32 flags;

	/** @root: whose resv a private BO shares, NULL for a shareable one. Constant, owned. */
	struct drm_gem_object *root;

	/**
	 * @pages: the memory, one reference of each folio; NULL while there is none and for an
	 * imported BO. Owned; changed under the resv.
	 */
	struct page **pages;

	/**
	 * @sgt: bus addresses of the memory, mapped for the device; NULL until somebody asks.
	 * Owned, or the attachment's if imported. Changed under the resv.
	 */
	struct sg_table *sgt;

	/** @sg_index: index of @sgt, or NULL if that has none. Owned, changed with it. */
	struct agx_sg_index *sg_index;

	/** @vaddr: the kernel's mapping while @vmaps is not zero. Under the resv. Owned. */
	void *vaddr;

	/** @vmaps: users of @vaddr, which have one pin together. Under the resv. */
	unsigned int vmaps;

	/** @readers: who reads the memory in without the resv. Counted under the resv. */
	unsigned int readers;

	/** @filled: has had memory, so that its file may hold more than zeros. Under the resv. */
	bool filled;

	/**
	 * @pins: who needs @pages and @sgt to stay. Under agx_reclaim.lock; raised under the resv
	 * as well, so that zero stays zero for who holds that.
	 */
	unsigned int pins;

	/** @evicted: has lost its memory to reclaim. Under agx_reclaim.lock. */
	bool evicted;

	/** @used: last use that is known, in jiffies. Under agx_reclaim.lock. */
	unsigned long used;

	/**
	 * @lru: entry of agx_reclaim.lru while there is memory of our own that nobody pins. Under
	 * agx_reclaim.lock.
	 */
	struct list_head lru;
};

bool agx_bo_resident(struct agx_bo *bo);
int __must_check agx_bo_lock_populated(struct agx_bo *bo);
void agx_bo_unmap_dma(struct agx_bo *bo);
void agx_bo_evict_locked(struct agx_bo *bo);

extern const struct vm_operations_struct agx_gem_vm_ops;
int agx_gem_vmap(struct drm_gem_object *obj, struct iosys_map *map);
void agx_gem_vunmap(struct drm_gem_object *obj, struct iosys_map *map);
int agx_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma);

#endif
