// SPDX-License-Identifier: MIT
#include "values.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"

static bool values_grow(struct cli *cli, struct values *values, uint64_t more)
{
	uint32_t *words;

	if (more > VALUES_MAX - values->count) {
		cli_usage(cli, "a list has more than %u values", VALUES_MAX);
		return false;
	}
	words = realloc(values->words, (values->count + more) * sizeof(*words) + 1);
	if (!words) {
		cli_no_memory(cli);
		return false;
	}
	values->words = words;
	return true;
}

static bool values_add(struct cli *cli, const char *what, char *item, struct values *values)
{
	char *star = strchr(item, '*');
	uint64_t value = 0, times = 1;
	bool iota;

	if (star) {
		*star = '\0';
		if (!cli_number(cli, what, star + 1, &times))
			return false;
	}
	iota = !strcmp(item, "iota");
	if (!iota && !cli_number(cli, what, item, &value))
		return false;
	if (value > UINT32_MAX && value < (uint64_t)INT32_MIN) {
		cli_usage(cli, "%s: %s has more than 32 bits", what, item);
		return false;
	}
	if (!values_grow(cli, values, times))
		return false;

	for (; times; times--, values->count++)
		values->words[values->count] = iota ? (uint32_t)values->count : (uint32_t)value;
	return true;
}

static bool values_read(struct cli *cli, const char *what, const char *text, struct values *values)
{
	size_t size;
	uint8_t *bytes = cli_bytes(cli, what, text, &size);

	if (!bytes)
		return false;
	if (size % sizeof(uint32_t)) {
		cli_usage(cli, "%s: %s has %zu bytes, which are no whole words", what, text + 1,
			  size);
		free(bytes);
		return false;
	}
	values->words = (uint32_t *)bytes;
	values->count = size / sizeof(uint32_t);
	return true;
}

bool values_parse(struct cli *cli, const char *what, const char *text, struct values *values)
{
	char *copy, *item, *rest;
	bool good = true;

	*values = (struct values){ .words = NULL };
	if (*text == '@')
		return values_read(cli, what, text, values);

	copy = strdup(text);
	if (!copy) {
		cli_no_memory(cli);
		return false;
	}
	rest = copy;
	while (good && (item = strsep(&rest, ",")))
		good = values_add(cli, what, item, values);
	free(copy);
	if (!good)
		values_free(values);
	return good;
}

void values_free(struct values *values)
{
	free(values->words);
	*values = (struct values){ .words = NULL };
}
