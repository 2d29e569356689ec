/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/**
 * DOC: Instruction set
 *
 * Instructions have 2 to 12 bytes. A table describes each of them: which bits identify it, where
 * its fields are and how each field is to be read. Decoding turns bytes into a struct
 * agx_isa_insn in which every register number has been checked against its file, so that whoever
 * executes it needs no further check. Bits that the table does not mention have to be zero: what
 * is not understood is not executed.
 *
 * Registers and uniforms are counted in 16-bit halves throughout.
 */
#ifndef AGX_ENGINE_ISA_H
#define AGX_ENGINE_ISA_H

#include "engine_types.h"

struct agx_text;

/** AGX_ISA_MAX_LEN: Bytes in the longest instruction. */
#define AGX_ISA_MAX_LEN 12

/** AGX_ISA_MAX_TEXT: Bytes in the longest text of an instruction, terminating NUL included. */
#define AGX_ISA_MAX_TEXT 128

/** AGX_ISA_GPRS: Halves in the register file of a thread. */
#define AGX_ISA_GPRS 256

/** AGX_ISA_UNIFORMS: Halves in the uniform file. */
#define AGX_ISA_UNIFORMS 512

/** AGX_ISA_TEXTURES: Registers for texture state. */
#define AGX_ISA_TEXTURES 256

/** AGX_ISA_SAMPLERS: Registers for sampler state. */
#define AGX_ISA_SAMPLERS 256

/** enum agx_isa_op - What an instruction does. */
enum agx_isa_op {
	AGX_ISA_OP_LDIMM,
	AGX_ISA_OP_MFSR,
	AGX_ISA_OP_BITOP,
	AGX_ISA_OP_IADD,
	AGX_ISA_OP_IMADD,
	AGX_ISA_OP_BFI,
	AGX_ISA_OP_BFEIL,
	AGX_ISA_OP_EXTR,
	AGX_ISA_OP_SHLHI,
	AGX_ISA_OP_SHRHI,
	AGX_ISA_OP_ASR,
	AGX_ISA_OP_ASRH,
	AGX_ISA_OP_BITREV,
	AGX_ISA_OP_POPCNT,
	AGX_ISA_OP_FFS,
	AGX_ISA_OP_INTL,
	AGX_ISA_OP_ICSEL,
	AGX_ISA_OP_FADD,
	AGX_ISA_OP_FMUL,
	AGX_ISA_OP_FFMA,
	AGX_ISA_OP_FCSEL,
	AGX_ISA_OP_FLOOR,
	AGX_ISA_OP_CEIL,
	AGX_ISA_OP_TRUNC,
	AGX_ISA_OP_RINT,
	AGX_ISA_OP_RCP,
	AGX_ISA_OP_RSQRT,
	AGX_ISA_OP_RSQRTS,
	AGX_ISA_OP_EXP2,
	AGX_ISA_OP_LOG2,
	AGX_ISA_OP_SINR,
	AGX_ISA_OP_SINC,
	AGX_ISA_OP_IBALLOT,
	AGX_ISA_OP_FBALLOT,
	AGX_ISA_OP_SHUFFLE,
	AGX_ISA_OP_REDUCE,
	AGX_ISA_OP_U8_TO_F,
	AGX_ISA_OP_S8_TO_F,
	AGX_ISA_OP_F_TO_U16,
	AGX_ISA_OP_F_TO_S16,
	AGX_ISA_OP_U16_TO_F,
	AGX_ISA_OP_S16_TO_F,
	AGX_ISA_OP_F_TO_U32,
	AGX_ISA_OP_F_TO_S32,
	AGX_ISA_OP_U32_TO_F,
	AGX_ISA_OP_S32_TO_F,
	AGX_ISA_OP_IF_ICMP,
	AGX_ISA_OP_ELSE_ICMP,
	AGX_ISA_OP_WHILE_ICMP,
	AGX_ISA_OP_IF_FCMP,
	AGX_ISA_OP_ELSE_FCMP,
	AGX_ISA_OP_WHILE_FCMP,
	AGX_ISA_OP_POP_EXEC,
	AGX_ISA_OP_JMP_ANY,
	AGX_ISA_OP_JMP_NONE,
	AGX_ISA_OP_LOAD,
	AGX_ISA_OP_STORE,
	AGX_ISA_OP_LLOAD,
	AGX_ISA_OP_LSTORE,
	AGX_ISA_OP_ATOMIC,
	AGX_ISA_OP_LATOMIC,
	AGX_ISA_OP_STACK_ADJUST,
	AGX_ISA_OP_STACK_LOAD,
	AGX_ISA_OP_STACK_STORE,
	AGX_ISA_OP_UNIFORM_STORE,
	AGX_ISA_OP_TEXTURE_STATE,
	AGX_ISA_OP_SAMPLER_STATE,
	AGX_ISA_OP_TEXTURE_READ,
	AGX_ISA_OP_TEXTURE_SAMPLE,
	AGX_ISA_OP_IMAGE_WRITE,
	AGX_ISA_OP_TILE_STORE,
	AGX_ISA_OP_BLOCK_WRITE,
	AGX_ISA_OP_WAIT,
	AGX_ISA_OP_BARRIER,
	AGX_ISA_OP_MEMORY_BARRIER,
	AGX_ISA_OP_STOP,
	AGX_ISA_OP_TRAP,
	AGX_ISA_OP_DOORBELL,
	AGX_ISA_OP_JMP_DOORBELL,
	AGX_ISA_OP_MAP,
	AGX_ISA_OP_UNMAP,
};

/** enum agx_isa_file - What an operand refers to. */
enum agx_isa_file {
	/** @AGX_ISA_FILE_NONE: The instruction has no such operand. */
	AGX_ISA_FILE_NONE,

	/** @AGX_ISA_FILE_GPR: Registers of each thread. */
	AGX_ISA_FILE_GPR,

	/** @AGX_ISA_FILE_UNIFORM: Uniforms, the same for all threads. */
	AGX_ISA_FILE_UNIFORM,

	/** @AGX_ISA_FILE_IMM: The value itself. */
	AGX_ISA_FILE_IMM,

	/** @AGX_ISA_FILE_FLOAT_IMM: An 8-bit floating-point number, see agx_isa_float_imm(). */
	AGX_ISA_FILE_FLOAT_IMM,

	/** @AGX_ISA_FILE_TEXTURE: Texture state, the same for all threads. */
	AGX_ISA_FILE_TEXTURE,

	/** @AGX_ISA_FILE_SAMPLER: Sampler state, the same for all threads. */
	AGX_ISA_FILE_SAMPLER,
};

/** enum agx_isa_hint - Register cache hints; they change no result. */
enum agx_isa_hint {
	AGX_ISA_HINT_UNSET,
	AGX_ISA_HINT_NONE,
	AGX_ISA_HINT_CACHE,
	AGX_ISA_HINT_DISCARD,
};

/** AGX_ISA_SX: Operand flag: a value narrower than the operation is sign-extended. */
#define AGX_ISA_SX	BIT(0)
/** AGX_ISA_ABS: Operand flag: the sign of a float is cleared. */
#define AGX_ISA_ABS	BIT(1)
/** AGX_ISA_NEG: Operand flag: the sign of a float is flipped, after AGX_ISA_ABS. */
#define AGX_ISA_NEG	BIT(2)

/** struct agx_isa_operand - One operand of a decoded instruction. */
struct agx_isa_operand {
	/** @file: enum agx_isa_file. */
	u8 file;

	/** @halves: Size of one value: 1, 2 or 4 halves. */
	u8 halves;

	/** @count: Values in consecutive registers: 0 to 4, 1 for all but vectors. */
	u8 count;

	/** @flags: AGX_ISA_SX and the like. */
	u8 flags;

	/** @hint: enum agx_isa_hint. */
	u8 hint;

	/** @value: First half, or the immediate; signed ones as 16-bit two's complement. */
	u16 value;
};

/** AGX_ISA_MAX_SRC: Sources of the instruction that has most. */
#define AGX_ISA_MAX_SRC 5

/** struct agx_isa_insn - A decoded instruction. */
struct agx_isa_insn {
	/** @op: enum agx_isa_op. */
	u8 op;

	/** @len: Bytes that it takes. */
	u8 len;

	/** @desc: Index of its description in the table. */
	u8 desc;

	/** @cond: Condition code; bit 3 inverts. */
	u8 cond;

	/** @nest: Levels of the execution mask stack. */
	u8 nest;

	/** @shift: Left shift of the last addend or of a memory index. */
	u8 shift;

	/** @truth: Truth table: bit (a + 2 * b) is the result for the bits a and b. */
	u8 truth;

	/** @bits: Width of a bit field, 0 for 32. */
	u8 bits;

	/** @format: enum agx_isa_format. */
	u8 format;

	/** @mask: Components of a vector in memory. */
	u8 mask;

	/** @coherency: Cache coherency of a memory access. */
	u8 coherency;

	/** @slot: Scoreboard slot of a memory access or a wait. */
	u8 slot;

	/**
	 * @function: Which of several: an enum agx_isa_shuffle, _reduction, _atomic or _gather; of
	 * maps no more is known.
	 */
	u8 function;

	/** @quad: Of each quad instead of the SIMD group. */
	bool quad;

	/** @rotate: What is shuffled out at one end comes back at the other. */
	bool rotate;

	/** @prefix: Of the lanes before each one instead of all. */
	bool prefix;

	/** @dim: enum agx_isa_dim of an image. */
	u8 dim;

	/** @written: The image that is read is written as well, which concerns caches. */
	bool written;

	/** @lod_mode: enum agx_isa_lod_mode of a read. */
	u8 lod_mode;

	/** @explicit_coords: Where in an image or a tile is said, not that of a fragment. */
	bool explicit_coords;

	/** @round: enum agx_float_rounding of a conversion: to nearest, or to zero. */
	u8 round;

	/** @saturate: Saturate the result. */
	bool saturate;

	/** @negate: Subtract the last addend. */
	bool negate;

	/** @cache: Cache hint of the implicit r0l. */
	bool cache;

	/** @imm: Immediate, special register or jump offset. */
	u32 imm;

	/** @dst: Destination; for stores what is stored to if that is a register file. */
	struct agx_isa_operand dst;

	/** @src: Sources, see enum agx_isa_memory_src and agx_isa_image_src. */
	struct agx_isa_operand src[AGX_ISA_MAX_SRC];

	/** @bytes: As found in memory, zero after @len. */
	u8 bytes[AGX_ISA_MAX_LEN];
};

/** enum agx_isa_memory_src - Which source is what in memory accesses. */
enum agx_isa_memory_src {
	/** @AGX_ISA_MEM_DATA: Data of a store. */
	AGX_ISA_MEM_DATA,

	AGX_ISA_MEM_BASE,
	AGX_ISA_MEM_INDEX,
};

/** enum agx_isa_image_src - Which source is what in accesses to images. */
enum agx_isa_image_src {
	/**
	 * @AGX_ISA_IMAGE_STATE: A register of the texture file, its number, or an offset in bytes
	 * from the heap.
	 */
	AGX_ISA_IMAGE_STATE,

	/** @AGX_ISA_IMAGE_HEAP: GPU address of the heap, if there is one. */
	AGX_ISA_IMAGE_HEAP,

	/**
	 * @AGX_ISA_IMAGE_COORDS: Column, row and slice as far as there are any, as integers, or as
	 * singles of which 1 is the size of the image; then the layer, an integer of 16 bits.
	 */
	AGX_ISA_IMAGE_COORDS,

	/** @AGX_ISA_IMAGE_LOD: Level, an integer, or a half where coordinates are singles. */
	AGX_ISA_IMAGE_LOD,

	/** @AGX_ISA_IMAGE_SAMPLER: Of a read, a register of the sampler file, or its number. */
	AGX_ISA_IMAGE_SAMPLER,

	/** @AGX_ISA_IMAGE_DATA: Of a write: four components, or where they are in tile memory. */
	AGX_ISA_IMAGE_DATA = AGX_ISA_IMAGE_SAMPLER,
};

/** enum agx_isa_tile_src - Which source is what in stores to tile memory. */
enum agx_isa_tile_src {
	AGX_ISA_TILE_DATA,

	/** @AGX_ISA_TILE_COORDS: Column and row in 16 bits each. */
	AGX_ISA_TILE_COORDS,

	/** @AGX_ISA_TILE_SAMPLES: A bit for each sample. */
	AGX_ISA_TILE_SAMPLES,
};

/** enum agx_isa_dim - Dimensions of images whose texels can be accessed, here and in states. */
enum agx_isa_dim {
	AGX_ISA_DIM_1D = 0,
	AGX_ISA_DIM_1D_ARRAY = 1,
	AGX_ISA_DIM_2D = 2,
	AGX_ISA_DIM_2D_ARRAY = 3,
	AGX_ISA_DIM_3D = 5,

	/* Those with several samples can be decoded, but not be accessed. */
	AGX_ISA_DIM_2D_MS = 4,
	AGX_ISA_DIM_2D_MS_ARRAY = 8,
};

/** agx_isa_dim_has_samples() - Whether each texel of an image is several. */
static inline bool agx_isa_dim_has_samples(u32 dim)
{
	return dim == AGX_ISA_DIM_2D_MS || dim == AGX_ISA_DIM_2D_MS_ARRAY;
}

/** enum agx_isa_lod_mode - What a read has to say of the level. */
enum agx_isa_lod_mode {
	/** @AGX_ISA_LOD_AUTO: Nothing: it is that of derivatives, or 0 where there are none. */
	AGX_ISA_LOD_AUTO = 0,

	/** @AGX_ISA_LOD_MIN: The level itself. */
	AGX_ISA_LOD_MIN = 2,
};

/** enum agx_isa_gather - The component of four texels that is read instead of a filtered one. */
enum agx_isa_gather {
	AGX_ISA_GATHER_NONE = 0,
	AGX_ISA_GATHER_R = 1,
	AGX_ISA_GATHER_G = 3,
	AGX_ISA_GATHER_B = 5,
	AGX_ISA_GATHER_A = 7,
};

/** AGX_ISA_LOD_REGISTER: Set in the mode if what it says is in a register, not in a uniform. */
#define AGX_ISA_LOD_REGISTER	BIT(2)

/** enum agx_isa_shuffle - Which lane's value a shuffle gets, if all lanes agree on the amount. */
enum agx_isa_shuffle {
	/** @AGX_ISA_SHUFFLE_INDEX: That of the lane with this number. */
	AGX_ISA_SHUFFLE_INDEX,

	/** @AGX_ISA_SHUFFLE_XOR: That of the lane whose number differs in these bits. */
	AGX_ISA_SHUFFLE_XOR,

	/** @AGX_ISA_SHUFFLE_UP: That of a lane so many before. */
	AGX_ISA_SHUFFLE_UP,

	/** @AGX_ISA_SHUFFLE_DOWN: That of a lane so many behind. */
	AGX_ISA_SHUFFLE_DOWN,
};

/** enum agx_isa_reduction - How the values of lanes are combined. */
enum agx_isa_reduction {
	AGX_ISA_REDUCE_AND = 0,
	AGX_ISA_REDUCE_FADD = 1,
	AGX_ISA_REDUCE_OR = 2,
	AGX_ISA_REDUCE_FMUL = 3,
	AGX_ISA_REDUCE_XOR = 4,
	AGX_ISA_REDUCE_FMIN = 5,
	AGX_ISA_REDUCE_FMAX = 7,
	AGX_ISA_REDUCE_IADD = 16,
	AGX_ISA_REDUCE_SMIN = 20,
	AGX_ISA_REDUCE_SMAX = 22,
	AGX_ISA_REDUCE_UMIN = 28,
	AGX_ISA_REDUCE_UMAX = 30,
};

/** enum agx_isa_atomic - What an atomic operation does with the value it finds. */
enum agx_isa_atomic {
	AGX_ISA_ATOMIC_ADD,
	AGX_ISA_ATOMIC_SUB,
	AGX_ISA_ATOMIC_XCHG,

	/** @AGX_ISA_ATOMIC_CMPXCHG: Its data is the new value and then the one it expects. */
	AGX_ISA_ATOMIC_CMPXCHG,

	AGX_ISA_ATOMIC_UMIN,
	AGX_ISA_ATOMIC_IMIN,
	AGX_ISA_ATOMIC_UMAX,
	AGX_ISA_ATOMIC_IMAX,
	AGX_ISA_ATOMIC_AND,
	AGX_ISA_ATOMIC_OR,
	AGX_ISA_ATOMIC_XOR,
};

/** enum agx_isa_format - Formats in memory; all but the first three are converted to floats. */
enum agx_isa_format {
	AGX_ISA_FORMAT_I8 = 0,
	AGX_ISA_FORMAT_I16 = 1,
	AGX_ISA_FORMAT_I32 = 2,
	AGX_ISA_FORMAT_F16 = 3,
	AGX_ISA_FORMAT_U8NORM = 4,
	AGX_ISA_FORMAT_S8NORM = 5,
	AGX_ISA_FORMAT_U16NORM = 6,
	AGX_ISA_FORMAT_S16NORM = 7,
	AGX_ISA_FORMAT_RGB10A2 = 8,
	AGX_ISA_FORMAT_SRGBA8 = 10,
	AGX_ISA_FORMAT_RG11B10F = 12,
	AGX_ISA_FORMAT_RGB9E5 = 13,
	AGX_ISA_FORMAT_RG11B10F_RTZ = 14,
	AGX_ISA_FORMAT_RGB9E5_RTZ = 15,
};

/** AGX_ISA_COND_INVERT: Set in a condition code to invert its outcome. */
#define AGX_ISA_COND_INVERT	BIT(3)

/** enum agx_isa_special - Special registers. */
enum agx_isa_special {
	AGX_ISA_SR_THREADGROUP_X = 0,
	AGX_ISA_SR_THREADGROUP_Y = 1,
	AGX_ISA_SR_THREADGROUP_Z = 2,
	AGX_ISA_SR_THREADGROUP_SIZE_X = 4,
	AGX_ISA_SR_THREADGROUP_SIZE_Y = 5,
	AGX_ISA_SR_THREADGROUP_SIZE_Z = 6,
	AGX_ISA_SR_DISPATCH_SIZE_X = 8,
	AGX_ISA_SR_DISPATCH_SIZE_Y = 9,
	AGX_ISA_SR_DISPATCH_SIZE_Z = 10,
	AGX_ISA_SR_TILE_WIDTH = 12,
	AGX_ISA_SR_TILE_HEIGHT = 13,
	AGX_ISA_SR_SAMPLES_LOG2 = 14,
	AGX_ISA_SR_CORE_INDEX = 20,
	AGX_ISA_SR_VM_SLOT = 21,
	AGX_ISA_SR_THREAD_X = 48,
	AGX_ISA_SR_THREAD_Y = 49,
	AGX_ISA_SR_THREAD_Z = 50,
	AGX_ISA_SR_THREAD_INDEX = 51,
	AGX_ISA_SR_LANE = 52,
	AGX_ISA_SR_SIMDGROUP = 53,
	AGX_ISA_SR_QUAD_INDEX = 56,
	AGX_ISA_SR_QUAD_COUNT = 57,
	AGX_ISA_SR_SIMD_INDEX = 58,
	AGX_ISA_SR_SIMD_COUNT = 59,
	AGX_ISA_SR_COVERAGE = 60,
	AGX_ISA_SR_BACKFACING = 62,
	AGX_ISA_SR_IS_ACTIVE = 63,
	AGX_ISA_SR_GRID_X = 80,
	AGX_ISA_SR_GRID_Y = 81,
	AGX_ISA_SR_GRID_Z = 82,
	AGX_ISA_SR_SAMPLE_MASK = 124,
	AGX_ISA_SR_HELPER_OP = 144,
	AGX_ISA_SR_HELPER_ARG_L = 146,
	AGX_ISA_SR_HELPER_ARG_H = 147,
};

/**
 * agx_isa_decode() - Decode one instruction.
 * @bytes: AGX_ISA_MAX_LEN bytes; those behind the instruction are not looked at.
 * @insn: Receives the instruction; undefined if it cannot be decoded.
 *
 * Return: Whether the bytes are an instruction.
 */
bool agx_isa_decode(const u8 *bytes, struct agx_isa_insn *insn);

/**
 * agx_isa_format() - An instruction as text, in the notation of Mesa's disassembler.
 * @insn: A decoded instruction.
 * @buf: Receives the text, always terminated if @size is not 0.
 * @size: Bytes in @buf; AGX_ISA_MAX_TEXT always suffice.
 *
 * Return: Bytes written without the terminating NUL.
 */
size_t agx_isa_format(const struct agx_isa_insn *insn, char *buf, size_t size);

/**
 * agx_isa_format_register() - Append the name of a register or uniform.
 * @text: Text.
 * @file: AGX_ISA_FILE_GPR or AGX_ISA_FILE_UNIFORM.
 * @value: Its first half.
 * @halves: How many it has: 1, 2 or 4.
 */
void agx_isa_format_register(struct agx_text *text, u32 file, u32 value, u32 halves);

/**
 * agx_isa_special_name() - Name of a special register.
 * @sr: Its number.
 *
 * Return: The name, or NULL if no such register is known.
 */
const char *agx_isa_special_name(u32 sr);

/** agx_isa_compares_floats() - Whether what an instruction compares are floats. */
static inline bool agx_isa_compares_floats(enum agx_isa_op op)
{
	switch (op) {
	case AGX_ISA_OP_FCSEL:
	case AGX_ISA_OP_IF_FCMP:
	case AGX_ISA_OP_ELSE_FCMP:
	case AGX_ISA_OP_WHILE_FCMP:
	case AGX_ISA_OP_FBALLOT:
		return true;
	default:
		return false;
	}
}

/**
 * agx_isa_float_imm() - Value of an 8-bit floating-point immediate.
 * @imm: Sign, 3 bits of exponent, 4 bits of fraction.
 *
 * Return: Its magnitude in 1/64.
 */
static inline u32 agx_isa_float_imm(u32 imm)
{
	u32 exponent = (imm >> 4) & 7;
	u32 fraction = imm & 15;

	return exponent ? (16 + fraction) << (exponent - 1) : fraction;
}

#endif /* AGX_ENGINE_ISA_H */
