// SPDX-License-Identifier: MIT
#include "asm.h"

#include <stdlib.h>

/* An instruction that is being put together. */
struct insn {
	u8 bytes[12];
};

static void put(struct insn *insn, u32 pos, u32 width, u64 value)
{
	u32 i;

	for (i = 0; i < width; i++) {
		if (value >> i & 1)
			insn->bytes[(pos + i) / 8] |= (u8)(1 << (pos + i) % 8);
	}
}

static void emit(struct code *code, const struct insn *insn, u32 len)
{
	if (code->len + len > sizeof(code->bytes))
		abort();
	memcpy(code->bytes + code->len, insn->bytes, len);
	code->len += len;
}

/* An instruction that has a form without its last two bytes, for when they are zero. */
static void emit_short(struct code *code, struct insn *insn, u32 len)
{
	if (insn->bytes[len - 2] || insn->bytes[len - 1])
		put(insn, 15, 1, 1);
	else
		len -= 2;
	emit(code, insn, len);
}

static void put_dst(struct insn *insn, u32 ext, struct arg dst)
{
	u32 value = dst.value | (dst.bits == 64 ? 1 : 0);

	put(insn, 8, 1, dst.bits > 16);
	put(insn, 9, 6, value);
	put(insn, ext, 2, value >> 6);
}

/* The ten bits of a source that have a fixed place, and the two at @ext. */
static void put_src(struct insn *insn, u32 pos, u32 ext, struct arg src)
{
	put(insn, pos, 6, src.value);
	put(insn, ext, 2, src.value >> 6);

	switch (src.file) {
	case ARG_REG:
		put(insn, pos + 6, 2, 1);
		put(insn, pos + 8, 2, src.bits == 16 ? 0 : src.bits == 32 ? 2 : 3);
		break;
	case ARG_UNIFORM:
		put(insn, pos + 6, 1, src.value >> 8);
		put(insn, pos + 7, 1, src.bits == 32);
		put(insn, pos + 8, 2, 1);
		break;
	case ARG_IMM:
		break;
	}
}

static void put_wide(struct insn *insn, u32 pos, u32 ext, struct arg src)
{
	put_src(insn, pos, ext, src);
	put(insn, pos + 10, 1, src.sx);
}

static void put_float(struct insn *insn, u32 pos, u32 ext, struct arg src)
{
	put_src(insn, pos, ext, src);
	put(insn, pos + 10, 1, src.abs);
	put(insn, pos + 11, 1, src.neg);
}

static void put_select(struct insn *insn, u32 pos, u32 ext, struct arg src)
{
	put(insn, pos, 6, src.value);
	put(insn, ext, 2, src.value >> 6);

	switch (src.file) {
	case ARG_REG:
		put(insn, pos + 6, 3, 1);
		break;
	case ARG_UNIFORM:
		put(insn, pos + 6, 3, 6 | (src.value >> 8 & 1));
		break;
	case ARG_IMM:
		put(insn, pos + 6, 3, 4);
		break;
	}
}

void asm_ldimm16(struct code *code, u32 half, u32 value)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x62);
	put(&insn, 15, 1, half > 63);
	put_dst(&insn, 44, r16(half));
	put(&insn, 16, 16, value);
	emit(code, &insn, half > 63 ? 6 : 4);
}

void asm_ldimm32(struct code *code, u32 reg, u32 value)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x62);
	put(&insn, 15, 1, reg > 31);
	put_dst(&insn, 60, r32(reg));
	put(&insn, 16, 32, value);
	emit(code, &insn, reg > 31 ? 8 : 6);
}

void asm_special(struct code *code, struct arg dst, u32 sr)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x72);
	put_dst(&insn, 28, dst);
	put(&insn, 16, 6, sr);
	put(&insn, 26, 2, sr >> 6);
	emit(code, &insn, 4);
}

void asm_bitop(struct code *code, u32 truth, struct arg dst, struct arg a, struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x7e);
	put_dst(&insn, 44, dst);
	put_src(&insn, 16, 42, a);
	put_src(&insn, 28, 40, b);
	put(&insn, 26, 2, truth);
	put(&insn, 38, 2, truth >> 2);
	emit(code, &insn, 6);
}

static void put_add(struct insn *insn, const struct asm_add *how)
{
	if (!how)
		return;
	put(insn, 6, 1, how->saturate);
	put(insn, 27, 1, how->negate);
	put(insn, 39, 1, how->shift);
	put(insn, 52, 2, how->shift >> 1);
}

void asm_iadd(struct code *code, const struct asm_add *how, struct arg dst, struct arg a,
	      struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 6, 0x0e);
	put_add(&insn, how);
	put_dst(&insn, 44, dst);
	put_wide(&insn, 16, 42, a);
	put_wide(&insn, 28, 40, b);
	emit(code, &insn, 8);
}

void asm_imadd(struct code *code, const struct asm_add *how, struct arg dst, struct arg a,
	       struct arg b, struct arg c)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 6, 0x1e);
	put_add(&insn, how);
	put_dst(&insn, 60, dst);
	put_wide(&insn, 16, 58, a);
	put_wide(&insn, 28, 56, b);
	put_wide(&insn, 40, 54, c);
	emit(code, &insn, 8);
}

void asm_bitfield(struct code *code, enum asm_bitfield op, u32 bits, struct arg dst, struct arg a,
		  struct arg b, struct arg c)
{
	static const u32 bit15[] = { 0, 1, 0, 1, 0, 1, 1 };
	static const u32 bits26[] = { 0, 0, 1, 1, 2, 2, 3 };
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x2e);
	put(&insn, 15, 1, bit15[op]);
	put(&insn, 26, 2, bits26[op]);
	put_dst(&insn, 60, dst);
	put_src(&insn, 16, 58, a);
	put_src(&insn, 28, 56, b);
	put_src(&insn, 40, 54, c);
	put(&insn, 38, 2, bits);
	put(&insn, 50, 2, bits >> 2);
	put(&insn, 63, 1, bits >> 4);
	emit(code, &insn, 8);
}

static void put_half(struct insn *insn, u32 pos, u32 ext, struct arg src)
{
	put_src(insn, pos, ext, src);
	put(insn, pos + 9, 1, src.abs);
	put(insn, pos + 10, 1, src.neg);
}

void asm_float(struct code *code, enum asm_float op, bool saturate, struct arg dst, struct arg a,
	       struct arg b, struct arg c)
{
	static const u32 opcode[] = { 0x2a, 0x1a, 0x3a, 0x26, 0x16, 0x36 };
	void (*put_operand)(struct insn *insn, u32 pos, u32 ext, struct arg src) = put_float;
	bool ternary = op == ASM_FFMA || op == ASM_HFMA;
	struct insn insn = { { 0 } };
	u32 len = ternary ? 8 : 6;

	if (op >= ASM_HADD)
		put_operand = put_half;

	put(&insn, 0, 6, opcode[op]);
	put(&insn, 6, 1, saturate);
	put_dst(&insn, 8 * len - 4, dst);
	put_operand(&insn, 16, 8 * len - 6, a);
	put_operand(&insn, 28, 8 * len - 8, b);
	if (ternary)
		put_operand(&insn, 40, 8 * len - 10, c);

	emit_short(code, &insn, len);
}

void asm_float_unary(struct code *code, enum asm_float_unary op, bool saturate, struct arg dst,
		     struct arg a)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 6, 0x0a);
	put(&insn, 6, 1, saturate);
	put_dst(&insn, 44, dst);
	put_float(&insn, 16, 42, a);
	put(&insn, 28, 6, op);
	emit_short(code, &insn, 6);
}

void asm_bits(struct code *code, enum asm_bits op, struct arg dst, struct arg a, struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x3e);
	put(&insn, 26, 2, op);
	put_dst(&insn, 44, dst);
	put_src(&insn, 16, 42, a);
	put_src(&insn, 28, 40, b);
	emit(code, &insn, 6);
}

void asm_convert(struct code *code, enum asm_convert op, bool nearest, struct arg dst,
		 struct arg src)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x3e);
	put(&insn, 15, 1, 1);
	put_dst(&insn, 44, dst);
	put(&insn, 16, 6, op);
	put(&insn, 26, 2, nearest);
	put_src(&insn, 28, 40, src);
	emit(code, &insn, 6);
}

void asm_select(struct code *code, u32 cond, struct arg dst, struct arg a, struct arg b,
		struct arg x, struct arg y)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x12);
	put_dst(&insn, 76, dst);
	put_src(&insn, 16, 74, a);
	put_src(&insn, 28, 72, b);
	put_select(&insn, 40, 70, x);
	put_select(&insn, 52, 68, y);
	put(&insn, 61, 3, cond);
	emit_short(code, &insn, 10);
}

void asm_float_select(struct code *code, u32 cond, struct arg dst, struct arg a, struct arg b,
		      struct arg x, struct arg y)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x02);
	put_dst(&insn, 76, dst);
	put_float(&insn, 16, 74, a);
	put_float(&insn, 28, 72, b);
	put_select(&insn, 40, 70, x);
	put_select(&insn, 52, 68, y);
	put(&insn, 61, 3, cond);
	emit_short(code, &insn, 10);
}

void asm_ballot(struct code *code, u32 cond, bool quad, struct arg dst, struct arg a, struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x32);
	put_dst(&insn, 44, dst);
	put_src(&insn, 16, 42, a);
	put_src(&insn, 28, 40, b);
	put(&insn, 47, 1, cond >> 3);
	put(&insn, 48, 1, !quad);
	put(&insn, 61, 3, cond);
	emit(code, &insn, 8);
}

void asm_float_ballot(struct code *code, u32 cond, bool quad, struct arg dst, struct arg a,
		      struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x22);
	put_dst(&insn, 44, dst);
	put_float(&insn, 16, 42, a);
	put_float(&insn, 28, 40, b);
	put(&insn, 47, 1, cond >> 3);
	put(&insn, 48, 1, !quad);
	put(&insn, 61, 3, cond);
	emit(code, &insn, 8);
}

void asm_shuffle(struct code *code, enum asm_shuffle op, bool quad, bool rotate, struct arg dst,
		 struct arg a, struct arg amount)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x6f);
	put_dst(&insn, 44, dst);
	put_src(&insn, 16, 42, a);
	put_src(&insn, 28, 40, amount);
	put(&insn, 26, 1, !quad);
	put(&insn, 38, 2, op);
	put(&insn, 47, 1, rotate);
	emit(code, &insn, 6);
}

void asm_reduce(struct code *code, u32 op, bool quad, bool prefix, struct arg dst, struct arg a)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x6f);
	put(&insn, 15, 1, 1);
	put_dst(&insn, 44, dst);
	put_src(&insn, 16, 42, a);
	put(&insn, 28, 1, op);
	put(&insn, 29, 1, !quad);
	put(&insn, 30, 1, prefix);
	put(&insn, 38, 3, op >> 1);
	put(&insn, 47, 1, op >> 4);
	emit(code, &insn, 6);
}

static void put_mask(struct insn *insn, enum asm_mask op, u32 cond, u32 nest)
{
	put(insn, 8, 1, cond >> 3);
	put(insn, 9, 2, op);
	put(insn, 11, 2, nest);
	put(insn, 13, 3, cond);
}

void asm_icmp(struct code *code, enum asm_mask op, u32 cond, u32 nest, struct arg a, struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x52);
	put_mask(&insn, op, cond, nest);
	put_src(&insn, 16, 42, a);
	put_src(&insn, 28, 40, b);
	emit(code, &insn, 6);
}

void asm_fcmp(struct code *code, enum asm_mask op, u32 cond, u32 nest, struct arg a, struct arg b)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x42);
	put_mask(&insn, op, cond, nest);
	put_float(&insn, 16, 42, a);
	put_float(&insn, 28, 40, b);
	emit(code, &insn, 6);
}

void asm_pop(struct code *code, u32 nest)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x52);
	put(&insn, 9, 2, 3);
	put(&insn, 11, 2, nest);
	emit(code, &insn, 6);
}

static void asm_jump(struct code *code, u32 opcode, u32 target)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 16, opcode);
	put(&insn, 16, 32, target - code->len);
	emit(code, &insn, 6);
}

void asm_jump_any(struct code *code, u32 target)
{
	asm_jump(code, 0xc000, target);
}

void asm_jump_none(struct code *code, u32 target)
{
	asm_jump(code, 0xc020, target);
}

void asm_jump_here(struct code *code, u32 at)
{
	u32 offset = code->len - at;

	memset(code->bytes + at + 2, 0, 4);
	code->bytes[at + 2] = (u8)offset;
	code->bytes[at + 3] = (u8)(offset >> 8);
}

static void put_index(struct insn *insn, struct arg index)
{
	put(insn, 20, 4, index.value);
	put(insn, 32, 4, index.value >> 4);
	put(insn, 56, 8, index.value >> 8);
	put(insn, 24, 1, index.file == ARG_IMM);
}

static void asm_memory(struct code *code, u32 opcode, const struct asm_memory *how,
		       struct arg data, struct arg base, struct arg index)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, opcode);
	put(&insn, 7, 3, how->format);
	put(&insn, 48, 1, how->format >> 3);
	put(&insn, 10, 6, data.value);
	put(&insn, 40, 2, data.value >> 6);
	put(&insn, 49, 1, data.bits == 32);
	put(&insn, 52, 4, how->mask);
	put(&insn, 16, 4, base.value);
	put(&insn, 36, 4, base.value >> 4);
	put(&insn, 27, 1, base.file == ARG_UNIFORM);
	put_index(&insn, index);
	put(&insn, 25, 1, how->zero_extend);
	put(&insn, 26, 1, 1);
	put(&insn, 30, 1, how->slot);
	put(&insn, 42, 2, how->shift);
	put(&insn, 44, 2, how->coherency);
	put(&insn, 46, 1, 1);
	put(&insn, 47, 1, 1);
	emit(code, &insn, 8);
}

void asm_load(struct code *code, const struct asm_memory *how, struct arg data, struct arg base,
	      struct arg index)
{
	asm_memory(code, 0x05, how, data, base, index);
}

void asm_store(struct code *code, const struct asm_memory *how, struct arg data, struct arg base,
	       struct arg index)
{
	asm_memory(code, 0x45, how, data, base, index);
}

static void asm_local(struct code *code, u32 opcode, u32 format, u32 mask, struct arg data,
		      struct arg base)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, opcode);
	put(&insn, 8, 1, data.bits == 32);
	put(&insn, 9, 6, data.value);
	put(&insn, 60, 2, data.value >> 6);
	put(&insn, 15, 1, 1);
	if (base.file == ARG_IMM)
		put(&insn, 22, 2, 2);
	if (base.file == ARG_UNIFORM)
		put(&insn, 22, 2, 1 | base.value >> 8 << 1);
	put(&insn, 16, 6, base.value);
	put(&insn, 58, 2, base.value >> 6);
	put(&insn, 24, 4, format);
	put(&insn, 34, 1, 1);
	put(&insn, 36, 4, mask);
	emit(code, &insn, 8);
}

void asm_local_load(struct code *code, u32 format, u32 mask, struct arg data, struct arg base)
{
	asm_local(code, 0x69, format, mask, data, base);
}

void asm_local_store(struct code *code, u32 format, u32 mask, struct arg data, struct arg base)
{
	asm_local(code, 0x29, format, mask, data, base);
}

void asm_atomic(struct code *code, const struct asm_atomic *how, struct arg dst, struct arg data,
		struct arg base, struct arg index)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 6, 0x15);
	put(&insn, 6, 4, how->op);
	if (how->result) {
		put(&insn, 10, 6, dst.value);
		put(&insn, 40, 2, dst.value >> 6);
		put(&insn, 47, 1, 1);
	}
	put(&insn, 48, 8, data.value);
	put(&insn, 16, 4, base.value);
	put(&insn, 36, 4, base.value >> 4);
	put(&insn, 27, 1, base.file == ARG_UNIFORM);
	put_index(&insn, index);
	put(&insn, 26, 1, 1);
	put(&insn, 30, 1, how->slot);
	put(&insn, 31, 1, 1);
	put(&insn, 44, 2, how->coherency);
	put(&insn, 46, 1, 1);
	emit(code, &insn, 8);
}

void asm_local_atomic(struct code *code, u32 op, bool result, struct arg dst, struct arg data,
		      struct arg base)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 6, 0x19);
	if (result) {
		put(&insn, 8, 1, 1);
		put(&insn, 9, 6, dst.value);
		put(&insn, 60, 2, dst.value >> 6);
		put(&insn, 38, 1, 1);
	}
	put(&insn, 15, 1, 1);
	if (base.file == ARG_IMM)
		put(&insn, 22, 2, 2);
	if (base.file == ARG_UNIFORM)
		put(&insn, 22, 2, 1 | base.value >> 8 << 1);
	put(&insn, 16, 6, base.value);
	put(&insn, 58, 2, base.value >> 6);
	put(&insn, 24, 4, op);
	put(&insn, 34, 1, 1);
	put(&insn, 36, 1, 1);
	put(&insn, 47, 1, 1);
	put(&insn, 64, 8, data.value);
	emit(code, &insn, 10);
}

static void put_state(struct code *code, u32 tag, u32 state, struct arg base, struct arg offset)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, tag);
	put(&insn, 8, 7, state);
	put(&insn, 20, 1, 1);
	put(&insn, 26, 31, offset.value);
	put(&insn, 58, 1, offset.file == ARG_IMM);
	put(&insn, 59, 5, base.value / 4);
	emit(code, &insn, 8);
}

void asm_texture_state(struct code *code, u32 state, struct arg base, struct arg offset)
{
	put_state(code, 0xed, state, base, offset);
}

/* What reads and writes have in the same places, and the rest, at @rest and @heap. */
static void put_image(struct insn *insn, const struct asm_image *how, u32 rest, u32 heap)
{
	bool offset = how->state.file == ARG_REG && how->state.bits == 32;

	put(insn, 16, 6, how->coords.value);
	put(insn, 24, 6, how->lod.value);
	put(insn, 32, 6, how->state.value);
	put(insn, 38, 1, how->state.file == ARG_REG);
	put(insn, 39, 1, offset);
	put(insn, 40, 3, how->dim & 7);
	put(insn, heap + 7, 1, how->dim >> 3);
	put(insn, rest, 2, how->coords.value >> 6);
	put(insn, rest + 2, 2, how->lod.value >> 6);
	put(insn, rest + 4, 2, how->state.value >> 6);
	put(insn, heap, 5, offset ? how->heap / 4 : 0);
}

static void put_texture_read(struct code *code, const struct asm_image *how, struct arg dst,
			     u32 tag, struct arg sampler, u32 gather)
{
	static const u32 lods[] = {
		[ARG_REG] = 6, [ARG_UNIFORM] = 2, [ARG_IMM] = 0,
	};
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, tag);
	put(&insn, 8, 1, dst.bits == 32);
	put(&insn, 9, 6, dst.value);
	put(&insn, 15, 1, 1);
	put(&insn, 45, 2, 3);
	put(&insn, 48, 4, how->mask);
	put(&insn, 52, 4, lods[how->lod.file]);
	put(&insn, 56, 6, sampler.value);
	put(&insn, 62, 1, sampler.file == ARG_REG);
	put(&insn, 72, 2, dst.value >> 6);
	put(&insn, 87, 4, gather);
	put(&insn, 92, 2, sampler.value >> 6);
	put_image(&insn, how, 74, 64);
	emit(code, &insn, 12);
}

void asm_texture_read(struct code *code, const struct asm_image *how, struct arg dst)
{
	put_texture_read(code, how, dst, 0x71, imm(0), 0);
}

void asm_texture_sample(struct code *code, const struct asm_image *how, struct arg sampler,
			u32 gather, struct arg dst)
{
	put_texture_read(code, how, dst, 0x31, sampler, gather);
}

void asm_sampler_state(struct code *code, u32 state, struct arg base, struct arg offset)
{
	put_state(code, 0xad, state, base, offset);
}

void asm_image_write(struct code *code, const struct asm_image *how, struct arg data)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, 0xf1);
	put(&insn, 8, 1, data.bits == 32);
	put(&insn, 9, 6, data.value);
	put(&insn, 15, 1, 1);
	put(&insn, 23, 1, 1);
	put(&insn, 31, 1, how->lod.file == ARG_IMM);
	put(&insn, 43, 1, 1);
	put(&insn, 46, 1, 1);
	put(&insn, 53, 1, how->to_zero);
	put(&insn, 56, 2, data.value >> 6);
	put_image(&insn, how, 58, 48);
	emit(code, &insn, 8);
}

void asm_tile_store(struct code *code, const struct asm_memory *how, u32 offset, u32 samples,
		    struct arg data, struct arg coords)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 7, 0x09);
	put(&insn, 8, 1, data.bits == 32);
	put(&insn, 9, 6, data.value);
	put(&insn, 15, 1, 1);
	put(&insn, 16, 6, coords.value);
	put(&insn, 24, 4, how->format);
	put(&insn, 28, 7, offset);
	put(&insn, 35, 1, 1);
	put(&insn, 36, 4, how->mask);
	put(&insn, 40, 2, offset >> 7);
	put(&insn, 42, 6, samples);
	put(&insn, 55, 1, 1);
	put(&insn, 56, 2, samples >> 6);
	put(&insn, 58, 2, coords.value >> 6);
	put(&insn, 60, 2, data.value >> 6);
	emit(code, &insn, 10);
}

void asm_block_write(struct code *code, const struct asm_image *how, u32 format,
		     struct arg offset)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, 0xb1);
	put(&insn, 8, 1, format);
	put(&insn, 9, 6, offset.value);
	put(&insn, 15, 1, 1);
	put(&insn, 23, 1, 1);
	put(&insn, 31, 1, how->lod.file == ARG_IMM);
	put(&insn, 43, 1, 1);
	put(&insn, 46, 1, 1);
	put(&insn, 53, 1, how->to_zero);
	put(&insn, 56, 2, offset.value >> 6);
	put(&insn, 64, 3, format >> 1);
	put(&insn, 67, 1, 1);
	put_image(&insn, how, 58, 48);
	emit(code, &insn, 10);
}

void asm_stack_adjust(struct code *code, u32 words)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, 0xb5);
	put_index(&insn, imm(words));
	put(&insn, 16, 1, 1);
	put(&insn, 26, 1, 1);
	put(&insn, 37, 1, 1);
	put(&insn, 47, 1, 1);
	emit(code, &insn, 8);
}

static void asm_stack(struct code *code, u32 opcode, const struct asm_memory *how, struct arg data,
		      struct arg index)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 8, opcode);
	put(&insn, 8, 2, how->format);
	put(&insn, 50, 2, how->format >> 2);
	put(&insn, 10, 6, data.value);
	put(&insn, 40, 2, data.value >> 6);
	put(&insn, 49, 1, data.bits == 32);
	put(&insn, 52, 4, how->mask);
	put_index(&insn, index);
	put(&insn, 25, 1, how->zero_extend);
	put(&insn, 26, 1, 1);
	put(&insn, 30, 1, how->slot);
	put(&insn, 46, 2, 3);
	emit(code, &insn, 8);
}

void asm_stack_load(struct code *code, const struct asm_memory *how, struct arg data,
		    struct arg index)
{
	asm_stack(code, 0x35, how, data, index);
}

void asm_stack_store(struct code *code, const struct asm_memory *how, struct arg data,
		     struct arg index)
{
	asm_stack(code, 0xb5, how, data, index);
}

void asm_uniform_store(struct code *code, u32 uniform, u32 half, u32 count)
{
	struct insn insn = { { 0 } };

	put(&insn, 0, 10, 0xc5);
	put(&insn, 10, 6, half);
	put(&insn, 40, 2, half >> 6);
	put(&insn, 20, 4, uniform);
	put(&insn, 32, 4, uniform >> 4);
	put(&insn, 56, 8, uniform >> 8);
	put(&insn, 24, 6, 0x3d);
	put(&insn, 47, 1, 1);
	put(&insn, 52, 4, (1u << count) - 1);
	emit(code, &insn, 8);
}

void asm_wait(struct code *code, u32 slot)
{
	struct insn insn = { { 0x38, (u8)slot } };

	emit(code, &insn, 2);
}

void asm_barrier(struct code *code)
{
	struct insn insn = { { 0x68 } };

	emit(code, &insn, 2);
}

void asm_stop(struct code *code)
{
	struct insn stop = { { 0x88 } };
	struct insn trap = { { 0x08 } };
	u32 i;

	emit(code, &stop, 2);
	for (i = 0; i < 8; i++)
		emit(code, &trap, 2);
}

void asm_load32(struct code *code, u32 reg, struct arg base, struct arg index)
{
	const struct asm_memory how = { .format = 2, .mask = 1, .zero_extend = true };

	asm_load(code, &how, r32(reg), base, index);
	asm_wait(code, 0);
}

void asm_store32(struct code *code, u32 reg, struct arg base, struct arg index)
{
	const struct asm_memory how = { .format = 2, .mask = 1, .zero_extend = true };

	asm_store(code, &how, r32(reg), base, index);
}
