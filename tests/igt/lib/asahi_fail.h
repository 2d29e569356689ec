/* SPDX-License-Identifier: MIT */
/**
 * DOC: Allocations that fail
 *
 * A debug kernel can be told to let one allocation fail: the Nth that this thread makes, whoever
 * in the kernel makes it for the thread. A call that is tried with N of 1, 2 and so on until
 * nothing has failed any more has been through all of its ways to run out of memory.
 *
 * Copies from and to user memory are left alone, since what the core does with a result that it
 * cannot deliver is not the driver's to decide.
 */
#ifndef ASAHI_FAIL_H
#define ASAHI_FAIL_H

#include <stdbool.h>

/** ASAHI_ALLOCATES: why not on real hardware. */
#define ASAHI_ALLOCATES "it is about what our driver allocates"

/**
 * asahi_require_fail() - Skip if the kernel cannot let allocations fail; else let it do so to all
 * kinds of them, until the program ends.
 */
void asahi_require_fail(void);

/** asahi_fail_begin() - Let the @nth allocation from here on fail. */
void asahi_fail_begin(unsigned int nth);

/** asahi_fail_end() - Let no more fail. Returns whether one has. */
bool asahi_fail_end(void);

/**
 * struct asahi_sweep - A call whose allocations are to fail, and what has come of it so far.
 */
struct asahi_sweep {
	/** @name: what the call is. */
	const char *name;
	/** @call: does it. Returns 0 or -errno; asserts nothing. */
	int (*call)(void *data);
	/** @undo: proves what a call that succeeded has done, and undoes it. */
	void (*undo)(void *data);
	/**
	 * @unchanged: proves that a call that failed has done nothing, or undoes the part that it
	 * may have done; may be NULL.
	 */
	void (*unchanged)(void *data);
	/** @jobs: how many jobs there are all the while, in whatever state. */
	unsigned int jobs;
	/** @err: an -errno that is as good as -ENOMEM, or 0. */
	int err;

	/* Calls that failed, and that did well without the memory. */
	unsigned int failed;
	unsigned int survived;
};

/**
 * asahi_sweep() - Let each allocation of a call fail in turn.
 * @sweep: the call, which works at first.
 * @data: passed to its functions.
 *
 * A call fails with -ENOMEM, with no effect on any counter of live objects, and works when it is
 * made again; or it succeeds all the same. At least one allocation has to be there.
 */
void asahi_sweep(struct asahi_sweep *sweep, void *data);

/**
 * asahi_fail_all() - Make a call while every allocation fails that has the driver on its stack.
 * @name: what the call is.
 * @call: does it once. Returns 0 or -errno; asserts nothing.
 * @data: passed to it.
 *
 * In whichever thread: the driver leaves some of its work to threads of the kernel, which have done
 * it when this returns. Coredumps, which are only made if there is memory, are left alone. The call
 * has to succeed. Two jobs of another file run meanwhile and end then.
 *
 * Returns how many allocations have failed.
 */
unsigned int asahi_fail_all(const char *name, int (*call)(void *data), void *data);

/** asahi_assert_no_allocation() - The same, and there is none: the call needs no memory. */
void asahi_assert_no_allocation(const char *name, int (*call)(void *data), void *data);

#endif
