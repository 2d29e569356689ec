/* SPDX-License-Identifier: MIT */
/*
 * What agx-cli run is asked to do.
 */
#ifndef AGX_CLI_RUN_PLAN_H
#define AGX_CLI_RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asm.h"
#include "cli.h"
#include "job.h"
#include "run_trace.h"
#include "values.h"

struct cli_args;

/* Uniforms of 32 bits. */
#define RUN_MAX_UNIFORMS 256

struct run_buffer {
	/* In bytes. */
	size_t size;

	/* From the start on; the rest is zero. */
	struct values values;

	/* Once there is one. */
	struct job_buffer gpu;
};

/* What a word of it is before the job. */
uint32_t run_initial(const struct run_buffer *buffer, size_t word);

/* Words of a buffer: what they have to be. */
struct run_expect {
	unsigned int buffer;
	size_t first;
	struct values values;
};

/* Words of a buffer that are to be shown. */
struct run_dump {
	unsigned int buffer;
	size_t first;
	size_t count;
};

/* Something that happens to a job while it runs. */
struct run_event {
	bool wanted;
	uint64_t after_ns;
};

struct run_plan {
	/* Borrowed from the arguments. */
	const char *name;

	/* Owned. */
	struct asm_code code;
	struct asm_code preshader;

	uint32_t num_registers;
	uint32_t shared_size;
	uint32_t threads[3];
	uint32_t group[3];

	/* Behind the addresses of the buffers. */
	uint32_t uniforms[RUN_MAX_UNIFORMS];
	unsigned int num_uniforms;

	/* All owned. */
	struct run_buffer *buffers;
	unsigned int num_buffers;
	struct run_expect *expects;
	unsigned int num_expects;
	struct run_dump *dumps;
	unsigned int num_dumps;

	/* Words of which nothing is expected have to stay as they were. */
	bool rest_unchanged;

	/* What a shader with a name does is not known for these buffers, and nobody says it. */
	bool expects_nothing;

	/* The first word of the first buffer becomes zero; the queue goes. */
	struct run_event release;
	struct run_event kill;

	/* How long to wait for the end. */
	uint64_t wait_ns;

	struct run_trace_plan trace;
};

/* On failure says what is wrong; either way the plan is to be freed. */
enum cli_exit run_plan_make(struct cli *cli, const struct cli_args *args, struct run_plan *plan);
void run_plan_free(struct run_plan *plan);

#endif /* AGX_CLI_RUN_PLAN_H */
