/* SPDX-License-Identifier: MIT */
/**
 * DOC: Queues that wait for another of their file
 *
 * The first queue of a file has a job that waits for another file's, and each of many more queues
 * one that waits for this. If the file is closed the first ends, and with it all that the others
 * wait for: not one of them may begin because of that.
 */
#ifndef ASAHI_FOLLOWERS_H
#define ASAHI_FOLLOWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"

/** ASAHI_MAX_FOLLOWERS: queues behind the first. */
#define ASAHI_MAX_FOLLOWERS 100

/** struct asahi_followers - The jobs. */
struct asahi_followers {
	/** @num: how many queues wait for the first. */
	unsigned int num;
	/** @fences: of the first job, and of the one on each of those. */
	int fences[1 + ASAHI_MAX_FOLLOWERS];
};

/**
 * asahi_followers_start() - Submit all jobs.
 * @client: file; its queue is the first, the others are made here and destroyed with the file.
 * @va: words, all zero, of which the job of queue I stores ASAHI_STORE_VALUE to word I.
 * @num: queues behind the first.
 * @unsignalled: fences, the first of which the first job waits for. Borrowed.
 * @num_unsignalled: how many. If there are more than one, a queue between the first and those
 *	behind it has very many jobs that wait for all of them: to cancel these takes long.
 */
void asahi_followers_start(struct asahi_followers *f, struct asahi_client *client, uint64_t va,
			   unsigned int num, const int *unsignalled, unsigned int num_unsignalled);

/** asahi_followers_count() - How many fences have that status, as sync_fence_status() has it. */
unsigned int asahi_followers_count(const struct asahi_followers *f, int status);

/** asahi_followers_fini() - Close the fences. */
void asahi_followers_fini(struct asahi_followers *f);

#endif
