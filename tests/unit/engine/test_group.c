// SPDX-License-Identifier: MIT
/*
 * Ballots, shuffles, reductions and scans, with lanes that take no part.
 */
#include "operands.h"

#include <math.h>

#include "isa.h"
#include "real.h"

#define LANES		32
#define BACKGROUND	0xa5a5b6b6u

/* Which threads run the instruction: what their third source says. */
static bool active(const struct values *values, u32 thread)
{
	return values->c[thread] >> 32;
}

/* All, none but one, or some. */
static void make_active(struct gpu *gpu, struct gpu_random *random, struct values *values)
{
	u32 some = gpu_random_below(random, 3);
	u32 one = gpu_random_below(random, THREADS);
	u32 i;

	for (i = 0; i < THREADS; i++) {
		bool on = some == 0 || (some == 1 && gpu_random_below(random, 2)) || i == one;

		values->c[i] = (values->c[i] & 0xffffffff) | (u64)on << 32;
	}
	put_values(gpu, values);
}

/* Whoever is not active skips what is between these two. */
static void begin(struct code *code)
{
	prologue(code);
	asm_bitop(code, 0xa, r32(10), r32(0), imm(0));
	asm_ldimm16(code, 0, 0);
	asm_icmp(code, ASM_IF, 8, 1, r32(7), imm(0));
}

static void end(struct gpu *gpu, struct code *code)
{
	asm_pop(code, 1);
	asm_bitop(code, 0xa, r32(0), r32(10), imm(0));
	epilogue(gpu, code);
}

static void check_active(struct gpu *gpu, const struct values *values, u32 thread, struct arg dst,
			 u64 result, const char *what)
{
	if (!active(values, thread))
		result = dst.value & 1 && dst.bits == 16 ? BACKGROUND >> 16 : BACKGROUND;
	check(gpu, thread, dst, result, what);
}

static bool holds(u32 cond, struct arg a, u64 va, struct arg b, u64 vb)
{
	__int128_t x = va;
	__int128_t y = vb;
	bool result;

	if (cond & 4) {
		x = a.bits == 32 ? (__int128_t)(s32)va : (__int128_t)(s16)va;
		y = b.bits == 32 ? (__int128_t)(s32)vb : (__int128_t)(s16)vb;
	}
	result = (cond & 3) == 0 ? x == y : (cond & 3) == 1 ? x < y : x > y;
	return result != !!(cond & 8);
}

static void test_ballot(void **state)
{
	static const u32 conds[] = { 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14 };
	struct gpu_random random = { 30 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;
	u32 k;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 1500; round++) {
		u32 cond = conds[round % ARRAY_SIZE(conds)];
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = pick(&random, 1, false);
		u32 size = gpu_random_below(&random, 2) ? LANES : 4;

		make_values(gpu, &random, &values);
		make_active(gpu, &random, &values);
		begin(&code);
		asm_ballot(&code, cond, size == 4, dst, a, b);
		end(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u32 first = i / size * size;
			u32 result = 0;

			for (k = first; k < first + size; k++) {
				if (active(&values, k) && holds(cond, a, fetch(&values, 0, a, k), b,
								fetch(&values, 1, b, k)))
					result |= 1u << (k - first);
			}
			check_active(gpu, &values, i, dst, result, "ballot");
		}
	}
}

/* The comparison is that of other float instructions; here it is only that of two numbers. */
static void test_float_ballot(void **state)
{
	struct gpu_random random = { 31 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 expected = 0;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	make_values(gpu, &random, &values);
	for (i = 0; i < THREADS; i++) {
		float number = (float)(i * 37 % 64) - 32.0f;
		u32 bits;

		memcpy(&bits, &number, sizeof(bits));
		values.a[i] = bits;
		if (i < LANES && -number < 2.5f)
			expected |= 1u << i;
	}
	values.uniform[1] = 0x40200000;
	put_values(gpu, &values);

	prologue(&code);
	asm_float_ballot(&code, 1, false, r32(8), (struct arg){
		.file = ARG_REG, .value = 4, .bits = 32, .neg = true,
	}, u32_(10));
	epilogue(gpu, &code);
	for (i = 0; i < LANES; i++)
		check(gpu, i, r32(8), expected, "float ballot");
}

/* A shuffle by what may differ: the lane of the quad is what the quad's lanes ask for, joined. */
static void test_shuffle_index(void **state)
{
	struct gpu_random random = { 32 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 1000; round++) {
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);
		struct arg b = pick(&random, 1, false);
		bool quad = gpu_random_below(&random, 2);

		make_values(gpu, &random, &values);
		for (i = 0; i < THREADS; i++) {
			u32 index = gpu_random_below(&random, round % 8 ? 32 : 40);

			values.b[i] = index * 0x0001000100010001ull;
		}
		make_active(gpu, &random, &values);
		begin(&code);
		asm_shuffle(&code, ASM_SHUFFLE, quad, false, dst, a, b);
		end(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			/* Of the values of @b only the low ones are the same in 16 and 32 bits. */
			u32 own = (u32)fetch(&values, 1, b, i);
			u32 first = quad ? i & ~3u : (i & ~31u) + (own & 28);
			u32 lane = (u32)(fetch(&values, 1, b, first) |
					 fetch(&values, 1, b, first + 1) |
					 fetch(&values, 1, b, first + 2) |
					 fetch(&values, 1, b, first + 3)) & 3;

			if (!quad && own > 31)
				check(gpu, i, dst, dst.value & 1 && dst.bits == 16 ?
				      BACKGROUND >> 16 : BACKGROUND, "shuffle to nowhere");
			else
				check_active(gpu, &values, i, dst,
					     fetch(&values, 0, a, first + lane), "shuffle");
		}
	}
}

/* Where a lane's value comes from if all lanes ask for the same amount. */
static u32 model_shuffle(enum asm_shuffle op, bool rotate, u32 size, u32 lane, u32 amount)
{
	u32 first = lane / size * size;
	s64 from = lane - first;

	switch (op) {
	case ASM_SHUFFLE_XOR:
		from ^= amount;
		break;
	case ASM_SHUFFLE_UP:
		from -= amount;
		break;
	default:
		from += amount;
	}
	if (rotate)
		from = (from % size + size) % size;
	return from < 0 || from >= size ? lane : first + (u32)from;
}

static void test_shuffle_uniform(void **state)
{
	struct gpu_random random = { 33 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 4 * 2 * 48; round++) {
		enum asm_shuffle op = 1 + round % 3;
		u32 size = round / 3 % 2 ? LANES : 4;
		u32 amount = round / 6 % 36;
		bool rotate = op == ASM_SHUFFLE_UP && gpu_random_below(&random, 2);
		struct arg dst = pick_dst(&random, false);
		struct arg a = pick(&random, 0, false);

		make_values(gpu, &random, &values);
		make_active(gpu, &random, &values);
		begin(&code);
		asm_shuffle(&code, op, size == 4, rotate, dst, a, imm(amount));
		end(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u32 from = model_shuffle(op, rotate, size, i, amount);

			check_active(gpu, &values, i, dst, fetch(&values, 0, a, from), "shuffle");
		}
	}
}

/* Observed on hardware: amounts that differ within a quad, and the lanes that are chosen. */
static void test_shuffle_observed(void **state)
{
	static const struct {
		u32 amount[4];
		u32 from[4];
	} observed[] = {
		{ { 1, 0, 0, 0 }, { 1, 2, 3, 0 } },
		{ { 0, 0, 0, 1 }, { 1, 2, 3, 7 } },
		{ { 0, 0, 2, 1 }, { 3, 0, 6, 7 } },
	};
	struct gpu_random random = { 34 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 i;
	u32 k;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (i = 0; i < ARRAY_SIZE(observed); i++) {
		make_values(gpu, &random, &values);
		for (k = 0; k < THREADS; k++) {
			values.a[k] = k;
			values.b[k] = k < 4 ? observed[i].amount[k] : 0;
		}
		put_values(gpu, &values);
		prologue(&code);
		asm_shuffle(&code, ASM_SHUFFLE_DOWN, false, false, r32(8), r32(2), r16(8));
		epilogue(gpu, &code);
		for (k = 0; k < LANES; k++)
			check(gpu, k, r32(8), k < 4 ? observed[i].from[k] : k, "shuffle down");
	}
}

static s64 number(struct arg arg, u64 value, bool is_signed)
{
	if (!is_signed)
		return (s64)value;
	return arg.bits == 32 ? (s32)value : (s16)value;
}

/* Starts from what is left if nobody takes part. */
static s64 model_reduce(u32 op, struct arg arg, const s64 *list, u32 count)
{
	s64 high = arg.bits == 32 ? 0x7fffffff : 0x7fff;
	s64 result = op == AGX_ISA_REDUCE_AND ? -1 : op == AGX_ISA_REDUCE_SMIN ? high :
		     op == AGX_ISA_REDUCE_SMAX ? -high - 1 :
		     op == AGX_ISA_REDUCE_UMIN ? 2 * high + 1 : 0;
	u32 i;

	for (i = 0; i < count; i++) {
		switch (op) {
		case AGX_ISA_REDUCE_AND:
			result &= list[i];
			break;
		case AGX_ISA_REDUCE_OR:
			result |= list[i];
			break;
		case AGX_ISA_REDUCE_XOR:
			result ^= list[i];
			break;
		case AGX_ISA_REDUCE_IADD:
			result += list[i];
			break;
		case AGX_ISA_REDUCE_SMIN:
		case AGX_ISA_REDUCE_UMIN:
			result = list[i] < result ? list[i] : result;
			break;
		default:
			result = list[i] > result ? list[i] : result;
		}
	}
	return result;
}

static void test_reduce(void **state)
{
	static const u32 ops[] = {
		AGX_ISA_REDUCE_AND, AGX_ISA_REDUCE_OR, AGX_ISA_REDUCE_XOR, AGX_ISA_REDUCE_IADD,
		AGX_ISA_REDUCE_SMIN, AGX_ISA_REDUCE_SMAX, AGX_ISA_REDUCE_UMIN, AGX_ISA_REDUCE_UMAX,
	};
	struct gpu_random random = { 35 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;
	u32 k;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 2000; round++) {
		u32 op = ops[round % ARRAY_SIZE(ops)];
		bool is_signed = op == AGX_ISA_REDUCE_SMIN || op == AGX_ISA_REDUCE_SMAX;
		u32 size = gpu_random_below(&random, 2) ? LANES : 4;
		bool prefix = gpu_random_below(&random, 2);
		struct arg dst;
		struct arg a;

		/* Compilers use one size for both. */
		do {
			dst = pick_dst(&random, false);
			a = pick(&random, 0, false);
		} while (dst.bits != a.bits);

		make_values(gpu, &random, &values);
		make_active(gpu, &random, &values);
		begin(&code);
		asm_reduce(&code, op, size == 4, prefix, dst, a);
		end(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u32 first = i / size * size;
			s64 list[LANES];
			u32 count = 0;

			for (k = first; k < (prefix ? i : first + size); k++) {
				if (active(&values, k))
					list[count++] = number(a, fetch(&values, 0, a, k),
							       is_signed);
			}
			check_active(gpu, &values, i, dst, (u64)model_reduce(op, a, list, count),
				     prefix ? "scan" : "reduction");
		}
	}
}

static double model_reduce_floats(u32 op, u32 bits, const double *list, u32 count)
{
	double result = op == AGX_ISA_REDUCE_FMUL ? 1 :
			op == AGX_ISA_REDUCE_FMIN ? (double)INFINITY :
			op == AGX_ISA_REDUCE_FMAX ? -(double)INFINITY : 0;
	u32 i;

	for (i = 0; i < count; i++) {
		switch (op) {
		case AGX_ISA_REDUCE_FADD:
			result = real_of(real_to(real_add(result, list[i]), bits), bits);
			break;
		case AGX_ISA_REDUCE_FMUL:
			result = real_of(real_to(result * list[i], bits), bits);
			break;
		case AGX_ISA_REDUCE_FMIN:
			result = result < list[i] || isnan(list[i]) ? result : list[i];
			break;
		default:
			result = result > list[i] || isnan(list[i]) ? result : list[i];
		}
	}
	return result;
}

/* Of moderate size, for the most part, so that sums and products are no infinities. */
static void make_floats(struct gpu_random *random, struct values *values)
{
	u32 edges = gpu_random_below(random, 2);
	u32 i;

	for (i = 0; i < THREADS; i++) {
		u32 low = real_to_single(gpu_random_below(random, 4096) / 1024.0 - 2);
		u32 high = real_to_half(gpu_random_below(random, 4096) / 1024.0 - 2) |
			   real_to_half(gpu_random_below(random, 64) / 16.0) << 16;

		if (edges && gpu_random_below(random, 4) == 0) {
			low = real_random_single(random);
			high = real_random_half(random) | real_random_half(random) << 16;
		}
		values->a[i] = low | (u64)high << 32;
	}
}

static void test_reduce_floats(void **state)
{
	static const u32 ops[] = {
		AGX_ISA_REDUCE_FADD, AGX_ISA_REDUCE_FMUL, AGX_ISA_REDUCE_FMIN, AGX_ISA_REDUCE_FMAX,
	};
	struct gpu_random random = { 36 };
	struct gpu *gpu = *state;
	struct values values;
	struct code code;
	u32 round;
	u32 i;
	u32 k;

	gpu_setup_1d(gpu, THREADS, THREADS);
	for (round = 0; round < 2000; round++) {
		u32 op = ops[round % ARRAY_SIZE(ops)];
		u32 size = gpu_random_below(&random, 2) ? LANES : 4;
		bool prefix = gpu_random_below(&random, 2);
		struct arg dst;
		struct arg a;

		do {
			dst = pick_dst(&random, false);
			a = pick(&random, 0, false);
		} while (dst.bits != a.bits || a.file == ARG_IMM);

		make_values(gpu, &random, &values);
		make_floats(&random, &values);
		make_active(gpu, &random, &values);
		begin(&code);
		asm_reduce(&code, op, size == 4, prefix, dst, a);
		end(gpu, &code);

		for (i = 0; i < THREADS; i++) {
			u32 first = i / size * size;
			double list[LANES];
			u32 count = 0;

			for (k = first; k < (prefix ? i : first + size); k++) {
				if (active(&values, k))
					list[count++] = real_of((u32)fetch(&values, 0, a, k),
								a.bits);
			}
			check_active(gpu, &values, i, dst,
				     real_to(model_reduce_floats(op, a.bits, list, count),
					     a.bits), "float reduction");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gpu_unit_test(test_ballot),
		gpu_unit_test(test_float_ballot),
		gpu_unit_test(test_shuffle_index),
		gpu_unit_test(test_shuffle_uniform),
		gpu_unit_test(test_shuffle_observed),
		gpu_unit_test(test_reduce),
		gpu_unit_test(test_reduce_floats),
	};

	return cmocka_run_group_tests_name("engine-group", tests, NULL, NULL);
}
