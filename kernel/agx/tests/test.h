/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_TEST_H
#define AGX_TEST_H

#include <drm/drm_file.h>

#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "../agx_device.h"
#include "../vm.h"
#include "agx_hw.h"
#include "agx_uat.h"

struct agx_file;
struct agx_job;
struct agx_queue;

/**
 * DOC: What the tests share
 *
 * The tests call the functions of the agx.ko that is loaded, on a device of their own that is never
 * registered and whose GPU is a stand-in: it runs nothing, but walks page tables, keeps what it has
 * read until it is told to forget it, and lets the test say when a job ends.
 */

/* Translations that the stand-in remembers, and jobs that it holds. */
#define AGX_TEST_TLB 32
#define AGX_TEST_JOBS 64

/** struct agx_test_tlb - A translation that the GPU has read. */
struct agx_test_tlb {
	/** @context: where; 0 for an entry that is not in use. */
	u32 context;
	/** @va: of which page. */
	u64 va;
	/** @entry: what the leaf said, 0 if the walk ended before. */
	u64 entry;
	/** @leaf: the leaf while the walk may not be over, NULL after. */
	u64 *leaf;
};

/** struct agx_hw - The stand-in for a GPU. */
struct agx_hw {
	/** @test: who runs. Borrowed. */
	struct kunit *test;
	/** @dev: device whose addresses the tables hold. Borrowed. */
	struct device *dev;
	/** @info: what it says of itself; the test may change it before the device is made. */
	struct agx_hw_info info;
	/** @client: the driver. Borrowed. */
	const struct agx_hw_client *client;

	/** @root: top tables. */
	dma_addr_t root[AGX_HW_CONTEXTS];
	/** @tlb: what it remembers. */
	struct agx_test_tlb tlb[AGX_TEST_TLB];
	/** @next: entry of @tlb to use next. */
	unsigned int next;
	/** @flushes: how often it was told to forget. */
	u64 flushes;
	/** @on_flush: called with each entry that a flush is about to drop, or NULL. */
	void (*on_flush)(struct agx_hw *hw, const struct agx_test_tlb *tlb);
	/** @priv: the test's own. */
	void *priv;

	/** @jobs: jobs that it has been given, in that order. */
	struct agx_hw_job *jobs[AGX_TEST_JOBS];
	/** @num_jobs: how many. */
	unsigned int num_jobs;

	/** @stuck: jobs stay whatever it is told, until @let_stop. Set by the test, for good. */
	bool stuck;
	/** @resets: how often it was reset while it was stuck. */
	unsigned int resets;
	/** @stopping: completed when it is told to stop while it is stuck. */
	struct completion stopping;
	/** @let_stop: completed by the test, to let it stop all the same. */
	struct completion let_stop;
};

/** struct agx_test - A device without hardware. */
struct agx_test {
	/** @hw: the GPU. */
	struct agx_hw hw;
	/** @agx: the device. */
	struct agx_device *agx;
};

struct agx_test *agx_test_alloc(struct kunit *test);
void agx_test_start(struct kunit *test, struct agx_test *t);
struct drm_file *agx_test_open(struct kunit *test, struct agx_test *t);
int agx_test_live(struct agx_test *t, enum agx_type type);
struct device *agx_test_device(struct kunit *test);

u64 *agx_test_leaf(struct device *dev, dma_addr_t root, u64 va);
u64 agx_test_walk(struct device *dev, dma_addr_t root, u64 va);
bool agx_test_tables_tidy(struct device *dev, dma_addr_t root, unsigned int *tables,
			  u64 *entries);

u32 agx_test_gpu_place(struct agx_test *t, struct agx_vm *vm);
void agx_test_gpu_touch(struct agx_hw *hw, u32 context, u64 va);
void agx_test_gpu_check(struct agx_hw *hw);
void agx_test_gpu_finish(struct agx_hw *hw, unsigned int index, int result);

struct agx_job *agx_test_job(struct kunit *test, struct agx_queue *queue, struct agx_file *file);

void agx_test_need_failures(struct kunit *test);

/*
 * What the allocators themselves need varies from call to call, and so does which allocation is the
 * nth: one that is missed in a round is met in another.
 */
#define AGX_TEST_ROUNDS 3

/* Let the @nth allocation from here on fail; 0 for none. */
static inline void agx_test_fail_nth(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	WRITE_ONCE(current->fail_nth, nth);
#endif
}

/* End that. Returns whether an allocation has failed. */
static inline bool agx_test_fail_end(void)
{
#ifdef CONFIG_FAULT_INJECTION
	bool failed = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return failed;
#else
	return false;
#endif
}

extern struct kunit_suite agx_pgtable_suite;
extern struct kunit_suite agx_vm_map_suite;
extern struct kunit_suite agx_vm_suite;
extern struct kunit_suite agx_cmdbuf_suite;
extern struct kunit_suite agx_fence_suite;
extern struct kunit_suite agx_sched_suite;
extern struct kunit_suite agx_abandon_suite;
extern struct kunit_suite agx_gem_suite;

#endif
