// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <stdlib.h>

#include "asahi_effort.h"

unsigned int asahi_rounds(unsigned int most)
{
	const char *text = getenv("ASAHI_EFFORT");
	unsigned long percent = text ? strtoul(text, NULL, 10) : 0;

	if (!percent || percent >= 100 || !most)
		return most;
	return 1 + (uint64_t)(most - 1) * percent / 100;
}
