// SPDX-License-Identifier: MIT
/**
 * TEST: asahi timestamps
 * Category: Core
 * Mega feature: Compute
 * Sub-category: timestamps
 * Functionality: SUBMIT, GEM_BIND_OBJECT
 * Description: Which timestamps are written, where to, and of which moments they tell.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_blocker.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Timestamps of commands");

#define NONE DRM_ASAHI_BARRIER_NONE

#define PAGE_STAMPS (ASAHI_PAGE / sizeof(uint64_t))

static int run(struct asahi_client *client, const struct asahi_cmdbuf *cmdbuf)
{
	return asahi_finish(asahi_cmdbuf_start(client, client->queue_id, cmdbuf));
}

/* Pages, each of which is an object of its own. */
struct pages {
	struct asahi_client client;
	struct asahi_bo bo;
	volatile uint64_t *words;
	uint32_t num;
	uint32_t objects[256];
};

static void pages_init(struct pages *p, uint32_t num)
{
	uint32_t i;

	igt_assert_lte(num, ARRAY_SIZE(p->objects));
	asahi_client_init(&p->client);
	asahi_bo_init_unmapped(&p->client, &p->bo, num * ASAHI_PAGE);
	p->words = (uint64_t *)p->bo.map;
	p->num = num;
	for (i = 0; i < num; i++)
		p->objects[i] = asahi_object_bind(p->client.fd, p->bo.handle, i * ASAHI_PAGE,
						  ASAHI_PAGE);
}

static void pages_fini(struct pages *p)
{
	uint32_t i;

	for (i = 0; i < p->num; i++)
		asahi_object_unbind(p->client.fd, p->objects[i]);
	asahi_bo_fini(&p->client, &p->bo);
	asahi_client_fini(&p->client);
}

/* Word @word of page @page. */
static struct drm_asahi_timestamp stamp_at(const struct pages *p, uint32_t page, uint32_t word)
{
	return (struct drm_asahi_timestamp){
		.handle = p->objects[page],
		.offset = word * sizeof(uint64_t),
	};
}

/* Of each page exactly one word has been written. */
static void assert_written(const struct pages *p, const uint32_t *words)
{
	uint32_t page, i;

	for (page = 0; page < p->num; page++)
		for (i = 0; i < PAGE_STAMPS; i++)
			igt_assert_f(!p->words[page * PAGE_STAMPS + i] == (i != words[page]),
				     "word %u of object %u: %llu\n", i, page,
				     (unsigned long long)p->words[page * PAGE_STAMPS + i]);
}

/**
 * SUBTEST: own-objects
 * Description: The start of a compute command can go to one object and its end to another.
 */
static void own_objects(void)
{
	static const uint32_t words[] = { PAGE_STAMPS - 1, 5 };
	struct asahi_job job;
	struct pages p;

	pages_init(&p, ARRAY_SIZE(words));
	asahi_job_init(&p.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start = stamp_at(&p, 0, words[0]);
	job.compute.ts.end = stamp_at(&p, 1, words[1]);
	igt_assert_eq(asahi_job_run(&job), 1);
	assert_written(&p, words);
	igt_assert_lte_u64(p.words[words[0]], p.words[PAGE_STAMPS + words[1]]);
	pages_fini(&p);
}

/**
 * SUBTEST: own-objects-render
 * Description: The four timestamps of a render command can go to four objects.
 */
static void own_objects_render(void)
{
	static const uint32_t words[] = { 7, 0, PAGE_STAMPS - 1, 100 };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_cmd_render render;
	struct pages p;
	uint32_t i;

	pages_init(&p, ARRAY_SIZE(words));
	asahi_require_simulated(p.client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&p.client, &render);
	render.ts_vtx.start = stamp_at(&p, 0, words[0]);
	render.ts_vtx.end = stamp_at(&p, 1, words[1]);
	render.ts_frag.start = stamp_at(&p, 2, words[2]);
	render.ts_frag.end = stamp_at(&p, 3, words[3]);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	igt_assert_eq(run(&p.client, &cmdbuf), 1);
	assert_written(&p, words);
	for (i = 1; i < ARRAY_SIZE(words); i++)
		igt_assert_lte_u64(p.words[(i - 1) * PAGE_STAMPS + words[i - 1]],
				   p.words[i * PAGE_STAMPS + words[i]]);
	pages_fini(&p);
}

/**
 * SUBTEST: most-objects
 * Description: As many commands as fit into a submit write their timestamps to an object each.
 */
static void most_objects(void)
{
	static uint32_t words[128];
	struct asahi_cmdbuf cmdbuf = { 0 };
	static struct pages p;
	struct asahi_job job;
	uint32_t i, num;

	pages_init(&p, ARRAY_SIZE(words));
	num = p.client.params.max_commands_per_submission;
	igt_assert_lte(2 * num, ARRAY_SIZE(words));
	asahi_job_init(&p.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	for (i = 0; i < num; i++) {
		words[2 * i] = 3 * i;
		words[2 * i + 1] = 3 * i + 1;
		job.compute.ts.start = stamp_at(&p, 2 * i, words[2 * i]);
		job.compute.ts.end = stamp_at(&p, 2 * i + 1, words[2 * i + 1]);
		asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	}
	for (i = 2 * num; i < ARRAY_SIZE(words); i++)
		words[i] = UINT32_MAX;
	igt_assert_eq(run(&p.client, &cmdbuf), 1);
	assert_written(&p, words);
	pages_fini(&p);
}

/**
 * SUBTEST: no-object
 * Description: Where no object is named the offset is not looked at, and nothing is written.
 */
static void no_object(void)
{
	static const uint32_t offsets[] = { 1, 8, ASAHI_PAGE, UINT32_MAX - 7, UINT32_MAX };
	struct asahi_stamps s;
	struct asahi_job job;
	unsigned int i, j;

	asahi_stamps_init(&s);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		job.compute.ts.start.offset = offsets[i];
		job.compute.ts.end.offset = offsets[i];
		igt_assert_eq(asahi_job_run(&job), 1);
	}
	for (j = 0; j < PAGE_STAMPS; j++)
		igt_assert_eq_u64(s.words[j], 0);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: around-run
 * Description: A command that is seen to run has started before, and one that is told to end ends
 *	afterwards.
 */
static void around_run(void)
{
	struct asahi_spin spin;
	struct asahi_stamps s;
	uint64_t seen, told, before;
	int status;

	asahi_stamps_init(&s);
	igt_require_f(s.client.params.command_timestamp_frequency_hz == 1000000000,
		      "timestamps are not in ns\n");
	asahi_spin_init(&s.client, &spin);
	asahi_stamp_compute(&spin.job.compute, &s, 0);
	before = asahi_get_time(s.client.fd);
	asahi_spin_start(&spin, s.client.queue_id);
	seen = asahi_get_time(s.client.fd);
	usleep(1000);
	told = asahi_get_time(s.client.fd);
	status = asahi_spin_finish(&spin);
	igt_assert_eq(status, 1);
	igt_assert_lte_u64(before, s.words[0]);
	igt_assert_lte_u64(s.words[0], seen);
	igt_assert_lte_u64(told, s.words[1]);
	igt_assert_lte_u64(s.words[1], asahi_get_time(s.client.fd));
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: rate
 * Description: Timestamps count at the rate that the device tells: between start and end of a
 *	command is no less time than it was seen to run, and no more than it can have.
 */
static void rate(void)
{
	uint64_t inner, outer, ns;
	struct asahi_spin spin;
	struct asahi_stamps s;
	int status;

	asahi_stamps_init(&s);
	asahi_spin_init(&s.client, &spin);
	asahi_stamp_compute(&spin.job.compute, &s, 0);
	outer = asahi_now_ns();
	asahi_spin_start(&spin, s.client.queue_id);
	inner = asahi_now_ns();
	usleep(100000);
	inner = asahi_now_ns() - inner;
	status = asahi_spin_finish(&spin);
	outer = asahi_now_ns() - outer;
	igt_assert_eq(status, 1);

	/* One percent for two clocks that are not the same. */
	ns = (s.words[1] - s.words[0]) * 1e9 / s.client.params.command_timestamp_frequency_hz;
	igt_assert_lte_u64(inner - inner / 100, ns);
	igt_assert_lte_u64(ns, outer + outer / 100);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: start-is-not-submit
 * Description: A command that waits, for a fence or behind another, has not started yet.
 */
static void start_is_not_submit(void)
{
	struct drm_asahi_sync syncs[2];
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_blocker blocker;
	struct asahi_job job;
	struct asahi_stamps s;
	uint64_t told;
	int behind;

	asahi_stamps_init(&s);
	igt_require_f(s.client.params.command_timestamp_frequency_hz == 1000000000,
		      "timestamps are not in ns\n");
	asahi_blocker_init(&s.client, &blocker);
	syncs[0] = asahi_sync_binary(syncobj_create(s.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(s.client.fd, 0));
	asahi_blocker_start(&blocker, syncs, 1);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_stamp_compute(&job.compute, &s, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&s.client, s.client.queue_id, &cmdbuf, syncs, 1, 1),
		      0);
	asahi_stamp_compute(&job.compute, &s, 2);
	behind = asahi_job_start_after(&job);
	usleep(1000);
	told = asahi_get_time(s.client.fd);
	asahi_blocker_release(&blocker);
	igt_assert_eq(asahi_finish(behind), 1);
	igt_assert_lte_u64(told, s.words[0]);
	igt_assert_lte_u64(s.words[0], s.words[1]);
	igt_assert_lte_u64(s.words[1], s.words[2]);
	igt_assert_lte_u64(s.words[2], s.words[3]);
	asahi_blocker_fini(&blocker);
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: faulted
 * Description: What ended before a command that fails has both of its timestamps. The simulated
 *	GPU also promises that nothing is written that did not happen: neither the end of that
 *	command, nor anything of those that do not run because of it.
 */
static void faulted(void)
{
	struct asahi_stream nowhere = { 0 };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job jobs[3];
	struct asahi_stamps s;
	uint32_t i;

	asahi_stamps_init(&s);
	nowhere.va = asahi_client_va(&s.client, ASAHI_PAGE);
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		if (i == 1)
			asahi_job_init_stream(&s.client, &jobs[i], &nowhere);
		else
			asahi_job_init(&s.client, &jobs[i], ASAHI_SHADER_STOP, 0, 0, 0);
		asahi_stamp_compute(&jobs[i].compute, &s, 2 * i);
		asahi_cmdbuf_compute(&cmdbuf, &jobs[i].compute, NONE, i ? i : NONE);
	}
	igt_assert_eq(run(&s.client, &cmdbuf), -EIO);
	igt_info("of the command that failed: start %llu, end %llu\n",
		 (unsigned long long)s.words[2], (unsigned long long)s.words[3]);
	igt_assert_neq_u64(s.words[0], 0);
	igt_assert_lte_u64(s.words[0], s.words[1]);
	if (asahi_is_simulated(s.client.fd)) {
		igt_assert_lte_u64(s.words[1], s.words[2]);
		igt_assert_eq_u64(s.words[3], 0);
		igt_assert_eq_u64(s.words[4], 0);
		igt_assert_eq_u64(s.words[5], 0);
	}
	asahi_stamps_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "own-objects", "Start and end may have objects of their own.", own_objects },
	{ "own-objects-render", "All four may have objects of their own.", own_objects_render },
	{ "most-objects", "Every command may have its objects.", most_objects },
	{ "no-object", "Without an object nothing is written.", no_object },
	{ "around-run", "Timestamps are those of start and end.", around_run },
	{ "rate", "Timestamps count at the rate that is told.", rate },
	{ "start-is-not-submit", "Who waits has not started.", start_is_not_submit },
	{ "faulted", "Nothing is written that did not happen.", faulted },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
