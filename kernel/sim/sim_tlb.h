/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_TLB_H
#define SIM_TLB_H

#include <linux/types.h>

/**
 * DOC: Translation lookaside buffer
 *
 * A cache of leaf translations, shared by all threads of the GPU and kept across jobs. Nothing
 * ever leaves it but by sim_tlb_drop(), or because another translation needs the place.
 *
 * Any number of threads may look up, insert and drop at the same time, in any context: nothing
 * here waits. Whoever drops has to see to it that no thread puts the old translation back.
 */
struct sim_tlb;

/** SIM_TLB_ENTRIES: translations that fit. */
#define SIM_TLB_ENTRIES 1024

/** sim_tlb_create() - An empty TLB. Return: the TLB, or an ERR_PTR(-ENOMEM). */
struct sim_tlb *sim_tlb_create(void);

/** sim_tlb_destroy() - Free a TLB that nobody uses any more. NULL is fine. */
void sim_tlb_destroy(struct sim_tlb *tlb);

/**
 * sim_tlb_lookup() - Find a translation.
 * @tlb: The TLB.
 * @context: Address space, below AGX_HW_CONTEXTS.
 * @page: Page number in it, of at most AGX_UAT_VA_BITS - PAGE_SHIFT bits.
 * @data: Receives what was inserted.
 *
 * Return: whether it was there.
 */
bool sim_tlb_lookup(struct sim_tlb *tlb, u32 context, u64 page, u64 *data);

/**
 * sim_tlb_insert() - Remember a translation, or replace the one of the same page.
 * @tlb: The TLB.
 * @context: Address space.
 * @page: Page number in it.
 * @data: What to remember.
 *
 * Does nothing if another thread is busy with the place.
 */
void sim_tlb_insert(struct sim_tlb *tlb, u32 context, u64 page, u64 data);

/**
 * sim_tlb_drop() - Forget the translations of a range of pages, and no other.
 * @tlb: The TLB.
 * @context: Address space.
 * @first: First page number.
 * @last: Last page number.
 */
void sim_tlb_drop(struct sim_tlb *tlb, u32 context, u64 first, u64 last);

/** sim_tlb_clear() - Forget everything, as at power-up. */
void sim_tlb_clear(struct sim_tlb *tlb);

/** sim_tlb_valid() - How many translations there are, for a person to read. */
unsigned int sim_tlb_valid(struct sim_tlb *tlb);

#endif
