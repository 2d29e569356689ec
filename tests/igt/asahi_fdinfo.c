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

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "igt.h"

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
	uint64_t now = before;
	unsigned int ms;

	for (ms = 0; now == before; ms++) {
		igt_assert_f(ms < ASAHI_HANG_MS, "a job runs, but time stands still\n");
		usleep(1000);
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
	asahi_require_simulated(client.fd);
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
	{ "memory", "Sizes follow what a client has.", memory },
	{ "gputop", "gputop shows a busy client.", gputop },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
