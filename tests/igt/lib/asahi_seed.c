// SPDX-License-Identifier: MIT
/* Seeds, from outside or new. */
#include <stdlib.h>
#include <time.h>

#include "asahi_seed.h"
#include "igt.h"

unsigned int asahi_seed_new(void)
{
	const char *text = getenv("ASAHI_SEED");
	unsigned int seed = text ? strtoul(text, NULL, 0) : (unsigned int)time(NULL);

	igt_info("ASAHI_SEED=%u\n", seed);
	return seed;
}
