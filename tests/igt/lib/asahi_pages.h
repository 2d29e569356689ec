/* SPDX-License-Identifier: MIT */
/**
 * DOC: Pages that can be told apart
 *
 * Two buffer objects whose every page says which one it is, and a range of addresses to map them
 * at, with room on both sides.
 */
#ifndef ASAHI_PAGES_H
#define ASAHI_PAGES_H

#include <stdint.h>

#include "asahi_client.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_probe.h"

/** ASAHI_NUM_PAGES: pages of each of the buffer objects. */
#define ASAHI_NUM_PAGES 5

/** ASAHI_PAGE_WORDS: words of a page. */
#define ASAHI_PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/** ASAHI_SINGLE: flags of a mapping that repeats one page. */
#define ASAHI_SINGLE (ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE)

/** struct asahi_pages - The buffer objects, and who looks at them. */
struct asahi_pages {
	/** @client: whose VM it is. */
	struct asahi_client client;
	/** @probe: looks. */
	struct asahi_probe probe;
	/** @a: buffer object that is mapped for the CPU only. */
	struct asahi_bo a;
	/** @b: another. */
	struct asahi_bo b;
	/** @va: page 0 of the range of addresses; pages before it and behind are free too. */
	uint64_t va;
	/** @mappings: how many there are on the device without those of the test. */
	uint64_t mappings;
};

void asahi_pages_init(struct asahi_pages *p);
void asahi_pages_fini(struct asahi_pages *p);

/**
 * asahi_pages_word() - First and last word of page @page of @bo. Never 0, which is what an
 * unmapped page says.
 */
uint32_t asahi_pages_word(const struct asahi_bo *bo, uint32_t page);

/** asahi_pages_mark() - Write it to all pages of a buffer object. */
void asahi_pages_mark(struct asahi_bo *bo);

/* Map @num pages of @bo, from @page on, at page @at of the range; or unmap. */
void asahi_pages_map(struct asahi_pages *p, const struct asahi_bo *bo, uint32_t page,
		     uint32_t num, int at, uint32_t flags);
void asahi_pages_unmap(struct asahi_pages *p, uint32_t num, int at);

/* The same as steps of VM_BIND; a mapping has both rights. */
struct drm_asahi_gem_bind_op asahi_pages_map_op(const struct asahi_pages *p,
						const struct asahi_bo *bo, uint32_t page,
						uint32_t num, int at);
struct drm_asahi_gem_bind_op asahi_pages_unmap_op(const struct asahi_pages *p, uint32_t num,
						  int at);

/** asahi_pages_bind() - VM_BIND with any array; returns 0 or -errno. */
int asahi_pages_bind(struct asahi_pages *p, const void *ops, uint32_t num, uint32_t stride);

/**
 * asahi_pages_assert() - The GPU sees page @page of @bo, or nothing if @bo is NULL, at page @at of
 * the range.
 */
void asahi_pages_assert(struct asahi_pages *p, int at, const struct asahi_bo *bo, uint32_t page);

/** asahi_pages_assert_cpu() - The CPU sees in @bo what it wrote at first. */
void asahi_pages_assert_cpu(const struct asahi_bo *bo);

/** asahi_pages_assert_mappings() - The test has @num mappings, if anybody counts them. */
void asahi_pages_assert_mappings(const struct asahi_pages *p, uint32_t num);

#endif
