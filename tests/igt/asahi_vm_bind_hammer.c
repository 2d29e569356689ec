// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind hammer
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: Mappings that change while jobs run. Two jobs load and store without a pause on
 *	both sides of a range that is unmapped, or mapped anew, and filled again, over and over;
 *	each way to do so is a dynamic subtest, lib/asahi_cut.c has the list. A single load that
 *	finds something else ends such a job. Others wait for a change.
 */
#include <errno.h>
#include <string.h>

#include "asahi_clock.h"
#include "asahi_cut.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_layout.h"
#include "asahi_pages.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("VM_BIND beside and under running jobs");

/* How often a range is taken out and put back, and how often each time while nobody looks. */
#define ROUNDS 4
#define BLOWS 20

/* What a job loads for as long as it is to run. */
#define GO_ON 0x60606060u

/* Words of a page, two that belong together, and one: none that the model looks at. */
#define CONTROL(i) (16 + 16 * (i))
#define STORED(i) (64 + 16 * (i))

/* A job that loads from one page, and stores to this and another. */
struct beat {
	uint32_t queue_id;
	int fence;
	/* Those that it loads and stores, for the CPU. */
	volatile uint32_t *control, *stored;
};

/* Word @word of what the model has at @va. */
static volatile uint32_t *find_word(const struct asahi_layout *layout, uint64_t va,
				    unsigned int word)
{
	unsigned int i;

	for (i = 0; i < layout->num; i++)
		if (layout->points[i].va == va)
			break;
	igt_assert(i < layout->num && layout->points[i].bo);

	return layout->points[i].bo->map + layout->points[i].page * ASAHI_PAGE_WORDS + word;
}

/* Number @i of the jobs loads at @va, and stores there and at @other. */
static void beat_start(struct asahi_layout *layout, struct beat *beat, unsigned int i, uint64_t va,
		       uint64_t other)
{
	struct asahi_client *client = &layout->client;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;

	beat->control = find_word(layout, va, CONTROL(i));
	beat->stored = find_word(layout, other, STORED(i));
	beat->control[0] = GO_ON;
	asahi_job_init(client, &job, ASAHI_SHADER_BEAT, va + 4 * CONTROL(i), other + 4 * STORED(i),
		       GO_ON);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	beat->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	beat->fence = asahi_cmdbuf_start(client, beat->queue_id, &cmdbuf);
}

/* Wait until the job has stored both words, from now on; false if it is over, or does not. */
static bool beat_wait(const struct beat *beat)
{
	uint64_t since = 0;

	beat->control[1] = 0;
	*beat->stored = 0;
	while (beat->control[1] != ASAHI_WRITER_VALUE || *beat->stored != ASAHI_WRITER_VALUE) {
		if (!asahi_is_busy(beat->fence) || !asahi_patient(&since)) {
			igt_info("no more stores: fence 0x%x, stored 0x%x and 0x%x, loaded 0x%x\n",
				 asahi_is_busy(beat->fence), beat->control[1], *beat->stored,
				 beat->control[0]);
			return false;
		}
	}
	return true;
}

/* Let the job end; returns what asahi_finish() does. */
static int beat_finish(struct asahi_layout *layout, struct beat *beat)
{
	int status;

	beat->control[0] = 0;
	status = asahi_finish(beat->fence);
	asahi_queue_destroy(layout->client.fd, beat->queue_id);

	return status;
}

/* One round; everything is compared only in the first and the last, which takes long. */
static bool hammer(struct asahi_cutting *c, const struct beat beats[2], bool compare)
{
	unsigned int i;

	for (i = 0; i < BLOWS; i++) {
		asahi_cutting_cut(c);
		asahi_cutting_fill(c);
	}
	asahi_cutting_cut(c);
	if (!beat_wait(&beats[0]) || !beat_wait(&beats[1]))
		return false;
	if (compare && !asahi_layout_compare(&c->layout))
		return false;
	asahi_cutting_fill(c);
	if (compare && !asahi_layout_compare(&c->layout))
		return false;
	return beat_wait(&beats[0]) && beat_wait(&beats[1]);
}

static void run_hammer(const void *data, unsigned int number)
{
	static struct asahi_cutting c;
	bool right, busy = true;
	struct beat beats[2];
	uint64_t left, next;
	unsigned int i;
	int status[2];

	asahi_sim_lift_limits();
	asahi_cutting_init(&c, &asahi_cuts[number], data);
	left = asahi_cutting_address(&c, c.cut->first - 1);
	next = asahi_cutting_address(&c, c.cut->first + c.cut->num);
	beat_start(&c.layout, &beats[0], 0, left, next);
	beat_start(&c.layout, &beats[1], 1, next, left);

	right = beat_wait(&beats[0]) && beat_wait(&beats[1]);
	for (i = 0; right && i < ROUNDS; i++)
		right = hammer(&c, beats, i == 0 || i == ROUNDS - 1);

	for (i = 0; i < 2; i++)
		busy &= asahi_is_busy(beats[i].fence);
	for (i = 0; i < 2; i++)
		status[i] = beat_finish(&c.layout, &beats[i]);
	igt_assert_f(busy, "a job has loaded something else than what it was to find\n");
	igt_assert_f(right, "what lies beside a range has changed with it\n");
	igt_assert_eq(status[0], 1);
	igt_assert_eq(status[1], 1);
	asahi_layout_assert(&c.layout);
	asahi_cutting_fini(&c);
}

static const struct asahi_cases hammers = { NULL, asahi_cut_name, run_hammer };

/**
 * SUBTEST: unbind
 * Description: A range of ordinary mappings is unmapped and mapped again beside jobs that use what
 *	is left of them and their neighbours.
 */
static const struct asahi_cut_kind unbind = { ASAHI_RW, 0 };

/**
 * SUBTEST: unbind-single
 * Description: A range of repeated pages is unmapped and mapped again beside jobs that use the same
 *	pages next to it.
 */
static const struct asahi_cut_kind unbind_single = { ASAHI_SINGLE, 0 };

/**
 * SUBTEST: replace
 * Description: Something else takes the place of a range of ordinary mappings, which come back,
 *	beside jobs that use what is left of them and their neighbours.
 */
static const struct asahi_cut_kind replace = { ASAHI_RW, ASAHI_RW };

/**
 * SUBTEST: replace-single
 * Description: Repeated pages take the place of a range of others, which come back, beside jobs
 *	that use those next to it.
 */
static const struct asahi_cut_kind replace_single = { ASAHI_SINGLE, ASAHI_SINGLE };

/* A page of the first, and of the second buffer object. */
static void under_init(struct asahi_pages *p, struct asahi_spin *spin)
{
	asahi_pages_init(p);
	igt_require_f(p->client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "a load where nothing is mapped ends a job\n");
	asahi_spin_init(&p->client, spin);
	spin->job.args->a = p->va + 4;
	spin->job.args->c = 0;
}

/* The job ends by what it has seen, and the first page is still @bo's, or nobody's. */
static void under_fini(struct asahi_pages *p, struct asahi_spin *spin, const struct asahi_bo *bo)
{
	int status = asahi_finish(spin->fence);

	igt_assert_f(status == 1, "the job did not see what has changed, and ended with %d\n",
		     status);
	asahi_pages_assert(p, 0, bo, 0);
	asahi_pages_fini(p);
}

/**
 * SUBTEST: map-under-job
 * Description: A job that runs already sees what is mapped where nothing was when it began.
 */
static void map_under_job(void)
{
	struct asahi_spin spin;
	struct asahi_pages p;

	under_init(&p, &spin);
	p.a.map[1] = 1;
	asahi_spin_start(&spin, p.client.queue_id);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	under_fini(&p, &spin, &p.a);
}

/**
 * SUBTEST: unmap-under-job
 * Description: A job that runs already no longer sees what is unmapped, though it is still there.
 */
static void unmap_under_job(void)
{
	struct asahi_spin spin;
	struct asahi_pages p;

	under_init(&p, &spin);
	p.a.map[1] = GO_ON;
	spin.job.args->c = GO_ON;
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_spin_start(&spin, p.client.queue_id);
	asahi_pages_unmap(&p, 1, 0);
	under_fini(&p, &spin, NULL);
}

/**
 * SUBTEST: protect-under-job
 * Description: A job that runs already can no longer load what has become write-only.
 */
static void protect_under_job(void)
{
	struct asahi_spin spin;
	struct asahi_pages p;

	under_init(&p, &spin);
	p.a.map[1] = GO_ON;
	spin.job.args->c = GO_ON;
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_spin_start(&spin, p.client.queue_id);
	asahi_pages_map(&p, &p.a, 0, 1, 0, DRM_ASAHI_BIND_WRITE);
	under_fini(&p, &spin, NULL);
}

/**
 * SUBTEST: bind-before-start
 * Description: VM_BIND waits for nothing and nothing waits for it: a job that was submitted before,
 *	and starts after it, sees what is mapped then.
 */
static void bind_before_start(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_client other;
	struct asahi_spin spin;
	struct asahi_pages p;
	struct asahi_job job;
	uint32_t *seen;
	uint64_t va;
	int fence;
	bool busy;

	asahi_pages_init(&p);
	asahi_client_init(&other);
	asahi_spin_init(&other, &spin);
	asahi_spin_start(&spin, other.queue_id);

	asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
	va = asahi_client_alloc(&p.client, sizeof(*seen), (void **)&seen);
	asahi_job_init(&p.client, &job, ASAHI_SHADER_COPY, p.va, va, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, 0, 0);
	syncs[0] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncobj_import_sync_file(p.client.fd, syncs[0].handle, spin.fence);
	igt_assert_eq(__asahi_cmdbuf_submit(&p.client, p.client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(p.client.fd, syncs[1].handle);

	asahi_pages_map(&p, &p.b, 3, 2, 0, ASAHI_RW);
	busy = asahi_is_busy(fence) && asahi_is_busy(spin.fence);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_f(busy, "VM_BIND has waited for a job, or the job not for its fence\n");
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_eq_u32(*seen, asahi_pages_word(&p.b, 3));

	syncobj_destroy(p.client.fd, syncs[0].handle);
	syncobj_destroy(p.client.fd, syncs[1].handle);
	asahi_client_fini(&other);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: no-gap
 * Description: A job that loads from an address without a pause, where one of two buffer objects
 *	takes the place of the other, finds one of them each time, and never nothing.
 */
/* How often something is replaced: the job has to look at it in that very moment. */
#define REPLACEMENTS 2000

static void no_gap(void)
{
	static struct asahi_layout layout;
	static const uint32_t sizes[ASAHI_LAYOUT_BOS] = { 4, 4, 4 };
	struct beat beat;
	bool right, busy;
	unsigned int i;
	uint64_t va;
	int status;

	asahi_layout_init(&layout, sizes);
	asahi_require_simulated(layout.client.fd,
				"the real driver may replace a mapping in two steps");
	asahi_sim_lift_limits();
	va = asahi_client_va(&layout.client, 5 * ASAHI_PAGE);
	asahi_layout_points(&layout, va, 5);
	for (i = 0; i < 2; i++)
		layout.bos[i].map[2 * ASAHI_PAGE_WORDS + CONTROL(0)] = GO_ON;

	asahi_layout_map(&layout, &layout.bos[2], 0, 1, va, ASAHI_RW);
	asahi_layout_map(&layout, &layout.bos[0], 1, 3, va + ASAHI_PAGE, ASAHI_RW);
	beat_start(&layout, &beat, 0, va + 2 * ASAHI_PAGE, va);
	right = beat_wait(&beat);
	for (i = 1; right && i < REPLACEMENTS; i++) {
		/* The same page of the other one, as part of one mapping or of two. */
		struct drm_asahi_gem_bind_op ops[] = {
			asahi_layout_map_op(&layout.bos[i % 2], 1, 3, va + ASAHI_PAGE, ASAHI_RW),
			asahi_layout_map_op(&layout.bos[i % 2], 3, 1, va + 3 * ASAHI_PAGE,
					    ASAHI_RW),
		};

		asahi_layout_bind(&layout, ops, 1 + i / 2 % 2);
		beat.control = find_word(&layout, va + 2 * ASAHI_PAGE, CONTROL(0));
		right = i % 16 || beat_wait(&beat);
	}
	busy = asahi_is_busy(beat.fence);
	status = beat_finish(&layout, &beat);
	igt_assert_f(busy, "a load has found nothing after %u steps\n", i);
	igt_assert_f(right, "no stores after %u steps\n", i);
	igt_assert_eq(status, 1);
	asahi_layout_assert(&layout);
	asahi_layout_fini(&layout);
}

static const struct asahi_subtest subtests[] = {
	{ "unbind", "Unmapping a range does not disturb jobs beside it.", NULL, NULL, &unbind,
	  &hammers },
	{ "unbind-single", "Unmapping repeated pages does not disturb jobs beside them.", NULL,
	  NULL, &unbind_single, &hammers },
	{ "replace", "Replacing a range does not disturb jobs beside it.", NULL, NULL, &replace,
	  &hammers },
	{ "replace-single", "Replacing repeated pages does not disturb jobs beside them.", NULL,
	  NULL, &replace_single, &hammers },
	{ "map-under-job", "A running job sees what is mapped.", map_under_job },
	{ "unmap-under-job", "A running job sees that something is unmapped.", unmap_under_job },
	{ "protect-under-job", "A running job loses a right.", protect_under_job },
	{ "bind-before-start", "A job sees what is mapped when it starts.", bind_before_start },
	{ "no-gap", "What replaces a mapping leaves no gap in time.", no_gap },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
