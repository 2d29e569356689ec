// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions whose name depends on their fields, as Mesa's disassembler has it.
 */
#include "isa_table.h"

/* A form: name, operation, the fields that it fixes. */
#define FORM(name_, op_, ...) \
	{ .name = name_, .op = AGX_ISA_OP_ ## op_, .fixed = { __VA_ARGS__ } }
#define IS(role_, value_)	{ .role = AGX_ISA_ROLE_ ## role_, .value = (value_) }

const struct agx_isa_form agx_isa_forms[] = {
	/* Those that look at one source only leave the other one out if they can. */
	FORM("zero", BITOP, IS(TRUTH, 0)),
	FORM("nor", BITOP, IS(TRUTH, 1)),
	FORM("andn2", BITOP, IS(TRUTH, 2)),
	FORM("mov_a", BITOP, IS(TRUTH, 3), IS(SRC1, 0)),
	FORM("mov_a", BITOP, IS(TRUTH, 3)),
	FORM("andn1", BITOP, IS(TRUTH, 4)),
	FORM("not", BITOP, IS(TRUTH, 5), IS(SRC1, 0)),
	FORM("not", BITOP, IS(TRUTH, 5)),
	FORM("xor", BITOP, IS(TRUTH, 6)),
	FORM("nand", BITOP, IS(TRUTH, 7)),
	FORM("and", BITOP, IS(TRUTH, 8)),
	FORM("xnor", BITOP, IS(TRUTH, 9)),
	FORM("mov", BITOP, IS(TRUTH, 10), IS(SRC1, 0)),
	FORM("mov", BITOP, IS(TRUTH, 10)),
	FORM("orn2", BITOP, IS(TRUTH, 11)),
	FORM("not_a", BITOP, IS(TRUTH, 12), IS(SRC1, 0)),
	FORM("not_a", BITOP, IS(TRUTH, 12)),
	FORM("orn1", BITOP, IS(TRUTH, 13)),
	FORM("or", BITOP, IS(TRUTH, 14)),
	FORM("one", BITOP, IS(TRUTH, 15)),

	FORM("iadd", IADD, IS(NEGATE, 0)),
	FORM("isub", IADD, IS(NEGATE, 1)),
	FORM("imul", IMADD, IS(NEGATE, 0), IS(SRC2, 0), IS(SHIFT, 0)),
	FORM("imadd", IMADD, IS(NEGATE, 0)),
	FORM("imsub", IMADD, IS(NEGATE, 1)),

	FORM("shl", BFI, IS(SRC0, 0), IS(BITS, 0)),
	FORM("shr", BFEIL, IS(SRC0, 0), IS(BITS, 0)),

	/* Compares nothing and pushes nothing: it only takes a new r0l into account. */
	FORM("update_exec", IF_FCMP, IS(SRC0, 0), IS(SRC1, 0), IS(NEST, 0), IS(COND, 0)),

	/* Of 1 != 0: who is active. */
	FORM("ballot", IBALLOT, IS(SRC0, 1), IS(SRC1, 0), IS(SIMD, 1),
	     IS(COND, AGX_ISA_COND_INVERT)),
	FORM("quad", REDUCE, IS(SIMD, 0)),
	FORM("simd", REDUCE, IS(SIMD, 1)),

	FORM("lload", LLOAD, IS(SRC1, 0)),
	FORM("lstore", LSTORE, IS(SRC1, 0)),
	FORM("latomic", LATOMIC, IS(SRC1, 0)),
};

const u32 agx_isa_forms_size = ARRAY_SIZE(agx_isa_forms);

static bool isa_operand_is(const struct agx_isa_operand *op, u32 value)
{
	if (op->file != AGX_ISA_FILE_IMM && op->file != AGX_ISA_FILE_FLOAT_IMM)
		return false;
	return op->value == value && !op->flags;
}

static bool isa_form_fits(const struct agx_isa_form *form, const struct agx_isa_insn *insn)
{
	const struct agx_isa_fixed *fixed;
	const struct agx_isa_operand *op;

	for (fixed = form->fixed; fixed->role != AGX_ISA_ROLE_END; fixed++) {
		op = agx_isa_operand(insn, fixed->role);
		if (!op) {
			if (agx_isa_number(insn, fixed->role) != fixed->value)
				return false;
			continue;
		}
		if (!isa_operand_is(op, fixed->value))
			return false;
	}
	return true;
}

const struct agx_isa_form *agx_isa_form_find(const struct agx_isa_insn *insn)
{
	u32 i;

	for (i = 0; i < agx_isa_forms_size; i++) {
		if (agx_isa_forms[i].op == insn->op && isa_form_fits(&agx_isa_forms[i], insn))
			return &agx_isa_forms[i];
	}
	return NULL;
}

const struct agx_isa_fixed *agx_isa_form_fixes(const struct agx_isa_form *form, u32 role)
{
	const struct agx_isa_fixed *fixed;

	if (!form)
		return NULL;
	for (fixed = form->fixed; fixed->role != AGX_ISA_ROLE_END; fixed++) {
		if (fixed->role == role)
			return fixed;
	}
	return NULL;
}
