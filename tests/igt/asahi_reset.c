// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reset
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: reset
 * Functionality: GPU reset
 * Description: Jobs that hang, and firmware that crashes: who is guilty ends with the right error,
 *	and nobody else notices.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_binding.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_lost.h"
#include "asahi_objects.h"
#include "asahi_scene.h"
#include "asahi_sim.h"
#include "asahi_writer.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Hangs, crashes and resets of the GPU");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Threads of a job that takes a while. */
#define GRID (512 * 1024)

/*
 * A file that has a job in the middle, one that computes something, and one queued behind. They
 * have the time that a busy machine needs for the rest.
 */
struct innocent {
	struct asahi_actor actor;
	struct asahi_bo grid;
	struct asahi_spin spin;
	uint32_t second_queue;
	int computing, behind;
};

static void innocent_init(struct innocent *i)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job grid;

	asahi_sim_lift_limits();
	asahi_actor_init(&i->actor);
	asahi_bo_init(&i->actor.client, &i->grid, GRID * sizeof(uint32_t));
	asahi_bo_fill(&i->grid, 0xffffffff);
	i->second_queue = asahi_queue_create(i->actor.client.fd, i->actor.client.vm_id,
					     i->actor.client.usc_base);
	asahi_spin_init(&i->actor.client, &i->spin);
	asahi_spin_start(&i->spin, i->actor.client.queue_id);
	i->behind = asahi_job_start_after(&i->actor.good);
	asahi_job_init_grid(&i->actor.client, &grid, ASAHI_SHADER_TID, i->grid.va, 0, GRID, 1024);
	asahi_cmdbuf_compute(&cmdbuf, &grid.compute, NONE, NONE);
	i->computing = asahi_cmdbuf_start(&i->actor.client, i->second_queue, &cmdbuf);
}

/* It went on as if nothing had happened. */
static void innocent_fini(struct innocent *i)
{
	int busy = asahi_is_busy(i->spin.fence) && asahi_is_busy(i->behind);
	int status = asahi_spin_finish(&i->spin);
	uint32_t n;

	igt_assert(busy);
	igt_assert_eq(status, 1);
	igt_assert_eq(asahi_finish(i->behind), 1);
	igt_assert_eq_u32(i->actor.bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_eq(asahi_finish(i->computing), 1);
	for (n = 0; n < GRID; n++)
		igt_assert_eq_u32(i->grid.map[n], n);
	asahi_actor_assert_works(&i->actor);
	asahi_queue_destroy(i->actor.client.fd, i->second_queue);
	asahi_bo_fini(&i->actor.client, &i->grid);
	asahi_actor_fini(&i->actor);
}

/**
 * SUBTEST: time-limit
 * Description: A job that computes without an end ends with ETIMEDOUT; another has its own time.
 */
static void time_limit(void)
{
	struct asahi_job job;
	struct asahi_actor a;
	int i;

	asahi_sim_require();
	asahi_actor_init(&a);
	asahi_job_init(&a.client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	for (i = 0; i < 3; i++) {
		asahi_sim_time_limit(200);
		igt_assert_eq(asahi_job_run(&job), -ETIMEDOUT);

		/* The limit is not for the good jobs of a busy machine. */
		asahi_sim_time_limit(10000);
		asahi_actor_assert_works(&a);
	}
	asahi_actor_fini(&a);
}

/* A job hangs in one of the two ways, a file has jobs that were there before. */
static void hang_limit(const char *kind)
{
	struct innocent other;
	uint64_t start;
	struct asahi_actor a;
	int i, status;

	asahi_sim_require();
	innocent_init(&other);
	asahi_actor_init(&a);
	for (i = 0; i < 3; i++) {
		asahi_sim_hang_limit(300);
		asahi_sim_set("hang", kind);
		start = asahi_now_ms();
		status = asahi_job_run(&a.good);
		igt_info("over after %" PRIu64 " ms\n", asahi_now_ms() - start);
		igt_assert_eq(status, -ETIMEDOUT);
		igt_assert_eq_u32(a.bo.map[0], 0);
		asahi_sim_assert("hang", "none");

		/* The limit is not for the good jobs of a busy machine. */
		asahi_sim_hang_limit(600000);
		asahi_actor_assert_works(&a);
		a.bo.map[0] = 0;
	}
	innocent_fini(&other);
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: hang-soft
 * Description: A job that makes no progress ends with ETIMEDOUT at the driver's limit.
 */
static void hang_soft(void)
{
	hang_limit("soft");
}

/**
 * SUBTEST: hang-hard
 * Description: One that does not even leave when it is told to is taken off by a reset.
 */
static void hang_hard(void)
{
	hang_limit("hard");
}

/* A file whose queues all have jobs that hang is closed. */
static void close_hung(const char *kind, unsigned int num)
{
	struct asahi_objects before;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	struct asahi_actor other;
	struct asahi_client client;
	unsigned int i;
	uint64_t start;
	int first = -1, last;

	asahi_sim_require();
	asahi_actor_init(&other);
	asahi_objects_read(&before);
	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	asahi_sim_set("hang", kind);
	for (i = 0; i < num; i++) {
		uint32_t queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);

		last = asahi_cmdbuf_start(&client, queue_id, &cmdbuf);
		if (i && i < num - 1)
			close(last);
		else if (!i)
			first = last;
	}
	usleep(50000);
	igt_assert(asahi_is_busy(first));
	igt_assert(asahi_is_busy(last));
	start = asahi_now_ms();
	asahi_client_drop(&client);
	igt_info("%u queues with hung jobs: closed in %" PRIu64 " ms\n", num,
		 asahi_now_ms() - start);
	asahi_assert_objects_eq(&before);
	igt_assert_eq(sync_fence_status(first), -ECANCELED);
	igt_assert_eq(sync_fence_status(last), -ECANCELED);
	close(first);
	close(last);
	asahi_sim_set("hang", "none");
	asahi_actor_assert_works(&other);
	asahi_actor_fini(&other);
}

/**
 * SUBTEST: close-hung-soft
 * Description: A file with 1000 queues whose jobs make no progress is closed.
 */
static void close_hung_soft(void)
{
	close_hung("soft 1000000", 1000);
}

/**
 * SUBTEST: close-hung-hard
 * Description: The same with jobs that only a reset gets off the GPU.
 */
static void close_hung_hard(void)
{
	close_hung("hard 1000000", 1000);
}

/**
 * SUBTEST: crash
 * Description: The firmware crashes: the job that it blames, which started last, ends with EIO;
 *	those of another file go on from where they were, and so does the guilty file's queue.
 */
static void crash(void)
{
	struct asahi_spin guilty;
	struct innocent other;
	struct asahi_actor a;
	int behind;

	asahi_sim_require();
	innocent_init(&other);
	asahi_actor_init(&a);
	asahi_spin_init(&a.client, &guilty);
	asahi_spin_start(&guilty, a.client.queue_id);
	behind = asahi_job_start_after(&a.good);
	asahi_sim_set("crash", "now");
	igt_assert_eq(asahi_finish(guilty.fence), -EIO);
	asahi_sim_wait("crash", "none");
	igt_assert_eq(asahi_finish(behind), 1);
	igt_assert_eq_u32(a.bo.map[0], ASAHI_STORE_VALUE);
	asahi_actor_assert_works(&a);
	innocent_fini(&other);
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: crash-no-late-store
 * Description: No store of the job that is blamed for a crash comes after its fence.
 */
static void crash_no_late_store(void)
{
	struct asahi_writer w;
	int i;

	asahi_sim_require();
	asahi_writer_init(&w);
	for (i = 0; i < 20; i++) {
		asahi_writer_start(&w);
		asahi_sim_set("crash", "now");
		asahi_writer_join(&w);
		asahi_client_drop(&w.client);
		asahi_writer_assert(&w, -EIO);
		asahi_sim_wait("crash", "none");
	}
	asahi_writer_fini(&w);
}

/**
 * SUBTEST: crash-next
 * Description: The firmware crashes over the next command: it ends with EIO and has done nothing.
 */
static void crash_next(void)
{
	struct innocent other;
	struct asahi_actor a;
	int i;

	asahi_sim_require();
	innocent_init(&other);
	asahi_actor_init(&a);
	for (i = 0; i < 10; i++) {
		asahi_sim_set("crash", "next");
		igt_assert_eq(asahi_job_run(&a.good), -EIO);
		igt_assert_eq_u32(a.bo.map[0], 0);
		asahi_sim_wait("crash", "none");
	}
	asahi_actor_assert_works(&a);
	innocent_fini(&other);
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: crash-idle
 * Description: The firmware crashes with nothing to do: nobody is guilty, and the next job runs.
 */
static void crash_idle(void)
{
	struct asahi_actor a;
	int i;

	asahi_sim_require();
	asahi_actor_init(&a);
	for (i = 0; i < 10; i++) {
		asahi_sim_set("crash", "now");
		asahi_actor_assert_works(&a);
		asahi_sim_assert("crash", "none");
	}
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: crash-100
 * Description: The firmware crashes 100 times in a row: each has its guilty job, and those of
 *	another file go on all the while.
 */
static void crash_100(void)
{
	struct asahi_spin guilty;
	struct innocent other;
	struct asahi_actor a;
	int i, status;

	asahi_sim_require();
	innocent_init(&other);
	asahi_actor_init(&a);
	for (i = 0; i < 100; i++) {
		asahi_spin_init(&a.client, &guilty);
		asahi_spin_start(&guilty, a.client.queue_id);
		asahi_sim_set("crash", "now");
		status = asahi_finish(guilty.fence);
		igt_assert_f(status == -EIO, "crash %d: %d, not %d\n", i, status, -EIO);
		asahi_sim_wait("crash", "none");
	}
	asahi_actor_assert_works(&a);
	innocent_fini(&other);
	asahi_actor_fini(&a);
}

/* A thread that lets the firmware crash as soon as it can crash again. */
struct crasher {
	volatile bool stop;
	/* Crashes, how many of them came as soon as the one before let them, and refusals. */
	unsigned int crashes, again, refused;
	int ret;
};

static void *crash_for_ever(void *data)
{
	struct crasher *c = data;
	bool refused = false;

	while (!c->stop && !c->ret) {
		int ret = __asahi_sim_set("crash", "now");

		if (!ret) {
			c->crashes++;
			c->again += refused;
		} else if (ret == -EBUSY) {
			c->refused++;
		} else {
			c->ret = ret;
		}
		/* Until the reset has begun, and then at once. */
		refused = ret == -EBUSY;
		/* Not so often that nothing ever runs. */
		if (!ret && c->crashes % 3 == 0)
			usleep(5000);
	}
	return NULL;
}

/**
 * SUBTEST: crash-again
 * Description: The firmware crashes again while it is being reset, and at any other moment: every
 *	job ends, with EIO or well.
 */
static void crash_again(void)
{
	struct crasher c = { 0 };
	unsigned int good = 0, bad = 0, i;
	int fences[4], status, wrong = 0;
	pthread_t thread;
	struct asahi_actor a;

	asahi_sim_require();
	asahi_actor_init(&a);
	igt_assert_eq(pthread_create(&thread, NULL, crash_for_ever, &c), 0);
	while ((c.crashes < 200 || !c.again) && !c.ret && !wrong) {
		for (i = 0; i < 4; i++)
			fences[i] = asahi_job_start_after(&a.good);
		for (i = 0; i < 4; i++) {
			status = asahi_finish(fences[i]);
			if (status == 1)
				good++;
			else if (status == -EIO)
				bad++;
			else
				wrong = status;
		}
	}
	c.stop = true;
	pthread_join(thread, NULL);
	igt_info("%u crashes, %u in resets, %u jobs well, %u with EIO\n", c.crashes, c.again, good,
		 bad);
	igt_assert_eq(c.ret, 0);
	igt_assert_lt(0, c.refused);
	igt_assert_lt(0, c.again);
	igt_assert_eq(wrong, 0);
	igt_assert_lt(0, good);
	asahi_sim_wait("crash", "none");
	asahi_actor_assert_works(&a);
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: crash-close
 * Description: A file with jobs in every state is closed while the firmware is down: they end, and
 *	the job of another file goes on.
 */
static void crash_close(void)
{
	struct asahi_objects before;
	struct asahi_scene scene;
	int i, running, queued;

	asahi_sim_require();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	for (i = 0; i < 10; i++) {
		asahi_scene_play(&scene);
		asahi_sim_set("crash", "now");
		usleep(i * 200);
		asahi_scene_drop(&scene);
		asahi_assert_objects_eq(&before);
		running = sync_fence_status(scene.running);
		igt_assert_f(running == -EIO || running == -ECANCELED, "%d\n", running);
		/* It may have had its turn, but only if the one before it was over by itself. */
		queued = sync_fence_status(scene.queued);
		igt_assert_f(queued == -ECANCELED || (queued == 1 && running == -EIO), "%d, %d\n",
			     queued, running);
		igt_assert_eq(sync_fence_status(scene.waiting), -ECANCELED);
		igt_assert(asahi_is_busy(scene.foreign.fence));
		asahi_sim_wait("crash", "none");
	}
	asahi_scene_fini(&scene);
}

/* The driver is unbound after @control was set to @value, with jobs in every state. */
static void unbind_after(const char *control, const char *value)
{
	struct asahi_binding binding;
	struct asahi_scene scene;
	int set, ret, bound, running, queued, foreign;

	asahi_sim_require();
	asahi_scene_init(&scene);
	asahi_binding_find(scene.other.fd, &binding);
	asahi_scene_play(&scene);
	set = __asahi_sim_set(control, value);
	ret = asahi_unbind(&binding);
	running = sync_fence_status(scene.running);
	queued = sync_fence_status(scene.queued);
	foreign = sync_fence_status(scene.foreign.fence);
	asahi_scene_drop(&scene);
	asahi_client_drop(&scene.other);
	bound = asahi_bind(&binding);

	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_assert_eq(set, 0);
	igt_assert_eq(ret, 0);
	igt_assert(running == -ENODEV || running == -EIO);
	igt_assert(queued == -ENODEV || queued == 1);
	igt_assert(foreign == -ENODEV);
	igt_assert_lt(sync_fence_status(scene.waiting), 0);
	close(scene.running);
	close(scene.queued);
	close(scene.waiting);
	close(scene.foreign.fence);
	asahi_sim_assert("crash", "none");
	asahi_sim_assert("drop", "0");
	asahi_assert_works();
}

/**
 * SUBTEST: crash-unbind
 * Description: The driver is unbound while the firmware is down: jobs end with ENODEV, and a new
 *	binding works.
 */
static void crash_unbind(void)
{
	int i;

	for (i = 0; i < 3; i++)
		unbind_after("crash", "now");
}

/**
 * SUBTEST: drop-unbind
 * Description: The same with a GPU that is gone from its bus.
 */
static void drop_unbind(void)
{
	unbind_after("drop", "1");
}

/**
 * SUBTEST: drop-close
 * Description: A file with jobs on a GPU that is gone is closed: the driver tries a reset, and then
 *	gives the GPU up. All that is on it ends, with an error of its own if it has one, nothing
 *	more is run, and nothing of the file is left; and a new binding works.
 */
static void drop_close(void)
{
	static const char * const kinds[] = { "queue", "vm", "mapping", "bo" };
	struct asahi_objects before, after;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_binding binding;
	struct asahi_scene scene;
	int running, foreign, queued, waiting, submit, unbound, bound;
	struct asahi_job job;
	unsigned int i;

	asahi_sim_require();
	asahi_scene_init(&scene);
	asahi_binding_find(scene.other.fd, &binding);
	asahi_job_init(&scene.other, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_sim_set("drop", "1");
	asahi_scene_drop(&scene);
	running = sync_fence_status(scene.running);
	queued = sync_fence_status(scene.queued);
	waiting = sync_fence_status(scene.waiting);
	foreign = sync_fence_wait(scene.foreign.fence, asahi_hang_ms());
	if (!foreign)
		foreign = sync_fence_status(scene.foreign.fence);
	asahi_objects_read(&after);
	submit = __asahi_cmdbuf_submit(&scene.other, scene.other.queue_id, &cmdbuf, NULL, 0, 0);
	asahi_client_drop(&scene.other);
	unbound = asahi_unbind(&binding);
	bound = asahi_bind(&binding);

	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_assert_eq(unbound, 0);
	igt_assert_eq(running, -ECANCELED);
	igt_assert_eq(queued, -ECANCELED);
	igt_assert_eq(waiting, -ECANCELED);
	igt_assert_eq(foreign, -ENODEV);
	igt_assert_eq(submit, -ENODEV);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		igt_assert_eq_u64(asahi_objects_value(&after, kinds[i]),
				  asahi_objects_value(&before, kinds[i]));
	close(scene.running);
	close(scene.queued);
	close(scene.waiting);
	close(scene.foreign.fence);
	asahi_assert_works();
}

/**
 * SUBTEST: drop-ioctls
 * Description: When the GPU was given up, GET_PARAMS and SUBMIT say ENODEV to every file, but tell
 *	first what is wrong with the call itself; everything else goes on.
 */
static void drop_ioctls(void)
{
	struct asahi_lost lost = { 0 };
	struct asahi_binding binding;
	struct asahi_client client;
	int killed, unbound, bound;
	struct asahi_spin spin;
	struct asahi_actor a;

	asahi_sim_require();
	asahi_sim_lift_limits();
	asahi_actor_init(&a);
	asahi_client_init(&client);
	asahi_binding_find(a.client.fd, &binding);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	asahi_sim_set("drop", "1");
	asahi_client_drop(&client);
	killed = sync_fence_status(spin.fence);
	asahi_lost_call(&a.good, &lost);
	asahi_bo_unmap(&a.bo);
	asahi_client_drop(&a.client);
	unbound = asahi_unbind(&binding);
	bound = asahi_bind(&binding);

	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_assert_eq(unbound, 0);
	igt_assert_eq(killed, -ECANCELED);
	asahi_lost_assert(&lost);
	close(spin.fence);
	asahi_assert_works();
}

static const struct asahi_subtest subtests[] = {
	{ "time-limit", "A job without an end ends.", time_limit },
	{ "hang-soft", "A job without progress ends.", hang_soft },
	{ "hang-hard", "A job that does not leave is taken off.", hang_hard },
	{ "close-hung-soft", "A file with 1000 hung jobs closes, and each is cancelled.",
	  close_hung_soft },
	{ "close-hung-hard", "A file closes with 1000 hung jobs that do not leave the GPU.",
	  close_hung_hard },
	{ "crash", "A crash has one guilty job.", crash },
	{ "crash-no-late-store", "Nothing is stored after the fence.", crash_no_late_store },
	{ "crash-next", "A command at whose start the firmware crashes has done nothing.",
	  crash_next },
	{ "crash-idle", "A crash with nothing to do has nobody to blame.", crash_idle },
	{ "crash-100", "Each of a hundred crashes has one guilty job.", crash_100 },
	{ "crash-again", "Every job ends, though the firmware crashes during resets.",
	  crash_again },
	{ "crash-close", "A file's jobs end when it closes while the firmware is down.",
	  crash_close },
	{ "crash-unbind", "Jobs end with ENODEV when the driver goes while the firmware is down.",
	  crash_unbind },
	{ "drop-unbind", "Jobs end with ENODEV when the driver leaves a GPU that is gone.",
	  drop_unbind },
	{ "drop-close", "A file closes, and nothing of it is left, though its GPU is gone.",
	  drop_close },
	{ "drop-ioctls", "Calls tell that the GPU is gone.", drop_ioctls },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
