/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_IRQ_H
#define SIM_IRQ_H

#include <linux/llist.h>
#include <linux/types.h>

struct agx_hw_client;
struct agx_hw_job;

/**
 * DOC: Completion interrupts
 *
 * Jobs that are off the GPU are put on a list, from any context, and reported to the driver from
 * a real hard interrupt, one that the GPU's CPU sends to itself. So are crashes of the firmware.
 */
struct sim_irq;

/** struct sim_report - A job's place in the list; lives in the job. */
struct sim_report {
	struct llist_node node;
	struct agx_hw_job *job;
	int result;
};

/** sim_irq_create() - Return: the interrupt, disconnected, or an ERR_PTR(-ENOMEM). */
struct sim_irq *sim_irq_create(void);

/** sim_irq_destroy() - Free it once no handler runs on any CPU. Nothing is expected. Sleeps. */
void sim_irq_destroy(struct sim_irq *irq);

/**
 * sim_irq_connect() - Set whom to call.
 * @irq: The interrupt; nothing may be expected.
 * @client: Borrowed until it is replaced, or NULL.
 */
void sim_irq_connect(struct sim_irq *irq, const struct agx_hw_client *client);

/** sim_irq_expect() - Announce one report. Any context. */
void sim_irq_expect(struct sim_irq *irq);

/**
 * sim_irq_report() - Raise the interrupt for a job.
 * @irq: The interrupt.
 * @report: Filled in but for its node, in memory of the job. When this is called the GPU has to
 *	be done with the job: it and its queue can be gone at once.
 *
 * Any context.
 */
void sim_irq_report(struct sim_irq *irq, struct sim_report *report);

/**
 * sim_irq_crash() - Raise the interrupt for a crash of the firmware.
 * @irq: The interrupt.
 * @blamed: Whether a job is blamed for it.
 *
 * Delivered before the report of any job that comes off after this call, or on another CPU at the
 * same time. Any context.
 */
void sim_irq_crash(struct sim_irq *irq, bool blamed);

/** sim_irq_drain() - Wait until the driver has been told all that was announced. Sleeps. */
void sim_irq_drain(struct sim_irq *irq);

#endif
