/* SPDX-License-Identifier: MIT */
/**
 * DOC: Who looks on while a file is lost
 *
 * An observer has a file and a VM of its own, with a job that runs and one queued behind it all the
 * while, and what a subject has shared: its memory, and the fences of its jobs, for the last of
 * which a thread waits. What it sees it writes down; the asserts come when no job of it blocks.
 */
#ifndef ASAHI_OBSERVER_H
#define ASAHI_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_actor.h"
#include "asahi_child.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_subject.h"
#include "asahi_waiter.h"

/** struct asahi_observer - Its jobs, and what it sees. */
struct asahi_observer {
	/** @actor: its file. */
	struct asahi_actor actor;
	/**
	 * @spins: whether it has jobs all the while, which a GPU may have no room beside, or end
	 * when the subject's faults.
	 */
	bool spins;
	/**
	 * @spin: its job that runs; its fence is the one that does not signal for those that are
	 * queued, and -1 if it has none.
	 */
	struct asahi_spin spin;
	/** @behind: fence of the one behind that, which stores. */
	int behind;
	/** @work: a job that it can run meanwhile. */
	struct asahi_job work;
	/** @idle: counters before it had jobs. */
	struct asahi_objects idle;
	/** @before: counters with them, before there was a subject. */
	struct asahi_objects before;

	/* What it has seen of them; @work_status is 0 as long as none has run meanwhile. */
	bool undisturbed;
	int spin_status, behind_status, work_status;
	uint32_t work_result;

	/** @stage: the state of the subject's job. */
	const struct asahi_stage *stage;
	/** @dma_buf: the subject's memory. */
	int dma_buf;
	/** @map: the same for the CPU. */
	volatile uint32_t *map;
	/** @jobs: how many jobs the subject has submitted. */
	unsigned int jobs;
	/** @fences: of those. */
	int fences[ASAHI_SUBJECT_JOBS];
	/** @waiter: who waits for the last, if it was not over. */
	struct asahi_waiter waiter;

	/* What it has seen of that last. */
	int statuses[ASAHI_SUBJECT_JOBS], waited;
};

/**
 * asahi_observer_init() - Open a file and start both jobs.
 * @stage: state that the subject's job will be in.
 */
void asahi_observer_init(struct asahi_observer *o, const struct asahi_stage *stage);

/** asahi_observer_receive() - Take what asahi_subject_share() sends, with jobs in their state. */
void asahi_observer_receive(struct asahi_observer *o, const struct asahi_child *child);

/** asahi_observer_is_unchanged() - Whether its jobs are still in their state; says if not. */
bool asahi_observer_is_unchanged(const struct asahi_observer *o);

/**
 * asahi_observer_work() - Run a job to its end, on a queue of its own that is destroyed, so that
 * the counters are what they were. What comes of it is asserted later.
 */
void asahi_observer_work(struct asahi_observer *o);

/** asahi_observer_look() - See what has become of the jobs, now, and of who waits, in a while. */
void asahi_observer_look(struct asahi_observer *o);

/** asahi_observer_wait() - The same when all jobs are over. */
void asahi_observer_wait(struct asahi_observer *o);

/** asahi_observer_release() - See that the own jobs are undisturbed, and let them end. */
void asahi_observer_release(struct asahi_observer *o);

/**
 * asahi_observer_assert() - The own jobs did well, with right results, and at least one ran
 * meanwhile.
 */
void asahi_observer_assert(struct asahi_observer *o);

/**
 * asahi_observer_assert_fate() - The subject's jobs have ended so, who waited was woken, and CPU
 * and GPU see what had been written to its memory.
 */
void asahi_observer_assert_fate(struct asahi_observer *o, const struct asahi_fate *fate);

/**
 * asahi_observer_fini() - Give up all that the subject has shared, see that nothing of it is left
 * and that jobs still run, and close the file.
 */
void asahi_observer_fini(struct asahi_observer *o);

#endif
