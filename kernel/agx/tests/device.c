// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A device without hardware, and the stand-in for its GPU. */

#include <drm/drm_drv.h>

#include <kunit/device.h>
#include <kunit/resource.h>

#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../file.h"
#include "../job.h"
#include "../vm_priv.h"
#include "asahi_drm.h"
#include "test.h"

static void gpu_get_info(struct agx_hw *hw, struct agx_hw_info *info)
{
	*info = hw->info;
}

static u64 gpu_get_time(struct agx_hw *hw)
{
	return 0;
}

static int gpu_start(struct agx_hw *hw, const struct agx_hw_client *client)
{
	hw->client = client;
	return 0;
}

static void gpu_stop(struct agx_hw *hw)
{
	if (hw->stuck) {
		complete_all(&hw->stopping);
		wait_for_completion(&hw->let_stop);
	}
	while (hw->num_jobs)
		agx_test_gpu_finish(hw, 0, -ENODEV);
}

static void gpu_set_root(struct agx_hw *hw, u32 context, dma_addr_t root)
{
	hw->root[context] = root;
}

static void gpu_flush(struct agx_hw *hw, u32 context, u64 addr, u64 size)
{
	unsigned int i;

	hw->flushes++;
	for (i = 0; i < AGX_TEST_TLB; i++) {
		struct agx_test_tlb *tlb = &hw->tlb[i];

		if (tlb->context != context || tlb->va < addr || tlb->va - addr >= size)
			continue;
		if (hw->on_flush)
			hw->on_flush(hw, tlb);
		tlb->context = 0;
	}
}

static void gpu_submit(struct agx_hw *hw, struct agx_hw_job *job)
{
	if (hw->num_jobs < AGX_TEST_JOBS)
		hw->jobs[hw->num_jobs++] = job;
	else
		KUNIT_FAIL(hw->test, "the GPU is given more than %u jobs", AGX_TEST_JOBS);
}

static void gpu_cancel(struct agx_hw *hw, struct agx_hw_job *job, int error)
{
	unsigned int i, found = hw->num_jobs;

	if (hw->stuck)
		return;

	for (i = 0; i < hw->num_jobs; i++) {
		if (hw->jobs[i] == job)
			found = i;
		else if (found < i && hw->jobs[i]->queue == job->queue)
			KUNIT_FAIL(hw->test, "a job is let run by the end of the one before");
	}
	if (found < hw->num_jobs)
		agx_test_gpu_finish(hw, found, error);
}

/* Cancelled jobs leave at once, so nothing ever asks for one, unless the GPU is stuck. */
static void gpu_reset(struct agx_hw *hw)
{
	if (hw->stuck)
		hw->resets++;
	else
		KUNIT_FAIL(hw->test, "the GPU is reset");
}

static void gpu_resume(struct agx_hw *hw)
{
}

static const struct agx_hw_ops gpu_ops = {
	.get_info = gpu_get_info,
	.get_time = gpu_get_time,
	.start = gpu_start,
	.stop = gpu_stop,
	.set_root = gpu_set_root,
	.flush = gpu_flush,
	.submit = gpu_submit,
	.cancel = gpu_cancel,
	.reset = gpu_reset,
	.resume = gpu_resume,
};

/**
 * agx_test_gpu_finish() - Let a job end.
 * @hw: GPU.
 * @index: of the job in agx_hw.jobs.
 * @result: how it ends.
 */
void agx_test_gpu_finish(struct agx_hw *hw, unsigned int index, int result)
{
	struct agx_hw_job *job = hw->jobs[index];
	unsigned long flags;

	hw->num_jobs--;
	memmove(&hw->jobs[index], &hw->jobs[index + 1],
		(hw->num_jobs - index) * sizeof(hw->jobs[0]));

	local_irq_save(flags);
	hw->client->job_done(job, result);
	local_irq_restore(flags);
}

/* The table at bus address @dma. */
static u64 *gpu_table(struct device *dev, dma_addr_t dma)
{
	return phys_to_virt(dma_to_phys(dev, dma));
}

/**
 * agx_test_leaf() - Walk to a leaf as the GPU does.
 * @dev: device whose addresses the tables hold.
 * @root: bus address of the top table.
 * @va: address.
 *
 * Return: the leaf, or NULL if no entry leads to one.
 */
u64 *agx_test_leaf(struct device *dev, dma_addr_t root, u64 va)
{
	u64 *table = gpu_table(dev, root);
	unsigned int level;

	for (level = AGX_UAT_LEVELS - 1; level; level--) {
		u64 entry = READ_ONCE(table[agx_uat_index(va, level)]);

		if (!(entry & AGX_UAT_VALID))
			return NULL;
		table = gpu_table(dev, entry & AGX_UAT_ADDR);
	}
	return table;
}

/** agx_test_walk() - The entry that @va leads to, 0 if it leads nowhere. */
u64 agx_test_walk(struct device *dev, dma_addr_t root, u64 va)
{
	u64 *leaf = agx_test_leaf(dev, root, va);

	return leaf ? READ_ONCE(leaf[agx_uat_index(va, 0)]) : 0;
}

static bool tables_tidy(struct device *dev, u64 *table, unsigned int level, unsigned int *tables,
			u64 *entries)
{
	unsigned int i, used = 0;
	bool tidy = true;

	for (i = 0; i < AGX_UAT_ENTRIES; i++) {
		if (!table[i])
			continue;

		used++;
		tidy &= !!(table[i] & AGX_UAT_VALID);
		if (!level)
			++*entries;
		else
			tidy &= tables_tidy(dev, gpu_table(dev, table[i] & AGX_UAT_ADDR),
					    level - 1, tables, entries);
	}
	if (level == AGX_UAT_LEVELS - 1)
		return tidy;

	++*tables;
	return tidy && used;
}

/**
 * agx_test_tables_tidy() - Look at every table.
 * @dev: device whose addresses the tables hold.
 * @root: bus address of the top table.
 * @tables: receives how many entries lead to tables; a shared one counts each time.
 * @entries: receives how many leaf entries are reachable.
 *
 * Return: false if a table but the top one is empty, or an entry neither valid nor zero.
 */
bool agx_test_tables_tidy(struct device *dev, dma_addr_t root, unsigned int *tables, u64 *entries)
{
	*tables = 0;
	*entries = 0;
	return tables_tidy(dev, gpu_table(dev, root), AGX_UAT_LEVELS - 1, tables, entries);
}

/**
 * agx_test_gpu_touch() - Let the GPU read a translation and remember it.
 * @hw: GPU.
 * @context: place of an address space.
 * @va: address.
 */
void agx_test_gpu_touch(struct agx_hw *hw, u32 context, u64 va)
{
	struct agx_test_tlb *tlb = &hw->tlb[hw->next++ % AGX_TEST_TLB];

	tlb->va = va;
	tlb->leaf = agx_test_leaf(hw->dev, hw->root[context], va);
	tlb->entry = tlb->leaf ? READ_ONCE(tlb->leaf[agx_uat_index(va, 0)]) : 0;
	/* Hardware does not remember that there was nothing. */
	tlb->context = tlb->entry ? context : 0;
}

/**
 * agx_test_gpu_check() - Hold what the GPU remembers against the tables.
 * @hw: GPU; any difference is a flush that is missing, and fails the test.
 */
void agx_test_gpu_check(struct agx_hw *hw)
{
	unsigned int i;

	for (i = 0; i < AGX_TEST_TLB; i++) {
		struct agx_test_tlb *tlb = &hw->tlb[i];
		u64 now;

		/* The walk is over; what it has found is all that is remembered. */
		tlb->leaf = NULL;
		if (!tlb->context)
			continue;
		now = hw->root[tlb->context] ?
			      agx_test_walk(hw->dev, hw->root[tlb->context], tlb->va) : 0;
		if (now != tlb->entry)
			KUNIT_FAIL(hw->test,
				   "%llx led to %llx, leads to %llx, and was not flushed", tlb->va,
				   tlb->entry, now);
	}
}

/**
 * agx_test_gpu_place() - Give a VM a place on the GPU, as a job would, so that it is flushed.
 * @t: device.
 * @vm: VM.
 *
 * Return: the place.
 */
u32 agx_test_gpu_place(struct agx_test *t, struct agx_vm *vm)
{
	struct agx_hw_job job = {};

	KUNIT_ASSERT_EQ(t->hw.test, agx_gpu_submit(t->agx, &job, agx_vm_context(vm)), 0);
	t->hw.num_jobs--;
	agx_gpu_retire(t->agx, agx_vm_context(vm));
	KUNIT_ASSERT_NE(t->hw.test, job.context, 0);
	return job.context;
}

/* Whom a dma-buf holds for as long as it is there. */
static const struct file_operations test_fops = {
	.owner = THIS_MODULE,
};

static const struct drm_driver test_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ | AGX_DRIVER_GEM_GPUVA,
	.name = "agx-kunit",
	.desc = "agx without hardware",
	.fops = &test_fops,
};

/** agx_test_device() - A struct device that can do DMA, for the duration of @test. */
struct device *agx_test_device(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "agx-kunit");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)), 0);
	return dev;
}

/**
 * agx_test_alloc() - Prepare a device.
 * @test: test; frees it at its end.
 *
 * Return: device, whose agx_hw.info the test may change before agx_test_start().
 */
struct agx_test *agx_test_alloc(struct kunit *test)
{
	struct agx_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->hw.test = test;
	init_completion(&t->hw.stopping);
	init_completion(&t->hw.let_stop);
	t->hw.info.max_jobs = 16;
	t->hw.info.max_jobs_per_queue = 2;
	t->hw.info.timestamp_frequency_hz = 1000000000;
	return t;
}

/** agx_test_live() - How many objects of @type the device of @t has. */
int agx_test_live(struct agx_test *t, enum agx_type type)
{
	return atomic_read(&t->agx->alloc.live[type]);
}

static void test_stop(void *data)
{
	struct agx_test *t = data;
	unsigned int type;

	agx_gpu_stop(t->agx);
	agx_sched_stop(t->agx);
	agx_abandoned_close(t->agx);
	for (type = 0; type < AGX_NUM_TYPES; type++)
		KUNIT_EXPECT_EQ_MSG(t->hw.test, agx_test_live(t, type), 0,
				    "objects of type %u are left", type);
}

/**
 * agx_test_start() - Make a device, as far as agx_probe() does before it registers it.
 * @test: test; stops it at its end, and fails if anything is left.
 * @t: from agx_test_alloc().
 */
void agx_test_start(struct kunit *test, struct agx_test *t)
{
	const struct agx_hw_pdata pdata = { .ops = &gpu_ops, .hw = &t->hw };

	t->hw.dev = agx_test_device(test);
	t->agx = devm_drm_dev_alloc(t->hw.dev, &test_driver, struct agx_device, drm);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->agx));
	KUNIT_ASSERT_EQ(test, agx_sched_init(t->agx), 0);
	KUNIT_ASSERT_EQ(test, agx_gpu_start(t->agx, &pdata, &t->agx->sched.client), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, test_stop, t), 0);
	KUNIT_ASSERT_EQ(test, agx_kernel_vm_init(t->agx), 0);
	KUNIT_ASSERT_EQ(test, agx_reclaim_init(t->agx), 0);
}

static void test_close(void *data)
{
	struct drm_file *drm_file = data;

	agx_file_postclose(drm_file->minor->dev, drm_file);
}

/**
 * agx_test_open() - Open a device.
 * @test: test; closes it at its end, when its tables have to be empty.
 * @t: device.
 *
 * Return: a file that only the driver's own part of is there.
 */
struct drm_file *agx_test_open(struct kunit *test, struct agx_test *t)
{
	struct drm_file *drm_file = kunit_kzalloc(test, sizeof(*drm_file), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, drm_file);
	drm_file->minor = t->agx->drm.primary;
	KUNIT_ASSERT_EQ(test, agx_file_open(&t->agx->drm, drm_file), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, test_close, drm_file), 0);
	return drm_file;
}

/**
 * agx_test_job() - Make a job of one compute command.
 * @test: test.
 * @queue: queue that it is for.
 * @file: whose time it uses.
 *
 * Return: the job, for agx_queue_submit().
 */
struct agx_job *agx_test_job(struct kunit *test, struct agx_queue *queue, struct agx_file *file)
{
	struct agx_job *job = agx_job_create(queue, agx_file_stats(file));

	KUNIT_ASSERT_FALSE(test, IS_ERR(job));
	job->hw.commands = kvcalloc(1, sizeof(*job->hw.commands), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, job->hw.commands);
	job->hw.num_commands = 1;
	job->hw.commands[0].ring = AGX_HW_RING_COMPUTE;
	job->hw.commands[0].wait[AGX_HW_RING_RENDER] = DRM_ASAHI_BARRIER_NONE;
	job->hw.commands[0].wait[AGX_HW_RING_COMPUTE] = DRM_ASAHI_BARRIER_NONE;
	return job;
}

/**
 * agx_test_need_failures() - Skip @test unless allocations can be made to fail.
 * @test: test.
 */
void agx_test_need_failures(struct kunit *test)
{
	void *p;

	agx_test_fail_nth(1);
	p = kmalloc(16, GFP_KERNEL);
	kfree(p);
	if (!agx_test_fail_end() || p)
		kunit_skip(test, "no failslab, or its ignore-gfp-wait is on");
}

kunit_test_suites(&agx_pgtable_suite, &agx_vm_map_suite, &agx_vm_suite, &agx_cmdbuf_suite,
		  &agx_fence_suite, &agx_sched_suite, &agx_abandon_suite, &agx_gem_suite);

MODULE_DESCRIPTION("KUnit tests of agx.ko");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
