// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The rings at a standstill: sleeping threads, crashes, and resets. */

#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "sim_ring_priv.h"

/* Tell who waits for it that all that is left sleeps and stays. */
void sim_rings_settle_locked(struct sim_rings *rings)
{
	lockdep_assert_held(&rings->lock);

	if (!rings->num_awake && !rings->num_evicted)
		complete(&rings->settled);
}

void sim_rings_update_frozen_locked(struct sim_rings *rings)
{
	lockdep_assert_held(&rings->lock);

	/* Pairs with the READ_ONCE() in sim_rings_go_on(). */
	WRITE_ONCE(rings->frozen, rings->crashed || rings->dropped || rings->resetting);
}

void sim_rings_crash_locked(struct sim_rings *rings, struct agx_hw_job *blamed)
{
	lockdep_assert_held(&rings->lock);

	rings->crashed = true;
	rings->blamed = blamed;
	sim_rings_update_frozen_locked(rings);
	sim_irq_crash(rings->irq, blamed);
}

/* Take a job off, frozen or not. It and its queue may be gone then. */
void sim_job_evict_locked(struct sim_rings *rings, struct agx_hw_job *job, int error)
{
	struct sim_job *sj = sim_job(job);

	sj->evicted = true;
	rings->num_evicted++;
	sim_job_doom_locked(job, sj->error ?: error);
	sim_job_finish_locked(rings, job);
}

static bool sim_slot_may_wake_locked(struct sim_rings *rings, struct sim_slot *slot,
				     enum sim_until until, ktime_t end)
{
	struct sim_job *sj = sim_job(sim_command_job(slot->command));

	lockdep_assert_held(&rings->lock);

	if (sj->evicted)
		return true;
	if (rings->frozen)
		return false;

	switch (until) {
	case SIM_UNTIL_THAW:
		return true;
	case SIM_UNTIL_TIME:
		return sj->error || !ktime_before(ktime_get(), end);
	case SIM_UNTIL_CANCEL:
		return sj->error;
	case SIM_UNTIL_EVICTED:
		return false;
	}
	return true;
}

/* Sleep with the lock given up; whoever changes what is waited for wakes the thread. */
static void sim_slot_sleep_locked(struct sim_rings *rings, struct sim_slot *slot, ktime_t end)
{
	s64 ms = ktime_ms_delta(end, ktime_get());
	/* A frozen thread has to be woken, whatever the time. */
	bool forever = rings->frozen || end == KTIME_MAX;

	lockdep_assert_held(&rings->lock);

	if (!slot->parked) {
		slot->parked = true;
		rings->num_awake--;
		sim_rings_settle_locked(rings);
	}

	set_current_state(TASK_IDLE);
	raw_spin_unlock_irq(&rings->lock);
	if (forever)
		schedule();
	else
		schedule_timeout(msecs_to_jiffies(max(ms, 0)) + 1);
	raw_spin_lock_irq(&rings->lock);
	__set_current_state(TASK_RUNNING);
}

void sim_slot_sleep_until_locked(struct sim_rings *rings, struct sim_slot *slot,
				 enum sim_until until, ktime_t end)
{
	lockdep_assert_held(&rings->lock);

	while (!sim_slot_may_wake_locked(rings, slot, until, end))
		sim_slot_sleep_locked(rings, slot, end);

	if (slot->parked) {
		slot->parked = false;
		rings->num_awake++;
	}
}

bool sim_rings_sleep(struct sim_rings *rings, struct sim_slot *slot, enum sim_until until,
		     ktime_t end)
{
	/* Interrupts are on in the thread. */
	raw_spin_lock_irq(&rings->lock);
	sim_slot_sleep_until_locked(rings, slot, until, end);
	raw_spin_unlock_irq(&rings->lock);

	return !sim_command_error(slot->command);
}

bool sim_rings_undisturbed(struct sim_rings *rings, struct sim_slot *slot)
{
	return !READ_ONCE(rings->frozen) && !sim_command_error(slot->command);
}

bool sim_rings_go_on(struct sim_rings *rings, struct sim_slot *slot)
{
	if (likely(!READ_ONCE(rings->frozen)))
		return !sim_command_error(slot->command);

	return sim_rings_sleep(rings, slot, SIM_UNTIL_THAW, KTIME_MAX);
}

/* The job that started last, of those that are not on their way out for another reason. */
static struct agx_hw_job *sim_rings_last_started_locked(struct sim_rings *rings)
{
	struct sim_slot *slot;

	lockdep_assert_held(&rings->lock);

	list_for_each_entry_reverse(slot, &rings->busy, link)
		if (!sim_command_error(slot->command))
			return sim_command_job(slot->command);
	return NULL;
}

int sim_rings_crash(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	if (!rings->open || rings->dropped)
		return -ENODEV;
	if (rings->crashed)
		return -EBUSY;

	sim_rings_crash_locked(rings, sim_rings_last_started_locked(rings));
	return 0;
}

bool sim_rings_crashed(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	return rings->crashed;
}

int sim_rings_drop(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	if (!rings->open)
		return -ENODEV;

	rings->dropped = true;
	sim_rings_update_frozen_locked(rings);
	return 0;
}

bool sim_rings_dropped(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	return rings->dropped;
}

static void sim_rings_wait_settled(struct sim_rings *rings)
{
	for (;;) {
		scoped_guard(raw_spinlock_irqsave, &rings->lock) {
			if (!rings->num_awake && !rings->num_evicted)
				return;
			reinit_completion(&rings->settled);
		}
		wait_for_completion(&rings->settled);
	}
}

/* What is known without its thread, which has more to say unless it was done already. */
static void sim_job_blame(struct agx_hw_job *job)
{
	job->fault.kind = AGX_HW_FAULT_FIRMWARE;
	strscpy(job->fault.text, "firmware crash");
}

/* Evict the jobs that a reset does not spare. */
static void sim_rings_evict(struct sim_rings *rings)
{
	struct sim_job *sj, *next;

	guard(raw_spinlock_irqsave)(&rings->lock);

	list_for_each_entry_safe(sj, next, &rings->jobs, link) {
		struct agx_hw_job *job = container_of((void *)sj, struct agx_hw_job, hw_data);

		if (job == rings->blamed && !sj->error)
			sim_job_blame(job);
		if (job == rings->blamed || sj->error)
			sim_job_evict_locked(rings, job, -EIO);
	}
}

bool sim_rings_freeze(struct sim_rings *rings)
{
	scoped_guard(raw_spinlock_irqsave, &rings->lock) {
		if (rings->dropped)
			return false;

		/* From here on a crash is a new one. */
		rings->crashed = false;
		rings->resetting = true;
		sim_rings_update_frozen_locked(rings);
	}

	sim_rings_wait_settled(rings);
	sim_rings_evict(rings);
	sim_rings_wait_settled(rings);
	return true;
}

void sim_rings_thaw(struct sim_rings *rings)
{
	struct sim_slot *slot;

	guard(raw_spinlock_irqsave)(&rings->lock);

	rings->resetting = false;
	sim_rings_update_frozen_locked(rings);
	if (rings->frozen)
		return;

	list_for_each_entry(slot, &rings->busy, link)
		wake_up_process(slot->task);
	sim_rings_dispatch_locked(rings);
}
