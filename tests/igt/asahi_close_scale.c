// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close scale
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Closing files with thousands of everything. How long it took is printed; that it
 *	does not hang is all that is demanded, bench/ has the rest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Closing files with thousands of objects");

#define NUM_QUEUES 1000
#define JOBS_PER_QUEUE 2
#define NUM_VMS 500
#define NUM_MAPPINGS 20000
#define NUM_BOS 2000
#define NUM_OBJECTS 1000

/* Steps of one VM_BIND. */
#define BATCH 1000

/* Where nothing else of a client is mapped. */
#define MAPPINGS_VA 0x3000000000ull

/* Close a file and see that all that was made since @before is gone, in bounded time. */
static void close_all(struct asahi_client *client, const struct asahi_objects *before)
{
	uint64_t ms = asahi_now_ms();

	asahi_client_drop(client);
	ms = asahi_now_ms() - ms;
	asahi_assert_objects_eq(before);
	igt_info("closed in %llu ms\n", (unsigned long long)ms);
	igt_assert_lt_u64(ms, asahi_hang_ms());
}

/* That there is as much as the test is about. */
static void assert_more(const struct asahi_objects *before, const char *name, uint64_t num)
{
	struct asahi_objects now;

	asahi_objects_read(&now);
	if (now.num)
		igt_assert_lte_u64(asahi_objects_value(before, name) + num,
				   asahi_objects_value(&now, name));
}

static void hang(struct asahi_client *client, struct asahi_job *job, uint32_t queue_id)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	unsigned int i;

	asahi_cmdbuf_compute(&cmdbuf, &job->compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	for (i = 0; i < JOBS_PER_QUEUE; i++)
		igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, &cmdbuf, NULL, 0, 0), 0);
}

/**
 * SUBTEST: hung-queues
 * Description: A file with 1,000 queues is closed, on each of which jobs run that never end or
 *	wait for their turn.
 */
static void hung_queues(void)
{
	struct asahi_client client;
	struct asahi_objects before;
	struct asahi_job job;
	unsigned int i;
	int first, last;

	asahi_objects_read(&before);
	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_END);
	asahi_job_init(&client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	first = asahi_job_start(&job);
	for (i = 1; i < NUM_QUEUES; i++) {
		client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
		hang(&client, &job, client.queue_id);
	}
	last = asahi_job_start(&job);
	assert_more(&before, "queue", NUM_QUEUES);
	assert_more(&before, "job", NUM_QUEUES);
	igt_assert(asahi_is_busy(last));
	close_all(&client, &before);
	igt_assert_lt(asahi_finish(first), 0);
	igt_assert_eq(asahi_finish(last), -ECANCELED);
}

/**
 * SUBTEST: hung-vms
 * Description: A file with 500 address spaces is closed, in each of which jobs run that never end
 *	or wait for a place on the GPU.
 */
static void hung_vms(void)
{
	struct asahi_client *clients = calloc(NUM_VMS, sizeof(*clients));
	struct asahi_objects before;
	struct asahi_job job;
	unsigned int i;
	int fd, last;

	igt_assert(clients);
	asahi_objects_read(&before);
	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_NO_END);
	for (i = 0; i < NUM_VMS; i++) {
		asahi_client_init_fd(&clients[i], fd);
		asahi_job_init(&clients[i], &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
		hang(&clients[i], &job, clients[i].queue_id);
		if (i)
			asahi_bo_unmap(&clients[i].arena);
	}
	assert_more(&before, "vm", NUM_VMS);
	assert_more(&before, "job", NUM_VMS);
	last = asahi_job_start(&job);
	igt_assert(asahi_is_busy(last));
	close_all(&clients[0], &before);
	igt_assert_eq(asahi_finish(last), -ECANCELED);
	free(clients);
}

/* Map @num pages of a buffer of @pages, no two neighbours the same. */
static void map_many(struct asahi_client *client, uint32_t handle, unsigned int num,
		     unsigned int pages)
{
	struct drm_asahi_gem_bind_op *ops = calloc(BATCH, sizeof(*ops));
	unsigned int i, n;

	igt_assert(ops);
	for (i = 0; i < num; i += n) {
		for (n = 0; n < BATCH && i + n < num; n++)
			ops[n] = (struct drm_asahi_gem_bind_op){
				.flags = ASAHI_RW,
				.handle = handle,
				.offset = (uint64_t)((i + n) * 7 % pages) * ASAHI_PAGE,
				.range = ASAHI_PAGE,
				.addr = MAPPINGS_VA + (uint64_t)(i + n) * 2 * ASAHI_PAGE,
			};
		asahi_vm_bind(client->fd, client->vm_id, ops, n);
	}
	free(ops);
}

/**
 * SUBTEST: mappings
 * Description: A file is closed with 20,000 mappings in one address space, in which a job runs; on
 *	real hardware one has.
 */
static void mappings(void)
{
	struct asahi_client client;
	struct asahi_objects before;
	struct asahi_spin spin;
	struct asahi_bo bo;
	bool strict;

	asahi_objects_read(&before);
	asahi_client_init(&client);
	strict = asahi_is_simulated(client.fd);
	asahi_bo_init(&client, &bo, 64 * ASAHI_PAGE);
	map_many(&client, bo.handle, NUM_MAPPINGS, 64);
	assert_more(&before, "mapping", NUM_MAPPINGS);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	if (!strict)
		igt_assert_eq(asahi_spin_finish(&spin), 1);
	asahi_bo_unmap(&bo);
	close_all(&client, &before);
	if (strict)
		igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
}

/**
 * SUBTEST: mappings-exit
 * Description: A process ends with 20,000 mappings of private and of shared memory in eight
 *	address spaces, and a job in each of them.
 */
static void mappings_exit(void)
{
	struct asahi_child child = { 0 };
	struct asahi_objects before;
	unsigned int i, num = 8;
	int fences[8], fd;
	uint64_t ms;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_NO_END);
	asahi_close(fd);
	asahi_objects_read(&before);
	asahi_fork(&child) {
		struct asahi_client clients[8];
		struct asahi_job job;
		uint32_t handle;

		fd = asahi_open();
		for (i = 0; i < num; i++) {
			asahi_client_init_fd(&clients[i], fd);
			handle = i % 2 ? asahi_gem_create(fd, 64 * ASAHI_PAGE) :
				 asahi_gem_create_private(fd, 64 * ASAHI_PAGE, clients[i].vm_id);
			map_many(&clients[i], handle, NUM_MAPPINGS / num, 64);
			asahi_job_init(&clients[i], &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
			asahi_send_fd(&child, asahi_job_start(&job));
		}
		asahi_await(&child);
	}
	for (i = 0; i < num; i++)
		fences[i] = asahi_recv_fd(&child);
	assert_more(&before, "mapping", NUM_MAPPINGS);
	asahi_notify(&child);
	ms = asahi_now_ms();
	asahi_child_wait(&child);
	ms = asahi_now_ms() - ms;
	asahi_assert_work_eq(&before);
	igt_info("over in %llu ms\n", (unsigned long long)ms);
	for (i = 0; i < num; i++)
		igt_assert_eq(asahi_finish(fences[i]), -ECANCELED);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: buffers
 * Description: A file is closed with 2,000 buffer objects, half of them private, each mapped
 *	once, and 1,000 timestamp objects.
 */
static void buffers(void)
{
	struct asahi_client client;
	struct asahi_objects before;
	uint32_t handle;
	unsigned int i;

	asahi_objects_read(&before);
	asahi_client_init(&client);
	for (i = 0; i < NUM_BOS; i++) {
		handle = i % 2 ? asahi_gem_create(client.fd, ASAHI_PAGE) :
			 asahi_gem_create_private(client.fd, ASAHI_PAGE, client.vm_id);
		asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE,
			     MAPPINGS_VA + (uint64_t)i * ASAHI_PAGE, ASAHI_RW);
	}
	for (i = 0; i < NUM_OBJECTS; i++)
		asahi_object_bind(client.fd, handle, 0, ASAHI_PAGE);
	assert_more(&before, "bo", NUM_BOS);
	assert_more(&before, "mapping", NUM_BOS);
	assert_more(&before, "object", NUM_OBJECTS);
	close_all(&client, &before);
}

static const struct asahi_subtest subtests[] = {
	{ "hung-queues", "A file with 1,000 queues of endless jobs closes, and leaves nothing.",
	  hung_queues },
	{ "hung-vms", "A file with 500 address spaces of endless jobs closes, and leaves nothing.",
	  hung_vms },
	{ "mappings", "A file with 20,000 mappings under a job closes, and leaves nothing.",
	  mappings },
	{ "mappings-exit", "A process with 20,000 mappings ends, and leaves nothing.",
	  mappings_exit },
	{ "buffers", "A file with 2,000 buffer and 1,000 timestamp objects leaves nothing.",
	  buffers },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
