/* SPDX-License-Identifier: MIT */
/**
 * DOC: All kinds of calls
 *
 * Makes every call that the uapi has, and some of the core, with arguments that mostly make sense,
 * in an order that a seed decides: to have a client that is busy with everything when something
 * happens to its device. Any number of them can share a file.
 */
#ifndef ASAHI_STORM_H
#define ASAHI_STORM_H

#include <stdatomic.h>
#include <stdint.h>

#include "asahi_client.h"
#include "asahi_job.h"

/** ASAHI_STORM_SLOTS: objects of each kind at a time. */
#define ASAHI_STORM_SLOTS 8

/** struct asahi_storm - One thread's calls. */
struct asahi_storm {
	/** @client: where jobs run. */
	struct asahi_client client;
	/** @jobs: one that ends and one that does not. */
	struct asahi_job jobs[2];
	/** @seed: what comes next. */
	unsigned int seed;
	/** @vms: ids, 0 where there is none; the same below. */
	uint32_t vms[ASAHI_STORM_SLOTS];
	uint32_t queues[ASAHI_STORM_SLOTS];
	uint32_t bos[ASAHI_STORM_SLOTS];
	uint32_t objects[ASAHI_STORM_SLOTS];
	uint32_t syncobjs[ASAHI_STORM_SLOTS];
	/** @good: calls that succeeded; may be read by other threads. */
	atomic_ulong good;
	/** @calls: how many were made. */
	unsigned long calls;
	/** @gone: how many of them said ENODEV. */
	unsigned long gone;
	/** @after: how many said something else after the first of those. */
	unsigned long after;
};

/** asahi_storm_init() - Get ready to make calls on @fd. */
void asahi_storm_init(struct asahi_storm *storm, int fd, unsigned int seed);

/** asahi_storm_step() - Make a call or a few; returns 0 or -errno of the last. Asserts nothing. */
int asahi_storm_step(struct asahi_storm *storm);

/** asahi_storm_until_gone() - Go on until the device is gone, and a little longer. */
void asahi_storm_until_gone(struct asahi_storm *storm);

/** asahi_storm_assert_gone() - Calls have succeeded, and all said ENODEV from a certain one on. */
void asahi_storm_assert_gone(const struct asahi_storm *storm);

/** asahi_storm_fini() - Give up the CPU's view; the rest goes with the file. */
void asahi_storm_fini(struct asahi_storm *storm);

#endif
