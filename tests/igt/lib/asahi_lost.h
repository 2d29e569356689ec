/* SPDX-License-Identifier: MIT */
/* What calls say when the driver has given the GPU up. */
#ifndef ASAHI_LOST_H
#define ASAHI_LOST_H

#include <stdbool.h>

#include "asahi_job.h"

/** struct asahi_lost - What each call has returned, 0 or -errno. */
struct asahi_lost {
	/* GET_PARAMS, also for a group that does not exist, and GET_TIME. */
	int params, group, time;
	/* SUBMIT, also with something wrong: queue, sync, pointer, command. */
	int submit, queue, sync, pointer, command;
	/* QUEUE_CREATE and QUEUE_DESTROY. */
	int create, destroy;
	/** @has_fence: whether an out-sync has changed. */
	bool has_fence;
};

/** asahi_lost_call() - Make the calls on a file of which no job is left; asserts nothing. */
void asahi_lost_call(struct asahi_job *job, struct asahi_lost *lost);

/**
 * asahi_lost_assert() - GET_PARAMS and SUBMIT have said ENODEV, after what was wrong with the call
 * itself, but for the commands. All else has gone on.
 */
void asahi_lost_assert(const struct asahi_lost *lost);

#endif
