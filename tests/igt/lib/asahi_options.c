// SPDX-License-Identifier: MIT
/* Options that are numbers. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>

#include "asahi_options.h"
#include "igt.h"

int asahi_option_number(unsigned int *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(optarg, &end, 0);
	if (errno || end == optarg || *end || value > UINT_MAX)
		return IGT_OPT_HANDLER_ERROR;

	*number = value;
	return IGT_OPT_HANDLER_SUCCESS;
}
