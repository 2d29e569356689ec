/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_UAT_H
#define AGX_UAT_H

#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * DOC: UAT page tables
 *
 * The GPU's unified address translation (UAT) walks a radix tree in memory. A table fills one
 * CPU page and holds 64-bit entries; a leaf entry maps one CPU page, so that an allocation unit
 * of the uapi (16 KiB) takes one leaf where the CPU has 16 KiB pages and four where it has 4 KiB
 * ones. Tables hold DMA addresses, which is what the GPU puts on its bus.
 *
 * A walk reads entries without any lock. Whoever changes an entry stores it whole; whoever
 * makes one more restrictive flushes afterwards, and frees what it led to only after the flush.
 */

/** AGX_UAT_VA_BITS: width of a GPU virtual address. */
#define AGX_UAT_VA_BITS 39

/** AGX_UAT_LEVEL_BITS: address bits that one table resolves. */
#define AGX_UAT_LEVEL_BITS (PAGE_SHIFT - 3)

/** AGX_UAT_ENTRIES: entries of one table. */
#define AGX_UAT_ENTRIES BIT(AGX_UAT_LEVEL_BITS)

/** AGX_UAT_LEVELS: tables that one walk reads; level 0 holds the leaves. */
#define AGX_UAT_LEVELS \
	((AGX_UAT_VA_BITS - PAGE_SHIFT + AGX_UAT_LEVEL_BITS - 1) / AGX_UAT_LEVEL_BITS)

/* Bits of an entry. Only VALID and ADDR have a meaning in an entry that leads to a table. */
#define AGX_UAT_VALID BIT_ULL(0)
/** AGX_UAT_READ: the GPU may read the page. */
#define AGX_UAT_READ BIT_ULL(1)
/** AGX_UAT_WRITE: the GPU may write the page. */
#define AGX_UAT_WRITE BIT_ULL(2)
/** AGX_UAT_NO_SHADER: only fixed functions may touch the page, shaders may not. */
#define AGX_UAT_NO_SHADER BIT_ULL(3)
/** AGX_UAT_ADDR: DMA address of the page or of the next table. */
#define AGX_UAT_ADDR (GENMASK_ULL(51, 0) & ~((u64)PAGE_SIZE - 1))

/** agx_uat_shift() - lowest address bit that a table of @level resolves. */
static inline unsigned int agx_uat_shift(unsigned int level)
{
	return PAGE_SHIFT + level * AGX_UAT_LEVEL_BITS;
}

/** agx_uat_index() - entry of @va in its table of @level. */
static inline unsigned int agx_uat_index(u64 va, unsigned int level)
{
	return (va >> agx_uat_shift(level)) & (AGX_UAT_ENTRIES - 1);
}

#endif
