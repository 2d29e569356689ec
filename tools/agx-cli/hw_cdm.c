// SPDX-License-Identifier: MIT
/*
 * The blocks of a CDM stream, which is what a compute command points to.
 */
#include "hw_block.h"

enum cdm_type {
	CDM_LAUNCH,
	CDM_LINK,
	CDM_TERMINATE,
	CDM_BARRIER,
	CDM_RETURN,
};

static const struct hw_name cdm_types[] = {
	{ CDM_LAUNCH, "launch" },
	{ CDM_LINK, "link" },
	{ CDM_TERMINATE, "terminate" },
	{ CDM_BARRIER, "barrier" },
	{ CDM_RETURN, "return" },
	{ 0, NULL },
};

enum cdm_mode {
	CDM_DIRECT,
	CDM_INDIRECT_GLOBAL,
	CDM_INDIRECT_LOCAL,
};

static const struct hw_name cdm_modes[] = {
	{ CDM_DIRECT, "direct" },
	{ CDM_INDIRECT_GLOBAL, "indirect global" },
	{ CDM_INDIRECT_LOCAL, "indirect global and local" },
	{ 0, NULL },
};

static const struct hw_name cdm_samplers[] = {
	{ 0, "none" },
	{ 1, "4, compact" },
	{ 2, "8, compact" },
	{ 3, "12, compact" },
	{ 4, "16, compact" },
	{ 6, "8, extended" },
	{ 7, "16, extended" },
	{ 0, NULL },
};

#define CDM_TYPE HW_FIELD("type", NAME, 29, 3, .names = cdm_types)
#define CDM_INDIRECT HW_FIELD2("indirect", HEX, 34, 30, 0, 8, .shift = 2)

static const struct hw_field launch_fields[] = {
	HW_FIELD("uniforms", GROUPS, 1, 3, .arg = 64),
	HW_FIELD("texture_states", GROUPS, 4, 5, .arg = 8),
	HW_FIELD("sampler_states", NAME, 9, 3, .names = cdm_samplers),
	HW_FIELD("preshader_registers", GROUPS, 12, 4, .arg = 16),
	HW_FIELD("mode", NAME, 27, 2, .names = cdm_modes),
	CDM_TYPE,
	HW_FIELD("usc_words", HEX, 38, 26, .shift = 6),
};

static const struct hw_field g14x_fields[] = {
	HW_FIELD("constant_0", FIXED, 0, 32),
	HW_FIELD("constant_1", FIXED, 32, 32, .arg = 0x40000000),
};

static const struct hw_field direct_fields[] = {
	HW_FIELD("global_x", DEC, 0, 32),
	HW_FIELD("global_y", DEC, 32, 32),
	HW_FIELD("global_z", DEC, 64, 32),
	HW_FIELD("local_x", DEC, 96, 32),
	HW_FIELD("local_y", DEC, 128, 32),
	HW_FIELD("local_z", DEC, 160, 32),
};

static const struct hw_field indirect_global_fields[] = {
	CDM_INDIRECT,
	HW_FIELD("local_x", DEC, 64, 32),
	HW_FIELD("local_y", DEC, 96, 32),
	HW_FIELD("local_z", DEC, 128, 32),
};

static const struct hw_field indirect_local_fields[] = {
	CDM_INDIRECT,
};

static const struct hw_field link_fields[] = {
	HW_FIELD("with_return", BOOL, 28, 1),
	CDM_TYPE,
	HW_FIELD2("target", HEX, 32, 32, 0, 8),
};

/* Blocks that have nothing but their type in two words. */
static const struct hw_field empty_fields[] = {
	CDM_TYPE,
};

/* What most of its bits are for is not known. */
static const struct hw_field barrier_fields[] = {
	HW_FIELD("bits_0", HEX, 0, 3),
	HW_FIELD("usc_cache_invalidate", BOOL, 3, 1),
	HW_FIELD("bits_4", HEX, 4, 16),
	HW_FIELD("bit_20", BOOL, 20, 1),
	HW_FIELD("bit_24", BOOL, 24, 1),
	HW_FIELD("bit_26", BOOL, 26, 1),
	HW_FIELD("returns", BOOL, 27, 1),
	CDM_TYPE,
};

static const struct hw_block launch_block = HW_BLOCK("launch", 8, 4, launch_fields);
static const struct hw_block g14x_block = HW_BLOCK("launch_g14x", 8, 4, g14x_fields);
static const struct hw_block link_block = HW_BLOCK("link", 8, 4, link_fields);
static const struct hw_block terminate_block = HW_BLOCK("terminate", 8, 4, empty_fields);
static const struct hw_block barrier_block = HW_BLOCK("barrier", 4, 4, barrier_fields);
static const struct hw_block return_block = HW_BLOCK("return", 8, 4, empty_fields);

static const struct hw_block size_blocks[] = {
	[CDM_DIRECT] = HW_BLOCK("sizes", 24, 4, direct_fields),
	[CDM_INDIRECT_GLOBAL] = HW_BLOCK("sizes_indirect_global", 20, 4, indirect_global_fields),
	[CDM_INDIRECT_LOCAL] = HW_BLOCK("sizes_indirect", 8, 4, indirect_local_fields),
};

static const struct hw_block *cdm_launch(struct hw_list *list, uint32_t word)
{
	uint32_t mode = word >> 27 & 3;

	if (mode > CDM_INDIRECT_LOCAL) {
		list->end = HW_END_UNKNOWN;
		return NULL;
	}
	list->next[0] = list->g14x ? &g14x_block : &size_blocks[mode];
	list->next[1] = list->g14x ? &size_blocks[mode] : NULL;
	return hw_take(list, &launch_block);
}

/* The blocks after which it does not go on, if they are all there. */
static const struct hw_block *cdm_last(struct hw_list *list, const struct hw_block *block)
{
	if (!hw_take(list, block))
		return NULL;
	list->end = HW_END_DONE;
	return block;
}

const struct hw_block *hw_next_cdm(struct hw_list *list)
{
	const struct hw_block *next = list->next[0];
	const uint8_t *bytes = list->bytes + list->offset;
	uint32_t word;

	if (list->end != HW_END_NOT)
		return NULL;
	if (next) {
		list->next[0] = list->next[1];
		list->next[1] = NULL;
		return hw_take(list, next);
	}
	if (list->size - list->offset < 4) {
		list->end = HW_END_CUT;
		return NULL;
	}

	word = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	switch (word >> 29) {
	case CDM_LAUNCH:
		return cdm_launch(list, word);
	case CDM_LINK:
		return word >> 28 & 1 ? hw_take(list, &link_block) : cdm_last(list, &link_block);
	case CDM_TERMINATE:
		return cdm_last(list, &terminate_block);
	case CDM_BARRIER:
		return word >> 27 & 1 ? cdm_last(list, &barrier_block) :
					hw_take(list, &barrier_block);
	case CDM_RETURN:
		return cdm_last(list, &return_block);
	default:
		list->end = HW_END_UNKNOWN;
		return NULL;
	}
}
