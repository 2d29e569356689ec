/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <linux/list.h>
#include <linux/types.h>

#include "agx_hw.h"

struct seq_file;
struct sim_irq;
struct task_struct;

/**
 * DOC: Rings
 *
 * A queue has two rings, FIFOs of commands, one for render and one for compute. Each counts the
 * commands that are over. The first command of a ring is ready when the one before it is over and
 * both counts have reached what it waits for; ready commands of all queues are handed, in turn,
 * to threads that have nothing to do. Several jobs of a queue lie in its rings behind one another.
 *
 * A job that comes to a bad end loses what it has not started: these commands leave the rings at
 * once, so that the job can be reported, but are counted as over only when all before them are. It
 * is reported when the last of its commands that had started has stopped.
 *
 * All state is in the words that the driver reserves for it in queues, jobs and commands, under
 * one lock. A queue is known here only while a job of it is.
 */
struct sim_rings;

/** struct sim_slot - A thread that runs commands; embedded in the thread's own struct. */
struct sim_slot {
	/** @idle: entry in the rings' list of threads with nothing to do. */
	struct list_head idle;
	/** @task: the thread. Borrowed, set before the first sim_rings_take(). */
	struct task_struct *task;
	/** @command: what it has been handed and not given back; borrowed from the job. */
	struct agx_hw_command *command;
	/** @ring: which kind of commands it runs; set before the first sim_rings_take(). */
	enum agx_hw_ring ring;
};

/**
 * sim_rings_create() - Rings that take no job yet.
 * @info: Limits of the GPU. Borrowed.
 * @irq: Where to report jobs. Borrowed.
 *
 * Return: the rings, or an ERR_PTR(-ENOMEM).
 */
struct sim_rings *sim_rings_create(const struct agx_hw_info *info, struct sim_irq *irq);

/** sim_rings_destroy() - Free rings without a job. */
void sim_rings_destroy(struct sim_rings *rings);

/** sim_rings_open() - Take jobs from now on. */
void sim_rings_open(struct sim_rings *rings);

/**
 * sim_rings_close() - Take no more jobs, and take those that are there off.
 * @rings: The rings.
 *
 * They are reported with -ENODEV, and so is whatever is submitted from now on.
 */
void sim_rings_close(struct sim_rings *rings);

/** sim_rings_submit() - See agx_hw_ops.submit. */
void sim_rings_submit(struct sim_rings *rings, struct agx_hw_job *job);

/** sim_rings_cancel() - See agx_hw_ops.cancel. */
void sim_rings_cancel(struct sim_rings *rings, struct agx_hw_job *job, int error);

/** sim_rings_set_hold() - Whether ready commands are held back. Those that run go on. */
void sim_rings_set_hold(struct sim_rings *rings, bool hold);

/** sim_rings_get_hold() - What was set last, false at first. */
bool sim_rings_get_hold(struct sim_rings *rings);

/** sim_rings_show() - Print what is in the rings. */
void sim_rings_show(struct sim_rings *rings, struct seq_file *m);

/**
 * sim_rings_take() - Wait for a command to run.
 * @rings: The rings.
 * @slot: The calling thread's, a kthread.
 *
 * Return: a command, to be given back with sim_rings_over(); or NULL if the thread should stop.
 */
struct agx_hw_command *sim_rings_take(struct sim_rings *rings, struct sim_slot *slot);

/**
 * sim_rings_over() - The command of a thread has come to its end and is touched no more.
 * @rings: The rings.
 * @slot: The calling thread's.
 * @error: 0 if it ran to its end, or sim_command_doomed() made it stop; -EIO or -ETIMEDOUT.
 * @fault: What to say of an error; copied.
 */
void sim_rings_over(struct sim_rings *rings, struct sim_slot *slot, int error,
		    const struct agx_hw_fault *fault);

/** sim_command_job() - The job of a command that has been taken. */
struct agx_hw_job *sim_command_job(const struct agx_hw_command *command);

/** sim_command_doomed() - Whether a command that runs should stop: its job has ended badly. */
bool sim_command_doomed(const struct agx_hw_command *command);

/**
 * sim_command_charge() - Add to the engine time of a job.
 * @command: A command that runs.
 * @ns: Nanoseconds.
 *
 * Compute commands only: no two of one job run at a time.
 *
 * Return: the sum of the job.
 */
u64 sim_command_charge(struct agx_hw_command *command, u64 ns);

#endif
