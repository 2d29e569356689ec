// SPDX-License-Identifier: MIT
/**
 * TEST: asahi leaks
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: memory
 * Functionality: all ioctls
 * Description: What is made and given up again, over and over, leaves no memory of the kernel's
 *	behind, counted by the driver or not; nor do calls that fail.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_exporter.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_memory.h"
#include "asahi_reclaim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("What leaves memory behind");

#define NONE DRM_ASAHI_BARRIER_NONE

/* What there is all the while. */
struct scene {
	struct asahi_client client;
	/* Another file. */
	int other;
	struct asahi_bo bo;
	/* Addresses where the client has nothing. */
	uint64_t va;
	uint32_t object;
	struct asahi_job job;
	uint32_t binary;
};

/* One thing that is done over and over. */
struct leak {
	unsigned int rounds;
	void (*once)(struct scene *s);
};

/*
 * Bytes of a buffer object that is made anew each time, and written to: if each of 200 stays, there
 * is far less memory than before.
 */
#define SIZE (8 * ASAHI_PAGE)

/* Pages of memory of others, far more pieces than one walks through. */
#define FOREIGN_PAGES 80

/* Rounds before the first count: what they leave to caches is there for all that follow. */
#define WARM_UP 10

static void scene_init(struct scene *s)
{
	asahi_client_init(&s->client);
	s->other = asahi_open();
	asahi_bo_init(&s->client, &s->bo, 4 * ASAHI_PAGE);
	s->va = asahi_client_va(&s->client, FOREIGN_PAGES * ASAHI_PAGE);
	s->object = asahi_object_bind(s->client.fd, s->bo.handle, 0, ASAHI_PAGE);
	asahi_job_init(&s->client, &s->job, ASAHI_SHADER_STOP, 0, 0, 0);
	s->job.compute.ts.start.handle = s->object;
	s->job.compute.ts.end.handle = s->object;
	s->job.compute.ts.end.offset = 8;
	s->binary = syncobj_create(s->client.fd, 0);
}

static void scene_fini(struct scene *s)
{
	syncobj_destroy(s->client.fd, s->binary);
	asahi_object_unbind(s->client.fd, s->object);
	asahi_bo_fini(&s->client, &s->bo);
	asahi_close(s->other);
	asahi_client_fini(&s->client);
}

static void leaks(const void *data)
{
	static struct asahi_memory before;
	const struct leak *leak = data;
	struct scene s;
	unsigned int i;

	scene_init(&s);
	asahi_memory_require();
	for (i = 0; i < WARM_UP; i++)
		leak->once(&s);
	asahi_memory_read(&before);
	for (i = 0; i < leak->rounds; i++)
		leak->once(&s);
	asahi_memory_assert(&before, leak->rounds);
	scene_fini(&s);
}

/**
 * SUBTEST: file
 * Description: A file that is opened and closed, with an address space and a queue in it.
 */
static void file_once(struct scene *s)
{
	int fd = asahi_open();

	(void)s;
	asahi_queue_create(fd, asahi_vm_create(fd), 0);
	syncobj_create(fd, 0);
	asahi_close(fd);
}

/**
 * SUBTEST: file-with-jobs
 * Description: A file whose job has run.
 */
static void file_with_jobs_once(struct scene *s)
{
	struct asahi_client client;
	struct asahi_job job;

	(void)s;
	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: killed-job
 * Description: A file that is closed while a job of it runs, and another waits behind that.
 */
static void killed_job_once(struct scene *s)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_job job;
	int fence;

	asahi_require_simulated(s->client.fd, ASAHI_UNDER_JOBS);
	asahi_client_init(&client);
	asahi_spin_init(&client, &spin);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_spin_start(&spin, client.queue_id);
	fence = asahi_job_start_after(&job);
	asahi_client_drop(&client);
	igt_assert_eq(asahi_finish(fence), -ECANCELED);
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
}

/**
 * SUBTEST: faulted-job
 * Description: A file whose job has faulted.
 */
static void faulted_job_once(struct scene *s)
{
	const struct asahi_stream nowhere = { .va = s->va };
	struct asahi_client client;
	struct asahi_job job;

	asahi_client_init(&client);
	asahi_job_init_stream(&client, &job, &nowhere);
	asahi_assert_failed(client.fd, asahi_job_run(&job), -EIO);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: vm
 * Description: An address space that is made and destroyed.
 */
static void vm_once(struct scene *s)
{
	asahi_vm_destroy(s->client.fd, asahi_vm_create(s->client.fd));
}

/* Give a buffer object all of its memory, as a CPU does. */
static void touch(int fd, uint32_t handle)
{
	uint32_t *map = asahi_gem_mmap(fd, handle, SIZE);

	map[SIZE / sizeof(*map) - 1] = 1;
	asahi_gem_munmap(map, SIZE);
}

/**
 * SUBTEST: private
 * Description: An address space with a private buffer object, which is written to, mapped for the
 *	GPU, and closed after it.
 */
static void private_once(struct scene *s)
{
	uint32_t vm_id = asahi_vm_create(s->client.fd);
	uint32_t handle = asahi_gem_create_private(s->client.fd, SIZE, vm_id);

	touch(s->client.fd, handle);
	asahi_vm_map(s->client.fd, vm_id, handle, 0, SIZE, s->va, ASAHI_RW);
	asahi_vm_destroy(s->client.fd, vm_id);
	gem_close(s->client.fd, handle);
}

/**
 * SUBTEST: buffer
 * Description: A buffer object that is written to, mapped for the GPU, and closed.
 */
static void buffer_once(struct scene *s)
{
	uint32_t handle = asahi_gem_create(s->client.fd, SIZE);

	touch(s->client.fd, handle);
	asahi_vm_map(s->client.fd, s->client.vm_id, handle, 0, SIZE, s->va, ASAHI_RW);
	gem_close(s->client.fd, handle);
}

/**
 * SUBTEST: bind
 * Description: Mappings of both kinds that are made, cut by one another, and unmapped.
 */
static void bind_once(struct scene *s)
{
	/* Not the scene's, which stays mapped. */
	uint32_t handle = asahi_gem_create(s->client.fd, 4 * ASAHI_PAGE);
	const struct drm_asahi_gem_bind_op ops[] = {
		{ .flags = ASAHI_RW, .handle = handle, .range = 4 * ASAHI_PAGE,
		  .addr = s->va },
		{ .flags = ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE, .handle = handle,
		  .range = 8 * ASAHI_PAGE, .addr = s->va + 2 * ASAHI_PAGE },
		{ .flags = DRM_ASAHI_BIND_UNBIND, .range = ASAHI_PAGE,
		  .addr = s->va + 4 * ASAHI_PAGE },
		{ .flags = DRM_ASAHI_BIND_UNBIND, .range = 16 * ASAHI_PAGE, .addr = s->va },
	};

	asahi_vm_bind(s->client.fd, s->client.vm_id, ops, ARRAY_SIZE(ops));
	gem_close(s->client.fd, handle);
}

/**
 * SUBTEST: share
 * Description: A buffer object that is written to, exported, imported by another file, and closed
 *	there.
 */
static void share_once(struct scene *s)
{
	uint32_t handle = asahi_gem_create(s->client.fd, SIZE);
	int dma_buf = prime_handle_to_fd(s->client.fd, handle);
	uint32_t copy = prime_fd_to_handle(s->other, dma_buf);

	touch(s->client.fd, handle);
	close(dma_buf);
	gem_close(s->client.fd, handle);
	gem_close(s->other, copy);
}

/**
 * SUBTEST: share-foreign
 * Description: Memory of a process, in many pieces, that is imported by two files, mapped for the
 *	GPU, and closed.
 */
static void share_foreign_once(struct scene *s)
{
	const uint64_t size = FOREIGN_PAGES * ASAHI_PAGE;
	struct asahi_exporter exporter;
	uint32_t handle, copy;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_BACKWARDS, size);
	handle = prime_fd_to_handle(s->client.fd, exporter.dma_buf);
	/* The number of pieces, and with it the size of what would be lost, varies. */
	copy = prime_fd_to_handle(s->other, exporter.dma_buf);
	asahi_exporter_fini(&exporter);
	asahi_vm_map(s->client.fd, s->client.vm_id, handle, 0, size, s->va, ASAHI_RW);
	gem_close(s->client.fd, handle);
	gem_close(s->other, copy);
}

/**
 * SUBTEST: evicted
 * Description: A buffer object that is mapped for the GPU, loses its memory, gets it back, loses it
 *	again, and is closed.
 */
static void evicted_once(struct scene *s)
{
	uint32_t handle = asahi_gem_create(s->client.fd, SIZE);

	asahi_reclaim_find(s->client.fd);
	touch(s->client.fd, handle);
	asahi_vm_map(s->client.fd, s->client.vm_id, handle, 0, SIZE, s->va, ASAHI_RW);
	asahi_evict();
	touch(s->client.fd, handle);
	asahi_evict();
	gem_close(s->client.fd, handle);
}

/**
 * SUBTEST: object
 * Description: A timestamp object that is made and given up, and is the last to have its memory.
 */
static void object_once(struct scene *s)
{
	uint32_t handle = asahi_gem_create(s->client.fd, SIZE);
	uint32_t object = asahi_object_bind(s->client.fd, handle, 0, SIZE);

	gem_close(s->client.fd, handle);
	asahi_object_unbind(s->client.fd, object);
}

/**
 * SUBTEST: queue
 * Description: A queue that is made and destroyed.
 */
static void queue_once(struct scene *s)
{
	asahi_queue_destroy(s->client.fd,
			    asahi_queue_create(s->client.fd, s->client.vm_id, 0));
}

static int submit(struct scene *s, const struct drm_asahi_sync *syncs, uint32_t in, uint32_t out)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_cmdbuf_compute(&cmdbuf, &s->job.compute, NONE, NONE);
	return __asahi_cmdbuf_submit(&s->client, s->client.queue_id, &cmdbuf, syncs, in, out);
}

/**
 * SUBTEST: submit
 * Description: A job with timestamps that waits for one fence several times, as that of a binary
 *	syncobj and of a point, and signals syncobjs of both kinds.
 */
static void submit_once(struct scene *s)
{
	const int fd = s->client.fd;
	const struct drm_asahi_sync first = asahi_sync_binary(syncobj_create(fd, 0));
	const struct drm_asahi_sync last = asahi_sync_binary(syncobj_create(fd, 0));
	const uint32_t timeline = syncobj_create(fd, 0);
	const struct drm_asahi_sync outs[] = { first, asahi_sync_point(timeline, 1) };
	const struct drm_asahi_sync syncs[] = {
		first, first, asahi_sync_point(timeline, 1), last, asahi_sync_point(timeline, 2),
	};

	igt_assert_eq(submit(s, outs, 0, 2), 0);
	igt_assert_eq(submit(s, syncs, 3, 2), 0);
	asahi_sync_wait(fd, last.handle);
	syncobj_destroy(fd, timeline);
	syncobj_destroy(fd, last.handle);
	syncobj_destroy(fd, first.handle);
}

/**
 * SUBTEST: failed
 * Description: Calls that make something and fail.
 */
static void failed_once(struct scene *s)
{
	const uint32_t none = UINT32_MAX;
	const int fd = s->client.fd;
	uint32_t id;

	igt_assert_eq(__asahi_vm_create(fd, ASAHI_PAGE, 2 * ASAHI_PAGE, &id), -EINVAL);
	igt_assert_eq(__asahi_queue_create(fd, s->client.vm_id, 2, 0, &id), -EINVAL);
	igt_assert_eq(__asahi_queue_create(fd, none, 0, 0, &id), -ENOENT);
	igt_assert_eq(__asahi_gem_create(fd, UINT64_MAX, 0, 0, &id), -EINVAL);
	igt_assert_eq(__asahi_gem_create(fd, ASAHI_PAGE, DRM_ASAHI_GEM_VM_PRIVATE, none, &id),
		      -ENOENT);
	igt_assert_eq(__asahi_object_bind(fd, s->bo.handle, 0, 8 * ASAHI_PAGE, &id), -EINVAL);
	igt_assert_eq(__asahi_object_bind(fd, none, 0, ASAHI_PAGE, &id), -ENOENT);
}

/**
 * SUBTEST: failed-bind
 * Description: A VM_BIND whose second step fails, and one of an address space that is not there.
 */
static void failed_bind_once(struct scene *s)
{
	struct drm_asahi_gem_bind_op ops[2] = {
		{ .flags = ASAHI_RW, .handle = s->bo.handle, .range = ASAHI_PAGE, .addr = s->va },
		{ .flags = ASAHI_RW, .handle = s->bo.handle, .range = 5 * ASAHI_PAGE,
		  .addr = s->va },
	};

	igt_assert_eq(__asahi_vm_bind(s->client.fd, s->client.vm_id, ops, 2), -EINVAL);
	ops[1].handle = UINT32_MAX;
	igt_assert_eq(__asahi_vm_bind(s->client.fd, s->client.vm_id, ops, 2), -ENOENT);
	igt_assert_eq(__asahi_vm_bind(s->client.fd, UINT32_MAX, ops, 1), -ENOENT);
}

/**
 * SUBTEST: failed-submit
 * Description: A SUBMIT that fails because of its syncs, after some of them were found, and one
 *	that fails because of its commands, after everything else was.
 */
static void failed_submit_once(struct scene *s)
{
	const int fd = s->client.fd;
	const uint32_t timeline = syncobj_create(fd, 0);
	const uint32_t signalled = syncobj_create(fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	struct drm_asahi_sync syncs[] = {
		asahi_sync_binary(signalled), asahi_sync_binary(s->binary),
		asahi_sync_point(timeline, 1), asahi_sync_binary(UINT32_MAX),
	};
	const uint32_t offset = s->job.compute.ts.end.offset;

	/* Nothing there to wait for; nothing there to signal. */
	igt_assert_eq(submit(s, syncs, 2, 2), -EINVAL);
	igt_assert_eq(submit(s, syncs, 1, 3), -ENOENT);
	s->job.compute.ts.end.offset = ASAHI_PAGE;
	igt_assert_eq(submit(s, syncs, 1, 2), -ERANGE);
	s->job.compute.ts.end.offset = offset;
	syncobj_destroy(fd, signalled);
	syncobj_destroy(fd, timeline);
}

static const struct leak of_file = { 200, file_once };
static const struct leak of_file_with_jobs = { 50, file_with_jobs_once };
static const struct leak of_killed_job = { 100, killed_job_once };
static const struct leak of_faulted_job = { 100, faulted_job_once };
static const struct leak of_vm = { 200, vm_once };
static const struct leak of_private = { 200, private_once };
static const struct leak of_buffer = { 200, buffer_once };
static const struct leak of_bind = { 200, bind_once };
static const struct leak of_share = { 200, share_once };
static const struct leak of_share_foreign = { 100, share_foreign_once };
static const struct leak of_evicted = { 200, evicted_once };
static const struct leak of_object = { 200, object_once };
static const struct leak of_queue = { 400, queue_once };
static const struct leak of_submit = { 50, submit_once };
static const struct leak of_failed = { 200, failed_once };
static const struct leak of_failed_bind = { 200, failed_bind_once };
static const struct leak of_failed_submit = { 200, failed_submit_once };

static const struct asahi_subtest subtests[] = {
	{ "file", "A file leaves nothing behind.", NULL, leaks, &of_file },
	{ "file-with-jobs", "A file whose job has run leaves nothing behind.", NULL, leaks,
	  &of_file_with_jobs },
	{ "killed-job", "A file that is closed under its jobs leaves nothing behind.", NULL, leaks,
	  &of_killed_job },
	{ "faulted-job", "A file whose job has faulted leaves nothing behind.", NULL, leaks,
	  &of_faulted_job },
	{ "vm", "An address space leaves nothing behind.", NULL, leaks, &of_vm },
	{ "private", "A private buffer object leaves nothing behind.", NULL, leaks, &of_private },
	{ "buffer", "A buffer object leaves nothing behind.", NULL, leaks, &of_buffer },
	{ "bind", "Mappings leave nothing behind.", NULL, leaks, &of_bind },
	{ "share", "A shared buffer object leaves nothing behind.", NULL, leaks, &of_share },
	{ "share-foreign", "Memory of others leaves nothing behind.", NULL, leaks,
	  &of_share_foreign },
	{ "evicted", "Eviction leaves nothing behind.", NULL, leaks, &of_evicted },
	{ "object", "A timestamp object leaves nothing behind.", NULL, leaks, &of_object },
	{ "queue", "A queue leaves nothing behind.", NULL, leaks, &of_queue },
	{ "submit", "A job leaves nothing behind.", NULL, leaks, &of_submit },
	{ "failed", "Calls that fail leave nothing behind.", NULL, leaks, &of_failed },
	{ "failed-bind", "A VM_BIND that fails leaves nothing behind.", NULL, leaks,
	  &of_failed_bind },
	{ "failed-submit", "A SUBMIT that fails leaves nothing behind.", NULL, leaks,
	  &of_failed_submit },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
