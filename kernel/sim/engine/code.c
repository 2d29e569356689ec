// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fetching and decoding instructions.
 *
 * Code is read in chunks, each once in a launch, as an instruction cache would. What has been
 * decoded is kept for as long as the bytes of its chunk turn out to be the same: it is decoded once
 * for all launches of all commands.
 */
#include "fault.h"
#include "mem.h"
#include "shader.h"
#include "workgroup.h"

/* Chunks overlap by what an instruction can have behind the end of the one that it starts in. */
#define CODE_CHUNK_TAIL		(AGX_ISA_MAX_LEN - 2)

static_assert(AGX_ENGINE_CHUNK + CODE_CHUNK_TAIL <= AGX_ENGINE_MAX_ACCESS, "one access per chunk");
static_assert(AGX_ENGINE_CODE < AGX_ENGINE_NO_CODE, "entries are 16-bit numbers");

static void code_chunk_forget(struct agx_engine_chunk *chunk)
{
	memset(chunk->entry, 0xff, sizeof(chunk->entry));
}

void agx_engine_code_init(struct agx_engine *e)
{
	u32 i;

	/* No chunk is at an odd address. */
	for (i = 0; i < AGX_ENGINE_CHUNKS; i++)
		e->chunk[i].tag = ~0ULL;
	e->code_used = 0;
	e->code_launch = 0;
}

void agx_engine_code_launch(struct agx_engine *e)
{
	/* What has been written was by other code. */
	agx_engine_clear_registers(e);
	memset(e->written, 0, sizeof(e->written));

	/* Numbers of launches do not come back while anything remembers them. */
	if (!++e->code_launch)
		agx_engine_code_init(e);
}

/* Notes which registers an instruction can write. */
static void code_note_registers(u64 *written, const struct agx_isa_insn *insn)
{
	const struct agx_isa_operand *dst = &insn->dst;
	u32 reg;

	/* The counters of the execution mask are in r0l. */
	if (insn->op >= AGX_ISA_OP_IF_ICMP && insn->op <= AGX_ISA_OP_POP_EXEC)
		written[0] |= 1;
	if (dst->file != AGX_ISA_FILE_GPR || !dst->count)
		return;
	for (reg = dst->value / 2; reg <= (dst->value + dst->halves * dst->count - 1u) / 2; reg++)
		written[reg / 64] |= 1ULL << reg % 64;
}

/*
 * An instruction may be the last thing before an unmapped page, and its length is known only when
 * it has been read: read as much as there is. Fails if there is nothing.
 */
static u32 code_read(struct agx_engine *e, u64 pc, u8 *bytes)
{
	u32 len;

	for (len = AGX_ISA_MAX_LEN; len; len -= 2) {
		if (agx_engine_try_read(e, pc, bytes, len, AGX_ENGINE_FETCH))
			break;
	}
	return len;
}

/* Reads a chunk, if need be without what overlaps with the next; returns how much of it. */
static u32 code_read_chunk(struct agx_engine *e, u64 va, u8 *bytes)
{
	u32 len = AGX_ENGINE_CHUNK + CODE_CHUNK_TAIL;

	if (agx_engine_try_read(e, va, bytes, len, AGX_ENGINE_FETCH))
		return len;
	len = AGX_ENGINE_CHUNK;
	return agx_engine_try_read(e, va, bytes, len, AGX_ENGINE_FETCH) ? len : 0;
}

/* Makes sure that a chunk is what is in memory at @va in this launch. */
static bool code_refresh(struct agx_engine *e, struct agx_engine_chunk *chunk, u64 va)
{
	u8 *bytes = e->scratch.io;
	u32 len;

	if (chunk->tag == va && chunk->launch == e->code_launch)
		return true;

	len = code_read_chunk(e, va, bytes);
	if (!len)
		return false;
	if (chunk->tag != va || chunk->len != len || memcmp(chunk->bytes, bytes, len)) {
		code_chunk_forget(chunk);
		memset(chunk->written, 0, sizeof(chunk->written));
		memcpy(chunk->bytes, bytes, len);
		chunk->len = len;
		chunk->tag = va;
	}
	chunk->launch = e->code_launch;
	e->written[0] |= chunk->written[0];
	e->written[1] |= chunk->written[1];
	return true;
}

/* A free entry. When there is none left all are forgotten. */
static u32 code_entry(struct agx_engine *e)
{
	u32 i;

	if (e->code_used == AGX_ENGINE_CODE) {
		for (i = 0; i < AGX_ENGINE_CHUNKS; i++)
			code_chunk_forget(&e->chunk[i]);
		e->code_used = 0;
	}
	return e->code_used;
}

/* Decodes @len bytes, or what there is of an instruction in them, into an entry. */
static const struct agx_isa_insn *code_decode(struct agx_engine *e, u64 pc, const u8 *found,
					      u32 len, u32 entry)
{
	struct agx_isa_insn *insn = &e->code[entry];
	u8 bytes[AGX_ISA_MAX_LEN] = { 0 };

	if (len > AGX_ISA_MAX_LEN)
		len = AGX_ISA_MAX_LEN;
	memcpy(bytes, found, len);
	if (!agx_isa_decode(bytes, insn)) {
		agx_engine_raise(e, AGX_ENGINE_FAULT_INSN, pc, bytes, len);
		return NULL;
	}
	if (insn->len > len) {
		agx_engine_raise_access(e, AGX_ENGINE_FETCH, pc + len, insn->len - len, 0, NULL);
		return NULL;
	}
	code_note_registers(e->written, insn);
	return insn;
}

/* Code that does not fill a chunk is decoded each time. */
static const struct agx_isa_insn *code_get_alone(struct agx_engine *e, u64 pc)
{
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 len = code_read(e, pc, bytes);

	if (!len) {
		agx_engine_raise_access(e, AGX_ENGINE_FETCH, pc, 2, 0, NULL);
		return NULL;
	}
	return code_decode(e, pc, bytes, len, AGX_ENGINE_CODE);
}

const struct agx_isa_insn *agx_engine_code_miss(struct agx_engine *e, u64 pc)
{
	struct agx_engine_chunk *chunk;
	const struct agx_isa_insn *insn;
	u32 at = pc % AGX_ENGINE_CHUNK;
	u32 entry;

	if (pc & 1) {
		agx_engine_raise(e, AGX_ENGINE_FAULT_INSN, pc, NULL, 0);
		return NULL;
	}

	chunk = agx_engine_code_chunk(e, pc);
	if (!code_refresh(e, chunk, pc - at))
		return code_get_alone(e, pc);
	if (chunk->entry[at / 2] != AGX_ENGINE_NO_CODE)
		return &e->code[chunk->entry[at / 2]];

	entry = code_entry(e);
	insn = code_decode(e, pc, chunk->bytes + at, chunk->len - at, entry);
	if (!insn)
		return NULL;
	code_note_registers(chunk->written, insn);
	chunk->entry[at / 2] = (u16)entry;
	e->code_used++;
	return insn;
}
