/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_CLOCK_NS_H
#define AGX_CLI_CLOCK_NS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* What a clock says, in nanoseconds. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* For format_seconds(), with the end of the string. */
#define SECONDS_LEN 24

/* A time as seconds, all of it. */
static inline const char *format_seconds(char *buf, int64_t ns)
{
	const uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	snprintf(buf, SECONDS_LEN, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", size / 1000000000,
		 size % 1000000000);
	return buf;
}

#endif /* AGX_CLI_CLOCK_NS_H */
