// SPDX-License-Identifier: MIT
#include "run_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "clock_ns.h"
#include "out.h"
#include "trace_insn.h"
#include "trace_line.h"
#include "tracefs.h"

/* How long reading goes on if there is always more. */
#define READ_NS UINT64_C(100000000)

#define EVENT "agx_sim_insn"
#define EVENT_DIR "events/agx_sim/" EVENT
#define LANE_PARAMETER "/sys/module/agx_sim/parameters/trace_lane"

struct run_trace {
	/* Borrowed. */
	struct cli *cli;

	/* Owned. */
	struct tracefs *tracefs;

	/*
	 * The parameter, open and locked as long as the lane is ours, and what it was before; -1 if
	 * it stays as it is.
	 */
	int lane_fd;
	char old_lane[16];

	uint64_t stream;
	int width;

	/*
	 * Other clients have streams at the same address. The driver's number of our address space
	 * is in the job that this process makes; its place on the GPU is our context.
	 */
	bool has_vm;
	char vm[24];
	bool placed;
	uint32_t context;

	/* Events that came too fast, and those that make no sense. */
	uint64_t lost;
	uint64_t strange;
};

/* In the way of filters of tracefs. */
static void make_filter(const struct run_trace_plan *plan, uint64_t stream, char *buf, size_t size)
{
	char group[128] = "", simd[64] = "";

	if (!plan->all_groups)
		snprintf(group, sizeof(group),
			 " && x == %" PRIu32 " && y == %" PRIu32 " && z == %" PRIu32,
			 plan->group[0], plan->group[1], plan->group[2]);
	if (!plan->all_simds)
		snprintf(simd, sizeof(simd), " && simd == %" PRIu32, plan->simd);
	snprintf(buf, size, "stream == %#" PRIx64 " && (preshader == 1 || (preshader == 0%s%s))",
		 stream, group, simd);
}

static enum cli_exit trace_set(const struct run_trace *trace, const char *name, const char *value)
{
	int ret = tracefs_set(trace->tracefs, name, value);

	if (!ret)
		return CLI_EXIT_OK;
	return cli_errno_error(trace->cli, CLI_EXIT_FAILURE, ret,
			       "cannot set %s of tracefs to \"%s\"", name, value);
}

/* The context is told before the GPU sees the job. */
static enum cli_exit trace_enable(const struct run_trace *trace, const struct run_trace_plan *plan)
{
	char filter[320], own[64], size[32];
	enum cli_exit status;

	if (!tracefs_has(trace->tracefs, EVENT_DIR) ||
	    !tracefs_has(trace->tracefs, "events/agx/agx_context_place"))
		return cli_error(trace->cli, CLI_EXIT_UNSUPPORTED,
				 "the kernel has no event agx_sim:" EVENT
				 ": only the simulated GPU tells what it executes");

	snprintf(size, sizeof(size), "%" PRIu64, (plan->buffer_bytes + 1023) / 1024);
	snprintf(own, sizeof(own), "common_pid == %d", (int)gettid());
	make_filter(plan, trace->stream, filter, sizeof(filter));
	status = trace_set(trace, "buffer_size_kb", size);
	if (!status)
		status = trace_set(trace, "events/agx/agx_job_create/filter", own);
	if (!status)
		status = trace_set(trace, EVENT_DIR "/filter", filter);
	if (!status)
		status = trace_set(trace, "events/agx/agx_job_create/enable", "1");
	if (!status)
		status = trace_set(trace, "events/agx/agx_context_place/enable", "1");
	if (!status)
		status = trace_set(trace, EVENT_DIR "/enable", "1");
	return status;
}

/* There is one parameter for all, so only one at a time can have a lane of its own. */
static enum cli_exit choose_lane(struct run_trace *trace, int lane)
{
	char value[16];
	ssize_t len;

	trace->lane_fd = open(LANE_PARAMETER, O_RDWR | O_CLOEXEC);
	if (trace->lane_fd < 0)
		return cli_errno_error(trace->cli, errno == EACCES || errno == EPERM ?
				       CLI_EXIT_NO_PERMISSION : CLI_EXIT_UNSUPPORTED, errno,
				       "cannot choose a lane: " LANE_PARAMETER);
	if (flock(trace->lane_fd, LOCK_EX | LOCK_NB)) {
		close(trace->lane_fd);
		trace->lane_fd = -1;
		return cli_error(trace->cli, CLI_EXIT_FAILURE,
				 "cannot choose a lane: another process shows one of its own");
	}

	len = read(trace->lane_fd, trace->old_lane, sizeof(trace->old_lane) - 1);
	trace->old_lane[len > 0 ? len : 0] = '\0';
	snprintf(value, sizeof(value), "%d", lane);
	if (len > 0 && pwrite(trace->lane_fd, value, strlen(value), 0) > 0)
		return CLI_EXIT_OK;
	return cli_errno_error(trace->cli, CLI_EXIT_FAILURE, errno, "cannot write " LANE_PARAMETER);
}

static void restore_lane(const struct run_trace *trace)
{
	const size_t len = strlen(trace->old_lane);

	if (trace->lane_fd < 0)
		return;
	if (len && pwrite(trace->lane_fd, trace->old_lane, len, 0) != (ssize_t)len)
		out_note(trace->cli->out, LANE_PARAMETER " stays as it is: %s", strerror(errno));
	close(trace->lane_fd);
}

void run_trace_drop(struct run_trace *trace)
{
	if (!trace)
		return;

	/* Last, as signals wait for it. */
	restore_lane(trace);
	tracefs_remove(trace->tracefs);
	free(trace);
}

enum cli_exit run_trace_begin(struct cli *cli, const struct run_trace_plan *plan, uint64_t stream,
			      int width, struct run_trace **out)
{
	struct run_trace *trace = calloc(1, sizeof(*trace));
	enum cli_exit status;

	if (!trace)
		return cli_no_memory(cli);

	trace->cli = cli;
	trace->lane_fd = -1;
	trace->stream = stream;
	trace->width = width;
	status = tracefs_make(cli, &trace->tracefs);
	if (!status)
		status = trace_enable(trace, plan);
	if (!status && plan->lane >= 0)
		status = choose_lane(trace, plan->lane);
	if (!status)
		status = tracefs_open(trace->tracefs);
	if (status)
		run_trace_drop(trace);
	else
		*out = trace;
	return status;
}

static void put_regs(struct out *out, const char *key, const struct trace_regs *regs)
{
	unsigned int i;

	out_begin_object(out, key);
	for (i = 0; i < regs->num; i++)
		out_hex(out, regs->list[i].name, regs->list[i].value);
	out_end(out);
}

static void put_insn(const struct run_trace *trace, const struct trace_insn *insn)
{
	struct out *out = trace->cli->out;
	char line[TRACE_INSN_LINE];
	unsigned int i;

	out_begin_object(out, "trace");
	out_bool(out, "preshader", insn->preshader);
	out_begin_array(out, "group");
	for (i = 0; i < ARRAY_SIZE(insn->group); i++)
		out_u64(out, NULL, insn->group[i]);
	out_end(out);
	out_u64(out, "simd", insn->simd);
	out_hex(out, "exec", insn->exec);
	out_i64(out, "offset", insn->offset);
	out_string(out, "instruction", insn->text);
	out_u64(out, "lane", insn->lane);
	out_bool(out, "active", trace_insn_active(insn));
	put_regs(out, "reads", &insn->reads);
	put_regs(out, "writes", &insn->writes);
	out_bool(out, "fault", insn->faulted);
	out_end(out);
	trace_insn_format(insn, trace->width, line, sizeof(line));
	out_sentence(out, "%s", line);
	out_emit(out);
}

static void see_lost(struct run_trace *trace, uint64_t lost)
{
	trace->lost += lost;
	out_u64(trace->cli->out, "lost", lost);
	out_emit(trace->cli->out);
}

static const char *find_field(const struct trace_line *line, const char *name)
{
	unsigned int i;

	for (i = 0; i < line->num_fields; i++)
		if (!strcmp(line->fields[i].name, name))
			return line->fields[i].value;
	return "";
}

static void see_insn(struct run_trace *trace, const struct trace_line *line)
{
	struct trace_insn insn;

	if (!trace_insn_parse(line->text, &insn))
		trace->strange++;
	else if (trace->placed && insn.context == trace->context && insn.stream == trace->stream)
		put_insn(trace, &insn);
}

static void see_place(struct run_trace *trace, const struct trace_line *line)
{
	const uint32_t context = strtoul(find_field(line, "context"), NULL, 10);

	if (trace->has_vm && !strcmp(find_field(line, "vm"), trace->vm)) {
		trace->placed = true;
		trace->context = context;
	} else if (trace->placed && trace->context == context) {
		trace->placed = false;
	}
}

static void see_line(struct run_trace *trace, char *text)
{
	const uint64_t lost = trace_lost(text);
	struct trace_line line;

	if (lost)
		see_lost(trace, lost);
	if (lost || !trace_parse(text, &line))
		return;
	if (!strcmp(line.event, EVENT)) {
		see_insn(trace, &line);
		return;
	}
	trace_parse_fields(&line);
	if (!strcmp(line.event, "agx_job_create")) {
		snprintf(trace->vm, sizeof(trace->vm), "%s", find_field(&line, "vm"));
		trace->has_vm = true;
	} else if (!strcmp(line.event, "agx_context_place")) {
		see_place(trace, &line);
	}
}

static bool interrupted(struct run_trace *trace)
{
	int number;

	while ((number = tracefs_signal(trace->tracefs)))
		if (number != SIGCHLD)
			return true;
	return false;
}

static bool read_lines(struct run_trace *trace, uint64_t deadline)
{
	char *line;

	do {
		if (interrupted(trace)) {
			cli_error(trace->cli, CLI_EXIT_FAILURE, "interrupted");
			return false;
		}
		if (out_flush(trace->cli->out))
			return false;
		line = tracefs_line(trace->tracefs);
		if (line)
			see_line(trace, line);
	} while (line && clock_ns(CLOCK_MONOTONIC) < deadline);
	return true;
}

bool run_trace_read(struct run_trace *trace)
{
	/* Shaders, those of others too, may execute more in the time that reading takes. */
	return read_lines(trace, clock_ns(CLOCK_MONOTONIC) + READ_NS);
}

enum cli_exit run_trace_end(struct run_trace *trace)
{
	enum cli_exit status = CLI_EXIT_OK;

	tracefs_set(trace->tracefs, "tracing_on", "0");
	if (!read_lines(trace, UINT64_MAX))
		status = CLI_EXIT_FAILURE;
	else if (trace->lost)
		status = cli_error(trace->cli, CLI_EXIT_FAILURE,
				   "%" PRIu64 " events were lost: show less, or give "
				   "--trace-buffer more", trace->lost);
	else if (trace->strange)
		status = cli_error(trace->cli, CLI_EXIT_FAILURE,
				   "%" PRIu64 " events have not been understood: the kernel's "
				   "modules are of another version", trace->strange);
	run_trace_drop(trace);
	return status;
}
