// SPDX-License-Identifier: MIT
/*
 * The engine's floating-point arithmetic, held against the host's.
 */
#include "test.h"

#include <math.h>

#include "float.h"
#include "real.h"

#define ROUNDS 1000000

static void expect(const char *what, u32 got, double value, u32 size, const u32 *sources)
{
	if (got != real_to(value, size))
		fail_msg("%s of 0x%08x, 0x%08x, 0x%08x, %u bits: 0x%x instead of 0x%x", what,
			 sources[0], sources[1], sources[2], size, got, real_to(value, size));
}

/* All halves and all immediates. */
static void test_widen(void **state)
{
	u32 i;

	for (i = 0; i < 0x10000; i++) {
		u32 single = agx_float_from_half(i);

		if (isnan(real_of_half(i)))
			assert_true(agx_float_is_nan(single));
		else
			assert_int_equal(single, real_to_single(real_of_half(i)));
		assert_int_equal(agx_float_is_infinite(single), isinf(real_of_half(i)) != 0);
	}
	for (i = 0; i < 256; i++)
		assert_int_equal(agx_float_from_imm(i), real_to_single(real_of_imm(i)));
}

/* A half is itself; any other single becomes the nearest half. */
static void test_round(void **state)
{
	struct gpu_random random = { 1 };
	u32 i;

	for (i = 0; i < 0x10000; i++) {
		u32 half = agx_float_round(agx_float_from_half(i), AGX_FLOAT_HALF);

		assert_int_equal(half, isnan(real_of_half(i)) ? 0x7e00 : i);
	}
	for (i = 0; i < ROUNDS; i++) {
		const u32 sources[3] = { real_random_single(&random) };
		double value = real_of_single(sources[0]);

		expect("round", agx_float_round(sources[0], AGX_FLOAT_HALF), value, 16, sources);
		expect("round", agx_float_round(sources[0], AGX_FLOAT_SINGLE), value, 32, sources);
	}
}

/* Each half and the points halfway between two of them, and what is next to these. */
static void test_halfway(void **state)
{
	u32 i;
	u32 k;

	for (i = 0; i < 0x7c00; i++) {
		u32 middle = real_to_single((real_of_half(i) + real_of_half(i + 1)) / 2);

		if (i == 0x7bff)
			middle = real_to_single(65520);
		for (k = 0; k < 3; k++) {
			const u32 sources[3] = { middle + k - 1 };

			expect("round", agx_float_round(sources[0], AGX_FLOAT_HALF),
			       real_of_single(sources[0]), 16, sources);
		}
	}
}

static void test_saturate(void **state)
{
	struct gpu_random random = { 2 };
	u32 i;

	for (i = 0; i < 0x10000; i++)
		assert_int_equal(agx_float_saturate(i, AGX_FLOAT_HALF),
				 real_to_half(real_saturate(real_of_half(i))));
	for (i = 0; i < ROUNDS; i++) {
		const u32 sources[3] = { agx_float_flush(real_random_single(&random)) };

		expect("saturate", agx_float_saturate(sources[0], AGX_FLOAT_SINGLE),
		       real_saturate(real_of_single(sources[0])), 32, sources);
	}
}

/* Two numbers that are independent of each other hardly ever meet; so some are made to. */
static u32 near(struct gpu_random *random, u32 single)
{
	u32 bits = gpu_random_below(random, 24);

	return single ^ (gpu_random(random) & ((1u << bits) - 1)) ^
	       (gpu_random(random) & 0x80000000);
}

static void test_add(void **state)
{
	struct gpu_random random = { 3 };
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 a = real_random_single(&random);
		u32 b = i & 1 ? near(&random, a) : real_random_single(&random);
		double sum = real_add(real_of_single(a), real_of_single(b));
		const u32 sources[3] = { a, b };

		expect("add", agx_float_add(a, b, AGX_FLOAT_HALF), sum, 16, sources);
		expect("add", agx_float_add(a, b, AGX_FLOAT_SINGLE), sum, 32, sources);
	}
}

static void test_mul(void **state)
{
	struct gpu_random random = { 4 };
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 a = real_random_single(&random);
		u32 b = real_random_single(&random);
		double product = real_of_single(a) * real_of_single(b);
		const u32 sources[3] = { a, b };

		expect("mul", agx_float_mul(a, b, AGX_FLOAT_HALF), product, 16, sources);
		expect("mul", agx_float_mul(a, b, AGX_FLOAT_SINGLE), product, 32, sources);
	}
}

static void test_fma(void **state)
{
	struct gpu_random random = { 5 };
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 a = real_random_single(&random);
		u32 b = real_random_single(&random);
		u32 c = real_random_single(&random);
		u32 sources[3];
		double result;

		/* An addend about as large as the product, and one just below its lowest bits. */
		result = real_of_single(a) * real_of_single(b);
		if (i % 4 == 1)
			c = near(&random, real_to_single(result));
		if (i % 4 == 2)
			c = near(&random, real_to_single(ldexp(result, -(int)(20 + i / 4 % 60))));

		sources[0] = a;
		sources[1] = b;
		sources[2] = c;
		result = real_fma(real_of_single(a), real_of_single(b), real_of_single(c));
		expect("fma", agx_float_fma(a, b, c, AGX_FLOAT_HALF), result, 16, sources);
		expect("fma", agx_float_fma(a, b, c, AGX_FLOAT_SINGLE), result, 32, sources);
	}
}

/* The signs of zeros, one by one, because no random number finds all of them. */
static void test_zeros(void **state)
{
	static const u32 edges[] = {
		0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x3f800000, 0xbf800000,
		0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0x00800000, 0x80800000,
		0x7f7fffff, 0xff7fffff, 0x33800000, 0xb3800000,
	};
	u32 i;

	for (i = 0; i < 16 * 16 * 16; i++) {
		u32 a = edges[i % 16];
		u32 b = edges[i / 16 % 16];
		u32 c = edges[i / 256];
		double da = real_of_single(a);
		double db = real_of_single(b);
		double dc = real_of_single(c);
		const u32 sources[3] = { a, b, c };

		expect("add", agx_float_add(a, b, AGX_FLOAT_SINGLE), da + db, 32, sources);
		expect("mul", agx_float_mul(a, b, AGX_FLOAT_SINGLE), da * db, 32, sources);
		expect("fma", agx_float_fma(a, b, c, AGX_FLOAT_SINGLE), real_fma(da, db, dc), 32,
		       sources);
		expect("fma", agx_float_fma(a, b, c, AGX_FLOAT_HALF), real_fma(da, db, dc), 16,
		       sources);
	}
}

static double model_integral(double value, enum agx_float_rounding rounding)
{
	switch (rounding) {
	case AGX_FLOAT_ZERO:
		return trunc(value);
	case AGX_FLOAT_NEAREST:
		return nearbyint(value);
	case AGX_FLOAT_DOWN:
		return floor(value);
	default:
		return ceil(value);
	}
}

static void test_integral(void **state)
{
	struct gpu_random random = { 6 };
	enum agx_float_rounding rounding;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 single = real_random_single(&random);
		double value;

		/* Some in steps of a quarter. */
		if (i & 1)
			single = real_to_single(ldexp((s32)gpu_random(&random) >>
						      gpu_random_below(&random, 32), -2));
		value = real_of_single(single);

		for (rounding = AGX_FLOAT_ZERO; rounding <= AGX_FLOAT_UP; rounding++) {
			const u32 sources[3] = { single, rounding };
			u32 integral = agx_float_integral(single, rounding);

			expect("integral", agx_float_round(integral, AGX_FLOAT_SINGLE),
			       model_integral(value, rounding), 32, sources);
		}
	}
}

static double model_rcp(double value)
{
	return 1 / value;
}

static double model_rsqrt(double value)
{
	/* More digits than a double has, so that rounding twice makes no difference. */
	return value == 0 ? 1 / value : (float)(1 / sqrtl((long double)value));
}

static double model_rsqrts(double value)
{
	if (value == 0 || value == (double)INFINITY)
		return fabs(value);
	return model_rsqrt(value);
}

struct root {
	const char *name;
	u32 (*got)(u32 single, enum agx_float_format format);
	double (*expected)(double value);
};

static const struct root roots[] = {
	{ "rcp", agx_float_rcp, model_rcp },
	{ "rsqrt", agx_float_rsqrt, model_rsqrt },
	{ "rsqrts", agx_float_rsqrts, model_rsqrts },
};

/* Every fraction with an odd and with an even exponent. */
static void test_root_fractions(void **state)
{
	u32 single;
	u32 i;

	for (i = 0; i < 2; i++) {
		for (single = 0x3f800000; single < 0x40800000; single++) {
			const u32 sources[3] = { single };

			expect(roots[i].name, roots[i].got(single, AGX_FLOAT_SINGLE),
			       roots[i].expected(real_of_single(single)), 32, sources);
		}
	}
}

static void test_roots(void **state)
{
	struct gpu_random random = { 7 };
	u32 i;
	u32 k;

	for (k = 0; k < ARRAY_SIZE(roots); k++) {
		for (i = 0; i < ROUNDS; i++) {
			const u32 sources[3] = { real_random_single(&random) };
			double value = roots[k].expected(real_of_single(sources[0]));

			expect(roots[k].name, roots[k].got(sources[0], AGX_FLOAT_SINGLE), value, 32,
			       sources);
		}
		for (i = 0; i < 0x10000; i++) {
			const u32 sources[3] = { agx_float_from_half(i) };
			double value = roots[k].expected(real_of_single(sources[0]));

			expect(roots[k].name, roots[k].got(sources[0], AGX_FLOAT_HALF), value, 16,
			       sources);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widen),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_halfway),
		cmocka_unit_test(test_saturate),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_mul),
		cmocka_unit_test(test_fma),
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_integral),
		cmocka_unit_test(test_root_fractions),
		cmocka_unit_test(test_roots),
	};

	return cmocka_run_group_tests_name("engine-float", tests, NULL, NULL);
}
