// SPDX-License-Identifier: MIT
/*
 * Buffers that are used again: which ones, for how long, and that nothing of it leaks.
 */
#include "agx_test.h"

#include <time.h>

#include "bo_cache.h"

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)
#define NS_PER_S UINT64_C(1000000000)
#define UNLIMITED UINT64_MAX

/* The linker sends libagx's calls here: what a second is, is up to the test. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);
static uint64_t clock_ns;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	ts->tv_sec = clock_ns / NS_PER_S;
	ts->tv_nsec = clock_ns % NS_PER_S;
	return 0;
}

struct world {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_bo_cache *cache;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	clock_ns = 100 * NS_PER_S;
	w->dev = test_open();
	assert_ok(drm_agx_vm_create(w->dev, &w->vm));
	assert_ok(drm_agx_bo_cache_create(w->vm, UNLIMITED, &w->cache));
	fake_clear_calls();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	drm_agx_bo_cache_unref(w->cache);
	assert_int_equal(fake_count().handles, 0);
	assert_int_equal(fake_count().mappings, 0);
	drm_agx_vm_unref(w->vm);
	test_close(w->dev);
	free(w);
	return 0;
}

static struct drm_agx_bo *take(struct world *w, uint64_t size, uint64_t *addr)
{
	struct drm_agx_bo *bo;

	assert_ok(drm_agx_bo_cache_alloc(w->cache, size, 0, RW, &bo, addr));
	assert_true(drm_agx_bo_size(bo) >= size);
	return bo;
}

static void test_reuse(void **state)
{
	struct drm_agx_bo *bo, *again, *other;
	uint64_t addr, again_addr, other_addr;
	struct world *w = *state;
	void *map, *again_map;

	bo = take(w, 3 * PAGE, &addr);
	assert_ok(drm_agx_bo_map(bo, &map));
	memset(map, 0x5a, 3 * PAGE);
	assert_ptr_equal(drm_agx_bo_ref(bo), bo);
	drm_agx_bo_unref(bo);

	/* Still in use: another one. */
	other = take(w, 3 * PAGE, &other_addr);
	assert_ptr_not_equal(other, bo);
	assert_true(other_addr != addr);
	drm_agx_bo_unref(bo);

	/* From here on nothing of this takes a system call. */
	fake_clear_calls();
	again = take(w, 2 * PAGE + 1, &again_addr);
	assert_ptr_equal(again, bo);
	assert_true(again_addr == addr);
	assert_ok(drm_agx_bo_map(again, &again_map));
	assert_ptr_equal(again_map, map);
	assert_int_equal(((uint8_t *)map)[2 * PAGE], 0x5a);
	drm_agx_bo_unref(again);
	assert_int_equal(fake_num_calls(), 0);
	drm_agx_bo_unref(other);
}

/* Nobody gets what he did not ask for. */
static void test_kinds(void **state)
{
	static const struct {
		uint64_t size;
		uint32_t flags;
		uint32_t bind_flags;
	} kinds[] = {
		{ PAGE, 0, RW },
		{ 2 * PAGE, 0, RW },
		{ PAGE, DRM_AGX_BO_WRITEBACK, RW },
		{ PAGE, 0, DRM_AGX_BIND_READ },
		{ PAGE, 0, DRM_AGX_BIND_WRITE },
		{ PAGE, 0, RW | DRM_AGX_BIND_USC },
		{ PAGE, 0, RW | DRM_AGX_BIND_NO_GUARD },
	};
	struct drm_agx_bo *bos[ARRAY_SIZE(kinds)], *again;
	uint64_t addrs[ARRAY_SIZE(kinds)], addr;
	struct world *w = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_ok(drm_agx_bo_cache_alloc(w->cache, kinds[i].size, kinds[i].flags,
						 kinds[i].bind_flags, &bos[i], &addrs[i]));
		drm_agx_bo_unref(bos[i]);
		assert_int_equal(fake_count().handles, i + 1);
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_ok(drm_agx_bo_cache_alloc(w->cache, kinds[i].size, kinds[i].flags,
						 kinds[i].bind_flags, &again, &addr));
		assert_ptr_equal(again, bos[i]);
		assert_true(addr == addrs[i]);
		drm_agx_bo_unref(again);
	}
}

static void test_invalid(void **state)
{
	struct drm_agx_bo *bo = NULL;
	struct world *w = *state;
	uint64_t addr;

	assert_error(drm_agx_bo_cache_alloc(w->cache, 0, 0, RW, &bo, &addr), EINVAL);
	assert_error(drm_agx_bo_cache_alloc(w->cache, PAGE, 1 << 1, RW, &bo, &addr), EINVAL);
	assert_error(drm_agx_bo_cache_alloc(w->cache, PAGE, 0, 0, &bo, &addr), EINVAL);
	assert_error(drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW | DRM_AGX_BIND_FIXED, &bo, &addr),
		     EINVAL);
	assert_error(drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW | 1 << 5, &bo, &addr), EINVAL);
	assert_error(drm_agx_bo_cache_alloc(w->cache, UINT64_MAX, 0, RW, &bo, &addr), EINVAL);
	assert_null(bo);
	assert_int_equal(fake_num_calls(), 0);
}

static void test_age(void **state)
{
	struct world *w = *state;
	struct drm_agx_bo *old, *bo;
	uint64_t addr;

	old = take(w, PAGE, &addr);
	bo = take(w, 2 * PAGE, &addr);
	drm_agx_bo_unref(old);
	clock_ns += NS_PER_S - 1;
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 2);

	/* Now the first is a second old, and goes when the other comes back. */
	bo = take(w, 2 * PAGE, &addr);
	clock_ns += 1;
	assert_int_equal(fake_count().handles, 2);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 1);

	clock_ns += 10;
	drm_agx_bo_cache_trim(w->cache, 11);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_cache_trim(w->cache, UINT64_MAX);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_cache_trim(w->cache, 10);
	assert_int_equal(fake_count().handles, 0);
	assert_int_equal(fake_count().mappings, 0);

	bo = take(w, PAGE, &addr);
	drm_agx_bo_cache_trim(w->cache, 0);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_unref(bo);
	drm_agx_bo_cache_trim(w->cache, 0);
	assert_int_equal(fake_count().handles, 0);
}

static void test_limit(void **state)
{
	struct drm_agx_bo_cache *cache;
	struct drm_agx_bo *bos[4];
	struct world *w = *state;
	uint64_t addr;
	unsigned int i;

	assert_ok(drm_agx_bo_cache_create(w->vm, 4 * PAGE, &cache));
	for (i = 0; i < ARRAY_SIZE(bos); i++)
		assert_ok(drm_agx_bo_cache_alloc(cache, 2 * PAGE, 0, RW, &bos[i], &addr));
	for (i = 0; i < ARRAY_SIZE(bos); i++)
		drm_agx_bo_unref(bos[i]);
	/* The two that came last. */
	assert_int_equal(fake_count().handles, 2);
	assert_ok(drm_agx_bo_cache_alloc(cache, 2 * PAGE, 0, RW, &bos[0], &addr));
	assert_ptr_equal(bos[0], bos[3]);
	drm_agx_bo_unref(bos[0]);

	/* More than all of it: the others have to stay for that as little as it. */
	assert_ok(drm_agx_bo_cache_alloc(cache, 5 * PAGE, 0, RW, &bos[0], &addr));
	drm_agx_bo_unref(bos[0]);
	assert_int_equal(fake_count().handles, 2);

	/* All of it, and not a page more. */
	assert_ok(drm_agx_bo_cache_alloc(cache, 4 * PAGE, 0, RW, &bos[0], &addr));
	drm_agx_bo_unref(bos[0]);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_cache_unref(cache);
}

/* All limits hold after each buffer that comes back, and what is left are the last ones. */
static void test_limits(void **state)
{
	static const uint64_t limits[] = { 0, 1, PAGE - 1, PAGE, 3 * PAGE + 1, 7 * PAGE, 8 * PAGE,
					   UINT64_MAX - 1, UINT64_MAX };
	static const uint64_t sizes[] = { 1, PAGE, PAGE + 1, 3 * PAGE, 5 * PAGE - 1, 9 * PAGE + 1 };
	struct drm_agx_bo_cache *cache;
	struct drm_agx_bo *bos[ARRAY_SIZE(sizes)];
	uint64_t addr, idle, size;
	struct world *w = *state;
	unsigned int i, j, last, class;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		assert_ok(drm_agx_bo_cache_create(w->vm, limits[i], &cache));
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			assert_ok(drm_agx_bo_cache_alloc(cache, sizes[j], 0, RW, &bos[j], &addr));
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			uint64_t kept = 0;
			unsigned int n = 0;

			size = drm_agx_bo_size(bos[j]);
			drm_agx_bo_unref(bos[j]);

			/* From the youngest on, as many as there is room for. */
			for (last = j + 1; last > 0; last--) {
				class = agxi_bo_cache_class((sizes[last - 1] + PAGE - 1) / PAGE);
				idle = agxi_bo_cache_class_pages(class) * PAGE;
				if (idle > limits[i])
					continue;
				if (idle > limits[i] - kept)
					break;
				kept += idle;
				n++;
			}
			assert_true(size >= sizes[j]);
			assert_int_equal(fake_count().handles, ARRAY_SIZE(sizes) - 1 - j + n);
		}
		drm_agx_bo_cache_unref(cache);
		assert_int_equal(fake_count().handles, 0);
	}
}

/* A buffer that cannot be kept is another that comes back: what is old goes all the same. */
static void test_age_beside_limit(void **state)
{
	struct drm_agx_bo_cache *cache;
	struct drm_agx_bo *small, *large;
	struct world *w = *state;
	uint64_t addr;

	assert_ok(drm_agx_bo_cache_create(w->vm, PAGE, &cache));
	assert_ok(drm_agx_bo_cache_alloc(cache, PAGE, 0, RW, &small, &addr));
	assert_ok(drm_agx_bo_cache_alloc(cache, 2 * PAGE, 0, RW, &large, &addr));
	drm_agx_bo_unref(small);
	clock_ns += NS_PER_S;
	assert_int_equal(fake_count().handles, 2);
	drm_agx_bo_unref(large);
	assert_int_equal(fake_count().handles, 0);
	drm_agx_bo_cache_unref(cache);
}

/* In the first second of the clock nothing is a second old. */
static void test_early(void **state)
{
	struct world *w = *state;
	uint64_t addr;

	clock_ns = 1;
	drm_agx_bo_unref(take(w, PAGE, &addr));
	clock_ns = NS_PER_S / 2 + 1;
	drm_agx_bo_unref(take(w, 2 * PAGE, &addr));
	assert_int_equal(fake_count().handles, 2);
	drm_agx_bo_cache_trim(w->cache, NS_PER_S);
	assert_int_equal(fake_count().handles, 2);
	drm_agx_bo_cache_trim(w->cache, NS_PER_S / 2);
	assert_int_equal(fake_count().handles, 1);
}

/* Idle buffers make room for one of another kind. */
static void test_no_memory(void **state)
{
	static const int errors[] = { ENOMEM, ENOSPC };
	struct world *w = *state;
	struct drm_agx_bo *bo;
	uint64_t addr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		drm_agx_bo_unref(take(w, PAGE, &addr));
		fake_fail(1, errors[i]);
		bo = take(w, 2 * PAGE, &addr);
		assert_true(fake_has_failed());
		assert_int_equal(fake_count().handles, 1);
		drm_agx_bo_unref(bo);
		drm_agx_bo_cache_trim(w->cache, 0);
	}

	/* Where there is none idle, or it is something else, it stays an error. */
	fake_fail(1, ENOMEM);
	assert_error(drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &bo, &addr), ENOMEM);
	drm_agx_bo_unref(take(w, PAGE, &addr));
	fake_fail(1, ENODEV);
	assert_error(drm_agx_bo_cache_alloc(w->cache, 2 * PAGE, 0, RW, &bo, &addr), ENODEV);
	assert_int_equal(fake_count().handles, 1);
}

/* What its user has bound beside goes; what he has unbound makes it useless. */
static void test_bindings(void **state)
{
	uint64_t addr, more, fixed = UINT64_C(0x100000000);
	const struct drm_asahi_gem_bind_op *op;
	struct world *w = *state;
	struct drm_agx_bo *bo;

	bo = take(w, PAGE, &addr);
	assert_ok(drm_agx_bo_bind(bo, w->vm, RW, &more));
	assert_ok(drm_agx_bo_bind(bo, w->vm, RW | DRM_AGX_BIND_FIXED, &fixed));
	assert_int_equal(fake_count().mappings, 3);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().mappings, 1);
	assert_ptr_equal(take(w, PAGE, &more), bo);
	assert_true(more == addr);

	assert_ok(drm_agx_bo_unbind(bo, w->vm, addr));
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 0);

	/* Another binding at the same place may be one for less: that is not what was asked for. */
	bo = take(w, PAGE, &addr);
	assert_ok(drm_agx_bo_unbind(bo, w->vm, addr));
	more = addr;
	assert_ok(drm_agx_bo_bind(bo, w->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_FIXED, &more));
	assert_true(more == addr);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 0);
	fake_clear_calls();
	bo = take(w, PAGE, &addr);
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	assert_int_equal(op->flags, DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 1);

	/* If it cannot be unbound it is not kept. */
	bo = take(w, PAGE, &addr);
	assert_ok(drm_agx_bo_bind(bo, w->vm, RW, &more));
	fake_fail(1, ENOMEM);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 0);
	assert_int_equal(fake_count().mappings, 0);
}

/* Buffers in use keep their cache, and it its address space. */
static void test_order(void **state)
{
	struct world *w = *state;
	struct drm_agx_bo *bo;
	uint64_t addr;

	bo = take(w, PAGE, &addr);
	drm_agx_bo_unref(take(w, 4 * PAGE, &addr));
	assert_ptr_equal(drm_agx_bo_cache_ref(w->cache), w->cache);
	drm_agx_bo_cache_unref(w->cache);
	drm_agx_bo_cache_unref(w->cache);
	w->cache = NULL;
	assert_int_equal(fake_count().handles, 2);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 0);
	drm_agx_bo_cache_unref(NULL);
}

/* Too large to be kept. */
static void test_large(void **state)
{
	uint64_t size = (uint64_t)AGXI_BO_CACHE_MAX_PAGES * PAGE;
	struct world *w = *state;
	uint64_t addr;

	drm_agx_bo_unref(take(w, size + 1, &addr));
	assert_int_equal(fake_count().handles, 0);
	drm_agx_bo_unref(take(w, size, &addr));
	assert_int_equal(fake_count().handles, 1);
}

static void test_classes(void **state)
{
	uint64_t pages, has, less;
	unsigned int c;

	for (pages = 1; pages <= AGXI_BO_CACHE_MAX_PAGES; pages++) {
		c = agxi_bo_cache_class(pages);
		assert_true(c < AGXI_BO_CACHE_NUM_CLASSES);
		has = agxi_bo_cache_class_pages(c);
		less = c ? agxi_bo_cache_class_pages(c - 1) : 0;
		assert_true(less < pages && pages <= has);
		assert_true(has - pages <= pages / 4);
	}
	assert_int_equal(agxi_bo_cache_class(AGXI_BO_CACHE_MAX_PAGES),
			 AGXI_BO_CACHE_NUM_CLASSES - 1);
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_reuse),
		CACHE_TEST(test_kinds),
		CACHE_TEST(test_invalid),
		CACHE_TEST(test_age),
		CACHE_TEST(test_limit),
		CACHE_TEST(test_limits),
		CACHE_TEST(test_age_beside_limit),
		CACHE_TEST(test_early),
		CACHE_TEST(test_no_memory),
		CACHE_TEST(test_bindings),
		CACHE_TEST(test_order),
		CACHE_TEST(test_large),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
