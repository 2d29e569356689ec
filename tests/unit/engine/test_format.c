// SPDX-License-Identifier: MIT
/*
 * Formats in memory: what loads and stores make of all values, held against formulas in doubles.
 */
#include "test.h"

#include <math.h>

#include "float.h"
#include "real.h"
#include "real_format.h"

#define THREADS	32
#define ROUNDS	400000

static void expect(const char *what, u32 source, u32 got, u32 expected)
{
	if (got != expected)
		fail_msg("%s of 0x%x: 0x%x instead of 0x%x", what, source, got, expected);
}

/* Numbers that are nearly a multiple of 1 / @max, or halfway between two. */
static u32 random_fraction(struct gpu_random *random, u32 bits)
{
	double steps = gpu_random_below(random, 2u << bits) / 2.0;
	u32 single = real_to_single(steps / (ldexp(1, (int)bits) - 1));

	switch (gpu_random_below(random, 4)) {
	case 0:
		return real_random_single(random);
	case 1:
		return (single + gpu_random_below(random, 3) - 1) | 0x80000000;
	default:
		return single + gpu_random_below(random, 3) - (single ? 1 : 0);
	}
}

static void test_norm(void **state)
{
	static const u32 sizes[] = { 2, 4, 5, 6, 8, 10, 16 };
	struct gpu_random random = { 1 };
	u32 i;
	u32 k;

	for (k = 0; k < ARRAY_SIZE(sizes); k++) {
		u32 bits = sizes[k];

		for (i = 0; i < 1u << bits; i++) {
			expect("unorm", i, agx_float_from_unorm(i, bits, AGX_FLOAT_SINGLE),
			       real_to_single(real_unorm(i, bits)));
			expect("unorm", i, agx_float_from_unorm(i, bits, AGX_FLOAT_HALF),
			       real_to_half(real_unorm(i, bits)));
			expect("snorm", i, agx_float_from_snorm(i, bits, AGX_FLOAT_SINGLE),
			       real_to_single(real_snorm(i, bits)));
			expect("snorm", i, agx_float_from_snorm(i, bits, AGX_FLOAT_HALF),
			       real_to_half(real_snorm(i, bits)));
		}
		for (i = 0; i < ROUNDS; i++) {
			u32 single = random_fraction(&random, bits - (i & 1));

			expect("to unorm", single, agx_float_to_unorm(single, bits),
			       real_to_unorm(real_of_single(single), bits));
			expect("to snorm", single, agx_float_to_snorm(single, bits),
			       real_to_snorm(real_of_single(single), bits));
		}
	}
}

static void test_small(void **state)
{
	struct gpu_random random = { 2 };
	u32 bits;
	u32 low;
	u32 i;

	for (bits = 10; bits <= 11; bits++) {
		for (i = 0; i < 1u << bits; i++) {
			u32 single = agx_float_from_small(i, bits);

			if (isnan(real_small(i, bits)))
				assert_true(agx_float_is_nan(single));
			else
				expect("small", i, single, real_to_single(real_small(i, bits)));
		}
		for (i = 0; i < ROUNDS; i++) {
			u32 single = real_random_single(&random);
			double value = real_of_single(single);

			/* Halfway between two, and next to that. */
			low = i / 2 % (0x7bu << (bits - 7));
			if (i & 1)
				single = real_to_single(real_small(low, bits) +
							real_small(low + 1, bits)) -
					 0x800000 + i % 3 - 1;
			if (single >> 31)
				single = 0x80000000;
			value = real_of_single(single);
			expect("to small", single,
			       agx_float_to_small(single, bits, AGX_FLOAT_NEAREST),
			       real_to_small(value, bits, true));
			expect("to small", single,
			       agx_float_to_small(single, bits, AGX_FLOAT_ZERO),
			       real_to_small(value, bits, false));
		}
	}
}

static void test_shared(void **state)
{
	struct gpu_random random = { 3 };
	u32 i;
	u32 k;

	for (i = 0; i < ROUNDS; i++) {
		u32 value = gpu_random(&random);
		double values[3];
		u32 singles[3];

		for (k = 0; k < 3; k++) {
			expect("shared", value, agx_float_from_shared(value, k, AGX_FLOAT_SINGLE),
			       real_to_single(real_shared(value, k)));
			expect("shared", value, agx_float_from_shared(value, k, AGX_FLOAT_HALF),
			       real_to_half(real_shared(value, k)));

			/* Most of them close together, and just below a power of two. */
			singles[k] = real_random_single(&random);
			if (i & 3)
				singles[k] = 0x3f800000 + gpu_random_below(&random, 4) * 0x800000 -
					     gpu_random_below(&random, 0x10000);
			values[k] = real_of_single(singles[k]);
		}
		expect("to shared", singles[0], agx_float_to_shared(singles, AGX_FLOAT_NEAREST),
		       real_to_shared(values, true));
		expect("to shared", singles[0], agx_float_to_shared(singles, AGX_FLOAT_ZERO),
		       real_to_shared(values, false));
	}
}

static void test_srgb(void **state)
{
	struct gpu_random random = { 4 };
	u32 i;

	for (i = 0; i < 256; i++) {
		expect("srgb", i, agx_float_from_srgb(i, AGX_FLOAT_SINGLE),
		       real_to_single(real_srgb(i)));
		expect("srgb", i, agx_float_from_srgb(i, AGX_FLOAT_HALF),
		       real_to_half(real_srgb(i)));
		expect("to srgb", i, agx_float_to_srgb(real_to_single(real_srgb(i))),
		       (u32)nearbyint(real_to_srgb(real_srgb(i))));
	}
	for (i = 0; i < ROUNDS; i++) {
		u32 single = i & 1 ? real_random_single(&random) :
				     gpu_random_below(&random, 0x3f900000);
		double exact = real_to_srgb(real_of_single(single));

		if (fabs(agx_float_to_srgb(single) - exact) > 0.501)
			fail_msg("to srgb of 0x%x: %u instead of %g", single,
				 agx_float_to_srgb(single), exact);
	}
}

/* A format as the tables of the architecture have it. */
struct format {
	u32 number;
	u32 mask;
	u32 size;
	u32 packed;
};

static const struct format formats[] = {
	{ 3, 0, 2, 0 }, { 4, 0, 1, 0 }, { 5, 0, 1, 0 }, { 6, 0, 2, 0 }, { 7, 0, 2, 0 },
	{ 8, 15, 4, 4 }, { 10, 0, 1, 0 }, { 12, 7, 4, 3 }, { 13, 7, 4, 3 }, { 14, 7, 4, 3 },
	{ 15, 7, 4, 3 }, { 12, 15, 4, 3 }, { 13, 15, 4, 3 },
};

static double model_unpack(u32 format, u32 index, u32 raw)
{
	switch (format) {
	case 3:
		return real_of_half(raw);
	case 4:
		return real_unorm(raw, 8);
	case 5:
		return real_snorm(raw, 8);
	case 6:
		return real_unorm(raw, 16);
	case 7:
		return real_snorm(raw, 16);
	case 8:
		return index == 3 ? real_unorm(raw >> 30, 2) :
				    real_unorm(raw >> 10 * index & 1023, 10);
	case 10:
		return index == 3 ? real_unorm(raw, 8) : real_srgb(raw);
	case 12:
	case 14:
		if (index == 3)
			return 1;
		return index == 2 ? real_small(raw >> 22, 10) :
				    real_small(raw >> 11 * index & 2047, 11);
	default:
		return index == 3 ? 1 : real_shared(raw, index);
	}
}

static u32 model_pack(u32 format, u32 index, const double *values)
{
	switch (format) {
	case 3:
		return real_to_half(values[0]);
	case 4:
		return real_to_unorm(values[0], 8);
	case 5:
		return real_to_snorm(values[0], 8);
	case 6:
		return real_to_unorm(values[0], 16);
	case 7:
		return real_to_snorm(values[0], 16);
	case 8:
		return real_to_unorm(values[0], 10) | real_to_unorm(values[1], 10) << 10 |
		       real_to_unorm(values[2], 10) << 20 | real_to_unorm(values[3], 2) << 30;
	case 10:
		return index == 3 ? real_to_unorm(values[0], 8) :
				    (u32)nearbyint(real_to_srgb(values[0]));
	case 12:
	case 14:
		return real_to_small(values[0], 11, format == 12) |
		       real_to_small(values[1], 11, format == 12) << 11 |
		       real_to_small(values[2], 10, format == 12) << 22;
	default:
		return real_to_shared(values, format == 13);
	}
}

/* Registers of a thread, four of either size. */
static u32 get_register(const u32 *words, u32 bits, u32 index)
{
	return bits == 32 ? words[index] : words[index / 2] >> 16 * (index % 2) & 0xffff;
}

static u32 read_raw(struct gpu *gpu, u64 va, u32 size)
{
	u32 raw = 0;

	memcpy(&raw, gpu_at(gpu, va), size);
	return raw;
}

/* Any NaN is as good as another, except that halves are copied as they are. */
static void expect_register(const struct format *format, u32 bits, u32 got, u32 raw, double value)
{
	u32 expected = bits == 32 ? real_to_single(value) : real_to_half(value);

	if (isnan(value) && isnan(real_of(got, bits)))
		return;
	if (format->number == 3 && bits == 16)
		expected = raw;
	if (got != expected)
		fail_msg("load of format %u, 0x%x, to %u bits: 0x%x instead of 0x%x",
			 format->number, raw, bits, got, expected);
}

/* Thread i loads with index 2 i from a base that is not aligned. */
static void run_load(struct gpu *gpu, const struct format *format, u32 bits, u32 mask, u32 shift)
{
	const struct asm_memory how = {
		.format = format->number, .mask = mask, .shift = shift, .zero_extend = true,
	};
	const struct asm_memory words = {
		.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
	};
	u64 base = GPU_IN + 0x100 + format->size - 1;
	struct code code = { .len = 0 };
	u32 i;
	u32 k;

	asm_special(&code, r32(1), 80);
	asm_iadd(&code, NULL, r32(2), r32(1), r32(1));
	for (i = 4; i < 8; i++)
		asm_ldimm32(&code, i, 0);
	asm_ldimm32(&code, 8, (u32)base);
	asm_ldimm32(&code, 9, (u32)(base >> 32));
	asm_load(&code, &how, bits == 32 ? r32(4) : r16(8), r64(8), r32(2));
	asm_wait(&code, 0);
	asm_store(&code, &words, r32(4), base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);

	base -= format->size - 1;
	for (i = 0; i < THREADS; i++) {
		const u32 *registers = (const void *)gpu_at(gpu, GPU_OUT + 16 * i);
		u64 va = base + (format->packed ? 2 * i : (u64)2 * i << shift) * format->size;
		u32 index = 0;

		for (k = 0; k < 4; k++) {
			u32 raw;

			if (!(mask >> k & 1))
				continue;
			raw = read_raw(gpu, format->packed ? va : va + k * format->size,
				       format->size);
			expect_register(format, bits, get_register(registers, bits, index++), raw,
					model_unpack(format->number, k, raw));
		}
		/* Registers that the mask does not ask for are left alone. */
		for (; index < 4; index++)
			assert_int_equal(get_register(registers, bits, index), 0);
	}
}

static void test_load(void **state)
{
	struct gpu_random random = { 5 };
	struct gpu *gpu = *state;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 200 * ARRAY_SIZE(formats); round++) {
		const struct format *format = &formats[round % ARRAY_SIZE(formats)];

		for (i = 0; i < 0x800; i += 4)
			gpu_put32(gpu, GPU_IN + i, gpu_random(&random));
		run_load(gpu, format, gpu_random_below(&random, 2) ? 32 : 16,
			 format->mask ? format->mask : 1 + gpu_random_below(&random, 15),
			 gpu_random_below(&random, 4) % 3);
	}
}

/* Thread i stores four registers with index i, each four components apart. */
static void run_store(struct gpu *gpu, const struct format *format, u32 bits, u32 mask)
{
	const struct asm_memory how = {
		.format = format->number, .mask = mask, .shift = 2, .zero_extend = true,
	};
	const struct asm_memory words = {
		.format = 2, .mask = 15, .shift = 2, .zero_extend = true,
	};
	struct code code = { .len = 0 };
	u32 i;
	u32 k;

	memset(gpu_at(gpu, GPU_OUT), 0xa5, 0x800);
	asm_special(&code, r32(1), 80);
	asm_load(&code, &words, r32(4), base_in(), r32(1));
	asm_wait(&code, 0);
	asm_store(&code, &how, bits == 32 ? r32(4) : r16(8), base_out(), r32(1));
	asm_stop(&code);
	gpu_put_code(gpu, &code);
	gpu_assert_done(gpu);

	for (i = 0; i < THREADS; i++) {
		const u32 *registers = (const void *)gpu_at(gpu, GPU_IN + 16 * i);
		u64 va = GPU_OUT + (format->packed ? i : 4 * i) * format->size;
		double values[4];
		u32 index = 0;

		for (k = 0; k < 4; k++)
			values[k] = real_of(get_register(registers, bits, k), bits);
		for (k = 0; k < (format->packed ? 1 : 4); k++) {
			u32 expected = 0xa5a5a5a5 >> (32 - 8 * format->size);
			u32 got = read_raw(gpu, va + k * format->size, format->size);

			if (mask >> k & 1) {
				expected = model_pack(format->number, k, &values[index]);
				if (format->number == 3 && bits == 16)
					expected = get_register(registers, bits, index);
				index++;
			}
			if (got != expected)
				fail_msg("store of format %u from %u bits: 0x%x instead of 0x%x",
					 format->number, bits, got, expected);
		}
	}
}

static void test_store(void **state)
{
	struct gpu_random random = { 6 };
	struct gpu *gpu = *state;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 200 * ARRAY_SIZE(formats); round++) {
		const struct format *format = &formats[round % ARRAY_SIZE(formats)];
		u32 bits = gpu_random_below(&random, 2) ? 32 : 16;

		for (i = 0; i < 0x200; i += 4) {
			u32 value = gpu_random_below(&random, 2) ? real_random_single(&random) :
				    random_fraction(&random, 8);

			if (bits == 16)
				value = real_random_half(&random) |
					real_to_half(real_of_single(value)) << 16;
			gpu_put32(gpu, GPU_IN + i, value);
		}
		run_store(gpu, format, bits,
			  format->mask ? format->mask : 1 + gpu_random_below(&random, 15));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_norm),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_srgb),
		gpu_unit_test(test_load),
		gpu_unit_test(test_store),
	};

	return cmocka_run_group_tests_name("engine-format", tests, NULL, NULL);
}
