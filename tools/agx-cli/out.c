// SPDX-License-Identifier: MIT
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out_node.h"

struct out {
	bool json;
	bool colour;

	/* No document is complete any more. */
	bool no_memory;

	/* Borrowed. */
	const char *verb;

	/* Owned. */
	struct out_node *root;

	/* What members go to, and the last one; borrowed from @root. NULL for none. */
	struct out_node *open;
	struct out_node *newest;
};

struct out *out_create(void)
{
	struct out *out = calloc(1, sizeof(*out));
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (!out)
		return NULL;

	out->colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && term &&
		      strcmp(term, "dumb");
	return out;
}

static void free_node(struct out_node *node)
{
	struct out_node *next;

	while (node) {
		next = node->next;
		free_node(node->first);
		free(node->key);
		free(node->meaning);
		free(node->sentence);
		free(node->string);
		free(node->bytes);
		free(node);
		node = next;
	}
}

static void forget(struct out *out)
{
	free_node(out->root);
	out->root = NULL;
	out->open = NULL;
	out->newest = NULL;
}

void out_destroy(struct out *out)
{
	if (!out)
		return;

	forget(out);
	free(out);
}

void out_set_json(struct out *out, bool json)
{
	out->json = json;
}

bool out_json(const struct out *out)
{
	return out->json;
}

bool out_colour(const struct out *out)
{
	return out->colour;
}

void out_start(struct out *out, const char *verb)
{
	forget(out);
	out->verb = verb;
	out->root = calloc(1, sizeof(*out->root));
	if (!out->root)
		out->no_memory = true;
	out->open = out->root;
}

void out_emit(struct out *out)
{
	bool done = true;

	if (out->root && out->root->first && !out->no_memory) {
		if (out->json)
			done = out_put_json(out->root, out->verb, stdout);
		else
			done = out_put_text(out->root, out->colour, stdout);
	}
	if (!done)
		out->no_memory = true;
	fflush(stdout);
	out_start(out, out->verb);
}

void out_clear(struct out *out)
{
	if (!out->json && isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
}

/* NULL if there is no memory, or nothing that it could go to. */
static struct out_node *add(struct out *out, const char *key, enum out_type type)
{
	struct out_node *node;

	if (!out->open)
		return NULL;

	node = calloc(1, sizeof(*node));
	if (node && key)
		node->key = strdup(key);
	if (!node || (key && !node->key)) {
		free(node);
		out->no_memory = true;
		return NULL;
	}

	node->type = type;
	node->parent = out->open;
	if (out->open->last)
		out->open->last->next = node;
	else
		out->open->first = node;
	out->open->last = node;
	out->newest = node;
	return node;
}

static void add_open(struct out *out, const char *key, enum out_type type)
{
	struct out_node *node = add(out, key, type);

	if (node)
		out->open = node;
}

void out_begin_object(struct out *out, const char *key)
{
	add_open(out, key, OUT_OBJECT);
}

void out_begin_array(struct out *out, const char *key)
{
	add_open(out, key, OUT_ARRAY);
}

void out_end(struct out *out)
{
	if (!out->open || !out->open->parent)
		return;

	out->newest = out->open;
	out->open = out->open->parent;
}

void out_string(struct out *out, const char *key, const char *value)
{
	struct out_node *node = add(out, key, OUT_STRING);

	if (!node)
		return;

	node->string = strdup(value);
	if (!node->string)
		out->no_memory = true;
}

static void add_number(struct out *out, const char *key, enum out_type type, uint64_t value)
{
	struct out_node *node = add(out, key, type);

	if (node)
		node->number = value;
}

void out_u64(struct out *out, const char *key, uint64_t value)
{
	add_number(out, key, OUT_U64, value);
}

void out_i64(struct out *out, const char *key, int64_t value)
{
	add_number(out, key, OUT_I64, value);
}

void out_hex(struct out *out, const char *key, uint64_t value)
{
	add_number(out, key, OUT_HEX, value);
}

void out_bool(struct out *out, const char *key, bool value)
{
	add_number(out, key, OUT_BOOL, value);
}

void out_bytes(struct out *out, const char *key, uint64_t start, const void *bytes, size_t size)
{
	struct out_node *node = add(out, key, OUT_BYTES);

	if (!node)
		return;

	node->number = start;
	node->size = size;
	node->bytes = malloc(size ? size : 1);
	if (!node->bytes)
		out->no_memory = true;
	else if (size)
		memcpy(node->bytes, bytes, size);
}

static void format_into(struct out *out, char **to, const char *format, va_list ap)
{
	free(*to);
	if (vasprintf(to, format, ap) < 0) {
		*to = NULL;
		out->no_memory = true;
	}
}

void out_meaning(struct out *out, const char *format, ...)
{
	va_list ap;

	if (!out->newest)
		return;

	va_start(ap, format);
	format_into(out, &out->newest->meaning, format, ap);
	va_end(ap);
}

void out_sentence(struct out *out, const char *format, ...)
{
	va_list ap;

	if (!out->open)
		return;

	va_start(ap, format);
	format_into(out, &out->open->sentence, format, ap);
	va_end(ap);
}

void out_error(struct out *out, const char *message)
{
	struct out_node *open = out->open, *errors;

	if (!out->json || !out->root)
		return;

	for (errors = out->root->first; errors; errors = errors->next)
		if (!strcmp(errors->key, "errors"))
			break;
	if (!errors) {
		out->open = out->root;
		errors = add(out, "errors", OUT_ARRAY);
	}
	if (errors) {
		out->open = errors;
		out_string(out, NULL, message);
	}
	out->open = open;
}

void out_note(struct out *out, const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, format);
	fputs("agx-cli: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
}

int out_flush(struct out *out)
{
	if (fflush(stdout) || ferror(stdout))
		return -EIO;
	return out->no_memory ? -ENOMEM : 0;
}
