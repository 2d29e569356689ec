// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Translation lookaside buffer: set associative, lockless. */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/slab.h>

#include "agx_hw.h"
#include "agx_uat.h"
#include "sim_tlb.h"

#define SIM_TLB_WAYS 4
#define SIM_TLB_SET_BITS 8
#define SIM_TLB_SETS BIT(SIM_TLB_SET_BITS)

static_assert(SIM_TLB_SETS * SIM_TLB_WAYS == SIM_TLB_ENTRIES);

/*
 * A tag tells whose translation an entry is. It changes with every change of the entry, because
 * the uppermost bits count them, so a reader who finds the same tag before and after it read the
 * data has data that belongs to the tag.
 */
#define SIM_TAG_VALID BIT_ULL(0)
#define SIM_TAG_BUSY BIT_ULL(1)
#define SIM_TAG_CONTEXT_SHIFT 2
#define SIM_TAG_CONTEXT_BITS 6
#define SIM_TAG_PAGE_SHIFT (SIM_TAG_CONTEXT_SHIFT + SIM_TAG_CONTEXT_BITS)
#define SIM_TAG_PAGE_BITS (AGX_UAT_VA_BITS - PAGE_SHIFT)
#define SIM_TAG_COUNT_SHIFT (SIM_TAG_PAGE_SHIFT + SIM_TAG_PAGE_BITS)
#define SIM_TAG_COUNT_ONE BIT_ULL(SIM_TAG_COUNT_SHIFT)
#define SIM_TAG_KEY (SIM_TAG_COUNT_ONE - 1)

static_assert(BIT(SIM_TAG_CONTEXT_BITS) >= AGX_HW_CONTEXTS);
static_assert(SIM_TAG_COUNT_SHIFT <= 40);

struct sim_tlb_entry {
	/** @tag: see above; whoever sets SIM_TAG_BUSY owns @data until it clears it. */
	u64 tag;
	/** @data: the translation. */
	u64 data;
};

struct sim_tlb_set {
	struct sim_tlb_entry way[SIM_TLB_WAYS];
};

struct sim_tlb {
	/** @hand: takes turns through the ways to be replaced. Threads may race for it. */
	u32 hand;
	/** @sets: chosen by a hash of context and page. */
	struct sim_tlb_set sets[SIM_TLB_SETS];
};

struct sim_tlb *sim_tlb_create(void)
{
	struct sim_tlb *tlb = kvzalloc(sizeof(*tlb), GFP_KERNEL);

	return tlb ? tlb : ERR_PTR(-ENOMEM);
}

void sim_tlb_destroy(struct sim_tlb *tlb)
{
	kvfree(tlb);
}

/* All of a tag but its count, for an entry that can be used. */
static u64 sim_tag_key(u32 context, u64 page)
{
	return page << SIM_TAG_PAGE_SHIFT | (u64)context << SIM_TAG_CONTEXT_SHIFT | SIM_TAG_VALID;
}

/* The tag of an entry that holds nothing, @tag's successor. */
static u64 sim_tag_next(u64 tag)
{
	return (tag & ~SIM_TAG_KEY) + SIM_TAG_COUNT_ONE;
}

static struct sim_tlb_set *sim_tlb_set(struct sim_tlb *tlb, u64 key)
{
	return &tlb->sets[hash_64(key, SIM_TLB_SET_BITS)];
}

bool sim_tlb_lookup(struct sim_tlb *tlb, u32 context, u64 page, u64 *data)
{
	u64 key = sim_tag_key(context, page);
	struct sim_tlb_set *set = sim_tlb_set(tlb, key);
	unsigned int i;

	for (i = 0; i < SIM_TLB_WAYS; i++) {
		struct sim_tlb_entry *entry = &set->way[i];
		/* Pairs with the release in sim_tlb_insert(): data as new as the tag, or newer. */
		u64 tag = smp_load_acquire(&entry->tag);
		u64 value;

		if ((tag & SIM_TAG_KEY) != key)
			continue;

		value = READ_ONCE(entry->data);
		/* Pairs with the cmpxchg() in sim_tlb_insert(): newer data, newer tag. */
		smp_rmb();
		if (READ_ONCE(entry->tag) != tag)
			continue;

		*data = value;
		return true;
	}

	return false;
}

/* The place of the same page if it has one, else a free one, else each in its turn. */
static struct sim_tlb_entry *sim_tlb_place(struct sim_tlb *tlb, struct sim_tlb_set *set, u64 key)
{
	struct sim_tlb_entry *place = NULL;
	unsigned int i;
	u32 hand;

	for (i = 0; i < SIM_TLB_WAYS; i++) {
		u64 tag = READ_ONCE(set->way[i].tag);

		if ((tag & SIM_TAG_KEY) == key)
			return &set->way[i];
		if (!(tag & (SIM_TAG_VALID | SIM_TAG_BUSY)))
			place = &set->way[i];
	}
	if (place)
		return place;

	hand = READ_ONCE(tlb->hand);
	WRITE_ONCE(tlb->hand, hand + 1);
	return &set->way[hand % SIM_TLB_WAYS];
}

void sim_tlb_insert(struct sim_tlb *tlb, u32 context, u64 page, u64 data)
{
	u64 key = sim_tag_key(context, page);
	struct sim_tlb_entry *entry = sim_tlb_place(tlb, sim_tlb_set(tlb, key), key);
	u64 old = READ_ONCE(entry->tag);
	u64 new = sim_tag_next(old);

	if (old & SIM_TAG_BUSY)
		return;

	/* A full barrier: nobody sees the new data under the old tag. */
	if (cmpxchg(&entry->tag, old, new | SIM_TAG_BUSY) != old)
		return;
	WRITE_ONCE(entry->data, data);
	/* Pairs with the acquire in sim_tlb_lookup(). */
	smp_store_release(&entry->tag, new | key);
}

/*
 * If the entry changes meanwhile, some other thread has dropped or replaced it, which is all
 * that was wanted.
 */
static void sim_tlb_drop_entry(struct sim_tlb_entry *entry, u32 context, u64 first, u64 last)
{
	u64 tag = READ_ONCE(entry->tag);
	u64 page = (tag & SIM_TAG_KEY) >> SIM_TAG_PAGE_SHIFT;

	if (!(tag & SIM_TAG_VALID) || page < first || page > last)
		return;
	if ((tag & SIM_TAG_KEY) != sim_tag_key(context, page))
		return;

	cmpxchg(&entry->tag, tag, sim_tag_next(tag));
}

static void sim_tlb_drop_set(struct sim_tlb_set *set, u32 context, u64 first, u64 last)
{
	unsigned int i;

	for (i = 0; i < SIM_TLB_WAYS; i++)
		sim_tlb_drop_entry(&set->way[i], context, first, last);
}

void sim_tlb_drop(struct sim_tlb *tlb, u32 context, u64 first, u64 last)
{
	u64 page;
	unsigned int i;

	if (last - first < SIM_TLB_SETS) {
		for (page = first; page <= last; page++)
			sim_tlb_drop_set(sim_tlb_set(tlb, sim_tag_key(context, page)),
					 context, page, page);
		return;
	}

	for (i = 0; i < SIM_TLB_SETS; i++)
		sim_tlb_drop_set(&tlb->sets[i], context, first, last);
}

void sim_tlb_clear(struct sim_tlb *tlb)
{
	u32 context;

	for (context = 0; context < AGX_HW_CONTEXTS; context++)
		sim_tlb_drop(tlb, context, 0, BIT_ULL(SIM_TAG_PAGE_BITS) - 1);
}

unsigned int sim_tlb_valid(struct sim_tlb *tlb)
{
	unsigned int valid = 0;
	unsigned int i, j;

	for (i = 0; i < SIM_TLB_SETS; i++)
		for (j = 0; j < SIM_TLB_WAYS; j++)
			valid += !!(READ_ONCE(tlb->sets[i].way[j].tag) & SIM_TAG_VALID);

	return valid;
}
