// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Completion interrupts. */

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "agx_hw.h"
#include "sim_irq.h"

/* What is to be said of a crash. */
enum sim_crash {
	SIM_CRASH_NONE,
	SIM_CRASH_UNBLAMED,
	SIM_CRASH_BLAMED,
};

struct sim_irq {
	/**
	 * @client: whom to call. Borrowed; changes only while @expected is 0, so that the handler
	 * needs no lock.
	 */
	const struct agx_hw_client *client;
	/**
	 * @work: the interrupt. Not the "hard" kind, which the kernel takes to be one that runs
	 * as an interrupt even on PREEMPT_RT and may take no spinlock: an ordinary device's
	 * handler is what is wanted.
	 */
	struct irq_work work;
	/** @reports: jobs to report, latest first. */
	struct llist_head reports;
	/** @crash: an enum sim_crash that has not been said. */
	atomic_t crash;
	/** @expected: reports announced whose callback has not returned. */
	atomic_t expected;
	/** @drained: woken when @expected becomes 0. */
	wait_queue_head_t drained;
};

static void sim_irq_said(struct sim_irq *irq)
{
	if (atomic_dec_and_test(&irq->expected))
		wake_up_all(&irq->drained);
}

static void sim_irq_handler(struct irq_work *work)
{
	struct sim_irq *irq = container_of(work, struct sim_irq, work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&irq->reports));
	enum sim_crash crash = atomic_xchg(&irq->crash, SIM_CRASH_NONE);
	struct sim_report *report, *next;

	/* Looked for after the reports were taken, so that it is said before them. */
	if (crash != SIM_CRASH_NONE) {
		irq->client->crashed(irq->client, crash == SIM_CRASH_BLAMED);
		sim_irq_said(irq);
	}

	llist_for_each_entry_safe(report, next, list, node) {
		/* The report is the driver's to free in there. */
		irq->client->job_done(report->job, report->result);
		sim_irq_said(irq);
	}
}

struct sim_irq *sim_irq_create(void)
{
	struct sim_irq *irq = kzalloc(sizeof(*irq), GFP_KERNEL);

	if (!irq)
		return ERR_PTR(-ENOMEM);

	init_irq_work(&irq->work, sim_irq_handler);
	init_llist_head(&irq->reports);
	init_waitqueue_head(&irq->drained);

	return irq;
}

void sim_irq_destroy(struct sim_irq *irq)
{
	WARN_ON_ONCE(atomic_read(&irq->expected));
	irq_work_sync(&irq->work);
	/*
	 * If two CPUs were in the handler at a time, irq_work_sync() may have waited for one of
	 * them only. Interrupts are off in it, so this waits for the other.
	 */
	synchronize_rcu();
	kfree(irq);
}

void sim_irq_connect(struct sim_irq *irq, const struct agx_hw_client *client)
{
	WARN_ON_ONCE(atomic_read(&irq->expected));
	irq->client = client;
}

void sim_irq_expect(struct sim_irq *irq)
{
	atomic_inc(&irq->expected);
}

void sim_irq_report(struct sim_irq *irq, struct sim_report *report)
{
	llist_add(&report->node, &irq->reports);
	irq_work_queue(&irq->work);
}

void sim_irq_crash(struct sim_irq *irq, bool blamed)
{
	sim_irq_expect(irq);
	/* If the last one has not been said yet, the two are one. */
	if (atomic_xchg(&irq->crash, blamed ? SIM_CRASH_BLAMED : SIM_CRASH_UNBLAMED) !=
	    SIM_CRASH_NONE)
		atomic_dec(&irq->expected);
	irq_work_queue(&irq->work);
}

void sim_irq_drain(struct sim_irq *irq)
{
	wait_event(irq->drained, !atomic_read(&irq->expected));
}
