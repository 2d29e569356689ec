/* SPDX-License-Identifier: MIT */
/**
 * DOC: A model of the uapi
 *
 * What the driver should do, in the simplest way that can be thought of: no reference is counted,
 * and what is alive is found by looking who can still reach it. The model takes a step of a
 * program, says what the call has to return and becomes what the device should be after it.
 * Numbers of new objects are the device's to choose; the model is told. It knows of memory only
 * the first words of each page, and of addresses all.
 *
 * The struct has no pointers: a copy of it is another model.
 */
#ifndef ASAHI_MODEL_H
#define ASAHI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_model_space.h"
#include "asahi_model_step.h"
#include "asahi_objects.h"

/** ASAHI_MODEL_PAGE: unit of the uapi. */
#define ASAHI_MODEL_PAGE 0x4000u

/* Addresses that are looked at: on both sides of where one page table ends and another begins. */
#define ASAHI_MODEL_WINDOW_PAGES 16
#define ASAHI_MODEL_WINDOW (0x2002000000ull - ASAHI_MODEL_WINDOW_PAGES / 2 * ASAHI_MODEL_PAGE)

/* What jobs need is here, and nothing else is ever mapped there. */
#define ASAHI_MODEL_USC_BASE 0x1100000000ull
#define ASAHI_MODEL_ARENA (ASAHI_MODEL_USC_BASE + 0x400000)
#define ASAHI_MODEL_ARENA_SIZE (2 * ASAHI_MODEL_PAGE)

/** ASAHI_MODEL_LARGE: for mappings of up to 4 GiB. */
#define ASAHI_MODEL_LARGE 0x3000000000ull

/** ASAHI_MODEL_NOWHERE: here nothing is ever mapped. */
#define ASAHI_MODEL_NOWHERE 0x5000000000ull

/** ASAHI_MODEL_IOCTLS: how many ioctls the driver has, with the numbers from 0 on. */
#define ASAHI_MODEL_IOCTLS (DRM_ASAHI_SUBMIT + 1)

/* How many of everything there can be. A step for which there is no room is left out. */
#define ASAHI_MODEL_TABLE 16
#define ASAHI_MODEL_MAX_FILES 12
#define ASAHI_MODEL_MAX_VMS 24
#define ASAHI_MODEL_MAX_QUEUES 24
#define ASAHI_MODEL_MAX_OBJECTS 32
#define ASAHI_MODEL_MAX_BOS 64
#define ASAHI_MODEL_MAX_SYNCS 64
#define ASAHI_MODEL_MAX_JOBS 12
#define ASAHI_MODEL_MAX_POINTS 16

/** ASAHI_MODEL_BO_PAGES: most pages of a buffer that the model knows the contents of. */
#define ASAHI_MODEL_BO_PAGES 4

/** ASAHI_MODEL_WORDS: words that it knows of each page. */
#define ASAHI_MODEL_WORDS 8

/* Two of them, of 64 bits, for timestamps. All others are written by CPU and jobs. */
#define ASAHI_MODEL_STAMPS 2
#define ASAHI_MODEL_STAMP_WORD(stamp) (4 + 2 * (stamp))
#define ASAHI_MODEL_STORE_WORDS 4

/** enum asahi_model_stamp - What is known of a timestamp. */
enum asahi_model_stamp {
	/** @ASAHI_STAMP_KNOWN: its value. */
	ASAHI_STAMP_KNOWN,
	/** @ASAHI_STAMP_NEW: that it has been written by a job. */
	ASAHI_STAMP_NEW,
	/** @ASAHI_STAMP_MAYBE: that a job that did not end well may have written it. */
	ASAHI_STAMP_MAYBE,
};

/** struct asahi_model_memory - What is known of a page. */
struct asahi_model_memory {
	uint32_t words[ASAHI_MODEL_WORDS];
	/** @loose: a bit for each word that jobs without an order between them have written. */
	uint8_t loose;
	/* Which job wrote a word last: in which run of the model, and of which queue. */
	uint32_t run[ASAHI_MODEL_STORE_WORDS];
	int8_t queue[ASAHI_MODEL_STORE_WORDS];
	/** @stamps: enum asahi_model_stamp. */
	uint8_t stamps[ASAHI_MODEL_STAMPS];
};

/** struct asahi_model_bo - A buffer. */
struct asahi_model_bo {
	bool used;
	/** @possible: whether any machine has so much memory. */
	bool possible;
	/** @size: bytes, whole pages. */
	uint64_t size;
	/** @root: serial number of the VM that it is private to, 0 if it can be shared. */
	uint32_t root;
	/** @serial: makes its contents differ from those of all others. */
	uint32_t serial;
	struct asahi_model_memory pages[ASAHI_MODEL_BO_PAGES];
};

/** struct asahi_model_vm - An address space that is open. */
struct asahi_model_vm {
	bool used;
	uint32_t serial;
	/* The kernel's range. */
	uint64_t start, end;
	struct asahi_model_space space;
};

/** struct asahi_model_queue - A queue. */
struct asahi_model_queue {
	bool used;
	int file, vm;
	/** @usc: whether shaders are where its jobs look for them. */
	bool usc;
};

/** struct asahi_model_object - A timestamp object. */
struct asahi_model_object {
	bool used;
	int bo;
	uint64_t offset, range;
};

/** struct asahi_model_sync - A syncobj. What must be over before a fence signals is a mask. */
struct asahi_model_sync {
	bool used;
	/** @fence: whether it has any. */
	bool fence;
	/** @chain: whether it has points. */
	bool chain;
	/** @base: what its points, or all of it, wait for first. */
	uint32_t base;
	/** @done: points up to this have signalled, and are forgotten. */
	uint64_t done;
	/** @last: the last point. */
	uint64_t last;
	unsigned int num;
	struct {
		uint64_t value;
		uint32_t mask;
	} points[ASAHI_MODEL_MAX_POINTS];
};

/** ASAHI_MODEL_GATE: what the job outside the program is in such a mask; jobs are 1 << index. */
#define ASAHI_MODEL_GATE (1u << 31)

/** enum asahi_model_job_state - Where a job is. */
enum asahi_model_job_state {
	ASAHI_MODEL_NO_JOB,
	ASAHI_MODEL_WAITS,
	ASAHI_MODEL_RUNS,
	/** @ASAHI_MODEL_OVER: until somebody has looked at its fence. */
	ASAHI_MODEL_OVER,
};

/** struct asahi_model_job - A job. */
struct asahi_model_job {
	enum asahi_model_job_state state;
	enum asahi_model_job_kind kind;
	/** @order: the number of its submit. */
	uint32_t order;
	int queue;
	/** @deps: what it waits for. */
	uint32_t deps;
	uint64_t addr, src;
	/** @value: what it stores. */
	uint32_t value;
	/* Timestamp objects, or -1, and where in the objects. */
	int stamps[ASAHI_MODEL_STAMPS];
	uint32_t offsets[ASAHI_MODEL_STAMPS];
	/** @spin: which of those it is that run until they are told to end. */
	unsigned int spin;
	/** @released: whether it has been told. */
	bool released;
	/** @status: of its fence when it is over. */
	int status;
	/** @cancelled: whether the call that ended it had to wait for that. */
	bool cancelled;
};

/** struct asahi_model_entry - A number, and what it stands for. */
struct asahi_model_entry {
	/** @number: 0 if the entry is not in use. */
	uint32_t number;
	int index;
};

/** struct asahi_model_file - A file, which there is while it is open or mapped. */
struct asahi_model_file {
	bool used;
	/** @open: whether it has its descriptor still. */
	bool open;
	struct asahi_model_entry tables[ASAHI_NUM_KINDS][ASAHI_MODEL_TABLE];
	/* Of what the program may not touch: the buffer that jobs need, and a syncobj. */
	uint32_t arena, sync;
};

/** struct asahi_model_map - A CPU mapping. */
struct asahi_model_map {
	bool used;
	int bo;
	/** @file: which it keeps, -1 if it is one of a dma-buf. */
	int file;
};

/** struct asahi_model_limits - What the device says of itself. */
struct asahi_model_limits {
	uint64_t vm_start, vm_end, kernel_min;
};

/** struct asahi_model - All of it. Buffer 0 is what jobs need. */
struct asahi_model {
	struct asahi_model_limits limits;
	/** @lax: whether what the Rust driver is known to let pass is right. */
	bool lax;
	struct asahi_model_file files[ASAHI_MODEL_MAX_FILES];
	/** @fds: which file each of the program is, -1 if it is closed. */
	int fds[ASAHI_MODEL_FILES];
	/** @numbers: what the slots were given last. */
	uint32_t numbers[ASAHI_MODEL_FILES][ASAHI_NUM_KINDS][ASAHI_MODEL_SLOTS];
	struct asahi_model_vm vms[ASAHI_MODEL_MAX_VMS];
	struct asahi_model_queue queues[ASAHI_MODEL_MAX_QUEUES];
	struct asahi_model_object objects[ASAHI_MODEL_MAX_OBJECTS];
	struct asahi_model_bo bos[ASAHI_MODEL_MAX_BOS];
	struct asahi_model_sync syncs[ASAHI_MODEL_MAX_SYNCS];
	struct asahi_model_job jobs[ASAHI_MODEL_MAX_JOBS];
	/** @dmabufs: the buffer of each, -1 if there is none. */
	int dmabufs[ASAHI_MODEL_SLOTS];
	struct asahi_model_map maps[ASAHI_MODEL_MAPS];
	/** @gate: whether the job outside the program runs. */
	bool gate;
	/** @runs: how many times jobs could start; those that start together have no order. */
	uint32_t runs;
	/** @serial: of what was made last. */
	uint32_t serial;
	/** @born: what waits for its number, whose it is, and in which slot of which file. */
	struct {
		enum asahi_model_kind kind;
		int file, index;
		unsigned int fd, slot;
	} born;
};

/** ASAHI_MODEL_RESULTS: how many results of a call can be right. */
#define ASAHI_MODEL_RESULTS 4

/** enum asahi_model_made - What a step makes. */
enum asahi_model_made {
	ASAHI_MADE_NOTHING,
	/** @ASAHI_MADE_NUMBER: an object with a number, see asahi_model_born(). */
	ASAHI_MADE_NUMBER,
	/** @ASAHI_MADE_FILE: a file, see asahi_model_born_file(). */
	ASAHI_MADE_FILE,
};

/** struct asahi_model_expect - What a step should do. */
struct asahi_model_expect {
	/** @skip: there is no room, the step is left out. */
	bool skip;
	/** @ret: 0 or -errno; the model goes on with the first, the only one if it is 0. */
	int ret[ASAHI_MODEL_RESULTS];
	unsigned int num;
	enum asahi_model_made made;
	/** @same: the number that it must have, if it is not 0. */
	uint32_t same;
	/** @job: index of the job that was submitted, or -1. */
	int job;
};

/** asahi_model_init() - Begin with nothing. */
void asahi_model_init(struct asahi_model *m, const struct asahi_model_limits *limits);

/** asahi_model_step() - Take a step. */
void asahi_model_step(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect);

/**
 * asahi_model_born() - Tell the number of what the last step has made.
 *
 * Returns NULL, or what is wrong with it.
 */
const char *asahi_model_born(struct asahi_model *m, uint32_t number);

/* The same of a file: the numbers of what the program may not touch. */
void asahi_model_born_file(struct asahi_model *m, uint32_t arena, uint32_t sync);

/** asahi_model_free_number() - A number that the device could choose: the lowest. */
uint32_t asahi_model_free_number(const struct asahi_model *m);

/** asahi_model_retire() - Forget a job that is over. */
void asahi_model_retire(struct asahi_model *m, unsigned int job);

/** asahi_model_resolve() - The number that an argument means as one of @kind in file @fd. */
uint32_t asahi_model_resolve(const struct asahi_model *m, unsigned int fd,
			     enum asahi_model_kind kind, uint64_t arg);

/** asahi_model_lookup() - What a number stands for in file @fd, or -1. */
int asahi_model_lookup(const struct asahi_model *m, unsigned int fd, enum asahi_model_kind kind,
		       uint32_t number);

/**
 * asahi_model_bind_array() - The array of a VM_BIND, ASAHI_MODEL_OPS entries of the step's stride,
 * or of 64 bytes if that is more.
 */
void asahi_model_bind_array(const struct asahi_model *m, const struct asahi_model_step *step,
			    uint8_t array[ASAHI_MODEL_OPS * 64]);

/** asahi_model_has_arena() - Whether jobs of a VM find what they need. */
bool asahi_model_has_arena(const struct asahi_model_vm *vm);

/**
 * asahi_model_see() - What the GPU finds in a VM in the page of @addr.
 *
 * Returns the page of the buffer; zeros, good until the next call, where it may not read; NULL for
 * a page that is not known.
 */
struct asahi_model_memory *asahi_model_see(struct asahi_model *m, int vm, uint64_t addr);

/** asahi_model_counters() - How many live objects there are. */
void asahi_model_counters(const struct asahi_model *m, unsigned int counters[ASAHI_NUM_COUNTS]);

#endif
