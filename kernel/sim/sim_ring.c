// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Rings: the order of commands, and the end of jobs. */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim_ring_priv.h"

struct sim_rings *sim_rings_create(const struct agx_hw_info *info, struct sim_irq *irq)
{
	struct sim_rings *rings = kzalloc(sizeof(*rings), GFP_KERNEL);
	unsigned int i;

	if (!rings)
		return ERR_PTR(-ENOMEM);

	rings->info = info;
	rings->irq = irq;
	raw_spin_lock_init(&rings->lock);
	INIT_LIST_HEAD(&rings->jobs);
	INIT_LIST_HEAD(&rings->queues);
	INIT_LIST_HEAD(&rings->busy);
	for (i = 0; i < AGX_HW_NUM_RINGS; i++)
		INIT_LIST_HEAD(&rings->idle[i]);
	init_completion(&rings->settled);
	sim_control_init(&rings->control);

	return rings;
}

void sim_rings_destroy(struct sim_rings *rings)
{
	WARN_ON_ONCE(!list_empty(&rings->jobs));
	kfree(rings);
}

static bool sim_command_ready(const struct sim_queue *queue, const struct agx_hw_command *command)
{
	unsigned int i;

	for (i = 0; i < AGX_HW_NUM_RINGS; i++)
		if (queue->ring[i].over < command->wait[i])
			return false;

	return true;
}

/* The next command for a thread of @which, by turns of the queues, or NULL. */
static struct sim_command *sim_rings_pick_locked(struct sim_rings *rings, enum agx_hw_ring which)
{
	struct sim_queue *queue;

	lockdep_assert_held(&rings->lock);

	list_for_each_entry(queue, &rings->queues, link) {
		struct sim_ring *ring = &queue->ring[which];
		struct sim_command *command;

		if (ring->running)
			continue;
		command = list_first_entry_or_null(&ring->fifo, struct sim_command, link);
		if (!command || !sim_command_ready(queue, sim_command_hw(command)))
			continue;

		return command;
	}

	return NULL;
}

/* Hand a ready command to an idle thread of its kind, if the controls let it start. */
static bool sim_command_start_locked(struct sim_rings *rings, struct sim_command *command)
{
	struct agx_hw_command *hw = sim_command_hw(command);
	enum sim_order order = sim_control_start(&rings->control, hw->ring);
	struct sim_slot *slot;

	lockdep_assert_held(&rings->lock);

	if (order == SIM_ORDER_STAY)
		return false;

	slot = list_first_entry(&rings->idle[hw->ring], struct sim_slot, link);
	list_move_tail(&slot->link, &rings->busy);
	list_move_tail(&sim_queue(command->job->queue)->link, &rings->queues);
	rings->num_awake++;
	command->state = SIM_RUNNING;
	command->slot = slot;
	sim_command_ring(command)->running = true;
	slot->order = order;
	if (order == SIM_ORDER_CRASH)
		sim_rings_crash_locked(rings, command->job);

	/* Pairs with the acquire in sim_rings_take(). */
	smp_store_release(&slot->command, hw);
	wake_up_process(slot->task);
	return true;
}

/* Hand out what is ready. To be called whenever more may have become ready or idle. */
void sim_rings_dispatch_locked(struct sim_rings *rings)
{
	enum agx_hw_ring which;

	lockdep_assert_held(&rings->lock);

	for (which = 0; which < AGX_HW_NUM_RINGS; which++) {
		while (!rings->frozen && !list_empty(&rings->idle[which])) {
			struct sim_command *command = sim_rings_pick_locked(rings, which);

			if (!command || !sim_command_start_locked(rings, command))
				break;
		}
	}
}

/* Report a job if nothing of it is left. It and its queue may be gone then. */
void sim_job_finish_locked(struct sim_rings *rings, struct agx_hw_job *job)
{
	struct sim_queue *queue = sim_queue(job->queue);
	struct sim_job *sj = sim_job(job);

	lockdep_assert_held(&rings->lock);

	if (sj->pending)
		return;

	sj->state = SIM_OVER;
	list_del(&sj->link);
	rings->num_jobs--;
	if (!--queue->num_jobs)
		list_del(&queue->link);
	if (rings->blamed == job)
		rings->blamed = NULL;
	if (sj->evicted) {
		rings->num_evicted--;
		sim_rings_settle_locked(rings);
	}

	sj->report.job = job;
	sj->report.result = sj->error;
	sim_irq_report(rings->irq, &sj->report);
}

/* Take a command that does not run out of its ring. */
static void sim_command_drop_locked(struct sim_command *command)
{
	struct sim_ring *ring = sim_command_ring(command);
	u64 num = 1 + command->skip;

	if (list_is_first(&command->link, &ring->fifo))
		ring->over += num;
	else
		list_prev_entry(command, link)->skip += num;

	list_del(&command->link);
	command->state = SIM_OVER;
	sim_job(command->job)->pending--;
}

/* Doom a job: what has not started leaves now, what runs is going to notice. */
void sim_job_doom_locked(struct agx_hw_job *job, int error)
{
	struct sim_job *sj = sim_job(job);
	u32 i;

	/* Pairs with the READ_ONCE() in sim_command_error(). */
	WRITE_ONCE(sj->error, error);
	for (i = 0; i < job->num_commands; i++) {
		struct sim_command *command = sim_command(&job->commands[i]);

		if (command->state == SIM_QUEUED)
			sim_command_drop_locked(command);
		else if (command->state == SIM_RUNNING)
			wake_up_process(command->slot->task);
	}

	/* No thread is left to say more. */
	if (!sj->pending && error == -ETIMEDOUT) {
		job->fault.kind = AGX_HW_FAULT_TIMEOUT;
		strscpy(job->fault.text, "taken off with no command running");
	}
}

void sim_rings_open(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	sim_control_reset(&rings->control);
	rings->open = true;
	rings->crashed = false;
	rings->dropped = false;
	sim_rings_update_frozen_locked(rings);
}

void sim_rings_close(struct sim_rings *rings)
{
	struct sim_job *sj, *next;

	guard(raw_spinlock_irqsave)(&rings->lock);

	rings->open = false;
	list_for_each_entry_safe(sj, next, &rings->jobs, link) {
		struct agx_hw_job *job = container_of((void *)sj, struct agx_hw_job, hw_data);

		if (!sj->evicted)
			sim_job_evict_locked(rings, job, -ENODEV);
	}
}

static void sim_queue_init(struct sim_queue *queue)
{
	unsigned int i;

	INIT_LIST_HEAD(&queue->link);
	for (i = 0; i < AGX_HW_NUM_RINGS; i++)
		INIT_LIST_HEAD(&queue->ring[i].fifo);
}

/* What only a driver with a bug would submit. */
static bool sim_job_valid_locked(struct sim_rings *rings, struct agx_hw_job *job)
{
	u32 i;

	if (WARN_ON_ONCE(rings->num_jobs >= rings->info->max_jobs) ||
	    WARN_ON_ONCE(sim_queue(job->queue)->num_jobs >= rings->info->max_jobs_per_queue) ||
	    WARN_ON_ONCE(job->context >= AGX_HW_CONTEXTS) ||
	    WARN_ON_ONCE(!job->num_commands))
		return false;

	for (i = 0; i < job->num_commands; i++)
		if (WARN_ON_ONCE(job->commands[i].ring >= AGX_HW_NUM_RINGS))
			return false;

	return true;
}

void sim_rings_submit(struct sim_rings *rings, struct agx_hw_job *job)
{
	struct sim_queue *queue = sim_queue(job->queue);
	struct sim_job *sj = sim_job(job);
	u32 i;

	guard(raw_spinlock_irqsave)(&rings->lock);

	if (WARN_ON_ONCE(sj->state != SIM_NEW))
		return;
	if (!queue->link.next)
		sim_queue_init(queue);

	sim_irq_expect(rings->irq);
	if (!rings->open || !sim_job_valid_locked(rings, job)) {
		sj->state = SIM_OVER;
		sj->report.job = job;
		sj->report.result = -ENODEV;
		sim_irq_report(rings->irq, &sj->report);
		return;
	}

	for (i = 0; i < job->num_commands; i++) {
		struct sim_command *command = sim_command(&job->commands[i]);

		command->job = job;
		command->state = SIM_QUEUED;
		list_add_tail(&command->link, &sim_command_ring(command)->fifo);
	}

	sj->state = SIM_QUEUED;
	sj->pending = job->num_commands;
	list_add_tail(&sj->link, &rings->jobs);
	rings->num_jobs++;
	if (!queue->num_jobs++)
		list_add_tail(&queue->link, &rings->queues);

	sim_rings_dispatch_locked(rings);
}

void sim_rings_cancel(struct sim_rings *rings, struct agx_hw_job *job, int error)
{
	struct sim_job *sj = sim_job(job);

	guard(raw_spinlock_irqsave)(&rings->lock);

	/* A job that is over is not asked for its queue, which may be gone. */
	if (sj->state != SIM_QUEUED || sj->error || WARN_ON_ONCE(!error))
		return;

	if (rings->frozen) {
		/* Remembered for the reset. */
		WRITE_ONCE(sj->error, error);
		return;
	}

	sim_job_doom_locked(job, error);
	sim_job_finish_locked(rings, job);
	sim_rings_dispatch_locked(rings);
}

struct sim_control *sim_rings_control(struct sim_rings *rings)
{
	return &rings->control;
}

void sim_rings_kick(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	sim_rings_dispatch_locked(rings);
}

struct agx_hw_command *sim_rings_take(struct sim_rings *rings, struct sim_slot *slot)
{
	struct agx_hw_command *command;

	scoped_guard(raw_spinlock_irqsave, &rings->lock) {
		list_add(&slot->link, &rings->idle[slot->ring]);
		sim_rings_dispatch_locked(rings);
	}

	for (;;) {
		set_current_state(TASK_IDLE);
		/* Pairs with the release in sim_rings_dispatch_locked(). */
		command = smp_load_acquire(&slot->command);
		if (command || kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	if (command)
		return command;

	guard(raw_spinlock_irqsave)(&rings->lock);

	if (!slot->command)
		list_del_init(&slot->link);
	return slot->command;
}

void sim_rings_over(struct sim_rings *rings, struct sim_slot *slot, int error,
		    const struct agx_hw_fault *fault)
{
	struct sim_command *command = sim_command(slot->command);
	struct agx_hw_job *job = command->job;
	struct sim_ring *ring = sim_command_ring(command);
	struct sim_job *sj = sim_job(job);

	raw_spin_lock_irq(&rings->lock);
	sim_slot_sleep_until_locked(rings, slot, SIM_UNTIL_THAW, KTIME_MAX);

	slot->command = NULL;
	list_del_init(&slot->link);
	rings->num_awake--;

	if (error && !sj->error)
		sim_job_doom_locked(job, error);
	/* What is said of another error than the job's, as of one that was cancelled, is not. */
	if (error && error == sj->error && (job->fault.kind == AGX_HW_FAULT_NONE ||
					    (job->fault.kind == fault->kind && sj->evicted)))
		job->fault = *fault;

	ring->running = false;
	ring->over += 1 + command->skip;
	list_del(&command->link);
	command->state = SIM_OVER;
	sj->pending--;

	sim_job_finish_locked(rings, job);
	sim_rings_settle_locked(rings);
	sim_rings_dispatch_locked(rings);
	raw_spin_unlock_irq(&rings->lock);
}

struct agx_hw_job *sim_command_job(const struct agx_hw_command *command)
{
	return ((const struct sim_command *)command->hw_data)->job;
}

int sim_command_error(const struct agx_hw_command *command)
{
	return READ_ONCE(sim_job(sim_command_job(command))->error);
}

u64 sim_command_charge(struct agx_hw_command *command, u64 ns)
{
	struct sim_job *sj = sim_job(sim_command_job(command));
	u64 *busy;

	sj->engine_ns += ns;
	/* A ring runs one command at a time; the driver looks at the sum meanwhile. */
	busy = &sim_command_job(command)->busy_ns[command->ring];
	WRITE_ONCE(*busy, *busy + ns);
	return sj->engine_ns;
}

void sim_rings_show(struct sim_rings *rings, struct seq_file *m)
{
	static const char * const names[] = {
		[AGX_HW_RING_RENDER] = "render",
		[AGX_HW_RING_COMPUTE] = "compute",
	};
	struct sim_queue *queue;
	unsigned int num = 0;
	unsigned int i;

	guard(raw_spinlock_irqsave)(&rings->lock);

	seq_printf(m, "%s%s%s%s, %u of %u jobs\n", rings->open ? "started" : "stopped",
		   sim_control_get_hold(&rings->control) ? ", held" : "",
		   rings->crashed ? ", crashed" : "", rings->dropped ? ", dropped" : "",
		   rings->num_jobs, rings->info->max_jobs);

	list_for_each_entry(queue, &rings->queues, link) {
		seq_printf(m, "queue %u: %u jobs\n", num++, queue->num_jobs);
		for (i = 0; i < AGX_HW_NUM_RINGS; i++) {
			struct sim_ring *ring = &queue->ring[i];

			seq_printf(m, "  %s: %llu over, %zu there%s\n", names[i], ring->over,
				   list_count_nodes(&ring->fifo),
				   ring->running ? ", first running" : "");
		}
	}
}
