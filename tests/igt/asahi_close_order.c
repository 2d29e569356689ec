// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close order
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Queue, address space, buffer object and file are given up in every order, and each
 *	of them before and after the rest, that is syncobj, sync file, dma-buf, timestamp object
 *	and CPU mapping, with a job in every state. After each step all that can be seen is what a
 *	model of the rules says, lib/asahi_order.h: return values, the fence, what has been stored
 *	and what still is, what is there to be named, and the number of live objects. Each order is
 *	a dynamic subtest, called by its steps.
 *
 *	The subtest product mixes all of it. That makes some millions of cases, days of work, of
 *	which a run tries those that its seeds choose, --rounds N of them from --seed N on, in
 *	which each state, each thing and each place in the order is as likely as the next. Every
 *	case has a number, and "--run-subtest product --from N --count N" tries those of a range.
 */
#include <getopt.h>
#include <stdio.h>

#include "asahi_device.h"
#include "asahi_order_case.h"
#include "asahi_order_play.h"
#include "asahi_order_scene.h"
#include "asahi_product.h"
#include "asahi_sim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Giving things up in every order, against a model of the rules");

/* What the options say of the subtest product. */
static struct asahi_product_options options = { .seed = 1, .rounds = 60, .count = 1 };

/* The orders of a kind with a job in one state. */
struct kind {
	bool (*make)(enum asahi_order_state state, unsigned int i, struct asahi_order_case *c);
	enum asahi_order_state state;
};

static void require(const void *data)
{
	const struct kind *kind = data;

	if (asahi_order_needs_sim(kind->state))
		asahi_sim_require();
}

static bool name_case(const void *data, unsigned int i, char *name, size_t size)
{
	const struct kind *kind = data;
	struct asahi_order_case c;

	if (!kind->make(kind->state, i, &c))
		return false;

	asahi_order_case_name(&c, name, size);
	return true;
}

static void run_case(const void *data, unsigned int i)
{
	const struct kind *kind = data;
	struct asahi_order_case c;

	igt_assert(kind->make(kind->state, i, &c));
	asahi_order_play(&c);
}

static const struct asahi_cases cases = { require, name_case, run_case };

/**
 * SUBTEST: order-idle
 * Description: Every order of queue, VM, buffer object and file, with a job that was never
 *	submitted.
 */
static const struct kind order_idle = { asahi_order_all, ASAHI_ORDER_IDLE };

/**
 * SUBTEST: order-queued
 * Description: Every order of queue, VM, buffer object and file, with a job that waits for one of
 *	another file, and runs, if it still can, once that has ended at any of the moments.
 */
static const struct kind order_queued = { asahi_order_all, ASAHI_ORDER_QUEUED };

/**
 * SUBTEST: order-running
 * Description: Every order of queue, VM, buffer object and file, with a job that stores all the
 *	while, unless it has been told to end at any of the moments.
 */
static const struct kind order_running = { asahi_order_all, ASAHI_ORDER_RUNNING };

/**
 * SUBTEST: order-hung
 * Description: Every order of queue, VM, buffer object and file, with a job that does nothing and
 *	never ends.
 */
static const struct kind order_hung = { asahi_order_all, ASAHI_ORDER_HUNG };

/**
 * SUBTEST: order-faulted
 * Description: Every order of queue, VM, buffer object and file, with a job that has faulted.
 */
static const struct kind order_faulted = { asahi_order_all, ASAHI_ORDER_FAULTED };

/**
 * SUBTEST: order-timed-out
 * Description: Every order of queue, VM, buffer object and file, with a job that the GPU has
 *	ended after too long.
 */
static const struct kind order_timed_out = { asahi_order_all, ASAHI_ORDER_TIMED_OUT };

/**
 * SUBTEST: order-done
 * Description: Every order of queue, VM, buffer object and file, with a job that has ended well.
 */
static const struct kind order_done = { asahi_order_all, ASAHI_ORDER_DONE };

/**
 * SUBTEST: order-stuck
 * Description: Every order of queue, VM, buffer object and file, with a job that only a reset
 *	takes off the GPU.
 */
static const struct kind order_stuck = { asahi_order_all, ASAHI_ORDER_STUCK };

/**
 * SUBTEST: pair-idle
 * Description: Every pair of one of these and one of the rest, with a job that was never
 *	submitted.
 */
static const struct kind pair_idle = { asahi_order_pair, ASAHI_ORDER_IDLE };

/**
 * SUBTEST: pair-queued
 * Description: Every pair of one of these and one of the rest, with a job that waits for one of
 *	another file.
 */
static const struct kind pair_queued = { asahi_order_pair, ASAHI_ORDER_QUEUED };

/**
 * SUBTEST: pair-running
 * Description: Every pair of one of these and one of the rest, with a job that stores all the
 *	while.
 */
static const struct kind pair_running = { asahi_order_pair, ASAHI_ORDER_RUNNING };

/**
 * SUBTEST: pair-hung
 * Description: Every pair of one of these and one of the rest, with a job that does nothing and
 *	never ends.
 */
static const struct kind pair_hung = { asahi_order_pair, ASAHI_ORDER_HUNG };

/**
 * SUBTEST: pair-faulted
 * Description: Every pair of one of these and one of the rest, with a job that has faulted.
 */
static const struct kind pair_faulted = { asahi_order_pair, ASAHI_ORDER_FAULTED };

/**
 * SUBTEST: pair-timed-out
 * Description: Every pair of one of these and one of the rest, with a job that the GPU has ended
 *	after too long.
 */
static const struct kind pair_timed_out = { asahi_order_pair, ASAHI_ORDER_TIMED_OUT };

/**
 * SUBTEST: pair-done
 * Description: Every pair of one of these and one of the rest, with a job that has ended well.
 */
static const struct kind pair_done = { asahi_order_pair, ASAHI_ORDER_DONE };

static void name_number(uint32_t number, char *name, size_t size)
{
	struct asahi_order_case c;
	int len;

	asahi_order_case(number, &c);
	len = snprintf(name, size, "%s, ", asahi_order_state_name(c.state));
	asahi_order_case_name(&c, name + len, size - len);
}

static bool play_number(uint32_t number)
{
	struct asahi_order_case c;

	asahi_order_case(number, &c);
	if (asahi_order_needs_sim(c.state) && !asahi_has_sim())
		return false;

	asahi_order_play(&c);
	return true;
}

/**
 * SUBTEST: product
 * Description: Any of all these things in any order, with jobs in every state, one after the
 *	other in one process, as many as the options say.
 */
static void product(void)
{
	const struct asahi_product all = {
		.num = asahi_order_num_cases(),
		.choose = asahi_order_choose,
		.name = name_number,
		.play = play_number,
	};

	asahi_product_run(&all, &options);
}

static const struct asahi_subtest subtests[] = {
	{ "order-idle", "Each step of every order keeps the rules, without a job.", NULL, NULL,
	  &order_idle, &cases },
	{ "order-queued", "Each step of every order keeps the rules, with a job that waits.", NULL,
	  NULL, &order_queued, &cases },
	{ "order-running", "Each step of every order keeps the rules, with a job that runs.", NULL,
	  NULL, &order_running, &cases },
	{ "order-hung", "Each step of every order keeps the rules, with a job that hangs.", NULL,
	  NULL, &order_hung, &cases },
	{ "order-faulted", "Each step of every order keeps the rules, after a fault.", NULL, NULL,
	  &order_faulted, &cases },
	{ "order-timed-out", "Each step of every order keeps the rules, after too long a job.",
	  NULL, NULL, &order_timed_out, &cases },
	{ "order-done", "Each step of every order keeps the rules, after a job.", NULL, NULL,
	  &order_done, &cases },
	{ "order-stuck", "Each step of every order keeps the rules, with a job that needs a reset.",
	  NULL, NULL, &order_stuck, &cases },
	{ "pair-idle", "Each step of every pair keeps the rules, without a job.", NULL, NULL,
	  &pair_idle, &cases },
	{ "pair-queued", "Each step of every pair keeps the rules, with a job that waits.", NULL,
	  NULL, &pair_queued, &cases },
	{ "pair-running", "Each step of every pair keeps the rules, with a job that runs.", NULL,
	  NULL, &pair_running, &cases },
	{ "pair-hung", "Each step of every pair keeps the rules, with a job that hangs.", NULL,
	  NULL, &pair_hung, &cases },
	{ "pair-faulted", "Each step of every pair keeps the rules, after a fault.", NULL, NULL,
	  &pair_faulted, &cases },
	{ "pair-timed-out", "Each step of every pair keeps the rules, after too long a job.", NULL,
	  NULL, &pair_timed_out, &cases },
	{ "pair-done", "Each step of every pair keeps the rules, after a job.", NULL, NULL,
	  &pair_done, &cases },
	{ "product", "Each step of any order of any things keeps the rules.", product },
};

static const struct option long_options[] = {
	ASAHI_PRODUCT_LONG_OPTIONS,
	{ 0 },
};

static const char help[] = ASAHI_PRODUCT_HELP("60");

static int handle_option(int opt, int i, void *data)
{
	return asahi_product_option(&options, opt);
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
