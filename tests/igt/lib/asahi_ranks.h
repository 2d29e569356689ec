/* SPDX-License-Identifier: MIT */
/**
 * DOC: Orders by number
 *
 * All orders in which the members of a set can be taken out of it, where one that goes may take
 * others along. They are numbered from 0 on without a gap, so that each of them can be had, none
 * twice, and nobody has to go through all that come before it.
 */
#ifndef ASAHI_RANKS_H
#define ASAHI_RANKS_H

#include <stdint.h>

#include "asahi_seed.h"

/** ASAHI_RANKS_MEMBERS: of the largest set. */
#define ASAHI_RANKS_MEMBERS 10

/** struct asahi_ranks - How one goes, and how many orders there are. */
struct asahi_ranks {
	/** @without: what is left of @set, a bit for each member, when @member of it goes. */
	unsigned int (*without)(unsigned int set, unsigned int member);
	/** @counts: orders of each set; 0 where nobody has asked yet. */
	uint32_t counts[1u << ASAHI_RANKS_MEMBERS];
};

/** asahi_ranks_count() - How many orders there are of @set; one of nothing. */
uint32_t asahi_ranks_count(struct asahi_ranks *ranks, unsigned int set);

/**
 * asahi_ranks_order() - Order number @rank of @set, the members in the order in which they go.
 *
 * @rank is less than asahi_ranks_count(). Returns how many go, not counting those that are taken
 * along.
 */
unsigned int asahi_ranks_order(struct asahi_ranks *ranks, unsigned int set, uint32_t rank,
			       unsigned int order[ASAHI_RANKS_MEMBERS]);

/**
 * asahi_ranks_choose() - The number of any order of @set.
 *
 * Whatever is left is as likely to go next, so that what takes others along does so often, though
 * there are few orders in which it does.
 */
uint32_t asahi_ranks_choose(struct asahi_ranks *ranks, unsigned int set,
			    struct asahi_random *random);

#endif
