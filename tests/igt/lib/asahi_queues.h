/* SPDX-License-Identifier: MIT */
/**
 * DOC: Queues as debugfs shows them
 *
 * The driver tells root which queues there are, under the numbers that its events, its dumps and
 * the other files have for them and for their address spaces.
 */
#ifndef ASAHI_QUEUES_H
#define ASAHI_QUEUES_H

#include <stdint.h>

#define ASAHI_MAX_QUEUES 16

/** struct asahi_queue_line - What is told of a queue. */
struct asahi_queue_line {
	/* Numbers of the queue, its file and its VM. */
	uint64_t queue, file, vm;
	/** @priority: by name. */
	char priority[8];
	/* Jobs that wait and that are on the GPU. */
	unsigned int waiting, running;
	/* Commands that were ever submitted. */
	uint64_t render, compute;
};

/** struct asahi_queues - All queues of the device. */
struct asahi_queues {
	/** @num: how many. */
	unsigned int num;
	struct asahi_queue_line lines[ASAHI_MAX_QUEUES];
};

/** asahi_queues_read() - Read all, now. Skips if the driver does not tell. */
void asahi_queues_read(struct asahi_queues *queues);

/** asahi_queues_only() - The only queue that there is; fails if there is another, or none. */
void asahi_queues_only(struct asahi_queue_line *line);

#endif
