// SPDX-License-Identifier: MIT
/*
 * USC words: the list that a launch points to, which says what its shader starts with.
 */
#include "cli.h"
#include "hw_block.h"

static const struct hw_name usc_layouts[] = {
	{ 0x24, "vertex or compute" },
	{ 0x2f, "32x32" },
	{ 0x36, "16x16" },
	{ 0x3f, "32x16" },
	{ 0, NULL },
};

static const struct hw_name usc_stages[] = {
	{ 0, "background or end of tile" },
	{ 2, "fragment" },
	{ 3, "vertex or compute" },
	{ 0, NULL },
};

/* How a word begins. */
#define USC_TAG HW_FIELD("tag", HEX, 0, 8)

static const struct hw_field uniform_fields[] = {
	USC_TAG,
	HW_FIELD("first", DEC, 8, 8),
	HW_FIELD("count", GROUPS, 20, 6, .arg = 1),
	HW_FIELD("address", HEX, 26, 38, .shift = 2),
};

static const struct hw_field state_fields[] = {
	USC_TAG,
	HW_FIELD("first", DEC, 8, 8),
	HW_FIELD("count", DEC, 20, 7),
	HW_FIELD("address", HEX, 27, 36, .shift = 3),
};

static const struct hw_field shared_fields[] = {
	USC_TAG,
	HW_FIELD("uses_shared_memory", BOOL, 8, 1),
	HW_FIELD("layout", NAME, 10, 6, .names = usc_layouts),
	HW_FIELD("samples", LOG2, 16, 2),
	HW_FIELD("sample_stride", DEC, 20, 4, .shift = 3),
	HW_FIELD("bytes_per_threadgroup", GROUPS, 24, 8, .arg = 256),
};

static const struct hw_field shader_fields[] = {
	USC_TAG,
	HW_FIELD("loads_varyings", BOOL, 8, 1),
	HW_FIELD("bit_9", BOOL, 9, 1),
	HW_FIELD("stage", NAME, 10, 6, .names = usc_stages),
	HW_FIELD("code", HEX, 16, 32),
};

static const struct hw_field registers_fields[] = {
	USC_TAG,
	HW_FIELD("count", GROUPS, 8, 5, .arg = 8),
	HW_FIELD("fragment", BOOL, 13, 1),
	HW_FIELD("spill_size", HEX, 18, 4),
	HW_FIELD("bits_24", HEX, 24, 8),
};

static const struct hw_field fragment_fields[] = {
	USC_TAG,
	HW_FIELD("properties", HEX, 8, 24),
};

static const struct hw_field preshader_fields[] = {
	USC_TAG,
	HW_FIELD("constant", FIXED, 8, 24, .arg = 0xc08000),
	HW_FIELD("code", HEX, 32, 32),
};

static const struct hw_field no_preshader_fields[] = {
	USC_TAG,
};

static const struct {
	uint8_t tag;
	bool last;
	struct hw_block block;
} usc_words[] = {
	{ 0x1d, false, HW_BLOCK("uniform", 8, 8, uniform_fields) },
	{ 0x3d, false, HW_BLOCK("uniform_high", 8, 8, uniform_fields) },
	{ 0xdd, false, HW_BLOCK("texture_state", 8, 8, state_fields) },
	{ 0x9d, false, HW_BLOCK("sampler_state", 8, 8, state_fields) },
	{ 0x4d, false, HW_BLOCK("shared", 4, 4, shared_fields) },
	{ 0x0d, false, HW_BLOCK("shader", 6, 6, shader_fields) },
	{ 0x8d, false, HW_BLOCK("registers", 4, 4, registers_fields) },
	{ 0x58, false, HW_BLOCK("fragment_properties", 4, 4, fragment_fields) },
	{ 0x38, true, HW_BLOCK("preshader", 8, 8, preshader_fields) },
	{ 0x88, true, HW_BLOCK("no_preshader", 2, 2, no_preshader_fields) },
};

const struct hw_block *hw_next_usc(struct hw_list *list)
{
	const struct hw_block *block;
	size_t i;

	if (list->end != HW_END_NOT)
		return NULL;
	if (list->offset == list->size) {
		list->end = HW_END_CUT;
		return NULL;
	}

	for (i = 0; i < ARRAY_SIZE(usc_words); i++) {
		if (usc_words[i].tag != list->bytes[list->offset])
			continue;
		block = hw_take(list, &usc_words[i].block);
		if (block && usc_words[i].last)
			list->end = HW_END_DONE;
		return block;
	}
	list->end = HW_END_UNKNOWN;
	return NULL;
}
