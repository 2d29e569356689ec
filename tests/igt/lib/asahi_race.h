/* SPDX-License-Identifier: MIT */
/**
 * DOC: Two calls at the same time
 *
 * Two actors, each of which makes one call when it is told to: this thread, and either another one
 * or another process. Both calls are made one after the other, in either order, or together: then
 * the actors meet first, and start at a chosen distance of each other; or the second while the
 * first is held in the middle.
 */
#ifndef ASAHI_RACE_H
#define ASAHI_RACE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "asahi_child.h"
#include "asahi_race_op.h"

/** enum asahi_race_mode - Who the actors are, and what they share. */
enum asahi_race_mode {
	/** @ASAHI_RACE_THREADS: threads that use the same descriptor of the same file. */
	ASAHI_RACE_THREADS,
	/** @ASAHI_RACE_PROCESSES: processes, each with a descriptor of the same file. */
	ASAHI_RACE_PROCESSES,
	/** @ASAHI_RACE_FILES: threads, each with a file of its own; a buffer object is in both. */
	ASAHI_RACE_FILES,
	ASAHI_RACE_NUM_MODES,
};

/** enum asahi_race_order - When they call. */
enum asahi_race_order {
	ASAHI_RACE_FIRST_THEN_SECOND,
	ASAHI_RACE_SECOND_THEN_FIRST,
	ASAHI_RACE_TOGETHER,
	/** @ASAHI_RACE_WITHIN: the second when the first has come to what holds it. */
	ASAHI_RACE_WITHIN,
};

/** asahi_race_mode_name() - As part of the name of a subtest. */
const char *asahi_race_mode_name(enum asahi_race_mode mode);

struct asahi_race_shared;

/** struct asahi_race - Both actors. */
struct asahi_race {
	enum asahi_race_mode mode;
	/** @op: what the first does. */
	const struct asahi_race_op *op;
	/** @shared: what both see. */
	struct asahi_race_shared *shared;
	/** @child: the second, if it is a process. */
	struct asahi_child child;
	/** @thread: the second, if it is a thread. */
	pthread_t thread;
	/** @patience_s: how long the second may take before the first is released. */
	unsigned int patience_s;
	/* Of ASAHI_RACE_WITHIN: what the first names, whether it has come there, and returned. */
	const struct asahi_race_names *names;
	bool came;
	atomic_bool returned;
	/** @waited: whether the second did not return before the first was released, or did. */
	bool waited;
};

/**
 * asahi_race_start() - Start the second actor. Nothing may be asserted before asahi_race_stop(),
 * or it waits for ever, and this thread stays on one CPU.
 */
void asahi_race_start(struct asahi_race *race, enum asahi_race_mode mode,
		      const struct asahi_race_op *first, const struct asahi_race_op *second);

/**
 * asahi_race_give() - Tell the second actor what to name things. If it is a process it gets
 * descriptors of its own.
 */
void asahi_race_give(struct asahi_race *race, const struct asahi_race_names *names);

/**
 * asahi_race_run() - Let both call.
 * @names: of the first actor; the second has been given its own. What holds the first is there,
 *	if the second is to call within.
 * @lead_ns: how much later the second starts than the first, if together; may be negative.
 * @results: receives what came of the calls. What they have made stays until asahi_race_drop().
 */
void asahi_race_run(struct asahi_race *race, const struct asahi_race_names *names,
		    enum asahi_race_order order, int64_t lead_ns,
		    struct asahi_race_result results[2]);

/**
 * asahi_race_drop() - Let the second actor give up its descriptors and what its call has made
 * outside of the file.
 */
void asahi_race_drop(struct asahi_race *race);

/** asahi_race_stop() - End the second actor. */
void asahi_race_stop(struct asahi_race *race);

/** asahi_race_overlap() - Whether two calls were at the same time, for a while. */
bool asahi_race_overlap(const struct asahi_race_result results[2]);

#endif
