/* SPDX-License-Identifier: MIT */
/**
 * DOC: Ways to take a range out of mappings
 *
 * Some mappings side by side, with neighbours on both sides and holes behind these, and a range
 * that is unmapped or mapped anew: at every edge that there can be. What is left of the mappings,
 * and the neighbours, stay what they were.
 */
#ifndef ASAHI_CUT_H
#define ASAHI_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_layout.h"

/** struct asahi_cut - Mappings and a range, in pages from the first mapping on. */
struct asahi_cut {
	/** @name: as the name of a subtest. */
	const char *name;
	/** @mappings: how many. */
	unsigned int mappings;
	/** @each: pages of each. */
	unsigned int each;
	/** @first: start of the range; -1 is a page of the neighbour. */
	int first;
	/** @num: its pages. */
	unsigned int num;
};

#define ASAHI_NUM_CUTS 14

/** asahi_cuts - All of them. */
extern const struct asahi_cut asahi_cuts[ASAHI_NUM_CUTS];

/** struct asahi_cut_kind - What is mapped, and what takes its place. */
struct asahi_cut_kind {
	/** @old: flags of the mappings. */
	uint32_t old;
	/** @new: flags of the mapping that takes their place; 0 to unmap. */
	uint32_t new;
};

/** struct asahi_cutting - A range that is taken out. */
struct asahi_cutting {
	const struct asahi_cut *cut;
	const struct asahi_cut_kind *kind;
	/** @layout: the VM. */
	struct asahi_layout layout;
	/** @va: address of page 0. */
	uint64_t va;
	/** @old: steps that have made the mappings, the neighbours before and behind them. */
	struct drm_asahi_gem_bind_op old[8];
	/** @num_old: how many. */
	unsigned int num_old;
};

/** asahi_cutting_init() - Map all that is to be there at first. */
void asahi_cutting_init(struct asahi_cutting *c, const struct asahi_cut *cut,
			const struct asahi_cut_kind *kind);
void asahi_cutting_fini(struct asahi_cutting *c);

/** asahi_cutting_cut() - Unmap the range, or map something else there. */
void asahi_cutting_cut(struct asahi_cutting *c);

/** asahi_cutting_fill() - Map there what was there at first, and touch nothing beside it. */
void asahi_cutting_fill(struct asahi_cutting *c);

/** asahi_cutting_clear() - Unmap everything with one step. */
void asahi_cutting_clear(struct asahi_cutting *c);

/** asahi_cutting_address() - Address of a page. */
uint64_t asahi_cutting_address(const struct asahi_cutting *c, int page);

/** asahi_cut_name() - Name of number @i, for struct asahi_cases. */
bool asahi_cut_name(const void *data, unsigned int i, char *name, size_t size);

#endif
