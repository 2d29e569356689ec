/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets have in common: memory for a command, and a way to run it that does not let
 * the engine get away with anything.
 */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include "engine.h"
#include "target.h"

/* Memory is mapped from 0 on, and again where it cannot be written; there are holes around both. */
#define FUZZ_MEMORY	0x10000
#define FUZZ_READ_ONLY	0x100000

/* Where targets put what they do not make up: not all of them need all of it. */
#define FUZZ_STREAM	0x0
#define FUZZ_USC	0x1000
#define FUZZ_UNIFORM	0x1800
#define FUZZ_CODE	0x2000
#define FUZZ_PRESHADER	0x6000
#define FUZZ_DATA	0x8000

/* struct fuzz_command - What is to be run. */
struct fuzz_command {
	u8 memory[FUZZ_MEMORY];

	/* How much of it is mapped. */
	u32 size;

	u64 stream;
	bool soft_faults;
	bool g14x;

	/* Budget of a call, and steps after which the command has had its chance. */
	u32 budget;
	u32 steps;
};

/* struct fuzz_outcome - How it ended. */
struct fuzz_outcome {
	enum agx_engine_status status;
	u64 steps;
	struct agx_engine_fault fault;
};

/*
 * Runs a command, whose memory changes. Aborts if the engine asks for an impossible access, spends
 * more than its budget or goes on without having spent it, or says what makes no sense of the end.
 */
struct fuzz_outcome fuzz_run(struct fuzz_command *command);

/* Empties a command and gives it all its memory, soft faults and a large budget. */
void fuzz_command_init(struct fuzz_command *command);

/* Little-endian numbers in memory. */
void fuzz_put(struct fuzz_command *command, u32 at, u64 value, u32 size);

/* A launch of so many threads in workgroups of so many; returns what is behind it. */
u32 fuzz_put_launch(struct fuzz_command *command, u32 at, u32 global, u32 local);
void fuzz_put_terminate(struct fuzz_command *command, u32 at);

/*
 * USC words for the code at FUZZ_CODE, and for FUZZ_PRESHADER if there is one: uniforms from
 * FUZZ_UNIFORM with du0 at FUZZ_DATA and du2 at the read-only view of it, and threadgroup memory.
 */
void fuzz_put_words(struct fuzz_command *command, bool preshader);

#endif /* FUZZ_HARNESS_H */
