// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-mapping.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "pgtable.h"

/** struct agx_pt - One table. */
struct agx_pt {
	/** @entries: what the GPU reads. Owned. */
	u64 *entries;

	/** @dma: bus address of @entries. */
	dma_addr_t dma;

	/** @children: tables that @entries lead to, NULL in a leaf. Each is one reference. */
	struct agx_pt **children;

	/** @used: valid entries; an unused table leaves the tree. */
	unsigned int used;

	/** @refs: entries that lead here; more than one only if @shared. */
	unsigned int refs;

	/**
	 * @shared: leaf of a repeated page. Never changed in place, even if one entry is left: a
	 * walk that has begun may have come by another one.
	 */
	bool shared;

	/** @next_dead: list of tables that wait for the flush. */
	struct agx_pt *next_dead;
};

struct agx_pgtable {
	/** @dev: device that walks the tables. Borrowed from the DRM device. */
	struct device *dev;

	/** @root: table of the top level, always there. Owned. */
	struct agx_pt *root;

	/** @dead: out of the tree, but maybe still being walked. Owned. */
	struct agx_pt *dead;

	/** @num_dead: how many. */
	unsigned int num_dead;

	/** @keep: tables stay when nothing is left in them. Constant once anything is mapped. */
	bool keep;
};

/* The tables that lead to an address, by level. */
struct pt_path {
	struct agx_pt *pt[AGX_UAT_LEVELS];
};

static u64 leaf_span(void)
{
	return 1ULL << agx_uat_shift(1);
}

static void pt_free(struct agx_pgtable *pgtable, struct agx_pt *pt)
{
	dma_free_coherent(pgtable->dev, PAGE_SIZE, pt->entries, pt->dma);
	kfree(pt->children);
	kfree(pt);
}

static struct agx_pt *pt_alloc(struct agx_pgtable *pgtable, unsigned int level)
{
	struct agx_pt *pt = kzalloc(sizeof(*pt), GFP_KERNEL_ACCOUNT);

	if (!pt)
		return NULL;

	if (level) {
		pt->children =
			kcalloc(AGX_UAT_ENTRIES, sizeof(*pt->children), GFP_KERNEL_ACCOUNT);
		if (!pt->children)
			goto err_free;
	}

	pt->entries = dma_alloc_coherent(pgtable->dev, PAGE_SIZE, &pt->dma, GFP_KERNEL_ACCOUNT);
	if (!pt->entries)
		goto err_free;

	return pt;

err_free:
	kfree(pt->children);
	kfree(pt);
	return NULL;
}

static void pt_put(struct agx_pgtable *pgtable, struct agx_pt *pt)
{
	if (--pt->refs)
		return;

	pt->next_dead = pgtable->dead;
	pgtable->dead = pt;
	pgtable->num_dead++;
}

static void pt_set(struct agx_pt *pt, unsigned int index, u64 entry)
{
	pt->used += !!entry - !!pt->entries[index];
	WRITE_ONCE(pt->entries[index], entry);
}

/* Lead the entry of @parent to @child, NULL for nowhere, and forget what it led to. */
static void pt_link(struct agx_pgtable *pgtable, struct agx_pt *parent, unsigned int index,
		    struct agx_pt *child)
{
	struct agx_pt *old = parent->children[index];

	if (child)
		child->refs++;

	/* A walk that finds the entry has to find the child filled in. */
	dma_wmb();
	parent->children[index] = child;
	pt_set(parent, index, child ? child->dma | AGX_UAT_VALID : 0);
	if (old)
		pt_put(pgtable, old);
}

/*
 * Follow @addr down to @level. Returns that table, or NULL with @hole set to the end of the
 * range that is known to be empty.
 */
static struct agx_pt *pt_walk(struct agx_pgtable *pgtable, u64 addr, unsigned int level,
			      struct pt_path *path, u64 *hole)
{
	struct agx_pt *pt = pgtable->root;
	unsigned int l;

	for (l = AGX_UAT_LEVELS - 1;; l--) {
		path->pt[l] = pt;
		if (l == level)
			return pt;

		pt = pt->children[agx_uat_index(addr, l)];
		if (!pt) {
			*hole = ALIGN(addr + 1, 1ULL << agx_uat_shift(l));
			return NULL;
		}
	}
}

/* Take unused tables along @path out of the tree, from @level up. */
static void pt_prune(struct agx_pgtable *pgtable, struct pt_path *path, u64 addr,
		     unsigned int level)
{
	if (pgtable->keep)
		return;

	for (; level < AGX_UAT_LEVELS - 1 && !path->pt[level]->used; level++)
		pt_link(pgtable, path->pt[level + 1], agx_uat_index(addr, level + 1), NULL);
}

/* Make sure that @addr has a table of @level, and one of its own if that is a leaf. */
static struct agx_pt *pt_make(struct agx_pgtable *pgtable, u64 addr, unsigned int level)
{
	struct agx_pt *pt = pgtable->root;
	unsigned int l;

	for (l = AGX_UAT_LEVELS - 1; l > level; l--) {
		unsigned int index = agx_uat_index(addr, l);
		struct agx_pt *child = pt->children[index];

		if (!child || child->shared) {
			struct agx_pt *own = pt_alloc(pgtable, l - 1);

			if (!own)
				return NULL;

			if (child) {
				memcpy(own->entries, child->entries, PAGE_SIZE);
				own->used = child->used;
			}
			pt_link(pgtable, pt, index, own);
			child = own;
		}
		pt = child;
	}

	return pt;
}

/* Drop tables that a failed reservation left empty. */
static void pt_unreserve(struct agx_pgtable *pgtable, u64 addr, u64 end)
{
	while (addr < end) {
		u64 next = ALIGN(addr + 1, leaf_span());
		struct pt_path path;

		if (pt_walk(pgtable, addr, 0, &path, &next))
			pt_prune(pgtable, &path, addr, 0);
		else if (pt_walk(pgtable, addr, 1, &path, &next))
			pt_prune(pgtable, &path, addr, 1);
		addr = next;
	}
}

static int pt_reserve(struct agx_pgtable *pgtable, u64 start, u64 end, unsigned int level)
{
	u64 addr;

	for (addr = start; addr < end; addr = ALIGN(addr + 1, 1ULL << agx_uat_shift(level + 1))) {
		if (fatal_signal_pending(current)) {
			pt_unreserve(pgtable, start, end);
			return -EINTR;
		}
		if (!pt_make(pgtable, addr, level)) {
			pt_unreserve(pgtable, start, end);
			return -ENOMEM;
		}
		cond_resched();
	}

	return 0;
}

/**
 * agx_pgtable_create() - Make an empty tree.
 * @dev: device that walks it; outlives it.
 *
 * Return: the tree, or NULL without memory.
 */
struct agx_pgtable *agx_pgtable_create(struct device *dev)
{
	struct agx_pgtable *pgtable = kzalloc(sizeof(*pgtable), GFP_KERNEL_ACCOUNT);

	if (!pgtable)
		return NULL;

	pgtable->dev = dev;
	pgtable->root = pt_alloc(pgtable, AGX_UAT_LEVELS - 1);
	if (!pgtable->root) {
		kfree(pgtable);
		return NULL;
	}
	pgtable->root->refs = 1;
	return pgtable;
}

/**
 * agx_pgtable_destroy() - Free a tree.
 * @pgtable: tree that the GPU does not walk any more, or NULL.
 */
void agx_pgtable_destroy(struct agx_pgtable *pgtable)
{
	if (!pgtable)
		return;

	pgtable->keep = false;
	agx_pgtable_clear(pgtable, 0, 1ULL << AGX_UAT_VA_BITS);
	pt_unreserve(pgtable, 0, 1ULL << AGX_UAT_VA_BITS);
	pt_put(pgtable, pgtable->root);
	agx_pgtable_collect(pgtable);
	kfree(pgtable);
}

/**
 * agx_pgtable_root() - Where the GPU's walk starts.
 * @pgtable: tree.
 *
 * Return: the bus address of the top table.
 */
dma_addr_t agx_pgtable_root(struct agx_pgtable *pgtable)
{
	return pgtable->root->dma;
}

/**
 * agx_pgtable_reserve() - Make room for agx_pgtable_map().
 * @pgtable: tree.
 * @addr: first address, GPU page aligned.
 * @range: length, GPU page aligned.
 *
 * Return: 0, -ENOMEM, or -EINTR if the caller is being killed. Needs a collect either way.
 */
int agx_pgtable_reserve(struct agx_pgtable *pgtable, u64 addr, u64 range)
{
	return pt_reserve(pgtable, addr, addr + range, 0);
}

/**
 * agx_pgtable_reserve_for_good() - Make room for every agx_pgtable_map() that there will be.
 * @pgtable: empty tree.
 * @addr: first address that will be mapped.
 * @range: length.
 *
 * Return: 0, -ENOMEM, or -EINTR if the caller is being killed.
 */
int agx_pgtable_reserve_for_good(struct agx_pgtable *pgtable, u64 addr, u64 range)
{
	int ret = agx_pgtable_reserve(pgtable, addr, range);

	if (!ret)
		pgtable->keep = true;
	return ret;
}

/**
 * agx_pgtable_reserve_repeat() - Make room for agx_pgtable_map_repeat().
 * @pgtable: tree.
 * @addr: first address, GPU page aligned.
 * @range: length, GPU page aligned.
 * @sgt: memory that holds the page.
 * @offset: where in @sgt the page starts.
 * @prot: permission bits.
 * @repeat: filled in; consumed by agx_pgtable_map_repeat().
 *
 * Return: 0, -ENOMEM, or -EINTR if the caller is being killed. Needs a collect either way.
 */
int agx_pgtable_reserve_repeat(struct agx_pgtable *pgtable, u64 addr, u64 range,
			       struct sg_table *sgt, u64 offset, u64 prot,
			       struct agx_repeat *repeat)
{
	u64 end = addr + range;
	u64 inner = ALIGN(addr, leaf_span());
	u64 inner_end = ALIGN_DOWN(end, leaf_span());
	struct sg_dma_page_iter iter;
	unsigned int i = 0;
	int ret;

	repeat->leaf = NULL;

	for_each_sgtable_dma_page(sgt, &iter, offset >> PAGE_SHIFT) {
		if (i == ARRAY_SIZE(repeat->ptes))
			break;
		repeat->ptes[i++] = sg_page_iter_dma_address(&iter) | prot | AGX_UAT_VALID;
	}

	if (inner >= inner_end)
		return pt_reserve(pgtable, addr, end, 0);

	repeat->leaf = pt_alloc(pgtable, 0);
	if (!repeat->leaf)
		return -ENOMEM;
	repeat->leaf->refs = 1;
	repeat->leaf->shared = true;
	for (i = 0; i < AGX_UAT_ENTRIES; i++)
		pt_set(repeat->leaf, i, repeat->ptes[i % ARRAY_SIZE(repeat->ptes)]);

	ret = pt_reserve(pgtable, addr, inner, 0);
	if (ret)
		goto err_leaf;
	ret = pt_reserve(pgtable, inner, inner_end, 1);
	if (ret)
		goto err_head;
	ret = pt_reserve(pgtable, inner_end, end, 0);
	if (ret)
		goto err_inner;
	return 0;

err_inner:
	pt_unreserve(pgtable, inner, inner_end);
err_head:
	pt_unreserve(pgtable, addr, inner);
err_leaf:
	pt_put(pgtable, repeat->leaf);
	return ret;
}

/**
 * agx_pgtable_reserve_clear() - Make agx_pgtable_clear() possible.
 * @pgtable: tree.
 * @addr: first address, GPU page aligned.
 * @range: length, GPU page aligned.
 *
 * Only a range that cuts through the leaf of a repeated page needs memory: its ends get leaves
 * of their own. A range that ends where mappings end never does.
 *
 * Return: 0 or -ENOMEM. Needs a collect either way.
 */
int agx_pgtable_reserve_clear(struct agx_pgtable *pgtable, u64 addr, u64 range)
{
	u64 edges[] = { addr, addr + range };
	struct pt_path path;
	unsigned int i;
	u64 hole;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		struct agx_pt *leaf;

		if (IS_ALIGNED(edges[i], leaf_span()))
			continue;

		leaf = pt_walk(pgtable, edges[i], 0, &path, &hole);
		if (leaf && leaf->shared && !pt_make(pgtable, edges[i], 0))
			return -ENOMEM;
	}

	return 0;
}

/* Store @n entries from @ptes, over and over, to [addr, end); the tables are there. */
static void pt_fill(struct agx_pgtable *pgtable, u64 addr, u64 end, const u64 *ptes,
		    unsigned int n)
{
	struct agx_pt *leaf = NULL;
	struct pt_path path;
	unsigned int i = 0;
	u64 hole;

	for (; addr < end; addr += PAGE_SIZE) {
		if (!leaf || !agx_uat_index(addr, 0)) {
			leaf = pt_walk(pgtable, addr, 0, &path, &hole);
			cond_resched();
		}
		pt_set(leaf, agx_uat_index(addr, 0), ptes[i++ % n]);
	}
}

/**
 * agx_pgtable_map() - Let a range lead to memory.
 * @pgtable: tree, with the range reserved.
 * @addr: first address.
 * @range: length.
 * @sgt: memory.
 * @offset: where in @sgt it starts.
 * @prot: permission bits.
 *
 * Replaces what was there entry by entry, so that no access meets a hole.
 */
void agx_pgtable_map(struct agx_pgtable *pgtable, u64 addr, u64 range, struct sg_table *sgt,
		     u64 offset, u64 prot)
{
	u64 end = addr + range;
	struct agx_pt *leaf = NULL;
	struct sg_dma_page_iter iter;
	struct pt_path path;
	u64 hole;

	for_each_sgtable_dma_page(sgt, &iter, offset >> PAGE_SHIFT) {
		if (addr >= end)
			break;
		if (!leaf || !agx_uat_index(addr, 0)) {
			leaf = pt_walk(pgtable, addr, 0, &path, &hole);
			cond_resched();
		}
		pt_set(leaf, agx_uat_index(addr, 0),
		       sg_page_iter_dma_address(&iter) | prot | AGX_UAT_VALID);
		addr += PAGE_SIZE;
	}
}

/**
 * agx_pgtable_map_repeat() - Let every GPU page of a range lead to the same one.
 * @pgtable: tree, with the range reserved.
 * @addr: first address.
 * @range: length.
 * @repeat: the page; gives up its leaf.
 */
void agx_pgtable_map_repeat(struct agx_pgtable *pgtable, u64 addr, u64 range,
			    struct agx_repeat *repeat)
{
	unsigned int n = ARRAY_SIZE(repeat->ptes);
	u64 end = addr + range;
	u64 inner = ALIGN(addr, leaf_span());
	u64 inner_end = ALIGN_DOWN(end, leaf_span());
	struct pt_path path;
	u64 hole;

	if (!repeat->leaf) {
		pt_fill(pgtable, addr, end, repeat->ptes, n);
		return;
	}

	pt_fill(pgtable, addr, inner, repeat->ptes, n);
	for (addr = inner; addr < inner_end; addr += leaf_span()) {
		struct agx_pt *dir = pt_walk(pgtable, addr, 1, &path, &hole);

		pt_link(pgtable, dir, agx_uat_index(addr, 1), repeat->leaf);
		cond_resched();
	}
	pt_fill(pgtable, inner_end, end, repeat->ptes, n);

	pt_put(pgtable, repeat->leaf);
	repeat->leaf = NULL;
}

/**
 * agx_pgtable_clear() - Let a range lead nowhere.
 * @pgtable: tree; a range that may cut through a repeated page has been reserved.
 * @addr: first address.
 * @range: length.
 *
 * Never fails and never allocates.
 */
void agx_pgtable_clear(struct agx_pgtable *pgtable, u64 addr, u64 range)
{
	u64 end = addr + range;

	while (addr < end) {
		u64 next = min(ALIGN(addr + 1, leaf_span()), end);
		struct pt_path path;
		struct agx_pt *leaf;
		u64 va;

		leaf = pt_walk(pgtable, addr, 0, &path, &next);
		if (leaf && next - addr == leaf_span() && !pgtable->keep) {
			pt_link(pgtable, path.pt[1], agx_uat_index(addr, 1), NULL);
			pt_prune(pgtable, &path, addr, 1);
		} else if (leaf) {
			WARN_ON_ONCE(leaf->shared);
			for (va = addr; va < next; va += PAGE_SIZE)
				pt_set(leaf, agx_uat_index(va, 0), 0);
			pt_prune(pgtable, &path, addr, 0);
		}
		addr = next;
		cond_resched();
	}
}

/**
 * agx_pgtable_collect() - Free what has dropped out of the tree.
 * @pgtable: tree; a flush has come after the change.
 */
void agx_pgtable_collect(struct agx_pgtable *pgtable)
{
	struct agx_pt *pt;

	while ((pt = pgtable->dead)) {
		pgtable->dead = pt->next_dead;
		pt_free(pgtable, pt);
	}
	pgtable->num_dead = 0;
}

/** agx_pgtable_num_dead() - How many tables wait for agx_pgtable_collect(). */
unsigned int agx_pgtable_num_dead(struct agx_pgtable *pgtable)
{
	return pgtable->num_dead;
}
