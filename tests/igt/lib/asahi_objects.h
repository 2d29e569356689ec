/* SPDX-License-Identifier: MIT */
/**
 * DOC: Counters of live objects
 *
 * The driver tells in debugfs how many objects of each kind are alive on the device. Another
 * driver than ours, which has no such file, makes every comparison here pass.
 */
#ifndef ASAHI_OBJECTS_H
#define ASAHI_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#define ASAHI_MAX_COUNTERS 32

/* What the driver maps for itself, for one queue and for one VM. */
#define ASAHI_KERNEL_BOS_OF_QUEUE 2
#define ASAHI_KERNEL_BOS_OF_VM 1

/** enum asahi_count - The counters that tests predict. There are more. */
enum asahi_count {
	ASAHI_COUNT_FILE,
	ASAHI_COUNT_QUEUE,
	ASAHI_COUNT_VM,
	ASAHI_COUNT_MAPPING,
	ASAHI_COUNT_BO,
	/** @ASAHI_COUNT_OBJECT: timestamp objects. */
	ASAHI_COUNT_OBJECT,
	/** @ASAHI_COUNT_KERNEL_BO: what the driver maps for itself. */
	ASAHI_COUNT_KERNEL_BO,
	ASAHI_COUNT_JOB,
	ASAHI_COUNT_FENCE,
	ASAHI_NUM_COUNTS,
};

/** asahi_count_name() - What the driver calls a counter. */
const char *asahi_count_name(enum asahi_count count);

/** struct asahi_objects - The counters at one moment. */
struct asahi_objects {
	/** @num: how many counters there are; 0 if the driver has none. */
	unsigned int num;
	/** @counters: in the order of the file. */
	struct asahi_counter {
		char name[24];
		uint64_t count;
	} counters[ASAHI_MAX_COUNTERS];
};

/**
 * asahi_objects_find() - Look for the counters of the device that @fd is open on. They can then
 * be read without any open file. Fails if there are none though the device is simulated.
 */
void asahi_objects_find(int fd);

/** asahi_objects_read() - Read all counters at once, now. */
void asahi_objects_read(struct asahi_objects *objects);

/**
 * asahi_objects_count() - Read one counter, now. Skips if the driver has none, fails if it has
 * others but not this one.
 */
uint64_t asahi_objects_count(const char *name);

/** asahi_objects_value() - One of the counters that were read; fails if there is none such. */
uint64_t asahi_objects_value(const struct asahi_objects *objects, const char *name);

/** asahi_objects_more() - How many more objects there are than there were before. */
int64_t asahi_objects_more(const struct asahi_objects *now, const struct asahi_objects *before,
			   enum asahi_count count);

/**
 * asahi_debugfs_read() - Read another file of the same folder, to its end; skips if there is none.
 *
 * Returns a string to be freed.
 */
char *asahi_debugfs_read(const char *name);

/** asahi_has_objects() - Whether the driver has counters. */
bool asahi_has_objects(void);

/** asahi_assert_objects_eq() - All counters are now what they were in @before. */
void asahi_assert_objects_eq(const struct asahi_objects *before);

/**
 * asahi_objects_wait_eq() - The same in a while, for what the kernel itself does not do at once.
 */
void asahi_objects_wait_eq(const struct asahi_objects *before);

/**
 * asahi_objects_read_settled() - Read all counters when there are exactly @jobs jobs, be it in a
 * while: one that is over is counted until it is freed, a little after its fence has signalled.
 */
void asahi_objects_read_settled(struct asahi_objects *objects, uint64_t jobs);

/**
 * asahi_assert_work_eq() - The counters that must not lag behind a close by a single moment,
 * queues, VMs, mappings and jobs, are now what they were in @before.
 */
void asahi_assert_work_eq(const struct asahi_objects *before);

/* The same of what was read before, for when a job that blocks has to be released in between. */
void asahi_assert_objects_same(const struct asahi_objects *before,
			       const struct asahi_objects *after);
void asahi_assert_work_same(const struct asahi_objects *before,
			    const struct asahi_objects *after);

#endif
