/* SPDX-License-Identifier: MIT */
/**
 * DOC: What is left when things are given up
 *
 * The rules of the uapi on lifetimes as a small model: a client that has one of everything and a
 * job, what each of its things keeps alive, and what becomes of the rest when one is given up. What
 * can be seen from outside follows from that, and from nothing that a driver says.
 */
#ifndef ASAHI_ORDER_H
#define ASAHI_ORDER_H

#include <limits.h>
#include <stdbool.h>

#include "asahi_objects.h"

/** enum asahi_thing - What can be given up. */
enum asahi_thing {
	ASAHI_THING_QUEUE,
	ASAHI_THING_VM,
	/** @ASAHI_THING_BO: the handle of the buffer object that the job stores to. */
	ASAHI_THING_BO,
	/** @ASAHI_THING_FILE: the only descriptor of the client's file. */
	ASAHI_THING_FILE,
	/** @ASAHI_THING_SYNCOBJ: which the job signals, in its file and in another one. */
	ASAHI_THING_SYNCOBJ,
	/** @ASAHI_THING_SYNC_FILE: the job's fence. */
	ASAHI_THING_SYNC_FILE,
	/** @ASAHI_THING_DMA_BUF: the buffer object as a dma-buf, and a CPU mapping of that. */
	ASAHI_THING_DMA_BUF,
	/** @ASAHI_THING_OBJECT: a page of the buffer object, for the job's timestamps. */
	ASAHI_THING_OBJECT,
	/** @ASAHI_THING_MAPPING: a CPU mapping of the buffer object, made with the file. */
	ASAHI_THING_MAPPING,
	/**
	 * @ASAHI_THING_RELEASE: not a thing: a job that waits for another file's, or that runs
	 * until it is told to end, gets its way.
	 */
	ASAHI_THING_RELEASE,
	ASAHI_NUM_THINGS,
};

/** enum asahi_order_state - What has become of the job when the first thing is given up. */
enum asahi_order_state {
	/** @ASAHI_ORDER_IDLE: it was never submitted. */
	ASAHI_ORDER_IDLE,
	/** @ASAHI_ORDER_QUEUED: it waits for a job of another file. */
	ASAHI_ORDER_QUEUED,
	/** @ASAHI_ORDER_RUNNING: it stores, again and again. */
	ASAHI_ORDER_RUNNING,
	/** @ASAHI_ORDER_HUNG: it does nothing, and leaves the GPU if it is told to. */
	ASAHI_ORDER_HUNG,
	/** @ASAHI_ORDER_FAULTED: it has stored, and faulted then. */
	ASAHI_ORDER_FAULTED,
	/** @ASAHI_ORDER_TIMED_OUT: it has stored until the GPU ended it. */
	ASAHI_ORDER_TIMED_OUT,
	/** @ASAHI_ORDER_DONE: it has stored and ended well. */
	ASAHI_ORDER_DONE,
	/** @ASAHI_ORDER_STUCK: it does nothing, and leaves the GPU only with a reset. */
	ASAHI_ORDER_STUCK,
	ASAHI_ORDER_NUM_STATES,
};

/** enum asahi_order_field - What can be seen after a step. */
enum asahi_order_field {
	/** @ASAHI_SEE_RETURN: what the call returned that gave the thing up. */
	ASAHI_SEE_RETURN,
	/** @ASAHI_SEE_AGAIN: what the same call returns the second time. */
	ASAHI_SEE_AGAIN,
	/** @ASAHI_SEE_FENCE: status of the sync file: 0 busy, 1 over, -errno. */
	ASAHI_SEE_FENCE,
	/** @ASAHI_SEE_SYNCOBJ: the same as the other file's syncobj has it. */
	ASAHI_SEE_SYNCOBJ,
	/** @ASAHI_SEE_STORED: whether the job has stored to the buffer object. */
	ASAHI_SEE_STORED,
	/** @ASAHI_SEE_STORES: whether it still does. */
	ASAHI_SEE_STORES,
	/** @ASAHI_SEE_BEATS: whether it still stores to memory of the other file. */
	ASAHI_SEE_BEATS,
	/* Whether there are timestamps of the job's start and end. */
	ASAHI_SEE_START,
	ASAHI_SEE_END,
	/* What the ioctls say that name handle, handle and VM, VM, queue, queue and object. */
	ASAHI_SEE_MMAP_OFFSET,
	ASAHI_SEE_BIND,
	ASAHI_SEE_UNBIND,
	ASAHI_SEE_SUBMIT,
	ASAHI_SEE_STAMP,
	/** @ASAHI_SEE_COUNTERS: and on: numbers of live objects, by enum asahi_count. */
	ASAHI_SEE_COUNTERS,
	ASAHI_ORDER_NUM_FIELDS = ASAHI_SEE_COUNTERS + ASAHI_NUM_COUNTS,
};

/** ASAHI_SEE_NOTHING: value of a field that nobody is left to look at. */
#define ASAHI_SEE_NOTHING INT_MIN

/** ASAHI_SEE_NO_FENCE: status of a syncobj that has no fence. */
#define ASAHI_SEE_NO_FENCE (INT_MIN + 1)

/** struct asahi_order_view - All that is seen after a step, or is to be seen. */
struct asahi_order_view {
	int value[ASAHI_ORDER_NUM_FIELDS];
};

/** struct asahi_order - The model. */
struct asahi_order {
	/* What the client has: its descriptor, and what is in the tables of its file. */
	bool fd, queue, vm, handle, object;
	/* What it has beside its file. */
	bool mapping, dma_buf, syncobj, sync_file;

	/** @mapped: whether the VM maps the buffer object. */
	bool mapped;
	/** @stamps: whether the job names the timestamp object. */
	bool stamps;

	/** @job: where the job is. */
	enum asahi_order_job {
		ASAHI_JOB_NONE,
		ASAHI_JOB_WAITS,
		ASAHI_JOB_RUNS,
		ASAHI_JOB_HANGS,
		ASAHI_JOB_OVER,
	} job;
	/** @blocker: whether the job of the other file that it waits for runs. */
	bool blocker;
	/** @status: of the job's fence. */
	int status;
	/* What the job has written: the buffer object and its two timestamps. */
	bool stored, started, ended;
};

/**
 * asahi_order_init() - Begin with everything, and a job in @state.
 * @present: a bit for each thing that there is beside queue, VM, buffer object and file.
 */
void asahi_order_init(struct asahi_order *order, enum asahi_order_state state,
		      unsigned int present);

/** asahi_order_see() - What is to be seen now, but for return values. */
void asahi_order_see(const struct asahi_order *order, struct asahi_order_view *view);

/** asahi_order_give_up() - Give up a thing that there is, and predict what is seen then. */
void asahi_order_give_up(struct asahi_order *order, enum asahi_thing thing,
			 struct asahi_order_view *view);

/** asahi_order_releases() - Whether jobs in @state end when they are told to. */
bool asahi_order_releases(enum asahi_order_state state);

/* Names for people. */
const char *asahi_thing_name(enum asahi_thing thing);
const char *asahi_order_state_name(enum asahi_order_state state);
const char *asahi_order_field_name(enum asahi_order_field field);

/** asahi_thing_bit() - @thing in a set of things. */
static inline unsigned int asahi_thing_bit(enum asahi_thing thing)
{
	return 1u << thing;
}

#endif
