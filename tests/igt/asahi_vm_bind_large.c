// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind large
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: Ranges that begin and end around the borders of page tables. What a table of each
 *	level covers, with pages of 4 KiB or of 16 KiB, is 2 MiB, 32 MiB, 1 GiB or 64 GiB. All
 *	that is next to a border is compared with a model after each step, by loads and stores of
 *	a shader, and mappings are counted.
 */
#include <stdlib.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_layout.h"
#include "asahi_memory.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: borders of page tables");

/* A border of every kind, far from what clients map, with room for the largest range behind it. */
#define BORDER 0x4000000000ull

/* Memory of the largest range that is mapped page by page, and of those that straddle a border. */
#define LARGEST (32ull << 20)
#define SMALL_PAGES 8

static const uint64_t span_2_mib = 2ull << 20, span_32_mib = 32ull << 20;
static const uint64_t span_1_gib = 1ull << 30, span_64_gib = 64ull << 30;

/* A range from @start pages behind a border to @end pages behind the next. */
struct span {
	struct asahi_layout layout;
	uint64_t size;
	int start, end;
	uint32_t flags;
};

static uint64_t at_first(int pages)
{
	return BORDER + (int64_t)pages * ASAHI_PAGE;
}

static uint64_t at_next(const struct span *s, int pages)
{
	return BORDER + s->size + (int64_t)pages * ASAHI_PAGE;
}

static void assert_span(struct span *s, const char *step)
{
	igt_assert_f(asahi_layout_compare(&s->layout),
		     "flags 0x%x, from page %d to page %d behind the next border, %s\n", s->flags,
		     s->start, s->end, step);
}

/* All of it if it is one page or there is memory for it, otherwise both ends. */
static void map_span(struct span *s)
{
	const uint64_t start = at_first(s->start), end = at_next(s, s->end);
	struct asahi_bo *bo = &s->layout.bos[0];

	if (s->flags & DRM_ASAHI_BIND_SINGLE_PAGE || s->size <= LARGEST) {
		asahi_layout_map(&s->layout, bo, 1, (end - start) / ASAHI_PAGE, start, s->flags);
		return;
	}
	asahi_layout_map(&s->layout, bo, 1, 2 - s->start, start, s->flags);
	asahi_layout_map(&s->layout, bo, 3, 2 + s->end, at_next(s, -2), s->flags);
}

/* Map it, cut it at both borders and in the middle, map something else there, unmap it all. */
static void run_span(struct span *s)
{
	struct asahi_bo *other = &s->layout.bos[1];
	const uint64_t middle = BORDER + s->size / 2;

	map_span(s);
	assert_span(s, "mapped");
	asahi_layout_unmap(&s->layout, 1, middle);
	assert_span(s, "without its middle");
	asahi_layout_unmap(&s->layout, 2, at_first(-1));
	asahi_layout_unmap(&s->layout, 2, at_next(s, -1));
	assert_span(s, "without its ends");

	asahi_layout_map(&s->layout, other, 2, 4, at_first(-2), ASAHI_RW);
	asahi_layout_map(&s->layout, other, 3, 2, at_next(s, -1), ASAHI_SINGLE);
	assert_span(s, "replaced at both ends");
	map_span(s);
	assert_span(s, "mapped again");

	/* All of a table but its first page, or its last. */
	asahi_layout_unmap(&s->layout, s->size / ASAHI_PAGE - 1, at_first(1));
	assert_span(s, "unmapped from behind the first page on");
	map_span(s);
	asahi_layout_unmap(&s->layout, s->size / ASAHI_PAGE - 1, BORDER);
	assert_span(s, "unmapped up to the last page");
	asahi_layout_unmap(&s->layout, s->size / ASAHI_PAGE + 4, at_first(-2));
	assert_span(s, "unmapped");
}

/**
 * SUBTEST: %s
 * Description: A range that begins a page before, at, or a page behind a border of %arg[1] and
 *	ends a page before, at, or a page behind the next can be mapped, cut, replaced and
 *	unmapped, as memory and as a repeated page.
 *
 * arg[1]:
 *
 * @2-mib:	2 MiB
 * @32-mib:	32 MiB
 * @1-gib:	1 GiB
 * @64-gib:	64 GiB
 */
static void borders(const void *data)
{
	static const uint32_t flags[] = { ASAHI_RW, ASAHI_SINGLE };
	const uint64_t size = *(const uint64_t *)data;
	const uint32_t pages = size <= LARGEST ? size / ASAHI_PAGE + 3 : SMALL_PAGES;
	const uint32_t sizes[ASAHI_LAYOUT_BOS] = { pages, SMALL_PAGES, 1 };
	static struct span s;
	unsigned int i;

	s.size = size;
	asahi_layout_init(&s.layout, sizes);
	asahi_layout_points(&s.layout, at_first(-2), 4);
	asahi_layout_points(&s.layout, BORDER + size / 2 - ASAHI_PAGE, 3);
	asahi_layout_points(&s.layout, at_next(&s, -2), 4);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		s.flags = flags[i];
		for (s.start = -1; s.start <= 1; s.start++)
			for (s.end = -1; s.end <= 1; s.end++)
				run_span(&s);
	}
	asahi_layout_fini(&s.layout);
}

/* Addresses all over the window, none where the client has anything. */
static void scatter_points(struct asahi_layout *layout, uint64_t first, uint64_t last)
{
	asahi_layout_points(layout, first, 2);
	asahi_layout_points(layout, first + span_2_mib, 2);
	asahi_layout_points(layout, first + span_1_gib - ASAHI_PAGE, 2);
	asahi_layout_points(layout, BORDER - ASAHI_PAGE, 3);
	asahi_layout_points(layout, BORDER + span_64_gib - ASAHI_PAGE, 3);
	asahi_layout_points(layout, last - ASAHI_PAGE, 2);
}

/* The VM without its kernel's range, and the arena, without which nothing could be seen. */
struct window {
	struct asahi_layout layout;
	uint64_t start, end;
	struct drm_asahi_gem_bind_op arena;
};

static void window_init(struct window *w)
{
	static const uint32_t sizes[ASAHI_LAYOUT_BOS] = { 32, 1, 1 };
	struct asahi_client *client = &w->layout.client;
	uint64_t kernel_end;

	asahi_layout_init(&w->layout, sizes);
	w->start = client->params.vm_start;
	asahi_kernel_range(client->fd, &w->end, &kernel_end);
	w->arena = asahi_layout_map_op(&client->arena, 0, client->arena.size / ASAHI_PAGE,
				       client->arena.va, ASAHI_RW);
	scatter_points(&w->layout, w->start, w->end - ASAHI_PAGE);
}

static void window_unmap(struct window *w)
{
	const uint64_t pages = (w->end - w->start) / ASAHI_PAGE;
	struct drm_asahi_gem_bind_op ops[] = {
		asahi_layout_unmap_op(pages, w->start), w->arena,
	};

	asahi_vm_bind(w->layout.client.fd, w->layout.client.vm_id, ops, 2);
	asahi_layout_step(&w->layout, &ops[0]);
}

/**
 * SUBTEST: window
 * Description: One step unmaps all that there is in the window up to the kernel's range, wherever
 *	it is, and nothing if there is nothing.
 */
static void window(void)
{
	struct drm_asahi_gem_bind_op ops[ASAHI_LAYOUT_POINTS];
	static struct window w;
	unsigned int i;

	window_init(&w);
	window_unmap(&w);
	asahi_layout_assert(&w.layout);
	for (i = 0; i < w.layout.num; i++)
		ops[i] = asahi_layout_map_op(&w.layout.bos[0], i, 1, w.layout.points[i].va,
					     ASAHI_RW);
	asahi_layout_bind(&w.layout, ops, w.layout.num);
	asahi_layout_assert(&w.layout);
	window_unmap(&w);
	asahi_layout_assert(&w.layout);
	asahi_layout_fini(&w.layout);
}

/**
 * SUBTEST: window-single
 * Description: A repeated page can fill all of the window but the kernel's range and what else is
 *	mapped, and be cut there, and goes with one step.
 */
static void window_single(void)
{
	struct asahi_bo *bo;
	static struct window w;
	uint64_t behind;

	window_init(&w);
	asahi_require_simulated(w.layout.client.fd,
				"it takes page tables for as much as there is memory");
	bo = &w.layout.bos[0];
	behind = w.arena.addr + w.arena.range;
	asahi_layout_map(&w.layout, bo, 5, (w.arena.addr - w.start) / ASAHI_PAGE, w.start,
			 ASAHI_SINGLE);
	asahi_layout_map(&w.layout, bo, 6, (w.end - behind) / ASAHI_PAGE, behind, ASAHI_SINGLE);
	asahi_layout_assert(&w.layout);
	asahi_layout_unmap(&w.layout, 1, BORDER);
	asahi_layout_map(&w.layout, bo, 7, 1, w.end - ASAHI_PAGE, DRM_ASAHI_BIND_READ);
	asahi_layout_assert(&w.layout);
	window_unmap(&w);
	asahi_layout_assert(&w.layout);
	asahi_layout_fini(&w.layout);
}

/* Pages with a table of their own each, and how often as many elsewhere. */
#define NUM_TABLES 4000
#define PASSES 8

/* Map a page in each of @num tables from @va on, and unmap them one by one or with one step. */
static void fill_tables(struct asahi_client *client, uint32_t handle, uint64_t va, uint64_t span,
			unsigned int num, bool each)
{
	struct drm_asahi_gem_bind_op *ops = calloc(num, sizeof(*ops));
	unsigned int i;

	igt_assert(ops);
	for (i = 0; i < num; i++)
		ops[i] = (struct drm_asahi_gem_bind_op){
			.flags = ASAHI_RW,
			.handle = handle,
			.range = ASAHI_PAGE,
			.addr = va + i * span + i % 8 * ASAHI_PAGE,
		};
	asahi_vm_bind(client->fd, client->vm_id, ops, num);

	for (i = 0; i < num; i++) {
		ops[i].flags = DRM_ASAHI_BIND_UNBIND;
		ops[i].handle = 0;
	}
	if (each)
		asahi_vm_bind(client->fd, client->vm_id, ops, num);
	else
		asahi_vm_unmap(client->fd, client->vm_id, num * span, va);
	free(ops);
}

/*
 * A table fills a page of the CPU. What is given back may stay with the allocator, so the memory of
 * one pass cannot be missed; but the next pass takes it from there.
 */
static void tables(const void *data)
{
	const uint64_t page = sysconf(_SC_PAGESIZE), room = 350ull << 30, va = 0x2000000000;
	const uint64_t span = page == ASAHI_PAGE ? span_32_mib : span_2_mib;
	struct asahi_client client;
	unsigned int i, num = NUM_TABLES;
	uint64_t before, after;
	uint32_t handle;

	if (num > room / span / PASSES)
		num = room / span / PASSES;
	asahi_client_init(&client);
	asahi_require_simulated(client.fd,
				"it measures the memory of page tables, which others use too");
	handle = asahi_gem_create(client.fd, ASAHI_PAGE);
	before = asahi_memory_available();
	for (i = 0; i < PASSES; i++)
		fill_tables(&client, handle, va + i * num * span, span, num, data);
	after = asahi_memory_available();
	gem_close(client.fd, handle);
	asahi_client_fini(&client);

	igt_assert_f(after + PASSES / 2 * num * page > before,
		     "%llu KiB available, %llu after %u tables had been used\n",
		     (unsigned long long)before >> 10, (unsigned long long)after >> 10,
		     PASSES * num);
}

/**
 * SUBTEST: tables-each
 * Description: Page tables go when nothing is left in them, while the address space is still
 *	there, if what is in them is unmapped page by page.
 */

/**
 * SUBTEST: tables-range
 * Description: Page tables go when nothing is left in them, while the address space is still
 *	there, if everything is unmapped at once.
 */
static const struct asahi_subtest subtests[] = {
	{ "2-mib", "Ranges around borders of 2 MiB are mapped and cut to the page.", NULL, borders,
	  &span_2_mib },
	{ "32-mib", "Ranges around borders of 32 MiB are mapped and cut to the page.", NULL,
	  borders, &span_32_mib },
	{ "1-gib", "Ranges around borders of 1 GiB are mapped and cut to the page.", NULL, borders,
	  &span_1_gib },
	{ "64-gib", "Ranges around borders of 64 GiB are mapped and cut to the page.", NULL,
	  borders, &span_64_gib },
	{ "window", "One step unmaps everything.", window },
	{ "window-single", "A repeated page fills the window.", window_single },
	{ "tables-each", "Page tables go with the last page in them.", NULL, tables, "each" },
	{ "tables-range", "Page tables go with all that is in them.", NULL, tables },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
