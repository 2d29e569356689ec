// SPDX-License-Identifier: MIT
#include "help.h"

#include <stdbool.h>
#include <string.h>

#include "fields.h"
#include "out.h"
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

/* What the field is, and the names that its values have. @type is what it is of, or NULL. */
static void put_field(const struct cli_field *field, const struct uapi_struct *type, FILE *to)
{
	const struct uapi_name *value = NULL;
	struct uapi_field place;
	char text[512];
	size_t used;

	if (type && cli_find_field(type, field->name, &place))
		value = place.names;
	used = snprintf(text, sizeof(text), "%s%s", field->text, value ? " (" : "");
	for (; value && value->name; value++)
		used += snprintf(text + used, sizeof(text) - used, "%s%s", value->name,
				 value[1].name ? ", " : ")");
	put_entry(field->name, text, to);
}

static void put_elements(const struct cli_element *elements, FILE *to)
{
	const struct cli_element *element;
	const struct cli_field *field;
	unsigned int i;

	fputs("\nelements, words behind which their fields stand:\n", to);
	for (element = elements; element->word; element++)
		put_entry(element->word, element->text, to);
	for (element = elements; element->word; element++) {
		fprintf(to, "\nfields of %s:\n", element->word);
		for (i = 0; i < ARRAY_SIZE(element->fields); i++)
			for (field = element->fields[i]; field && field->name; field++)
				put_field(field, element->types[i], to);
	}
}

static void put_fields(const struct cli_verb *verb, FILE *to)
{
	const struct cli_field *field;

	fputs("\nfields, as name=value:\n", to);
	for (field = verb->fields; field->name; field++)
		put_field(field, verb->ioctl ? cli_find_ioctl(verb->ioctl)->arg : NULL, to);
}

void cli_help_verb(const struct cli_verb *verb, FILE *to)
{
	fprintf(to, "usage: agx-cli %s%s%s [OPTION...]\n\n", verb->name, *verb->synopsis ? " " : "",
		verb->synopsis);
	put_words(verb->summary, 0, 0, to);
	if (verb->details) {
		fputc('\n', to);
		put_words(verb->details, 0, 0, to);
	}
	if (verb->fields)
		put_fields(verb, to);
	if (verb->elements)
		put_elements(verb->elements, to);
	fputs("\noptions:\n", to);
	put_options(verb->options, to);
	put_options(cli_common_options, to);
}

static const struct cli_option before_options[] = {
	{ "device", 'd', "PATH", "the GPU's node, instead of the first GPU" },
	{ "json", 'j', NULL, "print JSON, an object a line" },
	{ "help", 'h', NULL, "this text; after a verb, the verb's" },
	{ "version", 'V', NULL, "the version" },
	{ NULL },
};

void cli_help(FILE *to)
{
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
	put_options(before_options, to);
}

static void add_options(struct out *out, const char *key, const struct cli_option *options)
{
	char letter[2] = "";

	out_begin_array(out, key);
	for (; options && options->name; options++) {
		*letter = options->letter;
		out_begin_object(out, NULL);
		out_string(out, "name", options->name);
		out_string(out, "letter", letter);
		out_string(out, "argument", options->argument ? options->argument : "");
		out_string(out, "text", options->text);
		out_end(out);
	}
	out_end(out);
}

static void add_fields(struct out *out, const struct cli_field *fields,
		       const struct uapi_struct *type)
{
	const struct uapi_name *value;
	struct uapi_field place;

	for (; fields && fields->name; fields++) {
		out_begin_object(out, NULL);
		out_string(out, "name", fields->name);
		out_string(out, "text", fields->text);
		out_begin_array(out, "values");
		value = type && cli_find_field(type, fields->name, &place) ? place.names : NULL;
		for (; value && value->name; value++)
			out_string(out, NULL, value->name);
		out_end(out);
		out_end(out);
	}
}

static void add_elements(struct out *out, const struct cli_element *element)
{
	unsigned int i;

	out_begin_array(out, "elements");
	for (; element && element->word; element++) {
		out_begin_object(out, NULL);
		out_string(out, "word", element->word);
		out_string(out, "text", element->text);
		out_begin_array(out, "fields");
		for (i = 0; i < ARRAY_SIZE(element->fields); i++)
			add_fields(out, element->fields[i], element->types[i]);
		out_end(out);
		out_end(out);
	}
	out_end(out);
}

/* Those that are known wherever it runs. */
static void add_first_words(struct out *out, const struct cli_verb *verb)
{
	const struct cli_verb *const *table, *other, *before = NULL;
	const char *word;
	char text[32];
	unsigned int i;
	size_t len;

	out_begin_array(out, "first_words");
	for (i = 0; (word = cli_choice(verb, i, &len)); i++) {
		snprintf(text, sizeof(text), "%.*s", (int)len, word);
		out_string(out, NULL, text);
	}
	for (i = 0; (word = cli_nth_word(verb->first_word, i)); i++)
		out_string(out, NULL, word);
	for (table = cli_verb_tables; verb->first_word == CLI_WORDS_VERBS && *table; table++) {
		for (other = *table; other->name; before = other++) {
			len = strcspn(other->name, " ");
			if (before && !strncmp(before->name, other->name, len + !!other->name[len]))
				continue;
			snprintf(text, sizeof(text), "%.*s", (int)len, other->name);
			out_string(out, NULL, text);
		}
	}
	out_end(out);
	out_begin_array(out, "second_words");
	for (i = 0; (word = cli_nth_word(verb->second_word, i)); i++)
		out_string(out, NULL, word);
	out_end(out);
}

static void add_verb(struct out *out, const struct cli_verb *verb)
{
	out_string(out, "name", verb->name);
	out_string(out, "group", verb->group);
	out_string(out, "synopsis", verb->synopsis);
	out_string(out, "summary", verb->summary);
	out_string(out, "details", verb->details ? verb->details : "");
	out_bool(out, "takes_command", verb->takes_command);
	out_u64(out, "max_words", verb->max_words);
	add_first_words(out, verb);
	add_options(out, "options", verb->options);
	out_begin_array(out, "fields");
	add_fields(out, verb->fields, verb->ioctl ? cli_find_ioctl(verb->ioctl)->arg : NULL);
	out_end(out);
	add_elements(out, verb->elements);
}

void cli_put_help(struct out *out, const struct cli_verb *verb)
{
	const struct cli_verb *const *table;

	out_begin_array(out, "verbs");
	for (table = cli_verb_tables; *table && !verb; table++) {
		for (verb = *table; verb->name; verb++) {
			out_begin_object(out, NULL);
			add_verb(out, verb);
			out_end(out);
		}
		verb = NULL;
	}
	if (verb) {
		out_begin_object(out, NULL);
		add_verb(out, verb);
		out_end(out);
	}
	out_end(out);
	add_options(out, "options_of_all", cli_common_options);
	add_options(out, "options_before", before_options);
}
