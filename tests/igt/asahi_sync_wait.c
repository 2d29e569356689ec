// SPDX-License-Identifier: MIT
/**
 * TEST: asahi sync wait
 * Category: Core
 * Mega feature: Synchronization
 * Sub-category: syncobjs
 * Functionality: SUBMIT
 * Description: Whoever waits for a job is woken by its end: threads and processes, many of them,
 *	before there is a job, and beside waiters that die.
 */
#include <errno.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_blocker.h"
#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "asahi_waiter.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Waiting for jobs");

/* Something to wait for that need not be there yet. */
struct promise {
	int fd;
	struct drm_asahi_sync sync;
};

/* Point 0 of a timeline wait is the fence of a binary syncobj. */
static int wait_for_submit(struct asahi_waiter *waiter)
{
	const struct promise *promise = waiter->data;
	struct drm_syncobj_timeline_wait req = {
		.handles = (uintptr_t)&promise->sync.handle,
		.points = (uintptr_t)&promise->sync.timeline_value,
		.timeout_nsec = asahi_now_ns() + asahi_hang_ms() * 1000000ull,
		.count_handles = 1,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	};

	return drmIoctl(promise->fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &req) ? -errno : 0;
}

/* Whether it is there, and not over. */
static bool is_promised(const struct promise *promise)
{
	if (promise->sync.sync_type == DRM_ASAHI_SYNC_SYNCOBJ)
		return asahi_sync_is_busy(promise->fd, promise->sync.handle);
	return asahi_sync_is_busy_point(promise->fd, promise->sync.handle,
					promise->sync.timeline_value);
}

/**
 * SUBTEST: wait-for-submit
 * Description: Threads and a process that wait for a binary syncobj and for points before anybody
 *	has submitted anything are woken by the job that was submitted since.
 */
static void wait_before_submit(void)
{
	struct promise promises[3];
	struct asahi_waiter waiters[ARRAY_SIZE(promises)];
	struct asahi_child child = { 0 };
	struct drm_asahi_sync outs[2];
	int ret[ARRAY_SIZE(promises)];
	bool busy[ARRAY_SIZE(outs)];
	struct asahi_blocker blocker;
	struct asahi_client client;
	uint32_t i;

	asahi_client_init(&client);
	asahi_blocker_init(&client, &blocker);
	outs[0] = asahi_sync_binary(syncobj_create(client.fd, 0));
	outs[1] = asahi_sync_point(syncobj_create(client.fd, 0), 8);
	for (i = 0; i < ARRAY_SIZE(promises); i++) {
		promises[i].fd = client.fd;
		promises[i].sync = i ? outs[1] : outs[0];
	}
	/* A point that never gets a fence of its own. */
	promises[2].sync.timeline_value = 5;

	asahi_fork(&child) {
		struct asahi_waiter waiter;

		asahi_waiter_start_call(&waiter, wait_for_submit, &promises[0]);
		asahi_notify(&child);
		igt_assert_eq(asahi_waiter_join(&waiter), 0);
	}
	asahi_await(&child);
	for (i = 0; i < ARRAY_SIZE(promises); i++)
		asahi_waiter_start_call(&waiters[i], wait_for_submit, &promises[i]);

	asahi_blocker_start(&blocker, outs, ARRAY_SIZE(outs));
	for (i = 0; i < ARRAY_SIZE(outs); i++)
		busy[i] = is_promised(&promises[i]);
	asahi_blocker_release(&blocker);
	for (i = 0; i < ARRAY_SIZE(promises); i++)
		ret[i] = asahi_waiter_join(&waiters[i]);
	asahi_child_wait(&child);
	for (i = 0; i < ARRAY_SIZE(promises); i++)
		igt_assert_f(!ret[i], "who waited for point %llu got %d\n",
			     (unsigned long long)promises[i].sync.timeline_value, ret[i]);
	igt_assert(busy[0]);
	igt_assert(busy[1]);
	asahi_blocker_fini(&blocker);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: many-waiters
 * Description: Dozens of threads and several processes that wait for one job, by a sync file, a
 *	binary syncobj and a point, are all woken when it ends.
 */
static void many_waiters(void)
{
	enum { THREADS = 24, PROCESSES = 4 };
	static struct asahi_waiter waiters[THREADS];
	struct drm_asahi_sync outs[2];
	struct promise promises[2];
	int fence, pipes[2], ret[THREADS], failed, asleep = 0;
	struct asahi_blocker blocker;
	struct asahi_client client;
	uint32_t i;
	char byte;
	bool busy;

	asahi_client_init(&client);
	asahi_blocker_init(&client, &blocker);
	outs[0] = asahi_sync_binary(syncobj_create(client.fd, 0));
	outs[1] = asahi_sync_point(syncobj_create(client.fd, 0), 1);
	asahi_blocker_start(&blocker, outs, 2);
	fence = asahi_sync_export(client.fd, outs[0].handle);
	igt_assert_eq(pipe(pipes), 0);
	igt_fork(child, PROCESSES) {
		struct asahi_waiter waiter;

		asahi_waiter_start(&waiter, fence);
		igt_assert_eq(write(pipes[1], "", 1), 1);
		igt_assert_eq(asahi_waiter_join(&waiter), 0);
		igt_assert_eq(sync_fence_status(fence), 1);
	}
	/* Where all who could write are gone there is an end to be read. */
	close(pipes[1]);
	while (asleep < PROCESSES && read(pipes[0], &byte, 1) == 1)
		asleep++;
	for (i = 0; i < 2; i++)
		promises[i] = (struct promise){ .fd = client.fd, .sync = outs[i] };
	for (i = 0; i < THREADS; i++) {
		if (i % 3)
			asahi_waiter_start_call(&waiters[i], wait_for_submit,
						&promises[i % 3 - 1]);
		else
			asahi_waiter_start(&waiters[i], fence);
	}

	busy = asahi_is_busy(fence);
	asahi_blocker_release(&blocker);
	for (i = 0; i < THREADS; i++)
		ret[i] = asahi_waiter_join(&waiters[i]);
	failed = __igt_waitchildren();
	igt_assert_eq(asleep, PROCESSES);
	igt_assert(busy);
	for (i = 0; i < THREADS; i++)
		igt_assert_f(!ret[i], "thread %u was not woken: %d\n", i, ret[i]);
	igt_assert_eq(failed, 0);
	igt_assert_eq(asahi_finish(fence), 1);
	close(pipes[0]);
	asahi_blocker_fini(&blocker);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: waiter-killed
 * Description: A process that is killed while it waits for a job of another file, by a sync file
 *	and by a syncobj of its own, is gone with everything at once; the job goes on, and whoever
 *	else waits for it is woken.
 */
static void waiter_killed(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before, after;
	struct asahi_blocker blocker;
	struct asahi_client client;
	struct asahi_waiter waiter;
	struct drm_asahi_sync out;
	int fence, shared, ret;
	bool busy;

	asahi_client_init(&client);
	asahi_blocker_init(&client, &blocker);
	out = asahi_sync_binary(syncobj_create(client.fd, 0));
	asahi_blocker_start(&blocker, &out, 1);
	fence = asahi_sync_export(client.fd, out.handle);
	shared = syncobj_handle_to_fd(client.fd, out.handle, 0);
	asahi_objects_read(&before);
	asahi_fork(&child) {
		struct asahi_waiter waiters[2];
		struct promise promise = { .fd = asahi_open() };

		promise.sync.handle = syncobj_fd_to_handle(promise.fd, shared, 0);
		asahi_waiter_start_call(&waiters[0], wait_for_submit, &promise);
		asahi_waiter_start(&waiters[1], fence);
		asahi_notify(&child);
		asahi_waiter_join(&waiters[0]);
		asahi_waiter_join(&waiters[1]);
	}
	asahi_await(&child);
	asahi_waiter_start(&waiter, fence);
	asahi_child_kill(&child);
	asahi_objects_read(&after);
	busy = asahi_is_busy(fence);
	asahi_blocker_release(&blocker);
	ret = asahi_waiter_join(&waiter);
	igt_assert(busy);
	igt_assert_eq(ret, 0);
	asahi_assert_objects_same(&before, &after);
	igt_assert_eq(asahi_finish(fence), 1);
	close(shared);
	asahi_blocker_fini(&blocker);
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "wait-for-submit", "Who waits before SUBMIT is woken.", wait_before_submit },
	{ "many-waiters", "All who wait for a job are woken.", many_waiters },
	{ "waiter-killed", "A waiter that is killed harms nobody.", waiter_killed },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
