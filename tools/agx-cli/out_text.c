// SPDX-License-Identifier: MIT
/*
 * A document as text: a line for each value, names to the left; arrays of objects that have the
 * same names as tables.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "out_node.h"

#define OUT_DUMP_BYTES 16

/* What goes around names on a terminal. */
#define OUT_BOLD "\033[1m"
#define OUT_PLAIN "\033[0m"

struct text {
	FILE *to;
	bool colour;
	bool no_memory;
};

static char *hex_digits(const struct out_node *node)
{
	char *digits = malloc(2 * node->size + 1);
	size_t i;

	if (!digits)
		return NULL;

	digits[0] = '\0';
	for (i = 0; i < node->size; i++)
		snprintf(digits + 2 * i, 3, "%02x", node->bytes[i]);
	return digits;
}

char *out_node_value(const struct out_node *node)
{
	char *value = NULL;
	int len = 0;

	switch (node->type) {
	case OUT_STRING:
		return strdup(node->string);
	case OUT_U64:
		len = asprintf(&value, "%" PRIu64, node->number);
		break;
	case OUT_I64:
		len = asprintf(&value, "%" PRId64, (int64_t)node->number);
		break;
	case OUT_HEX:
		len = asprintf(&value, "%#" PRIx64, node->number);
		break;
	case OUT_BOOL:
		return strdup(node->number ? "true" : "false");
	case OUT_BYTES:
		return hex_digits(node);
	default:
		return strdup("");
	}
	return len < 0 ? NULL : value;
}

/* Names of processes and the like may have something in them that terminals obey. */
static void make_printable(char *text)
{
	for (; text && *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
}

/* The value as it stands in a line: with what it means. To be freed. */
static char *line_value(struct text *text, const struct out_node *node)
{
	char *value = out_node_value(node);
	char *line;

	if (value && node->meaning) {
		if (asprintf(&line, "%s (%s)", value, node->meaning) < 0)
			line = NULL;
		free(value);
		value = line;
	}
	if (!value)
		text->no_memory = true;
	make_printable(value);
	return value;
}

static void put_sentence(struct text *text, const struct out_node *node)
{
	make_printable(node->sentence);
	fprintf(text->to, "%s\n", node->sentence);
}

static void put_indent(struct text *text, unsigned int indent)
{
	fprintf(text->to, "%*s", 2 * indent, "");
}

/* Blanks up to @width, behind a string. */
static void put_gap(struct text *text, const char *string, int width)
{
	int len = strlen(string);

	if (len < width)
		fprintf(text->to, "%*s", width - len, "");
}

static void put_name(struct text *text, const char *name, int width)
{
	fprintf(text->to, "%s%s%s", text->colour ? OUT_BOLD : "", name,
		text->colour ? OUT_PLAIN : "");
	put_gap(text, name, width);
}

static void put_value(struct text *text, const struct out_node *node)
{
	char *value = line_value(text, node);

	fputs(value ? value : "", text->to);
	free(value);
}

static void put_dump(struct text *text, const struct out_node *node, unsigned int indent)
{
	size_t line, i;
	uint8_t byte;

	for (line = 0; line < node->size; line += OUT_DUMP_BYTES) {
		put_indent(text, indent);
		fprintf(text->to, "%08" PRIx64 " ", node->number + line);
		for (i = line; i < line + OUT_DUMP_BYTES; i++) {
			if (i < node->size)
				fprintf(text->to, " %02x", node->bytes[i]);
			else
				fputs("   ", text->to);
		}
		fputs("  |", text->to);
		for (i = line; i < line + OUT_DUMP_BYTES && i < node->size; i++) {
			byte = node->bytes[i];
			fputc(isprint(byte) ? byte : '.', text->to);
		}
		fputs("|\n", text->to);
	}
}

static bool all_scalars(const struct out_node *node)
{
	const struct out_node *member;

	for (member = node->first; member; member = member->next)
		if (!out_node_is_scalar(member))
			return false;
	return true;
}

/* Objects of the same scalars. */
static bool is_table(const struct out_node *array)
{
	const struct out_node *row, *cell, *first;

	for (row = array->first; row; row = row->next) {
		if (row->type != OUT_OBJECT || row->sentence || !all_scalars(row))
			return false;
		first = array->first->first;
		for (cell = row->first; cell && first; cell = cell->next, first = first->next)
			if (strcmp(cell->key, first->key))
				return false;
		if (cell || first)
			return false;
	}
	return array->first;
}

static int cell_width(struct text *text, const struct out_node *node)
{
	char *value = line_value(text, node);
	int width = value ? strlen(value) : 0;

	free(value);
	return width;
}

/* Up to the widest cell of a column; the last one is not filled up. */
static int column_width(struct text *text, const struct out_node *array, unsigned int column)
{
	const struct out_node *row, *cell;
	unsigned int i;
	int width = 0, wide;

	for (row = array->first; row; row = row->next) {
		for (cell = row->first, i = 0; i < column; i++)
			cell = cell->next;
		wide = cell_width(text, cell);
		if (row == array->first && wide < (int)strlen(cell->key))
			wide = strlen(cell->key);
		if (wide > width)
			width = wide;
	}
	return width;
}

static void put_table(struct text *text, const struct out_node *array, unsigned int indent)
{
	const struct out_node *row, *cell;
	unsigned int column, columns = 0;
	int *widths;
	char *value;

	for (cell = array->first->first; cell; cell = cell->next)
		columns++;
	widths = calloc(columns + 1, sizeof(*widths));
	if (!widths) {
		text->no_memory = true;
		return;
	}
	for (column = 0; column + 1 < columns; column++)
		widths[column] = column_width(text, array, column) + 2;

	put_indent(text, indent);
	for (cell = array->first->first, column = 0; cell; cell = cell->next, column++)
		put_name(text, cell->key, widths[column]);
	fputc('\n', text->to);

	for (row = array->first; row; row = row->next) {
		put_indent(text, indent);
		for (cell = row->first, column = 0; cell; cell = cell->next, column++) {
			value = line_value(text, cell);
			fputs(value ? value : "", text->to);
			put_gap(text, value ? value : "", widths[column]);
			free(value);
		}
		fputc('\n', text->to);
	}
	free(widths);
}

static void put_members(struct text *text, const struct out_node *node, unsigned int indent);

static void put_array(struct text *text, const struct out_node *array, unsigned int indent)
{
	const struct out_node *element;

	if (is_table(array)) {
		put_table(text, array, indent);
		return;
	}
	for (element = array->first; element; element = element->next) {
		if (element->sentence) {
			put_indent(text, indent);
			put_sentence(text, element);
			continue;
		}
		if (element->type == OUT_OBJECT) {
			put_members(text, element, indent);
			if (element->next)
				fputc('\n', text->to);
			continue;
		}
		put_indent(text, indent);
		put_value(text, element);
		fputc('\n', text->to);
	}
}

static void put_list(struct text *text, const struct out_node *array)
{
	const struct out_node *element;

	if (!array->first)
		fputs("none", text->to);
	for (element = array->first; element; element = element->next) {
		put_value(text, element);
		if (element->next)
			fputs(", ", text->to);
	}
}

static bool is_one_line(const struct out_node *node)
{
	return out_node_is_scalar(node) || (node->type == OUT_ARRAY && all_scalars(node)) ||
	       (node->type == OUT_BYTES && !node->size);
}

/* Names of values are as wide as the widest; those above a block stand alone. */
static int names_width(const struct out_node *node)
{
	const struct out_node *member;
	int width = 0;

	for (member = node->first; member; member = member->next)
		if (is_one_line(member) && (int)strlen(member->key) > width)
			width = strlen(member->key);
	return width + 2;
}

static void put_members(struct text *text, const struct out_node *node, unsigned int indent)
{
	const struct out_node *member;
	int width = names_width(node);

	for (member = node->first; member; member = member->next) {
		put_indent(text, indent);
		if (member->sentence) {
			put_sentence(text, member);
			continue;
		}
		put_name(text, member->key, is_one_line(member) ? width : 0);
		if (is_one_line(member)) {
			if (out_node_is_scalar(member))
				put_value(text, member);
			else
				put_list(text, member);
			fputc('\n', text->to);
			continue;
		}
		if (member->meaning)
			fprintf(text->to, " (%s)", member->meaning);
		fputs(":\n", text->to);
		if (member->type == OUT_BYTES)
			put_dump(text, member, indent + 1);
		else if (member->type == OUT_ARRAY)
			put_array(text, member, indent + 1);
		else
			put_members(text, member, indent + 1);
	}
}

bool out_put_text(const struct out_node *root, bool colour, FILE *to)
{
	struct text text = { .to = to, .colour = colour };

	if (root->sentence)
		put_sentence(&text, root);
	else
		put_members(&text, root, 0);
	return !text.no_memory;
}
