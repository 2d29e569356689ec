/* SPDX-License-Identifier: MIT */
/**
 * DOC: Too many cases to try them all
 *
 * A subtest has more cases than anybody has time for. Each has a number. A run tries some that its
 * seeds choose; when asked, those of a range of numbers instead, so that runs one after the other,
 * or on many machines, come to each case once.
 */
#ifndef ASAHI_PRODUCT_H
#define ASAHI_PRODUCT_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_seed.h"

/** struct asahi_product_options - What the options say of the subtest. */
struct asahi_product_options {
	/* The first seed, and how many; there is one case for each. */
	unsigned int seed, rounds;
	/* The first number, and how many, if @by_number. */
	unsigned int from, count;
	bool by_number;
};

/* ASAHI_PRODUCT_*: for getopt(). */
#define ASAHI_PRODUCT_LONG_OPTIONS \
	{ "seed", required_argument, NULL, 's' }, \
	{ "rounds", required_argument, NULL, 'r' }, \
	{ "from", required_argument, NULL, 'f' }, \
	{ "count", required_argument, NULL, 'c' }

/* And for people, with the number of rounds as a string. */
#define ASAHI_PRODUCT_HELP(rounds) \
	"  --seed N\tfirst seed of the subtest product, each chooses a case (default 1)\n" \
	"  --rounds N\thow many seeds (default " rounds ")\n" \
	"  --from N\tno seeds, but cases by their number, from this one on\n" \
	"  --count N\thow many of those (default 1)\n"

/** asahi_product_option() - Take an option. Returns what a handler returns to libigt. */
int asahi_product_option(struct asahi_product_options *options, int opt);

/** struct asahi_product - The cases. */
struct asahi_product {
	/** @num: how many there are. */
	uint32_t num;
	/** @choose: the number of any of them. */
	uint32_t (*choose)(struct asahi_random *random);
	/** @name: say what case @number is. */
	void (*name)(uint32_t number, char *name, size_t size);
	/** @play: try it; false if it cannot be tried here. */
	bool (*play)(uint32_t number);
};

/** asahi_product_run() - Try what the options say. Skips if nothing of that could be tried. */
void asahi_product_run(const struct asahi_product *product,
		       const struct asahi_product_options *options);

#endif
