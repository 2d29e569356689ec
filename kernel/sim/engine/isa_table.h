/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How the table of instructions describes them: their bits, and how they are written.
 */
#ifndef AGX_ENGINE_ISA_TABLE_H
#define AGX_ENGINE_ISA_TABLE_H

#include "isa.h"

/** AGX_ISA_MAX_FIELDS: Fields in the instruction that has most, and one that ends the list. */
#define AGX_ISA_MAX_FIELDS 14

/** AGX_ISA_MAX_PARTS: Places over which one field is spread at most. */
#define AGX_ISA_MAX_PARTS 5

/** enum agx_isa_role - Where in struct agx_isa_insn a field goes. */
enum agx_isa_role {
	AGX_ISA_ROLE_END,
	AGX_ISA_ROLE_DST,
	AGX_ISA_ROLE_SRC0,
	AGX_ISA_ROLE_SRC1,
	AGX_ISA_ROLE_SRC2,
	AGX_ISA_ROLE_SRC3,
	AGX_ISA_ROLE_SRC4,
	AGX_ISA_ROLE_IMM,
	AGX_ISA_ROLE_COND,
	AGX_ISA_ROLE_NEST,
	AGX_ISA_ROLE_SHIFT,
	AGX_ISA_ROLE_TRUTH,
	AGX_ISA_ROLE_BITS,
	AGX_ISA_ROLE_FORMAT,
	AGX_ISA_ROLE_MASK,
	AGX_ISA_ROLE_COHERENCY,
	AGX_ISA_ROLE_SLOT,
	AGX_ISA_ROLE_FUNCTION,
	AGX_ISA_ROLE_SIMD,
	AGX_ISA_ROLE_ROTATE,
	AGX_ISA_ROLE_PREFIX,
	AGX_ISA_ROLE_SATURATE,
	AGX_ISA_ROLE_NEGATE,
	AGX_ISA_ROLE_CACHE,
	AGX_ISA_ROLE_ROUND,
	AGX_ISA_ROLE_DIM,
	AGX_ISA_ROLE_WRITTEN,
	AGX_ISA_ROLE_TO_ZERO,
	AGX_ISA_ROLE_LOD_MODE,
	AGX_ISA_ROLE_EXPLICIT,
};

/**
 * enum agx_isa_kind - How the bits of a field are to be read, first part lowest.
 *
 * The layouts in the comments count from bit 0 of the joined parts.
 */
enum agx_isa_kind {
	/** @AGX_ISA_KIND_PLAIN: A number. */
	AGX_ISA_KIND_PLAIN,

	/** @AGX_ISA_KIND_ONE: A bit that has to be set. */
	AGX_ISA_KIND_ONE,

	/** @AGX_ISA_KIND_SPECIAL: A special register: a number that has to be known. */
	AGX_ISA_KIND_SPECIAL,

	/** @AGX_ISA_KIND_JUMP: A signed, even offset. */
	AGX_ISA_KIND_JUMP,

	/** @AGX_ISA_KIND_SHIFT: A left shift by at most 4. */
	AGX_ISA_KIND_SHIFT,

	/** @AGX_ISA_KIND_ROUND: To zero or to nearest; more is not known. */
	AGX_ISA_KIND_ROUND,

	/** @AGX_ISA_KIND_ICOND: Integer condition, bit 3 inverts. */
	AGX_ISA_KIND_ICOND,

	/** @AGX_ISA_KIND_FCOND: Float condition, bit 3 inverts. */
	AGX_ISA_KIND_FCOND,

	/** @AGX_ISA_KIND_SHUFFLE: enum agx_isa_shuffle. */
	AGX_ISA_KIND_SHUFFLE,

	/** @AGX_ISA_KIND_REDUCTION: enum agx_isa_reduction. */
	AGX_ISA_KIND_REDUCTION,

	/** @AGX_ISA_KIND_ATOMIC: enum agx_isa_atomic. */
	AGX_ISA_KIND_ATOMIC,

	/** @AGX_ISA_KIND_GATHER: enum agx_isa_gather. */
	AGX_ISA_KIND_GATHER,

	/** @AGX_ISA_KIND_DST: cache, 32-bit, register (8). */
	AGX_ISA_KIND_DST,

	/** @AGX_ISA_KIND_DST64: The same; a 32-bit one with an odd register is 64-bit. */
	AGX_ISA_KIND_DST64,

	/** @AGX_ISA_KIND_SRC: value (6), hint or uniform (2), file (2), value (2). */
	AGX_ISA_KIND_SRC,

	/** @AGX_ISA_KIND_SRC_SX: The same with a sign-extension bit below the last value. */
	AGX_ISA_KIND_SRC_SX,

	/** @AGX_ISA_KIND_SRC64: The same, and registers may be 64-bit. */
	AGX_ISA_KIND_SRC64,

	/** @AGX_ISA_KIND_FLOAT: As AGX_ISA_KIND_SRC, with abs and neg below the last value. */
	AGX_ISA_KIND_FLOAT,

	/** @AGX_ISA_KIND_DST16: As AGX_ISA_KIND_DST, never 32-bit. */
	AGX_ISA_KIND_DST16,

	/** @AGX_ISA_KIND_HALF: value (6), hint or uniform (2), uniform, abs, neg, value (2). */
	AGX_ISA_KIND_HALF,

	/** @AGX_ISA_KIND_SELECT: value (6), file and hint (3), value (2), 32-bit. */
	AGX_ISA_KIND_SELECT,

	/** @AGX_ISA_KIND_MASK: Components, of which an operand says the same. */
	AGX_ISA_KIND_MASK,

	/** @AGX_ISA_KIND_VECTOR: register (8), 32-bit, component mask (4). */
	AGX_ISA_KIND_VECTOR,

	/** @AGX_ISA_KIND_BASE: 64-bit pair (8), uniform. */
	AGX_ISA_KIND_BASE,

	/** @AGX_ISA_KIND_INDEX: value (16), immediate, zero-extend. */
	AGX_ISA_KIND_INDEX,

	/** @AGX_ISA_KIND_LOCAL_BASE: value (8), file (2). */
	AGX_ISA_KIND_LOCAL_BASE,

	/** @AGX_ISA_KIND_LOCAL_INDEX: value (16), immediate. */
	AGX_ISA_KIND_LOCAL_INDEX,

	/** @AGX_ISA_KIND_RESULT: 32-bit register (8), whether there is one. */
	AGX_ISA_KIND_RESULT,

	/** @AGX_ISA_KIND_LOCAL_RESULT: 32-bit register (8), whether there is one (2). */
	AGX_ISA_KIND_LOCAL_RESULT,

	/** @AGX_ISA_KIND_ATOMIC_DATA: 32-bit register (8), enum agx_isa_atomic (4). */
	AGX_ISA_KIND_ATOMIC_DATA,

	/** @AGX_ISA_KIND_HALVES: register (8), component mask (4) of 16-bit values. */
	AGX_ISA_KIND_HALVES,

	/** @AGX_ISA_KIND_UNIFORM_DST: uniform (16), component mask (4) of 16-bit values. */
	AGX_ISA_KIND_UNIFORM_DST,

	/** @AGX_ISA_KIND_DIM: enum agx_isa_dim. */
	AGX_ISA_KIND_DIM,

	/** @AGX_ISA_KIND_TEXTURE_DST: texture state. */
	AGX_ISA_KIND_TEXTURE_DST,

	/** @AGX_ISA_KIND_SAMPLER_DST: sampler state. */
	AGX_ISA_KIND_SAMPLER_DST,

	/** @AGX_ISA_KIND_STATE_BASE: 64-bit uniform in units of itself (5). */
	AGX_ISA_KIND_STATE_BASE,

	/** @AGX_ISA_KIND_STATE_OFFSET: value (31), immediate. */
	AGX_ISA_KIND_STATE_OFFSET,

	/** @AGX_ISA_KIND_HEAP: 64-bit uniform in units of itself (5), whether there is one. */
	AGX_ISA_KIND_HEAP,

	/** @AGX_ISA_KIND_TEXTURE: value (8), whether a register has it, whether there is a heap. */
	AGX_ISA_KIND_TEXTURE,

	/** @AGX_ISA_KIND_SAMPLER: value (8), whether a register has it. */
	AGX_ISA_KIND_SAMPLER,

	/** @AGX_ISA_KIND_COORDS: 32-bit register (8), discard, enum agx_isa_dim (4). */
	AGX_ISA_KIND_COORDS,

	/** @AGX_ISA_KIND_LOD: value (8), enum agx_isa_lod_mode and AGX_ISA_LOD_REGISTER (4). */
	AGX_ISA_KIND_LOD,

	/** @AGX_ISA_KIND_LOD_MODE: The latter on its own. */
	AGX_ISA_KIND_LOD_MODE,

	/** @AGX_ISA_KIND_LEVEL: value (8), immediate. */
	AGX_ISA_KIND_LEVEL,

	/** @AGX_ISA_KIND_QUADRUPLE: register (8), 32-bit. */
	AGX_ISA_KIND_QUADRUPLE,

	/** @AGX_ISA_KIND_REG16: 16-bit register (8). */
	AGX_ISA_KIND_REG16,

	/** @AGX_ISA_KIND_TILE_COORDS: two 16-bit registers (8), registers. */
	AGX_ISA_KIND_TILE_COORDS,

	/** @AGX_ISA_KIND_SAMPLES: value (8), register. */
	AGX_ISA_KIND_SAMPLES,
};

/** struct agx_isa_part - Some consecutive bits of an instruction; ends a list if @width is 0. */
struct agx_isa_part {
	u8 pos;
	u8 width;
};

/** struct agx_isa_field - A field of an instruction. */
struct agx_isa_field {
	/** @role: enum agx_isa_role. */
	u8 role;

	/** @kind: enum agx_isa_kind. */
	u8 kind;

	/** @part: Where it is, lowest bits first. */
	struct agx_isa_part part[AGX_ISA_MAX_PARTS];
};

/** struct agx_isa_desc - An instruction. */
struct agx_isa_desc {
	/** @name: Mnemonic. */
	const char *name;

	/** @op: enum agx_isa_op. */
	u8 op;

	/** @len: Bytes in its only or its long form. */
	u8 len;

	/** @short_len: Bytes in its short form, whose missing bits read as zero; or 0. */
	u8 short_len;

	/** @len_bit: The bit that is set in the long form, if there is a short one. */
	u8 len_bit;

	/** @mask: Which of the first 64 bits identify it. */
	u64 mask;

	/** @match: What they have to be. */
	u64 match;

	/** @set: Which of the bits behind those have to be set. */
	u32 set;

	/** @field: Its fields in the order of the text, up to the first with AGX_ISA_ROLE_END. */
	struct agx_isa_field field[AGX_ISA_MAX_FIELDS];
};

extern const struct agx_isa_desc agx_isa_table[];
extern const u32 agx_isa_table_size;

/** AGX_ISA_MAX_FIXED: Fields that a form fixes at most, and one that ends the list. */
#define AGX_ISA_MAX_FIXED 6

/** struct agx_isa_fixed - A field that has a certain value. */
struct agx_isa_fixed {
	/** @role: enum agx_isa_role. */
	u8 role;

	/** @value: For operands an immediate, without any flags. */
	u8 value;
};

/**
 * struct agx_isa_form - A way to write an instruction.
 *
 * What has no form, or none that fits, is written with the name that is in its description. Fields
 * are written in the order of the description, but for those whose value the form gives.
 */
struct agx_isa_form {
	/** @name: Mnemonic. */
	const char *name;

	/** @op: enum agx_isa_op. */
	u8 op;

	/** @fixed: What it is about, up to the first with AGX_ISA_ROLE_END. */
	struct agx_isa_fixed fixed[AGX_ISA_MAX_FIXED];
};

/* Of the forms that fit the first one is taken, so special cases stand before general ones. */
extern const struct agx_isa_form agx_isa_forms[];
extern const u32 agx_isa_forms_size;

/**
 * agx_isa_form_fixes() - Whether a form gives the value of a field.
 * @form: The form, or NULL.
 * @role: enum agx_isa_role.
 *
 * Return: What it says of the field, or NULL.
 */
const struct agx_isa_fixed *agx_isa_form_fixes(const struct agx_isa_form *form, u32 role);

/**
 * agx_isa_form_find() - How an instruction is written.
 * @insn: A decoded instruction.
 *
 * Return: The form, or NULL if its description says all.
 */
const struct agx_isa_form *agx_isa_form_find(const struct agx_isa_insn *insn);

/**
 * agx_isa_operand() - The operand in which a field is kept.
 * @insn: An instruction.
 * @role: enum agx_isa_role.
 *
 * Return: The operand, or NULL if the field is a number.
 */
const struct agx_isa_operand *agx_isa_operand(const struct agx_isa_insn *insn, u32 role);

/**
 * agx_isa_set_operand() - Set an operand.
 * @insn: An instruction.
 * @role: One of the roles that have one.
 * @op: The operand.
 */
void agx_isa_set_operand(struct agx_isa_insn *insn, u32 role, const struct agx_isa_operand *op);

/**
 * agx_isa_number() - Value of a field that is no operand.
 * @insn: An instruction.
 * @role: enum agx_isa_role.
 *
 * Return: The value.
 */
u32 agx_isa_number(const struct agx_isa_insn *insn, u32 role);

/**
 * agx_isa_set_number() - Set a field that is no operand.
 * @insn: An instruction.
 * @role: enum agx_isa_role.
 * @value: Its value.
 *
 * Return: Whether there is such a field.
 */
bool agx_isa_set_number(struct agx_isa_insn *insn, u32 role, u32 value);

/**
 * agx_isa_value_name() - What a value of a field is called.
 * @field: A field that is no operand.
 * @value: Its value.
 *
 * Return: The name; NULL if it has none, as fields that are written as numbers have not.
 */
const char *agx_isa_value_name(const struct agx_isa_field *field, u32 value);

/**
 * agx_isa_is_usual() - Whether a field is not written if it has this value.
 * @field: A field that is no operand.
 * @value: A value.
 *
 * Return: True for at most one value of each field.
 */
bool agx_isa_is_usual(const struct agx_isa_field *field, u32 value);

#endif /* AGX_ENGINE_ISA_TABLE_H */
