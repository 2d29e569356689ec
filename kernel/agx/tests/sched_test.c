// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Who runs when: turns, priorities, in-fences and what a kill leaves. */

#include <kunit/resource.h>

#include <linux/dma-fence.h>
#include <linux/slab.h>

#include "../fence.h"
#include "../file.h"
#include "../job.h"
#include "../params.h"
#include "../queue.h"
#include "asahi_drm.h"
#include "test.h"

#define NUM_FILES 3
#define NUM_QUEUES 5
#define JOBS 8

/* Each job says in its usc_base whose it is. */
#define OWNER(queue, n) ((u64)(queue) << 32 | (n))

struct sched_test {
	struct agx_test *t;
	struct agx_vm_openref ref;
	struct agx_file *file[NUM_FILES];
	struct agx_queue *queue[NUM_QUEUES];
	unsigned int pushed[NUM_QUEUES];
	/* Fences of jobs that have been pushed. */
	struct dma_fence *fence[NUM_QUEUES * JOBS];
	unsigned int num_fences;
};

/* Of each queue: its file and whether it is of low priority. */
static const struct {
	u32 file;
	u32 priority;
} queues[NUM_QUEUES] = {
	{ 0, DRM_ASAHI_PRIORITY_MEDIUM },
	{ 0, DRM_ASAHI_PRIORITY_MEDIUM },
	{ 1, DRM_ASAHI_PRIORITY_MEDIUM },
	{ 1, DRM_ASAHI_PRIORITY_LOW },
	{ 2, DRM_ASAHI_PRIORITY_LOW },
};

static void close_vm(void *data)
{
	agx_vm_close(data);
}

static void end_queue(void *data)
{
	struct agx_queue *queue = data;

	agx_queue_kill(queue);
	agx_queue_put(queue);
}

static void put_fences(void *data)
{
	struct sched_test *s = data;
	unsigned int i;

	for (i = 0; i < s->num_fences; i++)
		dma_fence_put(s->fence[i]);
}

static int sched_init(struct kunit *test)
{
	const struct agx_va_range kernel = {
		.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
	};
	struct sched_test *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, s);
	test->priv = s;
	s->t = agx_test_alloc(test);
	/* One at a time, so that the order is the scheduler's and nothing else's. */
	s->t->hw.info.max_jobs = 1;
	agx_test_start(test, s->t);
	KUNIT_ASSERT_EQ(test, agx_vm_create(s->t->agx, &kernel, &s->ref), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_vm, &s->ref), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_fences, s), 0);

	for (i = 0; i < NUM_FILES; i++)
		s->file[i] = agx_test_open(test, s->t)->driver_priv;
	for (i = 0; i < NUM_QUEUES; i++) {
		s->queue[i] = agx_queue_create(s->t->agx, s->ref.vm,
					       agx_file_group(s->file[queues[i].file]),
					       queues[i].priority, 0);
		KUNIT_ASSERT_FALSE(test, IS_ERR(s->queue[i]));
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_queue, s->queue[i]), 0);
	}
	return 0;
}

/* Submit a job that waits for @in, if that is not NULL. Returns its fence, borrowed. */
static struct dma_fence *push(struct kunit *test, unsigned int queue, struct dma_fence *in)
{
	struct sched_test *s = test->priv;
	struct agx_job *job = agx_test_job(test, s->queue[queue], s->file[queues[queue].file]);
	struct dma_fence *fence;

	job->hw.usc_base = OWNER(queue, s->pushed[queue]++);
	if (in)
		KUNIT_ASSERT_EQ(test, agx_job_add_dep(job, dma_fence_get(in), 1), 0);

	KUNIT_ASSERT_LT(test, s->num_fences, ARRAY_SIZE(s->fence));
	fence = dma_fence_get(job->fence);
	s->fence[s->num_fences++] = fence;
	KUNIT_ASSERT_EQ(test, agx_queue_submit(s->queue[queue], job), 0);
	return fence;
}

/* Let the scheduler see what the GPU or a fence has told it. */
static void settle(struct sched_test *s)
{
	flush_work(&s->t->agx->sched.work);
	flush_work(&s->t->agx->sched.cleanup);
}

/* End the job on the GPU. Returns the queue that it was of, or -1 if there was none. */
static int run_one(struct sched_test *s, u32 *n)
{
	u64 owner;

	settle(s);
	if (!s->t->hw.num_jobs)
		return -1;
	owner = s->t->hw.jobs[0]->usc_base;
	agx_test_gpu_finish(&s->t->hw, 0, 0);
	settle(s);
	*n = (u32)owner;
	return owner >> 32;
}

static void expect_order(struct kunit *test, const u8 *order, unsigned int num)
{
	struct sched_test *s = test->priv;
	unsigned int seen[NUM_QUEUES] = {};
	unsigned int i;
	u32 n;

	for (i = 0; i < num; i++) {
		int queue = run_one(s, &n);

		KUNIT_ASSERT_EQ_MSG(test, queue, order[i], "turn %u", i);
		/* Those of one queue in the order of their submits. */
		KUNIT_EXPECT_EQ_MSG(test, n, seen[queue]++, "turn %u", i);
	}
	KUNIT_EXPECT_EQ(test, run_one(s, &n), -1);
	for (i = 0; i < s->num_fences; i++)
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(s->fence[i]), 1);
	KUNIT_EXPECT_EQ(test, agx_test_live(s->t, AGX_TYPE_JOB), 0);
}

/* Turns go round the files, and in each file round its queues. */
static void sched_turns(struct kunit *test)
{
	/* The first starts before there is a choice; then 0 and 1 share the turns of their file. */
	static const u8 order[] = { 0, 0, 2, 1, 2, 0, 2, 1, 2, 0, 1, 1 };
	unsigned int i;

	for (i = 0; i < 4; i++)
		push(test, 0, NULL);
	for (i = 0; i < 4; i++)
		push(test, 1, NULL);
	for (i = 0; i < 4; i++)
		push(test, 2, NULL);
	expect_order(test, order, ARRAY_SIZE(order));
}

/* Medium comes first, but every fourth turn is one of low, if low wants one. */
static void sched_priorities(struct kunit *test)
{
	static const u8 order[] = { 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 3, 4 };
	unsigned int i;

	for (i = 0; i < 8; i++)
		push(test, 0, NULL);
	for (i = 0; i < 2; i++) {
		push(test, 3, NULL);
		push(test, 4, NULL);
	}
	expect_order(test, order, ARRAY_SIZE(order));
}

/* One queue has no more jobs on the GPU than it may, whatever room there is. */
static void sched_per_queue(struct kunit *test)
{
	struct sched_test *s = test->priv;
	unsigned int i;

	s->t->agx->info.max_jobs = 16;
	for (i = 0; i < 4; i++)
		push(test, 0, NULL);
	settle(s);
	KUNIT_EXPECT_EQ(test, s->t->hw.num_jobs, s->t->agx->info.max_jobs_per_queue);
	push(test, 2, NULL);
	KUNIT_EXPECT_EQ(test, s->t->hw.num_jobs, s->t->agx->info.max_jobs_per_queue + 1);
	while (s->t->hw.num_jobs) {
		agx_test_gpu_finish(&s->t->hw, 0, 0);
		settle(s);
	}
	for (i = 0; i < s->num_fences; i++)
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(s->fence[i]), 1);
}

/* A job that waits for a fence holds up its own queue, and no other. */
static void sched_waits(struct kunit *test)
{
	struct sched_test *s = test->priv;
	struct dma_fence *gate = agx_fence_create(s->t->agx);
	u32 n;

	KUNIT_ASSERT_NOT_NULL(test, gate);
	push(test, 0, gate);
	push(test, 0, NULL);
	push(test, 1, NULL);
	KUNIT_EXPECT_EQ(test, run_one(s, &n), 1);
	KUNIT_EXPECT_EQ(test, run_one(s, &n), -1);

	agx_fence_signal(s->t->agx, gate, 0);
	dma_fence_put(gate);
	KUNIT_EXPECT_EQ(test, run_one(s, &n), 0);
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_EQ(test, run_one(s, &n), 0);
	KUNIT_EXPECT_EQ(test, n, 1);
}

/* A fence that a job is told to wait for again and again is waited for once. */
static void sched_merges_waits(struct kunit *test)
{
	struct sched_test *s = test->priv;
	struct agx_job *job = agx_job_create(s->queue[0], agx_file_stats(s->file[0]));
	struct dma_fence *gates[2];
	unsigned int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(job));
	for (i = 0; i < ARRAY_SIZE(gates); i++) {
		gates[i] = agx_fence_create(s->t->agx);
		KUNIT_ASSERT_NOT_NULL(test, gates[i]);
	}
	for (i = 0; i < 9; i++)
		KUNIT_ASSERT_EQ(test, agx_job_add_dep(job, dma_fence_get(gates[i % 2]), 9), 0);

	agx_job_merge_deps(job);
	KUNIT_EXPECT_EQ(test, job->num_deps, ARRAY_SIZE(gates));
	KUNIT_EXPECT_PTR_NE(test, job->deps[0].fence, job->deps[1].fence);
	for (i = 0; i < ARRAY_SIZE(gates); i++)
		KUNIT_EXPECT_EQ(test, kref_read(&gates[i]->refcount), 2);

	agx_job_destroy(job);
	for (i = 0; i < ARRAY_SIZE(gates); i++) {
		KUNIT_EXPECT_EQ(test, kref_read(&gates[i]->refcount), 1);
		agx_fence_discard(s->t->agx, gates[i]);
	}
}

/* A kill ends what runs, what is next and what waits, each with -ECANCELED, and nothing else. */
static void sched_kill(struct kunit *test)
{
	struct sched_test *s = test->priv;
	struct dma_fence *gate = agx_fence_create(s->t->agx);
	struct dma_fence *mine[3], *other;
	unsigned int i;
	u32 n;

	KUNIT_ASSERT_NOT_NULL(test, gate);
	mine[0] = push(test, 0, NULL);
	mine[1] = push(test, 0, NULL);
	mine[2] = push(test, 0, gate);
	other = push(test, 2, NULL);
	KUNIT_EXPECT_EQ(test, s->t->hw.num_jobs, 1);

	agx_queue_kill(s->queue[0]);
	for (i = 0; i < ARRAY_SIZE(mine); i++)
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(mine[i]), -ECANCELED);
	/* Its foreign fence is let go of, without a wait for it. */
	KUNIT_EXPECT_EQ(test, kref_read(&gate->refcount), 1);
	KUNIT_EXPECT_EQ(test, agx_test_live(s->t, AGX_TYPE_JOB), 1);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(other), 0);
	KUNIT_EXPECT_EQ(test, run_one(s, &n), 2);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(other), 1);

	KUNIT_EXPECT_TRUE(test, IS_ERR(agx_job_create(s->queue[0], agx_file_stats(s->file[0]))));
	agx_fence_signal(s->t->agx, gate, 0);
	dma_fence_put(gate);
}

/* Nothing runs because what it waited for on the GPU was killed; the stand-in looks. */
static void sched_kill_behind(struct kunit *test)
{
	struct sched_test *s = test->priv;
	struct dma_fence *mine[2];
	unsigned int i;

	s->t->agx->info.max_jobs = 16;
	for (i = 0; i < ARRAY_SIZE(mine); i++)
		mine[i] = push(test, 0, NULL);
	KUNIT_EXPECT_EQ(test, s->t->hw.num_jobs, ARRAY_SIZE(mine));
	agx_queue_kill(s->queue[0]);
	for (i = 0; i < ARRAY_SIZE(mine); i++)
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(mine[i]), -ECANCELED);
}

/* A queue holds its VM open; the last of those that do takes the mappings with it. */
static void sched_queue_holds_vm(struct kunit *test)
{
	const struct agx_va_range kernel = {
		.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
	};
	struct sched_test *s = test->priv;
	struct agx_vm_openref ref, again = {};
	struct agx_queue *queue;
	struct agx_vm *vm;

	KUNIT_ASSERT_EQ(test, agx_vm_create(s->t->agx, &kernel, &ref), 0);
	vm = agx_vm_get(ref.vm);
	queue = agx_queue_create(s->t->agx, vm, agx_file_group(s->file[0]),
				 DRM_ASAHI_PRIORITY_MEDIUM, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(queue));

	agx_vm_close(&ref);
	KUNIT_EXPECT_EQ(test, agx_vm_open(vm, &again), 0);
	agx_vm_close(&again);
	agx_queue_kill(queue);
	KUNIT_EXPECT_EQ(test, agx_vm_open(vm, &again), -ENOENT);
	KUNIT_EXPECT_PTR_EQ(test, agx_queue_create(s->t->agx, vm, agx_file_group(s->file[0]),
						   DRM_ASAHI_PRIORITY_MEDIUM, 0),
			    ERR_PTR(-ENOENT));
	agx_queue_put(queue);
	agx_vm_put(vm);
	KUNIT_EXPECT_EQ(test, agx_test_live(s->t, AGX_TYPE_VM), 1);
}

static struct kunit_case sched_cases[] = {
	KUNIT_CASE(sched_turns),
	KUNIT_CASE(sched_priorities),
	KUNIT_CASE(sched_per_queue),
	KUNIT_CASE(sched_waits),
	KUNIT_CASE(sched_merges_waits),
	KUNIT_CASE(sched_kill),
	KUNIT_CASE(sched_kill_behind),
	KUNIT_CASE(sched_queue_holds_vm),
	{}
};

struct kunit_suite agx_sched_suite = {
	.name = "agx_sched",
	.init = sched_init,
	.test_cases = sched_cases,
};
