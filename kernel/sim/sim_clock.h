/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

/*
 * The clock goes as if the machine had been up for half a year, so that whoever multiplies ticks by
 * a billion, or keeps them in 32 bits, is found out at once and not after minutes.
 */
#define SIM_CLOCK_START_NS (180ULL * 24 * 60 * 60 * NSEC_PER_SEC)

/** sim_clock_ticks() - The GPU's only clock: monotonic time, in ticks of @hz. */
static inline u64 sim_clock_ticks(u64 hz)
{
	return mul_u64_u64_div_u64(SIM_CLOCK_START_NS + ktime_get_ns(), hz, NSEC_PER_SEC);
}

#endif
