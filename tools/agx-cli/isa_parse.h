/* SPDX-License-Identifier: MIT */
/*
 * From text to struct agx_isa_insn, by the tables that agx_isa_format() writes it by.
 */
#ifndef AGX_CLI_ISA_PARSE_H
#define AGX_CLI_ISA_PARSE_H

#include "isa.h"

#define ISA_PARSE_MAX_ERROR 160

/* Where a label is, for those who have labels. */
struct isa_labels {
	/* From the jump; false if there is no such label. */
	bool (*find)(void *data, const char *name, size_t len, u32 *offset);

	/* Borrowed. */
	void *data;
};

/*
 * One instruction, in the notation of Mesa's disassembler; numbers can be hexadecimal too. @labels
 * may be NULL. The instruction is complete, with its bytes. On failure @error, which has
 * ISA_PARSE_MAX_ERROR bytes, says why.
 */
bool isa_parse(const char *text, const struct isa_labels *labels, struct agx_isa_insn *insn,
	       char *error);

#endif /* AGX_CLI_ISA_PARSE_H */
