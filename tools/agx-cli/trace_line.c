// SPDX-License-Identifier: MIT
#include "trace_line.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of tasks have anything in them, so the start is looked for from its end. */
static bool parse_task(char *text, char *bracket, struct trace_line *line)
{
	char *dash, *end = bracket;

	while (end > text && end[-1] == ' ')
		end--;
	*end = '\0';
	dash = strrchr(text, '-');
	if (!dash || dash == text || !isdigit((unsigned char)dash[1]))
		return false;
	*dash = '\0';
	line->task = text + strspn(text, " ");
	line->pid = strtoul(dash + 1, NULL, 10);
	return true;
}

/* "seconds.micros", before a colon. */
static bool parse_time(const char *text, uint64_t *ns)
{
	uint64_t seconds, part;
	char *end, *start;
	int digits;

	if (!isdigit((unsigned char)*text))
		return false;
	seconds = strtoull(text, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return false;
	start = end + 1;
	part = strtoull(start, &end, 10);
	for (digits = end - start; digits < 9; digits++)
		part *= 10;
	*ns = seconds * 1000000000 + part;
	return !*end && digits == 9;
}

/* A value goes up to the blank before the next name; it may have blanks of its own. */
void trace_parse_fields(struct trace_line *line)
{
	char *text = line->text, *equals, *blank;

	while (line->num_fields < TRACE_MAX_FIELDS && (equals = strchr(text, '='))) {
		struct trace_field *field = &line->fields[line->num_fields++];

		*equals = '\0';
		field->name = text + strspn(text, " ");
		field->value = equals + 1;
		text = strchr(equals + 1, '=');
		if (!text)
			return;
		for (blank = text; blank > equals + 1 && *blank != ' '; blank--)
			;
		if (*blank != ' ')
			return;
		*blank = '\0';
		text = blank + 1;
	}
}

bool trace_parse(char *text, struct trace_line *line)
{
	char *bracket, *flags, *time, *event, *colon;

	text[strcspn(text, "\n")] = '\0';
	/* "] flags" is where "[cpu" ends; names of tasks are short, and come first. */
	bracket = strstr(text, " [");
	while (bracket && !isdigit((unsigned char)bracket[2]))
		bracket = strstr(bracket + 1, " [");
	if (!bracket)
		return false;
	line->cpu = strtoul(bracket + 2, &flags, 10);
	if (*flags != ']' || !parse_task(text, bracket, line))
		return false;
	flags += 1 + strspn(flags + 1, " ");

	time = strchr(flags, ' ');
	if (!time)
		return false;
	time += strspn(time, " ");
	colon = strstr(time, ": ");
	if (!colon)
		return false;
	*colon = '\0';
	event = colon + 2;
	if (!parse_time(time, &line->time))
		return false;
	colon = strchr(event, ':');
	if (!colon)
		return false;
	*colon = '\0';
	line->event = event;
	line->text = colon + 1 + strspn(colon + 1, " ");
	line->num_fields = 0;
	return true;
}

uint64_t trace_lost(const char *text)
{
	uint64_t lost;
	unsigned int cpu;

	if (sscanf(text, "CPU:%u [LOST %" SCNu64 " EVENTS]", &cpu, &lost) != 2)
		return 0;
	return lost;
}
