// SPDX-License-Identifier: MIT
/* Orders of giving things up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_order_case.h"
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

void asahi_order_random(enum asahi_order_state state, unsigned int seed,
			struct asahi_order_case *c)
{
	enum asahi_thing things[ASAHI_NUM_THINGS];
	unsigned int i, present, num = 0;

	present = (unsigned int)rand_r(&seed) % (1u << ASAHI_NUM_THINGS);
	if (state == ASAHI_ORDER_IDLE)
		present &= ~BIT(SYNC_FILE);

	/* Each of the things goes to any place among those before it. */
	for (i = 0; i < ASAHI_NUM_THINGS; i++) {
		unsigned int at = (unsigned int)rand_r(&seed) % (num + 1);

		if (i > ASAHI_THING_FILE && !(present & asahi_thing_bit(i)))
			continue;
		memmove(&things[at + 1], &things[at], (num - at) * sizeof(*things));
		things[at] = i;
		num++;
	}

	begin(c, state, present & EXTRAS);
	for (i = 0; i < num; i++)
		if (!has_step(c, ASAHI_THING_FILE) || !(asahi_thing_bit(things[i]) & OF_FILE))
			add_step(c, things[i]);
	finish(c);
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
