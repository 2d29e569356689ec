// SPDX-License-Identifier: MIT
/**
 * TEST: asahi queue
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: queues
 * Functionality: QUEUE_CREATE, QUEUE_DESTROY
 * Description: The life of queues, and what they share.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "asahi_blocker.h"
#include "asahi_bystander.h"
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

IGT_TEST_DESCRIPTION("QUEUE_CREATE and QUEUE_DESTROY");

/* A queue adds this to the USC addresses of its jobs; nothing runs in these tests that has any. */
#define ANY_BASE 0x1100000000ull

/**
 * SUBTEST: create-destroy
 * Description: A queue of each usual priority can be made and given up, and is counted as long as
 *	it lives.
 */
static void create_destroy(void)
{
	static const uint32_t priorities[] = { DRM_ASAHI_PRIORITY_LOW, DRM_ASAHI_PRIORITY_MEDIUM };
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), queue_id;
	struct asahi_objects before;
	unsigned int i;

	asahi_objects_read(&before);
	for (i = 0; i < ARRAY_SIZE(priorities); i++) {
		igt_assert_eq(__asahi_queue_create(fd, vm_id, priorities[i], ANY_BASE, &queue_id),
			      0);
		igt_assert_neq_u32(queue_id, 0);
		if (asahi_has_objects())
			igt_assert(asahi_objects_count("queue") > 0);
		asahi_queue_destroy(fd, queue_id);
		asahi_assert_objects_eq(&before);
	}

	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: many
 * Description: An address space may have many queues, with different ids.
 */
static void many(void)
{
	enum { NUM = 150 };
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), ids[NUM];
	unsigned int i, j;

	for (i = 0; i < NUM; i++) {
		ids[i] = asahi_queue_create(fd, vm_id, ANY_BASE);
		for (j = 0; j < i; j++)
			igt_assert_neq_u32(ids[i], ids[j]);
	}
	for (i = 0; i < NUM; i++)
		asahi_queue_destroy(fd, ids[(i * 7) % NUM]);

	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: close-without-destroy
 * Description: Closing the file destroys the queues and address spaces that the program did not.
 */
static void close_without_destroy(void)
{
	struct asahi_objects before;
	uint32_t vm_id = 0;
	unsigned int i;
	int fd;

	asahi_objects_read(&before);
	fd = asahi_open();
	for (i = 0; i < 60; i++) {
		if (i % 3 == 0)
			vm_id = asahi_vm_create(fd);
		asahi_queue_create(fd, vm_id, ANY_BASE);
	}
	asahi_close(fd);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: all-run
 * Description: Queues of one address space and of all priorities run jobs, each with its own base
 *	of USC addresses.
 */
static void all_run(void)
{
	struct asahi_client client;
	struct asahi_cmdbuf cmdbuf;
	struct asahi_job job;
	uint32_t queue_id, i;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	for (i = 0; i < 8; i++) {
		/* A lower base makes for higher USC addresses. */
		client.usc_base -= 0x10000;
		igt_assert_eq(__asahi_queue_create(client.fd, client.vm_id,
						   i & 1 ? DRM_ASAHI_PRIORITY_LOW :
							   DRM_ASAHI_PRIORITY_MEDIUM,
						   client.usc_base, &queue_id), 0);
		asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va + 4 * i, 0, 0);
		cmdbuf.size = 0;
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
				     DRM_ASAHI_BARRIER_NONE);
		igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&client, queue_id, &cmdbuf)), 1);
		igt_assert_eq_u32(bo.map[i], ASAHI_STORE_VALUE);
		igt_assert_eq_u32(bo.map[i + 1], 0);
		asahi_queue_destroy(client.fd, queue_id);
	}

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: any-base
 * Description: The base of USC addresses is not checked, as nothing has to be there before a job
 *	runs.
 */
static void any_base(void)
{
	static const uint64_t bases[] = { 0, 1, 0x1000, 1ull << 39, UINT64_MAX };
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bases); i++)
		asahi_queue_destroy(fd, asahi_queue_create(fd, vm_id, bases[i]));

	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: destroy-kills
 * Description: Destroying a queue ends its jobs, started or not, with ECANCELED before it
 *	returns, and leaves another queue of the same address space alone.
 */
static void destroy_kills(void)
{
	struct asahi_spin spin, other;
	struct asahi_objects before;
	struct asahi_client client;
	uint32_t queue_id;
	struct asahi_job job;
	/* More than a GPU takes of one queue, so that some stay with the driver. */
	int waiting[8], busy, ret, status[1 + ARRAY_SIZE(waiting)];
	unsigned int i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_WAITS);
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_spin_init(&client, &spin);
	asahi_spin_init(&client, &other);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_objects_read(&before);
	asahi_spin_start(&other, queue_id);
	asahi_spin_start(&spin, client.queue_id);
	for (i = 0; i < ARRAY_SIZE(waiting); i++) {
		waiting[i] = asahi_job_start_after(&job);
		igt_assert(asahi_is_busy(waiting[i]));
	}

	ret = __asahi_queue_destroy(client.fd, client.queue_id);
	status[0] = sync_fence_status(spin.fence);
	for (i = 0; i < ARRAY_SIZE(waiting); i++)
		status[1 + i] = sync_fence_status(waiting[i]);
	busy = asahi_is_busy(other.fence);
	igt_assert_eq(asahi_spin_finish(&other), 1);

	igt_assert_eq(ret, 0);
	for (i = 0; i < ARRAY_SIZE(status); i++)
		igt_assert_eq(status[i], -ECANCELED);
	igt_assert(busy);
	close(spin.fence);
	for (i = 0; i < ARRAY_SIZE(waiting); i++)
		close(waiting[i]);

	/* For asahi_client_fini(). */
	client.queue_id = queue_id;
	asahi_client_fini(&client);
}

/* A SUBMIT with an out-sync that a signal may end. */
struct attempt {
	struct asahi_client *client;
	const struct asahi_cmdbuf *cmdbuf;
	struct drm_asahi_sync out;
};

static int submit_once(struct asahi_waiter *waiter)
{
	const struct attempt *attempt = waiter->data;
	struct drm_asahi_submit req = {
		.syncs = (uintptr_t)&attempt->out,
		.cmdbuf = (uintptr_t)attempt->cmdbuf->data,
		.queue_id = attempt->client->queue_id,
		.out_sync_count = 1,
		.cmdbuf_size = attempt->cmdbuf->size,
	};

	return ioctl(attempt->client->fd, DRM_IOCTL_ASAHI_SUBMIT, &req) ? -errno : 0;
}

static void on_signal(int number)
{
	(void)number;
}

/**
 * SUBTEST: full
 * Description: A SUBMIT to a queue that is full waits until a job is over; a signal ends the wait
 *	with EINTR and without any effect, and another queue goes on meanwhile.
 */
static void full(void)
{
	struct sigaction action = { .sa_handler = on_signal }, before;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct attempt attempts[2];
	struct asahi_waiter waiters[2];
	struct asahi_bystander bystander;
	struct asahi_blocker blocker;
	struct asahi_client client;
	struct drm_asahi_sync in;
	struct asahi_job job;
	bool early[2], others;
	int ret[2];
	uint32_t i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, "it needs to know how many jobs a queue takes");
	asahi_blocker_init(&client, &blocker);
	asahi_bystander_init(&client, &bystander);
	in = asahi_sync_binary(syncobj_create(client.fd, 0));
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	asahi_blocker_start(&blocker, &in, 1);
	for (i = 0; i < ASAHI_QUEUE_ROOM; i++)
		igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, &in, !i, 0),
			      0);

	igt_assert_eq(sigaction(SIGUSR1, &action, &before), 0);
	for (i = 0; i < 2; i++) {
		attempts[i] = (struct attempt){
			.client = &client,
			.cmdbuf = &cmdbuf,
			.out = asahi_sync_binary(syncobj_create(client.fd, 0)),
		};
		asahi_waiter_start_call(&waiters[i], submit_once, &attempts[i]);
	}
	others = asahi_bystander_run(&bystander);
	for (i = 0; i < 2; i++)
		early[i] = asahi_sync_has_fence(client.fd, attempts[i].out.handle);
	pthread_kill(waiters[0].thread, SIGUSR1);
	ret[0] = asahi_waiter_join(&waiters[0]);
	asahi_blocker_release(&blocker);
	ret[1] = asahi_waiter_join(&waiters[1]);
	igt_assert_eq(sigaction(SIGUSR1, &before, NULL), 0);

	igt_assert(!early[0]);
	igt_assert(!early[1]);
	igt_assert_eq(ret[0], -EINTR);
	igt_assert(!asahi_sync_has_fence(client.fd, attempts[0].out.handle));
	igt_assert_f(others, "a job of another queue does not run\n");
	igt_assert_eq(ret[1], 0);
	igt_assert_eq(asahi_finish(asahi_sync_export(client.fd, attempts[1].out.handle)), 1);
	asahi_bystander_fini(&bystander);
	asahi_blocker_fini(&blocker);
	asahi_client_fini(&client);
}

static int create(int fd, uint32_t vm_id, uint32_t priority)
{
	uint32_t queue_id;

	return __asahi_queue_create(fd, vm_id, priority, ANY_BASE, &queue_id);
}

/**
 * SUBTEST: invalid-flags
 * Description: There are no flags.
 */
static void invalid_flags(void)
{
	struct drm_asahi_queue_create req = { .priority = DRM_ASAHI_PRIORITY_MEDIUM };
	int fd = asahi_open();

	req.vm_id = asahi_vm_create(fd);
	req.flags = 1;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &req), -EINVAL);
	req.flags = 1u << 31;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &req), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-priority
 * Description: The reserved priorities, and those that do not exist, are refused.
 */
static void invalid_priority(void)
{
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);

	igt_assert_eq(create(fd, vm_id, DRM_ASAHI_PRIORITY_HIGH), -EINVAL);
	igt_assert_eq(create(fd, vm_id, DRM_ASAHI_PRIORITY_REALTIME), -EINVAL);
	igt_assert_eq(create(fd, vm_id, DRM_ASAHI_PRIORITY_REALTIME + 1), -EINVAL);
	igt_assert_eq(create(fd, vm_id, UINT32_MAX), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-vm
 * Description: A queue needs an address space of its file.
 */
static void invalid_vm(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);

	igt_assert_eq(create(fd, 0, DRM_ASAHI_PRIORITY_MEDIUM), -ENOENT);
	igt_assert_eq(create(fd, vm_id + 1, DRM_ASAHI_PRIORITY_MEDIUM), -ENOENT);
	igt_assert_eq(create(other, vm_id, DRM_ASAHI_PRIORITY_MEDIUM), -ENOENT);
	asahi_vm_destroy(fd, vm_id);
	igt_assert_eq(create(fd, vm_id, DRM_ASAHI_PRIORITY_MEDIUM), -ENOENT);

	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid-destroy-pad
 * Description: Padding of QUEUE_DESTROY has to be zero, and the queue stays if it is not.
 */
static void invalid_destroy_pad(void)
{
	struct drm_asahi_queue_destroy req = { .pad = 1 };
	int fd = asahi_open();
	int ret;

	req.queue_id = asahi_queue_create(fd, asahi_vm_create(fd), ANY_BASE);
	ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_DESTROY, &req);
	if (!asahi_assert_strict(fd, ret, -EINVAL))
		asahi_queue_destroy(fd, req.queue_id);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-id
 * Description: Only a queue of this file can be destroyed, and only once.
 */
static void invalid_id(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t queue_id = asahi_queue_create(fd, asahi_vm_create(fd), ANY_BASE);

	igt_assert_eq(__asahi_queue_destroy(fd, 0), -ENOENT);
	igt_assert_eq(__asahi_queue_destroy(fd, queue_id + 1), -ENOENT);
	igt_assert_eq(__asahi_queue_destroy(fd, UINT32_MAX), -ENOENT);
	igt_assert_eq(__asahi_queue_destroy(other, queue_id), -ENOENT);
	asahi_queue_destroy(fd, queue_id);
	igt_assert_eq(__asahi_queue_destroy(fd, queue_id), -ENOENT);

	asahi_close(other);
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "create-destroy", "A queue can be made and given up.", create_destroy },
	{ "many", "An address space may have many queues.", many },
	{ "close-without-destroy", "Closing the file destroys queues.", close_without_destroy },
	{ "all-run", "Queues run jobs, each with its own base.", all_run },
	{ "any-base", "The base of USC addresses is not checked.", any_base },
	{ "destroy-kills", "Destroying a queue ends its jobs.", destroy_kills },
	{ "full", "A SUBMIT to a full queue waits.", full },
	{ "invalid-flags", "There are no flags.", invalid_flags },
	{ "invalid-priority", "Reserved priorities are refused.", invalid_priority },
	{ "invalid-vm", "A queue needs an address space of its file.", invalid_vm },
	{ "invalid-destroy-pad", "Padding of QUEUE_DESTROY has to be zero.",
	  invalid_destroy_pad },
	{ "invalid-id", "Only a queue of this file can be destroyed.", invalid_id },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
