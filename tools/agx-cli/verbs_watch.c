// SPDX-License-Identifier: MIT
/*
 * agx-cli watch: the driver's events as they happen.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "child.h"
#include "clock_ns.h"
#include "out.h"
#include "put_guess.h"
#include "trace_line.h"

#define TRACEFS "/sys/kernel/tracing"
#define SYSTEM "agx"
#define PREFIX "agx_"

struct watch {
	struct cli *cli;

	/* An instance of our own, so that nobody else's tracing is disturbed. */
	char instance[PATH_MAX];
	int pipe;
	int signals;
	sigset_t old_mask;

	/* What is left of a line that has not come to its end. */
	char text[8192];
	size_t used;

	uint64_t events;
	/* When to stop: so many events, 0 for never; that time, 0 for never. */
	uint64_t count;
	uint64_t deadline;

	/* A command, and what has become of it. */
	pid_t child;
	enum cli_exit status;
	bool stop;
};

/* Returns 0 or a negative errno. */
static int set_path(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int set(const struct watch *watch, const char *name, const char *value)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", watch->instance, name);
	return set_path(path, value);
}

static enum cli_exit make_instance(struct watch *watch)
{
	struct cli *cli = watch->cli;

	snprintf(watch->instance, sizeof(watch->instance), TRACEFS "/instances/agx-cli-%d",
		 (int)getpid());
	if (!mkdir(watch->instance, 0700))
		return CLI_EXIT_OK;
	switch (errno) {
	case EACCES:
	case EPERM:
		return cli_error(cli, CLI_EXIT_NO_PERMISSION, "no permission to trace in " TRACEFS);
	case ENOENT:
		return cli_error(cli, CLI_EXIT_UNSUPPORTED,
				 "there are no " TRACEFS "/instances: no tracefs is mounted");
	default:
		return cli_error(cli, CLI_EXIT_FAILURE, "cannot make %s: %s: %s", watch->instance,
				 cli_errno_name(errno), strerror(errno));
	}
}

/* Events of a name or a pattern, with or without what all names begin with. */
static enum cli_exit enable(struct watch *watch, const char *name)
{
	const bool prefixed = !strncmp(name, PREFIX, strlen(PREFIX));
	char pattern[PATH_MAX + 256];
	glob_t all;
	size_t i;

	if (strchr(name, '/'))
		return cli_usage(watch->cli, "no event has the name \"%s\"", name);
	snprintf(pattern, sizeof(pattern), "%s/events/" SYSTEM "/%s%s/enable", watch->instance,
		 prefixed ? "" : PREFIX, name);
	if (glob(pattern, 0, NULL, &all))
		return cli_usage(watch->cli, "no event has the name \"%s\"", name);
	for (i = 0; i < all.gl_pathc; i++)
		set_path(all.gl_pathv[i], "1");
	globfree(&all);
	return CLI_EXIT_OK;
}

static enum cli_exit enable_all(struct watch *watch, const struct cli_args *args)
{
	char path[PATH_MAX + 64];
	enum cli_exit status = CLI_EXIT_OK;
	unsigned int i;

	snprintf(path, sizeof(path), "%s/events/" SYSTEM, watch->instance);
	if (access(path, F_OK))
		return cli_error(watch->cli, CLI_EXIT_UNSUPPORTED,
				 "the kernel has no events agx:*: the driver is not loaded, or is another");
	/* Times of the clock that recordings have, and room for what comes at once. */
	set(watch, "trace_clock", "mono");
	set(watch, "buffer_size_kb", "4096");
	for (i = 0; !status && cli_word(args, i); i++)
		status = enable(watch, cli_word(args, i));
	if (!i)
		status = enable(watch, "*");
	return status;
}

static enum cli_exit open_pipe(struct watch *watch)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/trace_pipe", watch->instance);
	watch->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (watch->pipe >= 0)
		return CLI_EXIT_OK;
	return cli_error(watch->cli, CLI_EXIT_FAILURE, "cannot open %s: %s", path, strerror(errno));
}

/* Signals are read like everything else, so that the instance does not stay behind. */
static enum cli_exit open_signals(struct watch *watch)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, &watch->old_mask);
	watch->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (watch->signals >= 0)
		return CLI_EXIT_OK;
	return cli_error(watch->cli, CLI_EXIT_FAILURE, "cannot wait for signals: %s",
			 strerror(errno));
}

static void put_event(struct watch *watch, const struct trace_line *line)
{
	struct out *out = watch->cli->out;
	const char *event = line->event;
	char text[1024];
	int used = 0;
	unsigned int i;

	if (!strncmp(event, PREFIX, strlen(PREFIX)))
		event += strlen(PREFIX);
	out_u64(out, "time_ns", line->time);
	out_u64(out, "cpu", line->cpu);
	out_string(out, "task", line->task);
	out_u64(out, "pid", line->pid);
	out_string(out, "event", event);
	out_begin_object(out, "fields");
	text[0] = '\0';
	for (i = 0; i < line->num_fields; i++) {
		const struct trace_field *field = &line->fields[i];

		put_guess(out, field->name, field->value);
		if (used < (int)sizeof(text))
			used += snprintf(text + used, sizeof(text) - used, " %s=%s", field->name,
					 field->value);
	}
	out_end(out);
	out_sentence(out, "%5" PRIu64 ".%06" PRIu64 " [%u] %s-%u: %s%s", line->time / 1000000000,
		     line->time % 1000000000 / 1000, line->cpu, line->task, line->pid, event,
		     text);
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
		put_event(watch, &line);
		watch->stop |= ++watch->events == watch->count;
	}
}

/* Prints what has come so far; whether there was anything. */
static bool read_pipe(struct watch *watch)
{
	ssize_t got = read(watch->pipe, watch->text + watch->used,
			   sizeof(watch->text) - 1 - watch->used);
	char *line = watch->text, *end;

	if (got <= 0)
		return false;
	watch->used += got;
	watch->text[watch->used] = '\0';
	while ((!watch->count || watch->events < watch->count) && (end = strchr(line, '\n'))) {
		*end = '\0';
		put_line(watch, line);
		line = end + 1;
	}
	watch->used -= line - watch->text;
	/* Longer than any line. */
	if (watch->used == sizeof(watch->text) - 1)
		watch->used = 0;
	memmove(watch->text, line, watch->used);
	return true;
}

static void read_signals(struct watch *watch)
{
	struct signalfd_siginfo info;
	int status;

	while (read(watch->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
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

static void loop(struct watch *watch)
{
	struct pollfd fds[] = {
		{ .fd = watch->pipe, .events = POLLIN },
		{ .fd = watch->signals, .events = POLLIN },
	};

	while (!watch->stop && !out_flush(watch->cli->out)) {
		if (poll(fds, ARRAY_SIZE(fds), time_left(watch)) == 0)
			break;
		read_signals(watch);
		read_pipe(watch);
	}
}

/* What has happened before the end is printed, what happens now is not of interest. */
static void finish(struct watch *watch)
{
	set(watch, "tracing_on", "0");
	while ((!watch->count || watch->events < watch->count) && read_pipe(watch))
		;
}

static void clean_up(struct watch *watch)
{
	if (watch->pipe >= 0)
		close(watch->pipe);
	if (watch->signals >= 0) {
		close(watch->signals);
		sigprocmask(SIG_SETMASK, &watch->old_mask, NULL);
	}
	set(watch, "events/" SYSTEM "/enable", "0");
	if (rmdir(watch->instance))
		out_note(watch->cli->out, "%s stays behind: %s", watch->instance, strerror(errno));
}

static enum cli_exit watch_events(struct watch *watch, const struct cli_args *args)
{
	enum cli_exit status;

	status = enable_all(watch, args);
	if (!status)
		status = open_pipe(watch);
	if (!status)
		status = open_signals(watch);
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
	if (watch->child > 0)
		waitpid(watch->child, NULL, 0);
	return watch->status;
}

static enum cli_exit run_watch(struct cli *cli, const struct cli_args *args)
{
	const char *count = cli_option(args, "count"), *time = cli_option(args, "for");
	struct watch watch = { .cli = cli, .pipe = -1, .signals = -1 };
	enum cli_exit status;

	if (count && !cli_number(cli, "--count", count, &watch.count))
		return CLI_EXIT_USAGE;
	if (time && !cli_duration(cli, "--for", time, &watch.deadline))
		return CLI_EXIT_USAGE;
	if (time)
		watch.deadline += clock_ns(CLOCK_MONOTONIC);
	status = make_instance(&watch);
	if (status)
		return status;
	status = watch_events(&watch, args);
	clean_up(&watch);
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
			"Ends with the command that is given, whose exit status it then has, or "
			"when it is interrupted. It needs root.",
		.options = watch_options,
		.max_words = 64,
		.takes_command = true,
		.run = run_watch,
	},
	{ .name = NULL },
};
