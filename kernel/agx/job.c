// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_print.h>

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "agx_device.h"
#include "fence.h"
#include "job.h"
#include "object.h"
#include "queue.h"
#include "stats.h"
#include "trace.h"
#include "vm.h"

const size_t agx_job_size = sizeof(struct agx_job);

/**
 * agx_job_create() - Start to make a job.
 * @queue: queue that it is to run on; outlives it.
 * @stats: whose time it will use. Borrowed.
 *
 * Return: a job without commands, to be given to agx_queue_submit() or agx_job_destroy();
 * -ENOMEM; -ENOENT if the queue has been killed.
 */
struct agx_job *agx_job_create(struct agx_queue *queue, struct agx_stats *stats)
{
	struct agx_device *agx = agx_queue_device(queue);
	struct agx_vm *vm = agx_queue_get_vm(queue);
	struct agx_job *job;

	if (!vm)
		return ERR_PTR(-ENOENT);

	job = agx_alloc(agx, AGX_TYPE_JOB);
	if (!job)
		goto err_vm;

	job->fence = agx_fence_create(agx);
	if (!job->fence)
		goto err_free;

	job->agx = agx;
	job->queue = queue;
	job->vm = vm;
	job->stats = agx_stats_get(stats);
	job->hw.queue = &agx_queue_entity(queue)->hw;
	job->hw.usc_base = agx_queue_usc_base(queue);
	job->id = atomic64_inc_return(&agx->next_id);
	atomic_set(&job->pending, 1);
	INIT_LIST_HEAD(&job->link);
	trace_agx_job_create(job->id, agx_queue_id(queue), agx_vm_id(vm), job->fence->context);
	return job;

err_free:
	agx_free(agx, AGX_TYPE_JOB, job);
err_vm:
	agx_vm_put(vm);
	return ERR_PTR(-ENOMEM);
}

/**
 * agx_job_destroy() - Free a job and what it holds.
 * @job: job that is over or was never submitted; in the latter case its fence, which nobody
 * has seen, goes too.
 */
void agx_job_destroy(struct agx_job *job)
{
	struct agx_device *agx = job->agx;
	unsigned int i;

	for (i = 0; i < job->num_deps; i++)
		dma_fence_put(job->deps[i].fence);
	kvfree(job->deps);

	for (i = 0; i < job->num_objects; i++)
		agx_object_put(job->objects[i]);
	kvfree(job->objects);

	if (dma_fence_is_signaled(job->fence))
		dma_fence_put(job->fence);
	else
		agx_fence_discard(agx, job->fence);

	kvfree(job->hw.commands);
	agx_stats_put(job->stats);
	agx_vm_put(job->vm);
	trace_agx_job_free(job->id);
	agx_free(agx, AGX_TYPE_JOB, job);
}

/**
 * agx_job_add_dep() - Let a job wait for a fence.
 * @job: job that has not been armed.
 * @fence: fence; the reference is taken over, on failure too.
 * @max: how many fences will be added in all; the same in each call.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_job_add_dep(struct agx_job *job, struct dma_fence *fence, unsigned int max)
{
	if (!job->deps) {
		job->deps = kvcalloc(max, sizeof(*job->deps), GFP_KERNEL_ACCOUNT);
		if (!job->deps) {
			dma_fence_put(fence);
			return -ENOMEM;
		}
	}

	job->deps[job->num_deps].fence = fence;
	job->deps[job->num_deps].job = job;
	job->num_deps++;
	return 0;
}

static int job_dep_cmp(const void *a, const void *b)
{
	const struct agx_job_dep *x = a, *y = b;

	return x->fence < y->fence ? -1 : x->fence > y->fence;
}

/**
 * agx_job_merge_deps() - Let a job wait for each fence once.
 * @job: job that has not been armed.
 *
 * Else userspace could name one fence many times, and the interrupt that signals it would have to
 * make as many calls.
 */
void agx_job_merge_deps(struct agx_job *job)
{
	unsigned int i, num = 0;

	if (job->num_deps < 2)
		return;

	sort(job->deps, job->num_deps, sizeof(*job->deps), job_dep_cmp, NULL);
	for (i = 0; i < job->num_deps; i++) {
		if (num && job->deps[num - 1].fence == job->deps[i].fence)
			dma_fence_put(job->deps[i].fence);
		else
			job->deps[num++] = job->deps[i];
	}
	job->num_deps = num;
}

/**
 * agx_job_add_object() - Let a job keep a timestamp object.
 * @job: job that has not been submitted.
 * @object: object; the reference is taken over, on failure too.
 * @max: how many objects can be added in all; the same in each call.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_job_add_object(struct agx_job *job, struct agx_object *object, unsigned int max)
{
	if (!job->objects) {
		job->objects = kvcalloc(max, sizeof(*job->objects), GFP_KERNEL_ACCOUNT);
		if (!job->objects) {
			agx_object_put(object);
			return -ENOMEM;
		}
	}

	job->objects[job->num_objects++] = object;
	return 0;
}

static void job_wake(struct agx_job *job)
{
	struct agx_sched *sched = &job->agx->sched;

	if (!atomic_dec_and_test(&job->pending))
		return;

	llist_add(&job->woken, &sched->woken);
	queue_work(sched->wq, &sched->work);
}

static void job_dep_signaled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	job_wake(container_of(cb, struct agx_job_dep, cb)->job);
}

/**
 * agx_job_arm() - Start to wait for the in-fences of a job.
 * @job: complete job, about to stand in its queue's line.
 *
 * The scheduler hears of it through agx_sched.woken when the last of them has signalled, which
 * may be before this returns.
 */
void agx_job_arm(struct agx_job *job)
{
	unsigned int i;

	atomic_add(job->num_deps, &job->pending);
	for (i = 0; i < job->num_deps; i++) {
		struct agx_job_dep *dep = &job->deps[i];

		if (dma_fence_add_callback(dep->fence, &dep->cb, job_dep_signaled))
			atomic_dec(&job->pending);
	}
	job_wake(job);
}

/**
 * agx_job_disarm() - Stop to wait for the in-fences of a job.
 * @job: armed job, out of its queue's line.
 *
 * No callback of it runs any more when this returns, but it may be on agx_sched.woken.
 */
void agx_job_disarm(struct agx_job *job)
{
	unsigned int i;

	/* Removal takes the fence's lock, under which callbacks run: it waits for a running one. */
	for (i = 0; i < job->num_deps; i++)
		dma_fence_remove_callback(job->deps[i].fence, &job->deps[i].cb);
}
