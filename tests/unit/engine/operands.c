// SPDX-License-Identifier: MIT
#include "operands.h"

/* Registers and uniforms that hold sources, the destination, and what is in it before. */
#define A		2
#define B		4
#define C		6
#define D		8
#define UNIFORM_A	8
#define UNIFORM_B	10
#define UNIFORM_C	12
#define BACKGROUND	0xa5a5b6b6u

static const u32 pairs[3] = { A, B, C };
static const u32 uniforms[3] = { UNIFORM_A, UNIFORM_B, UNIFORM_C };

struct arg pick(struct gpu_random *random, u32 which, bool wide)
{
	switch (gpu_random_below(random, wide ? 6 : 5)) {
	case 0:
		return r16(2 * pairs[which] + gpu_random_below(random, 4));
	case 1:
		return imm(gpu_random(random) & 0xff);
	case 2:
		return u16_(2 * uniforms[which] + gpu_random_below(random, 4));
	case 3:
		return u32_(uniforms[which] + gpu_random_below(random, 2));
	case 4:
		return r32(pairs[which] + gpu_random_below(random, 2));
	default:
		return r64(pairs[which]);
	}
}

struct arg pick_selected(struct gpu_random *random, u32 which, struct arg dst)
{
	struct arg arg;

	do {
		arg = pick(random, which, false);
	} while (arg.file != ARG_IMM && arg.bits != dst.bits);
	return arg;
}

u64 fetch(const struct values *values, u32 which, struct arg arg, u32 thread)
{
	const u64 *const regs[3] = { values->a, values->b, values->c };
	u64 value;
	u32 half;

	switch (arg.file) {
	case ARG_IMM:
		return arg.value;
	case ARG_REG:
		value = regs[which][thread];
		half = arg.value - 2 * pairs[which];
		break;
	default:
		value = values->uniform[which];
		half = arg.value - 2 * uniforms[which];
	}
	value >>= 16 * half;
	return arg.bits == 64 ? value : value & ((1ull << arg.bits) - 1);
}

void make_values(struct gpu *gpu, struct gpu_random *random, struct values *values)
{
	u64 *const lists[3] = { values->a, values->b, values->c };
	u32 i;
	u32 k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < THREADS; k++) {
			lists[i][k] = gpu_random_edge(random);
			lists[i][k] |= (u64)gpu_random_edge(random) << 32;
		}
		values->uniform[i] = gpu_random_edge(random);
		values->uniform[i] |= (u64)gpu_random_edge(random) << 32;
	}
	put_values(gpu, values);
}

void put_values(struct gpu *gpu, const struct values *values)
{
	const u64 *const lists[3] = { values->a, values->b, values->c };
	u32 i;
	u32 k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < THREADS; k++)
			gpu_put64(gpu, GPU_IN + 8 * (i * THREADS + k), lists[i][k]);
		gpu_put64(gpu, GPU_UNIFORM + 4 * uniforms[i], values->uniform[i]);
	}
}

void prologue(struct code *code)
{
	const struct asm_memory pair = { .format = 2, .mask = 3, .shift = 1, .zero_extend = true };
	u32 i;

	code->len = 0;
	asm_special(code, r32(0), 80);
	for (i = 0; i < 3; i++) {
		asm_ldimm32(code, 1, i * THREADS);
		asm_iadd(code, NULL, r32(1), r32(1), r32(0));
		asm_load(code, &pair, r32(pairs[i]), base_in(), r32(1));
	}
	asm_wait(code, 0);
	asm_ldimm32(code, D, BACKGROUND);
	asm_ldimm32(code, D + 1, BACKGROUND);
}

void epilogue(struct gpu *gpu, struct code *code)
{
	const struct asm_memory pair = { .format = 2, .mask = 3, .shift = 1, .zero_extend = true };

	asm_store(code, &pair, r32(D), base_out(), r32(0));
	asm_stop(code);
	gpu_put_code(gpu, code);
	gpu_assert_done(gpu);
}

struct arg pick_dst(struct gpu_random *random, bool wide)
{
	switch (gpu_random_below(random, wide ? 3 : 2)) {
	case 0:
		return r16(2 * D + gpu_random_below(random, 4));
	case 1:
		return r32(D + gpu_random_below(random, 2));
	default:
		return r64(D);
	}
}

/* What is in the destination pair after @result was written to @dst. */
static u64 written(struct arg dst, u64 result)
{
	u64 background = BACKGROUND | (u64)BACKGROUND << 32;
	u32 shift = 16 * (dst.value - 2 * D);
	u64 mask;

	if (dst.bits == 64)
		return result;
	mask = ((1ull << dst.bits) - 1) << shift;
	return (background & ~mask) | (result << shift & mask);
}

void check(struct gpu *gpu, u32 thread, struct arg dst, u64 result, const char *what)
{
	u64 expected = written(dst, result);
	u64 got = gpu_get32(gpu, GPU_OUT + 8 * thread) |
		  (u64)gpu_get32(gpu, GPU_OUT + 8 * thread + 4) << 32;

	if (got != expected)
		fail_msg("%s, thread %u: 0x%llx instead of 0x%llx", what, thread,
			 (unsigned long long)got, (unsigned long long)expected);
}
