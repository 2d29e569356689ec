// SPDX-License-Identifier: MIT
#include "random_insn.h"

#define RANDOM_TRIES 100000

static u64 random_next(u64 *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static void random_set(u8 *bytes, u32 bit, u32 value)
{
	bytes[bit / 8] &= (u8)~(1u << bit % 8);
	bytes[bit / 8] |= (u8)(value << bit % 8);
}

/* Random bits in the fields; zeros in some parts of them, so that rare combinations come up. */
static void random_bytes(u64 *random, const struct agx_isa_desc *desc, u8 *bytes)
{
	const struct agx_isa_part *part;
	u32 bit, i, k;

	memset(bytes, 0, AGX_ISA_MAX_LEN);
	for (i = 0; i < AGX_ISA_MAX_FIELDS && desc->field[i].role != AGX_ISA_ROLE_END; i++) {
		for (k = 0; k < AGX_ISA_MAX_PARTS; k++) {
			if (random_next(random) >> 20 & 1)
				continue;
			part = &desc->field[i].part[k];
			for (bit = part->pos; bit < part->pos + part->width; bit++)
				random_set(bytes, bit, random_next(random) >> 20 & 1);
		}
	}
	for (bit = 0; bit < 64; bit++) {
		if (desc->mask >> bit & 1)
			random_set(bytes, bit, desc->match >> bit & 1);
	}
	for (bit = 0; bit < 32; bit++) {
		if (desc->set >> bit & 1)
			random_set(bytes, 64 + bit, 1);
	}
	if (desc->short_len)
		random_set(bytes, desc->len_bit, random_next(random) >> 62 > 0);
}

bool random_insn(u64 *random, u32 desc, struct agx_isa_insn *insn)
{
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 i;

	for (i = 0; i < RANDOM_TRIES; i++) {
		random_bytes(random, &agx_isa_table[desc], bytes);
		if (agx_isa_decode(bytes, insn) && insn->desc == desc)
			return true;
	}
	return false;
}
