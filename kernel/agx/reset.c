// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_print.h>

#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "agx_device.h"
#include "fence.h"
#include "job.h"
#include "queue.h"
#include "reset.h"

/* Cancelled jobs leave within milliseconds, or tens of them on a busy machine. */
#define LEAVE_MS 500

static unsigned int hang_limit_ms = 60000;

static int hang_limit_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, 3600000);
}

static const struct kernel_param_ops hang_limit_ops = {
	.set = hang_limit_set,
	.get = param_get_uint,
};

module_param_cb(hang_limit_ms, &hang_limit_ops, &hang_limit_ms, 0644);
__MODULE_PARM_TYPE(hang_limit_ms, "uint");
MODULE_PARM_DESC(hang_limit_ms,
		 "time on the GPU of jobs that start from now on, 1 to 3600000 (default 60000)");

/* Let @job have @ms from now on. */
static void reset_give_time_locked(struct agx_job *job, unsigned int ms)
{
	struct agx_device *agx = job->agx;
	struct agx_reset *reset = &agx->reset;

	lockdep_assert_held(&agx->sched.lock);

	job->deadline = ktime_add_ms(ktime_get(), ms);
	if (!ktime_before(job->deadline, reset->due))
		return;

	reset->due = job->deadline;
	mod_delayed_work(agx->sched.wq, &reset->watch, msecs_to_jiffies(ms) + 1);
}

/**
 * agx_reset_job_starts() - Watch over a job from now on.
 * @job: job that goes to the GPU. Under agx_sched.lock.
 */
void agx_reset_job_starts(struct agx_job *job)
{
	/* It may have to wait for those of its queue that are there already. */
	unsigned int turns = agx_queue_entity(job->queue)->running + 1;

	job->stage = AGX_JOB_RUNS;
	reset_give_time_locked(job, READ_ONCE(hang_limit_ms) * turns);
}

/**
 * agx_reset_cancel_job() - Have a job leave the GPU, whatever it takes.
 * @job: running job. Under agx_sched.lock.
 * @error: what its fence is to say, unless it ends otherwise first or has been cancelled before.
 */
void agx_reset_cancel_job(struct agx_job *job, int error)
{
	if (job->stage != AGX_JOB_RUNS)
		return;

	job->stage = AGX_JOB_CANCELLED;
	agx_gpu_cancel(job->agx, &job->hw, error);
	reset_give_time_locked(job, LEAVE_MS);
}

/* What to do with a job whose time is up. Returns false if nothing is left that could help. */
static bool reset_job_late_locked(struct agx_job *job)
{
	switch (job->stage) {
	case AGX_JOB_RUNS:
		job->hung = true;
		agx_reset_cancel_job(job, -ETIMEDOUT);
		return true;
	case AGX_JOB_CANCELLED:
		/* The reset gives it its last deadline. */
		job->stage = AGX_JOB_OVERDUE;
		job->deadline = KTIME_MAX;
		queue_work(job->agx->sched.wq, &job->agx->reset.work);
		return true;
	case AGX_JOB_OVERDUE:
		return true;
	case AGX_JOB_RESET:
		job->deadline = KTIME_MAX;
		return false;
	}
	return true;
}

static void reset_watch(struct work_struct *work)
{
	struct agx_reset *reset = container_of(to_delayed_work(work), struct agx_reset, watch);
	struct agx_device *agx = container_of(reset, struct agx_device, reset);
	bool cookie = dma_fence_begin_signalling();
	ktime_t next = KTIME_MAX;
	struct agx_job *job;
	bool lost = false;
	ktime_t now;

	mutex_lock(&agx->sched.lock);
	reset->due = KTIME_MAX;
	now = ktime_get();
	list_for_each_entry(job, &agx->sched.running, link) {
		/* Off the GPU already, and only not yet taken in. */
		if (dma_fence_is_signaled(job->fence))
			continue;
		if (!ktime_before(now, job->deadline) && !reset_job_late_locked(job))
			lost = true;
		next = min(next, job->deadline);
	}
	if (ktime_before(next, reset->due)) {
		reset->due = next;
		mod_delayed_work(agx->sched.wq, &reset->watch,
				 msecs_to_jiffies(max(ktime_ms_delta(next, now), 0)) + 1);
	}
	mutex_unlock(&agx->sched.lock);

	if (lost)
		agx_sched_lose(agx);
	dma_fence_end_signalling(cookie);
}

/* Those that should be gone now are given a moment for the report. */
static void reset_watch_overdue(struct agx_device *agx)
{
	struct agx_job *job;

	mutex_lock(&agx->sched.lock);
	list_for_each_entry(job, &agx->sched.running, link) {
		if (job->stage != AGX_JOB_OVERDUE)
			continue;
		job->stage = AGX_JOB_RESET;
		reset_give_time_locked(job, LEAVE_MS);
	}
	mutex_unlock(&agx->sched.lock);
}

static void reset_work(struct work_struct *work)
{
	struct agx_reset *reset = container_of(work, struct agx_reset, work);
	struct agx_device *agx = container_of(reset, struct agx_device, reset);
	bool cookie = dma_fence_begin_signalling();

	/* First, for the dumps of the jobs that it takes off. */
	WRITE_ONCE(reset->count, reset->count + 1);
	agx_gpu_reset(agx);
	reset_watch_overdue(agx);
	/* Has something to say of it, and may allocate. */
	queue_work(agx->sched.cleanup_wq, &agx->sched.cleanup);
	dma_fence_end_signalling(cookie);
}

static void reset_stop_gpu(struct work_struct *work)
{
	struct agx_reset *reset = container_of(work, struct agx_reset, stop);
	bool cookie = dma_fence_begin_signalling();

	agx_gpu_stop(container_of(reset, struct agx_device, reset));
	dma_fence_end_signalling(cookie);
}

/**
 * agx_reset_give_up() - Have a GPU stopped that no reset helps.
 * @agx: device, lost.
 */
void agx_reset_give_up(struct agx_device *agx)
{
	queue_work(agx->sched.wq, &agx->reset.stop);
}

/**
 * agx_reset_crashed() - The GPU's firmware has crashed.
 * @agx: device.
 * @blamed: whether a job is blamed for it, which will come off with a fault.
 *
 * Context: hard interrupt.
 */
void agx_reset_crashed(struct agx_device *agx, bool blamed)
{
	struct agx_reset *reset = &agx->reset;

	atomic_inc(&reset->crashes);
	if (!blamed)
		atomic_inc(&reset->unblamed);
	queue_work(agx->sched.wq, &reset->work);
}

/**
 * agx_reset_init() - Set up what watches over jobs.
 * @agx: device.
 */
void agx_reset_init(struct agx_device *agx)
{
	struct agx_reset *reset = &agx->reset;

	INIT_WORK(&reset->work, reset_work);
	INIT_WORK(&reset->stop, reset_stop_gpu);
	INIT_DELAYED_WORK(&reset->watch, reset_watch);
	reset->due = KTIME_MAX;
}

/**
 * agx_reset_stop() - Watch no more.
 * @agx: device, after agx_gpu_stop().
 *
 * The works cannot be queued again by whoever still tries to.
 */
void agx_reset_stop(struct agx_device *agx)
{
	disable_delayed_work_sync(&agx->reset.watch);
	disable_work_sync(&agx->reset.work);
	disable_work_sync(&agx->reset.stop);
}
