/* SPDX-License-Identifier: MIT */
/*
 * DOC: The recorder
 *
 * A library that is loaded into a program, in front of the C library, and writes down what the
 * program says to the driver. It sees what goes through the functions of the C library that it
 * stands in front of, and asks the kernel for the rest. The program must not notice:
 *
 * - Records are written while a lock is held over the call, so that they are in the order in which
 *   the kernel has seen the calls. Calls that wait for others are made without it.
 * - Arguments are copied by the kernel, so that a bad pointer is the kernel's to refuse.
 * - Whoever comes here while he is here already, from a signal handler, is not recorded.
 * - What the recorder maps of buffers goes before the program's last descriptor does.
 */
#ifndef AGX_CLI_PRELOAD_H
#define AGX_CLI_PRELOAD_H

#include <pthread.h>

/* The environment in which a program is started: where the recording is, whether with contents. */
#define PRELOAD_ENV_FILE "AGX_RECORD"
#define PRELOAD_ENV_CONTENTS "AGX_RECORD_CONTENTS"

/* What the program would have called. */
struct preload_real {
	int (*ioctl)(int fd, unsigned long request, ...);
	int (*close)(int fd);
	int (*close_range)(unsigned int first, unsigned int last, int flags);
	void (*closefrom)(int first);
	int (*dup)(int fd);
	int (*dup2)(int fd, int to);
	int (*dup3)(int fd, int to, int flags);
	int (*fcntl)(int fd, int command, ...);
};

extern struct preload_real real;

/* Protects everything in the recorder but the table of descriptors, which is written under it. */
extern pthread_mutex_t preload_lock;

#endif /* AGX_CLI_PRELOAD_H */
