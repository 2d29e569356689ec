// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind split
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: Changes of a part of what is mapped, and repeated pages.
 */
#include <errno.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: cutting and replacing mappings");

/**
 * SUBTEST: partial-unbind
 * Description: Every possible part of a mapping can be unmapped; the rest stays as it is.
 */
static void partial_unbind(void)
{
	unsigned int first, num, i, left;
	struct asahi_pages p;

	asahi_pages_init(&p);
	for (first = 0; first < ASAHI_NUM_PAGES; first++) {
		for (num = 1; first + num <= ASAHI_NUM_PAGES; num++) {
			asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
			asahi_pages_unmap(&p, num, first);
			left = (first > 0) + (first + num < ASAHI_NUM_PAGES);
			asahi_pages_assert_mappings(&p, left);
			for (i = 0; i < ASAHI_NUM_PAGES; i++) {
				bool gone = i >= first && i < first + num;

				asahi_pages_assert(&p, i, gone ? NULL : &p.a, i);
			}
		}
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: partial-unbind-twice
 * Description: What a partial unmap left can be cut again.
 */
static void partial_unbind_twice(void)
{
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_unmap(&p, 1, 1);
	asahi_pages_unmap(&p, 1, 3);
	asahi_pages_assert_mappings(&p, 3);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, i & 1 ? NULL : &p.a, i);

	/* From inside one remainder, over another, into the hole behind it. */
	asahi_pages_map(&p, &p.b, 0, 1, 1, ASAHI_RW);
	asahi_pages_unmap(&p, 3, 1);
	asahi_pages_assert_mappings(&p, 2);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, i == 0 || i == 4 ? &p.a : NULL, i);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: unbind-more
 * Description: An unmap may cover more than is mapped, several mappings with holes, or nothing.
 */
static void unbind_more(void)
{
	struct asahi_pages p;
	int i;

	asahi_pages_init(&p);
	asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);

	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 1, 1, 2, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 1, 2, 3, ASAHI_RW);
	asahi_pages_assert_mappings(&p, 3);
	asahi_pages_unmap(&p, ASAHI_NUM_PAGES + 4, -2);
	asahi_pages_assert_mappings(&p, 0);
	for (i = -2; i < ASAHI_NUM_PAGES + 2; i++)
		asahi_pages_assert(&p, i, NULL, 0);

	/* The end of one mapping and the start of the next. */
	asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 0, 2, 2, ASAHI_RW);
	asahi_pages_unmap(&p, 2, 1);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 2, NULL, 0);
	asahi_pages_assert(&p, 3, &p.b, 1);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace
 * Description: A new mapping takes the place of every possible part of an old one.
 */
static void replace(void)
{
	unsigned int first, num, i, left;
	struct asahi_pages p;

	asahi_pages_init(&p);
	for (first = 0; first < ASAHI_NUM_PAGES; first++) {
		for (num = 1; first + num <= ASAHI_NUM_PAGES; num++) {
			asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
			asahi_pages_map(&p, &p.b, 0, num, first, ASAHI_RW);
			left = (first > 0) + (first + num < ASAHI_NUM_PAGES);
			asahi_pages_assert_mappings(&p, left + 1);
			for (i = 0; i < ASAHI_NUM_PAGES; i++) {
				if (i >= first && i < first + num)
					asahi_pages_assert(&p, i, &p.b, i - first);
				else
					asahi_pages_assert(&p, i, &p.a, i);
			}
			asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);
		}
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace-many
 * Description: A new mapping takes the place of the ends of two mappings and all that lies
 *	between them.
 */
static void replace_many(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 4, 1, 2, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 2, 2, 4, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 0, 4, 1, ASAHI_RW);
	asahi_pages_assert_mappings(&p, 3);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.b, 0);
	asahi_pages_assert(&p, 2, &p.b, 1);
	asahi_pages_assert(&p, 3, &p.b, 2);
	asahi_pages_assert(&p, 4, &p.b, 3);
	asahi_pages_assert(&p, 5, &p.a, 3);
	asahi_pages_unmap(&p, 2 * ASAHI_NUM_PAGES, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace-same
 * Description: A buffer object may take its own place with another offset.
 */
static void replace_same(void)
{
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_assert_mappings(&p, 1);
	asahi_pages_map(&p, &p.a, 1, ASAHI_NUM_PAGES - 1, 0, ASAHI_RW);
	for (i = 0; i < ASAHI_NUM_PAGES - 1; i++)
		asahi_pages_assert(&p, i, &p.a, i + 1);
	asahi_pages_assert(&p, ASAHI_NUM_PAGES - 1, &p.a, ASAHI_NUM_PAGES - 1);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page
 * Description: One page of a buffer object fills a range that is larger than the buffer object,
 *	and it is one page for stores too.
 */
static void single_page(void)
{
	struct asahi_pages p;
	int i;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 3, ASAHI_NUM_PAGES + 3, 0, ASAHI_SINGLE);
	asahi_pages_assert_mappings(&p, 1);
	for (i = 0; i < ASAHI_NUM_PAGES + 3; i++)
		asahi_pages_assert(&p, i, &p.a, 3);
	asahi_pages_assert(&p, -1, NULL, 0);
	asahi_pages_assert(&p, ASAHI_NUM_PAGES + 3, NULL, 0);

	asahi_probe_write(&p.probe, p.va + 6 * ASAHI_PAGE + 8, 99);
	igt_assert_eq_u32(p.a.map[3 * ASAHI_PAGE_WORDS + 2], 99);
	for (i = 0; i < ASAHI_NUM_PAGES + 3; i++)
		igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + i * ASAHI_PAGE + 8), 99);

	asahi_pages_unmap(&p, ASAHI_NUM_PAGES + 3, 0);
	for (i = 0; i < ASAHI_NUM_PAGES + 3; i++)
		asahi_pages_assert(&p, i, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page-split
 * Description: Whatever part of a repeated page is unmapped, both remainders go on repeating the
 *	same page.
 */
static void single_page_split(void)
{
	unsigned int first, num, i, left;
	struct asahi_pages p;

	asahi_pages_init(&p);
	for (first = 0; first < ASAHI_NUM_PAGES; first++) {
		for (num = 1; first + num <= ASAHI_NUM_PAGES; num++) {
			asahi_pages_map(&p, &p.a, 1, ASAHI_NUM_PAGES, 0, ASAHI_SINGLE);
			asahi_pages_unmap(&p, num, first);
			left = (first > 0) + (first + num < ASAHI_NUM_PAGES);
			asahi_pages_assert_mappings(&p, left);
			for (i = 0; i < ASAHI_NUM_PAGES; i++) {
				bool gone = i >= first && i < first + num;

				asahi_pages_assert(&p, i, gone ? NULL : &p.a, 1);
			}
			asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);
		}
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page-split-twice
 * Description: The remainder of a repeated page can be cut again, by mappings of both kinds.
 */
static void single_page_split_twice(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 4, 7, 0, ASAHI_SINGLE);
	asahi_pages_map(&p, &p.b, 0, 2, 1, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 2, 1, 5, ASAHI_SINGLE);
	asahi_pages_assert_mappings(&p, 5);
	asahi_pages_assert(&p, 0, &p.a, 4);
	asahi_pages_assert(&p, 1, &p.b, 0);
	asahi_pages_assert(&p, 2, &p.b, 1);
	asahi_pages_assert(&p, 3, &p.a, 4);
	asahi_pages_assert(&p, 4, &p.a, 4);
	asahi_pages_assert(&p, 5, &p.b, 2);
	asahi_pages_assert(&p, 6, &p.a, 4);
	asahi_pages_unmap(&p, 1, 6);
	asahi_pages_unmap(&p, 1, 3);
	asahi_pages_assert(&p, 4, &p.a, 4);
	asahi_pages_assert(&p, 6, NULL, 0);
	asahi_pages_unmap(&p, 2 * ASAHI_NUM_PAGES, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page-over-mapping
 * Description: A repeated page cuts an ordinary mapping whose rest keeps its offsets.
 */
static void single_page_over_mapping(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 4, 2, 1, ASAHI_SINGLE);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.b, 4);
	asahi_pages_assert(&p, 2, &p.b, 4);
	asahi_pages_assert(&p, 3, &p.a, 3);
	asahi_pages_assert(&p, 4, &p.a, 4);
	asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page-huge
 * Description: A page can be repeated over 64 GiB, as sparse resources do it, and cut there.
 */
static void single_page_huge(void)
{
	const uint64_t size = 64ull << 30;
	struct asahi_bo *bo;
	struct asahi_pages p;
	uint64_t va, hole;

	asahi_pages_init(&p);
	bo = &p.a;
	va = asahi_client_va(&p.client, size);
	asahi_vm_map(p.client.fd, p.client.vm_id, bo->handle, ASAHI_PAGE, size, va, ASAHI_SINGLE);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va), asahi_pages_word(bo, 1));
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va + size / 2), asahi_pages_word(bo, 1));
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va + size - 4), asahi_pages_word(bo, 1));
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va + size), 0);

	hole = va + (33ull << 30) + 7 * ASAHI_PAGE;
	asahi_vm_unmap(p.client.fd, p.client.vm_id, ASAHI_PAGE, hole);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, hole - 4), asahi_pages_word(bo, 1));
	igt_assert_eq_u32(asahi_probe_read(&p.probe, hole), 0);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, hole + ASAHI_PAGE), asahi_pages_word(bo, 1));

	/* An ordinary page in the hole changes nothing around it. */
	asahi_vm_map(p.client.fd, p.client.vm_id, p.b.handle, 0, ASAHI_PAGE, hole, ASAHI_RW);
	asahi_probe_write(&p.probe, hole + 4, 3);
	igt_assert_eq_u32(p.b.map[1], 3);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, hole - ASAHI_PAGE + 4), 0);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, hole - 4), asahi_pages_word(bo, 1));

	asahi_vm_unmap(p.client.fd, p.client.vm_id, size, va);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va), 0);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va + size - ASAHI_PAGE), 0);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

static const struct asahi_subtest subtests[] = {
	{ "partial-unbind", "Every part of a mapping can be unmapped.", partial_unbind },
	{ "partial-unbind-twice", "What a partial unmap left can be cut again.",
	  partial_unbind_twice },
	{ "unbind-more", "An unmap may cover more than is mapped, or nothing.", unbind_more },
	{ "replace", "A mapping takes the place of every part of an older one.", replace },
	{ "replace-many", "A mapping takes the place of several older ones.", replace_many },
	{ "replace-same", "A buffer object may take its own place.", replace_same },
	{ "single-page", "One page fills a range larger than its object.", single_page },
	{ "single-page-split", "Both remainders repeat the same page.", single_page_split },
	{ "single-page-split-twice", "A remainder can be cut again.", single_page_split_twice },
	{ "single-page-over-mapping", "A repeated page cuts an ordinary mapping.",
	  single_page_over_mapping },
	{ "single-page-huge", "A page can be repeated over 64 GiB.", single_page_huge },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
