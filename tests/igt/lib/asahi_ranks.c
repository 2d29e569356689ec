// SPDX-License-Identifier: MIT
/* Orders by number. */
#include "asahi_ranks.h"

uint32_t asahi_ranks_count(struct asahi_ranks *ranks, unsigned int set)
{
	uint32_t count = set ? ranks->counts[set] : 1;
	unsigned int i;

	if (count)
		return count;

	for (i = 0; i < ASAHI_RANKS_MEMBERS; i++)
		if (set >> i & 1)
			count += asahi_ranks_count(ranks, ranks->without(set, i));
	ranks->counts[set] = count;
	return count;
}

/* The member that goes first in order number *@rank of @set; *@rank becomes that of the rest. */
static unsigned int find_first(struct asahi_ranks *ranks, unsigned int set, uint32_t *rank)
{
	unsigned int i;
	uint32_t count;

	for (i = 0; i < ASAHI_RANKS_MEMBERS; i++) {
		if (!(set >> i & 1))
			continue;
		count = asahi_ranks_count(ranks, ranks->without(set, i));
		if (*rank < count)
			break;
		*rank -= count;
	}
	return i;
}

unsigned int asahi_ranks_order(struct asahi_ranks *ranks, unsigned int set, uint32_t rank,
			       unsigned int order[ASAHI_RANKS_MEMBERS])
{
	unsigned int num = 0;

	while (set) {
		order[num] = find_first(ranks, set, &rank);
		set = ranks->without(set, order[num++]);
	}
	return num;
}

/* Any member. There is one. */
static unsigned int choose_member(unsigned int set, struct asahi_random *random)
{
	unsigned int member;

	do
		member = asahi_random_below(random, ASAHI_RANKS_MEMBERS);
	while (!(set >> member & 1));
	return member;
}

uint32_t asahi_ranks_choose(struct asahi_ranks *ranks, unsigned int set,
			    struct asahi_random *random)
{
	unsigned int member, i;
	uint32_t rank = 0;

	for (; set; set = ranks->without(set, member)) {
		member = choose_member(set, random);
		/* Behind all orders that begin with a member before it. */
		for (i = 0; i < member; i++)
			if (set >> i & 1)
				rank += asahi_ranks_count(ranks, ranks->without(set, i));
	}
	return rank;
}
