// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The two lives of a VM: every short sequence of open, close, get, put and map. */

#include <drm/drm_gem.h>

#include <kunit/resource.h>

#include <linux/bits.h>

#include "../gem.h"
#include "../params.h"
#include "../vm_priv.h"
#include "asahi_drm.h"
#include "test.h"

/* All sequences of this many steps are run, and so all shorter ones. */
#define STEPS 5

#define MAP_ADDR 0x100000000ULL

enum step {
	STEP_OPEN,
	STEP_CLOSE,
	STEP_GET,
	STEP_PUT,
	STEP_MAP,
	NUM_STEPS,
};

static const char * const step_names[NUM_STEPS] = { "open", "close", "get", "put", "map" };

/* A VM and what should be true of it. */
struct state {
	struct agx_vm *vm;
	/* Open references and plain ones that the test has. */
	struct agx_vm_openref ref[STEPS + 1];
	unsigned int opens;
	unsigned int gets;
	/* Set by the last close. */
	bool closed;
	/* Mappings of the test. */
	unsigned int maps;
	/* Mappings of others while it is open. */
	int others;
};

struct vm_test {
	struct agx_test *t;
	struct agx_bo *bo;
	/* For the failure message. */
	u32 sequence;
	unsigned int at;
};

static const struct agx_va_range kernel_range = {
	.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
};

static void put_bo(void *bo)
{
	agx_bo_put(bo);
}

static int vm_init(struct kunit *test)
{
	struct vm_test *v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, v);
	test->priv = v;
	v->t = agx_test_alloc(test);
	agx_test_start(test, v->t);
	v->bo = agx_bo_create(v->t->agx, AGX_GPU_PAGE_SIZE, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(v->bo));
	return kunit_add_action_or_reset(test, put_bo, v->bo);
}

static int do_map(struct vm_test *v, struct agx_vm *vm, unsigned int index)
{
	struct agx_vm_update update;
	int ret;

	agx_vm_update_begin(&update, vm, false);
	ret = agx_vm_map(&update, v->bo, MAP_ADDR + index * 2 * AGX_GPU_PAGE_SIZE,
			 AGX_GPU_PAGE_SIZE, 0, DRM_ASAHI_BIND_READ);
	agx_vm_update_end(&update);
	return ret;
}

static int do_unmap(struct agx_vm *vm)
{
	struct agx_vm_update update;
	int ret;

	agx_vm_update_begin(&update, vm, false);
	ret = agx_vm_unmap(&update, MAP_ADDR, AGX_GPU_PAGE_SIZE);
	agx_vm_update_end(&update);
	return ret;
}

#define EXPECT(test, left, right) \
	KUNIT_EXPECT_EQ_MSG(test, left, right, "sequence %#x, step %u", v->sequence, v->at)

/* Take @step, if it can be taken, and say what has to come of it. */
static void take(struct kunit *test, struct state *s, enum step step)
{
	struct vm_test *v = test->priv;

	switch (step) {
	case STEP_OPEN: {
		struct agx_vm_openref ref = {};
		int ret = agx_vm_open(s->vm, &ref);

		EXPECT(test, ret, s->closed ? -ENOENT : 0);
		EXPECT(test, ref.vm == s->vm, !ret);
		if (!ret)
			s->ref[s->opens++] = ref;
		break;
	}
	case STEP_CLOSE:
		if (!s->opens)
			return;
		agx_vm_close(&s->ref[--s->opens]);
		EXPECT(test, !s->ref[s->opens].vm, true);
		if (!s->opens) {
			s->closed = true;
			s->maps = 0;
			s->others = 0;
		}
		break;
	case STEP_GET:
		EXPECT(test, agx_vm_get(s->vm) == s->vm, true);
		s->gets++;
		break;
	case STEP_PUT:
		if (!s->gets)
			return;
		s->gets--;
		agx_vm_put(s->vm);
		break;
	case STEP_MAP: {
		int ret = do_map(v, s->vm, s->maps);

		EXPECT(test, ret, s->closed ? -ENOENT : 0);
		if (!ret)
			s->maps++;
		break;
	}
	default:
		break;
	}
}

/* Returns false if the VM is gone. */
static bool check(struct kunit *test, struct state *s)
{
	struct vm_test *v = test->priv;
	bool alive = s->opens || s->gets;

	EXPECT(test, agx_test_live(v->t, AGX_TYPE_VM), alive);
	EXPECT(test, agx_test_live(v->t, AGX_TYPE_MAPPING), s->maps + s->others);
	EXPECT(test, kref_read(&agx_bo_gem(v->bo)->refcount), 1 + !!s->maps);
	if (!alive || agx_test_live(v->t, AGX_TYPE_VM) != 1)
		return false;

	EXPECT(test, s->vm->closed, s->closed);
	EXPECT(test, !s->vm->pgtable, s->closed);
	EXPECT(test, refcount_read(&s->vm->opens), s->opens);
	/* A mapping and a vm_bo are references of gpuvm's own; closed, there are none. */
	if (s->closed)
		EXPECT(test, kref_read(&s->vm->gpuvm.kref), s->gets);
	return true;
}

static void run_sequence(struct kunit *test, u32 sequence)
{
	struct vm_test *v = test->priv;
	struct state s = {};
	u32 rest = sequence;

	v->sequence = sequence;
	v->at = 0;
	KUNIT_ASSERT_EQ(test, agx_vm_create(v->t->agx, &kernel_range, &s.ref[0]), 0);
	s.vm = s.ref[0].vm;
	s.opens = 1;
	s.others = agx_test_live(v->t, AGX_TYPE_MAPPING);

	for (v->at = 1; v->at <= STEPS; v->at++, rest /= NUM_STEPS) {
		take(test, &s, rest % NUM_STEPS);
		if (!check(test, &s))
			return;
	}

	/* Whatever is left goes in either order. */
	while (s.opens) {
		take(test, &s, STEP_CLOSE);
		if (!check(test, &s))
			return;
	}
	while (s.gets) {
		take(test, &s, STEP_PUT);
		if (!check(test, &s))
			return;
	}
}

/* A VM is open until its last close, never after, and there until its last reference. */
static void vm_sequences(struct kunit *test)
{
	struct vm_test *v = test->priv;
	u32 i, count = 1;

	for (i = 0; i < STEPS; i++)
		count *= NUM_STEPS;
	for (i = 0; i < count && test->status != KUNIT_FAILURE; i++) {
		run_sequence(test, i);
		cond_resched();
	}
	if (test->status != KUNIT_FAILURE)
		return;

	kunit_info(test, "the sequence was:");
	for (count = 0, i = v->sequence; count < STEPS; count++, i /= NUM_STEPS)
		kunit_info(test, "  %s", step_names[i % NUM_STEPS]);
}

/* Nothing can be done to a closed VM, but nothing breaks either. */
static void vm_closed(struct kunit *test)
{
	struct vm_test *v = test->priv;
	struct agx_vm_openref ref, again = {};
	struct agx_vm_update update;
	struct agx_vm *vm;

	KUNIT_ASSERT_EQ(test, agx_vm_create(v->t->agx, &kernel_range, &ref), 0);
	vm = agx_vm_get(ref.vm);
	KUNIT_EXPECT_EQ(test, do_map(v, vm, 0), 0);
	agx_vm_close(&ref);

	KUNIT_EXPECT_EQ(test, do_map(v, vm, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, do_unmap(vm), -ENOENT);
	KUNIT_EXPECT_EQ(test, agx_vm_open(vm, &again), -ENOENT);
	KUNIT_EXPECT_NULL(test, again.vm);
	agx_vm_update_begin(&update, vm, false);
	agx_vm_unmap_bo(&update, v->bo);
	agx_vm_update_end(&update);
	KUNIT_EXPECT_EQ(test, agx_test_live(v->t, AGX_TYPE_VM), 1);
	agx_vm_put(vm);
	KUNIT_EXPECT_EQ(test, agx_test_live(v->t, AGX_TYPE_VM), 0);
}

/* A private BO keeps the resv that it shares, and not the VM. */
static void vm_private_bo(struct kunit *test)
{
	struct vm_test *v = test->priv;
	struct agx_vm_openref ref;
	struct drm_gem_object *root;
	struct agx_bo *bo;

	KUNIT_ASSERT_EQ(test, agx_vm_create(v->t->agx, &kernel_range, &ref), 0);
	root = agx_vm_root(ref.vm);
	bo = agx_bo_create(v->t->agx, AGX_GPU_PAGE_SIZE, DRM_ASAHI_GEM_VM_PRIVATE, root);
	KUNIT_EXPECT_FALSE(test, IS_ERR(bo));
	agx_vm_close(&ref);
	KUNIT_EXPECT_EQ(test, agx_test_live(v->t, AGX_TYPE_VM), 0);
	if (IS_ERR(bo))
		return;

	KUNIT_EXPECT_PTR_EQ(test, agx_bo_gem(bo)->resv, root->resv);
	KUNIT_EXPECT_EQ(test, kref_read(&root->refcount), 1);
	agx_bo_put(bo);
}

/* A VM that cannot be made for want of memory leaves nothing. */
static void vm_failure(struct kunit *test)
{
	struct vm_test *v = test->priv;
	struct agx_vm_openref ref = {};
	unsigned int nth, round = 0, failures = 0;
	bool failed;
	int ret;

	agx_test_need_failures(test);
	for (nth = 1; round < AGX_TEST_ROUNDS; nth++) {
		agx_test_fail_nth(nth);
		ret = agx_vm_create(v->t->agx, &kernel_range, &ref);
		failed = agx_test_fail_end();
		if (ret) {
			failures++;
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			KUNIT_EXPECT_TRUE(test, failed);
		} else {
			agx_vm_close(&ref);
		}
		KUNIT_EXPECT_EQ(test, agx_test_live(v->t, AGX_TYPE_VM), 0);
		KUNIT_EXPECT_EQ(test, agx_test_live(v->t, AGX_TYPE_MAPPING), 0);
		if (!failed) {
			round++;
			nth = 0;
		}
	}
	/* The VM, its tables, its root object. */
	KUNIT_EXPECT_GE(test, failures, 5);
	kunit_info(test, "%u allocations failed", failures);
}

static struct kunit_case vm_cases[] = {
	KUNIT_CASE_SLOW(vm_sequences),
	KUNIT_CASE(vm_closed),
	KUNIT_CASE(vm_private_bo),
	KUNIT_CASE_SLOW(vm_failure),
	{}
};

struct kunit_suite agx_vm_suite = {
	.name = "agx_vm",
	.init = vm_init,
	.test_cases = vm_cases,
};
