/* SPDX-License-Identifier: MIT */
/*
 * Assembler: the source of a shader to machine code.
 *
 * A statement is an instruction as isa_parse() takes it, or ".bytes" and hexadecimal bytes. Labels,
 * each with a colon, may stand before it or alone. Jumps take a label or an offset from where they
 * stand. Statements end with the line or with ";". A comment begins with "#" or "//".
 */
#ifndef AGX_CLI_ASM_H
#define AGX_CLI_ASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASM_MAX_ERROR 200

struct asm_code {
	/* Owned; see asm_code_free(). */
	uint8_t *bytes;
	size_t size;
};

struct asm_error {
	/* From 1; 0 if it is about no line. */
	unsigned int line;
	char text[ASM_MAX_ERROR];
};

/* On failure @code is empty, and @error says why. */
bool asm_assemble(const char *source, struct asm_code *code, struct asm_error *error);

void asm_code_free(struct asm_code *code);

#endif /* AGX_CLI_ASM_H */
