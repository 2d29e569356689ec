// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Address translation: ports, walks, and the flush that waits for accesses. */

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/overflow.h>
#include <linux/processor.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "agx_hw.h"
#include "agx_uat.h"
#include "sim_mmu.h"
#include "sim_tlb.h"

/* An access touches two pages at most. */
static_assert(SIM_MAX_ACCESS <= PAGE_SIZE);

struct sim_port {
	/** @mmu: what it belongs to. Borrowed. */
	struct sim_mmu *mmu;
	/** @sections: of its thread; odd while one is open. Written by that thread only. */
	unsigned long sections;
	/** @flags: interrupt state to go back to after an access in place. */
	unsigned long flags;
	/** @hits: see sim_mmu_stats.hits; written by the port's thread only. */
	u64 hits;
	/** @misses: see sim_mmu_stats.misses; written by the port's thread only. */
	u64 misses;
};

struct sim_mmu {
	/** @dev: whose DMA addresses the tables hold. Borrowed. */
	struct device *dev;
	/** @tlb: cached leaves; the data is a physical address with the bits of the leaf. Owned. */
	struct sim_tlb *tlb;
	/** @root: DMA addresses of the top-level tables, 0 for none. Read without a lock. */
	dma_addr_t root[AGX_HW_CONTEXTS];
	/** @flushes: see sim_mmu_stats.flushes. */
	atomic64_t flushes;
	/** @num_ports: entries of @ports. */
	unsigned int num_ports;
	/** @ports: one for each thread. */
	struct sim_port ports[] __counted_by(num_ports);
};

struct sim_mmu *sim_mmu_create(struct device *dev, unsigned int num_ports)
{
	struct sim_mmu *mmu;
	struct sim_tlb *tlb;
	unsigned int i;

	tlb = sim_tlb_create();
	if (IS_ERR(tlb))
		return ERR_CAST(tlb);

	mmu = kzalloc(struct_size(mmu, ports, num_ports), GFP_KERNEL);
	if (!mmu) {
		sim_tlb_destroy(tlb);
		return ERR_PTR(-ENOMEM);
	}

	mmu->dev = dev;
	mmu->tlb = tlb;
	mmu->num_ports = num_ports;
	for (i = 0; i < num_ports; i++)
		mmu->ports[i].mmu = mmu;

	return mmu;
}

void sim_mmu_destroy(struct sim_mmu *mmu)
{
	sim_tlb_destroy(mmu->tlb);
	kfree(mmu);
}

struct sim_port *sim_mmu_port(struct sim_mmu *mmu, unsigned int index)
{
	return &mmu->ports[index];
}

void sim_mmu_power_up(struct sim_mmu *mmu)
{
	u32 context;

	for (context = 0; context < AGX_HW_CONTEXTS; context++)
		WRITE_ONCE(mmu->root[context], 0);
	sim_tlb_clear(mmu->tlb);
}

void sim_mmu_set_root(struct sim_mmu *mmu, u32 context, dma_addr_t root)
{
	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS))
		return;

	/* The tables were filled before; pairs with the address dependency of a walk. */
	smp_store_release(&mmu->root[context], root);
}

/*
 * Interrupts are off, and not only preemption, because sim_mmu_flush() may be called by an
 * interrupt handler: one that came in the middle of a section would wait for it for ever.
 */
static unsigned long sim_port_enter(struct sim_port *port)
{
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(port->sections, port->sections + 1);
	/*
	 * Pairs with the smp_mb() in sim_mmu_quiesce(): either that one sees this section, or this
	 * section sees every change that was made before it.
	 */
	smp_mb();

	return flags;
}

static void sim_port_leave(struct sim_port *port, unsigned long flags)
{
	/* Pairs with the acquire in sim_mmu_quiesce(): accesses are over when it returns. */
	smp_store_release(&port->sections, port->sections + 1);
	local_irq_restore(flags);
}

/* Wait for all sections that are open now. They are short and wait for nothing. */
static void sim_mmu_quiesce(struct sim_mmu *mmu)
{
	unsigned int i;

	/* Pairs with the smp_mb() in sim_port_enter(). */
	smp_mb();
	for (i = 0; i < mmu->num_ports; i++) {
		unsigned long *sections = &mmu->ports[i].sections;
		/* Pairs with the release in sim_port_leave(), as does the next. */
		unsigned long seen = smp_load_acquire(sections);

		if (!(seen & 1))
			continue;
		/* Not until there is none: one after the other may follow. */
		while (smp_load_acquire(sections) == seen)
			cpu_relax();
	}
}

/*
 * A section may have read an entry of a table before the caller changed it, and not yet have put
 * it into the TLB. Once the first wait is over there is none of that kind: from then on only what
 * is true now is inserted, so what is dropped does not come back. Sections that found an old
 * translation in the TLB before it was dropped are what the second wait is for.
 */
void sim_mmu_flush(struct sim_mmu *mmu, u32 context, u64 addr, u64 size)
{
	u64 last;

	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS))
		return;
	if (!size || addr >= BIT_ULL(AGX_UAT_VA_BITS))
		return;
	if (check_add_overflow(addr, size - 1, &last))
		last = U64_MAX;
	last = min(last, BIT_ULL(AGX_UAT_VA_BITS) - 1);

	atomic64_inc(&mmu->flushes);
	sim_mmu_quiesce(mmu);
	sim_tlb_drop(mmu->tlb, context, addr >> PAGE_SHIFT, last >> PAGE_SHIFT);
	sim_mmu_quiesce(mmu);
}

void sim_mmu_get_stats(struct sim_mmu *mmu, struct sim_mmu_stats *stats)
{
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < mmu->num_ports; i++) {
		stats->hits += READ_ONCE(mmu->ports[i].hits);
		stats->misses += READ_ONCE(mmu->ports[i].misses);
	}
	stats->flushes = atomic64_read(&mmu->flushes);
	stats->valid = sim_tlb_valid(mmu->tlb);
}

/*
 * The physical address behind a DMA address if there is ordinary memory, or 0. Page 0 is none.
 * Reserved pages are holes of the memory map, firmware and the kernel's image.
 */
static phys_addr_t sim_mmu_ram(struct sim_mmu *mmu, dma_addr_t addr)
{
	phys_addr_t phys = dma_to_phys(mmu->dev, addr);
	unsigned long pfn = PHYS_PFN(phys);
	struct page *page;

	if (!pfn_valid(pfn))
		return 0;

	page = pfn_to_page(pfn);
	if (PageReserved(page) || is_zone_device_page(page))
		return 0;

	return phys;
}

/* Read the tables down to the leaf of a page, which is not valid if there is none. */
static u64 sim_mmu_walk(struct sim_mmu *mmu, u32 context, u64 va)
{
	dma_addr_t table = READ_ONCE(mmu->root[context]) & AGX_UAT_ADDR;
	unsigned int level = AGX_UAT_LEVELS;
	phys_addr_t phys;
	u64 entry;

	if (!table)
		return 0;

	do {
		u64 *entries;

		phys = sim_mmu_ram(mmu, table);
		if (!phys)
			return 0;

		level--;
		entries = kmap_local_page(pfn_to_page(PHYS_PFN(phys)));
		entry = READ_ONCE(entries[agx_uat_index(va, level)]);
		kunmap_local(entries);
		if (!(entry & AGX_UAT_VALID))
			return 0;

		table = entry & AGX_UAT_ADDR;
	} while (level);

	phys = sim_mmu_ram(mmu, table);
	if (!phys)
		return 0;

	return phys | (entry & ~AGX_UAT_ADDR);
}

/* Whether a leaf has all bits of @set and none of @clear. */
static bool sim_leaf_permits(u64 leaf, u64 set, u64 clear)
{
	return (leaf & set) == set && !(leaf & clear);
}

/*
 * Find the page behind an address, inside a section. A cached translation that forbids the access
 * does not count: only the tables can refuse one, so that granting a permission needs no flush.
 */
static struct page *sim_port_translate(struct sim_port *port, u32 context, u64 va, u64 set,
				       u64 clear)
{
	struct sim_mmu *mmu = port->mmu;
	u64 leaf;

	if (va >= BIT_ULL(AGX_UAT_VA_BITS))
		return NULL;

	if (sim_tlb_lookup(mmu->tlb, context, va >> PAGE_SHIFT, &leaf) &&
	    sim_leaf_permits(leaf, set, clear)) {
		WRITE_ONCE(port->hits, port->hits + 1);
		return pfn_to_page(PHYS_PFN(leaf & AGX_UAT_ADDR));
	}

	WRITE_ONCE(port->misses, port->misses + 1);
	leaf = sim_mmu_walk(mmu, context, va);
	if (!sim_leaf_permits(leaf, set, clear))
		return NULL;

	sim_tlb_insert(mmu->tlb, context, va >> PAGE_SHIFT, leaf);
	return pfn_to_page(PHYS_PFN(leaf & AGX_UAT_ADDR));
}

/*
 * Copies in the largest aligned units, because the CPU and other threads of the GPU may look at
 * the same words meanwhile.
 */
static void sim_load(u8 *dst, const void *src, u32 size)
{
	while (size) {
		unsigned long addr = (unsigned long)src;
		u32 unit;

		if (size >= 8 && IS_ALIGNED(addr, 8)) {
			u64 value = READ_ONCE(*(const u64 *)src);

			unit = 8;
			memcpy(dst, &value, sizeof(value));
		} else if (size >= 4 && IS_ALIGNED(addr, 4)) {
			u32 value = READ_ONCE(*(const u32 *)src);

			unit = 4;
			memcpy(dst, &value, sizeof(value));
		} else if (size >= 2 && IS_ALIGNED(addr, 2)) {
			u16 value = READ_ONCE(*(const u16 *)src);

			unit = 2;
			memcpy(dst, &value, sizeof(value));
		} else {
			unit = 1;
			*dst = READ_ONCE(*(const u8 *)src);
		}
		dst += unit;
		src += unit;
		size -= unit;
	}
}

static void sim_store(void *dst, const u8 *src, u32 size)
{
	while (size) {
		unsigned long addr = (unsigned long)dst;
		u32 unit;

		if (size >= 8 && IS_ALIGNED(addr, 8)) {
			u64 value;

			unit = 8;
			memcpy(&value, src, sizeof(value));
			WRITE_ONCE(*(u64 *)dst, value);
		} else if (size >= 4 && IS_ALIGNED(addr, 4)) {
			u32 value;

			unit = 4;
			memcpy(&value, src, sizeof(value));
			WRITE_ONCE(*(u32 *)dst, value);
		} else if (size >= 2 && IS_ALIGNED(addr, 2)) {
			u16 value;

			unit = 2;
			memcpy(&value, src, sizeof(value));
			WRITE_ONCE(*(u16 *)dst, value);
		} else {
			unit = 1;
			WRITE_ONCE(*(u8 *)dst, *src);
		}
		dst += unit;
		src += unit;
		size -= unit;
	}
}

/* An access within one or two pages, translated as a whole before the first byte moves. */
struct sim_span {
	/** @page: the pages; the second is not set if there is only one. */
	struct page *page[2];
	/** @offset: of the first byte in the first page. */
	u32 offset;
	/** @size: bytes in each page. */
	u32 size[2];
};

static int sim_port_translate_span(struct sim_port *port, u32 context, u64 va, u32 size, u64 set,
				   u64 clear, struct sim_span *span)
{
	span->offset = offset_in_page(va);
	span->size[0] = min_t(u32, size, PAGE_SIZE - span->offset);
	span->size[1] = size - span->size[0];

	span->page[0] = sim_port_translate(port, context, va, set, clear);
	if (!span->page[0])
		return -EFAULT;
	if (!span->size[1])
		return 0;

	span->page[1] = sim_port_translate(port, context, va + span->size[0], set, clear);
	if (!span->page[1])
		return -EFAULT;

	return 0;
}

int sim_port_read(struct sim_port *port, u32 context, u64 va, void *dst, u32 size,
		  enum sim_accessor who)
{
	u64 clear = who == SIM_SHADER ? AGX_UAT_NO_SHADER : 0;
	struct sim_span span;
	unsigned long flags;
	u8 *map;
	int ret;

	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS || !size || size > SIM_MAX_ACCESS))
		return -EFAULT;

	flags = sim_port_enter(port);
	ret = sim_port_translate_span(port, context, va, size, AGX_UAT_READ, clear, &span);
	if (!ret) {
		map = kmap_local_page(span.page[0]);
		sim_load(dst, map + span.offset, span.size[0]);
		kunmap_local(map);
	}
	if (!ret && span.size[1]) {
		map = kmap_local_page(span.page[1]);
		sim_load(dst + span.size[0], map, span.size[1]);
		kunmap_local(map);
	}
	sim_port_leave(port, flags);

	return ret;
}

int sim_port_write(struct sim_port *port, u32 context, u64 va, const void *src, u32 size,
		   enum sim_accessor who)
{
	u64 clear = who == SIM_SHADER ? AGX_UAT_NO_SHADER : 0;
	struct sim_span span;
	unsigned long flags;
	u8 *map;
	int ret;

	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS || !size || size > SIM_MAX_ACCESS))
		return -EFAULT;

	flags = sim_port_enter(port);
	ret = sim_port_translate_span(port, context, va, size, AGX_UAT_WRITE, clear, &span);
	if (!ret) {
		map = kmap_local_page(span.page[0]);
		sim_store(map + span.offset, src, span.size[0]);
		kunmap_local(map);
	}
	if (!ret && span.size[1]) {
		map = kmap_local_page(span.page[1]);
		sim_store(map, src + span.size[0], span.size[1]);
		kunmap_local(map);
	}
	sim_port_leave(port, flags);

	return ret;
}

void *sim_port_map(struct sim_port *port, u32 context, u64 va, u32 size, bool write)
{
	unsigned long flags;
	struct page *page;

	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS || !size || size > SIM_MAX_ACCESS))
		return NULL;
	if (offset_in_page(va) + size > PAGE_SIZE)
		return NULL;

	flags = sim_port_enter(port);
	page = sim_port_translate(port, context, va, write ? AGX_UAT_WRITE : AGX_UAT_READ,
				  AGX_UAT_NO_SHADER);
	if (!page) {
		sim_port_leave(port, flags);
		return NULL;
	}

	port->flags = flags;
	return (u8 *)kmap_local_page(page) + offset_in_page(va);
}

void sim_port_unmap(struct sim_port *port, void *map)
{
	kunmap_local(map);
	sim_port_leave(port, port->flags);
}

int sim_port_update(struct sim_port *port, u32 context, u64 va,
		    u32 (*change)(void *arg, u32 value), void *arg)
{
	unsigned long flags;
	struct page *page;

	if (WARN_ON_ONCE(context >= AGX_HW_CONTEXTS || !IS_ALIGNED(va, sizeof(u32))))
		return -EFAULT;

	flags = sim_port_enter(port);
	page = sim_port_translate(port, context, va, AGX_UAT_READ | AGX_UAT_WRITE,
				  AGX_UAT_NO_SHADER);
	if (page) {
		u8 *map = kmap_local_page(page);
		u32 *word = (u32 *)(map + offset_in_page(va));
		u32 old = READ_ONCE(*word);
		u32 new;

		do {
			new = change(arg, old);
		} while (!try_cmpxchg(word, &old, new));
		kunmap_local(map);
	}
	sim_port_leave(port, flags);

	return page ? 0 : -EFAULT;
}
