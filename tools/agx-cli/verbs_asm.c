// SPDX-License-Identifier: MIT
/*
 * agx-cli asm and agx-cli disasm: shaders as text and as machine code.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "asm.h"
#include "disasm.h"
#include "out.h"
#include "verb.h"

static void asm_put_line(struct out *out, const uint8_t *code, const struct disasm_line *line)
{
	char hex[2 * DISASM_MAX_LEN + 1];
	size_t i;

	for (i = 0; i < line->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", code[line->offset + i]);

	out_begin_object(out, NULL);
	out_hex(out, "offset", line->offset);
	out_string(out, "bytes", hex);
	out_string(out, "text", line->text);
	out_sentence(out, "%4zx: %-24s %s", line->offset, hex, line->text);
	out_end(out);
}

/* Lines of @size bytes; returns how many of them are no known instruction. */
static size_t asm_put_code(struct out *out, const uint8_t *code, size_t size)
{
	struct disasm_line line;
	size_t offset, unknown = 0;

	out_begin_array(out, "code");
	for (offset = 0; offset < size; offset += line.len) {
		disasm_line(code, size, offset, &line);
		asm_put_line(out, code, &line);
		unknown += !line.known;
	}
	out_end(out);
	return unknown;
}

static void asm_put_usage(struct out *out, const uint8_t *code, size_t size)
{
	struct disasm_usage usage;

	disasm_usage(code, size, &usage);
	out_u64(out, "size", size);
	out_u64(out, "registers", usage.registers);
	out_u64(out, "uniforms", usage.uniforms);
}

/* Source from a file, or from the argument itself. To be freed. */
static char *asm_read_source(struct cli *cli, const char *word)
{
	char *source;
	uint8_t *bytes;
	size_t size;

	if (*word != '@') {
		source = strdup(word);
		if (!source)
			cli_no_memory(cli);
		return source;
	}

	bytes = cli_bytes(cli, "source", word, &size);
	if (!bytes)
		return NULL;
	source = malloc(size + 1);
	if (source && size)
		memcpy(source, bytes, size);
	free(bytes);
	if (!source) {
		cli_no_memory(cli);
		return NULL;
	}
	source[size] = '\0';
	if (strlen(source) == size)
		return source;
	cli_error(cli, CLI_EXIT_USAGE, "%s: that is no text", word + 1);
	free(source);
	return NULL;
}

static enum cli_exit asm_write(struct cli *cli, const char *path, const struct asm_code *code)
{
	FILE *file = fopen(path, "wb");
	bool good;

	if (file) {
		good = fwrite(code->bytes, 1, code->size, file) == code->size;
		good = !fclose(file) && good;
		if (good)
			return CLI_EXIT_OK;
	}
	return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot write %s", path);
}

static enum cli_exit run_asm(struct cli *cli, const struct cli_args *args)
{
	const char *word = cli_word(args, 0), *output = cli_option(args, "output");
	enum cli_exit status = CLI_EXIT_OK;
	struct asm_error error;
	struct asm_code code;
	char *source;

	source = asm_read_source(cli, word);
	if (!source)
		return cli->said;
	if (!asm_assemble(source, &code, &error)) {
		free(source);
		if (*word == '@')
			return cli_error(cli, CLI_EXIT_USAGE, "%s:%u: %s", word + 1, error.line,
					 error.text);
		return cli_error(cli, CLI_EXIT_USAGE, "line %u: %s", error.line, error.text);
	}
	free(source);

	asm_put_usage(cli->out, code.bytes, code.size);
	asm_put_code(cli->out, code.bytes, code.size);
	if (output)
		status = asm_write(cli, output, &code);
	asm_code_free(&code);
	return status;
}

static enum cli_exit run_disasm(struct cli *cli, const struct cli_args *args)
{
	uint8_t *code;
	size_t size, unknown;

	code = cli_bytes(cli, "code", cli_word(args, 0), &size);
	if (!code)
		return cli->said;

	asm_put_usage(cli->out, code, size);
	unknown = asm_put_code(cli->out, code, size);
	free(code);
	if (!unknown)
		return CLI_EXIT_OK;
	return cli_error(cli, CLI_EXIT_UNSUPPORTED,
			 "of %zu lines it is not known what instruction they are", unknown);
}

static const struct cli_option asm_options[] = {
	{ "output", 'o', "FILE", "write the machine code to a file" },
	{ NULL },
};

const struct cli_verb cli_verbs_asm[] = {
	{
		.name = "asm",
		.group = "jobs",
		.synopsis = "SOURCE|@FILE",
		.summary = "assemble a shader",
		.details =
			"Instructions are written as Mesa's disassembler writes them, one a line or "
			"with \";\" between them. A label is a name and a colon, and jumps go to one or "
			"by a number of bytes. \".bytes\" takes hexadecimal bytes. Comments begin with "
			"\"#\" or \"//\".",
		.options = asm_options,
		.min_words = 1,
		.max_words = 1,
		.run = run_asm,
	},
	{
		.name = "disasm",
		.group = "jobs",
		.synopsis = "BYTES|@FILE",
		.summary = "disassemble a shader",
		.details =
			"What is no instruction that the simulated GPU knows becomes \".bytes\", two "
			"at a time, and the exit status 6.",
		.min_words = 1,
		.max_words = 1,
		.run = run_disasm,
	},
	{ .name = NULL },
};
