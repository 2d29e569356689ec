// SPDX-License-Identifier: MIT
#include "put_guess.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

void put_guess(struct out *out, const char *key, const char *value)
{
	const bool hex = !strncmp(value, "0x", 2), negative = *value == '-';
	uint64_t number;
	char *end;

	errno = 0;
	if (negative)
		number = strtoll(value, &end, 10);
	else
		number = strtoull(value, &end, hex ? 16 : 10);
	if (errno || *end || !isdigit((unsigned char)value[negative]))
		out_string(out, key, value);
	else if (hex)
		out_hex(out, key, number);
	else if (negative)
		out_i64(out, key, (int64_t)number);
	else
		out_u64(out, key, number);
}
