// SPDX-License-Identifier: MIT
/*
 * The input is a recipe for a shader of valid instructions of all kinds, with jumps from one to
 * another: whatever the bytes are, most of what they make is executed. The shader is run twice, all
 * at once and in small pieces, which must make no difference.
 *
 * The first bytes are: flags, threads of a workgroup, budget of the pieces. Then come instructions,
 * each of them a number of a description in the engine's table and the bits of its fields.
 */
#include "harness.h"

#include <stdlib.h>

#include "isa_table.h"

#define HEADER		3
#define RECIPE		(1 + AGX_ISA_MAX_LEN)
#define FLAG_SOFT	1
#define FLAG_PRESHADER	2

#define MAX_INSNS	200

/* A shader, and where its instructions are. */
struct program {
	u8 code[MAX_INSNS * AGX_ISA_MAX_LEN];
	u32 start[MAX_INSNS];
	u32 insns;
	u32 len;
};

static bool get_bit(const u8 *bytes, u32 bit)
{
	return bytes[bit / 8] >> bit % 8 & 1;
}

static void put_bits(u8 *bytes, u32 pos, u32 width, u64 value)
{
	u32 i;

	for (i = pos; i < pos + width; i++, value >>= 1) {
		bytes[i / 8] &= (u8)~(1 << i % 8);
		bytes[i / 8] |= (u8)((value & 1) << i % 8);
	}
}

/* Spreads a value over the parts of a field. */
static void put_field(u8 *bytes, const struct agx_isa_field *field, u64 value)
{
	u32 i;

	for (i = 0; i < AGX_ISA_MAX_PARTS && field->part[i].width; i++) {
		put_bits(bytes, field->part[i].pos, field->part[i].width, value);
		value >>= field->part[i].width;
	}
}

/* Leaves only those of the recipe's bits that belong to a field. */
static void copy_fields(u8 *bytes, const u8 *recipe, const struct agx_isa_desc *desc)
{
	const struct agx_isa_field *field;
	u32 i;

	for (field = desc->field; field->role != AGX_ISA_ROLE_END; field++) {
		for (i = 0; i < AGX_ISA_MAX_PARTS && field->part[i].width; i++) {
			u32 pos = field->part[i].pos;
			u32 bit;

			for (bit = pos; bit < pos + field->part[i].width; bit++)
				put_bits(bytes, bit, 1, get_bit(recipe, bit));
		}
	}
}

/*
 * Most registers hold no address and most offsets lead nowhere, so half of the bases are those that
 * do, and jumps go to instructions.
 */
static void improve(struct program *program, u8 *bytes, const u8 *recipe,
		    const struct agx_isa_desc *desc)
{
	const struct agx_isa_field *field;

	for (field = desc->field; field->role != AGX_ISA_ROLE_END; field++) {
		if (field->kind == AGX_ISA_KIND_BASE && (recipe[0] & 1))
			put_field(bytes, field, 0x100 | (recipe[1] & 1 ? 4 : 0));
		if (field->kind == AGX_ISA_KIND_JUMP)
			put_field(bytes, field,
				  program->insns ?
				  program->start[recipe[2] % program->insns] - program->len : 6);
	}
}

static void add_insn(struct program *program, const u8 *recipe)
{
	const struct agx_isa_desc *desc = &agx_isa_table[recipe[0] % agx_isa_table_size];
	u8 bytes[AGX_ISA_MAX_LEN] = { 0 };
	struct agx_isa_insn insn;
	u32 bit;

	recipe++;
	copy_fields(bytes, recipe, desc);
	improve(program, bytes, recipe, desc);
	for (bit = 0; bit < 64; bit++) {
		if (desc->mask >> bit & 1)
			put_bits(bytes, bit, 1, desc->match >> bit & 1);
	}
	for (bit = 0; bit < 32; bit++) {
		if (desc->set >> bit & 1)
			put_bits(bytes, 64 + bit, 1, 1);
	}
	if (desc->short_len)
		put_bits(bytes, desc->len_bit, 1, recipe[3] & 1);
	if (!agx_isa_decode(bytes, &insn) || insn.op == AGX_ISA_OP_TRAP)
		return;

	program->start[program->insns++] = program->len;
	memcpy(program->code + program->len, insn.bytes, insn.len);
	program->len += insn.len;
}

static void put_program(struct fuzz_command *command, u32 at, const u8 *data, size_t size)
{
	static struct program program;

	program.insns = 0;
	program.len = 0;
	for (; size >= RECIPE && program.insns < MAX_INSNS; size -= RECIPE, data += RECIPE)
		add_insn(&program, data);
	memcpy(command->memory + at, program.code, program.len);
	fuzz_put(command, at + program.len, 0x0088, 2);
}

static void check_same(const struct fuzz_command *left, const struct fuzz_outcome *a,
		       const struct fuzz_command *right, const struct fuzz_outcome *b)
{
	/* If one of the two was not at its end when it was stopped they need not agree. */
	if (a->status == AGX_ENGINE_RUNNING || b->status == AGX_ENGINE_RUNNING)
		return;
	if (a->status != b->status || a->steps != b->steps)
		abort();
	if (memcmp(left->memory, right->memory, sizeof(left->memory)))
		abort();
	if (a->fault.kind != b->fault.kind || a->fault.va != b->fault.va ||
	    a->fault.pc != b->fault.pc || a->fault.lane != b->fault.lane)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_command whole;
	static struct fuzz_command pieces;
	struct fuzz_outcome a;
	struct fuzz_outcome b;
	bool preshader;
	u32 at;

	if (size < HEADER)
		return 0;

	fuzz_command_init(&whole);
	whole.soft_faults = data[0] & FLAG_SOFT;
	preshader = data[0] & FLAG_PRESHADER;
	at = fuzz_put_launch(&whole, FUZZ_STREAM, 70, 1 + data[1] % 80);
	fuzz_put_terminate(&whole, at);
	fuzz_put_words(&whole, preshader);
	put_program(&whole, FUZZ_CODE, data + HEADER, size - HEADER);
	if (preshader)
		put_program(&whole, FUZZ_PRESHADER, data + HEADER, size < 80 ? size - HEADER : 77);

	pieces = whole;
	pieces.budget = 1 + data[2] % 16;
	a = fuzz_run(&whole);
	b = fuzz_run(&pieces);
	check_same(&whole, &a, &pieces, &b);
	return 0;
}
