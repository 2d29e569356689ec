/* SPDX-License-Identifier: MIT */
/**
 * DOC: Submits that must not work
 *
 * A command that would store a word, and syncobjs that would get a fence. In the end neither has
 * happened, and the same command does run.
 */
#ifndef ASAHI_ATTEMPT_H
#define ASAHI_ATTEMPT_H

#include <stdint.h>

#include "asahi_job.h"

/** struct asahi_attempt - A submit to be made wrong. */
struct asahi_attempt {
	struct asahi_client client;
	/** @bo: its first word is 0 until a command runs. */
	struct asahi_bo bo;
	/** @job: stores to it. */
	struct asahi_job job;
	/** @cmdbuf: commands to try. */
	struct asahi_cmdbuf cmdbuf;
	/** @binary: syncobj that must not get a fence. */
	uint32_t binary;
	/** @timeline: syncobj that must not get a point. */
	uint32_t timeline;
};

void asahi_attempt_init(struct asahi_attempt *t);

/** asahi_attempt_fini() - Nothing has happened; but the right command works. */
void asahi_attempt_fini(struct asahi_attempt *t);

/** asahi_attempt_begin() - Start over with a single command, one that stores. */
void asahi_attempt_begin(struct asahi_attempt *t);

/** asahi_attempt_request() - Start over, and return a SUBMIT of that command, which is right. */
struct drm_asahi_submit asahi_attempt_request(struct asahi_attempt *t);

/**
 * asahi_attempt_submit() - Submit the commands with all that is needed to see that it was
 * refused; returns 0 or -errno.
 */
int asahi_attempt_submit(struct asahi_attempt *t);

/**
 * asahi_attempt_strict() - Submit commands that the uapi forbids but that the Rust driver is known
 * to let pass, as asahi_assert_strict() has it. What has run there after all is waited for and
 * undone, so that the attempt is as it was.
 * @err: the one right result, -errno.
 */
void asahi_attempt_strict(struct asahi_attempt *t, int err);

#endif
