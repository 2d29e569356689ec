/* SPDX-License-Identifier: MIT */
/**
 * DOC: Looking at many words at once
 *
 * What asahi_probe does for a word, for all words of a list with a single job, so that a test can
 * look at everything after every step. Where an access that is not allowed ends the job, there is a
 * job for each word.
 */
#ifndef ASAHI_SCAN_H
#define ASAHI_SCAN_H

#include <stdint.h>

#include "asahi_job.h"
#include "asahi_probe.h"

/** ASAHI_SCAN_MAX: words of a list. */
#define ASAHI_SCAN_MAX 64

/** struct asahi_scan - A job that copies words. */
struct asahi_scan {
	/** @probe: for a word at a time. */
	struct asahi_probe probe;
	/** @job: for all. */
	struct asahi_job job;
	/** @args: of each of its launches. */
	struct asahi_args *args[ASAHI_SCAN_MAX];
	/** @words: on our side, in the arena. */
	volatile uint32_t *words;
	/** @words_va: their GPU address. */
	uint64_t words_va;
};

/** asahi_scan_init() - Write the job. */
void asahi_scan_init(struct asahi_client *client, struct asahi_scan *scan);

/** asahi_scan_read() - Load the words at @vas to @words, 0 where the GPU may not read. */
void asahi_scan_read(struct asahi_scan *scan, const uint64_t *vas, unsigned int num,
		     uint32_t *words);

/** asahi_scan_write() - Store @words to @vas, in any order, where the GPU may write. */
void asahi_scan_write(struct asahi_scan *scan, const uint64_t *vas, unsigned int num,
		      const uint32_t *words);

#endif
