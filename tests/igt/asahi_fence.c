// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fence
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: fences
 * Functionality: SUBMIT
 * Description: Fences of jobs: each signals, once, with the right error, and not before the GPU
 *	has let go of the job; and none is lost where the kernel puts several together.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "asahi_writer.h"
#include "dmabuf_sync_file.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("When and how fences signal");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Why some are for the simulated GPU only. */
#define DIFFERS "drivers differ in what the fence of a job that ends badly says, and when"

/* Everything that can be asked of a fence says @status, and asking changes nothing. */
static void assert_status(int fence, int status)
{
	struct sync_fence_info info = { 0 };
	struct sync_file_info file = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)&info,
	};
	struct pollfd pollfd = { .fd = fence, .events = POLLIN };
	unsigned int i;
	int merged;

	for (i = 0; i < 2; i++) {
		igt_assert_eq(poll(&pollfd, 1, 0), 1);
		igt_assert_eq(pollfd.revents, POLLIN);
		igt_assert_eq(sync_fence_status(fence), status);
		igt_assert_eq(ioctl(fence, SYNC_IOC_FILE_INFO, &file), 0);
		igt_assert_eq(file.num_fences, 1);
		igt_assert_eq(file.status, status);
		igt_assert_eq(info.status, status);
		igt_assert_neq_u64(info.timestamp_ns, 0);
		igt_assert_neq(info.driver_name[0], '\0');
		igt_assert_neq(info.obj_name[0], '\0');

		/* The kernel merges what is over to something without an error. */
		merged = sync_fence_merge(fence, fence);
		igt_assert_eq(sync_fence_wait(merged, 0), 0);
		close(merged);
	}
}

/* A job that is waited for through each kind of syncobj. */
struct ending {
	struct asahi_client client;
	/** @binary, @timeline: signalled by the job, the latter at point 7. */
	struct drm_asahi_sync outs[2];
	/** @fence: the job's. */
	int fence;
};

static void ending_init(struct ending *e)
{
	memset(e, 0, sizeof(*e));
	asahi_client_init(&e->client);
	e->outs[0] = asahi_sync_binary(syncobj_create(e->client.fd, 0));
	e->outs[1] = asahi_sync_point(syncobj_create(e->client.fd, 0), 7);
}

static void ending_start(struct ending *e, const struct asahi_job *job)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_cmdbuf_compute(&cmdbuf, &job->compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&e->client, e->client.queue_id, &cmdbuf, e->outs, 0,
					    2), 0);
	e->fence = asahi_sync_export(e->client.fd, e->outs[0].handle);
}

/* The job has ended with @status, whoever asks. */
static void ending_assert(struct ending *e, int status)
{
	int fd = e->client.fd, fence;
	uint64_t point = 0;

	igt_assert_eq(sync_fence_wait(e->fence, asahi_hang_ms()), 0);
	assert_status(e->fence, status);

	asahi_sync_wait(fd, e->outs[0].handle);
	asahi_sync_wait_point(fd, e->outs[1].handle, 7);
	syncobj_timeline_query(fd, &e->outs[1].handle, &point, 1);
	igt_assert_eq_u64(point, 7);

	/* A point of a timeline as a sync file: the kernel keeps no error there. */
	syncobj_timeline_to_binary(fd, e->outs[0].handle, e->outs[1].handle, 7, 0);
	fence = asahi_sync_export(fd, e->outs[0].handle);
	igt_assert_eq(sync_fence_wait(fence, 0), 0);
	close(fence);
}

static void ending_fini(struct ending *e)
{
	close(e->fence);
	asahi_client_drop(&e->client);
}

/**
 * SUBTEST: success
 * Description: The fence of a job that ends well says so in every way.
 */
static void success(void)
{
	struct asahi_job job;
	struct ending e;

	ending_init(&e);
	asahi_job_init(&e.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	ending_start(&e, &job);
	ending_assert(&e, 1);
	ending_fini(&e);
}

/**
 * SUBTEST: canceled
 * Description: The fence of a job whose queue is destroyed says ECANCELED in every way.
 */
static void canceled(void)
{
	struct asahi_job job;
	struct ending e;
	bool busy;

	ending_init(&e);
	asahi_require_simulated(e.client.fd, DIFFERS);
	asahi_job_init(&e.client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	ending_start(&e, &job);
	busy = asahi_is_busy(e.fence);
	asahi_queue_destroy(e.client.fd, e.client.queue_id);
	igt_assert(busy);
	ending_assert(&e, -ECANCELED);
	ending_fini(&e);
}

/**
 * SUBTEST: fault
 * Description: The fence of a job that faults says EIO in every way.
 */
static void fault(void)
{
	struct asahi_job job;
	struct asahi_bo bo;
	struct ending e;

	ending_init(&e);
	asahi_require_simulated(e.client.fd, DIFFERS);
	asahi_bo_init(&e.client, &bo, ASAHI_PAGE);
	asahi_job_init(&e.client, &job, ASAHI_SHADER_UNDEFINED, bo.va, 0, 0);
	ending_start(&e, &job);
	ending_assert(&e, -EIO);
	asahi_bo_unmap(&bo);
	ending_fini(&e);
}

/**
 * SUBTEST: time-limit
 * Description: The fence of a job that does not end says ETIMEDOUT in every way, and no store of
 *	the job comes after it.
 */
static void time_limit(void)
{
	volatile uint32_t *word;
	struct asahi_job job;
	struct asahi_bo bo;
	struct ending e;
	uint64_t end;

	ending_init(&e);
	asahi_require_simulated(e.client.fd, DIFFERS);
	asahi_bo_init(&e.client, &bo, ASAHI_PAGE);
	asahi_job_init(&e.client, &job, ASAHI_SHADER_WRITER, bo.va, 0, 0);
	ending_start(&e, &job);
	ending_assert(&e, -ETIMEDOUT);
	word = bo.map;
	igt_assert_eq_u32(*word, ASAHI_WRITER_VALUE);
	*word = 0;
	for (end = asahi_now_ns() + ASAHI_LATE_NS; asahi_now_ns() < end;)
		igt_assert_eq_u32(*word, 0);
	asahi_bo_unmap(&bo);
	ending_fini(&e);
}

/**
 * SUBTEST: no-device
 * Description: The fence of a job whose device is gone says ENODEV in every way, also where its
 *	syncobjs have been carried to a file of the next device.
 */
static void no_device(void)
{
	struct asahi_binding binding;
	int ret, bound, status, fds[2];
	struct asahi_job job;
	struct ending e;
	unsigned int i;
	bool busy;

	ending_init(&e);
	asahi_require_simulated(e.client.fd, ASAHI_UNBINDS);
	asahi_binding_find(e.client.fd, &binding);
	asahi_job_init(&e.client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	ending_start(&e, &job);
	busy = asahi_is_busy(e.fence);
	for (i = 0; i < 2; i++)
		fds[i] = syncobj_handle_to_fd(e.client.fd, e.outs[i].handle, 0);
	ret = asahi_unbind(&binding);
	status = sync_fence_status(e.fence);
	asahi_client_drop(&e.client);
	bound = asahi_bind(&binding);

	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_assert(busy);
	igt_assert_eq(ret, 0);
	igt_assert_eq(status, -ENODEV);
	asahi_client_init(&e.client);
	for (i = 0; i < 2; i++) {
		e.outs[i].handle = syncobj_fd_to_handle(e.client.fd, fds[i], 0);
		close(fds[i]);
	}
	ending_assert(&e, -ENODEV);
	ending_fini(&e);
	asahi_assert_works();
}

/**
 * SUBTEST: last-store
 * Description: What a job stores last, and the time at which it ended, are there as soon as its
 *	fence has signalled.
 */
static void last_store(void)
{
	struct asahi_stamps s;
	struct asahi_job job;
	struct asahi_bo bo;
	unsigned int i;
	uint32_t last;
	int fence;

	asahi_stamps_init(&s);
	asahi_bo_init(&s.client, &bo, ASAHI_PAGE);
	asahi_job_init_grid(&s.client, &job, ASAHI_SHADER_TID, bo.va, 0, 1024, 32);
	asahi_stamp_compute(&job.compute, &s, 0);
	for (i = 0; i < 200; i++) {
		uint64_t stamp, end = asahi_now_ms() + asahi_hang_ms();
		bool busy;

		bo.map[1023] = 0;
		s.words[1] = 0;
		fence = asahi_job_start(&job);

		/* Looking, not sleeping: no wake-up lies between the signal and the load. */
		do {
			busy = asahi_is_busy(fence);
		} while (busy && asahi_now_ms() < end);
		last = *(volatile uint32_t *)&bo.map[1023];
		stamp = s.words[1];
		igt_assert_f(!busy, "the job does not end\n");
		igt_assert_eq_u32(last, 1023);
		igt_assert_neq_u64(stamp, 0);
		igt_assert_eq(asahi_finish(fence), 1);
	}
	asahi_bo_fini(&s.client, &bo);
	asahi_stamps_fini(&s);
}

/* How a job that stores for ever is ended. */
enum how {
	DESTROY,
	CLOSE,
};

static void no_store_after(const void *data)
{
	const enum how *how = data;
	struct asahi_writer w;
	unsigned int i;
	int ret = 0;

	asahi_writer_init(&w);
	for (i = 0; i < 20; i++) {
		asahi_writer_start(&w);
		if (*how == DESTROY)
			ret = __asahi_queue_destroy(w.client.fd, w.client.queue_id);
		asahi_client_drop(&w.client);
		asahi_writer_join(&w);
		igt_assert_eq(ret, 0);
		asahi_writer_assert(&w, -ECANCELED);
	}
	asahi_writer_fini(&w);
}

/**
 * SUBTEST: destroy-no-late-store
 * Description: No store of a job comes after its fence when its queue is destroyed.
 */
static const enum how destroy = DESTROY;

/**
 * SUBTEST: close-no-late-store
 * Description: No store of a job comes after its fence when its file is closed.
 */
static const enum how closed = CLOSE;

/**
 * SUBTEST: once
 * Description: Each of many jobs, whatever becomes of it, ends once: the count of fences that have
 *	not signalled goes up by one with each submit and comes back to where it was.
 */
static void once(void)
{
	static const enum asahi_shader shaders[] = {
		ASAHI_SHADER_STOP, ASAHI_SHADER_UNDEFINED, ASAHI_SHADER_STOP, ASAHI_SHADER_ENDLESS,
	};
	static const int statuses[] = { 1, -EIO, 1, -ECANCELED };
	struct asahi_job jobs[ARRAY_SIZE(shaders)];
	int fences[16][ARRAY_SIZE(shaders)];
	struct asahi_client client;
	struct asahi_bo bo;
	unsigned int i, j;
	uint64_t before;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	before = asahi_objects_count("fence");
	for (j = 0; j < ARRAY_SIZE(shaders); j++)
		asahi_job_init(&client, &jobs[j], shaders[j], bo.va, 0, 0);

	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		for (j = 0; j < ARRAY_SIZE(shaders); j++)
			fences[i][j] = asahi_job_start(&jobs[j]);
		/* Only the endless one is left. */
		for (j = 0; j + 1 < ARRAY_SIZE(shaders); j++)
			igt_assert_eq(sync_fence_wait(fences[i][j], asahi_hang_ms()), 0);
		igt_assert_eq_u64(asahi_objects_count("fence"), before + 1);
		asahi_queue_destroy(client.fd, client.queue_id);
		igt_assert_eq_u64(asahi_objects_count("fence"), before);
		client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	}

	for (i = 0; i < ARRAY_SIZE(fences); i++)
		for (j = 0; j < ARRAY_SIZE(shaders); j++)
			igt_assert_eq(asahi_finish(fences[i][j]), statuses[j]);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/* Whether lockdep watches, as it does until it has found something; -1 where there is none. */
static int lockdep_watches(void)
{
	FILE *file = fopen("/proc/lockdep_stats", "r");
	int watches = -1;
	char line[128];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file) && sscanf(line, " debug_locks: %d", &watches) != 1)
		;
	fclose(file);
	return watches;
}

/**
 * SUBTEST: signalling
 * Description: Whatever lies between a SUBMIT and its fence, another job to wait for, a fault, a
 *	kill in line or on the GPU, never waits for memory, nor for a lock whose holder may wait for
 *	the fence, nor sleeps in an interrupt: lockdep, if the kernel has it, finds nothing wrong.
 */
static void signalling(void)
{
	static const enum asahi_shader shaders[] = {
		ASAHI_SHADER_STOP, ASAHI_SHADER_UNDEFINED, ASAHI_SHADER_STOP, ASAHI_SHADER_ENDLESS,
		ASAHI_SHADER_STOP,
	};
	static const int statuses[] = { 1, -EIO, 1, -ECANCELED, -ECANCELED };
	int fences[ARRAY_SIZE(shaders)], watched = lockdep_watches();
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_client client, other;
	struct asahi_spin spin;
	struct asahi_job job;
	struct asahi_bo bo;
	unsigned int i;
	int fence;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_END);
	asahi_client_init(&other);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_spin_init(&other, &spin);
	asahi_spin_start(&spin, other.queue_id);
	syncs[0] = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncobj_import_sync_file(client.fd, syncs[0].handle, spin.fence);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client.fd, syncs[1].handle);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq(asahi_finish(fence), 1);

	for (i = 0; i < ARRAY_SIZE(shaders); i++) {
		asahi_job_init(&client, &job, shaders[i], bo.va, 0, 0);
		fences[i] = asahi_job_start_after(&job);
	}
	for (i = 0; statuses[i] != -ECANCELED; i++)
		igt_assert_eq(sync_fence_wait(fences[i], asahi_hang_ms()), 0);
	asahi_queue_destroy(client.fd, client.queue_id);
	for (i = 0; i < ARRAY_SIZE(shaders); i++)
		igt_assert_eq(asahi_finish(fences[i]), statuses[i]);

	if (watched != 1)
		igt_info("no lockdep, or it has found something before\n");
	else
		igt_assert_f(lockdep_watches(), "lockdep has found something wrong, see the log\n");
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_client_fini(&other);
}

/*
 * Submits of one queue that end in another order than they began: the first goes on for as long as
 * the test wants, and all that come after it, on the other ring, are over.
 */
#define OVER 24

struct unordered {
	struct asahi_client client;
	struct asahi_spin spin;
	/** @timeline: the first has signalled point 1, and so on. */
	uint32_t timeline;
	/** @fences: the first one, which is not over, and the others. */
	int fences[1 + OVER];
};

static void unordered_submit(struct unordered *u, const struct asahi_cmdbuf *cmdbuf, unsigned int i)
{
	int fd = u->client.fd;
	struct drm_asahi_sync outs[] = {
		asahi_sync_point(u->timeline, 1 + i),
		asahi_sync_binary(syncobj_create(fd, 0)),
	};

	igt_assert_eq(__asahi_cmdbuf_submit(&u->client, u->client.queue_id, cmdbuf, outs, 0, 2),
		      0);
	u->fences[i] = asahi_sync_export(fd, outs[1].handle);
	syncobj_destroy(fd, outs[1].handle);
}

static void unordered_init(struct unordered *u)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf first = { 0 }, other = { 0 };
	struct asahi_client *client = &u->client;
	unsigned int i;

	asahi_client_init(client);
	asahi_require_simulated(client->fd, ASAHI_NO_RENDER);
	u->timeline = syncobj_create(client->fd, 0);
	asahi_spin_init(client, &u->spin);
	asahi_cmdbuf_compute(&first, &u->spin.job.compute, NONE, NONE);
	asahi_render_empty(client, &render);
	asahi_cmdbuf_render(&other, &render, NONE, NONE);

	unordered_submit(u, &first, 0);
	asahi_spin_wait_started(&u->spin);
	for (i = 1; i <= OVER; i++)
		unordered_submit(u, &other, i);
	for (i = 1; i <= OVER; i++)
		igt_assert_eq(sync_fence_wait(u->fences[i], asahi_hang_ms()), 0);
	igt_assert(asahi_is_busy(u->fences[0]));
}

/* Let the first one end, well. */
static void unordered_finish(struct unordered *u)
{
	asahi_spin_release(&u->spin);
	igt_assert_eq(sync_fence_wait(u->fences[0], asahi_hang_ms()), 0);
	igt_assert_eq(sync_fence_status(u->fences[0]), 1);
}

static void unordered_fini(struct unordered *u)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(u->fences); i++)
		close(u->fences[i]);
	asahi_client_fini(&u->client);
}

/* Merge all, beginning with number @start, one after the other. */
static int merge_from(const struct unordered *u, unsigned int start)
{
	unsigned int i, num = ARRAY_SIZE(u->fences);
	int merged = dup(u->fences[start]), next;

	for (i = 1; i < num; i++) {
		next = sync_fence_merge(merged, u->fences[(start + i) % num]);
		close(merged);
		merged = next;
	}

	return merged;
}

/**
 * SUBTEST: merge-sync-files
 * Description: Of submits of one queue that are merged, in any order, none that is not over is
 *	lost behind later ones that are.
 */
static void merge_sync_files(void)
{
	struct unordered u;
	unsigned int i;
	int merged[ARRAY_SIZE(u.fences)];

	unordered_init(&u);
	for (i = 0; i < ARRAY_SIZE(merged); i++) {
		merged[i] = merge_from(&u, i);
		igt_assert(asahi_is_busy(merged[i]));
	}
	unordered_finish(&u);
	for (i = 0; i < ARRAY_SIZE(merged); i++)
		igt_assert_eq(asahi_finish(merged[i]), 1);
	unordered_fini(&u);
}

/* Queues with a job each that runs. */
#define RUNNING 4

/**
 * SUBTEST: merge-running
 * Description: A merged fence of many submits, none of which is over, signals with the last of
 *	them, in whatever order they end.
 */
static void merge_running(void)
{
	static const unsigned int orders[][RUNNING] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};
	struct asahi_spin spins[RUNNING];
	struct asahi_client client;
	unsigned int i, k;
	uint32_t queue_id;
	int merged, next;

	for (k = 0; k < ARRAY_SIZE(orders); k++) {
		asahi_client_init(&client);
		asahi_require_simulated(client.fd, "it needs jobs of many queues at a time");
		merged = -1;
		for (i = 0; i < RUNNING; i++) {
			queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
			asahi_spin_init(&client, &spins[i]);
			asahi_spin_start(&spins[i], queue_id);
			next = i ? sync_fence_merge(merged, spins[i].fence) :
				   dup(spins[i].fence);
			if (i)
				close(merged);
			merged = next;
		}
		for (i = 0; i < RUNNING; i++) {
			igt_assert(asahi_is_busy(merged));
			igt_assert_eq(asahi_spin_finish(&spins[orders[k][i]]), 1);
		}
		igt_assert_eq(asahi_finish(merged), 1);
		asahi_client_drop(&client);
	}
}

/**
 * SUBTEST: merge-timeline
 * Description: No point of a timeline is reached before all before it, though the submits behind
 *	it are over.
 */
static void merge_timeline(void)
{
	uint64_t reached, point;
	struct unordered u;
	uint32_t binary;
	int fd, fence;

	unordered_init(&u);
	fd = u.client.fd;
	binary = syncobj_create(fd, 0);
	for (point = 1; point <= 1 + OVER; point++)
		igt_assert(asahi_sync_is_busy_point(fd, u.timeline, point));
	syncobj_timeline_query(fd, &u.timeline, &reached, 1);
	igt_assert_eq_u64(reached, 0);
	syncobj_timeline_to_binary(fd, binary, u.timeline, 1 + OVER, 0);
	fence = asahi_sync_export(fd, binary);
	igt_assert(asahi_is_busy(fence));

	unordered_finish(&u);
	igt_assert_eq(asahi_finish(fence), 1);
	for (point = 1; point <= 1 + OVER; point++)
		asahi_sync_wait_point(fd, u.timeline, point);
	syncobj_timeline_query(fd, &u.timeline, &reached, 1);
	igt_assert_eq_u64(reached, 1 + OVER);
	syncobj_destroy(fd, binary);
	unordered_fini(&u);
}

/**
 * SUBTEST: merge-resv
 * Description: A buffer that all fences are attached to, in either order, is busy until the one
 *	that is not over has signalled, for who reads and for who writes.
 */
static void merge_resv(void)
{
	static const uint32_t usages[] = { DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE };
	unsigned int i, k, num;
	struct unordered u;
	int dma_bufs[4], fences[4];
	struct asahi_bo bos[4];

	unordered_init(&u);
	num = ARRAY_SIZE(u.fences);
	for (k = 0; k < ARRAY_SIZE(bos); k++) {
		asahi_bo_init(&u.client, &bos[k], ASAHI_PAGE);
		dma_bufs[k] = prime_handle_to_fd(u.client.fd, bos[k].handle);
		igt_assert(!dmabuf_busy(dma_bufs[k], DMA_BUF_SYNC_WRITE));
		for (i = 0; i < num; i++)
			dmabuf_import_sync_file(dma_bufs[k], usages[k / 2],
						u.fences[k % 2 ? num - 1 - i : i]);
		/* Who writes waits for readers and writers, who reads for writers. */
		fences[k] = dmabuf_export_sync_file(dma_bufs[k], usages[1 - k / 2]);
		igt_assert(asahi_is_busy(fences[k]));
	}
	unordered_finish(&u);
	for (k = 0; k < ARRAY_SIZE(bos); k++) {
		igt_assert_eq(asahi_finish(fences[k]), 1);
		igt_assert(!dmabuf_busy(dma_bufs[k], DMA_BUF_SYNC_WRITE));
		close(dma_bufs[k]);
		asahi_bo_fini(&u.client, &bos[k]);
	}
	unordered_fini(&u);
}

/**
 * SUBTEST: merge-killed
 * Description: Fences of jobs that were killed are no less to be waited for: merged with others,
 *	attached to a buffer or put on a timeline they signal, and the error is the first one's.
 */
static void merge_killed(void)
{
	struct unordered u;
	uint32_t timeline;
	struct asahi_client other;
	unsigned int i;
	int merged;

	unordered_init(&u);
	merged = merge_from(&u, 3);
	asahi_client_init(&other);
	timeline = syncobj_fd_to_handle(other.fd,
					syncobj_handle_to_fd(u.client.fd, u.timeline, 0), 0);
	igt_assert(asahi_sync_is_busy_point(other.fd, timeline, 1 + OVER));
	asahi_client_drop(&u.client);
	igt_assert_eq(sync_fence_status(u.fences[0]), -ECANCELED);
	igt_assert_eq(asahi_finish(merged), -ECANCELED);
	asahi_sync_wait_point(other.fd, timeline, 1 + OVER);
	asahi_client_fini(&other);
	for (i = 0; i < ARRAY_SIZE(u.fences); i++)
		close(u.fences[i]);
}

static const struct asahi_subtest subtests[] = {
	{ "success", "The fence of a job that ends well says success.", success },
	{ "canceled", "The fence of a job whose queue is destroyed says ECANCELED.", canceled },
	{ "fault", "The fence of a job that faults says EIO.", fault },
	{ "time-limit", "The fence of a job that does not end says ETIMEDOUT.", time_limit },
	{ "no-device", "The fence of a job whose device is gone says ENODEV.", no_device },
	{ "last-store", "What a job stores is there when it is over.", last_store },
	{ "destroy-no-late-store", "Nothing is stored after the fence of a destroyed queue's job.",
	  NULL, no_store_after, &destroy },
	{ "close-no-late-store", "Nothing is stored after the fence of a closed file's job.", NULL,
	  no_store_after, &closed },
	{ "once", "Each fence signals once.", once },
	{ "signalling", "No fence waits for memory or a lock.", signalling },
	{ "merge-sync-files", "Merging loses none that is not over.", merge_sync_files },
	{ "merge-running", "A merged fence signals with the last.", merge_running },
	{ "merge-timeline", "Points are reached in order.", merge_timeline },
	{ "merge-resv", "A buffer is busy until all have signalled.", merge_resv },
	{ "merge-killed", "Killed jobs are merged like others.", merge_killed },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
