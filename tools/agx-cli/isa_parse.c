// SPDX-License-Identifier: MIT
#include "isa_parse.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>

#include "isa_encode.h"
#include "isa_table.h"

#define ISA_MAX_ITEMS AGX_ISA_MAX_FIELDS

/* Values of a field that may have a name. */
#define ISA_NAMED_VALUES 256

/* Part of a line, without blanks at its ends. */
struct isa_str {
	const char *start;
	size_t len;
};

/* What is being parsed, as one of the instructions that have its name. */
struct isa_parser {
	struct isa_str name;
	struct isa_str item[ISA_MAX_ITEMS];
	u32 num_items;

	const struct isa_labels *labels;
	struct agx_isa_insn *insn;

	/* The next item. */
	u32 next;
};

static struct isa_str isa_trim(const char *start, const char *end)
{
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (start < end && isspace((unsigned char)end[-1]))
		end--;
	return (struct isa_str){ start, (size_t)(end - start) };
}

static bool isa_is(const struct isa_str *str, const char *text)
{
	return str->len == strlen(text) && !memcmp(str->start, text, str->len);
}

static bool isa_take(struct isa_str *str, const char *prefix)
{
	size_t len = strlen(prefix);

	if (str->len < len || memcmp(str->start, prefix, len))
		return false;
	str->start += len;
	str->len -= len;
	return true;
}

/* A run of digits; false if there is none, or if it is 2^32 or more. */
static bool isa_take_digits(struct isa_str *str, u32 base, u32 *value)
{
	const char *digits = "0123456789abcdef";
	const char *digit;
	u64 number = 0;
	bool any = false;

	for (; str->len; str->start++, str->len--) {
		digit = memchr(digits, tolower((unsigned char)*str->start), base);
		if (!digit)
			break;
		number = number * base + (u64)(digit - digits);
		if (number > UINT32_MAX)
			return false;
		any = true;
	}
	*value = (u32)number;
	return any;
}

/* A whole number, maybe negative, of so many bits. */
static bool isa_parse_number(struct isa_str str, u32 bits, u32 *value)
{
	bool negative = isa_take(&str, "-");
	u32 base = isa_take(&str, "0x") ? 16 : 10;
	u64 limit = negative ? 1ULL << (bits - 1) : (1ULL << bits) - 1;

	if (!isa_take_digits(&str, base, value) || str.len || *value > limit)
		return false;
	if (negative)
		*value = (0 - *value) & (u32)((1ULL << bits) - 1);
	return true;
}

/* One of the 256 numbers that have a float immediate. */
static bool isa_take_float(struct isa_str *str, struct agx_isa_operand *op)
{
	bool negative = isa_take(str, "-");
	u32 millionths = 0;
	u32 scale = 1000000;
	u32 whole, i;

	if (!isa_take_digits(str, 10, &whole) || whole > 31)
		return false;
	if (isa_take(str, ".")) {
		for (; str->len && isdigit((unsigned char)*str->start); str->start++, str->len--) {
			scale /= 10;
			if (!scale && *str->start != '0')
				return false;
			millionths += scale * (u32)(*str->start - '0');
		}
	}

	for (i = 0; i < 128; i++) {
		if (agx_isa_float_imm(i) * 15625 == whole * 1000000 + millionths) {
			op->file = AGX_ISA_FILE_FLOAT_IMM;
			op->value = (u16)(i | (negative ? 0x80 : 0));
			op->halves = 1;
			op->count = 1;
			return true;
		}
	}
	return false;
}

/* State of a texture or a sampler. */
static bool isa_take_state(struct isa_str *str, struct agx_isa_operand *op)
{
	u32 number;

	op->file = isa_take(str, "ts") ? AGX_ISA_FILE_TEXTURE : AGX_ISA_FILE_SAMPLER;
	if (op->file == AGX_ISA_FILE_SAMPLER && !isa_take(str, "ss"))
		return false;
	if (!isa_take_digits(str, 10, &number) || number > 255)
		return false;
	op->value = (u16)number;
	op->halves = 1;
	op->count = 1;
	return true;
}

static bool isa_take_register(struct isa_str *str, struct agx_isa_operand *op)
{
	bool wide = isa_take(str, "d");
	u32 number;

	if (isa_take(str, "r"))
		op->file = AGX_ISA_FILE_GPR;
	else if (isa_take(str, "u"))
		op->file = AGX_ISA_FILE_UNIFORM;
	else
		return false;

	if (!isa_take_digits(str, 10, &number) || number >= AGX_ISA_UNIFORMS / 2)
		return false;
	op->value = (u16)(2 * number);
	op->halves = wide ? 4 : 2;
	op->count = 1;

	if (!wide && isa_take(str, "l")) {
		op->halves = 1;
	} else if (!wide && isa_take(str, "h")) {
		op->halves = 1;
		op->value++;
	}
	return true;
}

/* A register, or consecutive ones of the same size. */
static bool isa_take_registers(struct isa_str *str, struct agx_isa_operand *op)
{
	struct agx_isa_operand next;

	if (!isa_take_register(str, op))
		return false;
	while (isa_take(str, "_")) {
		if (!isa_take_register(str, &next) || next.file != op->file ||
		    next.halves != op->halves || next.value != op->value + op->count * op->halves)
			return false;
		op->count++;
	}
	return true;
}

/* Vectors of halves are written as larger registers where they can be. */
static bool isa_take_halves(struct isa_str *str, struct agx_isa_operand *op)
{
	struct agx_isa_operand next;

	if (!isa_take_register(str, op))
		return false;
	op->count = op->halves;
	while (isa_take(str, "_")) {
		if (!isa_take_register(str, &next) || next.file != op->file ||
		    next.value != op->value + op->count)
			return false;
		op->count += next.halves;
	}
	op->halves = 1;
	return op->count <= 4;
}

static void isa_take_flags(struct isa_str *str, struct agx_isa_operand *op)
{
	if (isa_take(str, ".sx"))
		op->flags |= AGX_ISA_SX;
	if (isa_take(str, ".abs"))
		op->flags |= AGX_ISA_ABS;
	if (isa_take(str, ".neg"))
		op->flags |= AGX_ISA_NEG;
}

/* Of an access to memory: only what is beyond the signed ones has to be an unsigned index. */
static bool isa_parse_index(struct isa_str str, struct agx_isa_operand *op)
{
	bool negative = str.len && *str.start == '-';
	u32 value;

	if (!isa_parse_number(str, 16, &value))
		return false;
	op->file = AGX_ISA_FILE_IMM;
	op->value = (u16)value;
	op->halves = 1;
	op->count = 1;
	op->flags = negative || value <= INT16_MAX ? AGX_ISA_SX : 0;
	return true;
}

static bool isa_take_imm(struct isa_str *str, struct agx_isa_operand *op)
{
	u32 value;

	if (!isa_take_digits(str, isa_take(str, "0x") ? 16 : 10, &value) || value > UINT16_MAX)
		return false;
	op->file = AGX_ISA_FILE_IMM;
	op->value = (u16)value;
	op->halves = 1;
	op->count = 1;
	return true;
}

static bool isa_is_number(const struct isa_str *str)
{
	return str->len && (*str->start == '-' || isdigit((unsigned char)*str->start));
}

static bool isa_take_value(struct isa_str *str, u32 kind, struct agx_isa_operand *op)
{
	if (isa_is_number(str)) {
		if (kind == AGX_ISA_KIND_FLOAT || kind == AGX_ISA_KIND_HALF)
			return isa_take_float(str, op);
		return isa_take_imm(str, op);
	}

	if (isa_take(str, "$"))
		op->hint = AGX_ISA_HINT_CACHE;
	else if (isa_take(str, "^"))
		op->hint = AGX_ISA_HINT_DISCARD;
	if (str->len && *str->start != 'd' && *str->start != 'r' && *str->start != 'u')
		return isa_take_state(str, op);
	return isa_take_registers(str, op);
}

static bool isa_parse_operand(struct isa_str str, u32 kind, struct agx_isa_operand *op)
{
	*op = (struct agx_isa_operand){ .hint = AGX_ISA_HINT_UNSET };

	switch (kind) {
	case AGX_ISA_KIND_HALVES:
	case AGX_ISA_KIND_UNIFORM_DST:
		return isa_take_halves(&str, op) && !str.len;
	case AGX_ISA_KIND_RESULT:
	case AGX_ISA_KIND_LOCAL_RESULT:
		/* Nobody wants it. */
		if (isa_is(&str, "_"))
			return true;
		break;
	case AGX_ISA_KIND_INDEX:
	case AGX_ISA_KIND_LOCAL_INDEX:
		if (isa_is_number(&str))
			return isa_parse_index(str, op);
		break;
	case AGX_ISA_KIND_HEAP:
		/* What stands in its place if there is none is never a uniform. */
		return isa_take_registers(&str, op) && op->file == AGX_ISA_FILE_UNIFORM &&
		       !str.len;
	}

	if (!isa_take_value(&str, kind, op))
		return false;
	isa_take_flags(&str, op);
	return !str.len;
}

/* A value of a field that has a name; false if none has that name. */
static bool isa_parse_name(const struct isa_str *str, const struct agx_isa_field *field, u32 *value)
{
	const char *name;

	for (*value = 0; *value < ISA_NAMED_VALUES; (*value)++) {
		name = agx_isa_value_name(field, *value);
		if (name && isa_is(str, name))
			return true;
	}
	return false;
}

static bool isa_parse_mask(const struct isa_str *str, u32 *mask)
{
	const char *all = "xyzw";
	const char *component;
	size_t i;

	*mask = 0;
	if (isa_is(str, "none"))
		return true;
	for (i = 0; i < str->len; i++) {
		component = memchr(all, str->start[i], 4);
		/* In their order, so also each only once. */
		if (!component || *mask >> (component - all))
			return false;
		*mask |= 1u << (component - all);
	}
	return true;
}

static bool isa_parse_label(const struct isa_parser *parser, const struct isa_str *str, u32 *offset)
{
	const struct isa_labels *labels = parser->labels;

	return labels && labels->find(labels->data, str->start, str->len, offset);
}

static u32 isa_field_width(const struct agx_isa_field *field)
{
	u32 width = 0;
	u32 i;

	for (i = 0; i < AGX_ISA_MAX_PARTS; i++)
		width += field->part[i].width;
	return width;
}

/* Whether an item is the value of a field that has no operand. */
static bool isa_parse_value(struct isa_parser *parser, const struct agx_isa_field *field,
			    struct isa_str str)
{
	u32 width = isa_field_width(field);
	u32 value;

	if (field->role == AGX_ISA_ROLE_SHIFT) {
		if (!isa_take(&str, "lsl "))
			return false;
		str = isa_trim(str.start, str.start + str.len);
	}

	if (field->kind == AGX_ISA_KIND_MASK) {
		if (!isa_parse_mask(&str, &value))
			return false;
	} else if (!isa_parse_name(&str, field, &value)) {
		/* A field that gives its values names takes nothing else. */
		if (agx_isa_value_name(field, 0) || agx_isa_value_name(field, 1))
			return false;
		if (!isa_parse_number(str, width, &value) &&
		    (field->kind != AGX_ISA_KIND_JUMP || !isa_parse_label(parser, &str, &value)))
			return false;
	}
	return agx_isa_set_number(parser->insn, field->role, value);
}

/* The value of a field that is not written; false if it always is. */
static bool isa_set_usual(struct agx_isa_insn *insn, const struct agx_isa_field *field)
{
	const struct agx_isa_operand none = { .file = AGX_ISA_FILE_NONE };
	u32 value;

	if (agx_isa_operand(insn, field->role)) {
		agx_isa_set_operand(insn, field->role, &none);
		return field->kind == AGX_ISA_KIND_HEAP;
	}
	for (value = 0; value < ISA_NAMED_VALUES; value++)
		if (agx_isa_is_usual(field, value))
			return agx_isa_set_number(insn, field->role, value);
	return false;
}

static bool isa_parse_field(struct isa_parser *parser, const struct agx_isa_field *field)
{
	struct isa_str item = { "", 0 };
	struct agx_isa_operand op;
	bool found;

	if (parser->next < parser->num_items)
		item = parser->item[parser->next];

	if (agx_isa_operand(parser->insn, field->role)) {
		found = isa_parse_operand(item, field->kind, &op);
		if (found)
			agx_isa_set_operand(parser->insn, field->role, &op);
	} else {
		found = isa_parse_value(parser, field, item);
	}
	if (!found)
		return isa_set_usual(parser->insn, field);
	parser->next++;
	return true;
}

static void isa_set_fixed(struct agx_isa_insn *insn, const struct agx_isa_field *field, u32 value)
{
	struct agx_isa_operand op = { .file = AGX_ISA_FILE_IMM, .halves = 1, .count = 1 };

	if (!agx_isa_operand(insn, field->role)) {
		agx_isa_set_number(insn, field->role, value);
		return;
	}
	if (field->kind == AGX_ISA_KIND_FLOAT || field->kind == AGX_ISA_KIND_HALF)
		op.file = AGX_ISA_FILE_FLOAT_IMM;
	op.value = (u16)value;
	agx_isa_set_operand(insn, field->role, &op);
}

/* Whether the items are what a description, in one of its forms, has. */
static bool isa_parse_as(struct isa_parser *parser, const struct agx_isa_desc *desc,
			 const struct agx_isa_form *form)
{
	const struct agx_isa_field *field;
	const struct agx_isa_fixed *fixed;

	parser->next = 0;
	*parser->insn = (struct agx_isa_insn){
		.op = desc->op,
		.desc = (u8)(desc - agx_isa_table),
	};

	for (field = desc->field; field < desc->field + AGX_ISA_MAX_FIELDS; field++) {
		if (field->role == AGX_ISA_ROLE_END)
			break;
		fixed = agx_isa_form_fixes(form, field->role);
		if (fixed)
			isa_set_fixed(parser->insn, field, fixed->value);
		else if (field->role == AGX_ISA_ROLE_TRUTH || field->role == AGX_ISA_ROLE_NEGATE)
			return false;
		else if (!isa_parse_field(parser, field))
			return false;
	}
	return parser->next == parser->num_items;
}

/* How far each try came. */
struct isa_outcome {
	bool known;
	bool parsed;
	u32 furthest;
};

static bool isa_try(struct isa_parser *parser, const struct agx_isa_desc *desc,
		    const struct agx_isa_form *form, struct isa_outcome *outcome)
{
	if (!isa_is(&parser->name, form ? form->name : desc->name))
		return false;

	outcome->known = true;
	if (isa_parse_as(parser, desc, form)) {
		outcome->parsed = true;
		return isa_encode(parser->insn);
	}
	if (parser->next > outcome->furthest)
		outcome->furthest = parser->next;
	return false;
}

static bool isa_try_all(struct isa_parser *parser, struct isa_outcome *outcome)
{
	const struct agx_isa_desc *desc;
	const struct agx_isa_form *form;

	for (desc = agx_isa_table; desc < agx_isa_table + agx_isa_table_size; desc++) {
		for (form = agx_isa_forms; form < agx_isa_forms + agx_isa_forms_size; form++) {
			if (form->op == desc->op && isa_try(parser, desc, form, outcome))
				return true;
		}
		if (isa_try(parser, desc, NULL, outcome))
			return true;
	}
	return false;
}

static void isa_explain(const struct isa_parser *parser, const struct isa_outcome *outcome,
			char *error)
{
	const struct isa_str *item = &parser->item[outcome->furthest];
	int name_len = parser->name.len < 40 ? (int)parser->name.len : 40;
	int item_len = item->len < 40 ? (int)item->len : 40;
	const char *name = parser->name.start;

	if (!outcome->known)
		snprintf(error, ISA_PARSE_MAX_ERROR, "no instruction is called \"%.*s\"", name_len,
			 name);
	else if (outcome->parsed)
		snprintf(error, ISA_PARSE_MAX_ERROR, "\"%.*s\" has no encoding for such operands",
			 name_len, name);
	else if (outcome->furthest >= parser->num_items)
		snprintf(error, ISA_PARSE_MAX_ERROR, "\"%.*s\" needs more operands", name_len,
			 name);
	else
		snprintf(error, ISA_PARSE_MAX_ERROR,
			 "\"%.*s\" does not take \"%.*s\" as operand %u", name_len, name,
			 item_len, item->start, outcome->furthest + 1);
}

bool isa_parse(const char *text, const struct isa_labels *labels, struct agx_isa_insn *insn,
	       char *error)
{
	struct isa_parser parser = { .labels = labels, .insn = insn };
	struct isa_outcome outcome = { .known = false };
	const char *end = text + strlen(text);
	struct isa_str rest = isa_trim(text, end);
	const char *comma;

	parser.name.start = rest.start;
	while (parser.name.len < rest.len && !isspace((unsigned char)rest.start[parser.name.len]))
		parser.name.len++;
	rest = isa_trim(rest.start + parser.name.len, end);

	while (rest.len || parser.num_items) {
		if (parser.num_items == ISA_MAX_ITEMS) {
			snprintf(error, ISA_PARSE_MAX_ERROR, "too many operands");
			return false;
		}
		comma = memchr(rest.start, ',', rest.len);
		parser.item[parser.num_items++] = isa_trim(rest.start, comma ? comma : end);
		if (!comma)
			break;
		rest = isa_trim(comma + 1, end);
	}

	if (isa_try_all(&parser, &outcome))
		return true;
	isa_explain(&parser, &outcome, error);
	return false;
}
