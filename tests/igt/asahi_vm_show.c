// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm show
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: debugfs
 * Description: What the driver tells root of the mappings of address spaces, compared with what was
 *	mapped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "asahi_queues.h"
#include "asahi_reclaim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Mappings as debugfs shows them");

/* A client whose address space is looked at. */
struct subject {
	struct asahi_pages pages;
	/* Number of the address space. */
	uint64_t vm;
};

/* A mapping as it should be shown. */
struct line {
	/* Pages of the range, and page of the buffer object that is at the first of them. */
	int at;
	uint32_t num, page;
	const char *prot;
	const struct asahi_bo *bo;
	bool evicted;
};

static void subject_init(struct subject *s)
{
	struct asahi_queue_line queue;

	asahi_pages_init(&s->pages);
	asahi_queues_only(&queue);
	s->vm = queue.vm;
}

static void add(char *text, size_t size, uint64_t addr, uint64_t range, const char *prot,
		uint64_t offset, uint64_t bo_size, bool evicted)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len,
		 "  %010" PRIx64 "-%010" PRIx64 " %s offset %" PRIx64 " size %" PRIx64 "%s\n", addr,
		 addr + range, prot, offset, bo_size, evicted ? " evicted" : "");
}

/* All that the client maps is the arena and @lines, by address, and the driver shows just that. */
static void assert_shown(const struct subject *s, bool arena_evicted, const struct line *lines,
			 unsigned int num)
{
	char *text = asahi_debugfs_read("vms"), *line, *rest;
	const struct asahi_bo *arena = &s->pages.client.arena;
	char expected[2048] = "", shown[2048] = "", end;
	uint64_t vm = 0;
	unsigned int i;

	add(expected, sizeof(expected), arena->va, arena->size, "rw-", 0, arena->size,
	    arena_evicted);
	for (i = 0; i < num; i++)
		add(expected, sizeof(expected), s->pages.va + lines[i].at * (int64_t)ASAHI_PAGE,
		    (uint64_t)lines[i].num * ASAHI_PAGE, lines[i].prot,
		    (uint64_t)lines[i].page * ASAHI_PAGE, lines[i].bo->size, lines[i].evicted);

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t len = strlen(shown);

		if (sscanf(line, "vm %" SCNu64, &vm) == 1 || vm != s->vm)
			continue;
		/* The driver's own. */
		if (sscanf(line, " %*x-%*x rwk %c", &end) == 1)
			continue;
		snprintf(shown + len, sizeof(shown) - len, "%s\n", line);
	}
	free(text);
	igt_assert_f(!strcmp(shown, expected),
		     "mappings of VM %" PRIu64 ":\n%snot:\n%s", s->vm, shown, expected);
}

/**
 * SUBTEST: map
 * Description: Address, size, rights, repetition, offset and buffer object of each mapping are
 *	shown, by address, and what is unmapped is not.
 */
static void map(void)
{
	const uint32_t r = DRM_ASAHI_BIND_READ, w = DRM_ASAHI_BIND_WRITE;
	struct subject s;
	struct asahi_pages *p = &s.pages;
	const struct line all[] = {
		{ -2, 1, 4, "r--", &p->a },
		{ 0, 2, 0, "-w-", &p->a },
		{ 2, 3, 1, "rw-", &p->b },
		{ 6, 7, 3, "rws", &p->a },
	};
	const struct line some[] = {
		{ 0, 2, 0, "-w-", &p->a },
		{ 6, 7, 3, "rws", &p->a },
	};

	subject_init(&s);
	assert_shown(&s, false, NULL, 0);
	asahi_pages_map(p, &p->b, 1, 3, 2, ASAHI_RW);
	asahi_pages_map(p, &p->a, 3, 7, 6, ASAHI_SINGLE);
	asahi_pages_map(p, &p->a, 4, 1, -2, r);
	asahi_pages_map(p, &p->a, 0, 2, 0, w);
	assert_shown(&s, false, all, ARRAY_SIZE(all));

	asahi_pages_unmap(p, 1, -2);
	asahi_pages_unmap(p, 3, 2);
	assert_shown(&s, false, some, ARRAY_SIZE(some));
	asahi_pages_unmap(p, 13, 0);
	assert_shown(&s, false, NULL, 0);
	asahi_pages_fini(p);
}

/**
 * SUBTEST: split
 * Description: Of mappings that are cut by an unmap and by another mapping, what is left is shown:
 *	with its rights, and at its own offset unless it is one page repeated.
 */
static void split(void)
{
	struct subject s;
	struct asahi_pages *p = &s.pages;
	const struct line lines[] = {
		{ 0, 1, 0, "r--", &p->a },
		{ 2, 1, 2, "r--", &p->a },
		{ 3, 1, 4, "rw-", &p->b },
		{ 4, 1, 4, "r--", &p->a },
		{ 6, 2, 2, "rws", &p->b },
		{ 9, 1, 2, "rws", &p->b },
	};

	subject_init(&s);
	asahi_pages_map(p, &p->a, 0, 5, 0, DRM_ASAHI_BIND_READ);
	asahi_pages_map(p, &p->b, 2, 4, 6, ASAHI_SINGLE);
	asahi_pages_unmap(p, 1, 1);
	asahi_pages_map(p, &p->b, 4, 1, 3, ASAHI_RW);
	asahi_pages_unmap(p, 1, 8);
	assert_shown(&s, false, lines, ARRAY_SIZE(lines));
	asahi_pages_fini(p);
}

/**
 * SUBTEST: evicted
 * Description: Mappings of buffer objects that have lost their memory are shown as evicted, each
 *	until its buffer object is back.
 */
static void evicted(void)
{
	struct subject s;
	struct asahi_pages *p = &s.pages;
	struct line lines[] = {
		{ 0, 2, 1, "rw-", &p->a, true },
		{ 3, 1, 0, "rw-", &p->b, true },
		{ 4, 1, 0, "rw-", &p->a, true },
	};
	unsigned int i;

	subject_init(&s);
	asahi_reclaim_find(p->client.fd);
	asahi_pages_map(p, &p->a, 1, 2, 0, ASAHI_RW);
	asahi_pages_map(p, &p->b, 0, 1, 3, ASAHI_RW);
	asahi_evict_all();
	asahi_pages_map(p, &p->a, 0, 1, 4, ASAHI_RW);
	lines[0].evicted = false;
	lines[2].evicted = false;
	assert_shown(&s, true, lines, ARRAY_SIZE(lines));

	asahi_evict_all();
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		lines[i].evicted = true;
	assert_shown(&s, true, lines, ARRAY_SIZE(lines));

	/* For a job all of it is there. */
	asahi_pages_assert(p, 0, &p->a, 1);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		lines[i].evicted = false;
	assert_shown(&s, false, lines, ARRAY_SIZE(lines));
	asahi_pages_fini(p);
}

/**
 * SUBTEST: two-vms
 * Description: What two address spaces have at the same addresses is shown with the one that has
 *	it.
 */
static void two_vms(void)
{
	struct subject s, other;
	struct asahi_queues queues;
	const struct line first = { 0, 2, 0, "rw-", &s.pages.a };
	const struct line second = { 0, 1, 3, "r--", &other.pages.b };

	subject_init(&s);
	asahi_pages_init(&other.pages);
	asahi_queues_read(&queues);
	igt_assert_eq(queues.num, 2);
	other.vm = queues.lines[queues.lines[0].vm == s.vm].vm;
	igt_assert_eq_u64(s.pages.va, other.pages.va);
	asahi_pages_map(&s.pages, &s.pages.a, 0, 2, 0, ASAHI_RW);
	asahi_pages_map(&other.pages, &other.pages.b, 3, 1, 0, DRM_ASAHI_BIND_READ);
	assert_shown(&s, false, &first, 1);
	assert_shown(&other, false, &second, 1);
	asahi_pages_fini(&other.pages);
	assert_shown(&s, false, &first, 1);
	asahi_pages_fini(&s.pages);
}

static const struct asahi_subtest subtests[] = {
	{ "map", "Each mapping is shown.", map },
	{ "split", "What is left of a mapping is shown.", split },
	{ "evicted", "What is evicted is shown as such.", evicted },
	{ "two-vms", "Each address space has its own.", two_vms },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
