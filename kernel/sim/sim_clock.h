/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

/** sim_clock_ticks() - The GPU's only clock: the kernel's monotonic time, in ticks of @hz. */
static inline u64 sim_clock_ticks(u64 hz)
{
	return mul_u64_u64_div_u64(ktime_get_ns(), hz, NSEC_PER_SEC);
}

#endif
