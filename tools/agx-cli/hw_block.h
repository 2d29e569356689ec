/* SPDX-License-Identifier: MIT */
/*
 * What the hardware reads, as data: the blocks of a CDM stream, and the USC words.
 */
#ifndef AGX_CLI_HW_BLOCK_H
#define AGX_CLI_HW_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text of a value, with its terminating NUL. */
#define HW_MAX_TEXT 64

#define HW_MAX_PARTS 2

enum hw_kind {
	HW_DEC,
	HW_HEX,
	HW_BOOL,

	/* One of the names. */
	HW_NAME,

	/* A count in units of @arg; 0 is one more than the largest. */
	HW_GROUPS,

	/* A power of two. */
	HW_LOG2,

	/* Nothing but @arg is known. */
	HW_FIXED,
};

struct hw_name {
	uint32_t value;
	const char *name;
};

/* Consecutive bits of a block, counted from the lowest of its first byte. */
struct hw_part {
	uint16_t pos;
	uint8_t width;
};

struct hw_field {
	const char *name;
	enum hw_kind kind;

	/* Lowest bits first; the second one may be empty. */
	struct hw_part part[HW_MAX_PARTS];

	/* How far the value is shifted to the left. */
	uint8_t shift;

	/* Depends on the kind. */
	uint32_t arg;

	/* For HW_NAME, ends with a name that is NULL. */
	const struct hw_name *names;
};

struct hw_block {
	const char *name;

	/* Bytes, and bytes of each of the words that it is shown as. */
	uint8_t size;
	uint8_t word_size;

	uint8_t num_fields;
	const struct hw_field *fields;
};

/* Tables of blocks. */
#define HW_FIELD(name_, kind_, pos_, width_, ...) \
	{ .name = (name_), .kind = HW_ ## kind_, .part = { { (pos_), (width_) } }, __VA_ARGS__ }
#define HW_FIELD2(name_, kind_, pos0, width0, pos1, width1, ...) \
	{ .name = (name_), .kind = HW_ ## kind_, \
	  .part = { { (pos0), (width0) }, { (pos1), (width1) } }, __VA_ARGS__ }
#define HW_BLOCK(name_, size_, word_size_, fields_) \
	{ .name = (name_), .size = (size_), .word_size = (word_size_), \
	  .num_fields = sizeof(fields_) / sizeof((fields_)[0]), .fields = (fields_) }

/* What a field means, shifts and units included. */
uint64_t hw_value(const struct hw_field *field, const uint8_t *block);

/* What people call a value; NULL if it speaks for itself. */
const char *hw_meaning(const struct hw_field *field, uint64_t value, char buf[HW_MAX_TEXT]);

/* Whether a field is shown with the word at @offset of the block: where its lowest bits are. */
bool hw_is_in_word(const struct hw_block *block, const struct hw_field *field, size_t offset);

/* Bits of the word at @offset that are set and belong to no field. */
uint64_t hw_unknown_bits(const struct hw_block *block, const uint8_t *bytes, size_t offset);

/* How a list of blocks ends. */
enum hw_end {
	/* It has not ended yet. */
	HW_END_NOT,

	/* With a block that ends it. */
	HW_END_DONE,

	/* In the middle of a block, or without one that ends it. */
	HW_END_CUT,

	/* At something that is not known, and whose length is not known for that reason. */
	HW_END_UNKNOWN,
};

/* A list of blocks in memory. */
struct hw_list {
	/* Borrowed. */
	const uint8_t *bytes;
	size_t size;

	/* Of the next block. */
	size_t offset;

	enum hw_end end;

	/* For CDM streams: of a G14 with several clusters, whose launches are longer. */
	bool g14x;

	/* What must follow, because of what a block before says. */
	const struct hw_block *next[2];
};

/*
 * The next block of a CDM stream or of USC words; NULL at the end, and then @list->end says why.
 * The block lies wholly in the list, right before @list->offset.
 */
const struct hw_block *hw_next_cdm(struct hw_list *list);
const struct hw_block *hw_next_usc(struct hw_list *list);

/* For both: the block, if it is all there. */
const struct hw_block *hw_take(struct hw_list *list, const struct hw_block *block);

#endif /* AGX_CLI_HW_BLOCK_H */
