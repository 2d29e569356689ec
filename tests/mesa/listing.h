/* SPDX-License-Identifier: MIT */
/**
 * DOC: What Mesa's disassembler says
 *
 * It has no way in. But if Mesa is asked to trace, it disassembles what is in memory of each shader
 * that it submits, before the GPU gets to see it.
 */
#ifndef MESA_LISTING_H
#define MESA_LISTING_H

#include "isa.h"

/** struct listing_line - What Mesa says of one instruction. */
struct listing_line {
	/** @offset: in its shader. */
	size_t offset;
	char hex[2 * AGX_ISA_MAX_LEN + 1];
	char text[AGX_ISA_MAX_TEXT];
};

/** listing_start() - Let Mesa trace, from the next device on that is opened. */
void listing_start(void);

/**
 * listing_read() - Read what has been submitted since the last time.
 * @take: called for each instruction of each shader, in their order.
 */
void listing_read(void (*take)(const struct listing_line *line, void *data), void *data);

/** listing_end() - Remove what is left of the traces. */
void listing_end(void);

/** listing_check() - Assert that the engine says the same of an instruction. */
void listing_check(const struct listing_line *line, const struct agx_isa_insn *insn);

#endif
