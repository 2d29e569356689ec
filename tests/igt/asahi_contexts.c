// SPDX-License-Identifier: MIT
/**
 * TEST: asahi contexts
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: scheduling
 * Functionality: VM contexts
 * Description: The GPU knows 63 address spaces of programs at a time. More than that have jobs
 *	here, which wait for each other in every way that there is: all of them run, none in the
 *	address space of another.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_module.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("More address spaces than the GPU has places");

/* Places that the GPU has for address spaces of programs. */
#define NUM_CONTEXTS 63

#define MAX_VMS 200
#define MAX_FILES 8

/* How many of them leave places for whoever else there is. */
#define FEW_VMS 48

#define VALUE 0x600df00du

#define PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/*
 * How many address spaces may have jobs behind a gate. The Rust driver's SUBMIT takes one of the
 * GPU's places and sleeps until it has one, so that with more of them nobody would open the gate.
 */
static unsigned int behind_gate(unsigned int num)
{
	int fd = asahi_open();

	if (!asahi_is_simulated(fd) && num > FEW_VMS) {
		num = FEW_VMS;
		igt_info("only %u address spaces, as SUBMIT may wait for a place\n", num);
	}
	asahi_close(fd);
	return num;
}

/* Address spaces of several files, all with the same addresses, and memory that all map. */
struct town {
	int fds[MAX_FILES];
	unsigned int num_files;
	struct asahi_client clients[MAX_VMS];
	unsigned int num;
	uint64_t size;
	uint64_t va;
	uint32_t *map;
	/* Keeps all jobs waiting while they are submitted. */
	struct asahi_client gate_client;
	struct asahi_spin gate;
};

static void town_open_gate(struct town *t)
{
	igt_assert_eq(asahi_spin_finish(&t->gate), 1);
	t->gate.fence = -1;
}

static void town_close_gate(struct town *t)
{
	asahi_spin_init(&t->gate_client, &t->gate);
	asahi_spin_start(&t->gate, t->gate_client.queue_id);
}

/*
 * If @own, each maps a page of its own, the next one of the memory; otherwise all map all of it.
 */
static void town_init(struct town *t, unsigned int num, unsigned int num_files, bool own)
{
	uint32_t handles[MAX_FILES];
	unsigned int i;
	int dma_buf;

	memset(t, 0, sizeof(*t));
	t->num = num;
	t->num_files = num_files;
	t->size = own ? num * ASAHI_PAGE : 4 * ASAHI_PAGE;

	t->fds[0] = asahi_open();
	handles[0] = asahi_gem_create(t->fds[0], t->size);
	t->map = asahi_gem_mmap(t->fds[0], handles[0], t->size);
	dma_buf = prime_handle_to_fd(t->fds[0], handles[0]);
	for (i = 1; i < num_files; i++) {
		t->fds[i] = asahi_open();
		handles[i] = prime_fd_to_handle(t->fds[i], dma_buf);
	}
	close(dma_buf);

	for (i = 0; i < num; i++) {
		struct asahi_client *client = &t->clients[i];

		asahi_client_init_fd(client, t->fds[i % num_files]);
		t->va = asahi_client_va(client, t->size);
		asahi_vm_map(client->fd, client->vm_id, handles[i % num_files],
			     own ? (uint64_t)i * ASAHI_PAGE : 0, own ? ASAHI_PAGE : t->size,
			     t->va, ASAHI_RW);
	}

	asahi_client_init(&t->gate_client);
	t->gate.fence = -1;
}

static void town_fini(struct town *t)
{
	unsigned int i;

	asahi_client_fini(&t->gate_client);
	for (i = 0; i < t->num; i++)
		asahi_client_fini(&t->clients[i]);
	asahi_gem_munmap(t->map, t->size);
	for (i = 0; i < t->num_files; i++)
		asahi_close(t->fds[i]);
}

/* Submit a job behind some fences, of any file; returns its own. */
static int start_behind(struct asahi_job *job, const int *fences, uint32_t num)
{
	struct asahi_client *client = job->client;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[4];
	uint32_t i;
	int fence;

	igt_assert_lt(num, ARRAY_SIZE(syncs));
	for (i = 0; i <= num; i++) {
		syncs[i] = asahi_sync_binary(syncobj_create(client->fd, 0));
		if (i < num)
			syncobj_import_sync_file(client->fd, syncs[i].handle, fences[i]);
	}
	asahi_cmdbuf_compute(&cmdbuf, &job->compute, 0, 0);
	igt_assert_eq(__asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, num, 1), 0);
	fence = asahi_sync_export(client->fd, syncs[num].handle);
	for (i = 0; i <= num; i++)
		syncobj_destroy(client->fd, syncs[i].handle);

	return fence;
}

/* A job of address space @i that copies word @from of the common memory to word @to. */
static void init_copy(struct town *t, unsigned int i, struct asahi_job *job, uint32_t from,
		      uint32_t to)
{
	asahi_job_init(&t->clients[i], job, ASAHI_SHADER_COPY, t->va + 4 * from, t->va + 4 * to,
		       0);
}

/* One job in each of many address spaces, each behind that of the one before. */
static void chain(unsigned int num_files)
{
	static struct town t;
	int fences[MAX_VMS];
	struct asahi_job job;
	unsigned int i;

	town_init(&t, behind_gate(MAX_VMS), num_files, false);
	town_close_gate(&t);
	for (i = 0; i < t.num; i++) {
		init_copy(&t, i, &job, i, i + 1);
		fences[i] = start_behind(&job, i ? &fences[i - 1] : &t.gate.fence, 1);
	}
	for (i = 0; i < t.num; i++)
		igt_assert(asahi_is_busy(fences[i]));

	t.map[0] = VALUE;
	town_open_gate(&t);
	for (i = 0; i < t.num; i++)
		igt_assert_eq(asahi_finish(fences[i]), 1);
	for (i = 0; i <= t.num; i++)
		igt_assert_eq_u32(t.map[i], VALUE);
	town_fini(&t);
}

/**
 * SUBTEST: chain-one-file
 * Description: A job in each of 200 address spaces of a file, behind the one before.
 */
static void chain_one_file(void)
{
	chain(1);
}

/**
 * SUBTEST: chain-files
 * Description: The same with address spaces of several files.
 */
static void chain_files(void)
{
	chain(MAX_FILES);
}

#define MESH 130
#define ROUNDS 4

/**
 * SUBTEST: mesh
 * Description: Several jobs in each of 130 address spaces, each behind the earlier jobs of its
 *	own and of two others.
 */
static void mesh(void)
{
	static struct town t;
	static int fences[ROUNDS][MESH];
	unsigned int round, i, num = behind_gate(MESH);
	struct asahi_job job;

	town_init(&t, num, MAX_FILES, false);
	town_close_gate(&t);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < num; i++) {
			uint32_t next = (i + 1) % num;
			int behind[2] = { t.gate.fence, t.gate.fence };

			if (round) {
				behind[0] = fences[round - 1][next];
				behind[1] = fences[round - 1][(i + num / 2) % num];
			}
			init_copy(&t, i, &job, round * num + next, (round + 1) * num + i);
			fences[round][i] = start_behind(&job, behind, 2);
		}
	}
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < num; i++)
			igt_assert(asahi_is_busy(fences[round][i]));

	for (i = 0; i < num; i++)
		t.map[i] = VALUE + i;
	town_open_gate(&t);
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < num; i++)
			igt_assert_eq(asahi_finish(fences[round][i]), 1);
	for (i = 0; i < num; i++)
		igt_assert_eq_u32(t.map[ROUNDS * num + i], VALUE + (i + ROUNDS) % num);
	town_fini(&t);
}

#define MAX_RUNNING 16

/**
 * SUBTEST: running-and-waiting
 * Description: As many jobs as the GPU takes do not end. 130 more address spaces have jobs, half
 *	of them behind those, half of them free to run: when a single job ends, all run that can.
 */
static void running_and_waiting(void)
{
	static struct asahi_client runners[MAX_RUNNING];
	unsigned int num_running = asahi_module_number("workers"), i;
	struct asahi_spin spins[MAX_RUNNING];
	static struct town t;
	struct asahi_job job;
	int fences[MESH];
	int last;

	igt_require(num_running <= MAX_RUNNING);
	town_init(&t, MESH, MAX_FILES, false);
	for (i = 0; i < num_running; i++) {
		asahi_client_init(&runners[i]);
		asahi_spin_init(&runners[i], &spins[i]);
		asahi_spin_start(&spins[i], runners[i].queue_id);
	}
	t.map[0] = VALUE;
	for (i = 0; i < MESH; i++) {
		init_copy(&t, i, &job, 0, 1 + i);
		fences[i] = start_behind(&job, &spins[i / 2 % num_running].fence, i % 2);
	}
	for (i = 0; i < MESH; i++)
		igt_assert(asahi_is_busy(fences[i]));

	for (last = num_running - 1; last >= 0; last--) {
		igt_assert_eq(asahi_spin_finish(&spins[last]), 1);
		for (i = 0; i < MESH; i++) {
			bool behind = i % 2;

			if (behind ? i / 2 % num_running == (unsigned int)last :
				     last == (int)num_running - 1)
				igt_assert_eq(asahi_finish(fences[i]), 1);
			else if (behind && i / 2 % num_running < (unsigned int)last)
				igt_assert(asahi_is_busy(fences[i]));
		}
		for (i = 0; i < (unsigned int)last; i++)
			igt_assert(asahi_is_busy(spins[i].fence));
	}

	for (i = 0; i < MESH; i++)
		igt_assert_eq_u32(t.map[1 + i], VALUE);
	for (i = 0; i < num_running; i++)
		asahi_client_fini(&runners[i]);
	town_fini(&t);
}

/* All address spaces at once, each storing @value plus its number to its own page. */
static void store_all(struct town *t, struct asahi_job *jobs, uint32_t value)
{
	unsigned int i, word = value % PAGE_WORDS;
	int fences[MAX_VMS];

	memset(t->map, 0, t->size);
	town_close_gate(t);
	for (i = 0; i < t->num; i++) {
		/* The arguments, and what is copied, are the last two words of its arena. */
		uint32_t *source = t->clients[i].arena.map + 4 * PAGE_WORDS - 1;

		*source = value + i;
		jobs[i].args->a = t->clients[i].arena.va + 4 * ASAHI_PAGE - 4;
		jobs[i].args->b = t->va + 4 * word;
		fences[i] = start_behind(&jobs[i], &t->gate.fence, 1);
	}
	town_open_gate(t);
	for (i = 0; i < t->num; i++)
		igt_assert_eq(asahi_finish(fences[i]), 1);

	for (i = 0; i < t->size / sizeof(uint32_t); i++)
		igt_assert_f(t->map[i] == (i % PAGE_WORDS == word ? value + i / PAGE_WORDS : 0),
			     "page %zu, word %zu: 0x%x\n", i / PAGE_WORDS, i % PAGE_WORDS,
			     t->map[i]);
}

static void init_stores(struct town *t, struct asahi_job *jobs)
{
	unsigned int i;

	for (i = 0; i < t->num; i++)
		asahi_job_init(&t->clients[i], &jobs[i], ASAHI_SHADER_COPY, 0, 0, 0);
}

/**
 * SUBTEST: job-left
 * Description: Of two jobs of an address space one ends. It keeps its place for the other one,
 *	which is not disturbed by jobs of more address spaces than there are places.
 */
static void job_left(void)
{
	struct asahi_client client;
	struct asahi_spin spins[2];
	struct asahi_job job;
	unsigned int i;
	uint32_t queue;
	struct town t;
	bool still;

	asahi_client_init(&client);
	queue = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	for (i = 0; i < 2; i++) {
		asahi_spin_init(&client, &spins[i]);
		asahi_spin_start(&spins[i], i ? queue : client.queue_id);
	}
	igt_assert_eq(asahi_spin_finish(&spins[0]), 1);

	town_init(&t, NUM_CONTEXTS + 1, MAX_FILES, false);
	for (i = 0; i < t.num; i++) {
		asahi_job_init(&t.clients[i], &job, ASAHI_SHADER_STORE, t.va, 0, 0);
		igt_assert_eq(asahi_job_run(&job), 1);
	}
	still = asahi_is_busy(spins[1].fence);
	igt_assert_eq(asahi_spin_finish(&spins[1]), 1);
	igt_assert(still);
	town_fini(&t);
	asahi_queue_destroy(client.fd, queue);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: isolation
 * Description: Jobs of 150 address spaces, ready at the same time, load from and store to the same
 *	addresses: what each has mapped there, and nothing else.
 */
static void isolation(void)
{
	static struct asahi_job jobs[MAX_VMS];
	static struct town t;
	unsigned int round;

	town_init(&t, behind_gate(150), MAX_FILES, true);
	init_stores(&t, jobs);
	for (round = 0; round < 4; round++)
		store_all(&t, jobs, 0x10000 + 0x1001 * round);
	town_fini(&t);
}

/* In the child: address spaces that come and go, with a job that may not even have started. */
static void come_and_go(struct asahi_child *child)
{
	struct asahi_client clients[4];
	struct asahi_job job;
	unsigned int i, j;

	for (i = 0; i < 30; i++) {
		for (j = 0; j < ARRAY_SIZE(clients); j++) {
			asahi_client_init(&clients[j]);
			asahi_job_init(&clients[j], &job, ASAHI_SHADER_STORE,
				       clients[j].arena.va + 3 * ASAHI_PAGE, 0, 0);
			close(asahi_job_start(&job));
		}
		for (j = 0; j < ARRAY_SIZE(clients); j++)
			asahi_client_fini(&clients[j]);
		if (!i)
			asahi_notify(child);
	}
}

/**
 * SUBTEST: closed-meanwhile
 * Description: Address spaces are closed, some with jobs, while others take their places.
 */
static void closed_meanwhile(void)
{
	struct asahi_child child = { 0 };
	static struct asahi_job jobs[MAX_VMS];
	static struct town t;
	unsigned int round;
	int fd;

	/* Elsewhere jobs whose files are closed may fault, and take others along. */
	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_UNDER_JOBS);
	asahi_close(fd);
	asahi_fork(&child)
		come_and_go(&child);
	town_init(&t, 80, MAX_FILES, true);
	init_stores(&t, jobs);
	asahi_await(&child);
	for (round = 0; round < 6; round++)
		store_all(&t, jobs, 0x20000 + 0x1001 * round);
	asahi_child_wait(&child);
	town_fini(&t);
}

/* How many jobs the simulated GPU has. */
static unsigned int jobs_on_gpu(void)
{
	char state[4096], *comma;
	unsigned int num;

	asahi_sim_get("state", state, sizeof(state));
	comma = strrchr(state, ',');
	igt_assert_f(comma && sscanf(comma, ", %u of", &num) == 1, "state: %s\n", state);

	return num;
}

static void wait_jobs_on_gpu(unsigned int num)
{
	uint64_t since = 0;

	while (jobs_on_gpu() != num)
		igt_assert_f(asahi_patient(&since), "the GPU has %u jobs, not %u\n",
			     jobs_on_gpu(), num);
}

/**
 * SUBTEST: all-taken
 * Description: A GPU that takes more jobs than it has contexts: 63 address spaces keep theirs while
 *	their jobs are there. The others wait, and each that is given up lets one of them in.
 */
static void all_taken(void)
{
	enum { NUM = 80, CANCELLED = 5 };
	static struct asahi_client clients[NUM];
	struct asahi_job jobs[NUM];
	int fences[NUM];
	unsigned int i;

	asahi_sim_require();
	asahi_module_reload("workers", NUM_CONTEXTS + 1);

	/* One file each, as the places of a file are limited too. */
	for (i = 0; i < NUM; i++) {
		asahi_client_init(&clients[i]);
		asahi_job_init(&clients[i], &jobs[i], ASAHI_SHADER_STORE,
			       clients[i].arena.va + 3 * ASAHI_PAGE, 0, 0);
	}

	asahi_sim_set("hold", "1");
	for (i = 0; i < NUM; i++)
		fences[i] = asahi_job_start(&jobs[i]);
	wait_jobs_on_gpu(NUM_CONTEXTS);
	for (i = 0; i < CANCELLED; i++) {
		asahi_queue_destroy(clients[i].fd, clients[i].queue_id);
		wait_jobs_on_gpu(NUM_CONTEXTS);
	}
	for (i = 0; i < NUM; i++)
		igt_assert_eq(sync_fence_status(fences[i]), i < CANCELLED ? -ECANCELED : 0);

	asahi_sim_set("hold", "0");
	for (i = 0; i < NUM; i++) {
		uint32_t *word = clients[i].arena.map + 3 * PAGE_WORDS;

		igt_assert_eq(asahi_finish(fences[i]), i < CANCELLED ? -ECANCELED : 1);
		igt_assert_eq_u32(*word, i < CANCELLED ? 0 : ASAHI_STORE_VALUE);
	}

	for (i = 0; i < NUM; i++) {
		if (i < CANCELLED)
			clients[i].queue_id = asahi_queue_create(clients[i].fd, clients[i].vm_id,
								 clients[i].usc_base);
		asahi_client_fini(&clients[i]);
	}
}

static const struct asahi_subtest subtests[] = {
	{ "chain-one-file", "Jobs of 200 address spaces behind each other all run.",
	  chain_one_file },
	{ "chain-files", "Jobs of many address spaces of several files behind each other all run.",
	  chain_files },
	{ "mesh", "Jobs that wait for several others all run.", mesh },
	{ "running-and-waiting", "All run that can when one job ends.", running_and_waiting },
	{ "job-left", "A job keeps the place when another has ended.", job_left },
	{ "isolation", "The job of an address space sees what that has mapped, and nothing else.",
	  isolation },
	{ "closed-meanwhile", "Jobs run right while other address spaces come and go.",
	  closed_meanwhile },
	{ "all-taken", "A job waits until there is a context for its address space.", all_taken },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
