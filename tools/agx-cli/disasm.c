// SPDX-License-Identifier: MIT
#include "disasm.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "isa_table.h"

static_assert(DISASM_MAX_LEN == AGX_ISA_MAX_LEN, "the longest instruction");
static_assert(DISASM_MAX_TEXT == AGX_ISA_MAX_TEXT, "the longest text");

/* Whether there is a whole instruction. */
static bool disasm_decode(const uint8_t *code, size_t size, size_t offset,
			  struct agx_isa_insn *insn)
{
	uint8_t bytes[AGX_ISA_MAX_LEN] = { 0 };
	size_t left = size - offset;

	memcpy(bytes, code + offset, left < sizeof(bytes) ? left : sizeof(bytes));
	return agx_isa_decode(bytes, insn) && insn->len <= left;
}

void disasm_line(const uint8_t *code, size_t size, size_t offset, struct disasm_line *line)
{
	struct agx_isa_insn insn;
	size_t i;
	int len;

	*line = (struct disasm_line){ .offset = offset };
	line->known = disasm_decode(code, size, offset, &insn);
	if (line->known) {
		line->len = insn.len;
		agx_isa_format(&insn, line->text, sizeof(line->text));
		return;
	}

	/* Where the next one begins cannot be known, only that it is not between two bytes. */
	line->len = size - offset < 2 ? size - offset : 2;
	len = snprintf(line->text, sizeof(line->text), "%-8s ", ".bytes");
	for (i = 0; i < line->len; i++)
		len += snprintf(line->text + len, sizeof(line->text) - (size_t)len, "%02x",
				code[offset + i]);
}

static void disasm_use(struct disasm_usage *usage, const struct agx_isa_operand *op)
{
	uint32_t end = op->value + (uint32_t)op->count * op->halves;

	if (op->file == AGX_ISA_FILE_GPR && end > usage->registers)
		usage->registers = end;
	if (op->file == AGX_ISA_FILE_UNIFORM && end > usage->uniforms)
		usage->uniforms = end;
}

void disasm_usage(const uint8_t *code, size_t size, struct disasm_usage *usage)
{
	struct agx_isa_insn insn;
	struct disasm_line line;
	size_t offset;
	uint32_t role;

	/* The first one is the execution mask, which every shader has. */
	*usage = (struct disasm_usage){ .registers = 1 };

	for (offset = 0; offset < size; offset += line.len) {
		disasm_line(code, size, offset, &line);
		if (!line.known) {
			usage->unknown++;
			continue;
		}
		disasm_decode(code, size, offset, &insn);
		for (role = AGX_ISA_ROLE_DST; role <= AGX_ISA_ROLE_SRC3; role++)
			disasm_use(usage, agx_isa_operand(&insn, role));
	}
}
