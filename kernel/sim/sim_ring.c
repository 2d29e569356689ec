// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Rings: the order of commands, and the end of jobs. */

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "sim_irq.h"
#include "sim_ring.h"

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
	/** @hold: see sim_rings_set_hold(). */
	bool hold;
	/** @num_jobs: in @jobs. */
	u32 num_jobs;
	/** @jobs: of sim_job.link, in the order of submission. */
	struct list_head jobs;
	/** @queues: of sim_queue.link, the one whose turn it is first. */
	struct list_head queues;
	/** @idle: of sim_slot.idle. */
	struct list_head idle[AGX_HW_NUM_RINGS];
};

static struct sim_queue *sim_queue(struct agx_hw_queue *queue)
{
	return (struct sim_queue *)queue->hw_data;
}

static struct sim_job *sim_job(struct agx_hw_job *job)
{
	return (struct sim_job *)job->hw_data;
}

static struct sim_command *sim_command(struct agx_hw_command *command)
{
	return (struct sim_command *)command->hw_data;
}

static struct agx_hw_command *sim_command_hw(struct sim_command *command)
{
	return container_of((void *)command, struct agx_hw_command, hw_data);
}

static struct sim_ring *sim_command_ring(struct sim_command *command)
{
	return &sim_queue(command->job->queue)->ring[sim_command_hw(command)->ring];
}

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
	for (i = 0; i < AGX_HW_NUM_RINGS; i++)
		INIT_LIST_HEAD(&rings->idle[i]);

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

		list_move_tail(&queue->link, &rings->queues);
		return command;
	}

	return NULL;
}

/* Hand out what is ready. To be called whenever more may have become ready or idle. */
static void sim_rings_dispatch_locked(struct sim_rings *rings)
{
	enum agx_hw_ring which;

	lockdep_assert_held(&rings->lock);

	if (rings->hold)
		return;

	for (which = 0; which < AGX_HW_NUM_RINGS; which++) {
		while (!list_empty(&rings->idle[which])) {
			struct sim_command *command = sim_rings_pick_locked(rings, which);
			struct sim_slot *slot;

			if (!command)
				break;

			command->state = SIM_RUNNING;
			sim_command_ring(command)->running = true;

			slot = list_first_entry(&rings->idle[which], struct sim_slot, idle);
			list_del_init(&slot->idle);
			/* Pairs with the acquire in sim_rings_take(). */
			smp_store_release(&slot->command, sim_command_hw(command));
			wake_up_process(slot->task);
		}
	}
}

/* Report a job if nothing of it is left. It and its queue may be gone then. */
static void sim_job_finish_locked(struct sim_rings *rings, struct agx_hw_job *job)
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

/* Take the job off: what has not started leaves now, what runs is going to notice. */
static void sim_job_doom_locked(struct agx_hw_job *job, int error)
{
	struct sim_job *sj = sim_job(job);
	u32 i;

	/* Pairs with the READ_ONCE() in sim_command_doomed(). */
	WRITE_ONCE(sj->error, error);
	for (i = 0; i < job->num_commands; i++) {
		struct sim_command *command = sim_command(&job->commands[i]);

		if (command->state == SIM_QUEUED)
			sim_command_drop_locked(command);
	}
}

void sim_rings_open(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	rings->open = true;
}

void sim_rings_close(struct sim_rings *rings)
{
	struct sim_job *sj, *next;

	guard(raw_spinlock_irqsave)(&rings->lock);

	rings->open = false;
	list_for_each_entry_safe(sj, next, &rings->jobs, link) {
		struct agx_hw_job *job = container_of((void *)sj, struct agx_hw_job, hw_data);

		sim_job_doom_locked(job, sj->error ?: -ENODEV);
		sim_job_finish_locked(rings, job);
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

	sim_job_doom_locked(job, error);
	sim_job_finish_locked(rings, job);
	sim_rings_dispatch_locked(rings);
}

void sim_rings_set_hold(struct sim_rings *rings, bool hold)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	rings->hold = hold;
	sim_rings_dispatch_locked(rings);
}

bool sim_rings_get_hold(struct sim_rings *rings)
{
	guard(raw_spinlock_irqsave)(&rings->lock);

	return rings->hold;
}

struct agx_hw_command *sim_rings_take(struct sim_rings *rings, struct sim_slot *slot)
{
	struct agx_hw_command *command;

	scoped_guard(raw_spinlock_irqsave, &rings->lock) {
		list_add(&slot->idle, &rings->idle[slot->ring]);
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

	list_del_init(&slot->idle);
	return slot->command;
}

void sim_rings_over(struct sim_rings *rings, struct sim_slot *slot, int error,
		    const struct agx_hw_fault *fault)
{
	struct sim_command *command = sim_command(slot->command);
	struct agx_hw_job *job = command->job;
	struct sim_ring *ring = sim_command_ring(command);
	struct sim_job *sj = sim_job(job);

	guard(raw_spinlock_irqsave)(&rings->lock);

	slot->command = NULL;

	if (error && !sj->error) {
		job->fault = *fault;
		sim_job_doom_locked(job, error);
	}

	ring->running = false;
	ring->over += 1 + command->skip;
	list_del(&command->link);
	command->state = SIM_OVER;
	sj->pending--;

	sim_job_finish_locked(rings, job);
	sim_rings_dispatch_locked(rings);
}

struct agx_hw_job *sim_command_job(const struct agx_hw_command *command)
{
	return ((const struct sim_command *)command->hw_data)->job;
}

bool sim_command_doomed(const struct agx_hw_command *command)
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

	seq_printf(m, "%s%s, %u of %u jobs\n", rings->open ? "started" : "stopped",
		   rings->hold ? ", held" : "", rings->num_jobs, rings->info->max_jobs);

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
