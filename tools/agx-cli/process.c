// SPDX-License-Identifier: MIT
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "out.h"
#include "session.h"

#define MESSAGE_MAX 65536
#define ERRORS_MAX 4096
#define PLACE_MAX 256

struct process {
	/* Owned. */
	char *name;
	pid_t pid;

	/* Our end of a pair, of which a message is one command or its answer. Owned. */
	int fd;
	bool busy;
	struct process *next;
};

struct process_list {
	/* Owned. */
	struct process *first;
};

enum request_kind {
	/* @words follows: each ends with a zero byte. */
	REQUEST_RUN,
	REQUEST_FD,
};

struct request {
	enum request_kind kind;
	int fd;
	bool hold_errors;
	bool wants_result;

	/* Of the command in its script. */
	char place[PLACE_MAX];
	char words[MESSAGE_MAX];
};

struct answer {
	enum cli_exit status;
	int failed_errno;
	bool has_result;
	uint64_t result;

	/* Those that were held back. */
	char errors[ERRORS_MAX];
};

struct process_list *process_list_create(void)
{
	return calloc(1, sizeof(struct process_list));
}

static struct process *find(const struct process_list *list, const char *name)
{
	struct process *process;

	for (process = list->first; process; process = process->next)
		if (!strcmp(process->name, name))
			return process;
	return NULL;
}

const char *process_nth_name(const struct process_list *list, unsigned int index)
{
	const struct process *process = list->first;

	while (process && index--)
		process = process->next;
	return process ? process->name : NULL;
}

static void forget(struct process_list *list, struct process *process)
{
	struct process **at = &list->first;

	while (*at != process)
		at = &(*at)->next;
	*at = process->next;
	close(process->fd);
	free(process->name);
	free(process);
}

void process_list_destroy(struct process_list *list)
{
	pid_t pid;

	if (!list)
		return;

	/* They end when nobody can tell them anything any more, unless they are stopped. */
	while (list->first) {
		pid = list->first->pid;
		if (list->first->busy)
			kill(pid, SIGKILL);
		kill(pid, SIGCONT);
		forget(list, list->first);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(list);
}

/* False, with errno at EINTR, for an interrupt that is about what this process waits for. */
static bool transfer(int fd, void *data, size_t size, bool send_it, ssize_t *done)
{
	do {
		*done = send_it ? send(fd, data, size, MSG_NOSIGNAL) : recv(fd, data, size, 0);
	} while (*done < 0 && errno == EINTR && !cli_interrupted());
	return *done > 0;
}

static bool send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	if (sendmsg(socket, &msg, MSG_NOSIGNAL) == 1)
		return true;

	/* No such descriptor: a message without one says so. */
	msg.msg_controllen = 0;
	sendmsg(socket, &msg, MSG_NOSIGNAL);
	return false;
}

/* *fd is -1 if it has none; false if it has gone. */
static bool receive_fd(int socket, int *fd)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	*fd = -1;
	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) != 1)
		return false;
	header = CMSG_FIRSTHDR(&msg);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return true;
}

/* In the process: one command. */
static void serve_run(struct cli *cli, int fd, struct request *request, size_t size)
{
	struct answer answer = { 0 };
	char *text = request->words, *end = (char *)request + size, **words;
	unsigned int count = 0;
	size_t since = 0;
	ssize_t done;

	cli->place = request->place;
	cli->wants_result = request->wants_result;
	if (request->hold_errors)
		since = cli_hold_errors(cli);
	/* A word ends with a zero byte. */
	words = calloc(end - text + 1, sizeof(*words));
	if (words) {
		for (; text < end; text += strlen(text) + 1)
			words[count++] = text;
		answer.status = cli_run_command(cli, words);
		free(words);
	} else {
		answer.status = cli_no_memory(cli);
	}
	if (request->hold_errors)
		cli_take_errors(cli, since, answer.errors, sizeof(answer.errors));
	cli->place = NULL;
	answer.failed_errno = cli->failed_errno;
	answer.has_result = cli->has_result;
	answer.result = cli->result;
	transfer(fd, &answer, sizeof(answer), true, &done);
}

static void serve(struct cli *cli, int fd, struct request *request)
{
	ssize_t size;

	while (!cli->left && transfer(fd, request, sizeof(*request), false, &size)) {
		if (request->kind == REQUEST_FD)
			send_fd(fd, request->fd);
		else
			serve_run(cli, fd, request, size);
	}
}

static void run_child(struct cli *cli, int fd, pid_t parent)
{
	struct process_list *list = cli_processes(cli->session);
	struct request *request = malloc(sizeof(*request));
	char ready = 0;
	ssize_t done;

	/* Those of before are not this one's children; of the script it reads nothing. */
	while (list->first)
		forget(list, list->first);

	/*
	 * Somebody at a terminal means the session, which kills this one if it is to end, if by its
	 * own death only.
	 */
	if (cli->source)
		signal(SIGINT, SIG_IGN);
	cli_clear_interrupt();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		cli_leave(cli, CLI_EXIT_OK);
	cli->source = NULL;
	/* Signals find it ready. */
	if (request && transfer(fd, &ready, sizeof(ready), true, &done))
		serve(cli, fd, request);
	free(request);
	close(fd);
	cli_leave(cli, CLI_EXIT_OK);
}

/* It has gone without an answer. */
static enum cli_exit bury(struct cli *cli, struct process *process)
{
	enum cli_exit status;
	int how = 0;

	while (waitpid(process->pid, &how, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(how))
		status = cli_error(cli, CLI_EXIT_FAILURE, "process %s has died: %s", process->name,
				   strsignal(WTERMSIG(how)));
	else
		status = cli_error(cli, CLI_EXIT_FAILURE, "process %s has ended", process->name);
	forget(cli_processes(cli->session), process);
	return status;
}

enum cli_exit process_fork(struct cli *cli, const char *name)
{
	struct process_list *list = cli_processes(cli->session);
	const pid_t parent = getpid();
	struct process *process;
	int fds[2], err;
	ssize_t done;
	char ready;

	if (!cli_is_name(name))
		return cli_usage(cli, "\"%s\" cannot be a name", name);
	if (find(list, name))
		return cli_usage(cli, "there is a process %s already", name);

	process = calloc(1, sizeof(*process));
	if (process)
		process->name = strdup(name);
	if (!process || !process->name) {
		free(process);
		return cli_no_memory(cli);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
		err = errno;
		free(process->name);
		free(process);
		return cli_errno_error(cli, CLI_EXIT_FAILURE, err, "socketpair");
	}

	/* What is in buffers would be written by both. */
	out_flush(cli->out);
	process->pid = fork();
	err = errno;
	if (!process->pid) {
		close(fds[0]);
		free(process->name);
		free(process);
		run_child(cli, fds[1], parent);
	}
	close(fds[1]);
	if (process->pid < 0) {
		close(fds[0]);
		free(process->name);
		free(process);
		return cli_errno_error(cli, CLI_EXIT_FAILURE, err, "fork");
	}

	process->fd = fds[0];
	process->next = list->first;
	list->first = process;
	if (!transfer(process->fd, &ready, sizeof(ready), false, &done))
		return bury(cli, process);
	out_string(cli->out, "process", name);
	out_u64(cli->out, "pid", process->pid);
	cli->has_result = true;
	cli->result = process->pid;
	return CLI_EXIT_OK;
}

/* One that is there and does nothing, unless @busy. NULL with *status on failure. */
static struct process *get(struct cli *cli, const char *name, bool busy, enum cli_exit *status)
{
	struct process *process = find(cli_processes(cli->session), name);

	if (!process) {
		*status = cli_usage(cli, "there is no process %s", name);
		return NULL;
	}
	if (process->busy != busy) {
		*status = cli_usage(cli, busy ? "process %s does nothing" :
					 "process %s still does something; see wait", name);
		return NULL;
	}
	return process;
}

static enum cli_exit receive_answer(struct cli *cli, struct process *process)
{
	struct answer answer;
	ssize_t size;

	if (!transfer(process->fd, &answer, sizeof(answer), false, &size)) {
		if (size < 0 && errno == EINTR)
			return cli_error(cli, CLI_EXIT_FAILURE, "interrupted; process %s still "
					 "does it: see wait and kill", process->name);
		return bury(cli, process);
	}

	process->busy = false;
	if (*answer.errors)
		cli_add_errors(cli, answer.errors);
	cli->failed_errno = answer.failed_errno;
	cli->has_result = answer.has_result;
	cli->result = answer.result;
	return answer.status;
}

enum cli_exit process_run(struct cli *cli, const char *name, char *const *words, bool background)
{
	struct request *request;
	struct process *process;
	enum cli_exit status;
	size_t used = 0;
	ssize_t done;

	process = get(cli, name, false, &status);
	if (!process)
		return status;

	request = calloc(1, sizeof(*request));
	if (!request)
		return cli_no_memory(cli);
	request->kind = REQUEST_RUN;
	request->hold_errors = background || cli_holds_errors(cli);
	request->wants_result = cli->wants_result;
	cli_place(cli, request->place, sizeof(request->place));
	for (; *words; words++) {
		if (strlen(*words) >= sizeof(request->words) - used) {
			free(request);
			return cli_usage(cli, "the command is too long");
		}
		used += strlen(strcpy(request->words + used, *words)) + 1;
	}

	out_flush(cli->out);
	process->busy = transfer(process->fd, request, offsetof(struct request, words) + used, true,
				 &done);
	free(request);
	if (!process->busy)
		return bury(cli, process);
	return background ? CLI_EXIT_OK : receive_answer(cli, process);
}

enum cli_exit process_wait(struct cli *cli, const char *name)
{
	struct process *process;
	enum cli_exit status;

	process = get(cli, name, true, &status);
	return process ? receive_answer(cli, process) : status;
}

enum cli_exit process_kill(struct cli *cli, const char *name, int signal)
{
	struct process *process = find(cli_processes(cli->session), name);
	int how = 0;

	if (!process)
		return cli_usage(cli, "there is no process %s", name);
	if (kill(process->pid, signal))
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "kill %s", name);
	if (signal != SIGKILL)
		return CLI_EXIT_OK;

	while (waitpid(process->pid, &how, 0) < 0 && errno == EINTR)
		;
	forget(cli_processes(cli->session), process);
	return CLI_EXIT_OK;
}

enum cli_exit process_take(struct cli *cli, const char *name, int fd)
{
	struct request *request;
	struct process *process;
	enum cli_exit status;
	ssize_t done;
	int taken;

	process = get(cli, name, false, &status);
	if (!process)
		return status;

	request = calloc(1, sizeof(*request));
	if (!request)
		return cli_no_memory(cli);
	request->kind = REQUEST_FD;
	request->fd = fd;
	process->busy = transfer(process->fd, request, offsetof(struct request, words), true,
				 &done);
	free(request);
	if (!process->busy || !receive_fd(process->fd, &taken))
		return bury(cli, process);
	process->busy = false;
	if (taken < 0)
		return cli_error(cli, CLI_EXIT_FAILURE, "process %s has no descriptor %d", name,
				 fd);

	out_i64(cli->out, "fd", taken);
	cli->has_result = true;
	cli->result = taken;
	return CLI_EXIT_OK;
}
