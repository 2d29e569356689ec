// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * From struct agx_isa_insn to text, by the same table as it is decoded by. The notation is that of
 * Mesa's disassembler, so that the two can be compared.
 */
#include "isa_table.h"
#include "text.h"

struct isa_writer {
	struct agx_text text;

	/* Whether there is anything behind the mnemonic. */
	bool operands;
};

/* What stands before an operand: the rest of the mnemonic's column, or a comma. */
static void isa_next(struct isa_writer *to)
{
	if (to->operands) {
		agx_text_str(&to->text, ", ");
		return;
	}
	agx_text_pad(&to->text, 8);
	agx_text_char(&to->text, ' ');
	to->operands = true;
}

static void isa_signed(struct isa_writer *to, u32 value)
{
	if (value >> 31) {
		agx_text_char(&to->text, '-');
		value = 0 - value;
	}
	agx_text_dec(&to->text, value);
}

static void isa_float_imm(struct isa_writer *to, u32 imm)
{
	u32 magnitude = agx_isa_float_imm(imm);
	u32 fraction = (magnitude & 63) * 15625;
	u32 digit = 100000;

	if (imm & 0x80)
		agx_text_char(&to->text, '-');
	agx_text_dec(&to->text, magnitude >> 6);
	agx_text_char(&to->text, '.');
	do {
		agx_text_dec(&to->text, fraction / digit);
		fraction %= digit;
		digit /= 10;
	} while (fraction);
}

void agx_isa_format_register(struct agx_text *text, u32 file, u32 value, u32 halves)
{
	if (file == AGX_ISA_FILE_TEXTURE || file == AGX_ISA_FILE_SAMPLER) {
		agx_text_str(text, file == AGX_ISA_FILE_TEXTURE ? "ts" : "ss");
		agx_text_dec(text, value);
		return;
	}
	if (halves == 4)
		agx_text_char(text, 'd');
	agx_text_char(text, file == AGX_ISA_FILE_UNIFORM ? 'u' : 'r');
	agx_text_dec(text, value >> 1);
	if (halves == 1)
		agx_text_char(text, value & 1 ? 'h' : 'l');
}

static void isa_registers(struct isa_writer *to, const struct agx_isa_operand *op)
{
	u32 i = 0;

	/* What moves nothing names a register all the same. */
	do {
		if (i)
			agx_text_char(&to->text, '_');
		agx_isa_format_register(&to->text, op->file, op->value + i * op->halves,
					op->halves);
	} while (++i < op->count);
}

/* Sign extension is how the index of an access is to be read, and a flag of all others. */
static void isa_index(struct isa_writer *to, const struct agx_isa_operand *op)
{
	u32 value = op->value;

	if (op->flags & AGX_ISA_SX)
		value = (u32)(s32)(s16)value;
	isa_next(to);
	isa_signed(to, value);
}

static void isa_operand(struct isa_writer *to, const struct agx_isa_operand *op)
{
	isa_next(to);

	if (op->hint == AGX_ISA_HINT_CACHE)
		agx_text_char(&to->text, '$');
	if (op->hint == AGX_ISA_HINT_DISCARD)
		agx_text_char(&to->text, '^');

	switch (op->file) {
	case AGX_ISA_FILE_NONE:
		agx_text_char(&to->text, '_');
		break;
	case AGX_ISA_FILE_IMM:
		agx_text_dec(&to->text, op->value);
		break;
	case AGX_ISA_FILE_FLOAT_IMM:
		isa_float_imm(to, op->value);
		break;
	default:
		isa_registers(to, op);
	}

	if (op->flags & AGX_ISA_SX)
		agx_text_str(&to->text, ".sx");
	if (op->flags & AGX_ISA_ABS)
		agx_text_str(&to->text, ".abs");
	if (op->flags & AGX_ISA_NEG)
		agx_text_str(&to->text, ".neg");
}

/* Halves that could be one register of 32 or 64 bits are written as one. */
static void isa_halves(struct isa_writer *to, const struct agx_isa_operand *op)
{
	struct agx_isa_operand joined = *op;

	if (!(op->value & 1) && (op->count == 2 || op->count == 4)) {
		joined.halves = op->count;
		joined.count = 1;
	}
	isa_operand(to, &joined);
}

/* Of all coordinates only the first one is written: how many there are is known. */
static void isa_first(struct isa_writer *to, const struct agx_isa_operand *op)
{
	struct agx_isa_operand first = *op;

	first.count = 1;
	isa_operand(to, &first);
}

static void isa_mask(struct isa_writer *to, u32 mask)
{
	u32 i;

	if (!mask)
		agx_text_str(&to->text, "none");
	for (i = 0; i < 4; i++) {
		if (mask >> i & 1)
			agx_text_char(&to->text, "xyzw"[i]);
	}
}

static void isa_number(struct isa_writer *to, const struct agx_isa_field *field, u32 value)
{
	const char *name = agx_isa_value_name(field, value);

	if (agx_isa_is_usual(field, value))
		return;

	isa_next(to);
	if (field->role == AGX_ISA_ROLE_SHIFT)
		agx_text_str(&to->text, "lsl ");

	if (name)
		agx_text_str(&to->text, name);
	else if (field->kind == AGX_ISA_KIND_MASK)
		isa_mask(to, value);
	else if (field->kind == AGX_ISA_KIND_JUMP)
		isa_signed(to, value);
	else
		agx_text_dec(&to->text, value);
}

static void isa_field(struct isa_writer *to, const struct agx_isa_insn *insn,
		      const struct agx_isa_field *field)
{
	const struct agx_isa_operand *op = agx_isa_operand(insn, field->role);

	switch (field->kind) {
	case AGX_ISA_KIND_HALVES:
	case AGX_ISA_KIND_UNIFORM_DST:
		isa_halves(to, op);
		return;
	case AGX_ISA_KIND_INDEX:
	case AGX_ISA_KIND_LOCAL_INDEX:
		if (op->file == AGX_ISA_FILE_IMM) {
			isa_index(to, op);
			return;
		}
		break;
	case AGX_ISA_KIND_COORDS:
		isa_first(to, op);
		return;
	case AGX_ISA_KIND_HEAP:
		if (op->file == AGX_ISA_FILE_NONE)
			return;
		break;
	}
	if (op)
		isa_operand(to, op);
	else
		isa_number(to, field, agx_isa_number(insn, field->role));
}

size_t agx_isa_format(const struct agx_isa_insn *insn, char *buf, size_t size)
{
	const struct agx_isa_desc *desc = &agx_isa_table[insn->desc];
	const struct agx_isa_form *form = agx_isa_form_find(insn);
	const struct agx_isa_field *field;
	struct isa_writer to = { .operands = false };

	agx_text_init(&to.text, buf, size);
	agx_text_str(&to.text, form ? form->name : desc->name);

	for (field = desc->field; field < desc->field + AGX_ISA_MAX_FIELDS; field++) {
		if (field->role == AGX_ISA_ROLE_END)
			break;
		if (!agx_isa_form_fixes(form, field->role))
			isa_field(&to, insn, field);
	}
	return to.text.len;
}
