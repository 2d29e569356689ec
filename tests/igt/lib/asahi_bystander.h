/* SPDX-License-Identifier: MIT */
/**
 * DOC: Somebody who need not wait
 *
 * That a job waits is only seen if it has had the time to run. A job on a queue of its own, with
 * nothing to wait for, tells when that is so, however slow the machine is.
 */
#ifndef ASAHI_BYSTANDER_H
#define ASAHI_BYSTANDER_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_job.h"

/** struct asahi_bystander - The job and its queue. */
struct asahi_bystander {
	/** @job: does nothing. */
	struct asahi_job job;
	/** @queue_id: queue of @job's client. */
	uint32_t queue_id;
	/** @out: syncobj that it signals. */
	uint32_t out;
	/** @beside: whether it can run while another queue's job does. */
	bool beside;
};

/** asahi_bystander_init() - Make the queue; the client may not have jobs that run. */
void asahi_bystander_init(struct asahi_client *client, struct asahi_bystander *b);

/**
 * asahi_bystander_run() - Let the job run, more than once: what was submitted before and need not
 * wait has had its turn. On a GPU that runs one queue at a time there is only some time to be
 * given.
 *
 * Returns false if the job does not run, or not to its end. Asserts nothing.
 */
bool asahi_bystander_run(struct asahi_bystander *b);

/** asahi_bystander_fini() - Destroy the queue. */
void asahi_bystander_fini(struct asahi_bystander *b);

#endif
