// SPDX-License-Identifier: MIT
/* A second process and a socket to it. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asahi_child.h"
#include "igt.h"

void asahi_socketpair(int sockets[2])
{
	igt_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
}

bool __asahi_fork(struct asahi_child *child)
{
	int sockets[2];
	pid_t pid;

	asahi_socketpair(sockets);
	if (__igt_fork()) {
		close(sockets[0]);
		child->socket = sockets[1];
		pid = getpid();
		asahi_send(child, &pid, sizeof(pid));
		return true;
	}

	close(sockets[1]);
	child->socket = sockets[0];
	asahi_recv(child, &pid, sizeof(pid));
	child->pid = pid;
	return false;
}

void asahi_send(const struct asahi_child *child, const void *data, size_t size)
{
	ssize_t len = send(child->socket, data, size, MSG_NOSIGNAL);

	igt_assert_f(len == (ssize_t)size, "send: %zd, %s\n", len, strerror(errno));
}

void asahi_recv(const struct asahi_child *child, void *data, size_t size)
{
	ssize_t len = recv(child->socket, data, size, 0);

	igt_assert_f(len == (ssize_t)size, "the other process is gone\n");
}

void asahi_send_fd(const struct asahi_child *child, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	igt_assert_eq(sendmsg(child->socket, &msg, MSG_NOSIGNAL), 1);
}

int asahi_recv_fd(const struct asahi_child *child)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	igt_assert_f(recvmsg(child->socket, &msg, MSG_CMSG_CLOEXEC) == 1,
		     "the other process is gone\n");
	cmsg = CMSG_FIRSTHDR(&msg);
	igt_assert(cmsg && cmsg->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));

	return fd;
}

void asahi_notify(const struct asahi_child *child)
{
	char byte = 0;

	asahi_send(child, &byte, 1);
}

void asahi_await(const struct asahi_child *child)
{
	char byte;

	asahi_recv(child, &byte, 1);
}

void asahi_child_wait(struct asahi_child *child)
{
	igt_waitchildren();
	close(child->socket);
	memset(child, 0, sizeof(*child));
}

void asahi_child_reap(struct asahi_child *child, int signal)
{
	igt_assert_eq(__igt_waitchildren(), 128 + signal);
	close(child->socket);
	memset(child, 0, sizeof(*child));
}

void asahi_child_kill(struct asahi_child *child)
{
	igt_assert_eq(kill(child->pid, SIGKILL), 0);
	asahi_child_reap(child, SIGKILL);
}
