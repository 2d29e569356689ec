// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The last resort of a kill: jobs that leave the GPU for no cancel, no reset and no stop. */

#include <kunit/resource.h>

#include <linux/completion.h>
#include <linux/dma-fence.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../file.h"
#include "../gem.h"
#include "../job.h"
#include "../params.h"
#include "../queue.h"
#include "../vm.h"
#include "asahi_drm.h"
#include "test.h"

#define MAP_ADDR 0x100000000ULL

/* A cancelled job has about 1 s until the GPU is lost; this leaves time for that on any machine. */
#define LONG_MS 8000

/* The kill gives the GPU up itself. */
#define SHORT_MS 100

/* In this time a kill returns that does not wait for the GPU, however slow the machine is. */
#define BOUND_MS 30000

struct abandon_test {
	struct agx_test *t;
	struct agx_file *file;
	struct agx_bo *bo;
	/* The kill, which the test can watch from outside. */
	struct work_struct kill;
	struct completion killed;
	struct agx_queue *queue;
	/* Memory life only. */
	struct agx_vm *vm;
	/* Of the job that stays. */
	struct dma_fence *fence;
	/* What the driver has mapped into the VM. */
	int kernel_bos;
};

static void kill_work(struct work_struct *work)
{
	struct abandon_test *a = container_of(work, struct abandon_test, kill);

	/* As QUEUE_DESTROY does it. */
	agx_queue_kill(a->queue);
	agx_queue_put(a->queue);
	complete(&a->killed);
}

static void put_bo(void *bo)
{
	agx_bo_put(bo);
}

static void put_refs(void *data)
{
	struct abandon_test *a = data;

	dma_fence_put(a->fence);
	agx_vm_put(a->vm);
}

/* Whatever has failed, nothing waits for the GPU after this. */
static void let_go(void *data)
{
	struct abandon_test *a = data;

	complete_all(&a->t->hw.let_stop);
	agx_gpu_stop(a->t->agx);
	flush_work(&a->kill);
}

static int abandon_init(struct kunit *test)
{
	const struct agx_va_range kernel = {
		.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
	};
	struct abandon_test *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	struct agx_vm_update update;
	struct agx_vm_openref ref;
	struct agx_job *job;

	KUNIT_ASSERT_NOT_NULL(test, a);
	test->priv = a;
	INIT_WORK(&a->kill, kill_work);
	init_completion(&a->killed);
	a->t = agx_test_alloc(test);
	a->t->hw.stuck = true;
	complete_all(&a->t->hw.let_stop);
	agx_test_start(test, a->t);
	a->file = agx_test_open(test, a->t)->driver_priv;
	a->bo = agx_bo_create(a->t->agx, AGX_GPU_PAGE_SIZE, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a->bo));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_bo, a->bo), 0);

	/* A VM that only the queue holds open, with a mapping that the job could be using. */
	KUNIT_ASSERT_EQ(test, agx_vm_create(a->t->agx, &kernel, &ref), 0);
	a->vm = agx_vm_get(ref.vm);
	agx_vm_update_begin(&update, a->vm, false);
	KUNIT_EXPECT_EQ(test, agx_vm_map(&update, a->bo, MAP_ADDR, AGX_GPU_PAGE_SIZE, 0,
					 DRM_ASAHI_BIND_READ), 0);
	agx_vm_update_end(&update);
	a->queue = agx_queue_create(a->t->agx, a->vm, agx_file_group(a->file),
				    DRM_ASAHI_PRIORITY_MEDIUM, 0);
	agx_vm_close(&ref);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a->queue));
	a->kernel_bos = agx_test_live(a->t, AGX_TYPE_KERNEL_BO);

	job = agx_test_job(test, a->queue, a->file);
	a->fence = dma_fence_get(job->fence);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_refs, a), 0);
	KUNIT_ASSERT_EQ(test, agx_queue_submit(a->queue, job), 0);
	flush_work(&a->t->agx->sched.work);
	KUNIT_ASSERT_EQ(test, a->t->hw.num_jobs, 1);
	reinit_completion(&a->t->hw.let_stop);
	return kunit_add_action_or_reset(test, let_go, a);
}

/* The GPU still has the job, and finds all that the job can reach. */
static void expect_kept(struct kunit *test)
{
	struct abandon_test *a = test->priv;
	struct agx_test *t = a->t;
	struct agx_vm_openref again = {};

	KUNIT_EXPECT_EQ(test, t->hw.num_jobs, 1);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(a->fence), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_JOB), 1);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_QUEUE), 1);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_VM), 1);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_KERNEL_BO), a->kernel_bos);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_MAPPING), 1);
	KUNIT_EXPECT_NE(test, agx_test_walk(t->hw.dev, t->hw.root[t->hw.jobs[0]->context],
					    MAP_ADDR), 0);
	KUNIT_EXPECT_EQ(test, agx_vm_open(a->vm, &again), 0);
	if (again.vm)
		agx_vm_close(&again);
}

/* The job is over, and so is all that it needed; of the VM only the test's reference is left. */
static void expect_gone(struct kunit *test)
{
	struct abandon_test *a = test->priv;
	struct agx_test *t = a->t;
	struct agx_vm_openref again = {};

	KUNIT_EXPECT_EQ(test, t->hw.num_jobs, 0);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(a->fence), -ENODEV);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_JOB), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_QUEUE), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_KERNEL_BO), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_MAPPING), 0);
	KUNIT_EXPECT_EQ(test, agx_vm_open(a->vm, &again), -ENOENT);
	KUNIT_EXPECT_EQ(test, agx_test_live(t, AGX_TYPE_VM), 1);
}

/* A kill gives up after a time, and leaves what the job can reach until the GPU has stopped. */
static void abandon_keeps(struct kunit *test)
{
	struct abandon_test *a = test->priv;
	struct agx_device *agx = a->t->agx;

	agx->abandoned.timeout_ms = LONG_MS;
	schedule_work(&a->kill);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&a->killed, msecs_to_jiffies(BOUND_MS)),
			0);

	/* It has tried everything: the stop has begun and does not return. */
	KUNIT_EXPECT_TRUE(test, agx_device_lost(agx));
	KUNIT_EXPECT_TRUE(test, completion_done(&a->t->hw.stopping));
	KUNIT_EXPECT_EQ(test, a->t->hw.resets, 1);
	expect_kept(test);

	/* As agx_remove() does it. */
	complete_all(&a->t->hw.let_stop);
	agx_gpu_stop(agx);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(a->fence), -ENODEV);
	KUNIT_EXPECT_EQ(test, agx_test_live(a->t, AGX_TYPE_QUEUE), 1);
	agx_sched_stop(agx);
	agx_abandoned_close(agx);
	expect_gone(test);
}

/* Once nobody comes for them any more no queue is abandoned: the kill waits for the stop. */
static void abandon_closed(struct kunit *test)
{
	struct abandon_test *a = test->priv;
	struct agx_device *agx = a->t->agx;

	agx->abandoned.timeout_ms = SHORT_MS;
	agx_abandoned_close(agx);
	schedule_work(&a->kill);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&a->t->hw.stopping,
							  msecs_to_jiffies(BOUND_MS)), 0);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&a->killed,
							  msecs_to_jiffies(10 * SHORT_MS)), 0);
	expect_kept(test);

	complete_all(&a->t->hw.let_stop);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&a->killed, msecs_to_jiffies(BOUND_MS)),
			0);
	expect_gone(test);
}

static struct kunit_case abandon_cases[] = {
	KUNIT_CASE_SLOW(abandon_keeps),
	KUNIT_CASE_SLOW(abandon_closed),
	{}
};

struct kunit_suite agx_abandon_suite = {
	.name = "agx_abandon",
	.init = abandon_init,
	.test_cases = abandon_cases,
};
