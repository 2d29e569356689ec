// SPDX-License-Identifier: MIT
/* A file with a job in one of the states that there are. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sim.h"
#include "asahi_subject.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Words of a page. */
#define PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/* GPU address of a word of page 0. */
static uint64_t word_va(const struct asahi_subject *s, enum asahi_subject_word word)
{
	return s->bo.va + word * sizeof(uint32_t);
}

/* A job that stores the result, or does with its address what @shader says. */
static void init_job(struct asahi_subject *s, struct asahi_job *job, enum asahi_shader shader)
{
	asahi_job_init(&s->client, job, shader, word_va(s, ASAHI_SUBJECT_RESULT), 0, 0);
	job->compute.ts.end.handle = s->object;
}

static void start_queued(struct asahi_subject *s, int unsignalled)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	int fd = s->client.fd;
	struct drm_asahi_sync syncs[2];
	struct asahi_job job;

	syncs[0] = asahi_sync_binary(syncobj_create(fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(fd, 0));
	syncobj_import_sync_file(fd, syncs[0].handle, unsignalled);
	init_job(s, &job, ASAHI_SHADER_STORE);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&s->client, s->client.queue_id, &cmdbuf, syncs, 1, 1),
		      0);
	s->fences[0] = asahi_sync_export(fd, syncs[1].handle);
}

/* One that spins, and one behind it that must not run because that is killed. */
static void start_running(struct asahi_subject *s, int unsignalled)
{
	volatile uint32_t *started = &s->bo.map[ASAHI_SUBJECT_STARTED];
	struct asahi_job job;
	uint64_t since = 0;

	init_job(s, &job, ASAHI_SHADER_SPIN);
	job.args->a = word_va(s, ASAHI_SUBJECT_RELEASE);
	job.args->b = word_va(s, ASAHI_SUBJECT_STARTED);
	s->fences[0] = asahi_job_start(&job);
	while (*started != 1)
		igt_assert_f(asahi_patient(&since), "the job never started\n");
	init_job(s, &job, ASAHI_SHADER_STORE);
	s->fences[1] = asahi_job_start_after(&job);
}

static void start_hung(struct asahi_subject *s, int unsignalled)
{
	struct asahi_job job;

	init_job(s, &job, ASAHI_SHADER_STORE);
	asahi_sim_set("hang", "hard");
	s->fences[0] = asahi_job_start(&job);
	asahi_sim_wait("hang", "none");
}

/* It stores, and then there is no stream where one should be, which is a fault on any AGX GPU. */
static void start_faulted(struct asahi_subject *s, int unsignalled)
{
	struct asahi_stream nowhere = { .va = asahi_client_va(&s->client, ASAHI_PAGE) };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job, fault;

	init_job(s, &job, ASAHI_SHADER_STORE);
	asahi_job_init_stream(&s->client, &fault, &nowhere);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &fault.compute, NONE, 1);
	s->fences[0] = asahi_cmdbuf_start(&s->client, s->client.queue_id, &cmdbuf);
	igt_assert_eq(sync_fence_wait(s->fences[0], asahi_hang_ms()), 0);
}

static void start_done(struct asahi_subject *s, int unsignalled)
{
	struct asahi_job job;

	init_job(s, &job, ASAHI_SHADER_STORE);
	s->fences[0] = asahi_job_start(&job);
	igt_assert_eq(sync_fence_wait(s->fences[0], asahi_hang_ms()), 0);
}

const struct asahi_stage asahi_stages[] = {
	{
		.name = "never",
		.text = "that was never submitted",
		.killed = { 0, 0 },
		.spared = { 0, 0 },
	},
	{
		.name = "queued",
		.text = "that waits for a fence",
		.start = start_queued,
		.jobs = 1,
		.killed = { -ECANCELED, 0 },
		.spared = { 1, ASAHI_STORE_VALUE },
	},
	{
		.name = "running",
		.text = "that runs, and one behind it",
		.start = start_running,
		.jobs = 2,
		.killed = { -ECANCELED, 0 },
		.spared = { 1, ASAHI_STORE_VALUE },
	},
	{
		.name = "hung",
		.text = "that hangs",
		.start = start_hung,
		.jobs = 1,
		.hung = true,
		.killed = { -ECANCELED, 0 },
		.spared = { -ECANCELED, 0 },
	},
	{
		.name = "faulted",
		.text = "that has faulted",
		.start = start_faulted,
		.jobs = 1,
		.status = -EIO,
		.killed = { -EIO, ASAHI_STORE_VALUE },
		.spared = { -EIO, ASAHI_STORE_VALUE },
	},
	{
		.name = "done",
		.text = "that is over",
		.start = start_done,
		.jobs = 1,
		.status = 1,
		.killed = { 1, ASAHI_STORE_VALUE },
		.spared = { 1, ASAHI_STORE_VALUE },
	},
};

bool asahi_stage_is_pending(const struct asahi_stage *stage)
{
	return stage->jobs && !stage->status;
}

/* Somebody else's jobs are to run while it runs, or waits for one of those. */
static void require_side_by_side(void)
{
	struct asahi_client client;
	bool beside;

	asahi_client_init(&client);
	beside = asahi_runs_side_by_side(&client);
	asahi_client_fini(&client);
	igt_require_f(beside, "no queue runs beside another\n");
}

void asahi_stage_require(const struct asahi_stage *stage, bool ends)
{
	int fd = asahi_open();

	if (stage->hung)
		asahi_sim_require();
	if (asahi_stage_is_pending(stage) && ends)
		asahi_require_simulated(fd, ASAHI_UNDER_JOBS);
	asahi_close(fd);
	if (asahi_stage_is_pending(stage))
		require_side_by_side();
	asahi_sim_lift_limits();
}

void asahi_subject_init(struct asahi_subject *s, const struct asahi_stage *stage, int unsignalled)
{
	struct asahi_job grid;
	uint32_t i;

	memset(s, 0, sizeof(*s));
	s->stage = stage;
	asahi_client_init(&s->client);
	asahi_bo_init(&s->client, &s->bo, ASAHI_SUBJECT_SIZE);
	s->object = asahi_object_bind(s->client.fd, s->bo.handle, ASAHI_SUBJECT_SIZE - ASAHI_PAGE,
				      ASAHI_PAGE);
	s->dma_buf = prime_handle_to_fd_for_mmap(s->client.fd, s->bo.handle);

	for (i = 0; i < PAGE_WORDS; i++)
		s->bo.map[ASAHI_SUBJECT_CPU * PAGE_WORDS + i] = ~i;
	asahi_job_init_grid(&s->client, &grid, ASAHI_SHADER_TID,
			    s->bo.va + ASAHI_SUBJECT_GPU * ASAHI_PAGE, 0, PAGE_WORDS, 64);
	igt_assert_eq(asahi_job_run(&grid), 1);

	if (stage->start)
		stage->start(s, unsignalled);
}

void asahi_subject_share(struct asahi_subject *s, const struct asahi_child *child)
{
	unsigned int i;

	asahi_send_fd(child, s->dma_buf);
	close(s->dma_buf);
	for (i = 0; i < s->stage->jobs; i++) {
		asahi_send_fd(child, s->fences[i]);
		close(s->fences[i]);
	}
}

void asahi_subject_drop(struct asahi_subject *s)
{
	asahi_bo_unmap(&s->bo);
	asahi_client_drop(&s->client);
}
