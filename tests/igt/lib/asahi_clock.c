// SPDX-License-Identifier: MIT
/* The clock of the CPU. */
#include <time.h>

#include "asahi_clock.h"

uint64_t asahi_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

uint64_t asahi_now_ms(void)
{
	return asahi_now_ns() / 1000000;
}
