// SPDX-License-Identifier: MIT
#include "help.h"

#include <stdbool.h>
#include <string.h>

#include "fields.h"
#include "verb.h"

/* Where texts begin, behind names. */
#define HELP_COLUMN 28
#define HELP_WIDTH 100

static void put_break(int indent, FILE *to)
{
	fputc('\n', to);
	fprintf(to, "%*s", indent, "");
}

static void put_words(const char *text, unsigned int indent, unsigned int column, FILE *to)
{
	size_t len;

	while (*text) {
		len = strcspn(text, "\n ");
		if (column > indent && column + 1 + len > HELP_WIDTH) {
			put_break(indent, to);
			column = indent;
		} else if (column > indent) {
			fputc(' ', to);
			column++;
		}
		fwrite(text, 1, len, to);
		column += len;
		text += len;
		if (!strncmp(text, "\n\n", 2)) {
			fputc('\n', to);
			put_break(indent, to);
			column = indent;
		}
		text += strspn(text, "\n ");
	}
	fputc('\n', to);
}

/* A line of a list: what it is called, and what it is. */
static void put_entry(const char *name, const char *text, FILE *to)
{
	fprintf(to, "  %-*s", HELP_COLUMN - 2, name);
	if (strlen(name) + 4 > HELP_COLUMN)
		put_break(HELP_COLUMN, to);
	put_words(text, HELP_COLUMN, HELP_COLUMN, to);
}

static void put_options(const struct cli_option *options, FILE *to)
{
	char name[64];

	for (; options && options->name; options++) {
		snprintf(name, sizeof(name), "%c%c%s--%s%s%s", options->letter ? '-' : ' ',
			 options->letter ? options->letter : ' ', options->letter ? ", " : "  ",
			 options->name, options->argument ? " " : "",
			 options->argument ? options->argument : "");
		put_entry(name, options->text, to);
	}
}

/* What the field is, and the names that its values have. */
static void put_field(const struct cli_verb *verb, const struct cli_field *field, FILE *to)
{
	const struct uapi_name *value = NULL;
	struct uapi_field place;
	char text[512];
	size_t used;

	if (verb->ioctl && cli_find_field(cli_find_ioctl(verb->ioctl)->arg, field->name, &place))
		value = place.names;
	used = snprintf(text, sizeof(text), "%s%s", field->text, value ? ":" : "");
	for (; value && value->name; value++)
		used += snprintf(text + used, sizeof(text) - used, " %s%s", value->name,
				 value[1].name ? "," : "");
	put_entry(field->name, text, to);
}

void cli_help_verb(const struct cli_verb *verb, FILE *to)
{
	const struct cli_field *field;

	fprintf(to, "usage: agx-cli %s%s%s [OPTION...]\n\n", verb->name, *verb->synopsis ? " " : "",
		verb->synopsis);
	put_words(verb->summary, 0, 0, to);
	if (verb->details) {
		fputc('\n', to);
		put_words(verb->details, 0, 0, to);
	}
	if (verb->fields) {
		fputs("\nfields, as name=value:\n", to);
		for (field = verb->fields; field->name; field++)
			put_field(verb, field, to);
	}
	fputs("\noptions:\n", to);
	put_options(verb->options, to);
	put_options(cli_common_options, to);
}

void cli_help(FILE *to)
{
	static const struct cli_option before[] = {
		{ "device", 'd', "PATH", "the GPU's node, instead of the first GPU" },
		{ "json", 'j', NULL, "print JSON, an object a line" },
		{ "help", 'h', NULL, "this text; after a verb, the verb's" },
		{ "version", 'V', NULL, "the version" },
		{ NULL },
	};
	const struct cli_verb *const *table, *verb;
	const char *group = "";

	fputs("usage: agx-cli [OPTION...] VERB [ARGUMENT...] [OPTION...]\n", to);
	for (table = cli_verb_tables; *table; table++) {
		for (verb = *table; verb->name; verb++) {
			if (strcmp(group, verb->group))
				fprintf(to, "\n%s:\n", verb->group);
			group = verb->group;
			put_entry(verb->name, verb->summary, to);
		}
	}
	fputs("\noptions:\n", to);
	put_options(before, to);
}
