// SPDX-License-Identifier: MIT
/*
 * agx-cli record: run a program with the recorder in front of its C library.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"
#include "child.h"
#include "clock_ns.h"
#include "out.h"
#include "preload.h"
#include "recording.h"
#include "recording_file.h"

#define RECORDER "agx_record.so"

/* The recorder: beside this program where that was built, else where it is installed. */
static bool find_recorder(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash && (size_t)(slash - path) + sizeof("/" RECORDER) <= size) {
		strcpy(slash, "/" RECORDER);
		if (!access(path, R_OK))
			return true;
	}
	snprintf(path, size, "%s/" RECORDER, AGX_CLI_PRIVATE_LIBDIR);
	return !access(path, R_OK);
}

static enum cli_exit make_file(struct cli *cli, const char *path, bool contents)
{
	struct rec_file_header header;
	bool done;
	FILE *file;

	file = fopen(path, "wbe");
	if (!file)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot make %s", path);
	rec_file_header_init(&header, contents ? REC_FILE_CONTENTS : 0, clock_ns(CLOCK_REALTIME),
			     clock_ns(CLOCK_MONOTONIC));
	done = fwrite(&header, sizeof(header), 1, file) == 1;
	if (fclose(file) || !done)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot write to %s", path);
	return CLI_EXIT_OK;
}

struct recorder {
	char library[PATH_MAX];
	/* Of the recording; absolute, since the command may change its folder. */
	char path[PATH_MAX];
	bool contents;
};

/* In the child. What is preloaded already comes behind the recorder. */
static bool set_environment(void *context)
{
	const struct recorder *recorder = context;
	const char *others = getenv("LD_PRELOAD");
	char *preload;

	if (asprintf(&preload, "%s%s%s", recorder->library, others ? ":" : "",
		     others ? others : "") < 0)
		return false;
	if (recorder->contents ? setenv(PRELOAD_ENV_CONTENTS, "1", 1) :
				 unsetenv(PRELOAD_ENV_CONTENTS))
		return false;
	return !setenv("LD_PRELOAD", preload, 1) &&
	       !setenv(PRELOAD_ENV_FILE, recorder->path, 1);
}

/* The exit status is the command's, if there *ran one. */
static enum cli_exit run_command(struct cli *cli, char *const *command, struct recorder *recorder,
				 bool *ran)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction interrupt, quit;
	int status = 0;
	pid_t child;

	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	child = child_start(command, set_environment, recorder);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);

	*ran = child > 0;
	if (!*ran)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, child, "cannot run %s", command[0]);
	return child_exit_status(status);
}

/*
 * What there is to be said of a file that has been recorded. The standard output is the command's,
 * so that people are told on stderr; a document goes behind what that has printed.
 */
static enum cli_exit sum_up(struct cli *cli, const char *path)
{
	unsigned int calls = 0, jobs = 0;
	struct rec_reader reader;
	struct rec_event event;
	enum cli_exit status;
	enum rec_status next;
	bool contents;

	status = recording_open(cli, path, &reader);
	if (status)
		return status;
	while ((next = rec_next(&reader, &event)) == REC_OK) {
		calls += event.type == REC_IOCTL;
		jobs += event.type == REC_JOB;
	}
	contents = reader.header.flags & REC_FILE_CONTENTS;
	recording_close(&reader);

	if (next == REC_ERROR)
		return cli_error(cli, CLI_EXIT_FAILURE, "%s %s", path, reader.error);
	if (out_json(cli->out)) {
		out_string(cli->out, "file", path);
		out_u64(cli->out, "calls", calls);
		out_u64(cli->out, "jobs", jobs);
		out_bool(cli->out, "contents", contents);
	} else if (!calls) {
		out_note(cli->out, "%s: nothing was said to the driver", path);
	} else if (contents) {
		out_note(cli->out, "%s: %u calls, %u jobs with contents", path, calls, jobs);
	} else {
		out_note(cli->out, "%s: %u calls", path, calls);
	}
	return CLI_EXIT_OK;
}

static enum cli_exit run_record(struct cli *cli, const struct cli_args *args)
{
	struct recorder recorder = { .contents = cli_option(args, "contents") };
	const char *path = cli_option(args, "output");
	enum cli_exit status, sum;
	bool ran;

	if (!path)
		path = "agx.rec";
	if (!find_recorder(recorder.library, sizeof(recorder.library)))
		return cli_error(cli, CLI_EXIT_FAILURE, "there is no %s", recorder.library);
	status = make_file(cli, path, recorder.contents);
	if (status)
		return status;
	if (!realpath(path, recorder.path))
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot find %s", path);

	status = run_command(cli, args->command, &recorder, &ran);
	if (!ran)
		return status;
	sum = sum_up(cli, path);
	return status ? status : sum;
}

static const struct cli_option record_options[] = {
	{ "output", 'o', "FILE", "where the recording goes, instead of to agx.rec" },
	{ "contents", 'c', NULL, "record what is in buffers before and after each job" },
	{ NULL },
};

const struct cli_verb cli_verbs_record[] = {
	{
		.name = "record",
		.group = "record",
		.synopsis = "[--contents] [--output FILE] -- COMMAND [ARGUMENT...]",
		.summary = "record what a program says to the driver",
		.details =
			"Runs the command, and writes down each of its ioctls on a device of the "
			"driver, those of its children and those of Mesa, with all that they "
			"point to; show prints the file, replay makes the calls again.\n"
			"\n"
			"With --contents each job is waited for, at most ten seconds, and what "
			"has changed in the buffers that it can see is recorded before and after "
			"it. Only such a recording can be replayed with its jobs. What other "
			"threads write into buffers while a job runs is taken for the job's.\n"
			"\n"
			"The exit status is the command's, or 128 and the number of the signal "
			"that has killed it. Programs that are linked statically, change their "
			"user, or are of another word size, cannot be recorded.\n"
			"\n"
			"How much was recorded is said on the standard error, since the standard "
			"output is the command's; with --json a document behind what the command "
			"has printed says it.",
		.options = record_options,
		.takes_command = true,
		.run = run_record,
	},
	{ .name = NULL },
};
