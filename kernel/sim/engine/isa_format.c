// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * From struct agx_isa_insn to text. The notation is that of Mesa's disassembler, so that the two
 * can be compared.
 */
#include "isa_table.h"
#include "text.h"

struct isa_special_name {
	u8 sr;
	const char *name;
};

static const struct isa_special_name isa_special_names[] = {
	{ AGX_ISA_SR_THREADGROUP_X, "threadgroup_in_grid_x" },
	{ AGX_ISA_SR_THREADGROUP_Y, "threadgroup_in_grid_y" },
	{ AGX_ISA_SR_THREADGROUP_Z, "threadgroup_in_grid_z" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_X, "threads_per_threadgroup_x" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_Y, "threads_per_threadgroup_y" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_Z, "threads_per_threadgroup_z" },
	{ AGX_ISA_SR_DISPATCH_SIZE_X, "dispatch_threads_per_threadgroup_x" },
	{ AGX_ISA_SR_DISPATCH_SIZE_Y, "dispatch_threads_per_threadgroup_y" },
	{ AGX_ISA_SR_DISPATCH_SIZE_Z, "dispatch_threads_per_threadgroup_z" },
	{ AGX_ISA_SR_TILE_WIDTH, "threadgroup_width" },
	{ AGX_ISA_SR_TILE_HEIGHT, "threadgroup_height" },
	{ AGX_ISA_SR_SAMPLES_LOG2, "samples_log2" },
	{ AGX_ISA_SR_CORE_INDEX, "core_index" },
	{ AGX_ISA_SR_VM_SLOT, "vm_slot" },
	{ AGX_ISA_SR_THREAD_X, "thread_in_threadgroup_x" },
	{ AGX_ISA_SR_THREAD_Y, "thread_in_threadgroup_y" },
	{ AGX_ISA_SR_THREAD_Z, "thread_in_threadgroup_z" },
	{ AGX_ISA_SR_THREAD_INDEX, "thread_index_in_threadgroup" },
	{ AGX_ISA_SR_LANE, "thread_index_in_simdgroup" },
	{ AGX_ISA_SR_SIMDGROUP, "simdgroup_index_in_threadgroup" },
	{ AGX_ISA_SR_QUAD_INDEX, "active_thread_index_in_quadgroup" },
	{ AGX_ISA_SR_QUAD_COUNT, "total_active_threads_in_quadgroup" },
	{ AGX_ISA_SR_SIMD_INDEX, "active_thread_index_in_simdgroup" },
	{ AGX_ISA_SR_SIMD_COUNT, "total_active_threads_in_simdgroup" },
	{ AGX_ISA_SR_COVERAGE, "internal_coverage_mask" },
	{ AGX_ISA_SR_BACKFACING, "backfacing" },
	{ AGX_ISA_SR_IS_ACTIVE, "is_active_thread" },
	{ AGX_ISA_SR_GRID_X, "thread_in_grid_x" },
	{ AGX_ISA_SR_GRID_Y, "thread_in_grid_y" },
	{ AGX_ISA_SR_GRID_Z, "thread_in_grid_z" },
	{ AGX_ISA_SR_SAMPLE_MASK, "input_sample_mask" },
	{ AGX_ISA_SR_HELPER_OP, "helper_op" },
	{ AGX_ISA_SR_HELPER_ARG_L, "helper_arg_l" },
	{ AGX_ISA_SR_HELPER_ARG_H, "helper_arg_h" },
};

static const char * const isa_bitop_names[16] = {
	"zero", "nor", "andn2", "mov_a", "andn1", "not", "xor", "nand",
	"and", "xnor", "mov", "orn2", "not_a", "orn1", "or", "one",
};

static const char * const isa_icond_names[16] = {
	[0] = "ieq", [1] = "ult", [2] = "ugt", [4] = "seq", [5] = "slt", [6] = "sgt",
	[8] = "ine", [9] = "ugte", [10] = "ulte", [12] = "nseq", [13] = "sgte", [14] = "slte",
};

static const char * const isa_fcond_names[16] = {
	[0] = "feq", [1] = "flt", [2] = "fgt", [3] = "fltn",
	[5] = "fgte", [6] = "flte", [7] = "fgtn",
	[8] = "fneq", [9] = "fnlt", [10] = "fngt", [11] = "fnltn",
	[13] = "fngte", [14] = "fnlte", [15] = "fngtn",
};

static const char * const isa_shuffle_names[] = {
	[AGX_ISA_SHUFFLE_INDEX] = NULL,
	[AGX_ISA_SHUFFLE_XOR] = "xor",
	[AGX_ISA_SHUFFLE_UP] = "up",
	[AGX_ISA_SHUFFLE_DOWN] = "down",
};

static const char * const isa_reduction_names[] = {
	[AGX_ISA_REDUCE_AND] = "and",
	[AGX_ISA_REDUCE_FADD] = "fadd",
	[AGX_ISA_REDUCE_OR] = "or",
	[AGX_ISA_REDUCE_FMUL] = "fmul",
	[AGX_ISA_REDUCE_XOR] = "xor",
	[AGX_ISA_REDUCE_FMIN] = "fmin",
	[AGX_ISA_REDUCE_FMAX] = "fmax",
	[AGX_ISA_REDUCE_IADD] = "iadd",
	[AGX_ISA_REDUCE_SMIN] = "smin",
	[AGX_ISA_REDUCE_SMAX] = "smax",
	[AGX_ISA_REDUCE_UMIN] = "umin",
	[AGX_ISA_REDUCE_UMAX] = "umax",
};

static const char * const isa_atomic_names[] = {
	[AGX_ISA_ATOMIC_ADD] = "add",
	[AGX_ISA_ATOMIC_SUB] = "sub",
	[AGX_ISA_ATOMIC_XCHG] = "xchg",
	[AGX_ISA_ATOMIC_CMPXCHG] = "cmpxchg",
	[AGX_ISA_ATOMIC_UMIN] = "umin",
	[AGX_ISA_ATOMIC_IMIN] = "imin",
	[AGX_ISA_ATOMIC_UMAX] = "umax",
	[AGX_ISA_ATOMIC_IMAX] = "imax",
	[AGX_ISA_ATOMIC_AND] = "and",
	[AGX_ISA_ATOMIC_OR] = "or",
	[AGX_ISA_ATOMIC_XOR] = "xor",
};

static const char * const isa_format_names[] = {
	[AGX_ISA_FORMAT_I8] = "i8",
	[AGX_ISA_FORMAT_I16] = "i16",
	[AGX_ISA_FORMAT_I32] = "i32",
	[AGX_ISA_FORMAT_F16] = "f16",
	[AGX_ISA_FORMAT_U8NORM] = "u8norm",
	[AGX_ISA_FORMAT_S8NORM] = "s8norm",
	[AGX_ISA_FORMAT_U16NORM] = "u16norm",
	[AGX_ISA_FORMAT_S16NORM] = "s16norm",
	[AGX_ISA_FORMAT_RGB10A2] = "rgb10a2",
	[AGX_ISA_FORMAT_SRGBA8] = "srgba8",
	[AGX_ISA_FORMAT_RG11B10F] = "rg11b10f",
	[AGX_ISA_FORMAT_RGB9E5] = "rgb9e5",
	[AGX_ISA_FORMAT_RG11B10F_RTZ] = "rg11b10f_rtz",
	[AGX_ISA_FORMAT_RGB9E5_RTZ] = "rgb9e5_rtz",
};

static const char * const isa_coherency_names[] = {
	NULL, "coherent1", "coherent2", "coherent",
};

const char *agx_isa_special_name(u32 sr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(isa_special_names); i++) {
		if (isa_special_names[i].sr == sr)
			return isa_special_names[i].name;
	}
	return NULL;
}

/* The separator before an operand: the column behind the mnemonic, or a comma. */
static void isa_next(struct agx_text *text)
{
	if (text->len > 8 && text->buf[text->len - 1] != ' ')
		agx_text_str(text, ", ");
}

static void isa_str(struct agx_text *text, const char *str)
{
	isa_next(text);
	agx_text_str(text, str);
}

static void isa_dec(struct agx_text *text, u32 value)
{
	isa_next(text);
	agx_text_dec(text, value);
}

static void isa_signed(struct agx_text *text, u32 value)
{
	isa_next(text);
	if (value >> 31) {
		agx_text_char(text, '-');
		value = 0 - value;
	}
	agx_text_dec(text, value);
}

static void isa_float_imm(struct agx_text *text, u32 imm)
{
	u32 magnitude = agx_isa_float_imm(imm);
	u32 fraction = (magnitude & 63) * 15625;
	u32 digit = 100000;

	if (imm & 0x80)
		agx_text_char(text, '-');
	agx_text_dec(text, magnitude >> 6);
	agx_text_char(text, '.');
	do {
		agx_text_dec(text, fraction / digit);
		fraction %= digit;
		digit /= 10;
	} while (fraction);
}

void agx_isa_format_register(struct agx_text *text, u32 file, u32 value, u32 halves)
{
	if (halves == 4)
		agx_text_char(text, 'd');
	agx_text_char(text, file == AGX_ISA_FILE_UNIFORM ? 'u' : 'r');
	agx_text_dec(text, value >> 1);
	if (halves == 1)
		agx_text_char(text, value & 1 ? 'h' : 'l');
}

static void isa_operand(struct agx_text *text, const struct agx_isa_operand *op)
{
	u32 i;

	isa_next(text);

	if (op->file == AGX_ISA_FILE_IMM) {
		/* Signed ones, which can be negative, are those of memory accesses. */
		if ((op->flags & AGX_ISA_SX) && op->value >> 15) {
			agx_text_char(text, '-');
			agx_text_dec(text, 0x10000u - op->value);
		} else {
			agx_text_dec(text, op->value);
		}
		return;
	}

	if (op->hint == AGX_ISA_HINT_CACHE)
		agx_text_char(text, '$');
	if (op->hint == AGX_ISA_HINT_DISCARD)
		agx_text_char(text, '^');

	if (op->file == AGX_ISA_FILE_FLOAT_IMM)
		isa_float_imm(text, op->value);

	for (i = 0; op->file != AGX_ISA_FILE_FLOAT_IMM && i < op->count; i++) {
		if (i)
			agx_text_char(text, '_');
		agx_isa_format_register(text, op->file, op->value + i * op->halves, op->halves);
	}

	if (op->flags & AGX_ISA_SX)
		agx_text_str(text, ".sx");
	if (op->flags & AGX_ISA_ABS)
		agx_text_str(text, ".abs");
	if (op->flags & AGX_ISA_NEG)
		agx_text_str(text, ".neg");
}

/* Halves that could be one register of 32 or 64 bits are written as one. */
static void isa_halves(struct agx_text *text, const struct agx_isa_operand *op)
{
	struct agx_isa_operand joined = *op;

	if (!(op->value & 1) && (op->count == 2 || op->count == 4)) {
		joined.halves = op->count;
		joined.count = 1;
	}
	isa_operand(text, &joined);
}

static void isa_shift(struct agx_text *text, u32 shift)
{
	if (!shift)
		return;
	isa_str(text, "lsl ");
	agx_text_dec(text, shift);
}

static void isa_mask(struct agx_text *text, u32 mask)
{
	u32 i;

	isa_next(text);
	if (!mask)
		agx_text_str(text, "none");
	for (i = 0; i < 4; i++) {
		if (mask >> i & 1)
			agx_text_char(text, "xyzw"[i]);
	}
}

static bool isa_is_zero(const struct agx_isa_operand *op)
{
	return op->file == AGX_ISA_FILE_IMM && !op->value;
}

static const char *isa_mnemonic(const struct agx_isa_insn *insn)
{
	switch (insn->op) {
	case AGX_ISA_OP_BITOP:
		return isa_bitop_names[insn->truth];
	case AGX_ISA_OP_IADD:
		return insn->negate ? "isub" : "iadd";
	case AGX_ISA_OP_IMADD:
		if (insn->negate)
			return "imsub";
		return isa_is_zero(&insn->src[2]) && !insn->shift ? "imul" : "imadd";
	case AGX_ISA_OP_BFI:
		return isa_is_zero(&insn->src[0]) && !insn->bits ? "shl" : "bfi";
	case AGX_ISA_OP_BFEIL:
		return isa_is_zero(&insn->src[0]) && !insn->bits ? "shr" : "bfeil";
	case AGX_ISA_OP_REDUCE:
		return insn->quad ? "quad" : "simd";
	default:
		return agx_isa_table[insn->desc].name;
	}
}

static void isa_format_integer(struct agx_text *text, const struct agx_isa_insn *insn)
{
	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	isa_operand(text, &insn->src[1]);
	if (insn->op == AGX_ISA_OP_IMADD &&
	    (insn->negate || insn->shift || !isa_is_zero(&insn->src[2])))
		isa_operand(text, &insn->src[2]);
	isa_shift(text, insn->shift);
	if (insn->saturate)
		isa_str(text, "sat");
}

static void isa_format_bitop(struct agx_text *text, const struct agx_isa_insn *insn)
{
	bool unary = insn->truth == 3 || insn->truth == 5 ||
		     insn->truth == 10 || insn->truth == 12;

	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	if (!unary || !isa_is_zero(&insn->src[1]))
		isa_operand(text, &insn->src[1]);
}

static void isa_format_bitfield(struct agx_text *text, const struct agx_isa_insn *insn)
{
	bool shift = (insn->op == AGX_ISA_OP_BFI || insn->op == AGX_ISA_OP_BFEIL) &&
		     isa_is_zero(&insn->src[0]) && !insn->bits;

	isa_operand(text, &insn->dst);
	if (!shift)
		isa_operand(text, &insn->src[0]);
	isa_operand(text, &insn->src[1]);
	isa_operand(text, &insn->src[2]);
	if (!shift)
		isa_dec(text, insn->bits);
}

static void isa_cond(struct agx_text *text, const struct agx_isa_insn *insn)
{
	if (agx_isa_compares_floats(insn->op))
		isa_str(text, isa_fcond_names[insn->cond]);
	else
		isa_str(text, isa_icond_names[insn->cond]);
}

static void isa_format_bits(struct agx_text *text, const struct agx_isa_insn *insn)
{
	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	if (insn->src[1].file != AGX_ISA_FILE_NONE)
		isa_operand(text, &insn->src[1]);
}

static void isa_format_select(struct agx_text *text, const struct agx_isa_insn *insn)
{
	u32 i;

	isa_operand(text, &insn->dst);
	for (i = 0; i < 4; i++)
		isa_operand(text, &insn->src[i]);
	isa_cond(text, insn);
}

/* A ballot of 1 != 0 says who is active. */
static bool isa_is_active_ballot(const struct agx_isa_insn *insn)
{
	return insn->op == AGX_ISA_OP_IBALLOT && !insn->quad &&
	       insn->cond == AGX_ISA_COND_INVERT && isa_is_zero(&insn->src[1]) &&
	       insn->src[0].file == AGX_ISA_FILE_IMM && insn->src[0].value == 1;
}

static void isa_format_ballot(struct agx_text *text, const struct agx_isa_insn *insn)
{
	const char * const *names = insn->op == AGX_ISA_OP_FBALLOT ? isa_fcond_names :
								     isa_icond_names;

	isa_operand(text, &insn->dst);
	if (isa_is_active_ballot(insn))
		return;
	isa_operand(text, &insn->src[0]);
	isa_operand(text, &insn->src[1]);
	if (insn->quad)
		isa_str(text, "quad");
	isa_str(text, names[insn->cond]);
}

static void isa_format_shuffle(struct agx_text *text, const struct agx_isa_insn *insn)
{
	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	isa_operand(text, &insn->src[1]);
	if (insn->quad)
		isa_str(text, "quad");
	if (insn->rotate)
		isa_str(text, "rotate");
	if (isa_shuffle_names[insn->function])
		isa_str(text, isa_shuffle_names[insn->function]);
}

static void isa_format_reduce(struct agx_text *text, const struct agx_isa_insn *insn)
{
	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	if (insn->prefix)
		isa_str(text, "prefix");
	isa_str(text, isa_reduction_names[insn->function]);
}

static void isa_format_mask_stack(struct agx_text *text, const struct agx_isa_insn *insn)
{
	if (insn->src[0].file != AGX_ISA_FILE_NONE) {
		isa_operand(text, &insn->src[0]);
		isa_operand(text, &insn->src[1]);
	}
	isa_dec(text, insn->nest);
	if (insn->cache)
		isa_str(text, "cache");
	if (insn->op != AGX_ISA_OP_POP_EXEC)
		isa_cond(text, insn);
}

static void isa_format_memory(struct agx_text *text, const struct agx_isa_insn *insn)
{
	bool load = insn->op == AGX_ISA_OP_LOAD || insn->op == AGX_ISA_OP_LLOAD ||
		    insn->op == AGX_ISA_OP_STACK_LOAD;
	bool local = insn->op == AGX_ISA_OP_LLOAD || insn->op == AGX_ISA_OP_LSTORE;
	bool stack = insn->op == AGX_ISA_OP_STACK_LOAD || insn->op == AGX_ISA_OP_STACK_STORE;

	isa_operand(text, load ? &insn->dst : &insn->src[AGX_ISA_MEM_DATA]);
	if (!stack && !(local && isa_is_zero(&insn->src[AGX_ISA_MEM_BASE])))
		isa_operand(text, &insn->src[AGX_ISA_MEM_BASE]);
	isa_operand(text, &insn->src[AGX_ISA_MEM_INDEX]);
	isa_shift(text, insn->shift);
	isa_str(text, isa_format_names[insn->format]);
	isa_mask(text, insn->mask);
	if (insn->coherency)
		isa_str(text, isa_coherency_names[insn->coherency]);
	if (!local)
		isa_str(text, insn->slot ? "b" : "a");
}

static void isa_format_float(struct agx_text *text, const struct agx_isa_insn *insn)
{
	u32 i;

	isa_operand(text, &insn->dst);
	for (i = 0; i < ARRAY_SIZE(insn->src) && insn->src[i].file != AGX_ISA_FILE_NONE; i++)
		isa_operand(text, &insn->src[i]);
	if (insn->saturate)
		isa_str(text, "sat");
}

static void isa_format_atomic(struct agx_text *text, const struct agx_isa_insn *insn)
{
	bool local = insn->op == AGX_ISA_OP_LATOMIC;

	if (insn->dst.file == AGX_ISA_FILE_NONE)
		isa_str(text, "_");
	else
		isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[AGX_ISA_MEM_DATA]);
	if (!local || !isa_is_zero(&insn->src[AGX_ISA_MEM_BASE]))
		isa_operand(text, &insn->src[AGX_ISA_MEM_BASE]);
	isa_operand(text, &insn->src[AGX_ISA_MEM_INDEX]);
	isa_str(text, isa_atomic_names[insn->function]);
	if (insn->coherency)
		isa_str(text, isa_coherency_names[insn->coherency]);
	if (!local)
		isa_str(text, insn->slot ? "b" : "a");
}

static void isa_format_convert(struct agx_text *text, const struct agx_isa_insn *insn)
{
	isa_operand(text, &insn->dst);
	isa_operand(text, &insn->src[0]);
	isa_str(text, insn->round ? "rte" : "rtz");
}

/* An `if` that compares nothing and pushes nothing only takes a new r0l into account. */
static bool isa_is_update_exec(const struct agx_isa_insn *insn)
{
	return insn->op == AGX_ISA_OP_IF_FCMP && !insn->nest && !insn->cond &&
	       insn->src[0].file == AGX_ISA_FILE_FLOAT_IMM && !insn->src[0].value &&
	       insn->src[1].file == AGX_ISA_FILE_FLOAT_IMM && !insn->src[1].value;
}

static void isa_format_operands(struct agx_text *text, const struct agx_isa_insn *insn)
{
	switch (insn->op) {
	case AGX_ISA_OP_LDIMM:
		isa_operand(text, &insn->dst);
		isa_dec(text, insn->imm);
		break;
	case AGX_ISA_OP_MFSR:
		isa_operand(text, &insn->dst);
		isa_str(text, agx_isa_special_name(insn->imm));
		break;
	case AGX_ISA_OP_BITOP:
		isa_format_bitop(text, insn);
		break;
	case AGX_ISA_OP_IADD:
	case AGX_ISA_OP_IMADD:
		isa_format_integer(text, insn);
		break;
	case AGX_ISA_OP_BFI:
	case AGX_ISA_OP_BFEIL:
	case AGX_ISA_OP_EXTR:
	case AGX_ISA_OP_SHLHI:
	case AGX_ISA_OP_SHRHI:
	case AGX_ISA_OP_ASR:
	case AGX_ISA_OP_ASRH:
		isa_format_bitfield(text, insn);
		break;
	case AGX_ISA_OP_BITREV:
	case AGX_ISA_OP_POPCNT:
	case AGX_ISA_OP_FFS:
	case AGX_ISA_OP_INTL:
		isa_format_bits(text, insn);
		break;
	case AGX_ISA_OP_ICSEL:
	case AGX_ISA_OP_FCSEL:
		isa_format_select(text, insn);
		break;
	case AGX_ISA_OP_FADD:
	case AGX_ISA_OP_FMUL:
	case AGX_ISA_OP_FFMA:
	case AGX_ISA_OP_FLOOR:
	case AGX_ISA_OP_CEIL:
	case AGX_ISA_OP_TRUNC:
	case AGX_ISA_OP_RINT:
	case AGX_ISA_OP_RCP:
	case AGX_ISA_OP_RSQRT:
	case AGX_ISA_OP_RSQRTS:
	case AGX_ISA_OP_EXP2:
	case AGX_ISA_OP_LOG2:
	case AGX_ISA_OP_SINR:
	case AGX_ISA_OP_SINC:
		isa_format_float(text, insn);
		break;
	case AGX_ISA_OP_IBALLOT:
	case AGX_ISA_OP_FBALLOT:
		isa_format_ballot(text, insn);
		break;
	case AGX_ISA_OP_SHUFFLE:
		isa_format_shuffle(text, insn);
		break;
	case AGX_ISA_OP_REDUCE:
		isa_format_reduce(text, insn);
		break;
	case AGX_ISA_OP_U8_TO_F:
	case AGX_ISA_OP_S8_TO_F:
	case AGX_ISA_OP_F_TO_U16:
	case AGX_ISA_OP_F_TO_S16:
	case AGX_ISA_OP_U16_TO_F:
	case AGX_ISA_OP_S16_TO_F:
	case AGX_ISA_OP_F_TO_U32:
	case AGX_ISA_OP_F_TO_S32:
	case AGX_ISA_OP_U32_TO_F:
	case AGX_ISA_OP_S32_TO_F:
		isa_format_convert(text, insn);
		break;
	case AGX_ISA_OP_IF_ICMP:
	case AGX_ISA_OP_ELSE_ICMP:
	case AGX_ISA_OP_WHILE_ICMP:
	case AGX_ISA_OP_IF_FCMP:
	case AGX_ISA_OP_ELSE_FCMP:
	case AGX_ISA_OP_WHILE_FCMP:
	case AGX_ISA_OP_POP_EXEC:
		isa_format_mask_stack(text, insn);
		break;
	case AGX_ISA_OP_JMP_ANY:
	case AGX_ISA_OP_JMP_NONE:
		isa_signed(text, insn->imm);
		break;
	case AGX_ISA_OP_LOAD:
	case AGX_ISA_OP_STORE:
	case AGX_ISA_OP_LLOAD:
	case AGX_ISA_OP_LSTORE:
	case AGX_ISA_OP_STACK_LOAD:
	case AGX_ISA_OP_STACK_STORE:
		isa_format_memory(text, insn);
		break;
	case AGX_ISA_OP_STACK_ADJUST:
		isa_operand(text, &insn->src[AGX_ISA_MEM_INDEX]);
		break;
	case AGX_ISA_OP_ATOMIC:
	case AGX_ISA_OP_LATOMIC:
		isa_format_atomic(text, insn);
		break;
	case AGX_ISA_OP_UNIFORM_STORE:
		isa_halves(text, &insn->dst);
		isa_halves(text, &insn->src[0]);
		break;
	case AGX_ISA_OP_WAIT:
		isa_str(text, insn->slot ? "b" : "a");
		break;
	}
}

size_t agx_isa_format(const struct agx_isa_insn *insn, char *buf, size_t size)
{
	struct agx_text text;

	agx_text_init(&text, buf, size);

	if (isa_is_update_exec(insn)) {
		agx_text_str(&text, "update_exec");
		return text.len;
	}

	agx_text_str(&text, isa_mnemonic(insn));
	if (agx_isa_table[insn->desc].field[0].role == AGX_ISA_ROLE_END)
		return text.len;

	agx_text_pad(&text, 8);
	agx_text_char(&text, ' ');
	isa_format_operands(&text, insn);
	return text.len;
}
