// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fdinfo
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: statistics
 * Functionality: fdinfo
 * Description: What a file's fdinfo says of its use of the GPU, by the rules of the kernel's
 *	document on DRM client usage statistics.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_blocker.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("Usage statistics of clients");

static uint64_t engine_ns(int fd, const char *key)
{
	struct asahi_fdinfo info;
	char unit[8];
	uint64_t ns;

	asahi_fdinfo_read(fd, &info);
	ns = asahi_fdinfo_number(&info, key, unit);
	igt_assert_f(!strcmp(unit, "ns"), "%s is in %s\n", key, unit);

	return ns;
}

static uint64_t compute_ns(int fd)
{
	return engine_ns(fd, "drm-engine-compute");
}

/**
 * SUBTEST: format
 * Description: There are the keys that the document asks for, each once, with values in its format.
 */
static void format(void)
{
	static const char * const engines[] = { "render", "compute" };
	static const char * const sizes[] = { "total", "shared", "resident", "active" };
	int fd = asahi_open();
	struct asahi_fdinfo info;
	unsigned int i, j;
	char key[64], unit[8];

	asahi_fdinfo_require(fd, "drm-driver");
	asahi_fdinfo_read(fd, &info);
	for (i = 0; i < info.num; i++) {
		igt_assert_f(!strpbrk(info.lines[i].key, " \t"), "\"%s\"\n", info.lines[i].key);
		igt_assert_neq(info.lines[i].value[0], '\0');
		for (j = 0; j < i; j++)
			igt_assert_f(strcmp(info.lines[i].key, info.lines[j].key), "%s twice\n",
				     info.lines[i].key);
	}

	igt_assert_f(!strcmp(asahi_fdinfo_text(&info, "drm-driver"), "asahi"), "drm-driver: %s\n",
		     asahi_fdinfo_text(&info, "drm-driver"));
	asahi_fdinfo_number(&info, "drm-client-id", unit);
	igt_assert_eq(unit[0], '\0');
	for (i = 0; i < ARRAY_SIZE(engines); i++) {
		snprintf(key, sizeof(key), "drm-engine-%s", engines[i]);
		igt_assert_eq_u64(asahi_fdinfo_number(&info, key, unit), 0);
		igt_assert_f(!strcmp(unit, "ns"), "%s is in %s\n", key, unit);
		snprintf(key, sizeof(key), "drm-engine-capacity-%s", engines[i]);
		if (asahi_fdinfo_find(&info, key)) {
			igt_assert_lt_u64(0, asahi_fdinfo_number(&info, key, unit));
			igt_assert_eq(unit[0], '\0');
		}
	}
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		igt_assert_eq_u64(asahi_fdinfo_memory(fd, sizes[i]), 0);
	asahi_close(fd);
}

/**
 * SUBTEST: client-id
 * Description: Each open file has an id of its own, which its duplicates share.
 */
static void client_id(void)
{
	int first = asahi_open(), second = asahi_open(), copy = dup(first);
	static const char key[] = "drm-client-id";
	struct asahi_fdinfo a, b, c;

	asahi_fdinfo_require(first, key);
	asahi_fdinfo_read(first, &a);
	asahi_fdinfo_read(second, &b);
	asahi_fdinfo_read(copy, &c);
	igt_assert(strcmp(asahi_fdinfo_text(&a, key), asahi_fdinfo_text(&b, key)));
	igt_assert(!strcmp(asahi_fdinfo_text(&a, key), asahi_fdinfo_text(&c, key)));
	close(copy);
	asahi_close(first);
	asahi_close(second);
}

/* Wait until the time grows, and prove that it is never less than it was. */
static uint64_t wait_for_growth(int fd, uint64_t before)
{
	uint64_t now = before, since = 0;

	while (now == before) {
		igt_assert_f(asahi_patient(&since), "a job runs, but time stands still\n");
		now = compute_ns(fd);
		igt_assert_lte_u64(before, now);
	}
	return now;
}

/**
 * SUBTEST: engine-time
 * Description: A client's time on its engine grows while its job runs, stops with it, stays what
 *	it was when the queue goes, and is nobody else's.
 */
static void engine_time(void)
{
	struct asahi_client client, other;
	struct asahi_spin spin;
	struct asahi_job job;
	uint64_t start, ns = 0, wall, others;
	unsigned int i;

	asahi_client_init(&client);
	asahi_fdinfo_require(client.fd, "drm-engine-compute");
	asahi_client_init(&other);
	asahi_job_init(&other, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	others = compute_ns(other.fd);
	igt_assert_eq_u64(compute_ns(client.fd), 0);

	start = asahi_now_ns();
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	for (i = 0; i < 10; i++)
		ns = wait_for_growth(client.fd, ns);
	igt_assert(asahi_is_busy(spin.fence));
	igt_assert_eq_u64(compute_ns(other.fd), others);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	wall = asahi_now_ns() - start;

	/* One job, so no more than the time that has passed. */
	igt_assert_lte_u64(ns, compute_ns(client.fd));
	ns = compute_ns(client.fd);
	igt_assert_lte_u64(ns, wall);
	usleep(50000);
	igt_assert_eq_u64(compute_ns(client.fd), ns);
	igt_assert_eq_u64(compute_ns(other.fd), others);
	igt_assert_eq_u64(engine_ns(client.fd, "drm-engine-render"), 0);
	asahi_queue_destroy(client.fd, client.queue_id);
	igt_assert_eq_u64(compute_ns(client.fd), ns);

	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_client_fini(&other);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: engine-time-killed
 * Description: The time of a job that is killed counts, and is not counted again.
 */
static void engine_time_killed(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	uint64_t ns, start, wall;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_END);
	start = asahi_now_ns();
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	ns = wait_for_growth(client.fd, wait_for_growth(client.fd, 0));
	asahi_queue_destroy(client.fd, client.queue_id);
	wall = asahi_now_ns() - start;
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
	igt_assert_lte_u64(ns, compute_ns(client.fd));
	igt_assert_lte_u64(compute_ns(client.fd), wall);
	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: engine-time-sum
 * Description: The time is that of all jobs on all queues of the client, and never less than it
 *	was, however many jobs begin and end.
 */
static void engine_time_sum(void)
{
	enum { NUM = 40 };
	struct asahi_client client;
	struct asahi_spin spins[2];
	uint64_t start, wall, alone, ns, now;
	struct asahi_job job;
	uint32_t queue_id;
	unsigned int i;

	asahi_client_init(&client);
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	for (i = 0; i < 2; i++)
		asahi_spin_init(&client, &spins[i]);
	start = asahi_now_ns();
	asahi_spin_start(&spins[0], client.queue_id);
	alone = wait_for_growth(client.fd, 0);
	igt_assert_eq(asahi_spin_finish(&spins[0]), 1);
	alone = compute_ns(client.fd);

	/* The second queue's comes on top. */
	asahi_spin_start(&spins[1], queue_id);
	ns = wait_for_growth(client.fd, alone);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	for (i = 0; i < NUM; i++) {
		igt_assert_eq(asahi_job_run(&job), 1);
		now = compute_ns(client.fd);
		igt_assert_lte_u64(ns, now);
		ns = now;
	}
	igt_assert_eq(asahi_spin_finish(&spins[1]), 1);
	asahi_queue_destroy(client.fd, queue_id);
	now = compute_ns(client.fd);
	wall = asahi_now_ns() - start;
	igt_assert_lte_u64(ns, now);

	/* At most two jobs at a time. */
	igt_assert_lte_u64(now, 2 * wall);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: memory
 * Description: The sizes follow what a client creates, touches, shares, uses and gives back.
 */
static void memory(void)
{
	enum { SIZE = 5 * ASAHI_PAGE };
	uint64_t total, resident;
	struct asahi_client client;
	struct asahi_spin spin;
	uint32_t handle, copy;
	int fd, other, dma_buf;
	void *map;

	asahi_client_init(&client);
	fd = client.fd;
	asahi_fdinfo_require(fd, "drm-total-memory");
	total = asahi_fdinfo_memory(fd, "total");
	resident = asahi_fdinfo_memory(fd, "resident");
	igt_assert_eq_u64(total, client.arena.size);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "shared"), 0);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "active"), 0);

	handle = asahi_gem_create(fd, SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), total + SIZE);
	if (asahi_is_simulated(fd))
		igt_assert_eq_u64(asahi_fdinfo_memory(fd, "resident"), resident);
	map = asahi_gem_mmap(fd, handle, SIZE);
	memset(map, 1, SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "resident"), resident + SIZE);
	asahi_gem_munmap(map, SIZE);

	/* Shared with another file, whose own it is as well. */
	dma_buf = prime_handle_to_fd(fd, handle);
	other = asahi_open();
	copy = prime_fd_to_handle(other, dma_buf);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "shared"), SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "shared"), SIZE);
	gem_close(other, copy);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), 0);
	asahi_close(other);
	close(dma_buf);

	/* What the job could reach is active: the arena, and not what is mapped nowhere. */
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	if (asahi_is_simulated(fd))
		igt_assert_eq_u64(asahi_fdinfo_memory(fd, "active"), client.arena.size);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "active"), 0);

	/* What was once exported counts as shared for as long as it has a handle. */
	gem_close(fd, handle);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "shared"), 0);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), total);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "resident"), resident);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: memory-once
 * Description: A buffer object counts once in each file that has a handle of it, however often it
 *	was imported and mapped, for as long as it has the handle; private ones count like others.
 */
static void memory_once(void)
{
	enum { SIZE = 3 * ASAHI_PAGE };
	int fd = asahi_open(), other = asahi_open(), dma_buf, i;
	uint32_t vm_id = asahi_vm_create(fd), handle = asahi_gem_create(fd, SIZE), copy, private;

	dma_buf = prime_handle_to_fd(fd, handle);
	for (i = 0; i < 3; i++) {
		igt_assert_eq_u32(prime_fd_to_handle(fd, dma_buf), handle);
		asahi_vm_map(fd, vm_id, handle, 0, SIZE, 0x2000000000 + i * 0x100000ull, ASAHI_RW);
	}
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), 0);
	copy = prime_fd_to_handle(other, dma_buf);
	igt_assert_eq_u32(prime_fd_to_handle(other, dma_buf), copy);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), SIZE);

	/* A dma-buf is nobody's, and who imported it has it whatever becomes of its maker. */
	gem_close(fd, handle);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), 0);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), SIZE);
	private = asahi_gem_create_private(fd, 2 * SIZE, vm_id);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), 2 * SIZE);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "shared"), 0);
	gem_close(fd, private);
	igt_assert_eq_u64(asahi_fdinfo_memory(fd, "total"), 0);
	asahi_close(fd);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), SIZE);
	gem_close(other, copy);
	igt_assert_eq_u64(asahi_fdinfo_memory(other, "total"), 0);
	close(dma_buf);
	asahi_close(other);
}

/**
 * SUBTEST: memory-active
 * Description: What a job could reach is active from SUBMIT on, while it still waits for a fence,
 *	and in its own file only.
 */
static void memory_active(void)
{
	struct asahi_client client, other;
	struct asahi_cmdbuf cmdbuf = { 0 };
	uint64_t before, waiting, foreign, after;
	struct asahi_blocker blocker;
	struct drm_asahi_sync sync;
	struct asahi_job job;
	struct asahi_bo bo;
	int shared, fence;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, "drivers differ in what is active");
	asahi_client_init(&other);
	asahi_bo_init(&client, &bo, 2 * ASAHI_PAGE);
	asahi_blocker_init(&other, &blocker);
	sync = asahi_sync_binary(syncobj_create(other.fd, 0));
	asahi_blocker_start(&blocker, &sync, 1);
	shared = syncobj_handle_to_fd(other.fd, sync.handle, 0);
	sync.handle = syncobj_fd_to_handle(client.fd, shared, 0);
	close(shared);
	foreign = asahi_fdinfo_memory(other.fd, "active");

	/* It could reach that too, but there is no memory in it. */
	asahi_gem_create_private(client.fd, ASAHI_PAGE, client.vm_id);
	before = asahi_fdinfo_memory(client.fd, "active");
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, &sync, 1, 0), 0);
	fence = asahi_job_start_after(&job);
	waiting = asahi_fdinfo_memory(client.fd, "active");
	asahi_blocker_release(&blocker);
	igt_assert_eq(asahi_finish(fence), 1);
	after = asahi_fdinfo_memory(client.fd, "active");
	igt_assert_eq_u64(before, 0);
	igt_assert_eq_u64(waiting, client.arena.size + bo.size);
	igt_assert_eq_u64(foreign, other.arena.size);
	igt_assert_eq_u64(after, 0);
	asahi_blocker_fini(&blocker);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&other);
	asahi_client_fini(&client);
}

/*
 * A line of gputop: "PID MEM RSS | render ||compute | NAME", with a percentage and a bar for each
 * engine. The first one that it prints knows no interval yet.
 */
static double gputop_compute(const char *line, const char *name)
{
	const char *engine = strstr(line, "||");
	double percent;

	if (!engine || !strstr(engine, name) || sscanf(engine, "|| %lf%%", &percent) != 1)
		return 0;
	return percent;
}

static double gputop_run(const char *name)
{
	double percent, most = 0;
	char line[1024];
	FILE *pipe;

	pipe = popen("gputop -n 3 -d 0.5", "r");
	igt_assert(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		igt_debug("gputop: %s", line);
		percent = gputop_compute(line, name);
		most = percent > most ? percent : most;
	}
	igt_assert_eq(pclose(pipe), 0);

	return most;
}

/**
 * SUBTEST: gputop
 * Description: The tool that people look at clients with shows that one has a job running.
 */
static void gputop(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	double percent;

	igt_require_f(!access("/usr/bin/gputop", X_OK), "there is no gputop\n");
	asahi_client_init(&client);
	asahi_fdinfo_require(client.fd, "drm-engine-compute");
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	percent = gputop_run("asahi_fdinfo");
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_f(percent > 0, "gputop shows no engine time of this client\n");
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "format", "Keys and values are as documented.", format },
	{ "client-id", "Each open file has an id.", client_id },
	{ "engine-time", "Time grows while a job runs.", engine_time },
	{ "engine-time-killed", "The time of a killed job counts once.", engine_time_killed },
	{ "engine-time-sum", "Time is that of all jobs.", engine_time_sum },
	{ "memory", "Sizes follow what a client has.", memory },
	{ "memory-once", "A buffer object counts once in a file.", memory_once },
	{ "memory-active", "What a job could reach is active.", memory_active },
	{ "gputop", "gputop shows a busy client.", gputop },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
