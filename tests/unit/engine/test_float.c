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

/* The distance from @value to the float @got, in units of the last place of that float. */
static double distance(u32 got, double value, u32 size)
{
	double digits = size == 16 ? 10 : 23;
	double least = size == 16 ? -14 : -126;
	double exponent;

	if (value == real_of(got, size))
		return 0;
	exponent = fmax(floor(log2(fabs(real_of(got, size)))), least);
	return fabs(value - real_of(got, size)) / exp2(exponent - digits);
}

/*
 * That @got is as near to @value as may be, in units of its last place. Infinities, zeros and what
 * is no number have to be the same.
 */
static void expect_near(const char *what, u32 got, double value, u32 size, u32 source, double limit)
{
	u32 nearest = real_to(value, size);

	if (got == nearest)
		return;
	if (isfinite(real_of(nearest, size)) && real_of(nearest, size) != 0 &&
	    distance(got, value, size) <= limit)
		return;
	fail_msg("%s of 0x%08x, %u bits: 0x%x instead of 0x%x, off by %g", what, source, size, got,
		 nearest, distance(got, value, size));
}

struct function {
	const char *name;
	u32 (*got)(u32 single, enum agx_float_format format);
	double (*expected)(double value);
	double limit;
};

static double model_sin_quadrant(double value)
{
	value -= 4 * floor(value / 4);
	if (value > 3)
		return value - 4;
	return value > 1 ? 2 - value : value;
}

/* Two constants of the host's mathematics that C has no names for. */
static double model_sin_ratio(double value)
{
	const double quarter = acos(0);

	if (fabs(value) > 1)
		value = isfinite(value) ? 1 : (double)NAN;
	return value == 0 ? quarter : sin(quarter * value) / value;
}

static const struct function functions[] = {
	{ "exp2", agx_float_exp2, exp2, 0.501 },
	{ "log2", agx_float_log2, log2, 0.501 },
	{ "sinc", agx_float_sin_ratio, model_sin_ratio, 0.505 },
};

/* All halves, into both formats, and many singles. */
static void test_functions(void **state)
{
	struct gpu_random random = { 8 };
	u32 i;
	u32 k;

	for (k = 0; k < ARRAY_SIZE(functions); k++) {
		const struct function *f = &functions[k];

		for (i = 0; i < 0x10000 + ROUNDS; i++) {
			u32 single = i < 0x10000 ? agx_float_from_half(i) :
						   real_random_single(&random);
			double value = f->expected(real_of_single(single));

			expect_near(f->name, f->got(single, AGX_FLOAT_SINGLE), value, 32, single,
				    f->limit);
			expect_near(f->name, f->got(single, AGX_FLOAT_HALF), value, 16, single,
				    0.501);
		}
	}
}

/* Where results are small, and where they are at the ends of what a float can be. */
static void test_function_ranges(void **state)
{
	static const struct {
		u32 function;
		u32 first;
		u32 last;
		u32 step;
	} ranges[] = {
		{ 0, 0x42f00000, 0x43200000, 7 },	/* exp2 from 120 to 160 */
		{ 0, 0xc2f00000, 0xc3200000, 7 },
		{ 0, 0x33000000, 0x3f800000, 101 },	/* and from 2^-25 to 1 */
		{ 0, 0xb3000000, 0xbf800000, 101 },
		{ 1, 0x3f7f0000, 0x3f820000, 1 },	/* log2 next to 1 */
		{ 1, 0x3f000000, 0x40000000, 7 },	/* and from 0.5 to 2 */
		{ 2, 0x33000000, 0x3f800000, 101 },	/* sinc from 2^-25 to 1 */
	};
	u32 single;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct function *f = &functions[ranges[i].function];

		for (single = ranges[i].first; single <= ranges[i].last; single += ranges[i].step)
			expect_near(f->name, f->got(single, AGX_FLOAT_SINGLE),
				    f->expected(real_of_single(single)), 32, single, f->limit);
	}
}

/* Powers of two have exact logarithms, and are the powers of integers. */
static void test_powers_of_two(void **state)
{
	s32 i;

	for (i = -126; i <= 127; i++) {
		u32 power = (u32)(i + 127) << 23;
		u32 exponent = real_to_single(i);

		assert_int_equal(agx_float_log2(power, AGX_FLOAT_SINGLE), exponent);
		assert_int_equal(agx_float_exp2(exponent, AGX_FLOAT_SINGLE), power);
	}
}

/* Exact where it counts, from 0 to 4, and with the right period everywhere. */
static void test_sin_quadrant(void **state)
{
	struct gpu_random random = { 9 };
	u32 single;
	u32 i;

	for (single = 0x30000000; single <= 0x40800000; single += 13) {
		const u32 sources[3] = { single };

		expect("sinr", agx_float_sin_quadrant(single, AGX_FLOAT_SINGLE),
		       model_sin_quadrant(real_of_single(single)), 32, sources);
	}
	for (i = 0; i < ROUNDS; i++) {
		double value;

		single = real_random_single(&random);
		value = real_of_single(agx_float_sin_quadrant(single, AGX_FLOAT_SINGLE));
		if (!isfinite(real_of_single(single))) {
			assert_true(isnan(value));
			continue;
		}
		assert_true(fabs(value) <= 1);
		/* The distance is a multiple of 4, or, mirrored, one of 4 and 2. */
		if (fabs(model_sin_quadrant(real_of_single(single)) - value) > ldexp(1, -20))
			fail_msg("sinr of 0x%08x is %g", single, value);
	}
}

/* All of a sine, as compilers put it together: much better than the API asks, which is 2^-11. */
static void test_sine(void **state)
{
	const double quarter = acos(0);
	double worst = 0;
	u32 single;

	for (single = 0x30000000; single < 0x40800000; single += 13) {
		u32 quadrant = agx_float_sin_quadrant(single, AGX_FLOAT_SINGLE);
		u32 ratio = agx_float_sin_ratio(quadrant, AGX_FLOAT_SINGLE);
		u32 sine = agx_float_mul(ratio, quadrant, AGX_FLOAT_SINGLE);
		double expected = sin(quarter * model_sin_quadrant(real_of_single(single)));

		worst = fmax(worst, fabs(real_of_single(sine) - expected));
	}
	assert_true(worst < ldexp(1, -23));
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
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_function_ranges),
		cmocka_unit_test(test_powers_of_two),
		cmocka_unit_test(test_sin_quadrant),
		cmocka_unit_test(test_sine),
	};

	return cmocka_run_group_tests_name("engine-float", tests, NULL, NULL);
}
