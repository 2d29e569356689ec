// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close fences
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Giving up queues whose jobs wait for fences that never signal, of every kind and in
 *	every way: nothing waits for such a fence, and nothing happens when it signals after all.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_foreign.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Closing with jobs that wait for fences that never signal");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Jobs that do not start: one waits for the fence, one is behind it, one waits for that. */
struct stuck {
	struct asahi_client client;
	uint32_t second_queue;
	struct asahi_bo bo;
	int fences[3];
};

/* Submit a job; @in is NULL or what it waits for. Returns its syncobj. */
static struct drm_asahi_sync submit(struct stuck *s, struct asahi_job *job, uint32_t queue_id,
				    const struct drm_asahi_sync *in)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	uint32_t num_in = 0;

	if (in)
		syncs[num_in++] = *in;
	syncs[num_in] = asahi_sync_binary(syncobj_create(s->client.fd, 0));
	asahi_cmdbuf_compute(&cmdbuf, &job->compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&s->client, queue_id, &cmdbuf, syncs, num_in, 1), 0);

	return syncs[num_in];
}

static bool all_busy(const struct stuck *s)
{
	return asahi_is_busy(s->fences[0]) && asahi_is_busy(s->fences[1]) &&
	       asahi_is_busy(s->fences[2]);
}

static void stuck_init(struct stuck *s, const struct asahi_foreign *foreign)
{
	struct asahi_client *client = &s->client;
	struct drm_asahi_sync in, outs[3];
	struct asahi_job job;
	unsigned int i;

	asahi_client_init(client);
	asahi_require_simulated(client->fd, ASAHI_WAITS);
	s->second_queue = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	asahi_bo_init(client, &s->bo, ASAHI_PAGE);
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, s->bo.va, 0, 0);

	in = asahi_foreign_sync(foreign, client->fd);
	outs[0] = submit(s, &job, client->queue_id, &in);
	outs[1] = submit(s, &job, client->queue_id, NULL);
	outs[2] = submit(s, &job, s->second_queue, &outs[1]);
	for (i = 0; i < ARRAY_SIZE(outs); i++)
		s->fences[i] = asahi_sync_export(client->fd, outs[i].handle);
	igt_assert(all_busy(s));
}

static void stuck_drop(struct stuck *s)
{
	asahi_bo_unmap(&s->bo);
	asahi_client_drop(&s->client);
}

/* All are over, while what they waited for is not. */
static void assert_cancelled(struct stuck *s, const struct asahi_foreign *foreign)
{
	int status[ARRAY_SIZE(s->fences)];
	bool busy = asahi_foreign_is_busy(foreign);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s->fences); i++) {
		status[i] = sync_fence_status(s->fences[i]);
		close(s->fences[i]);
	}

	igt_assert_f(busy, "the foreign fence has signalled: something may have waited for it\n");
	for (i = 0; i < ARRAY_SIZE(status); i++)
		igt_assert_eq(status[i], -ECANCELED);
}

static void by_close(struct stuck *s, const struct asahi_foreign *foreign)
{
	struct asahi_objects before;

	asahi_objects_read(&before);
	stuck_init(s, foreign);
	stuck_drop(s);
	asahi_assert_objects_eq(&before);
	assert_cancelled(s, foreign);
}

static void by_sigkill(struct stuck *s, const struct asahi_foreign *foreign)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	unsigned int i;

	asahi_objects_read(&before);
	asahi_fork(&child) {
		stuck_init(s, foreign);
		for (i = 0; i < ARRAY_SIZE(s->fences); i++)
			asahi_send_fd(&child, s->fences[i]);
		asahi_await(&child);
	}
	for (i = 0; i < ARRAY_SIZE(s->fences); i++)
		s->fences[i] = asahi_recv_fd(&child);
	igt_assert(all_busy(s));
	asahi_child_kill(&child);
	asahi_assert_work_eq(&before);
	assert_cancelled(s, foreign);
	asahi_assert_objects_eq(&before);
}

/* The file goes on, and can use a new queue. */
static void by_destroy(struct stuck *s, const struct asahi_foreign *foreign)
{
	struct asahi_client *client = &s->client;
	struct asahi_objects before, now;
	struct asahi_job job;

	asahi_objects_read(&before);
	stuck_init(s, foreign);
	/* What waits for others goes first: it would run when those are over. */
	asahi_queue_destroy(client->fd, s->second_queue);
	asahi_queue_destroy(client->fd, client->queue_id);
	assert_cancelled(s, foreign);
	asahi_objects_read(&now);
	if (now.num) {
		igt_assert_eq_u64(asahi_objects_value(&now, "job"),
				  asahi_objects_value(&before, "job"));
		igt_assert_eq_u64(asahi_objects_value(&now, "fence"),
				  asahi_objects_value(&before, "fence"));
	}
	igt_assert_eq_u32(s->bo.map[0], 0);

	client->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, s->bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq_u32(s->bo.map[0], ASAHI_STORE_VALUE);
	stuck_drop(s);
	asahi_assert_objects_eq(&before);
}

/* A kind of fence and a way to give up. */
struct situation {
	enum asahi_foreign_kind kind;
	void (*give_up)(struct stuck *s, const struct asahi_foreign *foreign);
};

static void never(const void *data)
{
	const struct situation *situation = data;
	struct asahi_foreign foreign;
	struct stuck s;
	int fd;

	/* Here, as a child cannot skip. */
	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_WAITS);
	asahi_close(fd);
	asahi_foreign_init(&foreign, situation->kind);
	situation->give_up(&s, &foreign);
	asahi_foreign_signal(&foreign);
	asahi_foreign_fini(&foreign);
}

/**
 * SUBTEST: job-close
 * Description: What is waited for is a job of another file, which runs; the file is closed.
 */
static const struct situation job_close = { ASAHI_FOREIGN_JOB, by_close };

/**
 * SUBTEST: job-sigkill
 * Description: What is waited for is a job of another file, which runs; the process is killed.
 */
static const struct situation job_sigkill = { ASAHI_FOREIGN_JOB, by_sigkill };

/**
 * SUBTEST: job-destroy
 * Description: What is waited for is a job of another file, which runs; the queues are destroyed.
 */
static const struct situation job_destroy = { ASAHI_FOREIGN_JOB, by_destroy };

/**
 * SUBTEST: chain-close
 * Description: What is waited for is a point of a timeline behind one that is not over; the file
 *	is closed.
 */
static const struct situation chain_close = { ASAHI_FOREIGN_CHAIN, by_close };

/**
 * SUBTEST: chain-sigkill
 * Description: What is waited for is a point of a timeline behind one that is not over; the
 *	process is killed.
 */
static const struct situation chain_sigkill = { ASAHI_FOREIGN_CHAIN, by_sigkill };

/**
 * SUBTEST: chain-destroy
 * Description: What is waited for is a point of a timeline behind one that is not over; the queues
 *	are destroyed.
 */
static const struct situation chain_destroy = { ASAHI_FOREIGN_CHAIN, by_destroy };

/**
 * SUBTEST: array-close
 * Description: What is waited for are two fences of another file, merged; the file is closed.
 */
static const struct situation array_close = { ASAHI_FOREIGN_ARRAY, by_close };

/**
 * SUBTEST: array-sigkill
 * Description: What is waited for are two fences of another file, merged; the process is killed.
 */
static const struct situation array_sigkill = { ASAHI_FOREIGN_ARRAY, by_sigkill };

/**
 * SUBTEST: array-destroy
 * Description: What is waited for are two fences of another file, merged; the queues are destroyed.
 */
static const struct situation array_destroy = { ASAHI_FOREIGN_ARRAY, by_destroy };

/**
 * SUBTEST: vgem-close
 * Description: What is waited for is a fence of another driver; the file is closed.
 */
static const struct situation vgem_close = { ASAHI_FOREIGN_VGEM, by_close };

/**
 * SUBTEST: vgem-sigkill
 * Description: What is waited for is a fence of another driver; the process is killed.
 */
static const struct situation vgem_sigkill = { ASAHI_FOREIGN_VGEM, by_sigkill };

/**
 * SUBTEST: vgem-destroy
 * Description: What is waited for is a fence of another driver; the queues are destroyed.
 */
static const struct situation vgem_destroy = { ASAHI_FOREIGN_VGEM, by_destroy };

/**
 * SUBTEST: sw-sync-close
 * Description: What is waited for is a fence of userspace; the file is closed.
 */
static const struct situation sw_sync_close = { ASAHI_FOREIGN_SW_SYNC, by_close };

/**
 * SUBTEST: sw-sync-sigkill
 * Description: What is waited for is a fence of userspace; the process is killed.
 */
static const struct situation sw_sync_sigkill = { ASAHI_FOREIGN_SW_SYNC, by_sigkill };

/**
 * SUBTEST: sw-sync-destroy
 * Description: What is waited for is a fence of userspace; the queues are destroyed.
 */
static const struct situation sw_sync_destroy = { ASAHI_FOREIGN_SW_SYNC, by_destroy };

static void *signal_later(void *data)
{
	struct asahi_spin *spin = data;

	asahi_spin_release(spin);
	return NULL;
}

/**
 * SUBTEST: signal-races-close
 * Description: What jobs wait for signals while their file is closed: each of them has run or
 *	was cancelled, and nothing else.
 */
static void signal_races_close(void)
{
	/* The other file's job may be over or not. */
	static const char * const names[] = { "queue", "vm", "mapping" };
	struct asahi_objects before, now;
	struct asahi_foreign foreign;
	pthread_t thread;
	struct stuck s;
	unsigned int i, round;
	int status;

	for (round = 0; round < 30; round++) {
		asahi_foreign_init(&foreign, ASAHI_FOREIGN_JOB);
		asahi_objects_read(&before);
		stuck_init(&s, &foreign);
		igt_assert_eq(pthread_create(&thread, NULL, signal_later, &foreign.spin), 0);
		usleep(100 * (round % 10));
		stuck_drop(&s);
		asahi_objects_read(&now);
		pthread_join(thread, NULL);
		for (i = 0; now.num && i < ARRAY_SIZE(names); i++)
			igt_assert_eq_u64(asahi_objects_value(&now, names[i]),
					  asahi_objects_value(&before, names[i]));
		for (i = 0; i < ARRAY_SIZE(s.fences); i++) {
			status = sync_fence_status(s.fences[i]);
			close(s.fences[i]);
			igt_assert_f(status == 1 || status == -ECANCELED,
				     "round %u: job %u ended with %d\n", round, i, status);
		}
		asahi_foreign_signal(&foreign);
		asahi_foreign_fini(&foreign);
	}
}

static const struct asahi_subtest subtests[] = {
	{ "job-close", "A close cancels jobs behind another file's, and does not wait for that.",
	  NULL, never, &job_close },
	{ "job-sigkill", "A kill cancels jobs behind another file's, and does not wait for that.",
	  NULL, never, &job_sigkill },
	{ "job-destroy", "QUEUE_DESTROY cancels jobs behind another file's, and does not wait.",
	  NULL, never, &job_destroy },
	{ "chain-close", "A close cancels jobs behind a timeline, and does not wait for it.", NULL,
	  never, &chain_close },
	{ "chain-sigkill", "A kill cancels jobs behind a timeline, and does not wait for it.", NULL,
	  never, &chain_sigkill },
	{ "chain-destroy", "QUEUE_DESTROY cancels jobs behind a timeline, and does not wait.", NULL,
	  never, &chain_destroy },
	{ "array-close", "A close cancels jobs behind merged fences, and does not wait for them.",
	  NULL, never, &array_close },
	{ "array-sigkill", "A kill cancels jobs behind merged fences, and does not wait for them.",
	  NULL, never, &array_sigkill },
	{ "array-destroy", "QUEUE_DESTROY cancels jobs behind merged fences, and does not wait.",
	  NULL, never, &array_destroy },
	{ "vgem-close", "A close cancels jobs behind another driver's fence, and does not wait.",
	  NULL, never, &vgem_close },
	{ "vgem-sigkill", "A kill cancels jobs behind another driver's fence, and does not wait.",
	  NULL, never, &vgem_sigkill },
	{ "vgem-destroy", "QUEUE_DESTROY cancels jobs behind another driver's fence, at once.",
	  NULL, never, &vgem_destroy },
	{ "sw-sync-close", "A close cancels jobs behind a fence of userspace, and does not wait.",
	  NULL, never, &sw_sync_close },
	{ "sw-sync-sigkill", "A kill cancels jobs behind a fence of userspace, and does not wait.",
	  NULL, never, &sw_sync_sigkill },
	{ "sw-sync-destroy", "QUEUE_DESTROY cancels jobs behind a fence of userspace, at once.",
	  NULL, never, &sw_sync_destroy },
	{ "signal-races-close", "A job whose fence signals during a close has run or is cancelled.",
	  signal_races_close },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
