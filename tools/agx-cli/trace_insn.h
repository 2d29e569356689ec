/* SPDX-License-Identifier: MIT */
/* The simulated GPU's event agx_sim_insn: an instruction that has been executed. */
#ifndef AGX_CLI_TRACE_INSN_H
#define AGX_CLI_TRACE_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_INSN_REGS 32

struct trace_reg {
	/* As the disassembler has it: "r1l", "dr2", "u7". */
	char name[8];
	uint64_t value;
};

/* Registers in the order in which they are first named. */
struct trace_regs {
	struct trace_reg list[TRACE_INSN_REGS];
	unsigned int num;
};

struct trace_insn {
	/* Of the address space; and the first block of the control stream. */
	uint32_t context;
	uint64_t stream;

	/* Of a preshader there is only one thread, before those of the groups. */
	bool preshader;
	uint32_t group[3];
	uint32_t simd;

	/* Lanes that were active. */
	uint32_t exec;

	uint64_t pc;
	/* From the beginning of the shader. */
	int64_t offset;
	char text[192];

	/* The lane whose registers these are: before and after. */
	uint32_t lane;
	struct trace_regs reads;
	struct trace_regs writes;

	bool faulted;
};

/* From the text of the event; false if it is another. */
bool trace_insn_parse(const char *text, struct trace_insn *insn);

/* Whether the lane took part. */
bool trace_insn_active(const struct trace_insn *insn);

/*
 * A line for people, cut off if @size bytes are too few. What stands behind the instruction is in
 * the same column for all whose text is not wider than @width.
 */
void trace_insn_format(const struct trace_insn *insn, int width, char *buf, size_t size);

/* Bytes that suffice for all but absurd ones. */
#define TRACE_INSN_LINE 1024

#endif /* AGX_CLI_TRACE_INSN_H */
