// SPDX-License-Identifier: MIT
#include "run_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "disasm.h"

/* Against a hang of the driver itself: much longer than it gives a job. */
#define RUN_WAIT_NS UINT64_C(180000000000)

#define RUN_MAX_BUFFER (UINT64_C(1) << 32)
#define RUN_MAX_REGISTERS 256

/* Of each CPU. */
#define RUN_TRACE_BUFFER (UINT64_C(16) << 20)
#define RUN_MAX_TRACE_BUFFER (UINT64_C(1) << 30)

/* A shader that is known by name, and how it is run unless the arguments say otherwise. */
struct run_builtin {
	const char *name;
	const char *source;
	const char *buffer;
	const char *uniform;

	/*
	 * What is in its first buffer in the end, as for --expect, when it is known what was there
	 * before; false where it is not known.
	 */
	bool (*expect)(const struct run_plan *plan, char *text, size_t size);

	/* Zero for one. */
	uint32_t threads;

	/* The buffer has a word for each thread. */
	bool word_per_thread;
};

uint32_t run_initial(const struct run_buffer *buffer, size_t word)
{
	return word < buffer->values.count ? buffer->values.words[word] : 0;
}

static bool run_expect_store(const struct run_plan *plan, char *text, size_t size)
{
	snprintf(text, size, "0=0xdeadbeef");
	return true;
}

static bool run_expect_add(const struct run_plan *plan, char *text, size_t size)
{
	const struct run_buffer *buffer = &plan->buffers[0];
	const uint32_t a = run_initial(buffer, 0), b = run_initial(buffer, 1);

	snprintf(text, size, "0=%" PRIu32 ",%" PRIu32 ",%" PRIu32, a, b, a + b);
	return buffer->size >= 12;
}

static bool run_expect_tid(const struct run_plan *plan, char *text, size_t size)
{
	snprintf(text, size, "0=iota*%" PRIu32, plan->threads[0]);
	return plan->threads[0] <= plan->buffers[0].size / 4 && plan->threads[0] <= VALUES_MAX;
}

/* Its uniform is behind the address of one buffer, and what it waits for is to be there. */
static bool run_expect_spin(const struct run_plan *plan, char *text, size_t size)
{
	snprintf(text, size, "0=0");
	return plan->num_buffers == 1 && plan->num_uniforms == 1 && plan->uniforms[0] == 1 &&
	       run_initial(&plan->buffers[0], 0) == 1;
}

static const struct run_builtin run_builtins[] = {
	{
		.name = "store",
		.source =
			"ldimm r0, 0xdeadbeef\n"
			"store r0, du0, 0, i32, x, a\n"
			"stop\n",
		.buffer = "16K",
		.expect = run_expect_store,
	},
	{
		.name = "add",
		.source =
			"load r0_r1, du0, 0, i32, xy, a\n"
			"wait a\n"
			"iadd r0, r0, r1\n"
			"store r0, du0, 2, i32, x, a\n"
			"stop\n",
		.buffer = "16K=2,3",
		.expect = run_expect_add,
	},
	{
		.name = "tid",
		.source =
			"mov r0, thread_in_grid_x\n"
			"store r0, du0, r0, i32, x, a\n"
			"stop\n",
		.expect = run_expect_tid,
		.threads = 64,
		.word_per_thread = true,
	},
	{
		.name = "spin",
		.source =
			"ldimm r0l, 0\n"
			"again:\n"
			"load r1, du0, 0, i32, x, coherent, a\n"
			"wait a\n"
			"while r1, u2, 1, ieq\n"
			"jmp_any again\n"
			"pop_exec 1\n"
			"stop\n",
		.buffer = "16K=1",
		.uniform = "1",
		.expect = run_expect_spin,
	},
};

static const struct run_builtin *run_find_builtin(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(run_builtins); i++)
		if (!strcmp(run_builtins[i].name, name))
			return &run_builtins[i];
	return NULL;
}

static enum cli_exit run_assemble(struct cli *cli, const char *name, const char *source,
				  struct asm_code *code)
{
	struct asm_error error;

	if (asm_assemble(source, code, &error))
		return CLI_EXIT_OK;
	return cli_error(cli, CLI_EXIT_USAGE, "%s:%u: %s", name, error.line, error.text);
}

/* Source, or machine code, in which there are zeros. */
static enum cli_exit run_read_shader(struct cli *cli, const char *path, struct asm_code *code)
{
	enum cli_exit status = CLI_EXIT_OK;
	char *source, *name = NULL;
	uint8_t *bytes;
	size_t size;

	if (asprintf(&name, "@%s", path) < 0)
		return cli_no_memory(cli);
	bytes = cli_bytes(cli, "shader", name, &size);
	free(name);
	if (!bytes)
		return cli->said;

	if (memchr(bytes, 0, size)) {
		code->bytes = bytes;
		code->size = size;
		return CLI_EXIT_OK;
	}
	source = strndup((char *)bytes, size);
	free(bytes);
	status = source ? run_assemble(cli, path, source, code) : cli_no_memory(cli);
	free(source);
	if (!status && !code->size)
		status = cli_error(cli, CLI_EXIT_USAGE, "%s: there are no instructions", path);
	return status;
}

/* X, X,Y or X,Y,Z, each at least @min. */
static bool run_triple(struct cli *cli, const char *what, const char *text, uint64_t min,
		       uint32_t triple[3])
{
	char *copy = strdup(text);
	char *item, *rest = copy;
	unsigned int count = 0;
	uint64_t value;
	bool good = true;

	if (!copy) {
		cli_no_memory(cli);
		return false;
	}
	while (good && (item = strsep(&rest, ","))) {
		if (count == 3) {
			cli_usage(cli, "%s: \"%s\" has more than three numbers", what, text);
			good = false;
			break;
		}
		good = cli_number_between(cli, what, item, min, UINT32_MAX, &value);
		triple[count++] = (uint32_t)value;
	}
	free(copy);
	return good;
}

/* Room for one more; arrays grow one by one, as there are few. */
static void *run_grow(struct cli *cli, void *array, unsigned int count, size_t size)
{
	void *grown = realloc(array, (count + 1) * size);

	if (!grown)
		cli_no_memory(cli);
	return grown;
}

/* SIZE, or SIZE=VALUES. */
static bool run_add_buffer(struct cli *cli, struct run_plan *plan, const char *text)
{
	const char *equals = strchr(text, '=');
	struct run_buffer *buffers, *buffer;
	char *size;
	uint64_t bytes;
	bool good;

	buffers = run_grow(cli, plan->buffers, plan->num_buffers, sizeof(*buffers));
	if (!buffers)
		return false;
	plan->buffers = buffers;
	buffer = &buffers[plan->num_buffers++];
	*buffer = (struct run_buffer){ .size = 0 };

	size = strndup(text, equals ? (size_t)(equals - text) : strlen(text));
	if (!size) {
		cli_no_memory(cli);
		return false;
	}
	good = cli_number_between(cli, "--buffer", size, 4, RUN_MAX_BUFFER, &bytes);
	free(size);
	if (!good)
		return false;

	buffer->size = bytes;
	if (equals && !values_parse(cli, "--buffer", equals + 1, &buffer->values))
		return false;
	if (buffer->values.count <= bytes / 4)
		return true;
	cli_usage(cli, "--buffer: %zu words are more than %" PRIu64 " bytes have room for",
		  buffer->values.count, bytes);
	return false;
}

/* BUFFER or BUFFER+BYTES, up to @end. */
static bool run_place(struct cli *cli, const struct run_plan *plan, const char *what,
		      const char *text, size_t len, unsigned int *buffer, size_t *word)
{
	char *copy = strndup(text, len);
	uint64_t number, offset = 0;
	char *plus;
	bool good;

	if (!copy) {
		cli_no_memory(cli);
		return false;
	}
	plus = strchr(copy, '+');
	if (plus)
		*plus = '\0';
	good = cli_number(cli, what, copy, &number);
	if (good && number >= plan->num_buffers) {
		cli_usage(cli, "%s: there is no buffer %s", what, copy);
		good = false;
	}
	good = good && (!plus || cli_number(cli, what, plus + 1, &offset));
	if (good && (offset % 4 || offset >= plan->buffers[number].size)) {
		cli_usage(cli, "%s: byte %" PRIu64 " is not the start of a word of buffer %s",
			  what, offset, copy);
		good = false;
	}
	free(copy);
	*buffer = (unsigned int)number;
	*word = offset / 4;
	return good;
}

/* How many words there are from one on. */
static size_t run_words_left(const struct run_plan *plan, unsigned int buffer, size_t first)
{
	return plan->buffers[buffer].size / 4 - first;
}

/* BUFFER[+BYTES]=VALUES */
static bool run_add_expect(struct cli *cli, struct run_plan *plan, const char *text)
{
	const char *equals = strchr(text, '=');
	struct run_expect *expects, *expect;

	if (!equals) {
		cli_usage(cli, "--expect: \"%s\" is not BUFFER[+BYTES]=VALUES", text);
		return false;
	}
	expects = run_grow(cli, plan->expects, plan->num_expects, sizeof(*expects));
	if (!expects)
		return false;
	plan->expects = expects;
	expect = &expects[plan->num_expects++];
	*expect = (struct run_expect){ .first = 0 };

	if (!run_place(cli, plan, "--expect", text, (size_t)(equals - text), &expect->buffer,
		       &expect->first) ||
	    !values_parse(cli, "--expect", equals + 1, &expect->values))
		return false;
	if (expect->values.count <= run_words_left(plan, expect->buffer, expect->first))
		return true;
	cli_usage(cli, "--expect: %zu words are more than buffer %u has room for",
		  expect->values.count, expect->buffer);
	return false;
}

/* BUFFER[+BYTES][:LENGTH] */
static bool run_add_dump(struct cli *cli, struct run_plan *plan, const char *text)
{
	const char *colon = strchr(text, ':');
	struct run_dump *dumps, *dump;
	uint64_t bytes;
	size_t left;

	dumps = run_grow(cli, plan->dumps, plan->num_dumps, sizeof(*dumps));
	if (!dumps)
		return false;
	plan->dumps = dumps;
	dump = &dumps[plan->num_dumps++];

	if (!run_place(cli, plan, "--dump", text, colon ? (size_t)(colon - text) : strlen(text),
		       &dump->buffer, &dump->first))
		return false;
	left = run_words_left(plan, dump->buffer, dump->first);
	dump->count = left;
	if (!colon)
		return true;
	if (!cli_number_between(cli, "--dump", colon + 1, 4, 4 * left, &bytes))
		return false;
	dump->count = bytes / 4;
	return true;
}

static bool run_add_uniform(struct cli *cli, struct run_plan *plan, const char *text)
{
	struct values values;
	bool fits;

	if (!values_parse(cli, "--uniform", text, &values))
		return false;
	fits = values.count <= RUN_MAX_UNIFORMS - plan->num_uniforms;
	if (fits) {
		memcpy(plan->uniforms + plan->num_uniforms, values.words, 4 * values.count);
		plan->num_uniforms += values.count;
	} else {
		cli_usage(cli, "--uniform: there are more than %u", RUN_MAX_UNIFORMS);
	}
	values_free(&values);
	return fits;
}

typedef bool (*run_add_fn)(struct cli *cli, struct run_plan *plan, const char *text);

/* All options of a name; the default, which may be NULL, if there is none. */
static bool run_add_all(struct cli *cli, const struct cli_args *args, struct run_plan *plan,
			const char *name, run_add_fn add, const char *otherwise)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < args->option_count; i++) {
		if (strcmp(args->options[i].name, name))
			continue;
		any = true;
		if (!add(cli, plan, args->options[i].value))
			return false;
	}
	return any || !otherwise || add(cli, plan, otherwise);
}

static bool run_add_lists(struct cli *cli, const struct cli_args *args, struct run_plan *plan,
			  const struct run_builtin *builtin)
{
	const char *buffer = builtin ? builtin->buffer : NULL;
	const uint64_t threads = plan->threads[0];
	char buffer_text[64], expect_text[64];
	bool known;

	if (builtin && builtin->word_per_thread) {
		snprintf(buffer_text, sizeof(buffer_text), "%" PRIu64 "=0xeeeeeeee*%" PRIu64,
			 4 * threads, threads);
		buffer = buffer_text;
	}
	if (!run_add_all(cli, args, plan, "buffer", run_add_buffer, buffer) ||
	    !run_add_all(cli, args, plan, "uniform", run_add_uniform,
			 builtin ? builtin->uniform : NULL))
		return false;

	/* Unless the arguments say what is to be there. */
	known = builtin && !cli_option(args, "expect") &&
		builtin->expect(plan, expect_text, sizeof(expect_text));
	plan->rest_unchanged = known || cli_option(args, "unchanged");
	plan->expects_nothing = builtin && !cli_option(args, "expect") && !plan->rest_unchanged;
	return run_add_all(cli, args, plan, "expect", run_add_expect, known ? expect_text : NULL) &&
	       run_add_all(cli, args, plan, "dump", run_add_dump, NULL);
}

static bool run_set_sizes(struct cli *cli, const struct cli_args *args, struct run_plan *plan,
			  const struct run_builtin *builtin)
{
	const char *threads = cli_option(args, "threads");
	const char *group = cli_option(args, "group");
	unsigned int i;

	for (i = 0; i < 3; i++) {
		plan->threads[i] = 1;
		plan->group[i] = 1;
	}
	if (builtin && builtin->threads)
		plan->threads[0] = builtin->threads;
	if (threads && !run_triple(cli, "--threads", threads, 1, plan->threads))
		return false;
	if (group)
		return run_triple(cli, "--group", group, 1, plan->group);

	/* As many as run together. */
	plan->group[0] = plan->threads[0] < 32 ? plan->threads[0] : 32;
	return true;
}

static bool run_set_event(struct cli *cli, const struct cli_args *args, const char *name,
			  struct run_event *event)
{
	const char *after = cli_option(args, name);

	event->wanted = after;
	return !after || cli_duration(cli, name, after, &event->after_ns);
}

static bool run_set_events(struct cli *cli, const struct cli_args *args, struct run_plan *plan)
{
	const char *timeout = cli_option(args, "timeout");

	if (!run_set_event(cli, args, "release", &plan->release) ||
	    !run_set_event(cli, args, "kill", &plan->kill))
		return false;
	if (plan->release.wanted && plan->kill.wanted) {
		cli_usage(cli, "a job is either released or killed");
		return false;
	}
	if (plan->release.wanted && !plan->num_buffers) {
		cli_usage(cli, "without a buffer there is nothing to release the job with");
		return false;
	}
	plan->wait_ns = RUN_WAIT_NS;
	return !timeout || cli_duration(cli, "timeout", timeout, &plan->wait_ns);
}

/* Options that say what of the trace is shown. */
static bool run_set_trace(struct cli *cli, const struct cli_args *args,
			  struct run_trace_plan *trace)
{
	const char *group = cli_option(args, "trace-group");
	const char *simd = cli_option(args, "trace-simd");
	const char *lane = cli_option(args, "trace-lane");
	const char *buffer = cli_option(args, "trace-buffer");
	uint64_t value = 0;

	trace->wanted = cli_option(args, "trace");
	trace->lane = -1;
	trace->buffer_bytes = RUN_TRACE_BUFFER;
	trace->all_groups = group && !strcmp(group, "all");
	trace->all_simds = simd && !strcmp(simd, "all");
	if (!trace->wanted && (group || simd || lane || buffer)) {
		cli_usage(cli, "without --trace there is nothing that could be shown of it");
		return false;
	}
	if (group && !trace->all_groups &&
	    !run_triple(cli, "--trace-group", group, 0, trace->group))
		return false;
	if (simd && !trace->all_simds &&
	    !cli_number_between(cli, "--trace-simd", simd, 0, 31, &value))
		return false;
	trace->simd = (uint32_t)value;
	if (lane) {
		if (!cli_number_between(cli, "--trace-lane", lane, 0, 31, &value))
			return false;
		trace->lane = (int)value;
	}
	return !buffer || cli_number_between(cli, "--trace-buffer", buffer, 4096,
					     RUN_MAX_TRACE_BUFFER, &trace->buffer_bytes);
}

static enum cli_exit run_set_code(struct cli *cli, const struct cli_args *args,
				  struct run_plan *plan, const struct run_builtin *builtin)
{
	const char *preshader = cli_option(args, "preshader");
	enum cli_exit status;

	status = builtin ? run_assemble(cli, plan->name, builtin->source, &plan->code) :
			   run_read_shader(cli, plan->name, &plan->code);
	if (!status && preshader)
		status = run_read_shader(cli, preshader, &plan->preshader);
	return status;
}

/* As many registers as the code names if it is known, unless the arguments say otherwise. */
static bool run_set_resources(struct cli *cli, const struct cli_args *args, struct run_plan *plan)
{
	const char *registers = cli_option(args, "registers");
	const char *shared = cli_option(args, "shared");
	struct disasm_usage usage, before;
	uint64_t value;

	disasm_usage(plan->code.bytes, plan->code.size, &usage);
	disasm_usage(plan->preshader.bytes, plan->preshader.size, &before);
	plan->num_registers = usage.registers > before.registers ? usage.registers :
								    before.registers;
	if (usage.unknown || before.unknown)
		plan->num_registers = RUN_MAX_REGISTERS;
	if (registers) {
		if (!cli_number_between(cli, "--registers", registers, 1, RUN_MAX_REGISTERS,
					&value))
			return false;
		plan->num_registers = (uint32_t)value;
	}
	if (shared) {
		if (!cli_number_between(cli, "--shared", shared, 0, 65536, &value))
			return false;
		plan->shared_size = (uint32_t)value;
	}
	return true;
}

enum cli_exit run_plan_make(struct cli *cli, const struct cli_args *args, struct run_plan *plan)
{
	const struct run_builtin *builtin;
	enum cli_exit status;

	*plan = (struct run_plan){ .name = cli_word(args, 0) };
	builtin = run_find_builtin(plan->name);

	if (!run_set_sizes(cli, args, plan, builtin) || !run_add_lists(cli, args, plan, builtin) ||
	    !run_set_events(cli, args, plan) || !run_set_trace(cli, args, &plan->trace))
		return cli->said;
	status = run_set_code(cli, args, plan, builtin);
	if (!status && !run_set_resources(cli, args, plan))
		status = cli->said;
	return status;
}

void run_plan_free(struct run_plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->num_buffers; i++)
		values_free(&plan->buffers[i].values);
	for (i = 0; i < plan->num_expects; i++)
		values_free(&plan->expects[i].values);
	free(plan->buffers);
	free(plan->expects);
	free(plan->dumps);
	asm_code_free(&plan->code);
	asm_code_free(&plan->preshader);
}
