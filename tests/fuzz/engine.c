// SPDX-License-Identifier: MIT
/*
 * Fuzz target for the engine: the input is the memory that a command runs on, streams, words,
 * code and data alike, and how it is cut into runs.
 *
 * The first bytes are: flags, where the stream starts (2), budget (1). The rest is mapped at the
 * base of the address space, repeatedly in a second place that cannot be written, and there are
 * holes around both.
 */
#include "engine_fuzz.h"

#include <stdlib.h>

#include "engine.h"

#define HEADER		4
#define MEMORY		0x10000
#define READ_ONLY	0x100000
#define STACK		0x10000
#define FLAG_SOFT	1
#define FLAG_G14X	2

/* Steps after which a command has had its chance. */
#define MAX_STEPS	20000

struct fuzz {
	u8 memory[MEMORY];
	u32 size;
};

static u8 *fuzz_translate(struct fuzz *fuzz, u64 va, u32 size, bool write)
{
	if (!size || size > AGX_ENGINE_MAX_ACCESS || va + size < va)
		abort();
	if (va >= READ_ONLY && !write)
		va -= READ_ONLY;
	if (va >= fuzz->size || size > fuzz->size - va)
		return NULL;
	return fuzz->memory + va;
}

static int fuzz_read(void *ctx, u64 va, void *dst, u32 size, enum agx_engine_access access)
{
	const u8 *src = fuzz_translate(ctx, va, size, false);

	if (!src)
		return -1;
	memcpy(dst, src, size);
	return 0;
}

static int fuzz_write(void *ctx, u64 va, const void *src, u32 size, enum agx_engine_access access)
{
	u8 *dst = fuzz_translate(ctx, va, size, true);

	if (!dst || access != AGX_ENGINE_SHADER_STORE)
		return -1;
	memcpy(dst, src, size);
	return 0;
}

static int fuzz_update(void *ctx, u64 va, u32 (*change)(void *arg, u32 value), void *arg)
{
	u8 *word = fuzz_translate(ctx, va, 4, true);
	u32 value;

	if (va & 3)
		abort();
	if (!word)
		return -1;
	memcpy(&value, word, sizeof(value));
	value = change(arg, value);
	memcpy(word, &value, sizeof(value));
	return 0;
}

static const struct agx_engine_mem_ops fuzz_ops = {
	.read = fuzz_read,
	.write = fuzz_write,
	.update = fuzz_update,
};

static void fuzz_check_end(const struct agx_engine *engine, enum agx_engine_status status)
{
	const struct agx_engine_fault *fault = agx_engine_fault(engine);
	char text[AGX_ENGINE_FAULT_TEXT];
	size_t len = agx_engine_fault_format(fault, text, sizeof(text));
	bool faulted = status == AGX_ENGINE_FAULT;

	if (faulted == !fault->kind)
		abort();

	/* A text that fills the buffer may have been cut off. */
	if (len != strlen(text) || len + 1 >= sizeof(text))
		abort();
	if (fault->len > sizeof(fault->bytes) || fault->lane > 31)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct agx_engine *engine;
	static struct fuzz fuzz;
	static u32 stack[STACK / sizeof(u32)];
	struct agx_engine_config cfg = {
		.core_index = 1, .vm_slot = 2, .stack = stack, .stack_bytes = STACK,
	};
	enum agx_engine_status status;
	u32 budget;
	u64 steps;

	if (size < HEADER || size - HEADER > MEMORY)
		return 0;
	if (!engine)
		engine = malloc(agx_engine_size());
	if (!engine)
		abort();

	cfg.soft_faults = data[0] & FLAG_SOFT;
	cfg.g14x = data[0] & FLAG_G14X;
	cfg.stream = data[1] | (u64)data[2] << 8;
	budget = 1 + data[3] * 8u;
	fuzz.size = (u32)(size - HEADER);
	memcpy(fuzz.memory, data + HEADER, fuzz.size);

	agx_engine_start(engine, &cfg, &fuzz_ops, &fuzz);
	do {
		steps = agx_engine_steps(engine);
		status = agx_engine_run(engine, budget);
		if (agx_engine_steps(engine) > steps + budget + 200)
			abort();
		/* Whoever runs on has spent what it was given. */
		if (status == AGX_ENGINE_RUNNING && agx_engine_steps(engine) < steps + budget)
			abort();
	} while (status == AGX_ENGINE_RUNNING && agx_engine_steps(engine) < MAX_STEPS);

	fuzz_check_end(engine, status);
	return 0;
}
