// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The instructions that the engine knows. Where two descriptions match the same bytes the first
 * one is taken, so special cases stand before general ones.
 */
#include "isa_table.h"

/* Bits of an instruction: so many from a position on, and a value placed there. */
#define M(pos, width)	(((1ULL << (width)) - 1) << (pos))
#define V(pos, value)	((u64)(value) << (pos))

/* A part of a field. */
#define P(pos, width)	{ (pos), (width) }

/* A field: role, kind, parts. */
#define F(role_, kind_, ...) \
	{ .role = AGX_ISA_ROLE_ ## role_, .kind = AGX_ISA_KIND_ ## kind_, .part = { __VA_ARGS__ } }

/* ALU operands: all but two of their bits have fixed places, those two come at x. */
#define DST(x)			F(DST, DST, P(7, 8), P(x, 2))
#define DST64(x)		F(DST, DST64, P(7, 8), P(x, 2))
#define SRC_A(role_, x)		F(role_, SRC, P(16, 10), P(x, 2))
#define SRC_B(role_, x)		F(role_, SRC, P(28, 10), P(x, 2))
#define SRC_C(role_, x)		F(role_, SRC, P(40, 10), P(x, 2))
#define WIDE_A(kind_, x)	F(SRC0, kind_, P(16, 11), P(x, 2))
#define WIDE_B(kind_, x)	F(SRC1, kind_, P(28, 11), P(x, 2))
#define WIDE_C(kind_, x)	F(SRC2, kind_, P(40, 11), P(x, 2))
#define FLOAT_A(x)		F(SRC0, FLOAT, P(16, 12), P(x, 2))
#define FLOAT_B(x)		F(SRC1, FLOAT, P(28, 12), P(x, 2))
#define FLOAT_C(x)		F(SRC2, FLOAT, P(40, 12), P(x, 2))
#define DST16(x)		F(DST, DST16, P(7, 8), P(x, 2))
#define HALF_A(x)		F(SRC0, HALF, P(16, 11), P(x, 2))
#define HALF_B(x)		F(SRC1, HALF, P(28, 11), P(x, 2))
#define HALF_C(x)		F(SRC2, HALF, P(40, 11), P(x, 2))

#define SATURATE	F(SATURATE, PLAIN, P(6, 1))
#define NEGATE		F(NEGATE, PLAIN, P(27, 1))
#define ADD_SHIFT	F(SHIFT, SHIFT, P(39, 1), P(52, 2))

/* Device memory */
#define MEM_VECTOR(role_)	F(role_, VECTOR, P(10, 6), P(40, 2), P(49, 1), P(52, 4))
#define MEM_BASE	F(SRC1, BASE, P(16, 4), P(36, 4), P(27, 1))
#define MEM_INDEX	F(SRC2, INDEX, P(20, 4), P(32, 4), P(56, 8), P(24, 1), P(25, 1))
#define MEM_SHIFT	F(SHIFT, PLAIN, P(42, 2))
#define MEM_FORMAT	F(FORMAT, PLAIN, P(7, 3), P(48, 1))
#define MEM_MASK	F(MASK, MASK, P(52, 4))
#define MEM_COHERENCY	F(COHERENCY, PLAIN, P(44, 2))
#define MEM_SLOT	F(SLOT, PLAIN, P(30, 1))

/* The stack */
#define STACK_FORMAT	F(FORMAT, PLAIN, P(8, 2), P(50, 2))

/* Threadgroup memory */
#define LOCAL_VECTOR(role_)	F(role_, VECTOR, P(9, 6), P(60, 2), P(8, 1), P(36, 4))
#define LOCAL_BASE	F(SRC1, LOCAL_BASE, P(16, 6), P(58, 2), P(22, 2))
#define LOCAL_INDEX	F(SRC2, LOCAL_INDEX, P(28, 6), P(48, 10), P(34, 1))
#define LOCAL_FORMAT	F(FORMAT, PLAIN, P(24, 4))
#define LOCAL_MASK	F(MASK, MASK, P(36, 4))

/* Images: what the instructions that write them have in the same places. */
#define IMAGE_STATE	F(SRC0, TEXTURE, P(32, 6), P(62, 2), P(38, 2))
#define IMAGE_HEAP	F(SRC1, HEAP, P(48, 5), P(39, 1))
#define IMAGE_COORDS	F(SRC2, COORDS, P(16, 6), P(58, 2), P(22, 1), P(40, 3), P(55, 1))
#define IMAGE_LEVEL	F(SRC3, LEVEL, P(24, 6), P(60, 2), P(31, 1))
#define IMAGE_DIM	F(DIM, DIM, P(40, 3), P(55, 1))
#define IMAGE_TO_ZERO	F(TO_ZERO, PLAIN, P(53, 1))

/* Textures, read at coordinates that are integers or singles. All caches or none are passed by. */
#define READ_COORDS \
	F(SRC2, COORDS, P(16, 6), P(74, 2), P(22, 1), P(40, 3), P(71, 1))
#define READ_DST		F(DST, VECTOR, P(9, 6), P(72, 2), P(8, 1), P(48, 4))
#define READ_HEAP		F(SRC1, HEAP, P(64, 5), P(39, 1))
#define READ_STATE		F(SRC0, TEXTURE, P(32, 6), P(78, 2), P(38, 2))
#define READ_SAMPLER		F(SRC4, SAMPLER, P(56, 6), P(92, 2), P(62, 1))
#define READ_LOD		F(SRC3, LOD, P(24, 6), P(76, 2), P(52, 4))
#define READ_WRITTEN		F(WRITTEN, PLAIN, P(43, 1))
#define READ_COHERENCY	F(COHERENCY, PLAIN, P(44, 1), P(44, 1))
#define READ_DIM		F(DIM, DIM, P(40, 3), P(71, 1))
#define READ_MASK		F(MASK, MASK, P(48, 4))
#define READ_LOD_MODE	F(LOD_MODE, LOD_MODE, P(52, 4))

/* Loads of states of textures and samplers. */
#define STATE_LOAD(op_, bits, kind_) { \
	.name = "load", .op = AGX_ISA_OP_ ## op_, .len = 8, \
	.mask = M(0, 8) | M(20, 1), .match = V(0, bits) | V(20, 1), \
	.field = { \
		F(DST, kind_, P(8, 7)), F(SRC1, STATE_BASE, P(59, 5)), \
		F(SRC0, STATE_OFFSET, P(26, 31), P(58, 1)), F(SLOT, PLAIN, P(16, 1)), \
	}, \
}

/* Shifts and bit fields differ in three bits. */
#define BITFIELD(name_, op_, bit15, bits26) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 8, \
	.mask = M(0, 7) | M(15, 1) | M(26, 2), \
	.match = V(0, 0x2e) | V(15, bit15) | V(26, bits26), \
	.field = { \
		DST(60), SRC_A(SRC0, 58), SRC_B(SRC1, 56), SRC_C(SRC2, 54), \
		F(BITS, PLAIN, P(38, 2), P(50, 2), P(63, 1)), \
	}, \
}

/* Arithmetic on floats, which comes for operands of both sizes and for halves alone. */
#define FLOAT_BINARY(name_, op_, bits) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, .short_len = 4, .len_bit = 15, \
	.mask = M(0, 6), .match = bits, \
	.field = { DST(44), FLOAT_A(42), FLOAT_B(40), SATURATE }, \
}

#define HALF_BINARY(name_, op_, bits) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, .short_len = 4, .len_bit = 15, \
	.mask = M(0, 6), .match = bits, \
	.field = { DST16(44), HALF_A(42), HALF_B(40), SATURATE }, \
}

/* Functions of one float differ in six bits. */
#define FLOAT_UNARY(name_, op_, bits28) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, .short_len = 4, .len_bit = 15, \
	.mask = M(0, 6) | M(28, 6), .match = V(0, 0x0a) | V(28, bits28), \
	.field = { DST(44), FLOAT_A(42), SATURATE }, \
}

/* Functions of the bits of one source. */
#define BITS(name_, op_, bits26) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, \
	.mask = M(0, 7) | M(15, 1) | M(26, 14), .match = V(0, 0x3e) | V(26, bits26), \
	.field = { DST(44), SRC_A(SRC0, 42) }, \
}

/* Conversions between floats and integers differ in their mode. */
#define CONVERT(name_, op_, mode) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, \
	.mask = M(0, 7) | M(15, 7), .match = V(0, 0x3e) | V(15, 1) | V(16, mode), \
	.field = { DST(44), SRC_B(SRC0, 40), F(ROUND, ROUND, P(26, 2)) }, \
}

/* Instructions of the execution mask differ in the operation and in what they compare. */
#define MASK_NEST	F(NEST, PLAIN, P(11, 2))
#define MASK_CACHE	F(CACHE, PLAIN, P(7, 1))
#define MASK_ICMP(name_, op_, bits9) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, \
	.mask = M(0, 7) | M(9, 2), .match = V(0, 0x52) | V(9, bits9), \
	.field = { \
		SRC_A(SRC0, 42), SRC_B(SRC1, 40), MASK_NEST, MASK_CACHE, \
		F(COND, ICOND, P(13, 3), P(8, 1)), \
	}, \
}

#define MASK_FCMP(name_, op_, bits9) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 6, \
	.mask = M(0, 7) | M(9, 2), .match = V(0, 0x42) | V(9, bits9), \
	.field = { \
		FLOAT_A(42), FLOAT_B(40), MASK_NEST, MASK_CACHE, \
		F(COND, FCOND, P(13, 3), P(8, 1)), \
	}, \
}

/* What helper programs do to the memory that they hand out differs in the operation. */
#define MAP(name_, op_, bits16) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 8, \
	.mask = M(0, 8) | M(16, 4) | M(24, 3) | M(42, 5) | M(47, 1) | M(48, 8), \
	.match = V(0, 0x75) | V(16, bits16) | V(24, 5) | V(46, 1) | V(47, 1) | V(48, 0x10), \
	.field = { \
		F(SRC0, RESULT, P(10, 6), P(40, 2), P(47, 1)), F(FUNCTION, PLAIN, P(36, 1)), \
		F(IMM, PLAIN, P(20, 4), P(32, 4), P(56, 8)), \
	}, \
}

/* All bits are fixed. */
#define FIXED(name_, op_, bits) { \
	.name = name_, .op = AGX_ISA_OP_ ## op_, .len = 2, .mask = M(0, 16), .match = bits, \
}

const struct agx_isa_desc agx_isa_table[] = {
	{
		.name = "ldimm", .op = AGX_ISA_OP_LDIMM, .len = 6, .short_len = 4, .len_bit = 15,
		.mask = M(0, 7) | M(8, 1), .match = V(0, 0x62),
		.field = { DST(44), F(IMM, PLAIN, P(16, 16)) },
	},
	{
		.name = "ldimm", .op = AGX_ISA_OP_LDIMM, .len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 7) | M(8, 1), .match = V(0, 0x62) | V(8, 1),
		.field = { DST(60), F(IMM, PLAIN, P(16, 32)) },
	},
	{
		.name = "mov", .op = AGX_ISA_OP_MFSR, .len = 4,
		.mask = M(0, 7) | M(15, 1), .match = V(0, 0x72),
		.field = { DST(28), F(IMM, SPECIAL, P(16, 6), P(26, 2)) },
	},
	{
		.name = "bitop", .op = AGX_ISA_OP_BITOP, .len = 6,
		.mask = M(0, 7) | M(15, 1), .match = V(0, 0x7e),
		.field = {
			DST(44), SRC_A(SRC0, 42), SRC_B(SRC1, 40),
			F(TRUTH, PLAIN, P(26, 2), P(38, 2)),
		},
	},
	{
		.name = "iadd", .op = AGX_ISA_OP_IADD, .len = 8,
		.mask = M(0, 6) | M(15, 1), .match = V(0, 0x0e),
		.field = {
			DST64(44), WIDE_A(SRC64, 42), WIDE_B(SRC64, 40),
			NEGATE, ADD_SHIFT, SATURATE,
		},
	},
	{
		.name = "imadd", .op = AGX_ISA_OP_IMADD, .len = 8,
		.mask = M(0, 6) | M(15, 1), .match = V(0, 0x1e),
		.field = {
			DST64(60), WIDE_A(SRC_SX, 58), WIDE_B(SRC_SX, 56), WIDE_C(SRC64, 54),
			NEGATE, ADD_SHIFT, SATURATE,
		},
	},
	BITFIELD("bfi", BFI, 0, 0),
	BITFIELD("bfeil", BFEIL, 1, 0),
	BITFIELD("extr", EXTR, 0, 1),
	BITFIELD("asr", ASR, 1, 1),
	BITFIELD("shlhi", SHLHI, 0, 2),
	BITFIELD("shrhi", SHRHI, 1, 2),
	BITFIELD("asrh", ASRH, 1, 3),
	BITS("bitrev", BITREV, 1),
	BITS("popcnt", POPCNT, 2),
	BITS("ffs", FFS, 3),
	{
		.name = "intl", .op = AGX_ISA_OP_INTL, .len = 6,
		.mask = M(0, 7) | M(15, 1) | M(26, 2) | M(38, 2), .match = V(0, 0x3e),
		.field = { DST(44), SRC_A(SRC0, 42), SRC_B(SRC1, 40) },
	},
	{
		.name = "csel", .op = AGX_ISA_OP_ICSEL, .len = 10, .short_len = 8, .len_bit = 15,
		.mask = M(0, 7), .match = V(0, 0x12),
		.field = {
			DST(76), SRC_A(SRC0, 74), SRC_B(SRC1, 72),
			F(SRC2, SELECT, P(40, 9), P(70, 2), P(8, 1)),
			F(SRC3, SELECT, P(52, 9), P(68, 2), P(8, 1)),
			F(COND, ICOND, P(61, 3)),
		},
	},
	CONVERT("u8_to_f", U8_TO_F, 0),
	CONVERT("s8_to_f", S8_TO_F, 1),
	CONVERT("f_to_u16", F_TO_U16, 4),
	CONVERT("f_to_s16", F_TO_S16, 5),
	CONVERT("u16_to_f", U16_TO_F, 6),
	CONVERT("s16_to_f", S16_TO_F, 7),
	CONVERT("f_to_u32", F_TO_U32, 8),
	CONVERT("f_to_s32", F_TO_S32, 9),
	CONVERT("u32_to_f", U32_TO_F, 10),
	CONVERT("s32_to_f", S32_TO_F, 11),
	{
		.name = "csel", .op = AGX_ISA_OP_FCSEL, .len = 10, .short_len = 8, .len_bit = 15,
		.mask = M(0, 7), .match = V(0, 0x02),
		.field = {
			DST(76), FLOAT_A(74), FLOAT_B(72),
			F(SRC2, SELECT, P(40, 9), P(70, 2), P(8, 1)),
			F(SRC3, SELECT, P(52, 9), P(68, 2), P(8, 1)),
			F(COND, FCOND, P(61, 3)),
		},
	},
	FLOAT_UNARY("floor", FLOOR, 0x00),
	FLOAT_UNARY("rsqrts", RSQRTS, 0x01),
	FLOAT_UNARY("rcp", RCP, 0x08),
	FLOAT_UNARY("rsqrt", RSQRT, 0x09),
	FLOAT_UNARY("sinr", SINR, 0x0a),
	FLOAT_UNARY("log2", LOG2, 0x0c),
	FLOAT_UNARY("exp2", EXP2, 0x0d),
	FLOAT_UNARY("sinc", SINC, 0x0e),
	FLOAT_UNARY("ceil", CEIL, 0x10),
	FLOAT_UNARY("trunc", TRUNC, 0x20),
	FLOAT_UNARY("rint", RINT, 0x30),
	FLOAT_BINARY("fadd", FADD, 0x2a),
	FLOAT_BINARY("fmul", FMUL, 0x1a),
	HALF_BINARY("hadd", FADD, 0x26),
	HALF_BINARY("hmul", FMUL, 0x16),
	{
		.name = "ffma", .op = AGX_ISA_OP_FFMA, .len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 6), .match = 0x3a,
		.field = { DST(60), FLOAT_A(58), FLOAT_B(56), FLOAT_C(54), SATURATE },
	},
	{
		.name = "hfma", .op = AGX_ISA_OP_FFMA, .len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 6), .match = 0x36,
		.field = { DST16(60), HALF_A(58), HALF_B(56), HALF_C(54), SATURATE },
	},
	{
		.name = "ballot", .op = AGX_ISA_OP_IBALLOT, .len = 8,
		.mask = M(0, 7), .match = V(0, 0x32),
		.field = {
			DST(44), SRC_A(SRC0, 42), SRC_B(SRC1, 40),
			F(SIMD, PLAIN, P(48, 1)), F(COND, ICOND, P(61, 3), P(47, 1)),
		},
	},
	{
		.name = "ballot", .op = AGX_ISA_OP_FBALLOT, .len = 8,
		.mask = M(0, 7), .match = V(0, 0x22),
		.field = {
			DST(44), FLOAT_A(42), FLOAT_B(40),
			F(SIMD, PLAIN, P(48, 1)), F(COND, FCOND, P(61, 3), P(47, 1)),
		},
	},
	{
		.name = "shuffle", .op = AGX_ISA_OP_SHUFFLE, .len = 6,
		.mask = M(0, 7) | M(15, 1) | M(27, 1), .match = V(0, 0x6f),
		.field = {
			DST(44), SRC_A(SRC0, 42), SRC_B(SRC1, 40),
			F(SIMD, PLAIN, P(26, 1)), F(ROTATE, PLAIN, P(47, 1)),
			F(FUNCTION, SHUFFLE, P(38, 2)),
		},
	},
	{
		.name = "simd", .op = AGX_ISA_OP_REDUCE, .len = 6,
		.mask = M(0, 7) | M(15, 1) | M(26, 2), .match = V(0, 0x6f) | V(15, 1),
		.field = {
			DST(44), SRC_A(SRC0, 42), F(SIMD, PLAIN, P(29, 1)),
			F(PREFIX, PLAIN, P(30, 1)),
			F(FUNCTION, REDUCTION, P(28, 1), P(38, 3), P(47, 1)),
		},
	},
	{
		.name = "pop_exec", .op = AGX_ISA_OP_POP_EXEC, .len = 6,
		.mask = M(0, 7) | M(9, 2), .match = V(0, 0x52) | V(9, 3),
		.field = { MASK_NEST, MASK_CACHE },
	},
	MASK_ICMP("if", IF_ICMP, 0),
	MASK_ICMP("else", ELSE_ICMP, 1),
	MASK_ICMP("while", WHILE_ICMP, 2),
	MASK_FCMP("if", IF_FCMP, 0),
	MASK_FCMP("else", ELSE_FCMP, 1),
	MASK_FCMP("while", WHILE_FCMP, 2),
	{
		.name = "jmp_any", .op = AGX_ISA_OP_JMP_ANY, .len = 6,
		.mask = M(0, 16), .match = 0xc000,
		.field = { F(IMM, JUMP, P(16, 32)) },
	},
	{
		.name = "jmp_none", .op = AGX_ISA_OP_JMP_NONE, .len = 6,
		.mask = M(0, 16), .match = 0xc020,
		.field = { F(IMM, JUMP, P(16, 32)) },
	},
	{
		.name = "load", .op = AGX_ISA_OP_LOAD, .len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 7) | M(26, 1) | M(46, 1),
		.match = V(0, 0x05) | V(26, 1) | V(46, 1),
		.field = {
			MEM_VECTOR(DST), MEM_BASE, MEM_INDEX, MEM_SHIFT,
			MEM_FORMAT, MEM_MASK, MEM_COHERENCY, MEM_SLOT,
		},
	},
	{
		/* A store to the uniform file: 16-bit values, and the index is the uniform. */
		.name = "mov", .op = AGX_ISA_OP_UNIFORM_STORE,
		.len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 10) | M(24, 6) | M(48, 1),
		.match = V(0, 0xc5) | V(24, 0x3d),
		.field = {
			F(DST, UNIFORM_DST, P(20, 4), P(32, 4), P(56, 8), P(52, 4)),
			F(SRC0, HALVES, P(10, 6), P(40, 2), P(52, 4)),
		},
	},
	STATE_LOAD(TEXTURE_STATE, 0xed, TEXTURE_DST),
	STATE_LOAD(SAMPLER_STATE, 0xad, SAMPLER_DST),
	{
		.name = "smpi", .op = AGX_ISA_OP_TEXTURE_READ,
		.len = 12, .short_len = 8, .len_bit = 15,
		.mask = M(0, 8) | M(45, 2), .match = V(0, 0x71) | V(45, 3),
		.field = {
			READ_DST, READ_HEAP, READ_STATE, READ_SAMPLER, READ_COORDS,
			READ_LOD, READ_WRITTEN, READ_COHERENCY, READ_DIM,
			READ_MASK, READ_LOD_MODE, F(SLOT, PLAIN, P(63, 1)),
		},
	},
	{
		.name = "smpf", .op = AGX_ISA_OP_TEXTURE_SAMPLE,
		.len = 12, .short_len = 8, .len_bit = 15,
		.mask = M(0, 8) | M(45, 2), .match = V(0, 0x31) | V(45, 3),
		.field = {
			READ_DST, READ_HEAP, READ_STATE, READ_SAMPLER, READ_COORDS,
			READ_LOD, READ_WRITTEN, READ_COHERENCY, READ_DIM,
			READ_MASK, READ_LOD_MODE,
			F(FUNCTION, GATHER, P(87, 4)), F(SLOT, PLAIN, P(63, 1)),
		},
	},
	{
		.name = "imgw", .op = AGX_ISA_OP_IMAGE_WRITE,
		.len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 8) | M(23, 1) | M(43, 1) | M(46, 1),
		.match = V(0, 0xf1) | V(23, 1) | V(43, 1) | V(46, 1),
		.field = {
			F(SRC4, QUADRUPLE, P(9, 6), P(56, 2), P(8, 1)),
			IMAGE_HEAP, IMAGE_STATE, IMAGE_COORDS, IMAGE_LEVEL, IMAGE_DIM,
			IMAGE_TO_ZERO, MEM_COHERENCY,
		},
	},
	{
		/* Where it is to go is said, not taken from where a fragment is. */
		.name = "imgwblk", .op = AGX_ISA_OP_BLOCK_WRITE,
		.len = 10, .short_len = 6, .len_bit = 15,
		.mask = M(0, 8) | M(43, 1) | M(46, 1), .match = V(0, 0xb1) | V(43, 1) | V(46, 1),
		.set = M(67 - 64, 1),
		.field = {
			F(SRC4, REG16, P(9, 6), P(56, 2)),
			IMAGE_HEAP, IMAGE_STATE, IMAGE_COORDS, IMAGE_LEVEL,
			F(EXPLICIT, ONE, P(23, 1)), IMAGE_DIM,
			F(FORMAT, PLAIN, P(8, 1), P(64, 3)), IMAGE_TO_ZERO,
		},
	},
	{
		/* The same. */
		.name = "st_tile", .op = AGX_ISA_OP_TILE_STORE,
		.len = 10, .short_len = 8, .len_bit = 15,
		.mask = M(0, 7), .match = V(0, 0x09),
		.field = {
			LOCAL_VECTOR(SRC0), F(SRC1, TILE_COORDS, P(16, 6), P(58, 2), P(55, 1)),
			F(SRC2, SAMPLES, P(42, 6), P(56, 2), P(22, 1)),
			F(IMM, PLAIN, P(28, 7), P(40, 2)), F(EXPLICIT, ONE, P(35, 1)),
			LOCAL_FORMAT, LOCAL_MASK,
		},
	},
	{
		.name = "store", .op = AGX_ISA_OP_STORE, .len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 7) | M(26, 1) | M(46, 1),
		.match = V(0, 0x45) | V(26, 1) | V(46, 1),
		.field = {
			MEM_VECTOR(SRC0), MEM_BASE, MEM_INDEX, MEM_SHIFT,
			MEM_FORMAT, MEM_MASK, MEM_COHERENCY, MEM_SLOT,
		},
	},
	{
		.name = "atomic", .op = AGX_ISA_OP_ATOMIC, .len = 8,
		.mask = M(0, 6) | M(26, 1) | M(31, 1) | M(46, 1),
		.match = V(0, 0x15) | V(26, 1) | V(31, 1) | V(46, 1),
		.field = {
			F(DST, RESULT, P(10, 6), P(40, 2), P(47, 1)),
			F(SRC0, ATOMIC_DATA, P(48, 8), P(6, 4)), MEM_BASE, MEM_INDEX,
			F(FUNCTION, ATOMIC, P(6, 4)), MEM_COHERENCY, MEM_SLOT,
		},
	},
	{
		/* The short form has no data, which makes no sense. */
		.name = "latomic", .op = AGX_ISA_OP_LATOMIC, .len = 10,
		.mask = M(0, 6) | M(15, 1) | M(36, 1) | M(47, 1),
		.match = V(0, 0x19) | V(15, 1) | V(36, 1) | V(47, 1),
		.field = {
			F(DST, LOCAL_RESULT, P(9, 6), P(60, 2), P(8, 1), P(38, 1)),
			F(SRC0, ATOMIC_DATA, P(64, 8), P(24, 4)), LOCAL_BASE, LOCAL_INDEX,
			F(FUNCTION, ATOMIC, P(24, 4)),
		},
	},
	{
		.name = "stack_load", .op = AGX_ISA_OP_STACK_LOAD,
		.len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 8) | M(26, 1) | M(36, 3) | M(44, 3),
		.match = V(0, 0x35) | V(26, 1) | V(44, 4),
		.field = { MEM_VECTOR(DST), MEM_INDEX, STACK_FORMAT, MEM_MASK, MEM_SLOT },
	},
	{
		.name = "stack_adjust", .op = AGX_ISA_OP_STACK_ADJUST,
		.len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 8) | M(16, 1) | M(24, 1) | M(26, 1) | M(36, 3) | M(44, 3),
		.match = V(0, 0xb5) | V(16, 1) | V(24, 1) | V(26, 1) | V(36, 2),
		.field = { MEM_INDEX },
	},
	{
		.name = "stack_store", .op = AGX_ISA_OP_STACK_STORE,
		.len = 8, .short_len = 6, .len_bit = 47,
		.mask = M(0, 8) | M(26, 1) | M(36, 3) | M(44, 3),
		.match = V(0, 0xb5) | V(26, 1) | V(44, 4),
		.field = { MEM_VECTOR(SRC0), MEM_INDEX, STACK_FORMAT, MEM_MASK, MEM_SLOT },
	},
	{
		.name = "lload", .op = AGX_ISA_OP_LLOAD, .len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 7), .match = V(0, 0x69),
		.field = { LOCAL_VECTOR(DST), LOCAL_BASE, LOCAL_INDEX, LOCAL_FORMAT, LOCAL_MASK },
	},
	{
		.name = "lstore", .op = AGX_ISA_OP_LSTORE, .len = 8, .short_len = 6, .len_bit = 15,
		.mask = M(0, 7), .match = V(0, 0x29),
		.field = { LOCAL_VECTOR(SRC0), LOCAL_BASE, LOCAL_INDEX, LOCAL_FORMAT, LOCAL_MASK },
	},
	{
		.name = "wait", .op = AGX_ISA_OP_WAIT, .len = 2,
		.mask = M(0, 8), .match = 0x38,
		.field = { F(SLOT, PLAIN, P(8, 1)) },
	},
	FIXED("barrier", BARRIER, 0x0068),
	FIXED("memory_barrier", MEMORY_BARRIER, 0x96f5),
	FIXED("memory_barrier_2", MEMORY_BARRIER, 0x9af5),
	FIXED("memory_barrier_3", MEMORY_BARRIER, 0x99f5),
	FIXED("device_barrier_1", MEMORY_BARRIER, 0x9df5),
	FIXED("device_barrier_2", MEMORY_BARRIER, 0x9ef5),
	FIXED("image_barrier_1", MEMORY_BARRIER, 0xaaf5),
	FIXED("image_barrier_2", MEMORY_BARRIER, 0xaef5),
	FIXED("image_barrier_3", MEMORY_BARRIER, 0xa9f5),
	FIXED("image_barrier_4", MEMORY_BARRIER, 0xadf5),
	FIXED("unknown_barrier_1", MEMORY_BARRIER, 0x33f5),
	FIXED("unknown_barrier_2", MEMORY_BARRIER, 0x03f5),
	FIXED("flush_memory_to_texture", MEMORY_BARRIER, 0x40f5),
	FIXED("stop", STOP, 0x0088),
	FIXED("trap", TRAP, 0x0008),
	{
		.name = "doorbell", .op = AGX_ISA_OP_DOORBELL, .len = 2,
		.mask = M(0, 8), .match = 0x28,
		.field = { F(IMM, PLAIN, P(8, 8)) },
	},
	{
		.name = "jmp_if_skipping_doorbell", .op = AGX_ISA_OP_JMP_DOORBELL, .len = 4,
		.mask = M(0, 16), .match = 0x0020,
		.field = { F(IMM, PLAIN, P(16, 8)) },
	},
	MAP("unmap", UNMAP, 0),
	MAP("map", MAP, 1),
};

const u32 agx_isa_table_size = ARRAY_SIZE(agx_isa_table);
