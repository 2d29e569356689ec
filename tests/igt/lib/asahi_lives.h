/* SPDX-License-Identifier: MIT */
/**
 * DOC: Lives of objects
 *
 * Rules that every trace of the driver's events keeps which begins before the first and ends after
 * the last of the objects that it is about.
 */
#ifndef ASAHI_LIVES_H
#define ASAHI_LIVES_H

#include <stdint.h>

#include "asahi_trace.h"

/**
 * asahi_lives_check() - All rules but those below.
 *
 * Every object is freed once and nothing is said of it afterwards. Mappings and the driver's own
 * memory are removed before their VM closes, and flushed before what is behind them goes. A queue
 * has its memory for as long as it has jobs. A place on the GPU has one VM at a time.
 */
void asahi_lives_check(const struct asahi_trace *trace);

/** asahi_lives_check_contexts() - Only that of the places, for traces too long for the others. */
void asahi_lives_check_contexts(const struct asahi_trace *trace);

/**
 * asahi_lives_check_jobs() - Jobs go through their stages in order; their queue waits for them.
 *
 * Returns how many there were.
 */
unsigned int asahi_lives_check_jobs(const struct asahi_trace *trace);

/**
 * asahi_lives_check_close() - The close of file number @file, with several queues and one of
 * everything else, the only one in the trace, goes by the model's order: queues, all told before
 * one is waited for, VMs, timestamp objects, BOs, the file. No job of it starts any more.
 */
void asahi_lives_check_close(const struct asahi_trace *trace, uint64_t file);

/** asahi_lives_before() - Event @first comes before event @second, by @rule. */
void asahi_lives_before(const struct asahi_trace *trace, unsigned int first, unsigned int second,
			const char *rule);

#endif
