// SPDX-License-Identifier: MIT
/* The clock of the CPU. */
#include <time.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"

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

bool asahi_patient(uint64_t *since)
{
	if (!*since)
		*since = asahi_now_ms();
	else if (asahi_now_ms() - *since > asahi_hang_ms())
		return false;

	usleep(1000);
	return true;
}
