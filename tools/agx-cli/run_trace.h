/* SPDX-License-Identifier: MIT */
/*
 * The instructions of a job, as the simulated GPU executes them.
 */
#ifndef AGX_CLI_RUN_TRACE_H
#define AGX_CLI_RUN_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"

/* What is to be shown; a preshader is in any case. */
struct run_trace_plan {
	bool wanted;

	bool all_groups;
	uint32_t group[3];
	bool all_simds;
	uint32_t simd;

	/* Below zero for what the GPU shows by itself. */
	int lane;

	/* Of memory for each CPU. */
	uint64_t buffer_bytes;
};

struct run_trace;

/*
 * Before the job is submitted, whose stream this is. @width: see trace_insn_format(). On failure
 * says why. @cli is borrowed.
 */
enum cli_exit run_trace_begin(struct cli *cli, const struct run_trace_plan *plan, uint64_t stream,
			      int width, struct run_trace **out);

/*
 * Prints what has been executed since, as far as a tenth of a second goes; does not wait. False if
 * a signal has come, having said so, or if it cannot be printed, as every verb says in the end.
 */
bool run_trace_read(struct run_trace *trace);

/* Prints the rest, and leaves nothing behind; fails if something is missing. */
enum cli_exit run_trace_end(struct run_trace *trace);

/* The same for a job that never ran, or of which nothing more is of interest. NULL is fine. */
void run_trace_drop(struct run_trace *trace);

#endif /* AGX_CLI_RUN_TRACE_H */
