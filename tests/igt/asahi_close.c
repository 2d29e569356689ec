// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Giving things up in any order, with jobs that run, that are queued, and that wait
 *	for others: when the call returns everything is gone, and who waits elsewhere is released.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_effort.h"
#include "asahi_followers.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_scene.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Destroying and closing, in any order and at any moment");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Jobs that may be lost after a fault on real hardware. */
#define MAX_LOST 10

/* How soon a job can be expected to notice that it has lost what it runs from. */
#define NOTICE_MS 500

/**
 * SUBTEST: idle
 * Description: A file that has run jobs and owns one of everything is closed.
 */
static void idle(void)
{
	struct asahi_objects before;
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	asahi_objects_read(&before);
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, 4 * ASAHI_PAGE);
	asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: busy
 * Description: A file is closed with jobs in every state. close() does not wait for what the jobs
 *	wait for.
 */
static void busy(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_scene_drop(&scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: hung
 * Description: A file is closed with jobs on all places of the GPU that never end, and more of
 *	them in line. Another file's job runs at once.
 */
static void hung(void)
{
	/* More than a GPU takes. */
	int fences[40];
	struct asahi_client client, other;
	struct asahi_job job, good;
	struct asahi_objects before;
	unsigned int i, busy = 0;
	uint32_t queue_id;
	struct asahi_bo bo;

	asahi_client_init(&other);
	asahi_require_simulated(other.fd, ASAHI_NO_END);
	asahi_bo_init(&other, &bo, ASAHI_PAGE);
	asahi_job_init(&other, &good, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_objects_read(&before);

	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
		client.queue_id = queue_id;
		fences[i] = asahi_job_start(&job);
	}
	for (i = 0; i < ARRAY_SIZE(fences); i++)
		busy += asahi_is_busy(fences[i]);

	asahi_client_drop(&client);
	asahi_assert_objects_eq(&before);
	igt_assert_eq(busy, ARRAY_SIZE(fences));
	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		igt_assert_eq(sync_fence_status(fences[i]), -ECANCELED);
		close(fences[i]);
	}
	igt_assert_eq(asahi_job_run(&good), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	asahi_bo_fini(&other, &bo);
	asahi_client_fini(&other);
}

/* What a job has ended with of which another driver only promises that it ends. */
static void tell_end(int status)
{
	igt_info("ended with %s\n", status == 1 ? "success" : strerror(-status));
}

/*
 * A job whose file has been closed is over: at once, and killed. On real hardware in a while, with
 * whatever came first.
 */
static void assert_closed(bool strict, int fence)
{
	int status;

	if (!strict)
		igt_assert_eq(sync_fence_wait(fence, asahi_hang_ms()), 0);
	status = sync_fence_status(fence);
	close(fence);
	if (strict)
		igt_assert_eq(status, -ECANCELED);
	else
		tell_end(status);
}

/* Jobs run. On real hardware some may be lost before, when one faults whose file was closed. */
static void assert_runs(bool strict)
{
	struct asahi_actor actor;
	unsigned int lost = 0;
	int status;

	asahi_actor_init(&actor);
	while ((status = asahi_job_run(&actor.good)) < 0 && !strict && lost++ < MAX_LOST)
		usleep(100000);
	igt_assert_eq(status, 1);
	igt_assert_eq_u32(actor.bo.map[0], ASAHI_STORE_VALUE);
	asahi_actor_fini(&actor);
}

/**
 * SUBTEST: behind
 * Description: A file is closed with jobs that run and, on the same queues, jobs that only wait for
 *	those: they do not run because what they wait for is killed. On real hardware the job that
 *	runs is told to end right before, as only the firmware could end it else.
 */
static void behind(void)
{
	struct asahi_objects before;
	struct asahi_client client;
	struct asahi_spin spin[4];
	int fences[ARRAY_SIZE(spin)];
	unsigned int i, round, num = ARRAY_SIZE(spin), rounds = asahi_rounds(30);
	struct asahi_job job;
	struct asahi_bo bo;
	bool strict = true;

	asahi_objects_read(&before);
	for (round = 0; round < rounds; round++) {
		asahi_client_init(&client);
		if (!asahi_is_simulated(client.fd)) {
			/* It may run only one at a time, and lose that of the next round. */
			strict = false;
			rounds = 1;
			num = 1;
		}
		asahi_bo_init(&client, &bo, ASAHI_PAGE);
		for (i = 0; i < num; i++) {
			client.queue_id = asahi_queue_create(client.fd, client.vm_id,
							     client.usc_base);
			asahi_spin_init(&client, &spin[i]);
			asahi_spin_start(&spin[i], client.queue_id);
			asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
			fences[i] = asahi_job_start_after(&job);
		}
		if (!strict)
			asahi_spin_release(&spin[0]);
		asahi_bo_unmap(&bo);
		asahi_client_drop(&client);
		asahi_assert_objects_eq(&before);
		for (i = 0; i < num; i++) {
			assert_closed(strict, spin[i].fence);
			assert_closed(strict, fences[i]);
		}
	}
	assert_runs(strict);
}

/* How a file ends. */
struct ending {
	void (*end)(struct asahi_client *client);
};

static const struct ending by_close = { asahi_client_drop };

/* Leave it to a child that has inherited it, and kill that. */
static void end_by_sigkill(struct asahi_client *client)
{
	struct asahi_child child = { 0 };

	asahi_fork(&child) {
		asahi_notify(&child);
		asahi_await(&child);
	}
	asahi_await(&child);
	asahi_client_drop(client);
	asahi_child_kill(&child);
}

static const struct ending by_sigkill = { end_by_sigkill };

/* Fences of another file that do not signal: of its job, and of others behind that. */
#define NUM_UNSIGNALLED 128

/* What has become of the jobs of a file. */
struct followers_look {
	/* Whether all of them waited before the end, how many were cancelled and have stored. */
	bool waited;
	unsigned int cancelled, stored;
	struct asahi_objects objects;
};

/* @shared: all zero. What it holds is there after the end, as it is another file's. */
static void play_followers(const struct asahi_bo *shared, int dma_buf, const int *unsignalled,
			   const struct ending *ending, struct followers_look *look)
{
	struct asahi_followers f;
	struct asahi_client client;
	unsigned int i;
	uint32_t handle;
	uint64_t va;

	asahi_client_init(&client);
	va = asahi_client_va(&client, shared->size);
	handle = prime_fd_to_handle(client.fd, dma_buf);
	asahi_vm_map(client.fd, client.vm_id, handle, 0, shared->size, va, ASAHI_RW);
	asahi_followers_start(&f, &client, va, ASAHI_MAX_FOLLOWERS, unsignalled, NUM_UNSIGNALLED);
	look->waited = asahi_followers_count(&f, 0) == 1 + f.num;
	ending->end(&client);
	asahi_objects_read(&look->objects);
	look->cancelled = asahi_followers_count(&f, -ECANCELED);
	look->stored = 0;
	for (i = 0; i <= f.num; i++)
		look->stored += shared->map[i] != 0;
	asahi_followers_fini(&f);
}

/**
 * SUBTEST: behind-queues
 * Description: A file is closed with jobs on 100 queues that wait for one on another of its queues,
 *	which waits for another file's: none of them begins because the close cancels what it
 *	waits for, though it is long before it is their turn to be cancelled.
 *
 * SUBTEST: behind-queues-killed
 * Description: The same with a process that is killed.
 */
static void behind_queues(const void *data)
{
	unsigned int i, round, rounds = asahi_rounds(3);
	int unsignalled[NUM_UNSIGNALLED], dma_buf, status;
	struct asahi_objects before;
	struct followers_look look;
	struct asahi_client other;
	struct asahi_bo shared;
	struct asahi_spin spin;
	struct asahi_job job;
	bool undisturbed;

	asahi_client_init(&other);
	asahi_require_simulated(other.fd, ASAHI_WAITS);
	asahi_sim_lift_limits();
	asahi_bo_init(&other, &shared, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(other.fd, shared.handle);
	asahi_spin_init(&other, &spin);
	asahi_spin_start(&spin, other.queue_id);
	asahi_job_init(&other, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	unsignalled[0] = spin.fence;
	for (i = 1; i < NUM_UNSIGNALLED; i++)
		unsignalled[i] = asahi_job_start_after(&job);
	asahi_objects_read(&before);
	for (round = 0; round < rounds; round++) {
		play_followers(&shared, dma_buf, unsignalled, data, &look);
		if (!look.waited || look.stored || look.cancelled <= ASAHI_MAX_FOLLOWERS ||
		    memcmp(&look.objects, &before, sizeof(before)))
			break;
	}
	undisturbed = asahi_is_busy(spin.fence);
	status = asahi_spin_finish(&spin);
	for (i = 1; i < NUM_UNSIGNALLED; i++)
		close(unsignalled[i]);

	igt_assert(look.waited);
	igt_assert_f(!look.stored,
		     "%u jobs have run because the close cancelled what they waited for\n",
		     look.stored);
	igt_assert_eq(look.cancelled, 1 + ASAHI_MAX_FOLLOWERS);
	asahi_assert_objects_same(&before, &look.objects);
	igt_assert_f(undisturbed, "the job of another file has ended\n");
	igt_assert_eq(status, 1);
	close(dma_buf);
	asahi_bo_fini(&other, &shared);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: faulting
 * Description: A file is closed while its jobs fault, one after the other: each of them has
 *	faulted or was cancelled.
 */
static void faulting(void)
{
	struct asahi_objects before;
	struct asahi_client client;
	unsigned int i, round;
	struct asahi_job job;
	int fences[30], status;

	asahi_objects_read(&before);
	for (round = 0; round < 20; round++) {
		asahi_client_init(&client);
		asahi_require_simulated(client.fd,
					"what Apple's GPU makes of such bytes is not known");
		asahi_job_init(&client, &job, ASAHI_SHADER_UNDEFINED, 0, 0, 0);
		for (i = 0; i < ARRAY_SIZE(fences); i++)
			fences[i] = asahi_job_start(&job);
		usleep(200 * round);
		asahi_client_drop(&client);
		asahi_assert_objects_eq(&before);
		for (i = 0; i < ARRAY_SIZE(fences); i++) {
			status = sync_fence_status(fences[i]);
			close(fences[i]);
			igt_assert_f(status == -EIO || status == -ECANCELED,
				     "round %u: job %u ended with %d\n", round, i, status);
		}
	}
}

/* Give everything up in one order. */
static void give_up(const char *order)
{
	struct asahi_scene_look by_queues, look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy = false;
	const char *step;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	for (step = order; *step; step++) {
		switch (*step) {
		case 'q':
			busy = asahi_scene_is_busy(&scene);
			asahi_scene_destroy_queues(&scene);
			asahi_scene_look(&scene, &by_queues);
			break;
		case 'v':
			asahi_vm_destroy(scene.client.fd, scene.client.vm_id);
			break;
		case 'b':
			asahi_bo_fini(&scene.client, &scene.bo);
			break;
		case 'o':
			asahi_object_unbind(scene.client.fd, scene.object);
			break;
		}
	}
	asahi_scene_drop(&scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	igt_assert(busy);
	asahi_scene_assert_killed(&by_queues);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: orders
 * Description: Queues, address space, buffer objects and timestamp object are given up in every
 *	order with jobs in every state. Killing the queues ends the jobs, nothing else does.
 */
static void orders(void)
{
	static const char * const all[] = {
		"qvbo", "qvob", "qbvo", "qbov", "qovb", "qobv", "vqbo", "vqob",
		"vbqo", "vboq", "voqb", "vobq", "bqvo", "bqov", "bvqo", "bvoq",
		"boqv", "bovq", "oqvb", "oqbv", "ovqb", "ovbq", "obqv", "obvq",
	};
	unsigned int i;

	asahi_sim_lift_limits();
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		igt_debug("order %s\n", all[i]);
		give_up(all[i]);
	}
}

/**
 * SUBTEST: vm-with-last-queue
 * Description: An address space that was destroyed goes, with all of its mappings, with the last
 *	of its queues and not before.
 */
static void vm_with_last_queue(void)
{
	struct asahi_objects before, now;
	struct asahi_client client;
	struct asahi_bo bo;
	uint32_t second;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	second = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_objects_read(&before);
	asahi_vm_destroy(client.fd, client.vm_id);
	asahi_assert_objects_eq(&before);

	asahi_queue_destroy(client.fd, client.queue_id);
	asahi_objects_read(&now);
	if (now.num) {
		igt_assert_eq_u64(asahi_objects_value(&now, "vm"),
				  asahi_objects_value(&before, "vm"));
		igt_assert_eq_u64(asahi_objects_value(&now, "mapping"),
				  asahi_objects_value(&before, "mapping"));
	}

	asahi_queue_destroy(client.fd, second);
	asahi_objects_read(&now);
	if (now.num) {
		igt_assert_eq_u64(asahi_objects_value(&now, "vm"),
				  asahi_objects_value(&before, "vm") - 1);
		igt_assert_eq_u64(asahi_objects_value(&now, "mapping"),
				  asahi_objects_value(&before, "mapping") - 2);
	}

	asahi_bo_fini(&client, &bo);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: gem-close-under-job
 * Description: The memory that a job runs from is closed under it: the job ends with an error, and
 *	its queue can be destroyed.
 */
static void gem_close_under_job(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_bo bo;
	bool strict;
	int status;

	asahi_client_init(&client);
	strict = asahi_is_simulated(client.fd);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_spin_init(&client, &spin);
	spin.job.args->a = bo.va;
	asahi_spin_start(&spin, client.queue_id);
	gem_close(client.fd, client.arena.handle);
	/* A GPU may have all that it needs of it in its caches. */
	if (!strict && sync_fence_wait(spin.fence, NOTICE_MS))
		bo.map[0] = 1;
	status = asahi_finish(spin.fence);
	tell_end(status);
	igt_assert(!strict || status == -EIO || status == -ETIMEDOUT);
	asahi_queue_destroy(client.fd, client.queue_id);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	assert_runs(strict);
}

/**
 * SUBTEST: cancelled-dependency
 * Description: A job of another file that waits for one that is killed runs. On real hardware the
 *	one that is killed is told to end right before.
 */
static void cancelled_dependency(void)
{
	struct asahi_client client, other;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_spin spin;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t early;
	int ret, status;
	bool strict;

	asahi_client_init(&client);
	strict = asahi_is_simulated(client.fd);
	asahi_client_init(&other);
	asahi_bo_init(&other, &bo, ASAHI_PAGE);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	syncs[0] = asahi_sync_binary(syncobj_create(other.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(other.fd, 0));
	syncobj_import_sync_file(other.fd, syncs[0].handle, spin.fence);
	asahi_job_init(&other, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	ret = __asahi_cmdbuf_submit(&other, other.queue_id, &cmdbuf, syncs, 1, 1);
	early = bo.map[0];

	if (!strict)
		asahi_spin_release(&spin);
	asahi_client_drop(&client);
	igt_assert_eq(ret, 0);
	igt_assert_eq_u32(early, 0);
	assert_closed(strict, spin.fence);
	status = asahi_finish(asahi_sync_export(other.fd, syncs[1].handle));
	/* It may be lost when the one before faults. */
	if (status < 0 && !strict) {
		tell_end(status);
	} else {
		igt_assert_eq(status, 1);
		igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	}
	asahi_bo_fini(&other, &bo);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: dup
 * Description: A second descriptor of the file keeps its jobs running until it is closed too.
 */
static void dup_file(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	int copy, ret;
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	copy = dup(scene.client.fd);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	ret = close(copy);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	igt_assert(busy);
	igt_assert_eq(ret, 0);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: mmap-holds
 * Description: A CPU mapping keeps the file, and with it the jobs, until it is unmapped.
 */
static void mmap_holds(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	uint32_t *map;
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	map = asahi_gem_mmap(scene.client.fd, scene.bo.handle, ASAHI_PAGE);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	igt_assert(busy);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: sync-file-survives
 * Description: The fence of a killed job, alone or merged with another, can be polled, looked at
 *	and named after all that it belonged to is gone.
 */
static void sync_file_survives(void)
{
	struct asahi_scene_look look;
	struct asahi_scene scene;
	int merged, ret;

	asahi_scene_init(&scene);
	asahi_scene_play(&scene);
	merged = sync_fence_merge(scene.running, scene.queued);
	asahi_scene_drop(&scene);
	ret = sync_fence_wait(scene.running, 0);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	igt_assert_eq(ret, 0);
	igt_assert_eq(asahi_finish(merged), -ECANCELED);
	asahi_scene_assert_named(&scene);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: other-client-unaffected
 * Description: Another file's job runs all the while that files with busy jobs are closed.
 */
static void other_client_unaffected(void)
{
	struct asahi_scene_look looks[3];
	struct asahi_client client;
	struct asahi_scene scene;
	struct asahi_spin spin;
	unsigned int i;
	bool was_busy;
	int status;

	asahi_client_init(&client);
	asahi_scene_init(&scene);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	for (i = 0; i < ARRAY_SIZE(looks); i++) {
		asahi_scene_play(&scene);
		asahi_scene_drop(&scene);
		asahi_scene_look(&scene, &looks[i]);
	}
	was_busy = asahi_is_busy(spin.fence);
	asahi_scene_release(&scene);
	status = asahi_spin_finish(&spin);
	igt_assert(was_busy);
	igt_assert_eq(status, 1);
	for (i = 0; i < ARRAY_SIZE(looks); i++)
		asahi_scene_assert_killed(&looks[i]);
	asahi_scene_fini(&scene);
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "idle", "A close gives back one of everything at once.", idle },
	{ "busy", "A close cancels jobs in every state, and waits for none that they wait for.",
	  busy },
	{ "hung", "A close cancels endless jobs, and another file's job runs at once.", hung },
	{ "behind", "Jobs do not run because those before are killed.", behind },
	{ "behind-queues", "Jobs do not run because those of other queues are killed.", NULL,
	  behind_queues, &by_close },
	{ "behind-queues-killed", "Nor when the process is killed.", NULL, behind_queues,
	  &by_sigkill },
	{ "faulting", "A job that faults during a close has faulted or is cancelled.", faulting },
	{ "orders", "Whatever the order, the end of the queues ends jobs, and nothing else does.",
	  orders },
	{ "vm-with-last-queue", "A VM goes with its last queue.", vm_with_last_queue },
	{ "gem-close-under-job", "A job whose memory is closed under it ends with an error.",
	  gem_close_under_job },
	{ "cancelled-dependency", "Who waits for a killed job runs.", cancelled_dependency },
	{ "dup", "A second descriptor keeps jobs running.", dup_file },
	{ "mmap-holds", "A CPU mapping keeps jobs running.", mmap_holds },
	{ "sync-file-survives", "The fence of a killed job can be read.", sync_file_survives },
	{ "other-client-unaffected", "Another file's job goes on.", other_client_unaffected },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
