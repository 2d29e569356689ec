// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The mappings of a VM against an array that says what each page of it should be. */

#include <drm/drm_gem.h>

#include <kunit/resource.h>

#include <linux/prandom.h>
#include <linux/sizes.h>

#include "../gem.h"
#include "../params.h"
#include "../vm_priv.h"
#include "asahi_drm.h"
#include "test.h"

/* What a leaf translates; agx_uat_shift(1) as a constant. */
#define LEAF_SPAN BIT_ULL(PAGE_SHIFT + AGX_UAT_LEVEL_BITS)
#define PER_GPU_PAGE (AGX_GPU_PAGE_SIZE / PAGE_SIZE)
#define GPU_PAGES_PER_LEAF (LEAF_SPAN / AGX_GPU_PAGE_SIZE)

/* Half a leaf, two leaves, half a leaf. */
#define WINDOW_START (1024 * LEAF_SPAN + LEAF_SPAN / 2)
#define WINDOW (3 * GPU_PAGES_PER_LEAF)

static u32 seed = 0x61677831;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the random operations, but for the number of the round");

/*
 * In rounds, each of which does thousands of them to one tree: a thread that waits for a test for
 * longer than half a minute is taken to hang.
 */
static u32 random_ops = 100000;
module_param(random_ops, uint, 0444);
MODULE_PARM_DESC(random_ops, "how many of them in all rounds together");

static const u32 rounds[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
};

static void round_desc(const u32 *round, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "round %u", *round);
}

KUNIT_ARRAY_PARAM(rounds, rounds, round_desc);

/* Operations between two looks at all page tables; the mappings are looked at after each. */
#define TABLES_EVERY 32

static const u32 bo_pages[] = { 1, 2, 16, GPU_PAGES_PER_LEAF, WINDOW };

#define NUM_BOS ARRAY_SIZE(bo_pages)

/* What a page of the window should be. */
struct ref_page {
	/* BO and one, 0 for nothing. */
	u8 bo;
	/* Of enum drm_asahi_bind_flags. */
	u8 flags;
	/* Page of the BO. */
	u16 page;
};

struct map_test {
	struct agx_test *t;
	struct agx_vm_openref ref;
	struct agx_vm *vm;
	/* Its place on the GPU. */
	u32 place;
	/* Mappings outside of the window, which are not ours. */
	int others;
	struct agx_bo *bo[NUM_BOS];
	/* Bus addresses of their pages. */
	u64 *dma[NUM_BOS];
	struct ref_page ref_page[WINDOW];
	struct rnd_state rnd;
};

static u32 random_below(struct map_test *m, u32 limit)
{
	return prandom_u32_state(&m->rnd) % limit;
}

static void close_vm(void *data)
{
	struct agx_vm_openref *ref = data;

	if (ref->vm)
		agx_vm_close(ref);
}

static void put_bo(void *bo)
{
	agx_bo_put(bo);
}

/* The BO's own references: ours and, if it is mapped, the VM's. */
static unsigned int bo_refs(struct agx_bo *bo)
{
	return kref_read(&agx_bo_gem(bo)->refcount);
}

/* The bus addresses of the memory of @bo. */
static u64 *bo_dma(struct kunit *test, struct agx_bo *bo, u32 pages)
{
	u64 *dma = kunit_kcalloc(test, pages * PER_GPU_PAGE, sizeof(*dma), GFP_KERNEL);
	struct sg_dma_page_iter iter;
	struct sg_table *sgt;
	unsigned int i = 0;

	KUNIT_ASSERT_NOT_NULL(test, dma);
	KUNIT_ASSERT_EQ(test, agx_bo_pin_sgt(bo, &sgt), 0);
	for_each_sgtable_dma_page(sgt, &iter, 0)
		dma[i++] = sg_page_iter_dma_address(&iter);
	KUNIT_ASSERT_EQ(test, i, pages * PER_GPU_PAGE);
	agx_bo_unpin(bo);
	return dma;
}

/* Before the GPU forgets a page, the memory that the page was in may not have been given up. */
static void on_flush(struct agx_hw *hw, const struct agx_test_tlb *tlb)
{
	struct map_test *m = hw->priv;
	u64 addr = tlb->entry & AGX_UAT_ADDR;
	unsigned int i, page;

	if (tlb->leaf && page_count(virt_to_page(tlb->leaf)) < 1)
		KUNIT_FAIL(hw->test, "the leaf of %llx is free before the flush", tlb->va);

	for (i = 0; i < NUM_BOS; i++)
		for (page = 0; page < bo_pages[i] * PER_GPU_PAGE; page += PER_GPU_PAGE)
			if (m->dma[i][page] == addr && bo_refs(m->bo[i]) < 2)
				KUNIT_FAIL(hw->test, "BO %u is given up before the flush", i);
}

static int vm_map_init(struct kunit *test)
{
	const struct agx_va_range kernel = {
		.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
	};
	struct map_test *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	test->priv = m;
	m->t = agx_test_alloc(test);
	m->t->hw.priv = m;
	agx_test_start(test, m->t);

	KUNIT_ASSERT_EQ(test, agx_vm_create(m->t->agx, &kernel, &m->ref), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_vm, &m->ref), 0);
	m->vm = m->ref.vm;
	m->place = agx_test_gpu_place(m->t, m->vm);
	m->others = agx_test_live(m->t, AGX_TYPE_MAPPING);

	/* The first is private to the VM. */
	for (i = 0; i < NUM_BOS; i++) {
		struct agx_bo *bo = agx_bo_create(m->t->agx, bo_pages[i] * AGX_GPU_PAGE_SIZE,
						  i ? 0 : DRM_ASAHI_GEM_VM_PRIVATE,
						  i ? NULL : agx_vm_root(m->vm));

		KUNIT_ASSERT_FALSE(test, IS_ERR(bo));
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_bo, bo), 0);
		m->bo[i] = bo;
		m->dma[i] = bo_dma(test, bo, bo_pages[i]);
	}
	prandom_seed_state(&m->rnd, seed);
	return 0;
}

static u64 window_va(u32 page)
{
	return WINDOW_START + (u64)page * AGX_GPU_PAGE_SIZE;
}

static void ref_set(struct map_test *m, u32 first, u32 n, u32 bo, u32 page, u32 flags)
{
	u32 i;

	for (i = 0; i < n; i++)
		m->ref_page[first + i] = (struct ref_page){
			.bo = bo,
			.flags = flags,
			.page = flags & DRM_ASAHI_BIND_SINGLE_PAGE ? page : page + i,
		};
}

static int do_map(struct map_test *m, struct agx_vm_update *update, u32 first, u32 n, u32 bo,
		  u32 page, u32 flags)
{
	int ret = agx_vm_map(update, m->bo[bo], window_va(first), (u64)n * AGX_GPU_PAGE_SIZE,
			     (u64)page * AGX_GPU_PAGE_SIZE, flags);

	if (!ret)
		ref_set(m, first, n, bo + 1, page, flags);
	return ret;
}

static int do_unmap(struct map_test *m, struct agx_vm_update *update, u32 first, u32 n)
{
	int ret = agx_vm_unmap(update, window_va(first), (u64)n * AGX_GPU_PAGE_SIZE);

	if (!ret)
		ref_set(m, first, n, 0, 0, 0);
	return ret;
}

static void do_unmap_bo(struct map_test *m, struct agx_vm_update *update, u32 bo)
{
	u32 i;

	agx_vm_unmap_bo(update, m->bo[bo]);
	for (i = 0; i < WINDOW; i++)
		if (m->ref_page[i].bo == bo + 1)
			m->ref_page[i] = (struct ref_page){};
}

static u64 ref_prot(u32 flags)
{
	return (flags & DRM_ASAHI_BIND_READ ? AGX_UAT_READ : 0) |
	       (flags & DRM_ASAHI_BIND_WRITE ? AGX_UAT_WRITE : 0);
}

/* Whether @mapping is what the pages from @page on should be. */
static bool mapping_ok(struct map_test *m, struct agx_mapping *mapping, u32 page)
{
	const struct drm_gpuva *va = &mapping->va;
	u32 n = va->va.range / AGX_GPU_PAGE_SIZE;
	u64 offset = va->gem.offset;
	u32 i;

	if (!va->vm_bo || va->vm_bo->obj != va->gem.obj || va->vm_bo->vm != &m->vm->gpuvm)
		return false;

	for (i = 0; i < n; i++, offset += mapping->repeat ? 0 : AGX_GPU_PAGE_SIZE) {
		const struct ref_page *ref = &m->ref_page[page + i];

		if (!ref->bo || va->gem.obj != agx_bo_gem(m->bo[ref->bo - 1]) ||
		    offset != (u64)ref->page * AGX_GPU_PAGE_SIZE ||
		    mapping->prot != ref_prot(ref->flags) ||
		    mapping->repeat != !!(ref->flags & DRM_ASAHI_BIND_SINGLE_PAGE))
			return false;
	}
	return true;
}

/* The tree has what the array has, and nothing else. Returns the number of mappings or -1. */
static int tree_check(struct kunit *test)
{
	struct map_test *m = test->priv;
	struct drm_gpuva *va;
	int num = 0;
	u32 page = 0;

	drm_gpuvm_for_each_va(va, &m->vm->gpuvm) {
		u64 end = va->va.addr + va->va.range;
		u32 first;

		if (end <= WINDOW_START || va->va.addr >= window_va(WINDOW))
			continue;
		if (va->va.addr < window_va(page) || end > window_va(WINDOW))
			goto bad;
		first = (va->va.addr - WINDOW_START) / AGX_GPU_PAGE_SIZE;
		for (; page < first; page++)
			if (m->ref_page[page].bo)
				goto bad;
		if (!mapping_ok(m, to_agx_mapping(va), page))
			goto bad;
		page += va->va.range / AGX_GPU_PAGE_SIZE;
		num++;
	}
	for (; page < WINDOW; page++)
		if (m->ref_page[page].bo)
			goto bad;
	return num;

bad:
	KUNIT_FAIL(test, "the mapping at or after page %u is not the one that was asked for", page);
	return -1;
}

/* What an update has let go of is gone, and what is mapped is held. */
static bool counts_check(struct kunit *test, int num)
{
	struct map_test *m = test->priv;
	bool mapped[NUM_BOS] = {};
	u32 i;

	for (i = 0; i < WINDOW; i++)
		if (m->ref_page[i].bo)
			mapped[m->ref_page[i].bo - 1] = true;
	for (i = 0; i < NUM_BOS; i++)
		if (bo_refs(m->bo[i]) != 1 + mapped[i]) {
			KUNIT_FAIL(test, "BO %u has %u references and is%s mapped", i,
				   bo_refs(m->bo[i]), mapped[i] ? "" : " not");
			return false;
		}

	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_MAPPING), m->others + num);
	return agx_test_live(m->t, AGX_TYPE_MAPPING) == m->others + num;
}

/* The page tables say the same as the array. */
static bool tables_check(struct kunit *test)
{
	struct map_test *m = test->priv;
	dma_addr_t root = m->t->hw.root[m->place];
	u64 *leaf = NULL;
	u32 i, sub;

	for (i = 0; i < WINDOW; i++) {
		const struct ref_page *ref = &m->ref_page[i];
		u64 va = window_va(i);

		if (!i || !agx_uat_index(va, 0))
			leaf = agx_test_leaf(m->t->hw.dev, root, va);
		for (sub = 0; sub < PER_GPU_PAGE; sub++) {
			u64 entry = leaf ? leaf[agx_uat_index(va, 0) + sub] : 0;
			u64 want = ref->bo ? m->dma[ref->bo - 1][ref->page * PER_GPU_PAGE + sub] |
						     ref_prot(ref->flags) | AGX_UAT_VALID : 0;

			if (entry != want) {
				KUNIT_FAIL(test, "page %u leads to %llx, not to %llx", i, entry,
					   want);
				return false;
			}
		}
	}
	return true;
}

static bool all_check(struct kunit *test)
{
	int num = tree_check(test);

	return num >= 0 && counts_check(test, num) && tables_check(test);
}

/* A random change. */
static int random_op(struct map_test *m, struct agx_vm_update *update)
{
	u32 bo = random_below(m, NUM_BOS);
	u32 flags = DRM_ASAHI_BIND_READ << random_below(m, 2);
	u32 first = random_below(m, WINDOW);
	u32 n, page;

	n = 1 + random_below(m, 1 << random_below(m, 10));
	/* Ranges that end where leaves do take ways of their own. */
	if (!random_below(m, 4))
		first = round_up(first, GPU_PAGES_PER_LEAF) - GPU_PAGES_PER_LEAF / 2;
	if (first >= WINDOW)
		first = 0;
	n = min(n, WINDOW - first);

	agx_test_gpu_touch(&m->t->hw, m->place, window_va(first));
	agx_test_gpu_touch(&m->t->hw, m->place, window_va(first + n - 1));
	agx_test_gpu_touch(&m->t->hw, m->place, window_va(random_below(m, WINDOW)));

	switch (random_below(m, 8)) {
	case 0 ... 2:
		page = random_below(m, bo_pages[bo]);
		n = min(n, bo_pages[bo] - page);
		return do_map(m, update, first, n, bo, page, flags);
	case 3 ... 4:
		page = random_below(m, bo_pages[bo]);
		return do_map(m, update, first, n, bo, page, flags | DRM_ASAHI_BIND_SINGLE_PAGE);
	default:
		return do_unmap(m, update, first, n);
	}
}

/* Any sequence of map, unmap, replace, split and SINGLE_PAGE. */
static void vm_map_random(struct kunit *test)
{
	struct map_test *m = test->priv;
	const u32 round = *(const u32 *)test->param_value;
	const u32 ops = random_ops / ARRAY_SIZE(rounds);
	u32 op = 0, tables = 0, empty = 0, most = 0;
	struct agx_vm_update update;
	ktime_t start = ktime_get();

	kunit_info(test, "seed %#x, %u operations", seed + round, ops);
	prandom_seed_state(&m->rnd, seed + round);
	m->t->hw.on_flush = on_flush;

	while (op < ops) {
		u32 batch = 1 + random_below(m, 4);
		u64 flushes = m->t->hw.flushes;
		int ret = 0, num = 0;

		agx_vm_update_begin(&update, m->vm, false);
		if (!random_below(m, 32)) {
			do_unmap_bo(m, &update, random_below(m, NUM_BOS));
			op++;
		}
		while (batch-- && !ret && num >= 0) {
			ret = random_op(m, &update);
			op++;
			num = tree_check(test);
		}
		agx_vm_update_end(&update);

		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_LE(test, m->t->hw.flushes - flushes, 1);
		agx_test_gpu_check(&m->t->hw);
		if (ret || num < 0 || !counts_check(test, num) || test->status == KUNIT_FAILURE) {
			kunit_info(test, "after operation %u", op);
			return;
		}
		most = max_t(u32, most, num);
		empty += !num;
		if (op / TABLES_EVERY != tables) {
			tables = op / TABLES_EVERY;
			if (!tables_check(test)) {
				kunit_info(test, "after operation %u", op);
				return;
			}
			cond_resched();
		}
	}
	/* It has been somewhere. */
	KUNIT_EXPECT_GT(test, most, 20);
	kunit_info(test, "up to %u mappings, empty %u times, %lld ms", most, empty,
		   ktime_ms_delta(ktime_get(), start));
}

/* What is left of a mapping after a cut leads to its own BO, and keeps that alone. */
static void vm_map_split(struct kunit *test)
{
	struct map_test *m = test->priv;
	struct agx_vm_update update;
	const u32 rw = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE;

	agx_vm_update_begin(&update, m->vm, false);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 10, 16, 2, 0, rw), 0);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 14, 2, 1, 0, DRM_ASAHI_BIND_READ), 0);
	agx_vm_update_end(&update);
	KUNIT_EXPECT_TRUE(test, all_check(test));
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_MAPPING), m->others + 3);

	/* The same pages of the same BO, but another permission: no part of the old one stays. */
	agx_vm_update_begin(&update, m->vm, false);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 10, 4, 2, 0, DRM_ASAHI_BIND_READ), 0);
	agx_vm_update_end(&update);
	KUNIT_EXPECT_TRUE(test, all_check(test));

	agx_vm_update_begin(&update, m->vm, false);
	do_unmap_bo(m, &update, 2);
	agx_vm_update_end(&update);
	KUNIT_EXPECT_TRUE(test, all_check(test));
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_MAPPING), m->others + 1);
}

/* A repeated page is the same one on both sides of a cut, in the mappings as in the tables. */
static void vm_map_single_page(struct kunit *test)
{
	const u32 flags = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_SINGLE_PAGE;
	struct map_test *m = test->priv;
	struct agx_vm_update update;

	agx_vm_update_begin(&update, m->vm, false);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 0, WINDOW, 2, 5, flags), 0);
	KUNIT_EXPECT_EQ(test, do_unmap(m, &update, WINDOW / 2, 1), 0);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 1, 2, 1, 0, DRM_ASAHI_BIND_WRITE), 0);
	agx_vm_update_end(&update);
	KUNIT_EXPECT_TRUE(test, all_check(test));
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_MAPPING), m->others + 4);
}

static void failure_setup(struct kunit *test)
{
	struct map_test *m = test->priv;
	struct agx_vm_update update;

	agx_vm_update_begin(&update, m->vm, false);
	KUNIT_EXPECT_EQ(test, do_unmap(m, &update, 0, WINDOW), 0);
	KUNIT_EXPECT_EQ(test,
			do_map(m, &update, 8, WINDOW - 8, 2, 1,
			       DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_SINGLE_PAGE),
			0);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 20, 16, 2, 0, DRM_ASAHI_BIND_WRITE), 0);
	agx_vm_update_end(&update);
	KUNIT_ASSERT_TRUE(test, all_check(test));
}

/* A change that fails for want of memory has changed nothing; the same one works afterwards. */
static void vm_map_failure(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 first, n, bo, page, flags;
	} cases[] = {
		{ "map", 0, 8, 4, 0, DRM_ASAHI_BIND_READ },
		{ "replace", 22, 4, 4, 0, DRM_ASAHI_BIND_READ },
		{ "replace all", 0, WINDOW, 4, 0, DRM_ASAHI_BIND_READ },
		{ "single page", 1, WINDOW - 2, 3, 7,
		  DRM_ASAHI_BIND_WRITE | DRM_ASAHI_BIND_SINGLE_PAGE },
		{ "unmap in mapping", 24, 2, 0, 0, DRM_ASAHI_BIND_UNBIND },
		{ "unmap in single page", GPU_PAGES_PER_LEAF, 3, 0, 0, DRM_ASAHI_BIND_UNBIND },
	};
	struct map_test *m = test->priv;
	unsigned int i, nth;

	agx_test_need_failures(test);
	m->t->hw.on_flush = on_flush;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int round = 0, failures = 0;
		bool failed;
		int ret;

		for (nth = 1; round < AGX_TEST_ROUNDS; nth++) {
			struct agx_vm_update update;

			failure_setup(test);
			agx_test_gpu_touch(&m->t->hw, m->place, window_va(cases[i].first));

			agx_vm_update_begin(&update, m->vm, false);
			agx_test_fail_nth(nth);
			if (cases[i].flags & DRM_ASAHI_BIND_UNBIND)
				ret = do_unmap(m, &update, cases[i].first, cases[i].n);
			else
				ret = do_map(m, &update, cases[i].first, cases[i].n, cases[i].bo,
					     cases[i].page, cases[i].flags);
			failed = agx_test_fail_end();
			agx_vm_update_end(&update);

			if (ret) {
				failures++;
				KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
				KUNIT_EXPECT_TRUE(test, failed);
			}
			agx_test_gpu_check(&m->t->hw);
			KUNIT_ASSERT_TRUE_MSG(test, all_check(test), "%s, allocation %u: %d",
					      cases[i].name, nth, ret);
			if (!failed) {
				round++;
				nth = 0;
			}
		}
		KUNIT_EXPECT_GE_MSG(test, failures, 2, "%s", cases[i].name);
		kunit_info(test, "%s: %u allocations failed", cases[i].name, failures);
	}
}

/* Fill the window with mappings of all kinds, which the GPU knows. */
static void close_setup(struct kunit *test)
{
	struct map_test *m = test->priv;
	struct agx_vm_update update;
	unsigned int i;

	agx_vm_update_begin(&update, m->vm, false);
	for (i = 0; i < 40; i++) {
		KUNIT_EXPECT_EQ(test, random_op(m, &update), 0);
		agx_test_gpu_touch(&m->t->hw, m->place, window_va(random_below(m, WINDOW)));
	}
	KUNIT_EXPECT_EQ(test,
			do_map(m, &update, 0, WINDOW, 3, 0,
			       DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_SINGLE_PAGE),
			0);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 4, 2, 1, 0, DRM_ASAHI_BIND_READ), 0);
	KUNIT_EXPECT_EQ(test, do_map(m, &update, 9, 1, 0, 0, DRM_ASAHI_BIND_READ), 0);
	agx_vm_update_end(&update);
	for (i = 0; i < AGX_TEST_TLB; i++)
		agx_test_gpu_touch(&m->t->hw, m->place, window_va(i));

	m->t->hw.on_flush = on_flush;
}

/* The last close removes all mappings, after the GPU has forgotten them. */
static void vm_map_close(struct kunit *test)
{
	struct map_test *m = test->priv;
	unsigned int i;

	close_setup(test);
	agx_vm_close(&m->ref);

	KUNIT_EXPECT_EQ(test, m->t->hw.root[m->place], 0);
	agx_test_gpu_check(&m->t->hw);
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_MAPPING), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_VM), 0);
	for (i = 0; i < NUM_BOS; i++)
		KUNIT_EXPECT_EQ(test, bo_refs(m->bo[i]), 1);
}

/* Neither the removal of a BO's mappings nor the last close of a VM needs memory. */
static void vm_map_close_without_memory(struct kunit *test)
{
	struct map_test *m = test->priv;
	struct agx_vm_update update;

	agx_test_need_failures(test);
	close_setup(test);

	agx_test_fail_nth(1);
	agx_vm_update_begin(&update, m->vm, false);
	agx_vm_unmap_bo(&update, m->bo[3]);
	agx_vm_update_end(&update);
	agx_vm_close(&m->ref);
	KUNIT_EXPECT_FALSE(test, agx_test_fail_end());
	KUNIT_EXPECT_EQ(test, agx_test_live(m->t, AGX_TYPE_VM), 0);
}

static struct kunit_case vm_map_cases[] = {
	KUNIT_CASE(vm_map_split),
	KUNIT_CASE(vm_map_single_page),
	KUNIT_CASE_PARAM_ATTR(vm_map_random, rounds_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(vm_map_failure),
	KUNIT_CASE(vm_map_close),
	KUNIT_CASE(vm_map_close_without_memory),
	{}
};

/* What comes now are the test's own references, in an order of their own. */
static void vm_map_exit(struct kunit *test)
{
	struct map_test *m = test->priv;

	if (m && m->t)
		m->t->hw.on_flush = NULL;
}

struct kunit_suite agx_vm_map_suite = {
	.name = "agx_vm_map",
	.init = vm_map_init,
	.exit = vm_map_exit,
	.test_cases = vm_map_cases,
};
