// SPDX-License-Identifier: MIT
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"

struct tracefs {
	/* Borrowed. */
	struct cli *cli;

	/* The folder; a number of the process for it is enough, as each has one at a time. */
	char path[64];

	/* Both owned, or -1. */
	int pipe;
	int signals;
	sigset_t old_mask;

	/* Of what was read, the part that has not been looked at. */
	char text[8192];
	size_t start;
	size_t used;
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

static enum cli_exit open_signals(struct tracefs *tracefs)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	tracefs->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (tracefs->signals < 0)
		return cli_errno_error(tracefs->cli, CLI_EXIT_FAILURE, errno,
				       "cannot wait for signals");
	/* Nobody reads on: a call that writes fails first, and the signal comes in the end. */
	sigaddset(&mask, SIGPIPE);
	sigprocmask(SIG_BLOCK, &mask, &tracefs->old_mask);
	return CLI_EXIT_OK;
}

static void close_signals(struct tracefs *tracefs)
{
	if (tracefs->signals < 0)
		return;
	close(tracefs->signals);
	sigprocmask(SIG_SETMASK, &tracefs->old_mask, NULL);
}

static enum cli_exit make_folder(const struct tracefs *tracefs)
{
	struct cli *cli = tracefs->cli;

	if (!mkdir(tracefs->path, 0700))
		return CLI_EXIT_OK;
	switch (errno) {
	case EACCES:
	case EPERM:
		return cli_error(cli, CLI_EXIT_NO_PERMISSION, "no permission to trace in " TRACEFS);
	case ENOENT:
		return cli_error(cli, CLI_EXIT_UNSUPPORTED,
				 "there are no " TRACEFS "/instances: no tracefs is mounted");
	default:
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot make %s",
				       tracefs->path);
	}
}

enum cli_exit tracefs_make(struct cli *cli, struct tracefs **out)
{
	struct tracefs *tracefs = calloc(1, sizeof(*tracefs));
	enum cli_exit status;

	if (!tracefs)
		return cli_no_memory(cli);

	tracefs->cli = cli;
	tracefs->pipe = -1;
	tracefs->signals = -1;
	snprintf(tracefs->path, sizeof(tracefs->path), TRACEFS "/instances/agx-cli-%d",
		 (int)getpid());
	status = open_signals(tracefs);
	if (!status)
		status = make_folder(tracefs);
	if (!status) {
		/* Times of the clock that recordings have. */
		tracefs_set(tracefs, "trace_clock", "mono");
		*out = tracefs;
		return CLI_EXIT_OK;
	}
	close_signals(tracefs);
	free(tracefs);
	return status;
}

void tracefs_remove(struct tracefs *tracefs)
{
	if (!tracefs)
		return;

	tracefs_set(tracefs, "events/enable", "0");
	if (tracefs->pipe >= 0)
		close(tracefs->pipe);
	if (rmdir(tracefs->path))
		out_note(tracefs->cli->out, "%s stays behind: %s", tracefs->path, strerror(errno));
	close_signals(tracefs);
	free(tracefs);
}

bool tracefs_has(const struct tracefs *tracefs, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", tracefs->path, name);
	return !access(path, F_OK);
}

int tracefs_set(const struct tracefs *tracefs, const char *name, const char *value)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", tracefs->path, name);
	return set_path(path, value);
}

unsigned int tracefs_enable(const struct tracefs *tracefs, const char *pattern)
{
	char path[PATH_MAX];
	unsigned int num = 0;
	glob_t all;
	size_t i;

	snprintf(path, sizeof(path), "%s/events/%s/enable", tracefs->path, pattern);
	if (glob(path, 0, NULL, &all))
		return 0;
	for (i = 0; i < all.gl_pathc; i++)
		num += !set_path(all.gl_pathv[i], "1");
	globfree(&all);
	return num;
}

enum cli_exit tracefs_open(struct tracefs *tracefs)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/trace_pipe", tracefs->path);
	tracefs->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (tracefs->pipe >= 0)
		return CLI_EXIT_OK;
	return cli_errno_error(tracefs->cli, CLI_EXIT_FAILURE, errno, "cannot open %s", path);
}

char *tracefs_line(struct tracefs *tracefs)
{
	char *line, *end;
	ssize_t got;

	for (;;) {
		line = tracefs->text + tracefs->start;
		end = memchr(line, '\n', tracefs->used - tracefs->start);
		if (end) {
			*end = '\0';
			tracefs->start = end + 1 - tracefs->text;
			return line;
		}
		tracefs->used -= tracefs->start;
		memmove(tracefs->text, line, tracefs->used);
		tracefs->start = 0;
		/* Longer than any line. */
		if (tracefs->used == sizeof(tracefs->text))
			tracefs->used = 0;
		got = read(tracefs->pipe, tracefs->text + tracefs->used,
			   sizeof(tracefs->text) - tracefs->used);
		if (got <= 0)
			return NULL;
		tracefs->used += got;
	}
}

int tracefs_line_fd(const struct tracefs *tracefs)
{
	return tracefs->pipe;
}

int tracefs_signal_fd(const struct tracefs *tracefs)
{
	return tracefs->signals;
}

int tracefs_signal(struct tracefs *tracefs)
{
	struct signalfd_siginfo info;

	if (read(tracefs->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	return info.ssi_signo;
}
