/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include "agx_hw.h"
#include "sim_control.h"

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
 * The GPU freezes when its firmware crashes and while it is reset: nothing starts, threads sleep at
 * the next moment at which they touch no memory, and what has come to its end is not said to be
 * over. A reset waits until all of them sleep, and evicts the jobs that are not to go on; their
 * threads, and no others, wake up to give them back.
 *
 * All state is in the words that the driver reserves for it in queues, jobs and commands, under
 * one lock. A queue is known here only while a job of it is.
 */
struct sim_rings;

/** struct sim_slot - A thread that runs commands; embedded in the thread's own struct. */
struct sim_slot {
	/** @link: entry of the list of threads with nothing to do, or of that with a command. */
	struct list_head link;
	/** @task: the thread. Borrowed, set before the first sim_rings_take(). */
	struct task_struct *task;
	/** @command: what it has been handed and not given back; borrowed from the job. */
	struct agx_hw_command *command;
	/** @ring: which kind of commands it runs; set before the first sim_rings_take(). */
	enum agx_hw_ring ring;
	/** @order: what the controls ask of @command; set before it is handed out. */
	enum sim_order order;
	/** @parked: sleeps and touches no memory. Under the lock of the rings. */
	bool parked;
};

/** enum sim_until - What the thread of a command sleeps for. None of it comes while frozen. */
enum sim_until {
	/** @SIM_UNTIL_THAW: nothing else. */
	SIM_UNTIL_THAW,
	/** @SIM_UNTIL_TIME: a time, or that its job ends badly. */
	SIM_UNTIL_TIME,
	/** @SIM_UNTIL_CANCEL: that its job ends badly. */
	SIM_UNTIL_CANCEL,
	/** @SIM_UNTIL_EVICTED: nothing but that. */
	SIM_UNTIL_EVICTED,
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

/** sim_rings_control() - The controls. Changes count from the next sim_rings_kick(). Borrowed. */
struct sim_control *sim_rings_control(struct sim_rings *rings);

/** sim_rings_kick() - Start what the controls let start now. */
void sim_rings_kick(struct sim_rings *rings);

/**
 * sim_rings_crash() - Let the firmware crash.
 * @rings: The rings.
 *
 * It blames the job of the command that started last, if any runs.
 *
 * Return: 0; -EBUSY if it has crashed already; -ENODEV if the GPU is stopped or dropped.
 */
int sim_rings_crash(struct sim_rings *rings);

/** sim_rings_crashed() - Whether it has, and has not been reset since. */
bool sim_rings_crashed(struct sim_rings *rings);

/**
 * sim_rings_drop() - Let the GPU be frozen for good: only a new start brings it back.
 * @rings: The rings.
 *
 * Return: 0, or -ENODEV if the GPU is stopped.
 */
int sim_rings_drop(struct sim_rings *rings);

/** sim_rings_dropped() - Whether that has happened since the start. */
bool sim_rings_dropped(struct sim_rings *rings);

/**
 * sim_rings_freeze() - First part of a reset: stop between instructions, evict who is to go.
 * @rings: The rings.
 *
 * When this returns no thread touches memory and those evicted have been reported. Sleeps.
 *
 * Return: whether the GPU answers at all.
 */
bool sim_rings_freeze(struct sim_rings *rings);

/** sim_rings_thaw() - Last part of a reset: go on, unless there was another crash meanwhile. */
void sim_rings_thaw(struct sim_rings *rings);

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
 * sim_rings_sleep() - Let the thread of a command sleep. It may touch no memory of the driver.
 * @rings: The rings.
 * @slot: The calling thread's.
 * @until: What for.
 * @end: With SIM_UNTIL_TIME, when to wake up.
 *
 * Return: true if the command is to go on, false if its job has ended badly.
 */
bool sim_rings_sleep(struct sim_rings *rings, struct sim_slot *slot, enum sim_until until,
		     ktime_t end);

/**
 * sim_rings_go_on() - What a thread has to ask between two steps of a command.
 * @rings: The rings.
 * @slot: The calling thread's.
 *
 * Sleeps while the GPU is frozen.
 *
 * Return: true if the command is to go on, false if its job has ended badly.
 */
bool sim_rings_go_on(struct sim_rings *rings, struct sim_slot *slot);

/**
 * sim_rings_over() - The command of a thread has come to its end and is touched no more.
 * @rings: The rings.
 * @slot: The calling thread's.
 * @error: 0 if it ran to its end, or stopped because of sim_command_error(); or that; or -EIO or
 *	-ETIMEDOUT.
 * @fault: What to say of @error; copied if that becomes the error of the job.
 *
 * Sleeps while the GPU is frozen.
 */
void sim_rings_over(struct sim_rings *rings, struct sim_slot *slot, int error,
		    const struct agx_hw_fault *fault);

/**
 * sim_rings_undisturbed() - Whether sim_rings_go_on() would return true at once.
 * @rings: The rings.
 * @slot: The calling thread's.
 *
 * Return: true if there is nothing that speaks against another step of the command.
 */
bool sim_rings_undisturbed(struct sim_rings *rings, struct sim_slot *slot);

/** sim_command_job() - The job of a command that has been taken. */
struct agx_hw_job *sim_command_job(const struct agx_hw_command *command);

/** sim_command_error() - Why a command that runs should stop: its job has ended badly; or 0. */
int sim_command_error(const struct agx_hw_command *command);

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
