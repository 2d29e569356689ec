/* SPDX-License-Identifier: MIT */
/**
 * DOC: A client that can tell whether its jobs run
 */
#ifndef ASAHI_ACTOR_H
#define ASAHI_ACTOR_H

#include "asahi_client.h"
#include "asahi_job.h"

/** struct asahi_actor - A client with memory, and a job that writes to it. */
struct asahi_actor {
	struct asahi_client client;
	/** @bo: a page. */
	struct asahi_bo bo;
	/** @good: stores ASAHI_STORE_VALUE to the first word of @bo. */
	struct asahi_job good;
};

/** asahi_actor_init() - Make it, on a file of its own; nothing is submitted. */
void asahi_actor_init(struct asahi_actor *actor);

/** asahi_actor_fini() - Give everything up. */
void asahi_actor_fini(struct asahi_actor *actor);

/** asahi_actor_assert_works() - Clear the word, run the job, see that it has been written. */
void asahi_actor_assert_works(struct asahi_actor *actor);

#endif
