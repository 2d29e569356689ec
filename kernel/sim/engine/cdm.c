// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cdm.h"
#include "fault.h"
#include "launch.h"
#include "mem.h"

/* Block types, the top three bits of a block's first word */
#define CDM_LAUNCH		0u
#define CDM_LINK		1u
#define CDM_TERMINATE		2u
#define CDM_BARRIER		3u
#define CDM_RETURN		4u

/* Launch: bits of the first and the second word that have a meaning or may be set */
#define CDM_LAUNCH_MASK		0x1800fffe
#define CDM_LAUNCH_USC_MASK	0xffffffc0
#define CDM_MODE_DIRECT		0
#define CDM_MODE_GLOBAL		1
#define CDM_MODE_LOCAL		2

/* Link: target bits 39:32 and the with-return flag */
#define CDM_LINK_HIGH		0x000000ff
#define CDM_LINK_RETURN		0x10000000

/* Barrier: bits that have been seen, and the one that returns from a link as well */
#define CDM_BARRIER_MASK	0x0d1fffff
#define CDM_BARRIER_RETURN	0x08000000

/* Words of the longest block, and of what an indirect buffer holds at most. */
#define CDM_MAX_WORDS		10
#define CDM_INDIRECT_WORDS	6

struct cdm_block {
	/* GPU address of its first word. */
	u64 va;

	u32 word[CDM_MAX_WORDS];

	/* Words read so far. */
	u32 words;
};

static bool cdm_fetch_words(struct agx_engine *e, u64 va, u32 *out, u32 count)
{
	u8 bytes[4 * CDM_MAX_WORDS];
	u32 i;

	if (!agx_engine_fetch(e, va, bytes, 4 * count))
		return false;
	for (i = 0; i < count; i++)
		out[i] = agx_engine_get_le(bytes + 4 * i, 4);
	return true;
}

static bool cdm_block_read(struct agx_engine *e, struct cdm_block *block, u32 count)
{
	if (!cdm_fetch_words(e, block->va + 4 * block->words, block->word + block->words, count))
		return false;
	block->words += count;
	return true;
}

static void cdm_raise(struct agx_engine *e, enum agx_engine_fault_kind kind,
		      const struct cdm_block *block)
{
	u8 bytes[AGX_ENGINE_INSN_MAX];
	u32 i;

	for (i = 0; i < sizeof(bytes) && i < 4 * block->words; i++)
		bytes[i] = (u8)(block->word[i / 4] >> (8 * (i % 4)));
	agx_engine_raise(e, kind, block->va, bytes, i);
}

/* Goes back to behind the last link with return that is still open. */
static void cdm_return(struct agx_engine *e, const struct cdm_block *block)
{
	struct agx_engine_stream *stream = &e->stream;

	if (!stream->depth) {
		cdm_raise(e, AGX_ENGINE_FAULT_LINK, block);
		return;
	}
	stream->va = stream->link[--stream->depth];
}

static void cdm_link(struct agx_engine *e, struct cdm_block *block)
{
	const u32 defined = CDM_LINK << 29 | CDM_LINK_HIGH | CDM_LINK_RETURN;
	struct agx_engine_stream *stream = &e->stream;

	if (!cdm_block_read(e, block, 1))
		return;
	if ((block->word[0] & ~defined) || (block->word[1] & 3)) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return;
	}

	if (block->word[0] & CDM_LINK_RETURN) {
		if (stream->depth == AGX_ENGINE_LINKS) {
			cdm_raise(e, AGX_ENGINE_FAULT_LINK, block);
			return;
		}
		stream->link[stream->depth++] = block->va + 8;
	}
	stream->va = (u64)(block->word[0] & CDM_LINK_HIGH) << 32 | block->word[1];
}

/* Blocks of two words that have no fields. */
static bool cdm_read_empty(struct agx_engine *e, struct cdm_block *block, u32 type)
{
	if (!cdm_block_read(e, block, 1))
		return false;
	if (block->word[0] != type << 29 || block->word[1]) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return false;
	}
	return true;
}

/* Work is done in order and caches are coherent: a barrier has nothing to wait for. */
static void cdm_barrier(struct agx_engine *e, struct cdm_block *block)
{
	if (block->word[0] & ~(CDM_BARRIER << 29 | CDM_BARRIER_MASK)) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return;
	}

	e->stream.va = block->va + 4;
	if (block->word[0] & CDM_BARRIER_RETURN)
		cdm_return(e, block);
}

static void cdm_copy3(u32 *to, const u32 *from)
{
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
}

/* The two words that follow in the launches of a G14 with several clusters. */
static bool cdm_read_g14x(struct agx_engine *e, struct cdm_block *block)
{
	const u32 *word = &block->word[block->words];

	if (!cdm_block_read(e, block, 2))
		return false;
	if (word[0] != 0 || word[1] != 0x40000000) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return false;
	}
	return true;
}

static bool cdm_read_indirect(struct agx_engine *e, struct cdm_block *block, u32 *out, u32 count)
{
	const u32 *word = &block->word[block->words];

	if (!cdm_block_read(e, block, 2))
		return false;
	if (word[0] > 0xff || (word[1] & 3)) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return false;
	}
	return cdm_fetch_words(e, (u64)word[0] << 32 | word[1], out, count);
}

static bool cdm_read_grid(struct agx_engine *e, struct cdm_block *block, u32 mode,
			  struct agx_engine_grid *grid)
{
	const u32 *word = &block->word[block->words];
	u32 indirect[CDM_INDIRECT_WORDS];

	switch (mode) {
	case CDM_MODE_DIRECT:
		if (!cdm_block_read(e, block, 6))
			return false;
		cdm_copy3(grid->global, word);
		cdm_copy3(grid->local, word + 3);
		return true;
	case CDM_MODE_GLOBAL:
		/* The API's triple of workgroup counts. */
		if (!cdm_read_indirect(e, block, indirect, 3) || !cdm_block_read(e, block, 3))
			return false;
		cdm_copy3(grid->global, indirect);
		cdm_copy3(grid->local, word + 2);
		grid->groups = true;
		return true;
	default:
		if (!cdm_read_indirect(e, block, indirect, 6))
			return false;
		cdm_copy3(grid->global, indirect);
		cdm_copy3(grid->local, indirect + 3);
		return true;
	}
}

/*
 * The counts of registers and of texture and sampler state in the first word are hints for
 * resources that are always there.
 */
static void cdm_launch(struct agx_engine *e, struct cdm_block *block)
{
	u32 mode = block->word[0] >> 27 & 3;
	struct agx_engine_grid grid = { 0 };

	if (!cdm_block_read(e, block, 1))
		return;
	if ((block->word[0] & ~CDM_LAUNCH_MASK) || (block->word[1] & ~CDM_LAUNCH_USC_MASK) ||
	    mode > CDM_MODE_LOCAL) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, block);
		return;
	}
	if (e->cfg.g14x && !cdm_read_g14x(e, block))
		return;
	if (!cdm_read_grid(e, block, mode, &grid))
		return;

	e->stream.va = block->va + 4 * block->words;
	agx_engine_launch_start(e, &grid, e->cfg.usc_base + block->word[1], block->va);
}

void agx_engine_cdm_step(struct agx_engine *e)
{
	struct cdm_block block = { .va = e->stream.va };

	e->steps++;
	if (block.va & 3) {
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, &block);
		return;
	}
	if (!cdm_block_read(e, &block, 1))
		return;

	switch (block.word[0] >> 29) {
	case CDM_LAUNCH:
		cdm_launch(e, &block);
		break;
	case CDM_LINK:
		cdm_link(e, &block);
		break;
	case CDM_TERMINATE:
		if (cdm_read_empty(e, &block, CDM_TERMINATE))
			e->phase = AGX_ENGINE_PHASE_DONE;
		break;
	case CDM_BARRIER:
		cdm_barrier(e, &block);
		break;
	case CDM_RETURN:
		if (cdm_read_empty(e, &block, CDM_RETURN))
			cdm_return(e, &block);
		break;
	default:
		cdm_raise(e, AGX_ENGINE_FAULT_STREAM, &block);
	}
}
