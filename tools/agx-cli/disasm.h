/* SPDX-License-Identifier: MIT */
/*
 * Disassembler: machine code to lines that the assembler takes back.
 */
#ifndef AGX_CLI_DISASM_H
#define AGX_CLI_DISASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest instruction, and of the longest text with its terminating NUL. */
#define DISASM_MAX_LEN 12
#define DISASM_MAX_TEXT 128

struct disasm_line {
	size_t offset;

	/* Bytes that it is about: those of an instruction, or at most two that are none. */
	size_t len;

	/* False for ".bytes" and what the engine does not know. */
	bool known;

	char text[DISASM_MAX_TEXT];
};

/* The line at @offset, which is below @size. */
void disasm_line(const uint8_t *code, size_t size, size_t offset, struct disasm_line *line);

/* What a shader uses. */
struct disasm_usage {
	/* 16-bit registers and uniforms, from the first to the highest that is named. */
	uint32_t registers;
	uint32_t uniforms;

	/* Lines that are not known. */
	size_t unknown;
};

void disasm_usage(const uint8_t *code, size_t size, struct disasm_usage *usage);

#endif /* AGX_CLI_DISASM_H */
