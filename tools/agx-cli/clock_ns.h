/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_CLOCK_NS_H
#define AGX_CLI_CLOCK_NS_H

#include <stdint.h>
#include <time.h>

/* What a clock says, in nanoseconds. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

#endif /* AGX_CLI_CLOCK_NS_H */
