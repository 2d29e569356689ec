/* SPDX-License-Identifier: MIT */
/**
 * DOC: Stores that come too late
 *
 * A job that stores for ever to memory of another file, and a thread that sees its fence signal
 * before whoever made it signal goes on, and then looks for stores: so a driver is seen that
 * signals before the GPU has left the job.
 */
#ifndef ASAHI_WRITER_H
#define ASAHI_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"

/** ASAHI_LATE_NS: how long for. A worker of the GPU looks up more often than that. */
#define ASAHI_LATE_NS 5000000

/** struct asahi_writer - The job, and who looks. */
struct asahi_writer {
	/** @other: the file that the memory belongs to. */
	struct asahi_client other;
	/** @bo: the memory; its first word is stored to. */
	struct asahi_bo bo;
	/** @client: the file that the job belongs to. */
	struct asahi_client client;
	/** @fence: the job's. */
	int fence;

	/* The thread: whether it looks, what the fence says, and whether a store came after. */
	pthread_t thread;
	atomic_bool ready;
	int status;
	bool late;
};

/** asahi_writer_init() - Make the memory. */
void asahi_writer_init(struct asahi_writer *w);

/** asahi_writer_start() - Open a file and start the job and the thread; both are at it. */
void asahi_writer_start(struct asahi_writer *w);

/** asahi_writer_join() - Wait for the thread, with the job over or about to be. */
void asahi_writer_join(struct asahi_writer *w);

/** asahi_writer_assert() - The fence has said @status, and no store has come after. */
void asahi_writer_assert(const struct asahi_writer *w, int status);

/** asahi_writer_fini() - Give the memory back. */
void asahi_writer_fini(struct asahi_writer *w);

#endif
