/* SPDX-License-Identifier: MIT */
/*
 * A small assembler, written from the description of the encodings and not from the engine's
 * table, so that each can be held against the other.
 */
#ifndef ENGINE_TEST_ASM_H
#define ENGINE_TEST_ASM_H

#include "engine_types.h"

/* A program that is being put together. */
struct code {
	u8 bytes[8192];
	u32 len;
};

/* What an operand can be. */
enum arg_file {
	ARG_REG,
	ARG_UNIFORM,
	ARG_IMM,
};

/* An operand; registers and uniforms are counted in halves, sizes are in bits. */
struct arg {
	enum arg_file file;
	u32 value;
	u32 bits;
	bool sx;
	bool abs;
	bool neg;
};

static inline struct arg r16(u32 half)
{
	return (struct arg){ .file = ARG_REG, .value = half, .bits = 16 };
}

static inline struct arg r32(u32 reg)
{
	return (struct arg){ .file = ARG_REG, .value = 2 * reg, .bits = 32 };
}

static inline struct arg r64(u32 reg)
{
	return (struct arg){ .file = ARG_REG, .value = 2 * reg, .bits = 64 };
}

static inline struct arg u16_(u32 half)
{
	return (struct arg){ .file = ARG_UNIFORM, .value = half, .bits = 16 };
}

static inline struct arg u32_(u32 uniform)
{
	return (struct arg){ .file = ARG_UNIFORM, .value = 2 * uniform, .bits = 32 };
}

static inline struct arg imm(u32 value)
{
	return (struct arg){ .file = ARG_IMM, .value = value, .bits = 16 };
}

static inline struct arg sx(struct arg arg)
{
	arg.sx = true;
	return arg;
}

void asm_ldimm16(struct code *code, u32 half, u32 value);
void asm_ldimm32(struct code *code, u32 reg, u32 value);
void asm_special(struct code *code, struct arg dst, u32 sr);

/* @truth: the results for (A, B) = (0, 0), (1, 0), (0, 1), (1, 1), from bit 0 up. */
void asm_bitop(struct code *code, u32 truth, struct arg dst, struct arg a, struct arg b);

struct asm_add {
	bool negate;
	bool saturate;
	u32 shift;
};

void asm_iadd(struct code *code, const struct asm_add *how, struct arg dst, struct arg a,
	      struct arg b);
void asm_imadd(struct code *code, const struct asm_add *how, struct arg dst, struct arg a,
	       struct arg b, struct arg c);

enum asm_bitfield {
	ASM_BFI,
	ASM_BFEIL,
	ASM_EXTR,
	ASM_ASR,
	ASM_SHLHI,
	ASM_SHRHI,
	ASM_ASRH,
};

void asm_bitfield(struct code *code, enum asm_bitfield op, u32 bits, struct arg dst, struct arg a,
		  struct arg b, struct arg c);

enum asm_float {
	ASM_FADD,
	ASM_FMUL,
	ASM_FFMA,
	ASM_HADD,
	ASM_HMUL,
	ASM_HFMA,
};

/* @c: of ASM_FFMA and ASM_HFMA only. The H forms have 16-bit operands only. */
void asm_float(struct code *code, enum asm_float op, bool saturate, struct arg dst, struct arg a,
	       struct arg b, struct arg c);

enum asm_float_unary {
	ASM_FLOOR = 0x00,
	ASM_RSQRTS = 0x01,
	ASM_RCP = 0x08,
	ASM_RSQRT = 0x09,
	ASM_SINR = 0x0a,
	ASM_LOG2 = 0x0c,
	ASM_EXP2 = 0x0d,
	ASM_SINC = 0x0e,
	ASM_CEIL = 0x10,
	ASM_TRUNC = 0x20,
	ASM_RINT = 0x30,
};

void asm_float_unary(struct code *code, enum asm_float_unary op, bool saturate, struct arg dst,
		     struct arg a);

enum asm_convert {
	ASM_U8_TO_F = 0,
	ASM_S8_TO_F = 1,
	ASM_F_TO_U16 = 4,
	ASM_F_TO_S16 = 5,
	ASM_U16_TO_F = 6,
	ASM_S16_TO_F = 7,
	ASM_F_TO_U32 = 8,
	ASM_F_TO_S32 = 9,
	ASM_U32_TO_F = 10,
	ASM_S32_TO_F = 11,
};

/* @nearest: round to nearest, else to zero. */
void asm_convert(struct code *code, enum asm_convert op, bool nearest, struct arg dst,
		 struct arg src);

/* Conditions: 0 equal, 1 and 2 less and greater, 3 and 7 so for minima, 5 and 6 or equal. */
void asm_float_select(struct code *code, u32 cond, struct arg dst, struct arg a, struct arg b,
		      struct arg x, struct arg y);

enum asm_bits {
	ASM_INTL,
	ASM_BITREV,
	ASM_POPCNT,
	ASM_FFS,
};

/* @b: only for ASM_INTL, else the immediate 0. */
void asm_bits(struct code *code, enum asm_bits op, struct arg dst, struct arg a, struct arg b);

/* Conditions: 0 equal, 1 below, 2 above, 4 to 6 the same signed. */
void asm_select(struct code *code, u32 cond, struct arg dst, struct arg a, struct arg b,
		struct arg x, struct arg y);

/* @cond: the condition, plus 8 to invert it. */
void asm_ballot(struct code *code, u32 cond, bool quad, struct arg dst, struct arg a, struct arg b);
void asm_float_ballot(struct code *code, u32 cond, bool quad, struct arg dst, struct arg a,
		      struct arg b);

enum asm_shuffle {
	ASM_SHUFFLE,
	ASM_SHUFFLE_XOR,
	ASM_SHUFFLE_UP,
	ASM_SHUFFLE_DOWN,
};

void asm_shuffle(struct code *code, enum asm_shuffle op, bool quad, bool rotate, struct arg dst,
		 struct arg a, struct arg amount);

/* @op: the five bits that say how values are combined. */
void asm_reduce(struct code *code, u32 op, bool quad, bool prefix, struct arg dst, struct arg a);

enum asm_mask {
	ASM_IF,
	ASM_ELSE,
	ASM_WHILE,
};

/* @cond: the condition, plus 8 to invert it. */
void asm_icmp(struct code *code, enum asm_mask op, u32 cond, u32 nest, struct arg a, struct arg b);
void asm_fcmp(struct code *code, enum asm_mask op, u32 cond, u32 nest, struct arg a, struct arg b);
void asm_pop(struct code *code, u32 nest);

/* Jumps to a position in the program. */
void asm_jump_any(struct code *code, u32 target);
void asm_jump_none(struct code *code, u32 target);

/* Sets the target of the jump at @at to the end of the program. */
void asm_jump_here(struct code *code, u32 at);

struct asm_memory {
	u32 format;
	u32 mask;
	u32 shift;
	bool zero_extend;
	u32 coherency;
	u32 slot;
};

/* @data: a 16-bit or 32-bit register, @base: a pair, @index: a 32-bit register or immediate. */
void asm_load(struct code *code, const struct asm_memory *how, struct arg data, struct arg base,
	      struct arg index);
void asm_store(struct code *code, const struct asm_memory *how, struct arg data, struct arg base,
	       struct arg index);

/* @base: a 16-bit register or uniform, or the immediate 0. */
void asm_local_load(struct code *code, u32 format, u32 mask, struct arg data, struct arg base);
void asm_local_store(struct code *code, u32 format, u32 mask, struct arg data, struct arg base);

struct asm_atomic {
	u32 op;
	u32 coherency;
	u32 slot;

	/* Whether @dst receives what was there before. */
	bool result;
};

/* @data: a 32-bit register, the first of two for a compare-exchange. */
void asm_atomic(struct code *code, const struct asm_atomic *how, struct arg dst, struct arg data,
		struct arg base, struct arg index);
void asm_local_atomic(struct code *code, u32 op, bool result, struct arg dst, struct arg data,
		      struct arg base);

/* @words: two's complement of 16 bits. @index: a 32-bit register or an immediate. */
void asm_stack_adjust(struct code *code, u32 words);
void asm_stack_load(struct code *code, const struct asm_memory *how, struct arg data,
		    struct arg index);
void asm_stack_store(struct code *code, const struct asm_memory *how, struct arg data,
		     struct arg index);

struct asm_image {
	u32 dim;

	/* The number of a register of texture state, or a 16-bit register with it, or an offset. */
	struct arg state;

	/* A uniform, a multiple of four halves, that a 32-bit offset is from. */
	u32 heap;

	/* The first of 32-bit registers. */
	struct arg coords;

	/* A 16-bit register or uniform, or an immediate. */
	struct arg lod;

	/* Of a read: which components. */
	u32 mask;

	/* Of a write: floats are rounded to zero. */
	bool to_zero;
};

/* Loads an address: @base is a multiple of four halves, @offset an immediate or 32 bits wide. */
void asm_texture_state(struct code *code, u32 state, struct arg base, struct arg offset);
void asm_sampler_state(struct code *code, u32 state, struct arg base, struct arg offset);

/* @dst and @data: the first of 16-bit or 32-bit registers. */
void asm_texture_read(struct code *code, const struct asm_image *how, struct arg dst);
void asm_image_write(struct code *code, const struct asm_image *how, struct arg data);

/*
 * @sampler: the number of a register of sampler state, or a 16-bit register with it. @gather: 0 for
 * none, else twice the component and one.
 */
void asm_texture_sample(struct code *code, const struct asm_image *how, struct arg sampler,
			u32 gather, struct arg dst);

/* @data: 16-bit or 32-bit registers, @coords: the first of two 16-bit registers. */
void asm_tile_store(struct code *code, const struct asm_memory *how, u32 offset, u32 samples,
		    struct arg data, struct arg coords);

/* @offset: a 16-bit register. */
void asm_block_write(struct code *code, const struct asm_image *how, u32 format,
		     struct arg offset);

/* @count: halves. */
void asm_uniform_store(struct code *code, u32 uniform, u32 half, u32 count);

void asm_wait(struct code *code, u32 slot);
void asm_barrier(struct code *code);
void asm_stop(struct code *code);

/* Shorthands for 32-bit values: r[reg] = u[base][index], and the reverse. */
void asm_load32(struct code *code, u32 reg, struct arg base, struct arg index);
void asm_store32(struct code *code, u32 reg, struct arg base, struct arg index);

#endif /* ENGINE_TEST_ASM_H */
