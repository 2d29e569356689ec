// SPDX-License-Identifier: MIT
/* A client that has nothing to do with what happens to another, but for what the two share. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_observer.h"
#include "igt.h"
#include "sw_sync.h"

/* Words of a page. */
#define PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/* Where the job stores that runs meanwhile; word 0 is for the one that waits. */
#define WORK_WORD 1

/* On real hardware a fault ends everybody's jobs. */
static bool can_spin(struct asahi_client *client, const struct asahi_stage *stage)
{
	if (stage->status < 0 && !asahi_is_simulated(client->fd))
		return false;
	return asahi_runs_side_by_side(client);
}

void asahi_observer_init(struct asahi_observer *o, const struct asahi_stage *stage)
{
	memset(o, 0, sizeof(*o));
	o->stage = stage;
	asahi_actor_init(&o->actor);
	asahi_job_init(&o->actor.client, &o->work, ASAHI_SHADER_STORE,
		       o->actor.bo.va + WORK_WORD * sizeof(uint32_t), 0, 0);
	o->spin.fence = -1;
	o->spins = can_spin(&o->actor.client, stage);
	asahi_objects_read(&o->idle);
	if (o->spins) {
		asahi_spin_init(&o->actor.client, &o->spin);
		asahi_spin_start(&o->spin, o->actor.client.queue_id);
		o->behind = asahi_job_start_after(&o->actor.good);
	}
	asahi_objects_read(&o->before);
}

/* What a fence says; which error one of a job that fails says, is up to the driver. */
static void assert_status(const struct asahi_observer *o, int status, int expected)
{
	if (expected < 0)
		asahi_assert_failed(o->actor.client.fd, status, expected);
	else
		igt_assert_eq(status, expected);
}

void asahi_observer_receive(struct asahi_observer *o, const struct asahi_child *child)
{
	unsigned int i;
	void *map;

	o->dma_buf = asahi_recv_fd(child);
	map = mmap(NULL, ASAHI_SUBJECT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, o->dma_buf, 0);
	igt_assert(map != MAP_FAILED);
	o->map = map;
	o->jobs = o->stage->jobs;
	for (i = 0; i < o->jobs; i++) {
		o->fences[i] = asahi_recv_fd(child);
		o->statuses[i] = sync_fence_status(o->fences[i]);
		assert_status(o, o->statuses[i], o->stage->status);
	}
	if (asahi_stage_is_pending(o->stage))
		asahi_waiter_start(&o->waiter, o->fences[o->jobs - 1]);
}

bool asahi_observer_is_unchanged(const struct asahi_observer *o)
{
	unsigned int i;
	int status;

	for (i = 0; i < o->jobs; i++) {
		status = sync_fence_status(o->fences[i]);
		if (status == o->statuses[i])
			continue;
		igt_info("status of job %u: %d, not %d\n", i, status, o->statuses[i]);
		return false;
	}

	return true;
}

void asahi_observer_work(struct asahi_observer *o)
{
	struct asahi_client *client = &o->actor.client;
	uint32_t queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	volatile uint32_t *result = &o->actor.bo.map[WORK_WORD];
	struct asahi_cmdbuf cmdbuf = { 0 };
	int status;

	*result = 0;
	asahi_cmdbuf_compute(&cmdbuf, &o->work.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	status = asahi_finish(asahi_cmdbuf_start(client, queue_id, &cmdbuf));
	/* What has gone wrong once stays. */
	if (!o->work_status || status != 1 || *result != ASAHI_STORE_VALUE) {
		o->work_status = status;
		o->work_result = *result;
	}
	asahi_queue_destroy(client->fd, queue_id);
}

void asahi_observer_look(struct asahi_observer *o)
{
	unsigned int i;

	for (i = 0; i < o->jobs; i++)
		o->statuses[i] = sync_fence_status(o->fences[i]);
	if (asahi_stage_is_pending(o->stage))
		o->waited = asahi_waiter_join(&o->waiter);
}

void asahi_observer_wait(struct asahi_observer *o)
{
	unsigned int i;

	for (i = 0; i < o->jobs; i++)
		sync_fence_wait(o->fences[i], asahi_hang_ms());
	asahi_observer_look(o);
}

void asahi_observer_release(struct asahi_observer *o)
{
	if (!o->spins) {
		o->undisturbed = true;
		o->spin_status = 1;
		o->behind_status = asahi_job_run(&o->actor.good);
		return;
	}

	o->undisturbed = asahi_is_busy(o->spin.fence) && asahi_is_busy(o->behind);
	o->spin_status = asahi_spin_finish(&o->spin);
	o->behind_status = asahi_finish(o->behind);
}

void asahi_observer_assert(struct asahi_observer *o)
{
	igt_assert_f(o->undisturbed, "a job of another file has ended\n");
	igt_assert_eq(o->spin_status, 1);
	igt_assert_eq(o->behind_status, 1);
	igt_assert_eq_u32(o->actor.bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_eq(o->work_status, 1);
	igt_assert_eq_u32(o->work_result, ASAHI_STORE_VALUE);
}

static void assert_written(const struct asahi_observer *o)
{
	uint32_t i;

	for (i = 0; i < PAGE_WORDS; i++) {
		igt_assert_eq_u32(o->map[ASAHI_SUBJECT_GPU * PAGE_WORDS + i], i);
		igt_assert_eq_u32(o->map[ASAHI_SUBJECT_CPU * PAGE_WORDS + i], ~i);
	}
}

/* Import the memory, and copy what the subject's GPU has written to the own. */
static void assert_written_gpu(struct asahi_observer *o)
{
	struct asahi_client *client = &o->actor.client;
	uint64_t va = asahi_client_va(client, ASAHI_SUBJECT_SIZE);
	uint32_t i, handle = prime_fd_to_handle(client->fd, o->dma_buf);
	struct asahi_job copy;

	asahi_vm_map(client->fd, client->vm_id, handle, 0, ASAHI_SUBJECT_SIZE, va, ASAHI_RW);
	asahi_bo_fill(&o->actor.bo, 0xffffffff);
	asahi_job_init_grid(client, &copy, ASAHI_SHADER_COPY_GRID,
			    va + ASAHI_SUBJECT_GPU * ASAHI_PAGE, o->actor.bo.va, PAGE_WORDS, 64);
	igt_assert_eq(asahi_job_run(&copy), 1);
	for (i = 0; i < PAGE_WORDS; i++)
		igt_assert_eq_u32(o->actor.bo.map[i], i);
	gem_close(client->fd, handle);
}

void asahi_observer_assert_fate(struct asahi_observer *o, const struct asahi_fate *fate)
{
	unsigned int i;

	for (i = 0; i < o->jobs; i++)
		assert_status(o, o->statuses[i], fate->status);
	igt_assert_eq(o->waited, 0);
	igt_assert_eq_u32(o->map[ASAHI_SUBJECT_RESULT], fate->result);
	assert_written(o);
	assert_written_gpu(o);
}

void asahi_observer_fini(struct asahi_observer *o)
{
	struct asahi_objects rest;
	unsigned int i;

	igt_assert_eq(munmap((void *)o->map, ASAHI_SUBJECT_SIZE), 0);
	close(o->dma_buf);
	for (i = 0; i < o->jobs; i++)
		close(o->fences[i]);
	asahi_actor_assert_works(&o->actor);
	asahi_objects_read_settled(&rest, 0);
	asahi_assert_objects_same(&o->idle, &rest);
	asahi_actor_fini(&o->actor);
}
