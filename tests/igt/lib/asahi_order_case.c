// SPDX-License-Identifier: MIT
/* Orders of giving things up. */
#include <stdio.h>
#include <string.h>

#include "asahi_order_case.h"
#include "asahi_ranks.h"
#include "igt.h"

#define BIT(thing) (1u << ASAHI_THING_##thing)

/* What only some cases have. */
#define EXTRAS (BIT(SYNCOBJ) | BIT(SYNC_FILE) | BIT(DMA_BUF) | BIT(OBJECT) | BIT(MAPPING))

/* What goes with the file. */
#define OF_FILE (BIT(QUEUE) | BIT(VM) | BIT(BO) | BIT(OBJECT))

static bool has_step(const struct asahi_order_case *c, enum asahi_thing thing)
{
	unsigned int i;

	for (i = 0; i < c->num; i++)
		if (c->steps[i] == thing)
			return true;
	return false;
}

static void add_step(struct asahi_order_case *c, enum asahi_thing thing)
{
	c->steps[c->num++] = thing;
}

/* Begin with @present, and a sync file if there is a job, to see what becomes of it. */
static void begin(struct asahi_order_case *c, enum asahi_order_state state, unsigned int present)
{
	memset(c, 0, sizeof(*c));
	c->state = state;
	c->present = present;
	if (state != ASAHI_ORDER_IDLE)
		c->present |= BIT(SYNC_FILE);
}

/* Give up the rest; the dma-buf last, as it would show what a job does too late. */
static void finish(struct asahi_order_case *c)
{
	if (!has_step(c, ASAHI_THING_FILE))
		add_step(c, ASAHI_THING_FILE);
	if ((c->present & BIT(MAPPING)) && !has_step(c, ASAHI_THING_MAPPING))
		add_step(c, ASAHI_THING_MAPPING);
	if (asahi_order_releases(c->state) && !has_step(c, ASAHI_THING_RELEASE))
		add_step(c, ASAHI_THING_RELEASE);
	if ((c->present & BIT(DMA_BUF)) && !has_step(c, ASAHI_THING_DMA_BUF))
		add_step(c, ASAHI_THING_DMA_BUF);
}

/* Go on with order number *@left of those that give up any of @things, and then the file. */
static bool find_order(struct asahi_order_case *c, unsigned int things, unsigned int *left)
{
	unsigned int thing;

	if (!(*left)--)
		return true;

	for (thing = 0; thing < ASAHI_NUM_THINGS; thing++) {
		if (!(things & asahi_thing_bit(thing)))
			continue;
		add_step(c, thing);
		if (find_order(c, things & ~asahi_thing_bit(thing), left))
			return true;
		c->num--;
	}
	return false;
}

bool asahi_order_all(enum asahi_order_state state, unsigned int i, struct asahi_order_case *c)
{
	/* A reset takes long, and a job that does nothing shows nothing. */
	unsigned int kinds = state == ASAHI_ORDER_STUCK ? 1 : 2, left = i / kinds;
	unsigned int things = BIT(QUEUE) | BIT(VM) | BIT(BO);

	if (asahi_order_releases(state))
		things |= BIT(RELEASE);
	begin(c, state, i % kinds ? BIT(DMA_BUF) : 0);
	if (!find_order(c, things, &left))
		return false;

	finish(c);
	return true;
}

/* Whether giving up @second is anything after @first. */
static bool is_pair(enum asahi_order_state state, enum asahi_thing first, enum asahi_thing second)
{
	if (first == ASAHI_THING_FILE && asahi_thing_bit(second) & OF_FILE)
		return false;
	return state != ASAHI_ORDER_IDLE ||
	       (first != ASAHI_THING_SYNC_FILE && second != ASAHI_THING_SYNC_FILE);
}

bool asahi_order_pair(enum asahi_order_state state, unsigned int i, struct asahi_order_case *c)
{
	static const enum asahi_thing ones[] = {
		ASAHI_THING_QUEUE, ASAHI_THING_VM, ASAHI_THING_BO, ASAHI_THING_FILE,
	};
	/* The timestamp object comes twice: its memory can be seen or not. */
	static const struct {
		enum asahi_thing thing;
		unsigned int present;
	} others[] = {
		{ ASAHI_THING_SYNCOBJ, BIT(SYNCOBJ) },
		{ ASAHI_THING_SYNC_FILE, BIT(SYNC_FILE) },
		{ ASAHI_THING_DMA_BUF, BIT(DMA_BUF) },
		{ ASAHI_THING_OBJECT, BIT(OBJECT) },
		{ ASAHI_THING_OBJECT, BIT(OBJECT) | BIT(DMA_BUF) },
		{ ASAHI_THING_MAPPING, BIT(MAPPING) },
	};
	unsigned int j, all = ARRAY_SIZE(ones) * ARRAY_SIZE(others) * 2;

	for (j = 0; j < all; j++) {
		enum asahi_thing one = ones[j / 2 % ARRAY_SIZE(ones)];
		unsigned int k = j / 2 / ARRAY_SIZE(ones);
		enum asahi_thing first = j % 2 ? others[k].thing : one;
		enum asahi_thing second = j % 2 ? one : others[k].thing;

		if (!is_pair(state, first, second) || i--)
			continue;

		begin(c, state, others[k].present);
		add_step(c, first);
		add_step(c, second);
		finish(c);
		return true;
	}
	return false;
}

/* What goes when a thing does. */
static unsigned int without(unsigned int things, unsigned int thing)
{
	things &= ~asahi_thing_bit(thing);
	return thing == ASAHI_THING_FILE ? things & ~OF_FILE : things;
}

/* All cases with a job in one state and the same extras, each of which is given up. */
struct group {
	enum asahi_order_state state;
	unsigned int extras;
};

static struct asahi_ranks ranks = { .without = without };

static unsigned int all_extras(enum asahi_order_state state)
{
	return state == ASAHI_ORDER_IDLE ? EXTRAS & ~BIT(SYNC_FILE) : EXTRAS;
}

static unsigned int group_things(const struct group *group)
{
	unsigned int things = group->extras | BIT(QUEUE) | BIT(VM) | BIT(BO) | BIT(FILE);

	return asahi_order_releases(group->state) ? things | BIT(RELEASE) : things;
}

static uint32_t group_size(const struct group *group)
{
	return asahi_ranks_count(&ranks, group_things(group));
}

/* Go on to the next; false behind the last. */
static bool next_group(struct group *group)
{
	unsigned int all = all_extras(group->state);

	group->extras = (group->extras - all) & all;
	if (!group->extras)
		group->state++;
	return group->state < ASAHI_ORDER_NUM_STATES;
}

uint32_t asahi_order_num_cases(void)
{
	struct group group = { 0 };
	uint32_t num = 0;

	do
		num += group_size(&group);
	while (next_group(&group));
	return num;
}

void asahi_order_case(uint32_t number, struct asahi_order_case *c)
{
	unsigned int order[ASAHI_RANKS_MEMBERS], num, i;
	struct group group = { 0 };

	while (number >= group_size(&group)) {
		number -= group_size(&group);
		igt_assert(next_group(&group));
	}
	begin(c, group.state, group.extras);
	num = asahi_ranks_order(&ranks, group_things(&group), number, order);
	for (i = 0; i < num; i++)
		add_step(c, order[i]);
}

/* Any state; that which takes a reset, and so long, seldom. */
static enum asahi_order_state choose_state(struct asahi_random *random)
{
	enum asahi_order_state state = asahi_random_below(random, ASAHI_ORDER_STUCK);

	if (state == ASAHI_ORDER_HUNG && !asahi_random_below(random, 4))
		return ASAHI_ORDER_STUCK;
	return state;
}

uint32_t asahi_order_choose(struct asahi_random *random)
{
	struct group group = { 0 }, chosen = { .state = choose_state(random) };
	uint32_t first = 0;

	chosen.extras = asahi_random_below(random, 1u << ASAHI_NUM_THINGS) &
			all_extras(chosen.state);
	while (group.state != chosen.state || group.extras != chosen.extras) {
		first += group_size(&group);
		next_group(&group);
	}
	return first + asahi_ranks_choose(&ranks, group_things(&chosen), random);
}

void asahi_order_case_name(const struct asahi_order_case *c, char *name, size_t size)
{
	size_t len = 0;
	unsigned int i;

	*name = '\0';
	for (i = 0; i < c->num && len < size; i++)
		len += snprintf(name + len, size - len, "%s%s", i ? "-" : "",
				asahi_thing_name(c->steps[i]));
}
