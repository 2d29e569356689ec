// SPDX-License-Identifier: MIT
/*
 * Values of fields: from text, and into documents.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "fields.h"
#include "out.h"

/* How long the names of fields of structs within structs get. */
#define FIELD_NAME_MAX 64

static const struct uapi_ioctl *find_ioctl(const struct uapi_group *group, const char *name)
{
	unsigned int i;

	for (i = 0; i < group->num; i++)
		if (!strcmp(group->ioctls[i].name, name))
			return &group->ioctls[i];
	return NULL;
}

const struct uapi_ioctl *cli_find_ioctl(const char *name)
{
	const struct uapi_ioctl *ioctl = find_ioctl(&uapi_asahi, name);

	return ioctl ? ioctl : find_ioctl(&uapi_core, name);
}

const char *cli_nth_ioctl(unsigned int index)
{
	if (index < uapi_asahi.num)
		return uapi_asahi.ioctls[index].name;
	index -= uapi_asahi.num;
	return index < uapi_core.num ? uapi_core.ioctls[index].name : NULL;
}

bool cli_find_field(const struct uapi_struct *type, const char *name, struct uapi_field *found)
{
	size_t len = strcspn(name, ".");
	const struct uapi_field *field;
	unsigned int i;

	for (i = 0; i < type->num_fields; i++) {
		field = &type->fields[i];
		if (strlen(field->name) != len || strncmp(field->name, name, len))
			continue;
		if (!name[len]) {
			*found = *field;
			return field->format != UAPI_STRUCT;
		}
		if (field->format != UAPI_STRUCT ||
		    !cli_find_field(field->type, name + len + 1, found))
			return false;
		found->offset += field->offset;
		return true;
	}
	return false;
}

uint64_t cli_get_field(const struct uapi_struct *type, const char *name, const void *from)
{
	struct uapi_field field;

	return cli_find_field(type, name, &field) ? uapi_value(&field, from, 0) : 0;
}

void cli_store_field(const struct uapi_struct *type, const char *name, uint64_t value, void *to)
{
	struct uapi_field field;

	/* The uapi knows machines of this byte order only. */
	if (cli_find_field(type, name, &field))
		memcpy((char *)to + field.offset, &value, field.size);
}

static bool find_name(const struct uapi_name *names, const char *text, size_t len, uint64_t *value)
{
	for (; names && names->name; names++) {
		if (strlen(names->name) == len && !strncmp(names->name, text, len)) {
			*value = names->value;
			return true;
		}
	}
	return false;
}

/* Names, and numbers between them; false if there is anything else, of which is said nothing. */
static bool parse_names(struct cli *cli, const struct uapi_field *field, const char *text,
			uint64_t *value)
{
	uint64_t bits;
	char part[64];
	size_t len;

	*value = 0;
	for (;;) {
		len = strcspn(text, "|");
		if (!find_name(field->names, text, len, &bits)) {
			snprintf(part, sizeof(part), "%.*s", (int)len, text);
			if (len >= sizeof(part) || !cli_try_number(cli, part, &bits))
				return false;
		}
		*value |= bits;
		if (!text[len])
			return true;
		if (field->format != UAPI_FLAGS)
			return false;
		text += len + 1;
	}
}

static void names_failed(struct cli *cli, const struct uapi_field *field, const char *name,
			 const char *text)
{
	const struct uapi_name *known;
	char names[256] = "";
	size_t used = 0;

	for (known = field->names; known->name; known++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
				 known->name);
	cli_usage(cli, "%s: \"%s\" is neither a number nor %s %s", name, text,
		  field->format == UAPI_FLAGS ? "made of" : "one of", names);
}

bool cli_set_field(struct cli *cli, const struct uapi_struct *type, const char *name,
		   const char *text, void *to)
{
	struct uapi_field field;
	uint64_t value, limit;

	if (!cli_find_field(type, name, &field) || field.count != 1) {
		cli_usage(cli, "%s has no field \"%s\" that can be set", type->name, name);
		return false;
	}
	if (!field.names && !cli_number(cli, name, text, &value))
		return false;
	if (field.names && !parse_names(cli, &field, text, &value)) {
		names_failed(cli, &field, name, text);
		return false;
	}

	/* -1 is all ones of any size. */
	limit = UINT64_MAX >> (64 - 8 * field.size);
	if (*text == '-' && -value <= limit / 2 + 1)
		value &= limit;
	if (value > limit) {
		cli_usage(cli, "%s=%s: more than %u bits", name, text, 8 * field.size);
		return false;
	}
	memcpy((char *)to + field.offset, &value, field.size);
	return true;
}

static void put_flags(struct out *out, const char *key, const struct uapi_name *names,
		      uint64_t value)
{
	uint64_t unknown = value;
	char text[256] = "";
	size_t used = 0;

	for (; names && names->name; names++) {
		if (!(value & names->value))
			continue;
		unknown &= ~names->value;
		used += snprintf(text + used, sizeof(text) - used, "%s%s", used ? "|" : "",
				 names->name);
	}
	if (unknown)
		snprintf(text + used, sizeof(text) - used, "%sunknown", used ? "|" : "");
	out_hex(out, key, value);
	if (value)
		out_meaning(out, "%s", text);
}

/* Bytes that are a string up to the first zero, or only bytes. */
static void put_text(struct out *out, const char *key, const char *text, size_t size)
{
	char string[128];
	size_t len = strnlen(text, size), i;

	for (i = 0; i < len && isprint((unsigned char)text[i]); i++)
		;
	if (i < len || len == size || len >= sizeof(string)) {
		out_bytes(out, key, 0, text, size);
		return;
	}
	memcpy(string, text, len);
	string[len] = '\0';
	out_string(out, key, string);
}

/* @key is NULL for an element of an array. */
static void put_value(struct out *out, const char *key, const struct uapi_field *field,
		      uint64_t value)
{
	const char *name;
	unsigned int shift = 64 - 8 * field->size;

	switch (field->format) {
	case UAPI_HEX:
		out_hex(out, key, value);
		break;
	case UAPI_FLAGS:
		put_flags(out, key, field->names, value);
		break;
	case UAPI_SIGNED:
		out_i64(out, key, (int64_t)(value << shift) >> shift);
		break;
	default:
		out_u64(out, key, value);
		name = field->format == UAPI_ENUM ? uapi_name(field->names, value) : NULL;
		if (name)
			out_meaning(out, "%s", name);
		break;
	}
}

/* Up to the last element that is not 0. */
static void put_array(struct out *out, const char *key, const struct uapi_field *field,
		      const void *from)
{
	unsigned int i, used = 0;

	for (i = 0; i < field->count; i++)
		if (uapi_value(field, from, i))
			used = i + 1;

	out_begin_array(out, key);
	for (i = 0; i < used; i++)
		put_value(out, NULL, field, uapi_value(field, from, i));
	out_end(out);
}

static void put_fields(struct out *out, const char *prefix, const struct uapi_struct *type,
		       const char *from, size_t size)
{
	const struct uapi_field *field;
	char key[FIELD_NAME_MAX];
	unsigned int i;

	for (i = 0; i < type->num_fields; i++) {
		field = &type->fields[i];
		snprintf(key, sizeof(key), "%s%s%s", prefix, *prefix ? "." : "", field->name);
		if (field->format == UAPI_STRUCT) {
			if (field->offset < size)
				put_fields(out, key, field->type, from + field->offset,
					   size - field->offset);
			continue;
		}
		if (field->offset + (size_t)field->size * field->count > size)
			continue;
		if (field->format == UAPI_TEXT)
			put_text(out, key, from + field->offset, field->size * field->count);
		else if (field->count > 1)
			put_array(out, key, field, from);
		else
			put_value(out, key, field, uapi_value(field, from, 0));
	}
}

void cli_put_struct(struct out *out, const struct uapi_struct *type, const void *from, size_t size)
{
	put_fields(out, "", type, from, size);
}

static void put_attachments(struct out *out, const uint8_t *payload, size_t size)
{
	size_t at;

	out_begin_array(out, "attachments");
	for (at = 0; at < size; at += uapi_attachment.size) {
		out_begin_object(out, NULL);
		cli_put_struct(out, &uapi_attachment, payload + at, size - at);
		out_end(out);
	}
	out_end(out);
}

void cli_put_commands(struct out *out, const void *buf, size_t size)
{
	const struct uapi_struct *type;
	struct uapi_command command;
	const uint8_t *payload;
	size_t at = 0;

	while (uapi_next_command(buf, size, &at, &command)) {
		payload = (const uint8_t *)buf + command.payload;
		type = uapi_command_struct(command.type);
		out_begin_object(out, NULL);
		cli_put_struct(out, &uapi_cmd_header, (const uint8_t *)buf + command.offset,
			       size - command.offset);
		if (!command.whole)
			out_bool(out, "whole", false);
		if (type == &uapi_attachment)
			put_attachments(out, payload, command.size);
		else if (type)
			cli_put_struct(out, type, payload, command.size);
		if (!type || (type != &uapi_attachment && command.size > type->size))
			out_bytes(out, "payload", 0, payload, command.size);
		out_end(out);
	}
}
