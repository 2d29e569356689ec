/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_JOB_H
#define AGX_JOB_H

#include <linux/dma-fence.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/llist.h>

#include "agx_hw.h"
#include "reset.h"

struct agx_device;
struct agx_job;
struct agx_object;
struct agx_queue;
struct agx_stats;
struct agx_vm;

/**
 * DOC: Jobs
 *
 * A job is what one SUBMIT makes of its commands. It waits for its in-fences, stands in line on
 * its queue, runs, and signals one fence. All that can fail happens before its fence is shown to
 * anybody; from then on it either runs or is cancelled, and its fence is signalled either way.
 *
 * A job holds no BO. What it needs mapped, it finds mapped or faults.
 */

/** struct agx_job_dep - A fence that a job waits for. */
struct agx_job_dep {
	/** @cb: our callback on @fence. */
	struct dma_fence_cb cb;
	/** @fence: the fence. Owned. */
	struct dma_fence *fence;
	/** @job: job that waits. */
	struct agx_job *job;
};

/** struct agx_job - A submit on its way. Public to the scheduler only. */
struct agx_job {
	/** @hw: what the GPU sees. Its commands are owned. */
	struct agx_hw_job hw;

	/** @agx: device. Borrowed: the queue's file keeps it. */
	struct agx_device *agx;

	/** @queue: queue it runs on. Borrowed: a queue waits for its jobs before it goes. */
	struct agx_queue *queue;

	/** @vm: address space it runs in. Owned: memory life only, the queue holds it open. */
	struct agx_vm *vm;

	/** @stats: whose time it uses. Owned. */
	struct agx_stats *stats;

	/** @fence: signalled when it is over. Owned. */
	struct dma_fence *fence;

	/** @deps: fences that it waits for. Owned. */
	struct agx_job_dep *deps;
	/** @num_deps: how many. */
	unsigned int num_deps;
	/** @pending: those of @deps that have not signalled, and one until they are all armed. */
	atomic_t pending;

	/** @objects: timestamp objects that its commands name. Each owned. */
	struct agx_object **objects;
	/** @num_objects: how many. */
	unsigned int num_objects;

	/** @link: entry of its queue's waiting list or the scheduler's running list. */
	struct list_head link;
	/** @woken: entry of agx_sched.woken, added once when @pending drops to zero. */
	struct llist_node woken;
	/** @done: entry of agx_sched.done, then of agx_sched.dead. */
	struct llist_node done;

	/** @deadline: when something is done about it, while on the GPU. Under agx_sched.lock. */
	ktime_t deadline;
	/** @stage: what has been done about it. Under agx_sched.lock. */
	enum agx_job_stage stage;
	/** @result: what the GPU reported it with. */
	int result;
	/** @ready: waits for nothing, and is off @agx_sched.woken. Under agx_sched.lock. */
	bool ready;
	/** @hung: it has been cancelled for running too long. Under agx_sched.lock. */
	bool hung;
	/** @id: for traces and logs only. */
	u64 id;
};

/** agx_job_size: size of the struct, for the allocator. */
extern const size_t agx_job_size;

struct agx_job *agx_job_create(struct agx_queue *queue, struct agx_stats *stats);
void agx_job_destroy(struct agx_job *job);
int agx_job_add_dep(struct agx_job *job, struct dma_fence *fence, unsigned int max);
void agx_job_merge_deps(struct agx_job *job);
int agx_job_add_object(struct agx_job *job, struct agx_object *object, unsigned int max);
void agx_job_arm(struct agx_job *job);
void agx_job_disarm(struct agx_job *job);

#endif
