// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fairness
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: scheduling
 * Functionality: turns, priorities
 * Description: Who is next on the GPU: files take turns, then the queues of a file; medium
 *	priority comes before low but does not starve it; and who never ends does not keep others
 *	waiting. The uapi promises none of it, so all of this is about the simulated device.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_module.h"
#include "asahi_stamps.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Sharing the GPU among files, queues and priorities");

#define MAX_JOBS 64

/* A file that queues jobs which do nothing but write down when they start. */
struct player {
	struct asahi_stamps s;
	struct asahi_job job;
	uint32_t used;
};

/* All jobs that have been queued behind one that takes the whole GPU. */
struct line {
	struct asahi_client client;
	struct asahi_spin spin;
	unsigned int num;
	struct entry {
		/* Who it belongs to, as it appears in the result. */
		char name;
		int fence;
		const volatile uint64_t *start;
	} jobs[MAX_JOBS];
};

static void player_init(struct player *p)
{
	asahi_stamps_init(&p->s);
	asahi_job_init(&p->s.client, &p->job, ASAHI_SHADER_STOP, 0, 0, 0);
	p->used = 0;
}

static void player_fini(struct player *p)
{
	asahi_stamps_fini(&p->s);
}

static uint32_t queue(const struct asahi_client *client, uint32_t priority)
{
	uint32_t queue_id;

	igt_assert_eq(__asahi_queue_create(client->fd, client->vm_id, priority, client->usc_base,
					   &queue_id), 0);
	return queue_id;
}

/*
 * On a GPU that takes a single job at a time the order of the starts is the order of the turns.
 * The first job is one of low priority, so that three of medium priority are due.
 */
static void line_init(struct line *line)
{
	uint32_t low;

	asahi_module_reload("workers", 1);
	asahi_client_init(&line->client);
	low = queue(&line->client, DRM_ASAHI_PRIORITY_LOW);
	asahi_spin_init(&line->client, &line->spin);
	asahi_spin_start(&line->spin, low);
	line->num = 0;
}

/* Queue @num jobs of @p on @queue_id, to be known as @name. */
static void line_add(struct line *line, struct player *p, uint32_t queue_id, char name,
		     unsigned int num)
{
	while (num--) {
		struct entry *entry = &line->jobs[line->num++];
		struct asahi_cmdbuf cmdbuf = { 0 };

		igt_assert_lte(line->num, MAX_JOBS);
		entry->name = name;
		entry->start = &p->s.words[p->used];
		asahi_stamp_compute(&p->job.compute, &p->s, p->used);
		p->used += 2;
		asahi_cmdbuf_compute(&cmdbuf, &p->job.compute, DRM_ASAHI_BARRIER_NONE,
				     DRM_ASAHI_BARRIER_NONE);
		entry->fence = asahi_cmdbuf_start(&p->s.client, queue_id, &cmdbuf);
	}
}

static int by_start(const void *a, const void *b)
{
	uint64_t x = *((const struct entry *)a)->start, y = *((const struct entry *)b)->start;

	return (x > y) - (x < y);
}

/* Let them run, and see in what order they did. */
static void line_run(struct line *line, const char *expected)
{
	char order[MAX_JOBS + 1] = "";
	unsigned int i;

	for (i = 0; i < line->num; i++)
		igt_assert(asahi_is_busy(line->jobs[i].fence));
	igt_assert_eq(asahi_spin_finish(&line->spin), 1);
	for (i = 0; i < line->num; i++)
		igt_assert_eq(asahi_finish(line->jobs[i].fence), 1);

	qsort(line->jobs, line->num, sizeof(line->jobs[0]), by_start);
	for (i = 0; i < line->num; i++)
		order[i] = line->jobs[i].name;
	igt_assert_f(!strcmp(order, expected), "started: %s, expected: %s\n", order, expected);
	asahi_client_fini(&line->client);
}

/**
 * SUBTEST: files
 * Description: Files take turns, however many jobs and queues they have.
 */
static void files(void)
{
	struct player a, b, c;
	struct line line;
	unsigned int i;

	line_init(&line);
	player_init(&a);
	player_init(&b);
	player_init(&c);
	for (i = 0; i < 3; i++)
		line_add(&line, &a, queue(&a.s.client, DRM_ASAHI_PRIORITY_MEDIUM), 'a', 4);
	line_add(&line, &b, b.s.client.queue_id, 'b', 4);
	line_add(&line, &c, c.s.client.queue_id, 'c', 2);
	line_run(&line, "abcabcababaaaaaaaa");
	player_fini(&c);
	player_fini(&b);
	player_fini(&a);
}

/**
 * SUBTEST: queues
 * Description: The queues of a file take turns.
 */
static void queues(void)
{
	static const unsigned int jobs[] = { 5, 1, 2, 3 };
	struct player p;
	struct line line;
	unsigned int i;

	line_init(&line);
	player_init(&p);
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		line_add(&line, &p, queue(&p.s.client, DRM_ASAHI_PRIORITY_MEDIUM), 'a' + i,
			 jobs[i]);
	line_run(&line, "abcdacdadaa");
	player_fini(&p);
}

/**
 * SUBTEST: files-before-queues
 * Description: A file's share does not depend on how many queues it spreads its jobs over.
 */
static void files_before_queues(void)
{
	struct player a, b;
	struct line line;
	unsigned int i;

	line_init(&line);
	player_init(&a);
	player_init(&b);
	for (i = 0; i < 4; i++)
		line_add(&line, &a, queue(&a.s.client, DRM_ASAHI_PRIORITY_MEDIUM), 'a' + i, 1);
	line_add(&line, &b, b.s.client.queue_id, 'z', 4);
	line_run(&line, "azbzczdz");
	player_fini(&b);
	player_fini(&a);
}

/**
 * SUBTEST: priority
 * Description: Three turns of medium priority, then one of low, between files.
 */
static void priority(void)
{
	struct player low, medium;
	struct line line;

	line_init(&line);
	player_init(&low);
	player_init(&medium);
	line_add(&line, &low, queue(&low.s.client, DRM_ASAHI_PRIORITY_LOW), 'l', 4);
	line_add(&line, &medium, medium.s.client.queue_id, 'm', 9);
	line_run(&line, "mmmlmmmlmmmll");
	player_fini(&medium);
	player_fini(&low);
}

/**
 * SUBTEST: priority-one-file
 * Description: The same within a file.
 */
static void priority_one_file(void)
{
	struct player p;
	struct line line;

	line_init(&line);
	player_init(&p);
	line_add(&line, &p, queue(&p.s.client, DRM_ASAHI_PRIORITY_LOW), 'l', 3);
	line_add(&line, &p, p.s.client.queue_id, 'm', 7);
	line_run(&line, "mmmlmmmlml");
	player_fini(&p);
}

/**
 * SUBTEST: priority-many-files
 * Description: Low priority is not starved by many files of medium priority, which take turns
 *	among themselves all the while.
 */
static void priority_many_files(void)
{
	struct player low, a, b;
	struct line line;

	line_init(&line);
	player_init(&low);
	player_init(&a);
	player_init(&b);
	line_add(&line, &a, a.s.client.queue_id, 'a', 5);
	line_add(&line, &b, b.s.client.queue_id, 'b', 5);
	line_add(&line, &low, queue(&low.s.client, DRM_ASAHI_PRIORITY_LOW), 'l', 3);
	line_run(&line, "abalbablabalb");
	player_fini(&b);
	player_fini(&a);
	player_fini(&low);
}

/* A file with many queues, each with two jobs that do not end. */
struct hog {
	struct asahi_client client;
	unsigned int num;
	struct asahi_spin spins[2 * 12];
};

/* First a job for each queue, then the other one, which a GPU may take to lie behind the first. */
static void hog_init(struct hog *hog, unsigned int num_queues)
{
	uint32_t queues[ARRAY_SIZE(hog->spins) / 2];
	struct asahi_cmdbuf cmdbuf;
	unsigned int i;

	igt_assert_lte(num_queues, ARRAY_SIZE(queues));
	asahi_client_init(&hog->client);
	hog->num = 2 * num_queues;
	for (i = 0; i < num_queues; i++)
		queues[i] = queue(&hog->client, DRM_ASAHI_PRIORITY_MEDIUM);
	for (i = 0; i < hog->num; i++) {
		struct asahi_spin *spin = &hog->spins[i];

		asahi_spin_init(&hog->client, spin);
		cmdbuf.size = 0;
		asahi_cmdbuf_compute(&cmdbuf, &spin->job.compute, DRM_ASAHI_BARRIER_NONE,
				     DRM_ASAHI_BARRIER_NONE);
		spin->fence = asahi_cmdbuf_start(&hog->client, queues[i % num_queues], &cmdbuf);
	}
}

/* How many of its jobs have been seen to run. */
static unsigned int hog_started(const struct hog *hog)
{
	unsigned int i, num = 0;

	for (i = 0; i < hog->num; i++)
		num += hog->spins[i].state[1] == 1;
	return num;
}

static void hog_wait_started(const struct hog *hog, unsigned int num)
{
	uint64_t since = 0;

	while (hog_started(hog) < num)
		igt_assert_f(asahi_patient(&since), "only %u jobs of %u have started\n",
			     hog_started(hog), num);
}

static unsigned int hog_busy(const struct hog *hog)
{
	unsigned int i, num = 0;

	for (i = 0; i < hog->num; i++)
		num += hog->spins[i].fence >= 0 && asahi_is_busy(hog->spins[i].fence);
	return num;
}

/* Close its file, with all that runs. */
static void hog_drop(struct hog *hog)
{
	unsigned int i;

	for (i = 0; i < hog->num; i++)
		if (hog->spins[i].fence >= 0)
			close(hog->spins[i].fence);
	asahi_client_drop(&hog->client);
}

/* Its job has run. */
static void guest_fini(struct asahi_actor *guest)
{
	igt_assert_eq_u32(guest->bo.map[0], ASAHI_STORE_VALUE);
	asahi_actor_fini(guest);
}

/**
 * SUBTEST: endless
 * Description: A file that fills many queues with endless jobs does not delay the short job of
 *	another one until any of them ends.
 */
static void endless(void)
{
	unsigned int places = asahi_module_number("workers"), started, busy;
	static struct hog hog;
	struct asahi_actor guest;
	int status;

	hog_init(&hog, 12);
	hog_wait_started(&hog, places / 2);
	asahi_actor_init(&guest);
	status = asahi_job_run(&guest.good);
	busy = hog_busy(&hog);
	started = hog_started(&hog);
	hog_drop(&hog);

	igt_assert_eq(status, 1);
	igt_assert_eq(busy, hog.num);
	igt_assert_eq(started, places / 2);
	guest_fini(&guest);
}

/* One file with half of the places, and others with the rest but @left. */
static unsigned int fill(struct hog *hogs, unsigned int left)
{
	unsigned int places = asahi_module_number("workers"), i;
	unsigned int num = 1 + places - places / 2 - left;

	hog_init(&hogs[0], 12);
	hog_wait_started(&hogs[0], places / 2);
	for (i = 1; i < num; i++) {
		hog_init(&hogs[i], 2);
		hog_wait_started(&hogs[i], 1);
	}
	return num;
}

/* All jobs that fill() has made are there still, or all but @ended. */
static void assert_busy(const struct hog *hogs, unsigned int num, unsigned int ended)
{
	unsigned int i, busy = 0, all = 0;

	for (i = 0; i < num; i++) {
		busy += hog_busy(&hogs[i]);
		all += hogs[i].num;
	}
	igt_assert_eq(busy, all - ended);
}

#define MAX_HOGS 64

/**
 * SUBTEST: endless-many
 * Description: Nor do half as many such files as the GPU has places. One more fills it, and then
 *	who has nothing there is next.
 */
static void endless_many(void)
{
	static struct hog hogs[MAX_HOGS];
	struct asahi_actor guest, other;
	unsigned int num, i;
	int waiting;

	igt_require(asahi_module_number("workers") >= 2);
	num = fill(hogs, 1);
	asahi_actor_init(&guest);
	igt_assert_eq(asahi_job_run(&guest.good), 1);
	assert_busy(hogs, num, 0);

	hog_init(&hogs[num], 2);
	hog_wait_started(&hogs[num], 1);
	num++;
	asahi_actor_init(&other);
	waiting = asahi_job_start(&other.good);
	igt_assert(asahi_is_busy(waiting));

	/* All others have jobs in line, and were there before. */
	for (i = 0; hogs[0].spins[i].state[1] != 1; i++)
		;
	igt_assert_eq(asahi_spin_finish(&hogs[0].spins[i]), 1);
	hogs[0].spins[i].fence = -1;
	igt_assert_eq(asahi_finish(waiting), 1);
	assert_busy(hogs, num, 1);

	for (i = 0; i < num; i++)
		hog_drop(&hogs[i]);
	guest_fini(&other);
	guest_fini(&guest);
}

/**
 * SUBTEST: limit
 * Description: When many files have filled the GPU with endless jobs, the first that reaches the
 *	time limit makes room.
 */
static void limit(void)
{
	static struct hog hogs[MAX_HOGS];
	unsigned int num, i, busy = 0, all = 0;
	struct asahi_actor guest;
	int waiting, early, status;

	num = fill(hogs, 0);
	asahi_actor_init(&guest);
	waiting = asahi_job_start(&guest.good);
	early = asahi_is_busy(waiting);
	asahi_module_set("time_limit_ms", 500);
	status = asahi_finish(waiting);
	for (i = 0; i < num; i++) {
		busy += hog_busy(&hogs[i]);
		all += hogs[i].num;
		hog_drop(&hogs[i]);
	}
	asahi_module_restore();

	igt_assert(early);
	igt_assert_eq(status, 1);
	igt_assert_lt(busy, all);
	guest_fini(&guest);
}

static const struct asahi_subtest subtests[] = {
	{ "files", "Files take turns.", files },
	{ "queues", "Queues of a file take turns.", queues },
	{ "files-before-queues", "Many queues are no larger share.", files_before_queues },
	{ "priority", "Low priority gets every fourth turn.", priority },
	{ "priority-one-file", "Low priority gets every fourth turn of its file.",
	  priority_one_file },
	{ "priority-many-files", "Many files do not starve low priority.", priority_many_files },
	{ "endless", "Endless jobs of one file do not delay another's.", endless },
	{ "endless-many", "Endless jobs of many files do not delay another's.", endless_many },
	{ "limit", "The time limit makes room.", limit },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
