// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * From bytes to struct agx_isa_insn.
 */
#include "bits.h"
#include "isa_table.h"

/* An instruction as a number of 96 bits. */
struct isa_raw {
	u64 lo;
	u32 hi;
};

static u64 isa_load_le(const u8 *bytes, u32 count)
{
	u64 value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static struct isa_raw isa_raw_read(const u8 *bytes, u32 len)
{
	struct isa_raw raw = { 0 };

	raw.lo = isa_load_le(bytes, len < 8 ? len : 8);
	if (len > 8)
		raw.hi = (u32)isa_load_le(bytes + 8, len - 8);
	return raw;
}

static u32 isa_raw_part(const struct isa_raw *raw, const struct agx_isa_part *part)
{
	u64 value;

	/* No part lies across bit 64. */
	value = part->pos < 64 ? raw->lo >> part->pos : raw->hi >> (part->pos - 64);
	return (u32)(value & (~0ULL >> (64 - part->width)));
}

static void isa_raw_clear_part(struct isa_raw *raw, const struct agx_isa_part *part)
{
	u64 ones = ~0ULL >> (64 - part->width);

	if (part->pos < 64)
		raw->lo &= ~(ones << part->pos);
	else
		raw->hi &= ~(u32)(ones << (part->pos - 64));
}

/* Joins the parts of a field, and clears them in @rest. */
static u32 isa_field_read(const struct agx_isa_field *field, const struct isa_raw *raw,
			  struct isa_raw *rest)
{
	u32 value = 0;
	u32 width = 0;
	u32 i;

	for (i = 0; i < AGX_ISA_MAX_PARTS && field->part[i].width; i++) {
		value |= isa_raw_part(raw, &field->part[i]) << width;
		width += field->part[i].width;
		isa_raw_clear_part(rest, &field->part[i]);
	}
	return value;
}

static u32 isa_bits(u32 value, u32 lo, u32 width)
{
	return (value >> lo) & ((1u << width) - 1);
}

/* Fills in a register or uniform; fails if it is misaligned or not wholly inside its file. */
static bool isa_operand_set(struct agx_isa_operand *op, enum agx_isa_file file, u32 value,
			    u32 halves, u32 count)
{
	u32 limit = file == AGX_ISA_FILE_UNIFORM ? AGX_ISA_UNIFORMS : AGX_ISA_GPRS;

	if (halves > 1 && (value & 1))
		return false;
	if (value + halves * count > limit)
		return false;

	op->file = (u8)file;
	op->value = (u16)value;
	op->halves = (u8)halves;
	op->count = (u8)count;
	return true;
}

static bool isa_imm_set(struct agx_isa_operand *op, enum agx_isa_file file, u32 value)
{
	op->file = (u8)file;
	op->value = (u16)value;
	op->halves = 1;
	op->count = 1;
	return true;
}

static bool isa_decode_dst(struct agx_isa_operand *op, u32 raw, bool wide)
{
	u32 reg = isa_bits(raw, 2, 8);

	op->hint = raw & 1 ? AGX_ISA_HINT_CACHE : AGX_ISA_HINT_NONE;
	if (!(raw & 2))
		return isa_operand_set(op, AGX_ISA_FILE_GPR, reg, 1, 1);
	if (wide && (reg & 1))
		return isa_operand_set(op, AGX_ISA_FILE_GPR, reg & ~1u, 4, 1);
	return isa_operand_set(op, AGX_ISA_FILE_GPR, reg, 2, 1);
}

/* All sources of the ALU: @low is the field up to the file, @high the top of the value. */
static bool isa_decode_src(struct agx_isa_operand *op, u32 low, u32 high, bool wide,
			   enum agx_isa_file imm)
{
	u32 value = isa_bits(low, 0, 6) | high << 6;
	u32 hint = isa_bits(low, 6, 2);

	switch (isa_bits(low, 8, 2)) {
	case 0:
		if (hint == AGX_ISA_HINT_UNSET)
			return isa_imm_set(op, imm, value);
		op->hint = (u8)hint;
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
	case 1:
		value |= isa_bits(low, 6, 1) << 8;
		return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, value, isa_bits(low, 7, 1) + 1, 1);
	case 2:
		op->hint = (u8)hint;
		return hint != AGX_ISA_HINT_UNSET &&
		       isa_operand_set(op, AGX_ISA_FILE_GPR, value, 2, 1);
	default:
		op->hint = (u8)hint;
		return wide && hint != AGX_ISA_HINT_UNSET &&
		       isa_operand_set(op, AGX_ISA_FILE_GPR, value, 4, 1);
	}
}

/* A source of 16 bits: the size bit, which would be zero, is missing. */
static bool isa_decode_half(struct agx_isa_operand *op, u32 raw)
{
	u32 file = isa_bits(raw, 8, 1);
	u32 low = isa_bits(raw, 0, 8);

	/* A uniform of 32 bits. */
	if (file && isa_bits(raw, 7, 1))
		return false;
	/* An immediate has no flags here. */
	if (!isa_bits(raw, 6, 3) && isa_bits(raw, 9, 2))
		return false;

	op->flags = (u8)((isa_bits(raw, 9, 1) ? AGX_ISA_ABS : 0) |
			 (isa_bits(raw, 10, 1) ? AGX_ISA_NEG : 0));
	return isa_decode_src(op, low | file << 8, isa_bits(raw, 11, 2), false,
			      AGX_ISA_FILE_FLOAT_IMM);
}

static bool isa_decode_select(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 6) | isa_bits(raw, 9, 2) << 6;
	u32 halves = isa_bits(raw, 11, 1) + 1;
	u32 flags = isa_bits(raw, 6, 3);

	switch (flags) {
	case 4:
		return isa_imm_set(op, AGX_ISA_FILE_IMM, value);
	case 6:
	case 7:
		value |= (flags & 1) << 8;
		return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, value, halves, 1);
	case AGX_ISA_HINT_NONE:
	case AGX_ISA_HINT_CACHE:
	case AGX_ISA_HINT_DISCARD:
		op->hint = (u8)flags;
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, halves, 1);
	default:
		return false;
	}
}

static bool isa_decode_vector(struct agx_isa_operand *op, u32 raw)
{
	u32 mask = isa_bits(raw, 9, 4);

	op->hint = AGX_ISA_HINT_NONE;
	return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8),
			       isa_bits(raw, 8, 1) + 1, agx_engine_popcount(mask));
}

static bool isa_decode_base(struct agx_isa_operand *op, u32 raw)
{
	bool uniform = isa_bits(raw, 8, 1);

	op->hint = AGX_ISA_HINT_NONE;
	return isa_operand_set(op, uniform ? AGX_ISA_FILE_UNIFORM : AGX_ISA_FILE_GPR,
			       isa_bits(raw, 0, 8), 4, 1);
}

static bool isa_decode_index(struct agx_isa_operand *op, u32 raw)
{
	bool zero_extend = isa_bits(raw, 17, 1);

	op->flags = zero_extend ? 0 : AGX_ISA_SX;
	op->hint = AGX_ISA_HINT_NONE;
	if (isa_bits(raw, 16, 1))
		return isa_imm_set(op, AGX_ISA_FILE_IMM, isa_bits(raw, 0, 16));
	return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 16), 2, 1);
}

static bool isa_decode_local_base(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);
	u32 file = isa_bits(raw, 8, 2);

	op->hint = AGX_ISA_HINT_NONE;
	switch (file) {
	case 0:
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
	case 2:
		return !value && isa_imm_set(op, AGX_ISA_FILE_IMM, 0);
	default:
		return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, value | (file >> 1) << 8, 1, 1);
	}
}

/*
 * Only the immediate 0 has ever been seen, and in which unit another index counts is not known,
 * so nothing else is accepted.
 */
static bool isa_decode_local_index(struct agx_isa_operand *op, u32 raw)
{
	op->flags = AGX_ISA_SX;
	return raw == 1u << 16 && isa_imm_set(op, AGX_ISA_FILE_IMM, 0);
}

/* The result of an atomic operation, of which there may be none. */
static bool isa_decode_result(struct agx_isa_operand *op, u32 raw, u32 present)
{
	op->hint = AGX_ISA_HINT_NONE;
	if ((raw >> 8) == present)
		return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8), 2, 1);
	return !raw;
}

static bool isa_decode_atomic_data(struct agx_isa_operand *op, u32 raw)
{
	bool exchange = isa_bits(raw, 8, 4) == AGX_ISA_ATOMIC_CMPXCHG;

	op->hint = AGX_ISA_HINT_NONE;
	return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8), 2, exchange ? 2 : 1);
}

/* Vectors of 16-bit values that start at the lowest component. */
static bool isa_decode_halves(struct agx_isa_insn *insn, struct agx_isa_operand *op,
			      enum agx_isa_file file, u32 value, u32 mask)
{
	if (!mask || (mask & (mask + 1)))
		return false;

	insn->mask = (u8)mask;
	op->hint = AGX_ISA_HINT_NONE;
	return isa_operand_set(op, file, value, 1, agx_engine_popcount(mask));
}

/* A register of a file of which no more is known than how many there are. */
static bool isa_decode_state(struct agx_isa_operand *op, enum agx_isa_file file, u32 value)
{
	op->file = (u8)file;
	op->value = (u16)value;
	op->halves = 1;
	return true;
}

static bool isa_decode_state_offset(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 31);

	op->hint = AGX_ISA_HINT_NONE;
	if (raw >> 31)
		return value <= 0xffff && isa_imm_set(op, AGX_ISA_FILE_IMM, value);
	return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 2, 1);
}

static bool isa_decode_heap(struct agx_isa_operand *op, u32 raw)
{
	if (!isa_bits(raw, 5, 1))
		return !raw;
	return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, isa_bits(raw, 0, 5) << 2, 4, 1);
}

static bool isa_decode_texture(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);

	op->hint = AGX_ISA_HINT_NONE;
	switch (isa_bits(raw, 8, 2)) {
	case 0:
		return isa_decode_state(op, AGX_ISA_FILE_TEXTURE, value);
	case 1:
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
	case 3:
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 2, 1);
	default:
		/* Nothing is known of a heap without a register. */
		return false;
	}
}

static bool isa_decode_sampler(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);

	op->hint = AGX_ISA_HINT_NONE;
	if (isa_bits(raw, 8, 1))
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
	return isa_decode_state(op, AGX_ISA_FILE_SAMPLER, value);
}

static u32 isa_coords(u32 dim)
{
	switch (dim) {
	case AGX_ISA_DIM_1D:
		return 1;
	case AGX_ISA_DIM_1D_ARRAY:
	case AGX_ISA_DIM_2D:
		return 2;
	default:
		return 3;
	}
}

static bool isa_decode_coords(struct agx_isa_operand *op, u32 raw)
{
	op->hint = isa_bits(raw, 8, 1) ? AGX_ISA_HINT_DISCARD : AGX_ISA_HINT_NONE;
	return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8), 2,
			       isa_coords(isa_bits(raw, 9, 4)));
}

static bool isa_decode_lod(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);

	op->hint = AGX_ISA_HINT_NONE;
	switch (isa_bits(raw, 8, 4)) {
	case AGX_ISA_LOD_AUTO:
		return !value && isa_imm_set(op, AGX_ISA_FILE_IMM, 0);
	case AGX_ISA_LOD_MIN:
		return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, value, 1, 1);
	case AGX_ISA_LOD_MIN | AGX_ISA_LOD_REGISTER:
		return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
	default:
		return false;
	}
}

/* The level itself, which is in an instruction only if it is no more than 8 bits. */
static bool isa_decode_level(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);

	op->hint = AGX_ISA_HINT_NONE;
	if (isa_bits(raw, 8, 1))
		return isa_imm_set(op, AGX_ISA_FILE_IMM, value);
	return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
}

static bool isa_decode_quadruple(struct agx_isa_operand *op, u32 raw)
{
	op->hint = AGX_ISA_HINT_NONE;
	return isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8), isa_bits(raw, 8, 1) + 1,
			       4);
}

static bool isa_decode_tile_coords(struct agx_isa_operand *op, u32 raw)
{
	op->hint = AGX_ISA_HINT_NONE;
	/* Others are those of a fragment. */
	return isa_bits(raw, 8, 1) &&
	       isa_operand_set(op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8), 1, 2);
}

static bool isa_decode_samples(struct agx_isa_operand *op, u32 raw)
{
	u32 value = isa_bits(raw, 0, 8);

	op->hint = AGX_ISA_HINT_NONE;
	if (!isa_bits(raw, 8, 1))
		return isa_imm_set(op, AGX_ISA_FILE_IMM, value);
	return isa_operand_set(op, AGX_ISA_FILE_GPR, value, 1, 1);
}

static bool isa_decode_operand(struct agx_isa_insn *insn, struct agx_isa_operand *op,
			       enum agx_isa_kind kind, u32 raw)
{
	op->count = 1;

	switch (kind) {
	case AGX_ISA_KIND_DST:
		return isa_decode_dst(op, raw, false);
	case AGX_ISA_KIND_DST64:
		return isa_decode_dst(op, raw, true);
	case AGX_ISA_KIND_DST16:
		return !isa_bits(raw, 1, 1) && isa_decode_dst(op, raw, false);
	case AGX_ISA_KIND_SRC:
		return isa_decode_src(op, raw, isa_bits(raw, 10, 2), false, AGX_ISA_FILE_IMM);
	case AGX_ISA_KIND_SRC_SX:
	case AGX_ISA_KIND_SRC64:
		op->flags = isa_bits(raw, 10, 1) ? AGX_ISA_SX : 0;
		return isa_decode_src(op, raw, isa_bits(raw, 11, 2),
				      kind == AGX_ISA_KIND_SRC64, AGX_ISA_FILE_IMM);
	case AGX_ISA_KIND_FLOAT:
		op->flags = (u8)((isa_bits(raw, 10, 1) ? AGX_ISA_ABS : 0) |
				 (isa_bits(raw, 11, 1) ? AGX_ISA_NEG : 0));
		return isa_decode_src(op, raw, isa_bits(raw, 12, 2), false, AGX_ISA_FILE_FLOAT_IMM);
	case AGX_ISA_KIND_HALF:
		return isa_decode_half(op, raw);
	case AGX_ISA_KIND_SELECT:
		return isa_decode_select(op, raw);
	case AGX_ISA_KIND_VECTOR:
		return isa_decode_vector(op, raw);
	case AGX_ISA_KIND_BASE:
		return isa_decode_base(op, raw);
	case AGX_ISA_KIND_INDEX:
		return isa_decode_index(op, raw);
	case AGX_ISA_KIND_LOCAL_BASE:
		return isa_decode_local_base(op, raw);
	case AGX_ISA_KIND_LOCAL_INDEX:
		return isa_decode_local_index(op, raw);
	case AGX_ISA_KIND_RESULT:
		return isa_decode_result(op, raw, 1);
	case AGX_ISA_KIND_LOCAL_RESULT:
		return isa_decode_result(op, raw, 3);
	case AGX_ISA_KIND_ATOMIC_DATA:
		return isa_decode_atomic_data(op, raw);
	case AGX_ISA_KIND_HALVES:
		return isa_decode_halves(insn, op, AGX_ISA_FILE_GPR, isa_bits(raw, 0, 8),
					 isa_bits(raw, 8, 4));
	case AGX_ISA_KIND_UNIFORM_DST:
		return isa_decode_halves(insn, op, AGX_ISA_FILE_UNIFORM, isa_bits(raw, 0, 16),
					 isa_bits(raw, 16, 4));
	case AGX_ISA_KIND_TEXTURE_DST:
		return isa_decode_state(op, AGX_ISA_FILE_TEXTURE, raw);
	case AGX_ISA_KIND_SAMPLER_DST:
		return isa_decode_state(op, AGX_ISA_FILE_SAMPLER, raw);
	case AGX_ISA_KIND_STATE_BASE:
		return isa_operand_set(op, AGX_ISA_FILE_UNIFORM, raw << 2, 4, 1);
	case AGX_ISA_KIND_STATE_OFFSET:
		return isa_decode_state_offset(op, raw);
	case AGX_ISA_KIND_HEAP:
		return isa_decode_heap(op, raw);
	case AGX_ISA_KIND_TEXTURE:
		return isa_decode_texture(op, raw);
	case AGX_ISA_KIND_SAMPLER:
		return isa_decode_sampler(op, raw);
	case AGX_ISA_KIND_COORDS:
		return isa_decode_coords(op, raw);
	case AGX_ISA_KIND_LOD:
		return isa_decode_lod(op, raw);
	case AGX_ISA_KIND_LEVEL:
		return isa_decode_level(op, raw);
	case AGX_ISA_KIND_QUADRUPLE:
		return isa_decode_quadruple(op, raw);
	case AGX_ISA_KIND_REG16:
		op->hint = AGX_ISA_HINT_NONE;
		return isa_operand_set(op, AGX_ISA_FILE_GPR, raw, 1, 1);
	case AGX_ISA_KIND_TILE_COORDS:
		return isa_decode_tile_coords(op, raw);
	case AGX_ISA_KIND_SAMPLES:
		return isa_decode_samples(op, raw);
	default:
		return false;
	}
}

static bool isa_check_reduction(u32 value)
{
	switch (value) {
	case AGX_ISA_REDUCE_AND:
	case AGX_ISA_REDUCE_FADD:
	case AGX_ISA_REDUCE_OR:
	case AGX_ISA_REDUCE_FMUL:
	case AGX_ISA_REDUCE_XOR:
	case AGX_ISA_REDUCE_FMIN:
	case AGX_ISA_REDUCE_FMAX:
	case AGX_ISA_REDUCE_IADD:
	case AGX_ISA_REDUCE_SMIN:
	case AGX_ISA_REDUCE_SMAX:
	case AGX_ISA_REDUCE_UMIN:
	case AGX_ISA_REDUCE_UMAX:
		return true;
	default:
		return false;
	}
}

static bool isa_check_dim(u32 value)
{
	switch (value) {
	case AGX_ISA_DIM_1D:
	case AGX_ISA_DIM_1D_ARRAY:
	case AGX_ISA_DIM_2D:
	case AGX_ISA_DIM_2D_ARRAY:
	case AGX_ISA_DIM_2D_MS:
	case AGX_ISA_DIM_3D:
	case AGX_ISA_DIM_2D_MS_ARRAY:
		return true;
	default:
		/* Faces. */
		return false;
	}
}

static bool isa_check_plain(enum agx_isa_kind kind, u32 value)
{
	switch (kind) {
	case AGX_ISA_KIND_ONE:
		return value == 1;
	case AGX_ISA_KIND_SPECIAL:
		return agx_isa_special_name(value);
	case AGX_ISA_KIND_JUMP:
		return !(value & 1);
	case AGX_ISA_KIND_SHIFT:
		return value <= 4;
	case AGX_ISA_KIND_ROUND:
		return value <= 1;
	case AGX_ISA_KIND_ICOND:
		return (value & 3) != 3;
	case AGX_ISA_KIND_FCOND:
		return (value & 7) != 4;
	case AGX_ISA_KIND_ATOMIC:
		return value <= AGX_ISA_ATOMIC_XOR;
	case AGX_ISA_KIND_REDUCTION:
		return isa_check_reduction(value);
	case AGX_ISA_KIND_GATHER:
		return value <= AGX_ISA_GATHER_A && (!value || (value & 1));
	case AGX_ISA_KIND_DIM:
		return isa_check_dim(value);
	default:
		return true;
	}
}

static bool isa_decode_field(struct agx_isa_insn *insn, const struct agx_isa_field *field, u32 raw)
{
	struct agx_isa_operand op = { 0 };

	if (!agx_isa_operand(insn, field->role))
		return agx_isa_set_number(insn, field->role, raw) &&
		       isa_check_plain(field->kind, raw);

	if (!isa_decode_operand(insn, &op, field->kind, raw))
		return false;
	agx_isa_set_operand(insn, field->role, &op);
	return true;
}

static bool isa_format_is_known(u32 format)
{
	return format != 9 && format != 11;
}

static bool isa_check_format(const struct agx_isa_insn *insn, const struct agx_isa_operand *data)
{
	if (!isa_format_is_known(insn->format))
		return false;

	switch (insn->format) {
	case AGX_ISA_FORMAT_I32:
		/* No 32-bit value fits a 16-bit register. */
		return data->halves == 2;
	case AGX_ISA_FORMAT_RGB10A2:
		/* Packed components are accessed together; a mask has to say so. */
		return insn->mask == 0xf;
	case AGX_ISA_FORMAT_RG11B10F:
	case AGX_ISA_FORMAT_RGB9E5:
	case AGX_ISA_FORMAT_RG11B10F_RTZ:
	case AGX_ISA_FORMAT_RGB9E5_RTZ:
		/* The fourth is 1 when loaded. */
		return insn->mask == 0x7 || insn->mask == 0xf;
	default:
		return true;
	}
}

/* What concerns more than one field. */
static bool isa_check_insn(const struct agx_isa_insn *insn)
{
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_MEM_DATA];

	switch (insn->op) {
	case AGX_ISA_OP_SHUFFLE:
		/* Nothing is known of others that rotate. */
		return !insn->rotate || insn->function == AGX_ISA_SHUFFLE_UP;
	case AGX_ISA_OP_TEXTURE_SAMPLE:
		/* Four texels are around a place in two dimensions. */
		return !insn->function || insn->dim == AGX_ISA_DIM_2D ||
		       insn->dim == AGX_ISA_DIM_2D_ARRAY;
	case AGX_ISA_OP_LOAD:
		return isa_check_format(insn, &insn->dst);
	case AGX_ISA_OP_STORE:
	case AGX_ISA_OP_TILE_STORE:
		return isa_check_format(insn, data);
	case AGX_ISA_OP_BLOCK_WRITE:
		return isa_format_is_known(insn->format);
	case AGX_ISA_OP_LLOAD:
	case AGX_ISA_OP_STACK_LOAD:
		/* Only device memory has been seen to be converted from and to. */
		return insn->format <= AGX_ISA_FORMAT_I32 && isa_check_format(insn, &insn->dst);
	case AGX_ISA_OP_LSTORE:
	case AGX_ISA_OP_STACK_STORE:
		return insn->format <= AGX_ISA_FORMAT_I32 && isa_check_format(insn, data);
	default:
		return true;
	}
}

static bool isa_decode_as(const struct agx_isa_desc *desc, const u8 *bytes,
			  struct agx_isa_insn *insn)
{
	const struct agx_isa_field *field;
	struct isa_raw rest;
	struct isa_raw raw;
	u8 len = desc->len;

	/* What identifies it may lie behind the end of a short form, where there are zeros. */
	if (desc->short_len && !(bytes[desc->len_bit / 8] >> desc->len_bit % 8 & 1))
		len = desc->short_len;
	raw = isa_raw_read(bytes, len);
	if ((raw.lo & desc->mask) != desc->match || (raw.hi & desc->set) != desc->set)
		return false;

	*insn = (struct agx_isa_insn){ .op = desc->op, .len = len };
	rest = raw;
	rest.lo &= ~desc->mask;
	rest.hi &= ~desc->set;
	if (desc->short_len)
		rest.lo &= ~(1ULL << desc->len_bit);

	for (field = desc->field; field < desc->field + AGX_ISA_MAX_FIELDS; field++) {
		if (field->role == AGX_ISA_ROLE_END)
			break;
		if (!isa_decode_field(insn, field, isa_field_read(field, &raw, &rest)))
			return false;
	}

	return !rest.lo && !rest.hi && isa_check_insn(insn);
}

bool agx_isa_decode(const u8 *bytes, struct agx_isa_insn *insn)
{
	u32 i;

	for (i = 0; i < agx_isa_table_size; i++) {
		if (isa_decode_as(&agx_isa_table[i], bytes, insn)) {
			insn->desc = (u8)i;
			memcpy(insn->bytes, bytes, insn->len);
			return true;
		}
	}
	return false;
}
