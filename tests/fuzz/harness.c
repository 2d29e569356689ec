// SPDX-License-Identifier: MIT
#include "harness.h"

#include <stdlib.h>

#define STACK_BYTES	0x10000

/* What a call may spend beyond its budget. */
#define OVERDRAFT	(200 + STACK_BYTES / 4096)

static u8 *fuzz_translate(struct fuzz_command *command, u64 va, u32 size, bool write)
{
	if (!size || size > AGX_ENGINE_MAX_ACCESS || va + size < va)
		abort();
	if (va >= FUZZ_READ_ONLY && !write)
		va -= FUZZ_READ_ONLY;
	if (va >= command->size || size > command->size - va)
		return NULL;
	return command->memory + va;
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

	if (access == AGX_ENGINE_FETCH)
		abort();
	if (!dst)
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

/* Pages are small, so that there are accesses that cannot be made in place. */
static void *fuzz_map(void *ctx, u64 va, u32 size, enum agx_engine_access access)
{
	if (va % 4 || size % 4)
		abort();
	if (va % 256 + size > 256)
		return NULL;
	return fuzz_translate(ctx, va, size, access == AGX_ENGINE_SHADER_STORE);
}

static void fuzz_unmap(void *ctx, void *map)
{
	struct fuzz_command *command = ctx;

	if ((u8 *)map < command->memory || (u8 *)map >= command->memory + command->size)
		abort();
}

static const struct agx_engine_mem_ops fuzz_ops = {
	.read = fuzz_read,
	.write = fuzz_write,
	.update = fuzz_update,
	.map = fuzz_map,
	.unmap = fuzz_unmap,
};

static void fuzz_check_fault(const struct agx_engine_fault *fault, enum agx_engine_status status)
{
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

static void fuzz_check_where(const struct agx_engine *engine)
{
	struct agx_engine_where where;

	agx_engine_locate(engine, &where);
	if (where.lane > 31 || where.simd > 31 || (where.exec & ~where.live))
		abort();
}

struct fuzz_outcome fuzz_run(struct fuzz_command *command)
{
	static u32 stack[STACK_BYTES / sizeof(u32)];
	static struct agx_engine *engine;
	const struct agx_engine_config cfg = {
		.stream = command->stream,
		.core_index = 1,
		.vm_slot = 2,
		.stack = stack,
		.stack_bytes = STACK_BYTES,
		.soft_faults = command->soft_faults,
		.g14x = command->g14x,
	};
	enum agx_engine_status status;
	u64 before;
	u64 steps;

	if (!engine) {
		engine = malloc(agx_engine_size());
		if (!engine)
			abort();
		agx_engine_init(engine);
	}

	agx_engine_start(engine, &cfg, &fuzz_ops, command);
	do {
		before = agx_engine_steps(engine);
		status = agx_engine_run(engine, command->budget);
		steps = agx_engine_steps(engine);
		if (steps > before + command->budget + OVERDRAFT)
			abort();
		/* Whoever runs on has spent what it was given. */
		if (status == AGX_ENGINE_RUNNING && steps < before + command->budget)
			abort();
	} while (status == AGX_ENGINE_RUNNING && steps < command->steps);

	/* Nobody helps. */
	if (status == AGX_ENGINE_WAITING)
		abort();
	fuzz_check_fault(agx_engine_fault(engine), status);
	fuzz_check_where(engine);
	return (struct fuzz_outcome){
		.status = status, .steps = steps, .fault = *agx_engine_fault(engine),
	};
}

void fuzz_command_init(struct fuzz_command *command)
{
	memset(command, 0, sizeof(*command));
	command->size = FUZZ_MEMORY;
	command->soft_faults = true;
	command->budget = 4000;
	command->steps = 4000;
}

void fuzz_put(struct fuzz_command *command, u32 at, u64 value, u32 size)
{
	for (; size--; value >>= 8)
		command->memory[at++] = (u8)value;
}

u32 fuzz_put_launch(struct fuzz_command *command, u32 at, u32 global, u32 local)
{
	u32 i;

	fuzz_put(command, at, 0x1012, 4);
	fuzz_put(command, at + 4, FUZZ_USC, 4);
	for (i = 0; i < 3; i++) {
		fuzz_put(command, at + 8 + 4 * i, i ? 1 : global, 4);
		fuzz_put(command, at + 20 + 4 * i, i ? 1 : local, 4);
	}
	return at + 32;
}

void fuzz_put_terminate(struct fuzz_command *command, u32 at)
{
	fuzz_put(command, at, 0x40000000, 8);
}

void fuzz_put_words(struct fuzz_command *command, bool preshader)
{
	u32 at = FUZZ_USC;
	u32 i;

	fuzz_put(command, at, 0x1d | 64ull << 20 | (u64)FUZZ_UNIFORM >> 2 << 26, 8);
	fuzz_put(command, at + 8, 0x0400914d, 4);
	fuzz_put(command, at + 12, 0x0c0d | (u64)FUZZ_CODE << 16, 6);
	if (preshader)
		fuzz_put(command, at + 18, 0xc0800038ull | (u64)FUZZ_PRESHADER << 32, 8);
	else
		fuzz_put(command, at + 18, 0x88, 2);

	fuzz_put(command, FUZZ_UNIFORM, FUZZ_DATA, 8);
	fuzz_put(command, FUZZ_UNIFORM + 8, FUZZ_READ_ONLY + FUZZ_DATA, 8);
	for (i = 16; i < 128; i++)
		command->memory[FUZZ_UNIFORM + i] = (u8)(i * 37);
}
