// SPDX-License-Identifier: MIT
#include "asm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa_parse.h"

#define ASM_MAX_STATEMENT 256

struct asm_label {
	/* Borrowed from the source. */
	const char *name;
	size_t len;

	size_t offset;
};

/* All pointers are owned but for those that say otherwise. */
struct assembler {
	struct asm_label *labels;
	size_t num_labels;

	/* Whether all labels are known: instructions have the same length in both passes. */
	bool second_pass;

	/* One that there is not, as the last instruction has found; its name is in that. */
	struct asm_label missing;

	struct asm_code *code;
	size_t capacity;

	/* Borrowed. */
	struct asm_error *error;
};

static bool asm_fail(struct assembler *as, const char *text)
{
	snprintf(as->error->text, sizeof(as->error->text), "%s", text);
	return false;
}

static bool asm_fail_at(struct assembler *as, const char *text, const char *str, size_t len)
{
	snprintf(as->error->text, sizeof(as->error->text), "%s \"%.*s\"", text,
		 len < 40 ? (int)len : 40, str);
	return false;
}

/* Room for one more than @count elements, in powers of two; NULL if there is none. */
static void *asm_grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return realloc(array, (count ? 2 * count : 1) * size);
}

static bool asm_emit(struct assembler *as, const uint8_t *bytes, size_t len)
{
	struct asm_code *code = as->code;
	uint8_t *grown;

	if (code->size + len > as->capacity) {
		grown = realloc(code->bytes, 2 * as->capacity + 256);
		if (!grown)
			return asm_fail(as, "no memory");
		code->bytes = grown;
		as->capacity = 2 * as->capacity + 256;
	}
	memcpy(code->bytes + code->size, bytes, len);
	code->size += len;
	return true;
}

static const struct asm_label *asm_find_label(const struct assembler *as, const char *name,
					      size_t len)
{
	size_t i;

	for (i = 0; i < as->num_labels; i++)
		if (as->labels[i].len == len && !memcmp(as->labels[i].name, name, len))
			return &as->labels[i];
	return NULL;
}

static bool asm_is_label(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '.')
			return false;
	return len && !isdigit((unsigned char)name[0]);
}

/* For isa_parse(). */
static bool asm_label_offset(void *data, const char *name, size_t len, uint32_t *offset)
{
	struct assembler *as = data;
	const struct asm_label *label = asm_find_label(as, name, len);

	*offset = 0;
	if (!asm_is_label(name, len))
		return false;
	if (label)
		*offset = (uint32_t)label->offset - (uint32_t)as->code->size;
	else if (as->second_pass)
		as->missing = (struct asm_label){ .name = name, .len = len };
	return true;
}

static bool asm_add_label(struct assembler *as, const char *name, size_t len)
{
	struct asm_label *labels;

	if (!asm_is_label(name, len))
		return asm_fail_at(as, "no name for a label:", name, len);
	if (as->second_pass)
		return true;
	if (asm_find_label(as, name, len))
		return asm_fail_at(as, "there are two labels", name, len);

	labels = asm_grow(as->labels, as->num_labels, sizeof(*labels));
	if (!labels)
		return asm_fail(as, "no memory");
	as->labels = labels;
	as->labels[as->num_labels++] = (struct asm_label){ name, len, as->code->size };
	return true;
}

static int asm_hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static bool asm_bytes(struct assembler *as, const char *hex)
{
	uint8_t byte;

	for (;;) {
		hex += strspn(hex, " \t");
		if (!*hex)
			return true;
		if (asm_hex_digit(hex[0]) < 0 || asm_hex_digit(hex[1]) < 0)
			return asm_fail_at(as, "no hexadecimal bytes:", hex, strlen(hex));
		byte = (uint8_t)(asm_hex_digit(hex[0]) << 4 | asm_hex_digit(hex[1]));
		if (!asm_emit(as, &byte, 1))
			return false;
		hex += 2;
	}
}

static bool asm_instruction(struct assembler *as, const char *text)
{
	const struct isa_labels labels = { .find = asm_label_offset, .data = as };
	char reason[ISA_PARSE_MAX_ERROR];
	struct agx_isa_insn insn;

	if (!isa_parse(text, &labels, &insn, reason))
		return asm_fail(as, reason);
	if (as->missing.name)
		return asm_fail_at(as, "there is no label", as->missing.name, as->missing.len);
	return asm_emit(as, insn.bytes, insn.len);
}

/* One statement; labels are borrowed from it, so they are not taken from the copy. */
static bool asm_statement(struct assembler *as, const char *start, size_t len)
{
	char text[ASM_MAX_STATEMENT];
	const char *colon;

	for (;;) {
		for (; len && isspace((unsigned char)*start); start++)
			len--;
		colon = memchr(start, ':', len);
		if (!colon)
			break;
		if (!asm_add_label(as, start, (size_t)(colon - start)))
			return false;
		len -= (size_t)(colon + 1 - start);
		start = colon + 1;
	}

	while (len && isspace((unsigned char)start[len - 1]))
		len--;
	if (len >= sizeof(text))
		return asm_fail(as, "the instruction is too long");
	memcpy(text, start, len);
	text[len] = '\0';

	if (!len)
		return true;
	if (!strncmp(text, ".bytes", 6) && (!text[6] || isspace((unsigned char)text[6])))
		return asm_bytes(as, text + 6);
	return asm_instruction(as, text);
}

/* Without the comment. */
static size_t asm_line_len(const char *line)
{
	size_t len = strcspn(line, "\n#");
	size_t i;

	for (i = 0; i + 1 < len; i++)
		if (line[i] == '/' && line[i + 1] == '/')
			return i;
	return len;
}

static bool asm_line(struct assembler *as, const char *line)
{
	const char *end = line + asm_line_len(line);
	const char *semicolon;

	for (;;) {
		semicolon = memchr(line, ';', (size_t)(end - line));
		if (!semicolon)
			return asm_statement(as, line, (size_t)(end - line));
		if (!asm_statement(as, line, (size_t)(semicolon - line)))
			return false;
		line = semicolon + 1;
	}
}

static bool asm_pass(struct assembler *as, const char *source)
{
	const char *line = source;

	as->code->size = 0;
	for (as->error->line = 1; *line; as->error->line++) {
		if (!asm_line(as, line))
			return false;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return true;
}

bool asm_assemble(const char *source, struct asm_code *code, struct asm_error *error)
{
	struct assembler as = { .code = code, .error = error };
	bool good;

	*code = (struct asm_code){ .bytes = NULL };
	*error = (struct asm_error){ .line = 0 };

	good = asm_pass(&as, source);
	as.second_pass = true;
	if (good)
		good = asm_pass(&as, source);
	if (!good)
		asm_code_free(code);
	free(as.labels);
	return good;
}

void asm_code_free(struct asm_code *code)
{
	free(code->bytes);
	*code = (struct asm_code){ .bytes = NULL };
}
