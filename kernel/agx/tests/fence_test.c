// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Fences: signalled once, with the error, and nobody's but the core's afterwards. */

#include <linux/dma-fence.h>
#include <linux/rcupdate.h>

#include "../fence.h"
#include "test.h"

static int fence_init(struct kunit *test)
{
	struct agx_test *t = agx_test_alloc(test);

	test->priv = t;
	agx_test_start(test, t);
	return 0;
}

struct counting_cb {
	struct dma_fence_cb cb;
	unsigned int calls;
};

static void count_call(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	container_of(cb, struct counting_cb, cb)->calls++;
}

/* Every error that a job can end with reaches who asks, once. */
static void fence_signal(struct kunit *test)
{
	static const int errors[] = { 0, -ECANCELED, -EIO, -ETIMEDOUT, -ENODEV };
	struct agx_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		struct dma_fence *fence = agx_fence_create(t->agx);
		struct counting_cb waiter = {};

		KUNIT_ASSERT_NOT_NULL(test, fence);
		KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_FENCE), 1);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), 0);
		KUNIT_EXPECT_EQ(test, dma_fence_add_callback(fence, &waiter.cb, count_call), 0);

		agx_fence_signal(t->agx, fence, errors[i]);
		KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_FENCE), 0);
		KUNIT_EXPECT_EQ(test, waiter.calls, 1);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), errors[i] ?: 1);
		KUNIT_EXPECT_EQ(test, dma_fence_add_callback(fence, &waiter.cb, count_call),
				-ENOENT);
		KUNIT_EXPECT_EQ(test, kref_read(&fence->refcount), 1);
		dma_fence_put(fence);
	}
}

/* A fence that nobody has seen goes without a signal and without a complaint of the core. */
static void fence_discard(struct kunit *test)
{
	struct agx_test *t = test->priv;
	struct dma_fence *fence = agx_fence_create(t->agx);

	KUNIT_ASSERT_NOT_NULL(test, fence);
	agx_fence_discard(t->agx, fence);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_FENCE), 0);
}

/* Holders keep the newest fence of a context, so each submit has one of its own. */
static void fence_contexts(struct kunit *test)
{
	struct agx_test *t = test->priv;
	struct dma_fence *a = agx_fence_create(t->agx);
	struct dma_fence *b = agx_fence_create(t->agx);

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_NE(test, a->context, b->context);
	agx_fence_discard(t->agx, a);
	agx_fence_discard(t->agx, b);
}

/* A signalled fence does not lead back to this driver: it may outlive the module. */
static void fence_detached(struct kunit *test)
{
	struct agx_test *t = test->priv;
	struct dma_fence *fence = agx_fence_create(t->agx);

	KUNIT_ASSERT_NOT_NULL(test, fence);
	KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(fence->ops));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fence->ops)->release);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fence->ops)->wait);
	agx_fence_signal(t->agx, fence, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fence->ops));
	dma_fence_put(fence);
}

static struct kunit_case fence_cases[] = {
	KUNIT_CASE(fence_signal),
	KUNIT_CASE(fence_discard),
	KUNIT_CASE(fence_contexts),
	KUNIT_CASE(fence_detached),
	{}
};

struct kunit_suite agx_fence_suite = {
	.name = "agx_fence",
	.init = fence_init,
	.test_cases = fence_cases,
};
