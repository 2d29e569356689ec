/* SPDX-License-Identifier: MIT */
/**
 * DOC: Somebody who waits
 *
 * A thread that sleeps until a fence signals, for a test that does something else meanwhile.
 */
#ifndef ASAHI_WAITER_H
#define ASAHI_WAITER_H

#include <pthread.h>
#include <stdatomic.h>

/** struct asahi_waiter - The thread. */
struct asahi_waiter {
	/** @fence: what it waits for, a sync file; borrowed. */
	int fence;
	pthread_t thread;
	/** @tid: its number, 0 before it runs. */
	atomic_int tid;
	/** @ret: 0, or -ETIME after ASAHI_HANG_MS. */
	int ret;
};

/** asahi_waiter_start() - Begin to wait; the thread is asleep when this returns. */
void asahi_waiter_start(struct asahi_waiter *waiter, int fence);

/** asahi_waiter_join() - Wait for the thread; returns 0 if its fence has signalled. */
int asahi_waiter_join(struct asahi_waiter *waiter);

#endif
