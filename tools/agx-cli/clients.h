/* SPDX-License-Identifier: MIT */
/* The clients of the driver: its open files, found through the processes that have them. */
#ifndef AGX_CLI_CLIENTS_H
#define AGX_CLI_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fdinfo.h"

struct client {
	/* Of the node; with the client's number it says which file it is. */
	dev_t rdev;
	/* The first process that has it, and the descriptors that all have. */
	uint32_t pid;
	char command[32];
	unsigned int fds;
	struct fdinfo info;
};

/* In the order of their numbers. */
struct clients {
	/* Owned; clients_free(). */
	struct client *list;
	unsigned int num;
	/* Processes whose descriptors must not be looked at. */
	unsigned int hidden;
};

/*
 * All clients of the driver of that name, of the node @rdev or, with 0, of all; @proc is where the
 * processes are, "/proc". Returns 0 or a negative errno.
 */
int clients_find(struct clients *clients, const char *proc, const char *driver, dev_t rdev);
void clients_free(struct clients *clients);

#endif /* AGX_CLI_CLIENTS_H */
