// SPDX-License-Identifier: MIT
/*
 * agx-cli decode: memory that the kernel or the GPU reads, word by word.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "hw_block.h"
#include "out.h"
#include "uapi.h"
#include "verb.h"

/* What a row is about. */
struct decode_word {
	size_t offset;

	/* Borrowed; little endian. */
	const uint8_t *bytes;
	size_t size;

	/* Borrowed. */
	const char *block;
};

static uint64_t decode_little_endian(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

/* Begins a row, up to the value. */
static void decode_begin(struct out *out, const struct decode_word *word, const char *field)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "%0*" PRIx64, (int)(2 * word->size),
		 decode_little_endian(word->bytes, word->size));
	out_begin_object(out, NULL);
	out_hex(out, "offset", word->offset);
	out_string(out, "word", hex);
	out_string(out, "block", word->block);
	out_string(out, "field", field);
}

static void decode_hw_field(struct out *out, const struct decode_word *word,
			    const struct hw_field *field, const uint8_t *block)
{
	uint64_t value = hw_value(field, block);
	char buf[HW_MAX_TEXT];
	const char *meaning = hw_meaning(field, value, buf);

	decode_begin(out, word, field->name);
	if (field->kind == HW_HEX || field->kind == HW_FIXED)
		out_hex(out, "value", value);
	else
		out_u64(out, "value", value);
	if (meaning)
		out_meaning(out, "%s", meaning);
	out_end(out);
}

static void decode_hw_block(struct out *out, const struct hw_block *block, const uint8_t *bytes,
			    size_t offset)
{
	const struct hw_field *field;
	uint64_t unknown;
	size_t at;

	for (at = 0; at < block->size; at += block->word_size) {
		struct decode_word word = {
			.offset = offset + at,
			.bytes = bytes + at,
			.size = block->word_size,
			.block = block->name,
		};

		for (field = block->fields; field < block->fields + block->num_fields; field++)
			if (hw_is_in_word(block, field, at))
				decode_hw_field(out, &word, field, bytes);
		unknown = hw_unknown_bits(block, bytes, at);
		if (unknown) {
			decode_begin(out, &word, "unknown_bits");
			out_hex(out, "value", unknown);
			out_end(out);
		}
	}
}

static enum cli_exit decode_hw_end(struct cli *cli, const struct hw_list *list, const char *what)
{
	switch (list->end) {
	case HW_END_CUT:
		return cli_error(cli, CLI_EXIT_USAGE,
				 "%s ends at byte %#zx, before its end is there", what, list->size);
	case HW_END_UNKNOWN:
		return cli_error(cli, CLI_EXIT_UNSUPPORTED, "%s: what is at byte %#zx is not known",
				 what, list->offset);
	default:
		return CLI_EXIT_OK;
	}
}

static enum cli_exit decode_hw(struct cli *cli, struct hw_list *list, const char *what,
			       const struct hw_block *(*next)(struct hw_list *list))
{
	const struct hw_block *block;
	size_t start;

	out_begin_array(cli->out, "words");
	while ((block = next(list))) {
		start = list->offset - block->size;
		decode_hw_block(cli->out, block, list->bytes + start, start);
	}
	out_end(cli->out);
	out_u64(cli->out, "size", list->offset);
	return decode_hw_end(cli, list, what);
}

static int64_t decode_signed(uint64_t value, size_t size)
{
	uint64_t sign = UINT64_C(1) << (8 * size - 1);

	return (int64_t)((value ^ sign) - sign);
}

static void decode_value(struct out *out, const struct uapi_field *field, uint64_t value)
{
	const struct uapi_name *name;
	char names[128] = "";
	size_t len = 0;

	switch (field->format) {
	case UAPI_DEC:
		out_u64(out, "value", value);
		break;
	case UAPI_SIGNED:
		out_i64(out, "value", decode_signed(value, field->size));
		break;
	case UAPI_ENUM:
		out_u64(out, "value", value);
		if (uapi_name(field->names, value))
			out_meaning(out, "%s", uapi_name(field->names, value));
		break;
	case UAPI_FLAGS:
		out_hex(out, "value", value);
		for (name = field->names; name->name; name++)
			if (value & name->value && len < sizeof(names))
				len += snprintf(names + len, sizeof(names) - len, "%s%s",
						len ? ", " : "", name->name);
		if (len)
			out_meaning(out, "%s", names);
		break;
	default:
		out_hex(out, "value", value);
	}
}

/* A struct's fields, those of structs in it with both names. */
static void decode_struct(struct out *out, const struct uapi_struct *type, const char *prefix,
			  const struct decode_word *whole)
{
	const struct uapi_field *field;
	char name[96];
	unsigned int i;

	for (field = type->fields; field < type->fields + type->num_fields; field++) {
		for (i = 0; i < field->count; i++) {
			struct decode_word word = *whole;
			size_t at = field->offset + i * field->size;

			/* The kernel takes what a shorter payload has not for zero. */
			if (at + field->size > whole->size)
				return;
			word.offset += at;
			word.bytes += at;
			word.size = field->size;
			if (field->count > 1)
				snprintf(name, sizeof(name), "%s%s.%u", prefix, field->name, i);
			else
				snprintf(name, sizeof(name), "%s%s", prefix, field->name);

			if (field->type) {
				strncat(name, ".", sizeof(name) - strlen(name) - 1);
				decode_struct(out, field->type, name, &word);
				continue;
			}
			decode_begin(out, &word, name);
			decode_value(out, field, uapi_value(field, whole->bytes, i));
			out_end(out);
		}
	}
}

static void decode_attachments(struct out *out, const uint8_t *bytes, size_t offset, size_t size)
{
	char block[32];
	size_t at;

	for (at = 0; at < size; at += uapi_attachment.size) {
		struct decode_word whole = {
			.offset = offset + at,
			.bytes = bytes + offset + at,
			.size = size - at < uapi_attachment.size ? size - at : uapi_attachment.size,
			.block = block,
		};

		snprintf(block, sizeof(block), "attachment %zu", at / uapi_attachment.size);
		decode_struct(out, &uapi_attachment, "", &whole);
	}
}

static void decode_command(struct out *out, const uint8_t *bytes,
			   const struct uapi_command *command)
{
	const struct uapi_struct *type = uapi_command_struct(command->type);
	const char *name = uapi_name(uapi_cmd_types, command->type);
	struct decode_word header = {
		.offset = command->offset,
		.bytes = bytes + command->offset,
		.size = uapi_cmd_header.size,
		.block = "header",
	};
	struct decode_word payload = {
		.offset = command->payload,
		.bytes = bytes + command->payload,
		.size = command->size,
		.block = name,
	};

	decode_struct(out, &uapi_cmd_header, "", &header);
	if (type == &uapi_attachment)
		decode_attachments(out, bytes, command->payload, command->size);
	else if (type)
		decode_struct(out, type, "", &payload);
}

static enum cli_exit decode_submit(struct cli *cli, const uint8_t *bytes, size_t size)
{
	enum cli_exit status = CLI_EXIT_OK;
	struct uapi_command command;
	size_t offset = 0;

	out_begin_array(cli->out, "words");
	while (uapi_next_command(bytes, size, &offset, &command)) {
		if (size - command.offset < uapi_cmd_header.size) {
			status = cli_error(cli, CLI_EXIT_USAGE,
					   "the buffer ends at byte %#zx, in a header", size);
			break;
		}
		decode_command(cli->out, bytes, &command);
		if (!command.whole)
			status = cli_error(cli, CLI_EXIT_USAGE,
					   "the buffer ends at byte %#zx, in a command", size);
		else if (!uapi_command_struct(command.type))
			status = cli_error(cli, CLI_EXIT_UNSUPPORTED,
					   "the command at byte %#zx has the type %" PRIu32
					   ", which is not known", command.offset, command.type);
	}
	out_end(cli->out);
	out_u64(cli->out, "size", size);
	return status;
}

static enum cli_exit run_decode(struct cli *cli, const struct cli_args *args)
{
	const char *what = cli_word(args, 0);
	struct hw_list list = { .g14x = cli_option(args, "g14x") };
	enum cli_exit status;
	uint8_t *bytes;

	if (strcmp(what, "cdm") && strcmp(what, "usc") && strcmp(what, "submit"))
		return cli_usage(cli, "\"%s\" is not one of cdm, usc and submit", what);
	bytes = cli_bytes(cli, what, cli_word(args, 1), &list.size);
	if (!bytes)
		return cli->said;

	list.bytes = bytes;
	if (!strcmp(what, "cdm"))
		status = decode_hw(cli, &list, "the stream", hw_next_cdm);
	else if (!strcmp(what, "usc"))
		status = decode_hw(cli, &list, "the list", hw_next_usc);
	else
		status = decode_submit(cli, bytes, list.size);
	free(bytes);
	return status;
}

static const struct cli_option decode_options[] = {
	{ "g14x", 0, NULL, "a stream for a G14 with several clusters: launches are longer" },
	{ NULL },
};

const struct cli_verb cli_verbs_decode[] = {
	{
		.name = "decode",
		.group = "jobs",
		.synopsis = "cdm|usc|submit BYTES|@FILE",
		.summary = "show what the kernel or the GPU reads, word by word",
		.details =
			"cdm is the stream of a compute command, usc the list of words that a launch "
			"in it points to, submit the buffer of commands of SUBMIT. Streams and lists "
			"are shown up to their end, whatever follows. Bits that belong to no field are "
			"unknown_bits.",
		.options = decode_options,
		.min_words = 2,
		.max_words = 2,
		.run = run_decode,
	},
	{ .name = NULL },
};
