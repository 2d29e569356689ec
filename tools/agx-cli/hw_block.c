// SPDX-License-Identifier: MIT
#include "hw_block.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t hw_bits(const uint8_t *bytes, const struct hw_part *part)
{
	uint64_t value = 0;
	unsigned int i, pos;

	for (i = 0; i < part->width; i++) {
		pos = part->pos + i;
		value |= (uint64_t)(bytes[pos / 8] >> pos % 8 & 1) << i;
	}
	return value;
}

static unsigned int hw_width(const struct hw_field *field)
{
	return field->part[0].width + field->part[1].width;
}

uint64_t hw_value(const struct hw_field *field, const uint8_t *block)
{
	uint64_t value;

	value = hw_bits(block, &field->part[0]) |
		hw_bits(block, &field->part[1]) << field->part[0].width;
	switch (field->kind) {
	case HW_GROUPS:
		if (!value)
			value = UINT64_C(1) << hw_width(field);
		return value * field->arg;
	case HW_LOG2:
		return UINT64_C(1) << value;
	default:
		return value << field->shift;
	}
}

const char *hw_meaning(const struct hw_field *field, uint64_t value, char buf[HW_MAX_TEXT])
{
	const struct hw_name *name;

	switch (field->kind) {
	case HW_NAME:
		for (name = field->names; name->name; name++)
			if (name->value == value)
				return name->name;
		return "unknown";
	case HW_FIXED:
		if (value == field->arg)
			return NULL;
		snprintf(buf, HW_MAX_TEXT, "unknown, only %#" PRIx32 " has been seen", field->arg);
		return buf;
	default:
		return NULL;
	}
}

bool hw_is_in_word(const struct hw_block *block, const struct hw_field *field, size_t offset)
{
	return field->part[0].pos / 8 / block->word_size == offset / block->word_size;
}

uint64_t hw_unknown_bits(const struct hw_block *block, const uint8_t *bytes, size_t offset)
{
	const struct hw_part word = { (uint16_t)(8 * offset), (uint8_t)(8 * block->word_size) };
	uint64_t unknown = hw_bits(bytes, &word);
	const struct hw_part *part;
	unsigned int i, k, bit;

	for (i = 0; i < block->num_fields; i++) {
		for (k = 0; k < HW_MAX_PARTS; k++) {
			part = &block->fields[i].part[k];
			for (bit = part->pos; bit < part->pos + part->width; bit++)
				if (bit >= word.pos && bit < word.pos + word.width)
					unknown &= ~(UINT64_C(1) << (bit - word.pos));
		}
	}
	return unknown;
}

const struct hw_block *hw_take(struct hw_list *list, const struct hw_block *block)
{
	if (list->size - list->offset < block->size) {
		list->end = HW_END_CUT;
		return NULL;
	}
	list->offset += block->size;
	return block;
}
