/* SPDX-License-Identifier: MIT */
/*
 * Programs of one instruction with operands of all kinds: three sources of each thread are in pairs
 * of registers, three more in uniforms, and the result goes to part of a pair of registers.
 */
#ifndef ENGINE_TEST_OPERANDS_H
#define ENGINE_TEST_OPERANDS_H

#include "test.h"

/* Threads of the programs; the GPU is to be set up for as many. */
#define THREADS		64

/* Sources, each of them 64 bits wide. */
struct values {
	u64 a[THREADS];
	u64 b[THREADS];
	u64 c[THREADS];
	u64 uniform[3];
};

/* Fills in values, and puts them where programs find them. */
void make_values(struct gpu *gpu, struct gpu_random *random, struct values *values);
void put_values(struct gpu *gpu, const struct values *values);

/* An operand for source number @which; 64-bit ones are registers. */
struct arg pick(struct gpu_random *random, u32 which, bool wide);
struct arg pick_dst(struct gpu_random *random, bool wide);

/* An operand that can be selected for @dst: it has the same size, or is immediate. */
struct arg pick_selected(struct gpu_random *random, u32 which, struct arg dst);

/* The bits of an operand in a thread, not extended. */
u64 fetch(const struct values *values, u32 which, struct arg arg, u32 thread);

/* What comes before and after the instruction; the latter also runs the program. */
void prologue(struct code *code);
void epilogue(struct gpu *gpu, struct code *code);

/* That a thread has this result in its destination, and that nothing beside it has changed. */
void check(struct gpu *gpu, u32 thread, struct arg dst, u64 result, const char *what);

#endif /* ENGINE_TEST_OPERANDS_H */
