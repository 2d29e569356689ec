// SPDX-License-Identifier: MIT
/* A thread that waits for a fence. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_waiter.h"
#include "igt.h"
#include "sw_sync.h"

static int wait_for_fence(struct asahi_waiter *waiter)
{
	return sync_fence_wait(waiter->fence, asahi_hang_ms());
}

/* Asserts nothing, as no other thread than the main one may. */
static void *waiter_thread(void *data)
{
	struct asahi_waiter *waiter = data;

	atomic_store(&waiter->tid, syscall(SYS_gettid));
	waiter->ret = waiter->wait(waiter);
	return NULL;
}

bool asahi_is_asleep(int tid)
{
	char path[64], line[512] = "", *name_end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	if (!file)
		return true;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	name_end = strrchr(line, ')');

	return !name_end || strncmp(name_end, ") R", 3);
}

static void start(struct asahi_waiter *waiter)
{
	uint64_t since = 0;

	atomic_store(&waiter->tid, 0);
	igt_assert_eq(pthread_create(&waiter->thread, NULL, waiter_thread, waiter), 0);
	while (!atomic_load(&waiter->tid) || !asahi_is_asleep(atomic_load(&waiter->tid)))
		igt_assert_f(asahi_patient(&since), "the thread never waited\n");
}

void asahi_waiter_start(struct asahi_waiter *waiter, int fence)
{
	waiter->wait = wait_for_fence;
	waiter->fence = fence;
	start(waiter);
}

void asahi_waiter_start_call(struct asahi_waiter *waiter,
			     int (*wait)(struct asahi_waiter *waiter), const void *data)
{
	waiter->wait = wait;
	waiter->data = data;
	start(waiter);
}

int asahi_waiter_join(struct asahi_waiter *waiter)
{
	pthread_join(waiter->thread, NULL);
	return waiter->ret;
}
