/* SPDX-License-Identifier: MIT */
/**
 * DOC: A file that is about to be lost
 *
 * A subject is a file with an address space, a queue, a timestamp object, memory that it shares
 * as a dma-buf, and a job in any of the states that a job can be in. What becomes of the job if the
 * file goes, and if it does not, is in a table.
 */
#ifndef ASAHI_SUBJECT_H
#define ASAHI_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_child.h"
#include "asahi_client.h"

/** ASAHI_SUBJECT_SIZE: bytes of its memory. */
#define ASAHI_SUBJECT_SIZE (4 * ASAHI_PAGE)

/** ASAHI_SUBJECT_GPU: page of its memory that its GPU has written: word i is i. */
#define ASAHI_SUBJECT_GPU 1

/** ASAHI_SUBJECT_CPU: page that its CPU has written: word i is ~i. */
#define ASAHI_SUBJECT_CPU 2

/** ASAHI_SUBJECT_JOBS: how many it has at most. */
#define ASAHI_SUBJECT_JOBS 2

/** enum asahi_subject_word - Words of page 0 of its memory. */
enum asahi_subject_word {
	/** @ASAHI_SUBJECT_RELEASE: lets a job that runs end when it is not 0. */
	ASAHI_SUBJECT_RELEASE,
	/** @ASAHI_SUBJECT_STARTED: becomes 1 when that job has started. */
	ASAHI_SUBJECT_STARTED,
	/** @ASAHI_SUBJECT_RESULT: becomes ASAHI_STORE_VALUE when a job has stored it. */
	ASAHI_SUBJECT_RESULT,
};

struct asahi_subject;

/** struct asahi_fate - What becomes of a job. */
struct asahi_fate {
	/** @status: of its fence, as sync_fence_status() has it. */
	int status;
	/** @result: ASAHI_SUBJECT_RESULT. */
	uint32_t result;
};

/** struct asahi_stage - A state of a job. */
struct asahi_stage {
	/** @name: as part of the name of a subtest. */
	const char *name;
	/** @text: what can be said of the job. */
	const char *text;
	/** @start: submits it; NULL if it is not submitted. */
	void (*start)(struct asahi_subject *s, int unsignalled);
	/** @jobs: how many are submitted; what is said of one is true for all. */
	unsigned int jobs;
	/** @hung: nothing but a reset of the GPU ends it, and only a control makes it so. */
	bool hung;
	/** @status: of its fence, 0 if it is not over; of one that fails any error elsewhere. */
	int status;
	/** @killed: what becomes of it when the file goes. */
	struct asahi_fate killed;
	/** @spared: when it does not go, and what the job waits for comes. */
	struct asahi_fate spared;
};

#define ASAHI_NUM_STAGES 6

/** asahi_stages - All states: never submitted, queued, running, hung, faulted, done. */
extern const struct asahi_stage asahi_stages[ASAHI_NUM_STAGES];

/** asahi_stage_is_pending() - Whether there are jobs that are not over. */
bool asahi_stage_is_pending(const struct asahi_stage *stage);

/**
 * asahi_stage_require() - Skip where there can be no job of that state.
 * @ends: the file goes while the job is in that state. Of one that is not over it is only known
 *	of the simulated GPU what happens then; one that may go on before the file goes is for any
 *	GPU that runs queues side by side.
 */
void asahi_stage_require(const struct asahi_stage *stage, bool ends);

/** struct asahi_subject - The file and its job. */
struct asahi_subject {
	/** @stage: the state of its job. */
	const struct asahi_stage *stage;
	/** @client: the file. */
	struct asahi_client client;
	/** @bo: its memory. */
	struct asahi_bo bo;
	/** @object: its timestamp object, of the last page of its memory. */
	uint32_t object;
	/** @fences: of its jobs. */
	int fences[ASAHI_SUBJECT_JOBS];
	/** @dma_buf: its memory. */
	int dma_buf;
};

/**
 * asahi_subject_init() - Make one, with its job in state @stage.
 * @unsignalled: fence that a job that is queued waits for; -1 if none is. Borrowed.
 */
void asahi_subject_init(struct asahi_subject *s, const struct asahi_stage *stage, int unsignalled);

/** asahi_subject_share() - Send dma-buf and fences away, for asahi_observer_receive(). */
void asahi_subject_share(struct asahi_subject *s, const struct asahi_child *child);

/** asahi_subject_drop() - Give up CPU mappings and close the file, and nothing else. */
void asahi_subject_drop(struct asahi_subject *s);

#endif
