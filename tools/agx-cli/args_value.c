// SPDX-License-Identifier: MIT
/*
 * Values of arguments.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "session.h"

#define BYTES_MAX (1u << 30)

/* How far a suffix shifts; -1 for none that is known. */
static int suffix_shift(const char *suffix)
{
	switch (*suffix) {
	case '\0':
		return 0;
	case 'K':
	case 'k':
		return suffix[1] ? -1 : 10;
	case 'M':
		return suffix[1] ? -1 : 20;
	case 'G':
		return suffix[1] ? -1 : 30;
	default:
		return -1;
	}
}

/* Sets errno to ERANGE if it has too many bits, and to 0 otherwise. */
static bool parse_plain(const char *text, uint64_t *value)
{
	int shift, base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	unsigned long long number;
	char *end;

	errno = 0;
	if (!isdigit((unsigned char)*text))
		return false;

	number = strtoull(text, &end, base);
	shift = suffix_shift(end);
	if (end == text || shift < 0) {
		errno = 0;
		return false;
	}
	if (number > UINT64_MAX >> shift)
		errno = ERANGE;
	if (errno)
		return false;

	*value = number << shift;
	return true;
}

static bool parse_magnitude(struct cli *cli, const char *text, uint64_t *value)
{
	int err;

	if (parse_plain(text, value))
		return true;
	if (*text == '$')
		return cli_get_name(cli->session, text + 1, strlen(text + 1), value);

	err = cli_errno_value(text, strlen(text));
	*value = err;
	return err;
}

bool cli_try_number(struct cli *cli, const char *text, uint64_t *value)
{
	bool negative = *text == '-';

	if (!parse_magnitude(cli, text + negative, value))
		return false;
	if (negative)
		*value = -*value;
	return true;
}

bool cli_number(struct cli *cli, const char *what, const char *text, uint64_t *value)
{
	if (cli_try_number(cli, text, value))
		return true;

	if (errno == ERANGE)
		cli_usage(cli, "%s: %s has more than 64 bits", what, text);
	else if (*text == '$')
		cli_usage(cli, "%s: nothing is called \"%s\"", what, text);
	else
		cli_usage(cli, "%s: \"%s\" is no number", what, text);
	return false;
}

bool cli_number_between(struct cli *cli, const char *what, const char *text, uint64_t min,
			uint64_t max, uint64_t *value)
{
	if (!cli_number(cli, what, text, value))
		return false;
	if (*value >= min && *value <= max)
		return true;
	cli_usage(cli, "%s: %s is not between %" PRIu64 " and %" PRIu64, what, text, min, max);
	return false;
}

bool cli_fd(struct cli *cli, const char *what, const char *text, int *fd)
{
	uint64_t value;

	if (!cli_number(cli, what, text, &value))
		return false;
	*fd = (int)value;
	if (value == (uint64_t)*fd)
		return true;
	cli_usage(cli, "%s: %s is no number of a descriptor", what, text);
	return false;
}

bool cli_duration(struct cli *cli, const char *what, const char *text, uint64_t *ns)
{
	static const struct {
		const char *suffix;
		double ns;
	} units[] = { { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 } };
	unsigned int i;
	double number;
	char *end;

	number = strtod(text, &end);
	if (isdigit((unsigned char)*text) && end != text) {
		for (i = 0; i < ARRAY_SIZE(units); i++) {
			if (strcmp(end, units[i].suffix) || number * units[i].ns > INT64_MAX / 2)
				continue;
			*ns = number * units[i].ns;
			return true;
		}
	}
	cli_usage(cli, "%s: \"%s\" is no time, such as 2s, 100ms or 50us", what, text);
	return false;
}

static uint8_t *read_file(struct cli *cli, const char *what, const char *path, size_t *size)
{
	size_t room = 4096, used = 0, got;
	FILE *from = fopen(path, "rb");
	uint8_t *bytes = NULL, *more;

	if (!from) {
		cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "%s: cannot open %s", what, path);
		return NULL;
	}
	do {
		room *= 2;
		more = room <= BYTES_MAX ? realloc(bytes, room) : NULL;
		if (!more) {
			free(bytes);
			fclose(from);
			cli_error(cli, CLI_EXIT_FAILURE, "%s: %s is too large", what, path);
			return NULL;
		}
		bytes = more;
		got = fread(bytes + used, 1, room - used, from);
		used += got;
	} while (used == room);

	if (ferror(from)) {
		cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "%s: cannot read %s", what, path);
		free(bytes);
		bytes = NULL;
	}
	fclose(from);
	*size = used;
	return bytes;
}

uint8_t *cli_bytes(struct cli *cli, const char *what, const char *text, size_t *size)
{
	uint8_t *bytes, digit;
	size_t digits = 0;
	char c;

	if (*text == '@')
		return read_file(cli, what, text + 1, size);

	bytes = calloc(1, strlen(text) / 2 + 1);
	if (!bytes) {
		cli_no_memory(cli);
		return NULL;
	}
	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		c = tolower((unsigned char)*text);
		if (!isxdigit((unsigned char)c))
			break;
		digit = isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10;
		bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
		digits++;
	}
	if (*text || digits % 2) {
		cli_usage(cli, "%s: %s in hexadecimal bytes", what,
			  *text ? "something else than digits" : "an odd number of digits");
		free(bytes);
		return NULL;
	}
	*size = digits / 2;
	return bytes;
}
