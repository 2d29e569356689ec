// SPDX-License-Identifier: MIT
/**
 * TEST: asahi kill
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: exit
 * Functionality: close
 * Description: Processes that die with jobs in every state: when they are reaped everything is
 *	gone, and who waits elsewhere is released and can see why.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_scene.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Processes that die with jobs in flight");

/* What is left of a child's scene in its parent. */
struct remains {
	int running, queued, waiting;
};

/* The Rust driver lets jobs of dead processes run on; a child cannot skip for its parent. */
static void require_simulated(void)
{
	int fd = asahi_open();

	asahi_require_simulated(fd);
	asahi_close(fd);
}

/* In the child: make a scene, and pass its fences on. */
static void child_play(struct asahi_child *child, struct asahi_scene *scene)
{
	asahi_scene_init(scene);
	asahi_scene_play(scene);
	asahi_send_fd(child, scene->running);
	asahi_send_fd(child, scene->queued);
	asahi_send_fd(child, scene->waiting);
}

static void receive(struct asahi_child *child, struct remains *r)
{
	r->running = asahi_recv_fd(child);
	r->queued = asahi_recv_fd(child);
	r->waiting = asahi_recv_fd(child);
	igt_assert(asahi_is_busy(r->running));
	igt_assert(asahi_is_busy(r->queued));
	igt_assert(asahi_is_busy(r->waiting));
}

static void assert_killed(struct remains *r)
{
	igt_assert_eq(sync_fence_status(r->running), -ECANCELED);
	igt_assert_eq(sync_fence_status(r->queued), -ECANCELED);
	igt_assert_eq(sync_fence_status(r->waiting), -ECANCELED);
	close(r->running);
	close(r->queued);
	close(r->waiting);
}

/**
 * SUBTEST: sigkill
 * Description: A process is killed while its jobs are in every state.
 */
static void sigkill(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	struct asahi_scene scene;
	struct remains r;

	require_simulated();
	asahi_objects_read(&before);
	asahi_fork(&child) {
		child_play(&child, &scene);
		asahi_await(&child);
	}
	receive(&child, &r);
	asahi_child_kill(&child);
	asahi_assert_work_eq(&before);
	assert_killed(&r);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: exit
 * Description: A process ends by itself while its jobs are in every state.
 */
static void exit_busy(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	struct asahi_scene scene;
	struct remains r;

	require_simulated();
	asahi_objects_read(&before);
	asahi_fork(&child) {
		child_play(&child, &scene);
		asahi_await(&child);
	}
	receive(&child, &r);
	asahi_notify(&child);
	asahi_child_wait(&child);
	asahi_assert_work_eq(&before);
	assert_killed(&r);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: releases-waiter
 * Description: A process that sleeps until a job is over is woken when the process that the job
 *	belongs to is killed.
 */
static void releases_waiter(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	struct asahi_scene scene;
	struct remains r;

	require_simulated();
	asahi_objects_read(&before);
	asahi_fork(&child) {
		child_play(&child, &scene);
		asahi_await(&child);

		/* Time for the other to fall asleep; if it is too short nothing is lost. */
		usleep(100000);
		raise(SIGKILL);
	}
	receive(&child, &r);
	asahi_notify(&child);
	igt_assert_eq(sync_fence_wait(r.running, ASAHI_HANG_MS), 0);
	igt_assert_eq(sync_fence_status(r.running), -ECANCELED);
	asahi_child_reap(&child, SIGKILL);
	asahi_assert_work_eq(&before);
	assert_killed(&r);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: shared-memory
 * Description: What a killed process stored to memory that it shares stays there.
 */
static void shared_memory(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	struct asahi_scene scene;
	struct remains r;
	uint32_t *map;
	int dma_buf;

	require_simulated();
	asahi_objects_read(&before);
	asahi_fork(&child) {
		child_play(&child, &scene);
		scene.bo.map[100] = 123;
		dma_buf = prime_handle_to_fd_for_mmap(scene.client.fd, scene.bo.handle);
		asahi_send_fd(&child, dma_buf);
		asahi_await(&child);
	}
	receive(&child, &r);
	dma_buf = asahi_recv_fd(&child);
	asahi_child_kill(&child);
	asahi_assert_work_eq(&before);
	assert_killed(&r);

	map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	igt_assert(map != MAP_FAILED);
	igt_assert_eq_u32(map[100], 123);
	map[101] = 124;
	igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	close(dma_buf);
	asahi_assert_objects_eq(&before);
}

/* In the child: make, use and destroy one of everything for ever. */
static void live_for_ever(struct asahi_child *child)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t object;

	for (;;) {
		asahi_client_init(&client);
		asahi_bo_init(&client, &bo, 8 * ASAHI_PAGE);
		object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
		asahi_job_init_grid(&client, &job, ASAHI_SHADER_TID, bo.va, 0, 4096, 64);
		job.compute.ts.end.handle = object;
		close(asahi_job_start(&job));
		asahi_notify(child);
		asahi_spin_init(&client, &spin);
		asahi_spin_start(&spin, client.queue_id);
		close(asahi_job_start_after(&job));
		asahi_spin_finish(&spin);
		asahi_object_unbind(client.fd, object);
		asahi_bo_fini(&client, &bo);
		asahi_client_fini(&client);
	}
}

/**
 * SUBTEST: sigkill-any-moment
 * Description: A process that makes, uses and destroys all kinds of objects is killed at many
 *	different moments.
 */
static void sigkill_any_moment(void)
{
	struct asahi_objects before;
	unsigned int i;

	require_simulated();
	asahi_objects_read(&before);
	srand(time(NULL));
	for (i = 0; i < 30; i++) {
		struct asahi_child child = { 0 };
		unsigned int us = rand() % 40000;

		igt_debug("round %u: %u us\n", i, us);
		asahi_fork(&child)
			live_for_ever(&child);
		asahi_await(&child);
		usleep(us);
		asahi_child_kill(&child);
		asahi_assert_work_eq(&before);
		asahi_assert_objects_eq(&before);
	}
}

static const struct asahi_subtest subtests[] = {
	{ "sigkill", "A process is killed with busy jobs.", sigkill },
	{ "exit", "A process ends with busy jobs.", exit_busy },
	{ "releases-waiter", "Who waits for a killed process is woken.", releases_waiter },
	{ "shared-memory", "What was stored to shared memory stays.", shared_memory },
	{ "sigkill-any-moment", "A process is killed at many moments.", sigkill_any_moment },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
