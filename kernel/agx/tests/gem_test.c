// SPDX-License-Identifier: GPL-2.0 OR MIT
/* BOs as the kernel itself looks at them. */

#include <drm/drm_gem.h>

#include <kunit/resource.h>

#include <linux/dma-buf.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/iosys-map.h>

#include "../agx_device.h"
#include "../compat.h"
#include "../gem_priv.h"
#include "../params.h"
#include "../reclaim.h"
#include "test.h"

AGX_MODULE_IMPORT_DMA_BUF;

/* The last word of the BO, in its last page. */
#define WORD (AGX_GPU_PAGE_SIZE - sizeof(u64))

static int gem_init(struct kunit *test)
{
	struct agx_test *t = agx_test_alloc(test);

	test->priv = t;
	agx_test_start(test, t);
	return 0;
}

static void put_bo(void *bo)
{
	agx_bo_put(bo);
}

/* Not in some time, as fput() is for a kernel thread: the dma-buf holds the BO. */
static void put_dma_buf(void *dma_buf)
{
	dma_buf_put(dma_buf);
	flush_delayed_fput();
}

static void expect_mapped(struct kunit *test, struct agx_bo *bo, unsigned int users)
{
	struct agx_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, bo->vmaps, users);
	/* All users have one pin together. */
	KUNIT_EXPECT_EQ(test, bo->pins, !!users);
	agx_reclaim_evict_idle(t->agx);
	KUNIT_EXPECT_EQ(test, agx_bo_resident(bo), !!users);
}

/*
 * All users share a mapping, of memory that stays until the last of them has left. The dma-buf
 * counts its own users, and is one for the BO.
 */
static void gem_vmap(struct kunit *test)
{
	struct agx_test *t = test->priv;
	struct iosys_map maps[2], own;
	struct drm_gem_object *obj;
	struct dma_buf *dma_buf;
	struct agx_bo *bo;

	bo = agx_bo_create(t->agx, AGX_GPU_PAGE_SIZE, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(bo));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_bo, bo), 0);
	obj = agx_bo_gem(bo);
	dma_buf = obj->funcs->export(obj, O_CLOEXEC | O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(dma_buf));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_dma_buf, dma_buf), 0);
	expect_mapped(test, bo, 0);

	KUNIT_ASSERT_EQ(test, dma_buf_vmap_unlocked(dma_buf, &maps[0]), 0);
	expect_mapped(test, bo, 1);
	KUNIT_ASSERT_EQ(test, dma_buf_vmap_unlocked(dma_buf, &maps[1]), 0);
	expect_mapped(test, bo, 1);
	KUNIT_ASSERT_EQ(test, drm_gem_vmap(obj, &own), 0);
	expect_mapped(test, bo, 2);

	KUNIT_EXPECT_EQ(test, iosys_map_rd(&maps[0], WORD, u64), 0);
	iosys_map_wr(&maps[0], WORD, u64, 1);
	KUNIT_EXPECT_EQ(test, iosys_map_rd(&maps[1], WORD, u64), 1);
	iosys_map_wr(&own, WORD, u64, 2);
	KUNIT_EXPECT_EQ(test, iosys_map_rd(&maps[1], WORD, u64), 2);

	dma_buf_vunmap_unlocked(dma_buf, &maps[0]);
	expect_mapped(test, bo, 2);
	dma_buf_vunmap_unlocked(dma_buf, &maps[1]);
	expect_mapped(test, bo, 1);
	KUNIT_EXPECT_EQ(test, iosys_map_rd(&own, WORD, u64), 2);
	drm_gem_vunmap(obj, &own);
	KUNIT_EXPECT_NULL(test, bo->vaddr);
	expect_mapped(test, bo, 0);

	/* It has been evicted meanwhile, and is as it was. */
	KUNIT_ASSERT_EQ(test, dma_buf_vmap_unlocked(dma_buf, &maps[0]), 0);
	expect_mapped(test, bo, 1);
	KUNIT_EXPECT_EQ(test, iosys_map_rd(&maps[0], WORD, u64), 2);
	dma_buf_vunmap_unlocked(dma_buf, &maps[0]);
	expect_mapped(test, bo, 0);

	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_BO), 1);
	kunit_release_action(test, put_dma_buf, dma_buf);
	kunit_release_action(test, put_bo, bo);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_BO), 0);
}

/* Count a pin, and leave the BO on reclaim's list. */
static void count_pin(struct agx_test *t, struct agx_bo *bo, int change)
{
	spin_lock(&t->agx->reclaim.lock);
	bo->pins += change;
	spin_unlock(&t->agx->reclaim.lock);
}

/*
 * Reclaim takes a BO from its list, and then locks it. One that has been pinned in between stays,
 * with its addresses. That looks as if the pin had not taken it from the list.
 */
static void gem_pin_late(struct kunit *test)
{
	struct agx_test *t = test->priv;
	struct sg_table *sgt;
	struct agx_bo *bo;

	bo = agx_bo_create(t->agx, AGX_GPU_PAGE_SIZE, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(bo));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_bo, bo), 0);
	KUNIT_ASSERT_EQ(test, agx_bo_pin_sgt(bo, &sgt), 0);
	agx_bo_unpin(bo);
	KUNIT_ASSERT_FALSE(test, list_empty(&bo->lru));

	count_pin(t, bo, 1);
	agx_reclaim_evict_idle(t->agx);
	KUNIT_EXPECT_TRUE(test, agx_bo_resident(bo));
	KUNIT_EXPECT_PTR_EQ(test, bo->sgt, sgt);
	count_pin(t, bo, -1);

	/* It is still where reclaim finds it. */
	agx_reclaim_evict_idle(t->agx);
	KUNIT_EXPECT_FALSE(test, agx_bo_resident(bo));
	kunit_release_action(test, put_bo, bo);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_BO), 0);
}

static struct kunit_case gem_cases[] = {
	KUNIT_CASE(gem_vmap),
	KUNIT_CASE(gem_pin_late),
	{}
};

struct kunit_suite agx_gem_suite = {
	.name = "agx_gem",
	.init = gem_init,
	.test_cases = gem_cases,
};
