// SPDX-License-Identifier: MIT
/*
 * agx-cli run: a compute job, and what came of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "clock_ns.h"
#include "disasm.h"
#include "job.h"
#include "out.h"
#include "run_plan.h"
#include "run_trace.h"
#include "session.h"
#include "verb.h"

/* How often a trace is read, so that it neither comes in jerks nor is lost. */
#define RUN_TRACE_NS UINT64_C(10000000)

struct run {
	/* Borrowed. */
	struct cli *cli;
	struct run_plan *plan;

	/* Owned; the trace is NULL if there is none. */
	struct job *job;
	struct run_trace *trace;

	bool killed;
};

static enum cli_exit run_make_buffers(struct run *run)
{
	struct run_plan *plan = run->plan;
	struct run_buffer *buffer;
	enum cli_exit status;
	unsigned int i;

	for (i = 0; i < plan->num_buffers; i++) {
		buffer = &plan->buffers[i];
		status = job_add_buffer(run->job, buffer->size, &buffer->gpu);
		if (status)
			return status;
		if (buffer->values.count)
			memcpy(buffer->gpu.words, buffer->values.words, 4 * buffer->values.count);
	}
	return CLI_EXIT_OK;
}

static void run_put_triple(struct out *out, const char *key, const uint32_t triple[3])
{
	unsigned int i;

	out_begin_array(out, key);
	for (i = 0; i < 3; i++)
		out_u64(out, NULL, triple[i]);
	out_end(out);
}

static void run_put_plan(const struct run *run)
{
	const struct run_plan *plan = run->plan;
	struct out *out = run->cli->out;
	unsigned int i;

	out_string(out, "shader", plan->name);
	out_u64(out, "shader_size", plan->code.size);
	out_u64(out, "registers", plan->num_registers);
	run_put_triple(out, "threads", plan->threads);
	run_put_triple(out, "group", plan->group);
	out_begin_array(out, "buffers");
	for (i = 0; i < plan->num_buffers; i++) {
		out_begin_object(out, NULL);
		out_u64(out, "buffer", i);
		out_hex(out, "addr", plan->buffers[i].gpu.addr);
		out_u64(out, "size", plan->buffers[i].size);
		out_end(out);
	}
	out_end(out);
}

/* Of the widest instruction. */
static int run_text_width(const struct asm_code *code)
{
	struct disasm_line line;
	size_t at;
	int width = 0;

	for (at = 0; at < code->size; at += line.len) {
		disasm_line(code->bytes, code->size, at, &line);
		if (line.known && (int)strlen(line.text) > width)
			width = strlen(line.text);
	}
	return width;
}

/* Instructions are documents of their own, between what was known before and what came of them. */
static enum cli_exit run_begin_trace(struct run *run, uint64_t stream)
{
	const struct run_plan *plan = run->plan;
	int width = run_text_width(&plan->code), before = run_text_width(&plan->preshader);

	if (!plan->trace.wanted)
		return CLI_EXIT_OK;
	out_emit(run->cli->out);
	return run_trace_begin(run->cli, &plan->trace, stream, before > width ? before : width,
			       &run->trace);
}

/* The addresses of the buffers, 64 bits each, and then the rest. */
static enum cli_exit run_start(struct run *run)
{
	const struct run_plan *plan = run->plan;
	uint32_t uniforms[RUN_MAX_UNIFORMS];
	unsigned int i, count = 2 * plan->num_buffers;
	struct job_launch launch = {
		.code = plan->code.bytes,
		.code_size = plan->code.size,
		.preshader = plan->preshader.bytes,
		.preshader_size = plan->preshader.size,
		.num_registers = plan->num_registers,
		.shared_size = plan->shared_size,
		.uniforms = uniforms,
	};
	struct job_place place;
	enum cli_exit status;

	if (count + plan->num_uniforms > RUN_MAX_UNIFORMS)
		return cli_usage(run->cli, "there are more than %u uniforms with the addresses of "
				 "the buffers", RUN_MAX_UNIFORMS);
	for (i = 0; i < plan->num_buffers; i++) {
		uniforms[2 * i] = (uint32_t)plan->buffers[i].gpu.addr;
		uniforms[2 * i + 1] = (uint32_t)(plan->buffers[i].gpu.addr >> 32);
	}
	memcpy(uniforms + count, plan->uniforms, 4 * plan->num_uniforms);
	launch.uniforms_size = 4 * (count + plan->num_uniforms);

	/* What a preshader writes is not known. */
	if (plan->preshader.size)
		launch.num_uniforms = 512;
	memcpy(launch.threads, plan->threads, sizeof(launch.threads));
	memcpy(launch.group, plan->group, sizeof(launch.group));

	status = job_prepare(run->job, &launch, &place);
	if (status)
		return status;
	out_hex(run->cli->out, "shader_addr", place.shader);
	status = run_begin_trace(run, place.stream);
	return status ? status : job_start(run->job);
}

/* Like job_wait(), and shows meanwhile what is executed. */
static enum cli_exit run_wait(struct run *run, uint64_t ns, int *status)
{
	const uint64_t start = clock_ns(CLOCK_MONOTONIC);
	enum cli_exit failed;
	uint64_t gone = 0;

	if (!run->trace)
		return job_wait(run->job, ns, status);
	do {
		failed = job_wait(run->job, ns - gone < RUN_TRACE_NS ? ns - gone : RUN_TRACE_NS,
				  status);
		if (!failed && !run_trace_read(run->trace))
			failed = CLI_EXIT_FAILURE;
		gone = clock_ns(CLOCK_MONOTONIC) - start;
	} while (!failed && *status == -ETIME && gone < ns);
	return failed;
}

static enum cli_exit run_end_trace(struct run *run, int status)
{
	struct run_trace *trace = run->trace;

	run->trace = NULL;
	if (!trace)
		return CLI_EXIT_OK;
	/* Nobody waits for it any more, so what it executes is of no use to anybody. */
	if (status == -ETIME)
		job_kill(run->job);
	return run_trace_end(trace);
}

/* Whether the job still runs when its time has come. */
static enum cli_exit run_wait_for(struct run *run, const struct run_event *event, int *status,
				  bool *running)
{
	enum cli_exit failed;

	*running = false;
	if (!event->wanted)
		return CLI_EXIT_OK;
	failed = run_wait(run, event->after_ns, status);
	*running = !failed && *status == -ETIME;
	return failed;
}

/* What is to happen after a while, if the job has not ended before; and then its end. */
static enum cli_exit run_let_happen(struct run *run, int *status)
{
	const struct run_plan *plan = run->plan;
	volatile uint32_t *word;
	enum cli_exit failed;
	bool running;

	failed = run_wait_for(run, &plan->release, status, &running);
	if (running) {
		word = plan->buffers[0].gpu.words;
		*word = 0;
		out_bool(run->cli->out, "released", true);
	}
	if (!failed)
		failed = run_wait_for(run, &plan->kill, status, &run->killed);
	if (run->killed) {
		job_kill(run->job);
		out_bool(run->cli->out, "killed", true);
	}
	return failed ? failed : run_wait(run, plan->wait_ns, status);
}

static enum cli_exit run_judge(const struct run *run, int status)
{
	struct cli *cli = run->cli;

	if (status == 1) {
		out_string(cli->out, "job_status", "done");
		return CLI_EXIT_OK;
	}
	out_string(cli->out, "job_status", cli_errno_name(status));
	switch (status) {
	case -ETIME:
		return cli_error(cli, CLI_EXIT_WRONG, "the job has not ended after %" PRIu64 " ms",
				 run->plan->wait_ns / 1000000);
	case -EIO:
		return cli_error(cli, CLI_EXIT_WRONG,
				 "the job ended with EIO: it faulted on the GPU; the kernel's log "
				 "or \"agx-cli coredump\" tells where");
	case -ETIMEDOUT:
		return cli_error(cli, CLI_EXIT_WRONG,
				 "the job ended with ETIMEDOUT: it ran for too long; \"agx-cli "
				 "coredump\" tells where it was");
	default:
		return cli_error(cli, CLI_EXIT_WRONG, "the job ended with %s",
				 cli_errno_name(status));
	}
}

static void run_put_dumps(const struct run *run)
{
	const struct run_plan *plan = run->plan;
	struct out *out = run->cli->out;
	const struct run_dump *dump;

	if (!plan->num_dumps)
		return;
	out_begin_array(out, "dumps");
	for (dump = plan->dumps; dump < plan->dumps + plan->num_dumps; dump++) {
		out_begin_object(out, NULL);
		out_u64(out, "buffer", dump->buffer);
		out_bytes(out, "bytes", 4 * dump->first,
			  plan->buffers[dump->buffer].gpu.words + dump->first, 4 * dump->count);
		out_end(out);
	}
	out_end(out);
}

/* Words that were looked at, and those of them that are wrong. */
struct run_tally {
	size_t checked;
	size_t wrong;

	/* The first that is. */
	unsigned int buffer;
	size_t word;
	uint32_t is;
	uint32_t expected;
};

static void run_check_word(struct run_tally *tally, const struct run_plan *plan,
			   unsigned int buffer, size_t word, uint32_t expected)
{
	uint32_t is = plan->buffers[buffer].gpu.words[word];

	tally->checked++;
	if (is == expected || tally->wrong++)
		return;
	tally->buffer = buffer;
	tally->word = word;
	tally->is = is;
	tally->expected = expected;
}

static bool run_is_expected(const struct run_plan *plan, unsigned int buffer, size_t word)
{
	const struct run_expect *expect;

	for (expect = plan->expects; expect < plan->expects + plan->num_expects; expect++)
		if (expect->buffer == buffer && word >= expect->first &&
		    word - expect->first < expect->values.count)
			return true;
	return false;
}

static void run_check_rest(const struct run_plan *plan, struct run_tally *tally)
{
	const struct run_buffer *buffer;
	unsigned int i;
	size_t word;

	for (i = 0; i < plan->num_buffers; i++) {
		buffer = &plan->buffers[i];
		for (word = 0; word < buffer->size / 4; word++)
			if (!run_is_expected(plan, i, word))
				run_check_word(tally, plan, i, word, run_initial(buffer, word));
	}
}

static enum cli_exit run_check(const struct run *run)
{
	const struct run_plan *plan = run->plan;
	const struct run_expect *expect;
	struct run_tally tally = { 0 };
	size_t i;

	for (expect = plan->expects; expect < plan->expects + plan->num_expects; expect++)
		for (i = 0; i < expect->values.count; i++)
			run_check_word(&tally, plan, expect->buffer, expect->first + i,
				       expect->values.words[i]);
	if (plan->rest_unchanged)
		run_check_rest(plan, &tally);

	out_u64(run->cli->out, "words_checked", tally.checked);
	if (plan->expects_nothing)
		out_meaning(run->cli->out, "what %s has to do to these buffers is not known: see "
			    "--expect", plan->name);
	out_u64(run->cli->out, "words_wrong", tally.wrong);
	if (!tally.wrong)
		return CLI_EXIT_OK;
	return cli_error(run->cli, CLI_EXIT_WRONG,
			 "%zu of %zu words are wrong; the first is word %zu of buffer %u: "
			 "0x%08" PRIx32 ", not 0x%08" PRIx32, tally.wrong, tally.checked,
			 tally.word, tally.buffer, tally.is, tally.expected);
}

static enum cli_exit run_finish(struct run *run, int status)
{
	struct out *out = run->cli->out;
	uint64_t start, end;
	enum cli_exit failed;

	/* A job that was killed has to have died, and what it wrote is nobody's concern. */
	if (run->killed && status == -ECANCELED) {
		out_string(out, "job_status", cli_errno_name(status));
		run_put_dumps(run);
		return CLI_EXIT_OK;
	}

	failed = run_judge(run, status);
	run_put_dumps(run);
	if (!failed && run->plan->kill.wanted)
		failed = cli_error(run->cli, CLI_EXIT_WRONG,
				   run->killed ? "the job was done although it was killed" :
						 "the job was done before it could be killed");
	if (failed)
		return failed;

	failed = job_times(run->job, &start, &end);
	if (!failed) {
		out_u64(out, "start_ns", start);
		out_u64(out, "duration_ns", end - start);
		failed = run_check(run);
	}
	return failed;
}

static enum cli_exit run_on(struct cli *cli, struct drm_agx_device *dev, struct run_plan *plan)
{
	struct run run = { .cli = cli, .plan = plan };
	enum cli_exit failed, traced = CLI_EXIT_OK;
	int status = 0;

	failed = job_create(cli, dev, &run.job);
	if (failed)
		return failed;

	failed = run_make_buffers(&run);
	if (!failed) {
		run_put_plan(&run);
		failed = run_start(&run);
	}
	if (!failed)
		failed = run_let_happen(&run, &status);
	if (!failed)
		traced = run_end_trace(&run, status);
	if (!failed)
		failed = run_finish(&run, status);
	job_destroy(run.job);
	run_trace_drop(run.trace);
	return failed ? failed : traced;
}

static enum cli_exit run_run(struct cli *cli, const struct cli_args *args)
{
	struct drm_agx_device *dev;
	struct run_plan plan;
	enum cli_exit status;

	status = run_plan_make(cli, args, &plan);
	if (!status)
		status = cli_device(cli, &dev);
	if (!status)
		status = run_on(cli, dev, &plan);
	run_plan_free(&plan);
	return status;
}

static const struct cli_option run_options[] = {
	{ "threads", 't', "X[,Y[,Z]]", "how many threads; 1" },
	{ "group", 'g', "X[,Y[,Z]]", "threads of a threadgroup; 32, or all if they are fewer" },
	{ "buffer", 'b', "SIZE[=VALUES]", "a buffer, and what it begins with" },
	{ "uniform", 'u', "VALUES", "32-bit uniforms behind the buffers' addresses" },
	{ "expect", 'e', "BUFFER[+BYTES]=VALUES", "what has to be there in the end" },
	{ "unchanged", 0, NULL, "what no --expect is about has to stay as it was" },
	{ "dump", 0, "BUFFER[+BYTES][:LENGTH]", "show what is there in the end" },
	{ "registers", 0, "COUNT", "16-bit registers; as many as the code names, if it is known" },
	{ "shared", 0, "BYTES", "memory that the threads of a threadgroup share; 0" },
	{ "preshader", 0, "FILE", "a shader that runs once, before, to set uniforms" },
	{ "release", 0, "TIME", "after that time put 0 in the first word of the first buffer" },
	{ "kill", 0, "TIME", "after that time destroy the queue; the job has to be cancelled" },
	{ "timeout", 0, "TIME", "how long to wait for the job to end; 180s" },
	{ "trace", 0, NULL, "show each instruction as it is executed" },
	{ "trace-group", 0, "X[,Y[,Z]]|all", "of which threadgroup; 0,0,0" },
	{ "trace-simd", 0, "N|all", "of which 32 threads in it; 0" },
	{ "trace-lane", 0, "LANE", "of which of these the registers; the first that is active" },
	{ "trace-buffer", 0, "SIZE", "what can wait to be shown, for each CPU; 16M" },
	{ NULL },
};

const struct cli_verb cli_verbs_run[] = {
	{
		.name = "run",
		.group = "jobs",
		.synopsis = "store|add|tid|spin|FILE",
		.summary = "run a compute shader and compare what it wrote",
		.details =
			"FILE has a shader as source for \"asm\", or as machine code. It finds the "
			"addresses of the buffers in its first uniforms, 64 bits each (du0, du2, "
			"...), and what --uniform says behind them.\n"
			"\n"
			"--buffer, --uniform, --expect and --dump may be repeated. BUFFER is the "
			"number of one, from 0.\n"
			"\n"
			"VALUES are 32-bit numbers with commas between them; \"iota\" is the index in "
			"the list, and VALUE*COUNT repeats one: \"7,8,iota*62\". Or @FILE.\n"
			"\n"
			"Shaders that are known by name come with a buffer and with what is expected "
			"of it, unless options say otherwise: store writes 0xdeadbeef, add writes the "
			"sum of the first two words to the third, tid writes the number of each thread "
			"to its word. spin reads the first word until it is not that of the uniform: "
			"--release lets it end, --kill cancels it, and else the driver ends it when "
			"its time is over. What is expected goes by what is in the buffers that "
			"--buffer says; where it is not known it is said that nothing was checked. "
			"That is so if the first one is too small, and for spin if it does not "
			"begin with 1, or with --uniform or a second buffer.\n"
			"\n"
			"With --trace a line is an instruction that the simulated GPU has "
			"executed: the threadgroup and which 32 threads of it, which of those take "
			"part, as a mask, where the instruction is in the shader, and for one of "
			"them, the lane, the registers that it reads and those that it writes, with "
			"what is in them before and after. In JSON it is an object of its own. All "
			"of a preshader is shown, of other groups what the options say. It needs "
			"root. If instructions are lost, because they come faster than they are "
			"shown, that is said where they are missing, and the exit status is 1.",
		.options = run_options,
		.min_words = 1,
		.max_words = 1,
		.run = run_run,
	},
	{ .name = NULL },
};
