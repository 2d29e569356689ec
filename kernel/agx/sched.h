/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_SCHED_H
#define AGX_SCHED_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "agx_hw.h"

struct agx_device;
struct agx_job;
struct agx_stats;

/**
 * DOC: The scheduler
 *
 * Jobs of one queue start in the order of their submits, each when all its in-fences have
 * signalled. Among queues whose first job is ready, turns go round the files and, within a
 * file, round its queues. Queues of medium priority come first, but for every fourth turn.
 *
 * A job that is on the GPU cannot be made to wait, so its place is gone until it ends. A file that
 * has a job there therefore gets another place only while fewer than half of them are taken: the
 * other half is for files that have none. Whatever one file submits, the first job of another one
 * finds a place at once; it takes more than half as many files as there are places to fill the GPU.
 *
 * This is not the DRM scheduler. What that would do here, in-fences and completion, is the small
 * part; its kill waits without bound for foreign fences, its fences point at it, and the sharing
 * of the GPU among queues would still be ours. The README has the long answer.
 *
 * Completion comes from the GPU in hard interrupt context: the fence is signalled there, and
 * the rest is left to @agx_sched.work, which is in the signalling path of other jobs and
 * therefore frees nothing. That is left to @agx_sched.cleanup.
 */

/** enum agx_sched_level - Priorities, best first. */
enum agx_sched_level {
	AGX_SCHED_MEDIUM,
	AGX_SCHED_LOW,
	AGX_SCHED_NUM_LEVELS,
};

/** struct agx_sched_group - The queues that share one turn: those of a file. */
struct agx_sched_group {
	/** @kref: held by the file and by each of its queues. */
	struct kref kref;

	/** @file_id: debug id of the file. Constant. */
	u64 file_id;

	/** @running: jobs on the GPU. Under agx_sched.lock. */
	unsigned int running;

	/** @level: per priority. Under agx_sched.lock. */
	struct {
		/** @level.entry: entry of agx_sched.groups while @level.entities is not empty. */
		struct list_head entry;
		/** @level.entities: those that could start a job now, next turn first. */
		struct list_head entities;
	} level[AGX_SCHED_NUM_LEVELS];
};

/** struct agx_sched_entity - A queue in the scheduler's eyes. Embedded in the queue. */
struct agx_sched_entity {
	/** @hw: the GPU's view of the queue. */
	struct agx_hw_queue hw;
	/** @group: whose turn it takes. Owned. */
	struct agx_sched_group *group;
	/** @level: priority. Constant. */
	enum agx_sched_level level;
	/** @entry: entry of agx_sched.entities. Under agx_sched.lock. */
	struct list_head entry;
	/** @turn: entry of its group's list while it could start a job. Under agx_sched.lock. */
	struct list_head turn;
	/** @waiting: jobs that have not started, in order. Under agx_sched.lock. */
	struct list_head waiting;
	/** @running: how many have. Under agx_sched.lock. */
	unsigned int running;
	/** @dead: nothing starts any more. Under agx_sched.lock. */
	bool dead;
};

/** struct agx_sched - Embedded in the device. */
struct agx_sched {
	/**
	 * @lock: all of the scheduler's lists. Taken in process context only, under no dma_resv
	 * that a fence could need, and never held while memory is waited for.
	 */
	struct mutex lock;
	/** @entities: all queues. Borrowed, under @lock. */
	struct list_head entities;
	/** @groups: those that could start a job, by priority, next turn first. Under @lock. */
	struct list_head groups[AGX_SCHED_NUM_LEVELS];
	/** @medium_turns: turns since low priority had one. Under @lock. */
	unsigned int medium_turns;
	/** @running: jobs on the GPU. Under @lock. */
	struct list_head running;
	/** @num_running: how many. Under @lock. */
	unsigned int num_running;
	/** @stopped: there is no GPU any more. Under @lock. */
	bool stopped;

	/** @woken: jobs whose last in-fence has signalled. Lockless. */
	struct llist_head woken;
	/** @done: jobs that the GPU has reported. Lockless. */
	struct llist_head done;
	/** @dead: jobs to free. Lockless. */
	struct llist_head dead;

	/** @client: what the GPU calls. */
	struct agx_hw_client client;

	/** @wq: runs @work and the works of agx_reset. Owned. */
	struct workqueue_struct *wq;
	/** @cleanup_wq: runs @cleanup and the work of agx_coredump. Owned. */
	struct workqueue_struct *cleanup_wq;
	/** @work: takes in @woken and @done, starts what can start. */
	struct work_struct work;
	/** @cleanup: frees @dead. */
	struct work_struct cleanup;
};

struct agx_sched_group *agx_sched_group_create(void);
struct agx_sched_group *agx_sched_group_get(struct agx_sched_group *group);
void agx_sched_group_put(struct agx_sched_group *group);

int agx_sched_init(struct agx_device *agx);
void agx_sched_stop(struct agx_device *agx);
void agx_sched_lose(struct agx_device *agx);

void agx_sched_entity_init(struct agx_device *agx, struct agx_sched_entity *entity,
			   struct agx_sched_group *group, enum agx_sched_level level);
void agx_sched_entity_hold(struct agx_device *agx, struct agx_sched_entity *entity);
void agx_sched_entity_kill(struct agx_device *agx, struct agx_sched_entity *entity);
bool agx_sched_entity_running(struct agx_device *agx, struct agx_sched_entity *entity);
void agx_sched_entity_fini(struct agx_device *agx, struct agx_sched_entity *entity);

void agx_sched_push(struct agx_job *job);
void agx_sched_usage(struct agx_device *agx, struct agx_stats *stats, u64 ns[AGX_HW_NUM_RINGS]);

#endif
