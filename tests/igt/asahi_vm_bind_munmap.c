// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind munmap
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: A range is taken out of one or more mappings as munmap() would do it, or something
 *	else is mapped there as mmap() with MAP_FIXED would: all of a mapping, its front, its end,
 *	its middle, parts and all of several. Each of these ways is a dynamic subtest,
 *	lib/asahi_cut.c has the list. Before and after each step, all pages in reach are compared
 *	with a model, by loads and stores of a shader, and mappings are counted.
 */
#include "asahi_cut.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: taking ranges out of mappings");

static void run_cut(const void *data, unsigned int i)
{
	static struct asahi_cutting c;

	asahi_cutting_init(&c, &asahi_cuts[i], data);
	asahi_layout_assert(&c.layout);

	/* What it had seen before is not to be seen any more. */
	asahi_cutting_cut(&c);
	asahi_layout_assert(&c.layout);

	/* The same again meets what it has made itself. */
	asahi_cutting_cut(&c);
	asahi_layout_assert(&c.layout);

	asahi_cutting_fill(&c);
	asahi_layout_assert(&c.layout);
	asahi_cutting_clear(&c);
	asahi_layout_assert(&c.layout);
	asahi_cutting_fini(&c);
}

static const struct asahi_cases cases = { NULL, asahi_cut_name, run_cut };

/**
 * SUBTEST: unbind
 * Description: A range of ordinary mappings is unmapped; what is left of them stays where it is.
 */
static const struct asahi_cut_kind unbind = { ASAHI_RW, 0 };

/**
 * SUBTEST: unbind-single
 * Description: A range of repeated pages is unmapped; what is left goes on repeating the same page.
 */
static const struct asahi_cut_kind unbind_single = { ASAHI_SINGLE, 0 };

/**
 * SUBTEST: replace
 * Description: A new mapping takes the place of a range of ordinary mappings.
 */
static const struct asahi_cut_kind replace = { ASAHI_RW, ASAHI_RW };

/**
 * SUBTEST: replace-by-single
 * Description: A repeated page takes the place of a range of ordinary mappings.
 */
static const struct asahi_cut_kind replace_by_single = { ASAHI_RW, ASAHI_SINGLE };

/**
 * SUBTEST: replace-single
 * Description: A new mapping takes the place of a range of repeated pages.
 */
static const struct asahi_cut_kind replace_single = { ASAHI_SINGLE, ASAHI_RW };

/**
 * SUBTEST: replace-single-by-single
 * Description: A repeated page takes the place of a range of other repeated pages.
 */
static const struct asahi_cut_kind replace_single_by_single = { ASAHI_SINGLE, ASAHI_SINGLE };

/**
 * SUBTEST: replace-read-only
 * Description: What takes the place of a range can only be read; around it both rights stay.
 */
static const struct asahi_cut_kind replace_read_only = { ASAHI_RW, DRM_ASAHI_BIND_READ };

/**
 * SUBTEST: replace-write-only
 * Description: What takes the place of a range that can only be read can only be written to; around
 *	it reading is what stays.
 */
static const struct asahi_cut_kind replace_write_only = {
	DRM_ASAHI_BIND_READ, DRM_ASAHI_BIND_WRITE,
};

static const struct asahi_subtest subtests[] = {
	{ "unbind", "A range of mappings is unmapped.", NULL, NULL, &unbind, &cases },
	{ "unbind-single", "A range of repeated pages is unmapped.", NULL, NULL, &unbind_single,
	  &cases },
	{ "replace", "A mapping replaces a range of mappings.", NULL, NULL, &replace, &cases },
	{ "replace-by-single", "A repeated page replaces a range of mappings.", NULL, NULL,
	  &replace_by_single, &cases },
	{ "replace-single", "A mapping replaces a range of repeated pages.", NULL, NULL,
	  &replace_single, &cases },
	{ "replace-single-by-single", "A repeated page replaces a range of others.", NULL, NULL,
	  &replace_single_by_single, &cases },
	{ "replace-read-only", "What replaces a range can only be read.", NULL, NULL,
	  &replace_read_only, &cases },
	{ "replace-write-only", "What replaces a range can only be written to.", NULL, NULL,
	  &replace_write_only, &cases },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
