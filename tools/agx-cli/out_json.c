// SPDX-License-Identifier: MIT
/*
 * A document as JSON, one line.
 */
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "out.h"
#include "out_node.h"
#include "utf8.h"

static struct json_object *to_json(const struct out_node *node);

/* NULL without memory. */
static struct json_object *to_string(const char *text)
{
	char *mended = utf8_mend(text);
	struct json_object *string = mended ? json_object_new_string(mended) : NULL;

	free(mended);
	return string;
}

static bool add_meaning(struct json_object *object, const struct out_node *node)
{
	struct json_object *text;
	char *key;
	bool added;

	if (!node->meaning)
		return true;
	if (asprintf(&key, "%s_text", node->key) < 0)
		return false;

	text = to_string(node->meaning);
	added = text && !json_object_object_add(object, key, text);
	free(key);
	return added;
}

static bool add_members(struct json_object *object, const struct out_node *node)
{
	const struct out_node *member;
	struct json_object *value;

	for (member = node->first; member; member = member->next) {
		value = to_json(member);
		if (!value)
			return false;
		if (node->type == OUT_ARRAY ? json_object_array_add(object, value) :
		    json_object_object_add(object, member->key, value)) {
			json_object_put(value);
			return false;
		}
		if (node->type == OUT_OBJECT && !add_meaning(object, member))
			return false;
	}
	return true;
}

/* NULL without memory. */
static struct json_object *to_json(const struct out_node *node)
{
	struct json_object *value;
	char *string;

	switch (node->type) {
	case OUT_BOOL:
		return json_object_new_boolean(node->number);
	case OUT_I64:
		return json_object_new_int64(node->number);
	case OUT_U64:
	case OUT_HEX:
		return json_object_new_uint64(node->number);
	case OUT_OBJECT:
	case OUT_ARRAY:
		value = node->type == OUT_ARRAY ? json_object_new_array() :
						  json_object_new_object();
		if (value && !add_members(value, node)) {
			json_object_put(value);
			return NULL;
		}
		return value;
	default:
		string = out_node_value(node);
		value = string ? to_string(string) : NULL;
		free(string);
		return value;
	}
}

bool out_put_json(const struct out_node *root, const char *verb, FILE *to)
{
	struct json_object *object = json_object_new_object();
	const char *line = NULL;

	if (object &&
	    !json_object_object_add(object, "schema", json_object_new_int(OUT_SCHEMA)) &&
	    !json_object_object_add(object, "verb", json_object_new_string(verb)) &&
	    add_members(object, root))
		line = json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED |
						      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (line)
		fprintf(to, "%s\n", line);
	json_object_put(object);
	return line;
}
