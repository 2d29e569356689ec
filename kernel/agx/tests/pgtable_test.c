// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Page tables, read as the GPU reads them, against arrays of what they should say. */

#include <kunit/resource.h>

#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include "../pgtable.h"
#include "test.h"

#define SEED 0x61677831
#define RANDOM_OPS 10000

/* What a leaf translates; agx_uat_shift(1) as a constant. */
#define LEAF_SPAN BIT_ULL(PAGE_SHIFT + AGX_UAT_LEVEL_BITS)
#define PER_GPU_PAGE (AGX_GPU_PAGE_SIZE / PAGE_SIZE)
#define RW (AGX_UAT_READ | AGX_UAT_WRITE)

/* Memory that nobody has: the tables only hold its addresses. */
#define NUM_SEGMENTS 7
#define MEMORY_PAGES (4 * AGX_UAT_ENTRIES)

/* Half a leaf, two leaves, half a leaf. */
#define WINDOW_START (5 * LEAF_SPAN + LEAF_SPAN / 2)
#define WINDOW_SIZE (3 * LEAF_SPAN)
#define WINDOW_PAGES (WINDOW_SIZE / PAGE_SIZE)

struct pgtable_test {
	struct device *dev;
	struct agx_pgtable *pgtable;
	struct sg_table sgt;
	/* Bus address of each page behind @sgt. */
	u64 *page;
	/* What the window should lead to. */
	u64 *want;
};

static void pgtable_destroy(void *pgtable)
{
	agx_pgtable_destroy(pgtable);
}

static void sgt_free(void *sgt)
{
	sg_free_table(sgt);
}

static int pgtable_init(struct kunit *test)
{
	struct pgtable_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	u64 dma = 0x123400000000;
	struct scatterlist *sg;
	unsigned int i, n = 0;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->dev = agx_test_device(test);

	t->page = kunit_kcalloc(test, MEMORY_PAGES, sizeof(*t->page), GFP_KERNEL);
	t->want = kunit_kcalloc(test, WINDOW_PAGES, sizeof(*t->want), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->page);
	KUNIT_ASSERT_NOT_NULL(test, t->want);

	/* Segments of different lengths, with holes between them. */
	KUNIT_ASSERT_EQ(test, sg_alloc_table(&t->sgt, NUM_SEGMENTS, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sgt_free, &t->sgt), 0);
	for_each_sgtable_dma_sg(&t->sgt, sg, i) {
		unsigned int len = i == NUM_SEGMENTS - 1 ? MEMORY_PAGES - n : 1 + 37 * i;

		sg_dma_address(sg) = dma;
		sg_dma_len(sg) = len * PAGE_SIZE;
		while (len--) {
			t->page[n++] = dma;
			dma += PAGE_SIZE;
		}
		dma += SZ_64M;
	}

	t->pgtable = agx_pgtable_create(t->dev);
	KUNIT_ASSERT_NOT_NULL(test, t->pgtable);
	return kunit_add_action_or_reset(test, pgtable_destroy, t->pgtable);
}

static dma_addr_t root(struct pgtable_test *t)
{
	return agx_pgtable_root(t->pgtable);
}

static u64 walk(struct pgtable_test *t, u64 va)
{
	return agx_test_walk(t->dev, root(t), va);
}

static void map(struct kunit *test, u64 addr, u64 range, u64 offset, u64 prot)
{
	struct pgtable_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, agx_pgtable_reserve(t->pgtable, addr, range), 0);
	agx_pgtable_map(t->pgtable, addr, range, &t->sgt, offset, prot);
	agx_pgtable_collect(t->pgtable);
}

static void map_repeat(struct kunit *test, u64 addr, u64 range, u64 offset, u64 prot)
{
	struct pgtable_test *t = test->priv;
	struct agx_repeat repeat;

	KUNIT_ASSERT_EQ(test,
			agx_pgtable_reserve_repeat(t->pgtable, addr, range, &t->sgt, offset, prot,
						   &repeat),
			0);
	agx_pgtable_map_repeat(t->pgtable, addr, range, &repeat);
	KUNIT_EXPECT_NULL(test, repeat.leaf);
	agx_pgtable_collect(t->pgtable);
}

static void clear(struct kunit *test, u64 addr, u64 range)
{
	struct pgtable_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, agx_pgtable_reserve_clear(t->pgtable, addr, range), 0);
	agx_pgtable_clear(t->pgtable, addr, range);
	agx_pgtable_collect(t->pgtable);
}

static void expect_tables(struct kunit *test, unsigned int num_tables, u64 num_entries)
{
	struct pgtable_test *t = test->priv;
	unsigned int tables;
	u64 entries;

	KUNIT_EXPECT_TRUE(test, agx_test_tables_tidy(t->dev, root(t), &tables, &entries));
	KUNIT_EXPECT_EQ(test, tables, num_tables);
	KUNIT_EXPECT_EQ(test, entries, num_entries);
}

/* Every entry of the window is as wanted, and there is no other. */
static bool window_ok(struct kunit *test)
{
	struct pgtable_test *t = test->priv;
	unsigned int i, tables, set = 0;
	u64 *leaf = NULL;
	u64 entries;

	for (i = 0; i < WINDOW_PAGES; i++) {
		u64 va = WINDOW_START + i * PAGE_SIZE;
		u64 entry;

		if (!i || !agx_uat_index(va, 0))
			leaf = agx_test_leaf(t->dev, root(t), va);
		entry = leaf ? leaf[agx_uat_index(va, 0)] : 0;
		if (entry != t->want[i]) {
			KUNIT_FAIL(test, "%llx leads to %llx, not to %llx", va, entry, t->want[i]);
			return false;
		}
		set += !!entry;
	}

	if (!agx_test_tables_tidy(t->dev, root(t), &tables, &entries) || entries != set) {
		KUNIT_FAIL(test, "%u tables with %llu entries for %u pages", tables, entries, set);
		return false;
	}
	return true;
}

static void want(struct pgtable_test *t, u64 addr, u64 range, u64 offset, u64 prot, bool repeat)
{
	unsigned int first = (addr - WINDOW_START) / PAGE_SIZE;
	unsigned int i;

	for (i = 0; i < range / PAGE_SIZE; i++) {
		unsigned int page = offset / PAGE_SIZE + (repeat ? i % PER_GPU_PAGE : i);

		t->want[first + i] = prot ? t->page[page] | prot | AGX_UAT_VALID : 0;
	}
}

/* A range leads where the sg table says, with its permissions, and its neighbours nowhere. */
static void pgtable_map(struct kunit *test)
{
	static const u64 starts[] = {
		AGX_VM_START,
		/* Across the end of a leaf, of a table above, and up to the last address. */
		LEAF_SPAN - AGX_GPU_PAGE_SIZE,
		BIT_ULL(PAGE_SHIFT + 2 * AGX_UAT_LEVEL_BITS) - 2 * AGX_GPU_PAGE_SIZE,
		(1ULL << AGX_UAT_VA_BITS) - 4 * AGX_GPU_PAGE_SIZE,
	};
	static const u64 prots[] = {
		AGX_UAT_READ, AGX_UAT_WRITE, RW, RW | AGX_UAT_NO_SHADER,
	};
	const u64 range = 4 * AGX_GPU_PAGE_SIZE;
	const u64 offset = 8 * AGX_GPU_PAGE_SIZE;
	struct pgtable_test *t = test->priv;
	unsigned int i, page;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		map(test, starts[i], range, offset, prots[i]);

		for (page = 0; page < range / PAGE_SIZE; page++)
			KUNIT_EXPECT_EQ(test, walk(t, starts[i] + page * PAGE_SIZE),
					t->page[offset / PAGE_SIZE + page] | prots[i] |
						AGX_UAT_VALID);
		KUNIT_EXPECT_EQ(test, walk(t, starts[i] - PAGE_SIZE), 0);
		if (starts[i] + range < 1ULL << AGX_UAT_VA_BITS)
			KUNIT_EXPECT_EQ(test, walk(t, starts[i] + range), 0);

		clear(test, starts[i], range);
		expect_tables(test, 0, 0);
	}
}

/* What one clear leaves is what is outside of it, and no empty table. */
static void pgtable_clear(struct kunit *test)
{
	struct pgtable_test *t = test->priv;
	const u64 range = 2 * LEAF_SPAN;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		u64 first = i & 1 ? AGX_GPU_PAGE_SIZE : 0;
		u64 last = i & 2 ? AGX_GPU_PAGE_SIZE : 0;

		map(test, LEAF_SPAN, range, 0, RW);
		expect_tables(test, 3, range / PAGE_SIZE);
		clear(test, LEAF_SPAN + first, range - first - last);
		KUNIT_EXPECT_EQ(test, !!walk(t, LEAF_SPAN), !!first);
		KUNIT_EXPECT_EQ(test, !!walk(t, LEAF_SPAN + range - PAGE_SIZE), !!last);
		expect_tables(test, i ? 1 + !!first + !!last : 0, (first + last) / PAGE_SIZE);
		clear(test, 0, 1ULL << AGX_UAT_VA_BITS);
		expect_tables(test, 0, 0);
	}
}

/* A repeated page shares one leaf; what is carved out of it leaves the rest as it was. */
static void pgtable_repeat(struct kunit *test)
{
	const u64 start = 3 * LEAF_SPAN - AGX_GPU_PAGE_SIZE;
	const u64 range = 1024 * LEAF_SPAN + 2 * AGX_GPU_PAGE_SIZE;
	const u64 hole = start + range / 2 - AGX_GPU_PAGE_SIZE;
	struct pgtable_test *t = test->priv;
	u64 *shared, *head, copy;
	unsigned int i;
	u64 va;

	map_repeat(test, start, range, 3 * AGX_GPU_PAGE_SIZE, AGX_UAT_READ);

	head = agx_test_leaf(t->dev, root(t), start);
	shared = agx_test_leaf(t->dev, root(t), 3 * LEAF_SPAN);
	KUNIT_EXPECT_PTR_NE(test, head, shared);
	for (va = 3 * LEAF_SPAN; va < start + range - AGX_GPU_PAGE_SIZE; va += LEAF_SPAN)
		KUNIT_EXPECT_PTR_EQ(test, agx_test_leaf(t->dev, root(t), va), shared);
	for (i = 0; i < AGX_UAT_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, shared[i],
				t->page[3 * PER_GPU_PAGE + i % PER_GPU_PAGE] | AGX_UAT_READ |
					AGX_UAT_VALID);
	KUNIT_EXPECT_EQ(test, walk(t, start - PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, walk(t, start), shared[0]);
	KUNIT_EXPECT_EQ(test, walk(t, start + range - PAGE_SIZE), shared[PER_GPU_PAGE - 1]);
	KUNIT_EXPECT_EQ(test, walk(t, start + range), 0);

	/* Punch a hole, and replace its neighbour. */
	copy = shared[0];
	clear(test, hole, AGX_GPU_PAGE_SIZE);
	map(test, hole + AGX_GPU_PAGE_SIZE, AGX_GPU_PAGE_SIZE, 0, RW);
	KUNIT_EXPECT_EQ(test, walk(t, hole), 0);
	KUNIT_EXPECT_EQ(test, walk(t, hole + AGX_GPU_PAGE_SIZE), t->page[0] | RW | AGX_UAT_VALID);
	KUNIT_EXPECT_EQ(test, walk(t, hole - AGX_GPU_PAGE_SIZE), copy);
	KUNIT_EXPECT_EQ(test, walk(t, hole + 2 * AGX_GPU_PAGE_SIZE), copy);
	KUNIT_EXPECT_PTR_EQ(test, agx_test_leaf(t->dev, root(t), 3 * LEAF_SPAN), shared);
	for (i = 0; i < AGX_UAT_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, shared[i], t->page[3 * PER_GPU_PAGE + i % PER_GPU_PAGE] |
							 AGX_UAT_READ | AGX_UAT_VALID);

	/* One entry is left of the sharing: the leaf is still a shared one. */
	clear(test, start, range - AGX_GPU_PAGE_SIZE - LEAF_SPAN);
	shared = agx_test_leaf(t->dev, root(t), start + range - AGX_GPU_PAGE_SIZE - LEAF_SPAN);
	KUNIT_ASSERT_NOT_NULL(test, shared);
	KUNIT_ASSERT_EQ(test,
			agx_pgtable_reserve_clear(t->pgtable,
						  start + range - 2 * AGX_GPU_PAGE_SIZE,
						  AGX_GPU_PAGE_SIZE),
			0);
	agx_pgtable_clear(t->pgtable, start + range - 2 * AGX_GPU_PAGE_SIZE, AGX_GPU_PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, walk(t, start + range - 2 * AGX_GPU_PAGE_SIZE), 0);
	KUNIT_EXPECT_NE(test, shared[AGX_UAT_ENTRIES - 1], 0);
	KUNIT_EXPECT_EQ(test, agx_pgtable_num_dead(t->pgtable), 1);
	agx_pgtable_collect(t->pgtable);

	clear(test, start, range);
	expect_tables(test, 0, 0);
}

/* A table that has dropped out of the tree stays what it was until it is collected. */
static void pgtable_collect(struct kunit *test)
{
	struct pgtable_test *t = test->priv;
	u64 *leaf, entry;

	map(test, LEAF_SPAN, LEAF_SPAN, 0, RW);
	leaf = agx_test_leaf(t->dev, root(t), LEAF_SPAN);
	entry = leaf[0];

	KUNIT_EXPECT_EQ(test, agx_pgtable_num_dead(t->pgtable), 0);
	agx_pgtable_clear(t->pgtable, LEAF_SPAN, LEAF_SPAN);
	KUNIT_EXPECT_EQ(test, walk(t, LEAF_SPAN), 0);
	/* The leaf, and the one table that led to it. */
	KUNIT_EXPECT_EQ(test, agx_pgtable_num_dead(t->pgtable), AGX_UAT_LEVELS - 1);
	KUNIT_EXPECT_EQ(test, leaf[0], entry);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(leaf)), 1);

	agx_pgtable_collect(t->pgtable);
	KUNIT_EXPECT_EQ(test, agx_pgtable_num_dead(t->pgtable), 0);
}

/* Any sequence of changes, against an array. */
static void pgtable_random(struct kunit *test)
{
	struct pgtable_test *t = test->priv;
	const u32 gpu_pages = WINDOW_SIZE / AGX_GPU_PAGE_SIZE;
	struct rnd_state rnd;
	unsigned int op;

	kunit_info(test, "seed %#x", SEED);
	prandom_seed_state(&rnd, SEED);

	for (op = 0; op < RANDOM_OPS; op++) {
		u32 first = prandom_u32_state(&rnd) % gpu_pages;
		u32 limit = min(gpu_pages - first, 1U << prandom_u32_state(&rnd) % 10);
		u32 n = 1 + prandom_u32_state(&rnd) % limit;
		u64 addr = WINDOW_START + (u64)first * AGX_GPU_PAGE_SIZE;
		u64 range = (u64)n * AGX_GPU_PAGE_SIZE;
		u64 prot = AGX_UAT_READ << prandom_u32_state(&rnd) % 2;
		u64 offset = prandom_u32_state(&rnd) % (MEMORY_PAGES / PER_GPU_PAGE - gpu_pages);

		offset *= AGX_GPU_PAGE_SIZE;
		switch (prandom_u32_state(&rnd) % 3) {
		case 0:
			map(test, addr, range, offset, prot);
			want(t, addr, range, offset, prot, false);
			break;
		case 1:
			map_repeat(test, addr, range, offset, prot);
			want(t, addr, range, offset, prot, true);
			break;
		case 2:
			clear(test, addr, range);
			want(t, addr, range, 0, 0, false);
			break;
		}
		if (!window_ok(test)) {
			kunit_info(test, "after operation %u", op);
			return;
		}
		if (!(op % 64))
			cond_resched();
	}

	clear(test, WINDOW_START, WINDOW_SIZE);
	expect_tables(test, 0, 0);
}

static int fail_map(struct kunit *test, u64 addr, u64 range)
{
	struct pgtable_test *t = test->priv;

	return agx_pgtable_reserve(t->pgtable, addr, range);
}

static int fail_repeat(struct kunit *test, u64 addr, u64 range)
{
	struct pgtable_test *t = test->priv;
	struct agx_repeat repeat;
	int ret;

	ret = agx_pgtable_reserve_repeat(t->pgtable, addr, range, &t->sgt, 0, RW, &repeat);
	if (!ret)
		agx_pgtable_map_repeat(t->pgtable, addr, range, &repeat);
	return ret;
}

static int fail_clear(struct kunit *test, u64 addr, u64 range)
{
	struct pgtable_test *t = test->priv;

	return agx_pgtable_reserve_clear(t->pgtable, addr, range);
}

/* A reservation that fails for want of memory leaves every translation, and no empty table. */
static void pgtable_failure(struct kunit *test)
{
	static const struct {
		const char *name;
		int (*op)(struct kunit *test, u64 addr, u64 range);
		u64 addr;
		u64 range;
		/* A repeated page is there before. */
		bool over_repeat;
		/* Allocations that there are at the least: what there is of kmalloc and pages. */
		unsigned int least;
	} cases[] = {
		{ "map", fail_map, WINDOW_START, WINDOW_SIZE, false, 8 },
		{ "map into repeat", fail_map, WINDOW_START + AGX_GPU_PAGE_SIZE,
		  WINDOW_SIZE - 2 * AGX_GPU_PAGE_SIZE, true, 4 },
		{ "repeat", fail_repeat, WINDOW_START, WINDOW_SIZE, false, 8 },
		{ "repeat over repeat", fail_repeat, WINDOW_START, WINDOW_SIZE, true, 2 },
		{ "clear in repeat", fail_clear, 6 * LEAF_SPAN + AGX_GPU_PAGE_SIZE,
		  LEAF_SPAN, true, 4 },
	};
	struct pgtable_test *t = test->priv;
	unsigned int i, nth, tables, tables_now;
	u64 entries;

	agx_test_need_failures(test);

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int round = 0, failures = 0;
		bool failed;
		int ret;

		for (nth = 1; round < AGX_TEST_ROUNDS; nth++) {
			want(t, WINDOW_START, WINDOW_SIZE, 0, 0, false);
			if (cases[i].over_repeat) {
				map_repeat(test, WINDOW_START, WINDOW_SIZE, 0, AGX_UAT_READ);
				want(t, WINDOW_START, WINDOW_SIZE, 0, AGX_UAT_READ, true);
			}
			agx_test_tables_tidy(t->dev, root(t), &tables, &entries);

			agx_test_fail_nth(nth);
			ret = cases[i].op(test, cases[i].addr, cases[i].range);
			failed = agx_test_fail_end();
			agx_pgtable_collect(t->pgtable);

			if (ret) {
				failures++;
				KUNIT_EXPECT_TRUE(test, failed);
				KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
				KUNIT_EXPECT_TRUE(test, window_ok(test));
				if (!cases[i].over_repeat) {
					agx_test_tables_tidy(t->dev, root(t), &tables_now,
							     &entries);
					KUNIT_EXPECT_EQ(test, tables_now, tables);
				}
			}
			clear(test, 0, 1ULL << AGX_UAT_VA_BITS);
			expect_tables(test, 0, 0);
			if (!failed) {
				round++;
				nth = 0;
			}
		}
		KUNIT_EXPECT_GE_MSG(test, failures, cases[i].least, "%s", cases[i].name);
		kunit_info(test, "%s: %u allocations failed", cases[i].name, failures);
	}
}

static struct kunit_case pgtable_cases[] = {
	KUNIT_CASE(pgtable_map),
	KUNIT_CASE(pgtable_clear),
	KUNIT_CASE_SLOW(pgtable_repeat),
	KUNIT_CASE(pgtable_collect),
	KUNIT_CASE_SLOW(pgtable_random),
	KUNIT_CASE_SLOW(pgtable_failure),
	{}
};

struct kunit_suite agx_pgtable_suite = {
	.name = "agx_pgtable",
	.init = pgtable_init,
	.test_cases = pgtable_cases,
};
