/* SPDX-License-Identifier: MIT */
/**
 * DOC: Somebody who waits
 *
 * A thread that sleeps until a fence signals, for a test that does something else meanwhile. It
 * may wait in any way that there is, for a call of the test's own says how.
 */
#ifndef ASAHI_WAITER_H
#define ASAHI_WAITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/** struct asahi_waiter - The thread. */
struct asahi_waiter {
	/** @wait: waits, and returns 0 or -errno; asserts nothing, as it runs in the thread. */
	int (*wait)(struct asahi_waiter *waiter);
	/** @fence: what it waits for, a sync file; borrowed. */
	int fence;
	/** @data: what a @wait of the test's own waits for. */
	const void *data;
	pthread_t thread;
	/** @tid: its number, 0 before it runs. */
	atomic_int tid;
	/** @ret: what @wait has returned; -ETIME after asahi_hang_ms(). */
	int ret;
};

/** asahi_waiter_start() - Begin to wait; the thread is asleep when this returns. */
void asahi_waiter_start(struct asahi_waiter *waiter, int fence);

/** asahi_waiter_start_call() - The same with @wait and @data. */
void asahi_waiter_start_call(struct asahi_waiter *waiter,
			     int (*wait)(struct asahi_waiter *waiter), const void *data);

/** asahi_is_asleep() - Whether a thread of this process, by its number, sleeps or is gone. */
bool asahi_is_asleep(int tid);

/** asahi_waiter_join() - Wait for the thread; returns 0 if what it waited for has come. */
int asahi_waiter_join(struct asahi_waiter *waiter);

#endif
