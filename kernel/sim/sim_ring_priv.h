/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_RING_PRIV_H
#define SIM_RING_PRIV_H

#include <linux/build_bug.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "sim_control.h"
#include "sim_irq.h"
#include "sim_ring.h"

/* Of the halves of the rings, order in sim_ring.c, standstill in sim_freeze.c; nobody else's. */

enum sim_state {
	/* Not submitted yet; what zeroed memory says. */
	SIM_NEW,
	/* In the FIFO of its ring; of jobs: on the GPU. */
	SIM_QUEUED,
	/* First in the FIFO, and some thread has it. */
	SIM_RUNNING,
	/* Off the GPU. */
	SIM_OVER,
};

/* The rest is protected by sim_rings.lock unless it says otherwise. */

struct sim_ring {
	/** @fifo: of sim_command.link, the running one first. */
	struct list_head fifo;
	/** @over: commands that are over and all before them too, since the queue was made. */
	u64 over;
	/** @running: whether the first one runs. */
	bool running;
};

/* In agx_hw_queue.hw_data. */
struct sim_queue {
	/** @link: in sim_rings.queues while @num_jobs is not 0; its next is NULL at first. */
	struct list_head link;
	/** @num_jobs: on the GPU. */
	u32 num_jobs;
	/** @ring: its commands. */
	struct sim_ring ring[AGX_HW_NUM_RINGS];
};

/* In agx_hw_job.hw_data. */
struct sim_job {
	/** @report: for the interrupt. */
	struct sim_report report;
	/** @link: in sim_rings.jobs while on the GPU. */
	struct list_head link;
	/** @state: SIM_NEW, SIM_QUEUED or SIM_OVER. */
	enum sim_state state;
	/** @pending: commands that are not over. */
	u32 pending;
	/** @error: why it came to a bad end, or 0. Threads read it without the lock. */
	int error;
	/** @evicted: it leaves even while the GPU is frozen. */
	bool evicted;
	/** @engine_ns: see sim_command_charge(); without the lock. */
	u64 engine_ns;
};

/* In agx_hw_command.hw_data. */
struct sim_command {
	/** @link: in sim_ring.fifo. */
	struct list_head link;
	/** @job: that it is part of. */
	struct agx_hw_job *job;
	/** @skip: commands behind it that left the FIFO and are over as soon as it is. */
	u64 skip;
	/** @slot: the thread that has it, while it runs. Borrowed. */
	struct sim_slot *slot;
	/** @state: where it stands. */
	enum sim_state state;
};

static_assert(sizeof(struct sim_queue) <= sizeof_field(struct agx_hw_queue, hw_data));
static_assert(sizeof(struct sim_job) <= sizeof_field(struct agx_hw_job, hw_data));
static_assert(sizeof(struct sim_command) <= sizeof_field(struct agx_hw_command, hw_data));

struct sim_rings {
	/** @info: limits. Borrowed. */
	const struct agx_hw_info *info;
	/** @irq: reports jobs. Borrowed. */
	struct sim_irq *irq;
	/**
	 * @lock: everything below, and what is in queues, jobs and commands. Innermost, taken with
	 * interrupts off; only the scheduler's own locks are taken under it.
	 */
	raw_spinlock_t lock;
	/** @open: between start and stop. */
	bool open;
	/** @crashed: the firmware has, and has not been reset since. */
	bool crashed;
	/** @dropped: see sim_rings_drop(). */
	bool dropped;
	/** @resetting: between sim_rings_freeze() and sim_rings_thaw(). */
	bool resetting;
	/** @frozen: any of the three. Threads read it without the lock. */
	bool frozen;
	/** @blamed: the job that is to go with the next reset because of a crash. Borrowed. */
	struct agx_hw_job *blamed;
	/** @num_jobs: in @jobs. */
	u32 num_jobs;
	/** @jobs: of sim_job.link, in the order of submission. */
	struct list_head jobs;
	/** @queues: of sim_queue.link, the one whose turn it is first. */
	struct list_head queues;
	/** @idle: of sim_slot.link: threads with nothing to do. */
	struct list_head idle[AGX_HW_NUM_RINGS];
	/** @busy: of sim_slot.link: threads with a command, in the order in which they got it. */
	struct list_head busy;
	/** @num_awake: in @busy and not parked. */
	u32 num_awake;
	/** @num_evicted: jobs that are evicted and not yet over. */
	u32 num_evicted;
	/** @settled: completed when the last two become 0. */
	struct completion settled;
	/** @control: what is asked of commands; with a lock of its own. */
	struct sim_control control;
};

static inline struct sim_queue *sim_queue(struct agx_hw_queue *queue)
{
	return (struct sim_queue *)queue->hw_data;
}

static inline struct sim_job *sim_job(struct agx_hw_job *job)
{
	return (struct sim_job *)job->hw_data;
}

static inline struct sim_command *sim_command(struct agx_hw_command *command)
{
	return (struct sim_command *)command->hw_data;
}

static inline struct agx_hw_command *sim_command_hw(struct sim_command *command)
{
	return container_of((void *)command, struct agx_hw_command, hw_data);
}

static inline struct sim_ring *sim_command_ring(struct sim_command *command)
{
	return &sim_queue(command->job->queue)->ring[sim_command_hw(command)->ring];
}

/* sim_ring.c; all under sim_rings.lock */
void sim_rings_dispatch_locked(struct sim_rings *rings);
void sim_job_finish_locked(struct sim_rings *rings, struct agx_hw_job *job);
void sim_job_doom_locked(struct agx_hw_job *job, int error);

/* sim_freeze.c; all under sim_rings.lock */
void sim_rings_settle_locked(struct sim_rings *rings);
void sim_rings_update_frozen_locked(struct sim_rings *rings);
void sim_rings_crash_locked(struct sim_rings *rings, struct agx_hw_job *blamed);
void sim_job_evict_locked(struct sim_rings *rings, struct agx_hw_job *job, int error);
void sim_slot_sleep_until_locked(struct sim_rings *rings, struct sim_slot *slot,
				 enum sim_until until, ktime_t end);

#endif
