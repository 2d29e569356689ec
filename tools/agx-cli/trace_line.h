/* SPDX-License-Identifier: MIT */
/* Lines of tracefs. */
#ifndef AGX_CLI_TRACE_LINE_H
#define AGX_CLI_TRACE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_MAX_FIELDS 16

struct trace_field {
	const char *name;
	const char *value;
};

/* What a line says; strings are in the line, which has been cut up. */
struct trace_line {
	const char *task;
	uint32_t pid;
	uint32_t cpu;
	/* Nanoseconds, by the clock that the trace has. */
	uint64_t time;
	const char *event;

	/* All behind the event's name; and its fields, once they have been taken apart. */
	char *text;
	struct trace_field fields[TRACE_MAX_FIELDS];
	unsigned int num_fields;
};

/* An event: "  task-pid  [cpu] flags  seconds.micros: event: text". False if it is no such line. */
bool trace_parse(char *text, struct trace_line *line);

/* Its text: "name=value name=value". */
void trace_parse_fields(struct trace_line *line);

/* "CPU:1 [LOST 12 EVENTS]": how many; 0 if the line is another. */
uint64_t trace_lost(const char *text);

#endif /* AGX_CLI_TRACE_LINE_H */
