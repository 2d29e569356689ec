/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "agx_hw.h"

/**
 * DOC: Controls
 *
 * What a test has asked of the commands that start from now on. Each change is one section under a
 * lock of its own, so a command sees all of it or nothing. All of it is forgotten when the GPU is
 * started.
 */

/** SIM_MAX_CONTROLLED: commands that a control can be asked to apply to. */
#define SIM_MAX_CONTROLLED 1000000

/** SIM_MAX_DELAY_MS: longest delay. */
#define SIM_MAX_DELAY_MS 60000

/** enum sim_order - What is to become of a command. */
enum sim_order {
	/** @SIM_ORDER_RUN: it runs. */
	SIM_ORDER_RUN,
	/** @SIM_ORDER_STAY: it does not start yet. */
	SIM_ORDER_STAY,
	/** @SIM_ORDER_FAULT: it faults at once. */
	SIM_ORDER_FAULT,
	/** @SIM_ORDER_HANG: it does nothing until it is cancelled. */
	SIM_ORDER_HANG,
	/** @SIM_ORDER_WEDGE: it does nothing until the GPU is reset with it to be taken off. */
	SIM_ORDER_WEDGE,
	/** @SIM_ORDER_CRASH: the firmware crashes when it starts. */
	SIM_ORDER_CRASH,
};

/** struct sim_arm - A control that applies to a number of commands. */
struct sim_arm {
	/** @left: commands that it is still to apply to. */
	u32 left;
	/** @rings: kinds of commands that it applies to, one bit for each. */
	u32 rings;
	/** @order: what becomes of them. */
	enum sim_order order;
};

/** struct sim_control - Embedded in the rings. */
struct sim_control {
	/** @lock: everything below. Innermost, with interrupts off. */
	raw_spinlock_t lock;
	/** @hold: commands do not start, but for @steps. */
	bool hold;
	/** @steps: commands that start all the same. */
	u32 steps;
	/** @fault: SIM_ORDER_FAULT. */
	struct sim_arm fault;
	/** @hang: SIM_ORDER_HANG or SIM_ORDER_WEDGE. */
	struct sim_arm hang;
	/** @crash: SIM_ORDER_CRASH. */
	struct sim_arm crash;
	/** @delay_ms: how long a command takes at least. Read without the lock. */
	u32 delay_ms;
};

/** sim_control_init() - Controls that ask for nothing. */
void sim_control_init(struct sim_control *control);

/** sim_control_reset() - Forget what was asked for. */
void sim_control_reset(struct sim_control *control);

/**
 * sim_control_start() - Decide on a command that could start.
 * @control: The controls; those that apply to the command are used up by it.
 * @ring: Its kind.
 *
 * Return: what becomes of it.
 */
enum sim_order sim_control_start(struct sim_control *control, enum agx_hw_ring ring);

/* Whether commands are held back. Setting either value forgets the steps. */
void sim_control_set_hold(struct sim_control *control, bool hold);
bool sim_control_get_hold(struct sim_control *control);

/**
 * sim_control_set_steps() - Let a number of commands start though they are held.
 * @control: The controls.
 * @steps: How many from now on; what is left of an earlier number is forgotten.
 *
 * Return: 0, or -EINVAL if nothing is held or @steps is above SIM_MAX_CONTROLLED.
 */
int sim_control_set_steps(struct sim_control *control, u64 steps);

/** sim_control_get_steps() - How many of them have not started yet. */
u32 sim_control_get_steps(struct sim_control *control);

/**
 * sim_control_arm() - Replace one of the controls that count commands.
 * @control: The controls.
 * @arm: Which one: a member of @control.
 * @value: What it is to be.
 */
void sim_control_arm(struct sim_control *control, struct sim_arm *arm,
		     const struct sim_arm *value);

/** sim_control_armed() - What is left of one of the controls that count commands. */
struct sim_arm sim_control_armed(struct sim_control *control, const struct sim_arm *arm);

#endif
