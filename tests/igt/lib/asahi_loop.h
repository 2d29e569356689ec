/* SPDX-License-Identifier: MIT */
/**
 * DOC: The same call for ever
 *
 * A process that makes one ioctl over and over, so that whoever kills it at any moment mostly finds
 * it inside that ioctl. Where there is a call that undoes it, the two take turns.
 */
#ifndef ASAHI_LOOP_H
#define ASAHI_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_child.h"
#include "asahi_client.h"
#include "asahi_job.h"

struct asahi_loop;

/** struct asahi_loop_kind - A call. */
struct asahi_loop_kind {
	/** @name: as part of the name of a subtest. */
	const char *name;
	/** @text: what it is. */
	const char *text;
	/** @init: makes what the calls need beyond the client; NULL if that is nothing. */
	void (*init)(struct asahi_loop *loop);
	/** @step: makes the call, or the next of the two. */
	void (*step)(struct asahi_loop *loop);
	/** @simulated: there are jobs, of which only the simulated GPU is known to get rid. */
	bool simulated;
	/** @steps: how many are made before the other process hears of it. */
	unsigned int steps;
	/** @rounds: how often it is worth to kill such a process. */
	unsigned int rounds;
	/** @controls: a job hangs, for which the simulated GPU has to be told. */
	bool controls;
};

#define ASAHI_NUM_LOOPS 16

/** asahi_loops - One for each ioctl or pair of them, and one for everything. */
extern const struct asahi_loop_kind asahi_loops[ASAHI_NUM_LOOPS];

/** struct asahi_loop - What the calls need. */
struct asahi_loop {
	/** @client: who makes them; it may have jobs on its queue. */
	struct asahi_client *client;
	/** @unsignalled: a fence that does not signal, or -1. Borrowed. */
	int unsignalled;
	/** @bo: some pages. */
	struct asahi_bo bo;
	/** @va: addresses for as many pages, with one between each two. */
	uint64_t va;
	/** @kernel_start: range of the kernel in a VM. */
	uint64_t kernel_start;
	uint64_t kernel_end;
	/** @ids: of what has been made. */
	uint32_t ids[8];
	/** @other: another file. */
	int other;
	/** @queue_id: another queue. */
	uint32_t queue_id;
	/** @syncs: what the next SUBMIT waits for, and what it signals; or what is waited for. */
	struct drm_asahi_sync syncs[2];
	/** @cmdbuf: its commands. */
	struct asahi_cmdbuf cmdbuf;
	/** @num: calls so far. */
	unsigned int num;
};

/**
 * asahi_loop_for_ever() - Make calls, and notify @other once. Does not return.
 * @unsignalled: a fence that does not signal, or -1. Borrowed.
 */
void asahi_loop_for_ever(const struct asahi_loop_kind *kind, struct asahi_client *client,
			 int unsignalled, const struct asahi_child *other);

#endif
