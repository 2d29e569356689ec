// SPDX-License-Identifier: MIT
/* Too many cases to try them all. */
#include "asahi_device.h"
#include "asahi_effort.h"
#include "asahi_options.h"
#include "asahi_product.h"
#include "igt.h"

int asahi_product_option(struct asahi_product_options *options, int opt)
{
	switch (opt) {
	case 's':
		return asahi_option_number(&options->seed);
	case 'r':
		return asahi_option_number(&options->rounds);
	case 'f':
		options->by_number = true;
		return asahi_option_number(&options->from);
	default:
		options->by_number = true;
		return asahi_option_number(&options->count);
	}
}

/* Try a case, which @seed has chosen if it is not NULL. Returns whether it could be. */
static bool play(const struct asahi_product *product, uint32_t number, const unsigned int *seed)
{
	char name[ASAHI_MAX_NAME];

	product->name(number, name, sizeof(name));
	if (seed)
		igt_info("seed %u, case %u: %s\n", *seed, number, name);
	else
		igt_info("case %u: %s\n", number, name);
	if (product->play(number))
		return true;

	igt_info("left out, it cannot be made here\n");
	return false;
}

void asahi_product_run(const struct asahi_product *product,
		       const struct asahi_product_options *options)
{
	unsigned int i, rounds, tried = 0;

	if (options->by_number) {
		igt_info("%u of %u cases\n", options->count, product->num);
		for (i = 0; i < options->count; i++) {
			uint32_t number = options->from + i;

			igt_assert_f(number < product->num, "there is no case %u\n", number);
			tried += play(product, number, NULL);
		}
	} else {
		rounds = asahi_rounds(options->rounds);
		igt_info("any %u of %u cases\n", rounds, product->num);
		for (i = 0; i < rounds; i++) {
			unsigned int seed = options->seed + i;
			struct asahi_random random = { seed };

			tried += play(product, product->choose(&random), &seed);
		}
	}
	igt_require_f(tried, "none of these cases can be made here\n");
}
