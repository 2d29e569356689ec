/* SPDX-License-Identifier: MIT */
/**
 * DOC: A second process
 *
 * A process to observe, or to be observed by, with a socket between the two that carries bytes
 * and file descriptors. Assertions may be used in it.
 */
#ifndef ASAHI_CHILD_H
#define ASAHI_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** struct asahi_child - One end of the pair. */
struct asahi_child {
	/** @socket: leads to the other process. */
	int socket;
	/** @pid: in the parent, the child. */
	pid_t pid;
};

/* The part of asahi_fork() that forks; true in the child. */
bool __asahi_fork(struct asahi_child *child);

/**
 * asahi_fork() - Run a block in a new process, which ends with it.
 *
 * Only one child at a time.
 */
#define asahi_fork(child) for (; __asahi_fork(child); exit(0))

/** asahi_socketpair() - The two ends of a socket of the kind that children have. */
void asahi_socketpair(int sockets[2]);

/* Pass something to the other process. */
void asahi_send(const struct asahi_child *child, const void *data, size_t size);
void asahi_recv(const struct asahi_child *child, void *data, size_t size);
void asahi_send_fd(const struct asahi_child *child, int fd);
int asahi_recv_fd(const struct asahi_child *child);

/* Pass nothing but the fact. */
void asahi_notify(const struct asahi_child *child);
void asahi_await(const struct asahi_child *child);

/** asahi_child_wait() - Wait for a child that ends by itself, with success. */
void asahi_child_wait(struct asahi_child *child);

/** asahi_child_reap() - Wait for a child that @signal ends. */
void asahi_child_reap(struct asahi_child *child, int signal);

/** asahi_child_kill() - SIGKILL a child; it is dead and reaped when this returns. */
void asahi_child_kill(struct asahi_child *child);

#endif
