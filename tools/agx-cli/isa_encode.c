// SPDX-License-Identifier: MIT
#include "isa_encode.h"

/* An instruction as a number of 96 bits. */
struct isa_code {
	u64 lo;
	u32 hi;
};

static void isa_code_set(struct isa_code *code, const struct agx_isa_part *part, u32 value)
{
	u64 bits = value & (~0ULL >> (64 - part->width));

	/* No part lies across bit 64. */
	if (part->pos < 64)
		code->lo |= bits << part->pos;
	else
		code->hi |= (u32)(bits << (part->pos - 64));
}

/* Spreads a value over the parts of a field; false if it has more bits than they. */
static bool isa_code_set_field(struct isa_code *code, const struct agx_isa_field *field, u32 value)
{
	const struct agx_isa_part *part = field->part;

	for (; part < field->part + AGX_ISA_MAX_PARTS && part->width; part++) {
		isa_code_set(code, part, value);
		value = part->width < 32 ? value >> part->width : 0;
	}
	return !value;
}

static bool isa_is_register(const struct agx_isa_operand *op)
{
	return op->file == AGX_ISA_FILE_GPR || op->file == AGX_ISA_FILE_UNIFORM;
}

/* A register hint as sources have it: none is a hint too. */
static u32 isa_source_hint(const struct agx_isa_operand *op)
{
	return op->hint == AGX_ISA_HINT_UNSET ? AGX_ISA_HINT_NONE : op->hint;
}

static bool isa_encode_dst(const struct agx_isa_operand *op, u32 max_halves, u32 *raw)
{
	u32 reg = op->value;

	if (op->file != AGX_ISA_FILE_GPR || op->count != 1 || op->flags ||
	    op->halves > max_halves || op->hint == AGX_ISA_HINT_DISCARD)
		return false;

	/* Of a 64-bit one the number is odd. */
	if (op->halves == 4)
		reg |= 1;
	*raw = (op->hint == AGX_ISA_HINT_CACHE) | (op->halves > 1) << 1 | reg << 2;
	return true;
}

/* The ten bits that all sources of the ALU have, and the two at the top of the value. */
static bool isa_encode_src(const struct agx_isa_operand *op, u32 max_halves, u32 imm_file,
			   u32 *low, u32 *high)
{
	if (op->file == imm_file) {
		*low = op->value & 0x3f;
		*high = op->value >> 6;
		return op->value < 256;
	}
	if (!isa_is_register(op) || op->count != 1 || op->halves > max_halves)
		return false;

	*low = op->value & 0x3f;
	*high = op->value >> 6 & 3;
	if (op->file == AGX_ISA_FILE_UNIFORM) {
		*low |= (op->value >> 8) << 6 | (op->halves - 1) << 7 | 1 << 8;
		return op->halves <= 2 && op->hint == AGX_ISA_HINT_UNSET;
	}
	*low |= isa_source_hint(op) << 6;
	if (op->halves > 1)
		*low |= (op->halves == 2 ? 2 : 3) << 8;
	return true;
}

static bool isa_encode_plain_src(const struct agx_isa_operand *op, u32 *raw)
{
	u32 high, low;

	if (op->flags || !isa_encode_src(op, 2, AGX_ISA_FILE_IMM, &low, &high))
		return false;
	*raw = low | high << 10;
	return true;
}

static bool isa_encode_wide_src(const struct agx_isa_operand *op, u32 max_halves, u32 *raw)
{
	u32 high, low;

	if ((op->flags & ~AGX_ISA_SX) ||
	    !isa_encode_src(op, max_halves, AGX_ISA_FILE_IMM, &low, &high))
		return false;
	*raw = low | (op->flags & AGX_ISA_SX ? 1 << 10 : 0) | high << 11;
	return true;
}

/* Without the bit of the file that a 32-bit register would have. */
static bool isa_encode_float(const struct agx_isa_operand *op, bool half, u32 *raw)
{
	u32 shift = half ? 9 : 10;
	u32 high, low;

	if ((op->flags & AGX_ISA_SX) ||
	    !isa_encode_src(op, half ? 1 : 2, AGX_ISA_FILE_FLOAT_IMM, &low, &high))
		return false;
	*raw = low | high << (shift + 2);
	if (op->flags & AGX_ISA_ABS)
		*raw |= 1 << shift;
	if (op->flags & AGX_ISA_NEG)
		*raw |= 2 << shift;
	return true;
}

static bool isa_encode_select(const struct agx_isa_operand *op, u32 *raw)
{
	u32 flags;

	if (op->flags || op->count > 1 || op->halves > 2)
		return false;

	switch (op->file) {
	case AGX_ISA_FILE_IMM:
		flags = 4;
		break;
	case AGX_ISA_FILE_UNIFORM:
		flags = 6 | op->value >> 8;
		break;
	case AGX_ISA_FILE_GPR:
		flags = isa_source_hint(op);
		break;
	default:
		return false;
	}
	*raw = (op->value & 0x3f) | flags << 6 | (op->value >> 6 & 3) << 9;

	/* The size bit is the destination's, so an immediate leaves it alone. */
	if (isa_is_register(op))
		*raw |= (u32)(op->halves - 1) << 11;
	return op->file != AGX_ISA_FILE_IMM || op->value < 256;
}

static bool isa_encode_vector(const struct agx_isa_operand *op, u32 mask, u32 *raw)
{
	u32 count = (u32)__builtin_popcount(mask);

	/* What moves nothing names a register all the same. */
	if (op->file != AGX_ISA_FILE_GPR || op->flags || op->halves > 2 ||
	    op->hint > AGX_ISA_HINT_NONE || op->count != (count ? count : 1))
		return false;
	*raw = op->value | (u32)(op->halves - 1) << 8 | mask << 9;
	return true;
}

static bool isa_encode_base(const struct agx_isa_operand *op, u32 *raw)
{
	if (!isa_is_register(op) || op->flags || op->count != 1 || op->halves != 4 ||
	    op->hint > AGX_ISA_HINT_NONE || op->value > 255)
		return false;
	*raw = op->value | (op->file == AGX_ISA_FILE_UNIFORM) << 8;
	return true;
}

static bool isa_encode_index(const struct agx_isa_operand *op, u32 *raw)
{
	if ((op->flags & ~AGX_ISA_SX) || op->hint > AGX_ISA_HINT_NONE)
		return false;

	*raw = op->value | (op->flags & AGX_ISA_SX ? 0 : 1 << 17);
	if (op->file == AGX_ISA_FILE_IMM) {
		*raw |= 1 << 16;
		return true;
	}
	return op->file == AGX_ISA_FILE_GPR && op->count == 1 && op->halves == 2;
}

static bool isa_encode_local_base(const struct agx_isa_operand *op, u32 *raw)
{
	if (op->file == AGX_ISA_FILE_IMM) {
		*raw = 2 << 8;
		return !op->value;
	}
	if (!isa_is_register(op) || op->flags || op->count != 1 || op->halves != 1 ||
	    op->hint > AGX_ISA_HINT_NONE)
		return false;

	*raw = op->value & 0xff;
	if (op->file == AGX_ISA_FILE_UNIFORM)
		*raw |= 1 << 8 | (op->value >> 8) << 9;
	return true;
}

static bool isa_encode_local_index(const struct agx_isa_operand *op, u32 *raw)
{
	*raw = 1 << 16;
	return op->file == AGX_ISA_FILE_IMM && !op->value;
}

static bool isa_encode_result(const struct agx_isa_operand *op, u32 present, u32 *raw)
{
	*raw = 0;
	if (op->file == AGX_ISA_FILE_NONE)
		return true;
	*raw = op->value | present << 8;
	return op->file == AGX_ISA_FILE_GPR && !op->flags && op->count == 1 &&
	       op->halves == 2 && op->hint <= AGX_ISA_HINT_NONE;
}

static bool isa_encode_atomic_data(const struct agx_isa_operand *op, u32 function, u32 *raw)
{
	*raw = op->value | function << 8;
	return op->file == AGX_ISA_FILE_GPR && !op->flags && op->halves == 2 &&
	       op->count == (function == AGX_ISA_ATOMIC_CMPXCHG ? 2 : 1) &&
	       op->hint <= AGX_ISA_HINT_NONE;
}

/* The lowest components of a vector of 16-bit values, in registers or in uniforms. */
static bool isa_encode_halves(const struct agx_isa_operand *op, u32 file, u32 mask_pos, u32 *raw)
{
	if (op->file != file || op->flags || op->halves != 1 || !op->count ||
	    op->hint > AGX_ISA_HINT_NONE)
		return false;
	*raw = op->value | ((1u << op->count) - 1) << mask_pos;
	return true;
}

/* A register of the texture or sampler file, of which there are so many. */
static bool isa_encode_state(const struct agx_isa_operand *op, u32 file, u32 count, u32 *raw)
{
	*raw = op->value;
	return op->file == file && !op->flags && op->count == 1 && op->value < count &&
	       op->hint == AGX_ISA_HINT_UNSET;
}

/* A register of so many halves, or some. */
static bool isa_encode_register(const struct agx_isa_operand *op, u32 halves, u32 count, u32 *raw)
{
	*raw = op->value;
	return op->file == AGX_ISA_FILE_GPR && !op->flags && op->halves == halves &&
	       op->count == count && op->hint <= AGX_ISA_HINT_NONE;
}

static bool isa_encode_state_base(const struct agx_isa_operand *op, u32 *raw)
{
	*raw = op->value >> 2;
	return op->file == AGX_ISA_FILE_UNIFORM && !op->flags && op->halves == 4 &&
	       op->count == 1 && !(op->value & 3) && op->value < 128 &&
	       op->hint == AGX_ISA_HINT_UNSET;
}

static bool isa_encode_state_offset(const struct agx_isa_operand *op, u32 *raw)
{
	*raw = op->value | 1u << 31;
	return op->file == AGX_ISA_FILE_IMM || isa_encode_register(op, 2, 1, raw);
}

static bool isa_encode_heap(const struct agx_isa_operand *op, u32 *raw)
{
	*raw = 0;
	if (op->file == AGX_ISA_FILE_NONE)
		return true;
	if (!isa_encode_state_base(op, raw))
		return false;
	*raw |= 1 << 5;
	return true;
}

/* Where there is a heap, what a register has is an offset of 32 bits. */
static bool isa_encode_texture(const struct agx_isa_operand *op, u32 *raw)
{
	if (op->file == AGX_ISA_FILE_TEXTURE)
		return isa_encode_state(op, AGX_ISA_FILE_TEXTURE, AGX_ISA_TEXTURES, raw);
	if (!isa_encode_register(op, op->halves == 2 ? 2 : 1, 1, raw))
		return false;
	*raw |= (op->halves == 2 ? 3 : 1) << 8;
	return true;
}

static bool isa_encode_sampler(const struct agx_isa_operand *op, u32 *raw)
{
	if (op->file == AGX_ISA_FILE_SAMPLER)
		return isa_encode_state(op, AGX_ISA_FILE_SAMPLER, AGX_ISA_SAMPLERS, raw);
	if (!isa_encode_register(op, 1, 1, raw))
		return false;
	*raw |= 1 << 8;
	return true;
}

static bool isa_encode_coords(const struct agx_isa_operand *op, u32 dim, u32 *raw)
{
	*raw = op->value | (op->hint == AGX_ISA_HINT_DISCARD) << 8 | dim << 9;
	return op->file == AGX_ISA_FILE_GPR && !op->flags && op->halves == 2 && op->count == 1 &&
	       op->hint != AGX_ISA_HINT_CACHE;
}

static bool isa_encode_lod(const struct agx_isa_operand *op, u32 mode, u32 *raw)
{
	*raw = op->value | mode << 8;
	switch (op->file) {
	case AGX_ISA_FILE_IMM:
		return !op->value;
	case AGX_ISA_FILE_UNIFORM:
		return !op->flags && op->halves == 1 && op->count == 1 && op->value < 256 &&
		       op->hint == AGX_ISA_HINT_UNSET;
	default:
		*raw |= AGX_ISA_LOD_REGISTER << 8;
		return isa_encode_register(op, 1, 1, &mode);
	}
}

static bool isa_encode_level(const struct agx_isa_operand *op, u32 *raw)
{
	*raw = op->value | 1 << 8;
	if (op->file == AGX_ISA_FILE_IMM)
		return op->value < 256;
	return isa_encode_register(op, 1, 1, raw);
}

static bool isa_encode_quadruple(const struct agx_isa_operand *op, u32 *raw)
{
	if (!isa_encode_register(op, op->halves == 2 ? 2 : 1, 4, raw))
		return false;
	*raw |= (u32)(op->halves - 1) << 8;
	return true;
}

static bool isa_encode_tile_coords(const struct agx_isa_operand *op, u32 *raw)
{
	if (!isa_encode_register(op, 1, 2, raw))
		return false;
	*raw |= 1 << 8;
	return true;
}

static bool isa_encode_samples(const struct agx_isa_operand *op, u32 *raw)
{
	if (op->file == AGX_ISA_FILE_IMM) {
		*raw = op->value;
		return op->value < 256;
	}
	if (!isa_encode_register(op, 1, 1, raw))
		return false;
	*raw |= 1 << 8;
	return true;
}

/* Those of textures and images. */
static bool isa_encode_image_operand(const struct agx_isa_insn *insn, u32 kind,
				     const struct agx_isa_operand *op, u32 *raw)
{
	switch (kind) {
	case AGX_ISA_KIND_TEXTURE_DST:
		return isa_encode_state(op, AGX_ISA_FILE_TEXTURE, 128, raw);
	case AGX_ISA_KIND_SAMPLER_DST:
		return isa_encode_state(op, AGX_ISA_FILE_SAMPLER, 128, raw);
	case AGX_ISA_KIND_STATE_BASE:
		return isa_encode_state_base(op, raw);
	case AGX_ISA_KIND_STATE_OFFSET:
		return isa_encode_state_offset(op, raw);
	case AGX_ISA_KIND_HEAP:
		return isa_encode_heap(op, raw);
	case AGX_ISA_KIND_TEXTURE:
		return isa_encode_texture(op, raw);
	case AGX_ISA_KIND_SAMPLER:
		return isa_encode_sampler(op, raw);
	case AGX_ISA_KIND_COORDS:
		return isa_encode_coords(op, insn->dim, raw);
	case AGX_ISA_KIND_LOD:
		return isa_encode_lod(op, insn->lod_mode, raw);
	case AGX_ISA_KIND_LEVEL:
		return isa_encode_level(op, raw);
	case AGX_ISA_KIND_QUADRUPLE:
		return isa_encode_quadruple(op, raw);
	case AGX_ISA_KIND_REG16:
		return isa_encode_register(op, 1, 1, raw);
	case AGX_ISA_KIND_TILE_COORDS:
		return isa_encode_tile_coords(op, raw);
	case AGX_ISA_KIND_SAMPLES:
		return isa_encode_samples(op, raw);
	default:
		return false;
	}
}

static bool isa_encode_operand(const struct agx_isa_insn *insn, u32 kind,
			       const struct agx_isa_operand *op, u32 *raw)
{
	switch (kind) {
	case AGX_ISA_KIND_DST:
		return isa_encode_dst(op, 2, raw);
	case AGX_ISA_KIND_DST16:
		return isa_encode_dst(op, 1, raw);
	case AGX_ISA_KIND_DST64:
		return isa_encode_dst(op, 4, raw);
	case AGX_ISA_KIND_SRC:
		return isa_encode_plain_src(op, raw);
	case AGX_ISA_KIND_SRC_SX:
		return isa_encode_wide_src(op, 2, raw);
	case AGX_ISA_KIND_SRC64:
		return isa_encode_wide_src(op, 4, raw);
	case AGX_ISA_KIND_FLOAT:
		return isa_encode_float(op, false, raw);
	case AGX_ISA_KIND_HALF:
		return isa_encode_float(op, true, raw);
	case AGX_ISA_KIND_SELECT:
		return isa_encode_select(op, raw);
	case AGX_ISA_KIND_VECTOR:
		return isa_encode_vector(op, insn->mask, raw);
	case AGX_ISA_KIND_BASE:
		return isa_encode_base(op, raw);
	case AGX_ISA_KIND_INDEX:
		return isa_encode_index(op, raw);
	case AGX_ISA_KIND_LOCAL_BASE:
		return isa_encode_local_base(op, raw);
	case AGX_ISA_KIND_LOCAL_INDEX:
		return isa_encode_local_index(op, raw);
	case AGX_ISA_KIND_RESULT:
		return isa_encode_result(op, 1, raw);
	case AGX_ISA_KIND_LOCAL_RESULT:
		return isa_encode_result(op, 3, raw);
	case AGX_ISA_KIND_ATOMIC_DATA:
		return isa_encode_atomic_data(op, insn->function, raw);
	case AGX_ISA_KIND_HALVES:
		return isa_encode_halves(op, AGX_ISA_FILE_GPR, 8, raw);
	case AGX_ISA_KIND_UNIFORM_DST:
		return isa_encode_halves(op, AGX_ISA_FILE_UNIFORM, 16, raw);
	default:
		return isa_encode_image_operand(insn, kind, op, raw);
	}
}

static bool isa_encode_field(const struct agx_isa_insn *insn, const struct agx_isa_field *field,
			     struct isa_code *code)
{
	const struct agx_isa_operand *op = agx_isa_operand(insn, field->role);
	u32 raw = 0;

	if (!op)
		raw = agx_isa_number(insn, field->role);
	else if (!isa_encode_operand(insn, field->kind, op, &raw))
		return false;
	return isa_code_set_field(code, field, raw);
}

/* What Mesa emits: the short form wherever the rest is zero, but for accesses to memory. */
static u32 isa_code_len(const struct agx_isa_desc *desc, const struct isa_code *code)
{
	const struct agx_isa_field *field;
	u32 bits = 8 * desc->short_len;

	if (!desc->short_len || code->hi || (bits < 64 && code->lo >> bits))
		return desc->len;

	for (field = desc->field; field < desc->field + AGX_ISA_MAX_FIELDS; field++) {
		switch (field->kind) {
		case AGX_ISA_KIND_INDEX:
		case AGX_ISA_KIND_LOCAL_INDEX:
			return desc->len;
		}
	}
	return desc->short_len;
}

bool isa_encode(struct agx_isa_insn *insn)
{
	const struct agx_isa_desc *desc = &agx_isa_table[insn->desc];
	struct isa_code code = { .lo = desc->match, .hi = desc->set };
	char expected[AGX_ISA_MAX_TEXT];
	char text[AGX_ISA_MAX_TEXT];
	struct agx_isa_insn decoded;
	u32 i;

	for (i = 0; i < AGX_ISA_MAX_FIELDS && desc->field[i].role != AGX_ISA_ROLE_END; i++) {
		if (!isa_encode_field(insn, &desc->field[i], &code))
			return false;
	}

	insn->len = (u8)isa_code_len(desc, &code);
	if (desc->short_len && insn->len == desc->len)
		code.lo |= 1ULL << desc->len_bit;
	for (i = 0; i < AGX_ISA_MAX_LEN; i++)
		insn->bytes[i] = (u8)(i < 8 ? code.lo >> 8 * i : code.hi >> 8 * (i - 8));

	/* Operands that share bits can contradict each other, or make it another instruction. */
	if (!agx_isa_decode(insn->bytes, &decoded) || decoded.len != insn->len)
		return false;
	agx_isa_format(insn, expected, sizeof(expected));
	agx_isa_format(&decoded, text, sizeof(text));
	return !strcmp(expected, text);
}
