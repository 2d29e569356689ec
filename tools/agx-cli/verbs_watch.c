// SPDX-License-Identifier: MIT
/*
 * agx-cli watch: the driver's events as they happen.
 */
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "args.h"
#include "child.h"
#include "clock_ns.h"
#include "out.h"
#include "put_guess.h"
#include "trace_line.h"
#include "tracefs.h"

#define SYSTEM "agx"
#define PREFIX "agx_"

struct watch {
	/* Borrowed. */
	struct cli *cli;

	/* Owned. */
	struct tracefs *tracefs;

	uint64_t events;
	/* When to stop: so many events, 0 for never; that time, 0 for never. */
	uint64_t count;
	uint64_t deadline;

	/* A command, and what has become of it. */
	pid_t child;
	enum cli_exit status;
	bool stop;
	bool interrupted;
};

/* Events of a name or a pattern, with or without what all names begin with. */
static enum cli_exit enable(struct watch *watch, const char *name)
{
	const char *rest = strncmp(name, PREFIX, strlen(PREFIX)) ? name : name + strlen(PREFIX);
	char pattern[256];

	snprintf(pattern, sizeof(pattern), SYSTEM "/" PREFIX "%s", rest);
	if (strchr(name, '/') || !tracefs_enable(watch->tracefs, pattern))
		return cli_usage(watch->cli, "no event has the name \"%s\"", name);
	return CLI_EXIT_OK;
}

static enum cli_exit enable_all(struct watch *watch, const struct cli_args *args)
{
	enum cli_exit status = CLI_EXIT_OK;
	const char *name;
	unsigned int i;

	if (!tracefs_has(watch->tracefs, "events/" SYSTEM))
		return cli_error(watch->cli, CLI_EXIT_UNSUPPORTED,
				 "the kernel has no events agx:*: the driver is not loaded, or is another");
	/* Room for what comes at once. */
	tracefs_set(watch->tracefs, "buffer_size_kb", "4096");
	for (i = 0; !status && (name = cli_word(args, i)); i++)
		status = enable(watch, name);
	if (!i)
		tracefs_enable(watch->tracefs, SYSTEM "/" PREFIX "*");
	return status;
}

static void put_event(struct watch *watch, const struct trace_line *line)
{
	struct out *out = watch->cli->out;
	const char *event = line->event;
	char seconds[SECONDS_LEN], *text = NULL, *more;
	unsigned int i;

	if (!strncmp(event, PREFIX, strlen(PREFIX)))
		event += strlen(PREFIX);
	out_u64(out, "time_ns", line->time);
	out_u64(out, "cpu", line->cpu);
	out_string(out, "task", line->task);
	out_u64(out, "pid", line->pid);
	out_string(out, "event", event);
	out_begin_object(out, "fields");
	for (i = 0; i < line->num_fields; i++) {
		const struct trace_field *field = &line->fields[i];

		put_guess(out, field->name, field->value);
		if (asprintf(&more, "%s %s=%s", text ? text : "", field->name, field->value) < 0)
			more = NULL;
		free(text);
		text = more;
	}
	out_end(out);
	out_sentence(out, "%15s [%u] %s-%u: %s%s", format_seconds(seconds, line->time), line->cpu,
		     line->task, line->pid, event, text ? text : "");
	free(text);
	out_emit(out);
}

static void put_line(struct watch *watch, char *text)
{
	struct trace_line line;
	uint64_t lost = trace_lost(text);

	if (lost) {
		out_u64(watch->cli->out, "lost", lost);
		out_emit(watch->cli->out);
	} else if (trace_parse(text, &line)) {
		trace_parse_fields(&line);
		put_event(watch, &line);
		watch->stop |= ++watch->events == watch->count;
	}
}

static void read_signals(struct watch *watch)
{
	int status, number;

	while ((number = tracefs_signal(watch->tracefs))) {
		if (number != SIGCHLD) {
			watch->interrupted = true;
			watch->stop = true;
		} else if (watch->child > 0 && waitpid(watch->child, &status, WNOHANG) > 0) {
			watch->status = child_exit_status(status);
			watch->child = 0;
			watch->stop = true;
		}
	}
}

/* Milliseconds until the deadline; -1 for as long as it takes. */
static int time_left(const struct watch *watch)
{
	const uint64_t time = clock_ns(CLOCK_MONOTONIC);

	if (!watch->deadline)
		return -1;
	if (time >= watch->deadline)
		return 0;
	return (watch->deadline - time) / 1000000 < INT_MAX ?
	       (int)((watch->deadline - time) / 1000000) + 1 : INT_MAX;
}

static bool goes_on(const struct watch *watch)
{
	return !watch->stop && !out_flush(watch->cli->out);
}

static void loop(struct watch *watch)
{
	struct pollfd fds[] = {
		{ .fd = tracefs_line_fd(watch->tracefs), .events = POLLIN },
		{ .fd = tracefs_signal_fd(watch->tracefs), .events = POLLIN },
	};
	char *line;

	while (goes_on(watch) && poll(fds, ARRAY_SIZE(fds), time_left(watch)) != 0) {
		read_signals(watch);
		/* There may be no end of lines. */
		while (goes_on(watch) && (line = tracefs_line(watch->tracefs))) {
			put_line(watch, line);
			read_signals(watch);
		}
	}
}

/* What has happened before the end is printed, what happens now is not of interest. */
static void finish(struct watch *watch)
{
	char *line;

	tracefs_set(watch->tracefs, "tracing_on", "0");
	while ((!watch->count || watch->events < watch->count) &&
	       (line = tracefs_line(watch->tracefs)))
		put_line(watch, line);
}

/* The command may go on for long, so that an interrupt ends this too. */
static void wait_for_command(struct watch *watch)
{
	struct pollfd fd = { .fd = tracefs_signal_fd(watch->tracefs), .events = POLLIN };

	out_flush(watch->cli->out);
	while (watch->child > 0 && !watch->interrupted) {
		poll(&fd, 1, -1);
		read_signals(watch);
	}
}

static enum cli_exit watch_events(struct watch *watch, const struct cli_args *args)
{
	enum cli_exit status;

	status = enable_all(watch, args);
	if (!status)
		status = tracefs_open(watch->tracefs);
	if (status)
		return status;

	if (args->command_count) {
		watch->child = child_start(args->command, NULL, NULL);
		if (watch->child < 0)
			return cli_error(watch->cli, CLI_EXIT_FAILURE, "cannot run %s: %s: %s",
					 args->command[0], cli_errno_name(watch->child),
					 strerror(-watch->child));
	}
	loop(watch);
	finish(watch);
	wait_for_command(watch);
	return watch->status;
}

static enum cli_exit run_watch(struct cli *cli, const struct cli_args *args)
{
	const char *count = cli_option(args, "count"), *time = cli_option(args, "for");
	struct watch watch = { .cli = cli };
	enum cli_exit status;

	if (count && !cli_number_between(cli, "--count", count, 1, INT64_MAX, &watch.count))
		return CLI_EXIT_USAGE;
	if (time && !cli_duration(cli, "--for", time, &watch.deadline))
		return CLI_EXIT_USAGE;
	if (time)
		watch.deadline += clock_ns(CLOCK_MONOTONIC);
	status = tracefs_make(cli, &watch.tracefs);
	if (status)
		return status;
	status = watch_events(&watch, args);
	tracefs_remove(watch.tracefs);
	return status;
}

static const struct cli_option watch_options[] = {
	{ "count", 'n', "N", "stop after so many events" },
	{ "for", 'f', "TIME", "stop after that time" },
	{ NULL },
};

const struct cli_verb cli_verbs_watch[] = {
	{
		.name = "watch",
		.group = "look",
		.synopsis = "[--count N] [--for TIME] [EVENT...] [-- COMMAND [ARGUMENT...]]",
		.summary = "print the driver's events as they happen",
		.details =
			"The tracepoints agx:* of the kernel, all or those that are named, such as "
			"job_start or \"job_*\": what becomes of each object and job, by numbers "
			"that go together; the events whose names end in _publish tell which id of "
			"userspace is which. A line begins with the seconds of CLOCK_MONOTONIC, as "
			"recordings have them.\n"
			"\n"
			"Ends with the command that is given, whose exit status it then has: when "
			"--count or --for has stopped it, it still waits for the command. An "
			"interrupt ends it at once, with status 0, and the command goes on by "
			"itself. It needs root.",
		.options = watch_options,
		.max_words = 64,
		.takes_command = true,
		.command_optional = true,
		.run = run_watch,
	},
	{ .name = NULL },
};
