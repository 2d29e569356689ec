/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_RESET_H
#define AGX_RESET_H

#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct agx_device;
struct agx_job;

/**
 * DOC: Jobs that do not end, and GPU reset
 *
 * No job stays on the GPU for ever. One that has been there for longer than the hang limit is
 * cancelled; a cancelled one that has not left after a short time has the GPU reset, which takes it
 * off; and if it is there even after that the GPU is lost: it is stopped, which ends whatever is
 * on it, and runs nothing until the driver is bound again. A crash of the GPU's firmware is
 * answered by a reset at once.
 *
 * A reset takes off the jobs that have been cancelled and the one that the firmware blames; all
 * others are spared, see agx_hw_ops.reset. It runs in a work of its own in the path of every
 * fence: it allocates nothing and takes no lock but that of the border, which also keeps it apart
 * from submits, cancels, other resets and the stop of the GPU, and, for a moment, that of the
 * scheduler.
 */

/** enum agx_job_stage - How far a job on the GPU is on the way described above. */
enum agx_job_stage {
	/** @AGX_JOB_RUNS: it has until the hang limit. */
	AGX_JOB_RUNS,
	/** @AGX_JOB_CANCELLED: it has been told to leave. */
	AGX_JOB_CANCELLED,
	/** @AGX_JOB_OVERDUE: it has not, a reset is to take it off. */
	AGX_JOB_OVERDUE,
	/** @AGX_JOB_RESET: there has been one. */
	AGX_JOB_RESET,
};

/** struct agx_reset - Embedded in the device. */
struct agx_reset {
	/** @work: resets the GPU. */
	struct work_struct work;
	/** @watch: looks for jobs whose time is up. */
	struct delayed_work watch;
	/** @stop: stops a GPU that is lost. */
	struct work_struct stop;
	/** @due: when @watch runs next, KTIME_MAX for never. Under agx_sched.lock. */
	ktime_t due;
	/** @count: resets so far. Written by @work only. */
	unsigned int count;
	/** @crashes: crashes of the firmware that the log does not know of yet. */
	atomic_t crashes;
	/** @unblamed: those without a job to blame that no dump has been made of. */
	atomic_t unblamed;
};

void agx_reset_init(struct agx_device *agx);
void agx_reset_stop(struct agx_device *agx);
void agx_reset_give_up(struct agx_device *agx);

void agx_reset_job_starts(struct agx_job *job);
void agx_reset_cancel_job(struct agx_job *job, int error);
void agx_reset_crashed(struct agx_device *agx, bool blamed);

#endif
