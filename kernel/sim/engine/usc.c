// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * USC words: byte-packed, told apart by their first byte, and ended by one that says whether there
 * is a preshader.
 */
#include "fault.h"
#include "image.h"
#include "launch.h"
#include "mem.h"
#include "sampler.h"
#include "workgroup.h"

/* What threadgroup memory consists of: bytes alone, or pixels. */
struct usc_layout {
	u8 number;
	u8 width;
	u8 height;
};

static const struct usc_layout usc_layouts[] = {
	{ 0x24, 0, 0 },
	{ 0x2f, 32, 32 },
	{ 0x36, 16, 16 },
	{ 0x3f, 32, 16 },
};

/* What a preshader word has between its tag and its address. */
#define USC_PRESHADER_CONSTANT	0xc08000

/* Bytes of the longest word. */
#define USC_MAX_LEN		8

struct usc_word {
	u8 tag;
	u8 len;

	/* Bits behind the tag that have to be zero. */
	u64 reserved;

	/* Does what the word says; false if it makes no sense. */
	bool (*execute)(struct agx_engine *e, u64 word);
};

static u64 usc_bits(u64 word, u32 lo, u32 width)
{
	return word >> lo & ((1ULL << width) - 1);
}

static u64 usc_code(const struct agx_engine *e, u64 offset)
{
	return e->cfg.usc_base + offset;
}

/* Copies up to 64 halves from memory to the uniform file. */
static bool usc_preload(struct agx_engine *e, u64 word, u32 first)
{
	u32 count = (u32)usc_bits(word, 20, 6);
	u64 va = usc_bits(word, 26, 38) << 2;
	u8 *io = e->scratch.io;
	u32 i;

	if (!count)
		count = 64;
	first += (u32)usc_bits(word, 8, 8);
	if (first + count > AGX_ISA_UNIFORMS)
		return false;
	if (!agx_engine_fetch(e, va, io, count * 2))
		return true;

	for (i = 0; i < count; i++)
		e->files.uniform[first + i] = (u16)(io[2 * i] | (u32)io[2 * i + 1] << 8);
	return true;
}

static bool usc_uniform(struct agx_engine *e, u64 word)
{
	return usc_preload(e, word, 0);
}

static bool usc_uniform_high(struct agx_engine *e, u64 word)
{
	return usc_preload(e, word, 256);
}

/* Addresses of so many states, which have so many bytes. */
static bool usc_states(u64 *file, u32 size, u64 word, u32 bytes)
{
	u32 first = (u32)usc_bits(word, 8, 8);
	u32 count = (u32)usc_bits(word, 20, 7);
	u64 va = usc_bits(word, 27, 36) << 3;
	u32 i;

	if (first + count > size)
		return false;
	for (i = 0; i < count; i++)
		file[first + i] = va + i * bytes;
	return true;
}

static bool usc_texture(struct agx_engine *e, u64 word)
{
	return usc_states(e->files.texture, AGX_ISA_TEXTURES, word, AGX_IMAGE_STATE);
}

static bool usc_sampler(struct agx_engine *e, u64 word)
{
	return usc_states(e->files.sampler, AGX_ISA_SAMPLERS, word, AGX_SAMPLER_STATE);
}

/*
 * Nothing to be done: the register file has room for any count, and fragment properties do not
 * concern compute.
 */
static bool usc_ignore(struct agx_engine *e, u64 word)
{
	return true;
}

static bool usc_tile(struct agx_engine *e, u64 word, u32 size)
{
	struct agx_engine_tile tile = { .stride = (u32)usc_bits(word, 20, 4) * 8 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(usc_layouts); i++) {
		if (usc_layouts[i].number == usc_bits(word, 10, 6))
			break;
	}
	if (i == ARRAY_SIZE(usc_layouts))
		return false;

	tile.width = usc_layouts[i].width;
	tile.height = usc_layouts[i].height;
	if (tile.width * tile.height * tile.stride > size)
		return false;
	e->launch.tile = tile;
	/* More than one sample has only been seen with fragments. */
	return !tile.width || !usc_bits(word, 16, 2);
}

static bool usc_shared(struct agx_engine *e, u64 word)
{
	u32 size = (u32)usc_bits(word, 24, 8) * 256;

	if (!usc_bits(word, 8, 1))
		size = 0;
	else if (!size)
		size = 65536;

	if (size > AGX_ENGINE_LOCAL)
		return false;

	e->launch.local_size = size;
	return usc_tile(e, word, size);
}

static bool usc_shader(struct agx_engine *e, u64 word)
{
	u64 offset = usc_bits(word, 16, 32);

	e->launch.code = usc_code(e, offset);
	e->launch.has_code = true;
	return !(offset & 1);
}

static bool usc_preshader(struct agx_engine *e, u64 word)
{
	u64 offset = usc_bits(word, 32, 32);

	if (usc_bits(word, 8, 24) != USC_PRESHADER_CONSTANT || (offset & 1) ||
	    !e->launch.has_code)
		return false;
	agx_engine_preshader_start(e, usc_code(e, offset));
	return true;
}

static bool usc_no_preshader(struct agx_engine *e, u64 word)
{
	e->phase = AGX_ENGINE_PHASE_WORKGROUP;
	return e->launch.has_code;
}

static const struct usc_word usc_words[] = {
	{ 0x1d, 8, 0x00000000000f0000, usc_uniform },
	{ 0x3d, 8, 0x00000000000f0000, usc_uniform_high },
	{ 0xdd, 8, 0x80000000000f0000, usc_texture },
	{ 0x9d, 8, 0x80000000000f0000, usc_sampler },
	{ 0x4d, 4, 0x00000000000c0200, usc_shared },
	{ 0x0d, 6, 0x0000000000000000, usc_shader },
	{ 0x8d, 4, 0x0000000000000000, usc_ignore },
	{ 0x58, 4, 0x0000000000000000, usc_ignore },
	{ 0x38, 8, 0x0000000000000000, usc_preshader },
	{ 0x88, 2, 0x000000000000ff00, usc_no_preshader },
};

static const struct usc_word *usc_find(u8 tag)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(usc_words); i++) {
		if (usc_words[i].tag == tag)
			return &usc_words[i];
	}
	return NULL;
}

void agx_engine_usc_step(struct agx_engine *e)
{
	const struct usc_word *word;
	u64 va = e->launch.usc;
	u8 bytes[USC_MAX_LEN];
	u64 value = 0;
	u32 i;

	e->steps++;
	if (!agx_engine_fetch(e, va, bytes, 2))
		return;
	word = usc_find(bytes[0]);
	if (!word) {
		agx_engine_raise(e, AGX_ENGINE_FAULT_USC, va, bytes, 2);
		return;
	}
	if (word->len > 2 && !agx_engine_fetch(e, va + 2, bytes + 2, word->len - 2))
		return;

	for (i = word->len; i--;)
		value = value << 8 | bytes[i];

	e->launch.usc += word->len;
	if ((value & word->reserved) || !word->execute(e, value))
		agx_engine_raise(e, AGX_ENGINE_FAULT_USC, va, bytes, word->len);
}
