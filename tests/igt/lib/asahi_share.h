/* SPDX-License-Identifier: MIT */
/**
 * DOC: What keeps shared memory alive
 *
 * The rules on shared memory as a small model: a process that has made a buffer object and shared
 * it, who else has it and in which way, and what of all that is left when one thing is given up.
 * The orders in which it can be given up follow from the model: nothing is given up that is not
 * there any more, and in the end there is nothing.
 */
#ifndef ASAHI_SHARE_H
#define ASAHI_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_objects.h"
#include "asahi_seed.h"

/** enum asahi_share_thing - What can be given up. */
enum asahi_share_thing {
	/* Of the maker: handle, VM with its queue, file, and the process as a whole. */
	ASAHI_SHARE_HANDLE,
	ASAHI_SHARE_VM,
	ASAHI_SHARE_FILE,
	ASAHI_SHARE_PROCESS,
	/** @ASAHI_SHARE_AGAIN: a second file of the maker's process, which has imported it. */
	ASAHI_SHARE_AGAIN,
	/** @ASAHI_SHARE_DMA_BUF: a descriptor of the dma-buf in another process. */
	ASAHI_SHARE_DMA_BUF,
	/** @ASAHI_SHARE_MAPPING: a CPU mapping of the dma-buf there. */
	ASAHI_SHARE_MAPPING,
	/** @ASAHI_SHARE_IMPORT: a handle in a file there, mapped by that file's VM. */
	ASAHI_SHARE_IMPORT,
	/** @ASAHI_SHARE_VGEM: a handle in a file of another driver there. */
	ASAHI_SHARE_VGEM,
	ASAHI_SHARE_NUM_THINGS,
};

/** enum asahi_share_way - How the memory can be looked at and written to. */
enum asahi_share_way {
	ASAHI_WAY_MAKER_CPU,
	ASAHI_WAY_MAKER_GPU,
	ASAHI_WAY_AGAIN_CPU,
	ASAHI_WAY_DMA_BUF,
	ASAHI_WAY_MAPPING,
	ASAHI_WAY_IMPORT_CPU,
	ASAHI_WAY_IMPORT_GPU,
	ASAHI_WAY_VGEM,
	ASAHI_NUM_WAYS,
};

/** ASAHI_SHARE_NUM_COUNTS: of the counters of live objects the model predicts the first. */
#define ASAHI_SHARE_NUM_COUNTS (ASAHI_COUNT_BO + 1)

/** ASAHI_SHARE_MAX_STEPS: each thing once. */
#define ASAHI_SHARE_MAX_STEPS ASAHI_SHARE_NUM_THINGS

/** struct asahi_share - The model. */
struct asahi_share {
	/** @has: what is there, by enum asahi_share_thing. */
	bool has[ASAHI_SHARE_NUM_THINGS];
};

/** struct asahi_share_case - Who has it beside the maker, and an order of giving up. */
struct asahi_share_case {
	/** @holders: bits of the things from ASAHI_SHARE_AGAIN on. */
	unsigned int holders;
	/** @num: how many steps there are. */
	unsigned int num;
	enum asahi_share_thing steps[ASAHI_SHARE_MAX_STEPS];
};

/** asahi_share_init() - Begin with all that the maker has, and @holders. */
void asahi_share_init(struct asahi_share *share, unsigned int holders);

/** asahi_share_give_up() - Give up a thing that is there, and what goes with it. */
void asahi_share_give_up(struct asahi_share *share, enum asahi_share_thing thing);

/** asahi_share_lives() - Whether the memory is alive. */
bool asahi_share_lives(const struct asahi_share *share);

/** asahi_share_sees() - Whether the memory can be looked at that way. */
bool asahi_share_sees(const struct asahi_share *share, enum asahi_share_way way);

/** asahi_share_count() - How many of what there are, without what never goes. */
int asahi_share_count(const struct asahi_share *share, enum asahi_count counter);

/** asahi_share_order() - Order number @i of all with @holders; false if there are not so many. */
bool asahi_share_order(unsigned int holders, uint32_t i, struct asahi_share_case *c);

/** asahi_share_num_cases() - How many cases there are with any holders; a hundred thousand. */
uint32_t asahi_share_num_cases(void);

/** asahi_share_case() - Case number @number of these. */
void asahi_share_case(uint32_t number, struct asahi_share_case *c);

/** asahi_share_choose() - The number of one of these: any holders, any order of what can go. */
uint32_t asahi_share_choose(struct asahi_random *random);

/* Names for people; that of a case is that of a dynamic subtest. */
const char *asahi_share_thing_name(enum asahi_share_thing thing);
const char *asahi_share_way_name(enum asahi_share_way way);
void asahi_share_case_name(const struct asahi_share_case *c, char *name, size_t size);

/** asahi_share_bit() - @thing in a set of things. */
static inline unsigned int asahi_share_bit(enum asahi_share_thing thing)
{
	return 1u << thing;
}

#endif
