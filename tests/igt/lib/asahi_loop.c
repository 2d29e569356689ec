// SPDX-License-Identifier: MIT
/* Each ioctl in a loop. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_bystander.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_loop.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Pages of the buffer object, and things that are made before the first is destroyed. */
#define NUM 8

/* Jobs that a queue takes before SUBMIT sleeps. */
#define FULL_QUEUE 1024

/* How long it waits for what does not come: mostly it sleeps, and often it begins and ends. */
#define WAIT_NS 200000

static void get_params(struct asahi_loop *loop)
{
	asahi_get_params(loop->client->fd, &loop->client->params);
}

static void get_time(struct asahi_loop *loop)
{
	asahi_get_time(loop->client->fd);
}

/* Whether it is the turn of the call that undoes; @slot becomes which of NUM things it is about. */
static bool is_second(const struct asahi_loop *loop, unsigned int *slot)
{
	*slot = loop->num % NUM;
	return loop->num / NUM % 2;
}

static void vm(struct asahi_loop *loop)
{
	int fd = loop->client->fd;
	unsigned int slot;

	if (is_second(loop, &slot))
		asahi_vm_destroy(fd, loop->ids[slot]);
	else
		igt_assert_eq(__asahi_vm_create(fd, loop->kernel_start, loop->kernel_end,
						&loop->ids[slot]), 0);
}

/* Map every other page, in one call. */
static void map_pages(struct asahi_loop *loop, uint32_t vm_id)
{
	struct drm_asahi_gem_bind_op ops[NUM];
	unsigned int i;

	for (i = 0; i < NUM; i++)
		ops[i] = (struct drm_asahi_gem_bind_op){
			.flags = ASAHI_RW,
			.handle = loop->bo.handle,
			.offset = i * ASAHI_PAGE,
			.range = ASAHI_PAGE,
			.addr = loop->va + 2 * i * ASAHI_PAGE,
		};
	asahi_vm_bind(loop->client->fd, vm_id, ops, NUM);
}

/* The second call unmaps all, and what is between. */
static void vm_bind(struct asahi_loop *loop)
{
	struct asahi_client *client = loop->client;

	if (loop->num % 2)
		asahi_vm_unmap(client->fd, client->vm_id, 2 * NUM * ASAHI_PAGE, loop->va);
	else
		map_pages(loop, client->vm_id);
}

/* Each has all of its mappings when it is destroyed. */
static void vm_mapped(struct asahi_loop *loop)
{
	unsigned int slot;

	vm(loop);
	if (!is_second(loop, &slot))
		map_pages(loop, loop->ids[slot]);
}

/* Private ones and others, of several sizes. */
static void gem_create(struct asahi_loop *loop)
{
	struct asahi_client *client = loop->client;
	uint64_t size = (1 + loop->num % 5) * ASAHI_PAGE;
	unsigned int slot;

	if (is_second(loop, &slot))
		gem_close(client->fd, loop->ids[slot]);
	else if (slot % 2)
		loop->ids[slot] = asahi_gem_create_private(client->fd, size, client->vm_id);
	else
		loop->ids[slot] = asahi_gem_create(client->fd, size);
}

/* With what the offset is for: a mapping, which a process that is killed leaves to the kernel. */
static void gem_mmap_offset(struct asahi_loop *loop)
{
	volatile uint32_t *map;

	map = __asahi_gem_mmap(loop->client->fd, loop->bo.handle, loop->bo.size);
	igt_assert(map != MAP_FAILED);
	map[0] = loop->num;
	igt_assert_eq(munmap((void *)map, loop->bo.size), 0);
}

static void gem_bind_object(struct asahi_loop *loop)
{
	int fd = loop->client->fd;
	unsigned int slot;

	if (is_second(loop, &slot))
		asahi_object_unbind(fd, loop->ids[slot]);
	else
		loop->ids[slot] = asahi_object_bind(fd, loop->bo.handle, slot * ASAHI_PAGE,
						    ASAHI_PAGE);
}

static void queue(struct asahi_loop *loop)
{
	struct asahi_client *client = loop->client;
	unsigned int slot;

	if (is_second(loop, &slot))
		asahi_queue_destroy(client->fd, loop->ids[slot]);
	else
		loop->ids[slot] = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
}

static void endless_init(struct asahi_loop *loop)
{
	struct asahi_job job;

	asahi_job_init(loop->client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	asahi_cmdbuf_compute(&loop->cmdbuf, &job.compute, NONE, NONE);
}

/* Make a queue with a job that does not end. */
static void start_endless(struct asahi_loop *loop)
{
	struct asahi_client *client = loop->client;

	loop->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	igt_assert_eq(__asahi_cmdbuf_submit(client, loop->queue_id, &loop->cmdbuf, NULL, 0, 0), 0);
}

/* Each job is killed when it has begun, or is about to. */
static void queue_destroy(struct asahi_loop *loop)
{
	start_endless(loop);
	asahi_queue_destroy(loop->client->fd, loop->queue_id);
}

/* Its job hangs when this returns: one that is killed before it has quite begun just ends. */
static void queue_destroy_hung_init(struct asahi_loop *loop)
{
	struct asahi_bystander b;

	endless_init(loop);
	asahi_bystander_init(loop->client, &b);
	asahi_sim_set("hang", "hard");
	start_endless(loop);
	asahi_sim_wait("hang", "none");
	igt_assert(asahi_bystander_run(&b));
	asahi_bystander_fini(&b);
}

/* Another that hangs could be the job of somebody else, who goes on by now. */
static void queue_destroy_hung(struct asahi_loop *loop)
{
	asahi_queue_destroy(loop->client->fd, loop->queue_id);
	start_endless(loop);
}

static void prime_init(struct asahi_loop *loop)
{
	loop->other = asahi_open();
}

/* From one file to another, which may give it up before the dma-buf goes, or after that. */
static void prime(struct asahi_loop *loop)
{
	int dma_buf = prime_handle_to_fd(loop->client->fd, loop->bo.handle);
	uint32_t handle = prime_fd_to_handle(loop->other, dma_buf);

	if (loop->num % 2)
		close(dma_buf);
	gem_close(loop->other, handle);
	if (!(loop->num % 2))
		close(dma_buf);
}

/* One that has a fence, if there is one that does not signal, and one that never has. */
static void syncobj_wait_init(struct asahi_loop *loop)
{
	int fd = loop->client->fd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loop->syncs); i++)
		loop->syncs[i] = asahi_sync_binary(syncobj_create(fd, 0));
	if (loop->unsignalled >= 0)
		syncobj_import_sync_file(fd, loop->syncs[0].handle, loop->unsignalled);
}

static void syncobj_wait_some(struct asahi_loop *loop)
{
	uint32_t handle = loop->syncs[loop->num / 2 % 2].handle;
	const uint32_t flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
	uint64_t end = asahi_now_ns() + WAIT_NS, point = 1;
	int fd = loop->client->fd;

	if (loop->num % 2)
		igt_assert(!syncobj_timeline_wait(fd, &handle, &point, 1, end, flags, NULL));
	else
		igt_assert(!syncobj_wait(fd, &handle, 1, end, flags, NULL));
}

/* On a queue of its own: that of the client may have jobs already, which do not end. */
static void submit_init(struct asahi_loop *loop)
{
	struct asahi_client *client = loop->client;
	struct asahi_job job;

	loop->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	loop->syncs[0] = asahi_sync_binary(syncobj_create(client->fd,
							  DRM_SYNCOBJ_CREATE_SIGNALED));
	loop->syncs[1] = asahi_sync_binary(syncobj_create(client->fd, 0));
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, loop->bo.va, 0, 0);
	asahi_cmdbuf_compute(&loop->cmdbuf, &job.compute, NONE, NONE);
}

/* Each waits for the one before it. */
static void submit(struct asahi_loop *loop)
{
	struct drm_asahi_sync in = loop->syncs[0];

	igt_assert_eq(__asahi_cmdbuf_submit(loop->client, loop->queue_id, &loop->cmdbuf,
					    loop->syncs, 1, 1), 0);
	loop->syncs[0] = loop->syncs[1];
	loop->syncs[1] = in;
}

static void submit_full_init(struct asahi_loop *loop)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;

	submit_init(loop);
	asahi_job_init(loop->client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	close(asahi_cmdbuf_start(loop->client, loop->queue_id, &cmdbuf));
}

static void submit_full(struct asahi_loop *loop)
{
	igt_assert_eq(__asahi_cmdbuf_submit(loop->client, loop->queue_id, &loop->cmdbuf, NULL, 0,
					    0), 0);
}

/* Make, use and give up one of everything. */
static void anything(struct asahi_loop *loop)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t object;
	int behind;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, 8 * ASAHI_PAGE);
	object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_job_init_grid(&client, &job, ASAHI_SHADER_TID, bo.va, 0, 4096, 64);
	job.compute.ts.end.handle = object;
	close(asahi_job_start(&job));
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	behind = asahi_job_start_after(&job);
	asahi_spin_finish(&spin);
	close(behind);
	asahi_object_unbind(client.fd, object);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

const struct asahi_loop_kind asahi_loops[] = {
	{ "get-params", "GET_PARAMS", NULL, get_params, false, 1, 20 },
	{ "get-time", "GET_TIME", NULL, get_time, false, 1, 20 },
	{ "vm-create", "VM_CREATE and VM_DESTROY", NULL, vm, false, 1, 20 },
	{ "vm-mapped", "VM_CREATE, VM_BIND and VM_DESTROY", NULL, vm_mapped, false, 1, 20 },
	{ "vm-bind", "VM_BIND", NULL, vm_bind, false, 1, 20 },
	{ "gem-create", "GEM_CREATE and GEM_CLOSE", NULL, gem_create, false, 1, 20 },
	{ "gem-mmap-offset", "GEM_MMAP_OFFSET and mmap()", NULL, gem_mmap_offset, false, 1, 20 },
	{ "gem-bind-object", "GEM_BIND_OBJECT", NULL, gem_bind_object, false, 1, 20 },
	{ "queue-create", "QUEUE_CREATE and QUEUE_DESTROY", NULL, queue, false, 1, 20 },
	{ "queue-destroy", "QUEUE_DESTROY, which kills a job", endless_init, queue_destroy, true, 1,
	  20 },
	/* The first call does not return before a reset, after half a second at the least. */
	{ "queue-destroy-hung", "QUEUE_DESTROY, which waits for a job that hangs",
	  queue_destroy_hung_init, queue_destroy_hung, true, 0, 3, true },
	{ "prime", "PRIME_HANDLE_TO_FD and PRIME_FD_TO_HANDLE", prime_init, prime, false, 1, 20 },
	{ "syncobj-wait", "SYNCOBJ_WAIT and SYNCOBJ_TIMELINE_WAIT", syncobj_wait_init,
	  syncobj_wait_some, false, 1, 20 },
	{ "submit", "SUBMIT", submit_init, submit, true, 1, 20 },
	/* The job that runs is the first of so many; the next call sleeps. */
	{ "submit-full", "SUBMIT, which sleeps as the queue is full", submit_full_init, submit_full,
	  true, FULL_QUEUE - 1, 5 },
	{ "anything", "everything that there is", NULL, anything, true, 1, 30 },
};

void asahi_loop_for_ever(const struct asahi_loop_kind *kind, struct asahi_client *client,
			 int unsignalled, const struct asahi_child *other)
{
	struct asahi_loop loop = { .client = client, .unsignalled = unsignalled };

	asahi_bo_init(client, &loop.bo, NUM * ASAHI_PAGE);
	loop.va = asahi_client_va(client, 2 * NUM * ASAHI_PAGE);
	asahi_kernel_range(client->fd, &loop.kernel_start, &loop.kernel_end);
	if (kind->init)
		kind->init(&loop);

	for (;; loop.num++) {
		if (loop.num == kind->steps)
			asahi_notify(other);
		kind->step(&loop);
	}
}
