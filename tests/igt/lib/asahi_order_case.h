/* SPDX-License-Identifier: MIT */
/**
 * DOC: Orders of giving things up
 *
 * Makes them, all of a kind by their number. Each ends with nothing left: the file is given up at
 * some point, and with it what it has, so what would be given up after that is not.
 */
#ifndef ASAHI_ORDER_CASE_H
#define ASAHI_ORDER_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_order.h"
#include "asahi_seed.h"

/** struct asahi_order_case - What there is, and the order in which it is given up. */
struct asahi_order_case {
	enum asahi_order_state state;
	/** @present: see asahi_order_init(). */
	unsigned int present;
	/** @num: how many steps there are. */
	unsigned int num;
	enum asahi_thing steps[ASAHI_NUM_THINGS];
};

/**
 * asahi_order_all() - Order number @i of queue, VM, buffer object and file, with a job in @state.
 *
 * Each of them comes twice, the second time with a dma-buf that shows what is in the buffer object
 * until the end; but for ASAHI_ORDER_STUCK. A job that can be released is, at any moment. False if
 * there are not so many.
 */
bool asahi_order_all(enum asahi_order_state state, unsigned int i, struct asahi_order_case *c);

/**
 * asahi_order_pair() - Pair number @i of queue, VM, buffer object or file and one of the other
 * things, in both orders, then the rest.
 */
bool asahi_order_pair(enum asahi_order_state state, unsigned int i, struct asahi_order_case *c);

/**
 * asahi_order_num_cases() - How many cases there are with anything in any order and jobs in every
 * state; some millions.
 */
uint32_t asahi_order_num_cases(void);

/** asahi_order_case() - Case number @number of these. */
void asahi_order_case(uint32_t number, struct asahi_order_case *c);

/** asahi_order_choose() - The number of one of these: any state, any things, any order of them. */
uint32_t asahi_order_choose(struct asahi_random *random);

/** asahi_order_case_name() - The steps, as the name of a dynamic subtest. */
void asahi_order_case_name(const struct asahi_order_case *c, char *name, size_t size);

#endif
