/* SPDX-License-Identifier: MIT */
/**
 * DOC: Fences that signal when a test wants them to
 *
 * A job on a queue of its own that runs until it is told to end. What others wait for is what it
 * signals.
 */
#ifndef ASAHI_BLOCKER_H
#define ASAHI_BLOCKER_H

#include <stdint.h>

#include "asahi_client.h"
#include "asahi_drm.h"
#include "asahi_job.h"

/** struct asahi_blocker - The job and its queue. */
struct asahi_blocker {
	/** @spin: the job; it has no fence of its own. */
	struct asahi_spin spin;
	/** @queue_id: queue of @spin's client. */
	uint32_t queue_id;
};

/** asahi_blocker_init() - Make the queue, and write the job. */
void asahi_blocker_init(struct asahi_client *client, struct asahi_blocker *blocker);

/**
 * asahi_blocker_start() - Submit the job with out-syncs; it runs when this returns. May be called
 * again when the job is over.
 */
void asahi_blocker_start(struct asahi_blocker *blocker, const struct drm_asahi_sync *outs,
			 uint32_t num);

/** asahi_blocker_release() - Tell the job to end. */
void asahi_blocker_release(struct asahi_blocker *blocker);

/** asahi_blocker_fini() - Destroy the queue. */
void asahi_blocker_fini(struct asahi_blocker *blocker);

#endif
