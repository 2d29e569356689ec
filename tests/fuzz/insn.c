// SPDX-License-Identifier: MIT
/*
 * The input is one instruction: what can be decoded has a text of its own length, and says nothing
 * of registers that there are not.
 */
#include "harness.h"

#include <stdlib.h>

#include "isa.h"

static void check_operand(const struct agx_isa_operand *op)
{
	u32 end = op->value + op->halves * op->count;

	if (op->file == AGX_ISA_FILE_GPR && end > AGX_ISA_GPRS)
		abort();
	if (op->file == AGX_ISA_FILE_UNIFORM && end > AGX_ISA_UNIFORMS)
		abort();
	if (op->file != AGX_ISA_FILE_NONE && op->halves != 1 && op->halves != 2 && op->halves != 4)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 bytes[AGX_ISA_MAX_LEN] = { 0 };
	char text[AGX_ISA_MAX_TEXT];
	struct agx_isa_insn insn;
	size_t len;
	u32 i;

	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	if (!agx_isa_decode(bytes, &insn))
		return 0;

	if (!insn.len || insn.len > AGX_ISA_MAX_LEN || insn.len % 2)
		abort();
	if (memcmp(insn.bytes, bytes, insn.len))
		abort();
	check_operand(&insn.dst);
	for (i = 0; i < ARRAY_SIZE(insn.src); i++)
		check_operand(&insn.src[i]);

	len = agx_isa_format(&insn, text, sizeof(text));
	if (!len || len != strlen(text) || len + 1 >= sizeof(text))
		abort();
	return 0;
}
