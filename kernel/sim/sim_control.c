// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Controls: what a test has asked of the commands that start from now on. */

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/errno.h>

#include "sim_control.h"

void sim_control_init(struct sim_control *control)
{
	raw_spin_lock_init(&control->lock);
}

void sim_control_reset(struct sim_control *control)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	control->hold = false;
	control->steps = 0;
	control->fault = (struct sim_arm){};
	control->hang = (struct sim_arm){};
	control->crash = (struct sim_arm){};
	WRITE_ONCE(control->delay_ms, 0);
}

/* Whether @arm applies to a command of @ring, which uses up one of its number. */
static bool sim_arm_applies(struct sim_arm *arm, enum agx_hw_ring ring)
{
	if (!arm->left || !(arm->rings & BIT(ring)))
		return false;

	arm->left--;
	return true;
}

enum sim_order sim_control_start(struct sim_control *control, enum agx_hw_ring ring)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	if (control->hold) {
		if (!control->steps)
			return SIM_ORDER_STAY;
		control->steps--;
	}

	if (sim_arm_applies(&control->crash, ring))
		return control->crash.order;
	if (sim_arm_applies(&control->hang, ring))
		return control->hang.order;
	if (sim_arm_applies(&control->fault, ring))
		return control->fault.order;
	return SIM_ORDER_RUN;
}

void sim_control_set_hold(struct sim_control *control, bool hold)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	control->hold = hold;
	control->steps = 0;
}

bool sim_control_get_hold(struct sim_control *control)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	return control->hold;
}

int sim_control_set_steps(struct sim_control *control, u64 steps)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	if (!control->hold || steps > SIM_MAX_CONTROLLED)
		return -EINVAL;

	control->steps = steps;
	return 0;
}

u32 sim_control_get_steps(struct sim_control *control)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	return control->steps;
}

void sim_control_arm(struct sim_control *control, struct sim_arm *arm,
		     const struct sim_arm *value)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	*arm = *value;
}

struct sim_arm sim_control_armed(struct sim_control *control, const struct sim_arm *arm)
{
	guard(raw_spinlock_irqsave)(&control->lock);

	return *arm;
}
