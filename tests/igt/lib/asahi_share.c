// SPDX-License-Identifier: MIT
/* The rules on shared memory, and the orders that they allow. */
#include <stdio.h>
#include <string.h>

#include "asahi_ranks.h"
#include "asahi_share.h"
#include "igt.h"

/* A client's VM also maps its arena, which is private to the VM and has a handle. */
#define ARENA 1

/* Holders from none to all of them, one set after the other. */
#define HOLDERS_STEP (1u << ASAHI_SHARE_AGAIN)
#define HOLDERS_END (1u << ASAHI_SHARE_NUM_THINGS)

const char *asahi_share_thing_name(enum asahi_share_thing thing)
{
	static const char * const names[] = {
		"handle", "vm", "file", "process", "again", "fd", "mapping", "import", "vgem",
	};

	return names[thing];
}

const char *asahi_share_way_name(enum asahi_share_way way)
{
	static const char * const names[] = {
		"the maker's CPU", "the maker's GPU", "the CPU through the maker's second file",
		"the CPU through the descriptor", "the CPU through the mapping",
		"the importer's CPU", "the importer's GPU", "the CPU through vgem",
	};

	return names[way];
}

void asahi_share_init(struct asahi_share *share, unsigned int holders)
{
	unsigned int i;

	for (i = 0; i < ASAHI_SHARE_NUM_THINGS; i++)
		share->has[i] = i <= ASAHI_SHARE_PROCESS || holders & asahi_share_bit(i);
}

void asahi_share_give_up(struct asahi_share *share, enum asahi_share_thing thing)
{
	share->has[thing] = false;

	/* What a process has goes with it, and what a file has goes with that. */
	if (thing == ASAHI_SHARE_PROCESS) {
		share->has[ASAHI_SHARE_AGAIN] = false;
		share->has[ASAHI_SHARE_FILE] = false;
	}
	if (!share->has[ASAHI_SHARE_FILE]) {
		share->has[ASAHI_SHARE_VM] = false;
		share->has[ASAHI_SHARE_HANDLE] = false;
	}
}

/* Every handle keeps it, and so does a dma-buf, which whoever has mapped or imported it keeps. */
bool asahi_share_lives(const struct asahi_share *share)
{
	unsigned int i;

	for (i = ASAHI_SHARE_AGAIN; i < ASAHI_SHARE_NUM_THINGS; i++)
		if (share->has[i])
			return true;
	return share->has[ASAHI_SHARE_HANDLE];
}

bool asahi_share_sees(const struct asahi_share *share, enum asahi_share_way way)
{
	switch (way) {
	case ASAHI_WAY_MAKER_CPU:
		return share->has[ASAHI_SHARE_HANDLE];
	case ASAHI_WAY_MAKER_GPU:
		return share->has[ASAHI_SHARE_HANDLE] && share->has[ASAHI_SHARE_VM];
	case ASAHI_WAY_AGAIN_CPU:
		return share->has[ASAHI_SHARE_AGAIN];
	case ASAHI_WAY_DMA_BUF:
		return share->has[ASAHI_SHARE_DMA_BUF];
	case ASAHI_WAY_MAPPING:
		return share->has[ASAHI_SHARE_MAPPING];
	case ASAHI_WAY_IMPORT_CPU:
	case ASAHI_WAY_IMPORT_GPU:
		return share->has[ASAHI_SHARE_IMPORT];
	default:
		return share->has[ASAHI_SHARE_VGEM];
	}
}

int asahi_share_count(const struct asahi_share *share, enum asahi_count counter)
{
	int file = share->has[ASAHI_SHARE_FILE], vm = share->has[ASAHI_SHARE_VM];

	switch (counter) {
	case ASAHI_COUNT_FILE:
		return file + share->has[ASAHI_SHARE_AGAIN];
	case ASAHI_COUNT_QUEUE:
	case ASAHI_COUNT_VM:
		return vm;
	case ASAHI_COUNT_MAPPING:
		/* Closing a handle unmaps it from the VMs of its file and of no other. */
		return (vm ? ARENA + share->has[ASAHI_SHARE_HANDLE] : 0) +
		       share->has[ASAHI_SHARE_IMPORT];
	default:
		/* However many have it, it is one. */
		return (file ? ARENA : 0) + asahi_share_lives(share);
	}
}

/* What is left of a set of things when one of them is given up. */
static unsigned int without(unsigned int things, unsigned int thing)
{
	struct asahi_share share;
	unsigned int i, left = 0;

	for (i = 0; i < ASAHI_SHARE_NUM_THINGS; i++)
		share.has[i] = things & asahi_share_bit(i);
	asahi_share_give_up(&share, thing);
	for (i = 0; i < ASAHI_SHARE_NUM_THINGS; i++)
		if (share.has[i])
			left |= asahi_share_bit(i);
	return left;
}

static struct asahi_ranks ranks = { .without = without };

/* All that there is with @holders. */
static unsigned int all_things(unsigned int holders)
{
	return holders | (asahi_share_bit(ASAHI_SHARE_AGAIN) - 1);
}

static uint32_t num_orders(unsigned int holders)
{
	return asahi_ranks_count(&ranks, all_things(holders));
}

bool asahi_share_order(unsigned int holders, uint32_t i, struct asahi_share_case *c)
{
	unsigned int order[ASAHI_RANKS_MEMBERS], k;

	if (i >= num_orders(holders))
		return false;

	memset(c, 0, sizeof(*c));
	c->holders = holders;
	c->num = asahi_ranks_order(&ranks, all_things(holders), i, order);
	for (k = 0; k < c->num; k++)
		c->steps[k] = order[k];
	return true;
}

uint32_t asahi_share_num_cases(void)
{
	unsigned int holders;
	uint32_t num = 0;

	for (holders = 0; holders < HOLDERS_END; holders += HOLDERS_STEP)
		num += num_orders(holders);
	return num;
}

void asahi_share_case(uint32_t number, struct asahi_share_case *c)
{
	unsigned int holders = 0;

	while (number >= num_orders(holders)) {
		number -= num_orders(holders);
		holders += HOLDERS_STEP;
		igt_assert_lt(holders, HOLDERS_END);
	}
	asahi_share_order(holders, number, c);
}

uint32_t asahi_share_choose(struct asahi_random *random)
{
	unsigned int holders, chosen;
	uint32_t first = 0;

	chosen = asahi_random_below(random, HOLDERS_END / HOLDERS_STEP) * HOLDERS_STEP;
	for (holders = 0; holders < chosen; holders += HOLDERS_STEP)
		first += num_orders(holders);
	return first + asahi_ranks_choose(&ranks, all_things(chosen), random);
}

void asahi_share_case_name(const struct asahi_share_case *c, char *name, size_t size)
{
	size_t len = 0;
	unsigned int i;

	*name = '\0';
	for (i = 0; i < c->num && len < size; i++)
		len += snprintf(name + len, size - len, "%s%s", i ? "-" : "",
				asahi_share_thing_name(c->steps[i]));
}
