/* SPDX-License-Identifier: MIT */
/*
 * The values of a document, between the calls that make it and the two ways to print it.
 */
#ifndef AGX_CLI_OUT_NODE_H
#define AGX_CLI_OUT_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum out_type {
	OUT_OBJECT,
	OUT_ARRAY,
	OUT_STRING,
	OUT_U64,
	OUT_I64,
	OUT_HEX,
	OUT_BOOL,
	OUT_BYTES,
};

/* All pointers are owned, except @parent. */
struct out_node {
	enum out_type type;
	char *key;

	/* See out_meaning() and out_sentence(); or NULL. */
	char *meaning;
	char *sentence;

	/* OUT_STRING; OUT_BYTES, of @size, which count from @number. */
	char *string;
	uint8_t *bytes;
	size_t size;
	uint64_t number;

	struct out_node *parent;
	struct out_node *first;
	struct out_node *last;
	struct out_node *next;
};

static inline bool out_node_is_scalar(const struct out_node *node)
{
	return node->type != OUT_OBJECT && node->type != OUT_ARRAY && node->type != OUT_BYTES;
}

/* The value in the manner of the text, or of a string in JSON: to be freed. NULL without memory. */
char *out_node_value(const struct out_node *node);

/* Both put the document @root; false without memory. */
bool out_put_text(const struct out_node *root, bool colour, FILE *to);
bool out_put_json(const struct out_node *root, const char *verb, FILE *to);

#endif /* AGX_CLI_OUT_NODE_H */
