// SPDX-License-Identifier: MIT
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Never returns. Why the command could not be run goes to the pipe, which closes if it could. */
static void run(char *const *command, bool (*prepare)(void *context), void *context, int pipe_fd)
{
	int err;

	reset_signals();
	if (!prepare || prepare(context))
		execvp(command[0], command);
	err = errno;
	_exit(write(pipe_fd, &err, sizeof(err)) == sizeof(err) ? 127 : 126);
}

pid_t child_start(char *const *command, bool (*prepare)(void *context), void *context)
{
	int pipe_fds[2], err = 0;
	pid_t child;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	child = fork();
	if (!child)
		run(command, prepare, context, pipe_fds[1]);
	if (child < 0)
		err = errno;
	close(pipe_fds[1]);
	if (child > 0 && read(pipe_fds[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(pipe_fds[0]);
	if (!err)
		return child;
	if (child > 0)
		waitpid(child, NULL, 0);
	return -err;
}

int child_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
