// SPDX-License-Identifier: MIT
/**
 * TEST: asahi time
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: uapi
 * Functionality: GET_TIME
 * Description: The clock that timestamps of commands are taken from.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("GET_TIME");

/**
 * SUBTEST: monotonic
 * Description: The clock never goes back, and does go on.
 */
static void monotonic(void)
{
	int fd = asahi_open();
	uint64_t first = asahi_get_time(fd);
	uint64_t last = first, now;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		now = asahi_get_time(fd);
		igt_assert_lte_u64(last, now);
		last = now;
	}

	usleep(1000);
	igt_assert_lt_u64(first, asahi_get_time(fd));

	asahi_close(fd);
}

/**
 * SUBTEST: one-clock
 * Description: All files and processes read the same clock.
 */
static void one_clock(void)
{
	struct asahi_child child = { 0 };
	uint64_t before, between, after;
	int fd = asahi_open();
	int other;

	before = asahi_get_time(fd);
	asahi_fork(&child) {
		other = asahi_open();
		between = asahi_get_time(other);
		asahi_close(other);
		asahi_send(&child, &between, sizeof(between));
	}
	asahi_recv(&child, &between, sizeof(between));
	after = asahi_get_time(fd);
	asahi_child_wait(&child);

	igt_assert_lte_u64(before, between);
	igt_assert_lte_u64(between, after);

	asahi_close(fd);
}

/**
 * SUBTEST: unit
 * Description: The clock counts nanoseconds: it does not advance less than a sleep takes, and
 *	not more than the CPU's clock does around it.
 */
static void unit(void)
{
	struct timespec start, end;
	int fd = asahi_open();
	uint64_t inner, outer, ns;

	clock_gettime(CLOCK_MONOTONIC_RAW, &start);
	inner = asahi_get_time(fd);
	usleep(200000);
	inner = asahi_get_time(fd) - inner;
	clock_gettime(CLOCK_MONOTONIC_RAW, &end);

	outer = (end.tv_sec - start.tv_sec) * 1000000000ull + end.tv_nsec - start.tv_nsec;
	ns = 200000 * 1000ull;

	/* One percent for two clocks that are not the same. */
	igt_assert_lte_u64(ns - ns / 100, inner);
	igt_assert_lte_u64(inner, outer + outer / 100);

	asahi_close(fd);
}

/**
 * SUBTEST: same-as-timestamps
 * Description: Timestamps of a command lie between two readings of the clock around it.
 */
static void same_as_timestamps(void)
{
	struct asahi_client client;
	struct asahi_bo stamps;
	struct asahi_job job;
	uint64_t before, after, *stamp;
	uint32_t object;

	asahi_client_init(&client);
	igt_require_f(client.params.command_timestamp_frequency_hz == 1000000000,
		      "timestamps are not in ns\n");
	asahi_bo_init(&client, &stamps, ASAHI_PAGE);
	stamp = (uint64_t *)stamps.map;
	object = asahi_object_bind(client.fd, stamps.handle, 0, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = object;
	job.compute.ts.end.handle = object;
	job.compute.ts.end.offset = 8;

	before = asahi_get_time(client.fd);
	igt_assert_eq(asahi_job_run(&job), 1);
	after = asahi_get_time(client.fd);

	igt_assert_lte_u64(before, stamp[0]);
	igt_assert_lte_u64(stamp[0], stamp[1]);
	igt_assert_lte_u64(stamp[1], after);

	asahi_object_unbind(client.fd, object);
	asahi_bo_fini(&client, &stamps);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: argument-size
 * Description: An older program with no room for the time gets none, and the bytes that the
 *	argument of a newer one has more are left alone.
 */
static void argument_size(void)
{
	const unsigned long number = DRM_COMMAND_BASE + DRM_ASAHI_GET_TIME;
	struct {
		struct drm_asahi_get_time time;
		uint64_t unknown;
	} req = { .time = { .gpu_timestamp = 5 }, .unknown = 6 };
	int fd = asahi_open();

	igt_assert_eq(asahi_ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, number, 8),
				  &req), 0);
	igt_assert_eq_u64(req.time.gpu_timestamp, 5);
	igt_assert_eq(asahi_ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, number,
					   sizeof(req)), &req), 0);
	igt_assert_lte_u64(req.time.gpu_timestamp, asahi_get_time(fd));
	igt_assert_lt_u64(5, req.time.gpu_timestamp);
	igt_assert_eq_u64(req.unknown, 6);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-flags
 * Description: There are no flags, and no time is told for one.
 */
static void invalid_flags(void)
{
	static const uint64_t flags[] = { 1, 2, 1ull << 32, 1ull << 63, UINT64_MAX };
	int fd = asahi_open();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct drm_asahi_get_time req = { .flags = flags[i], .gpu_timestamp = 5 };

		igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_TIME, &req), -EINVAL);
		igt_assert_eq_u64(req.gpu_timestamp, 5);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-pointer
 * Description: An argument that cannot be read gives EFAULT.
 */
static void invalid_pointer(void)
{
	int fd = asahi_open();

	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_TIME, NULL), -EFAULT);

	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "monotonic", "The clock never goes back, and does go on.", monotonic },
	{ "one-clock", "All files and processes read the same clock.", one_clock },
	{ "unit", "The clock counts nanoseconds.", unit },
	{ "same-as-timestamps", "Timestamps of commands are of the same clock.",
	  same_as_timestamps },
	{ "argument-size", "Arguments may be shorter and longer.", argument_size },
	{ "invalid-flags", "There are no flags.", invalid_flags },
	{ "invalid-pointer", "An argument that cannot be read gives EFAULT.", invalid_pointer },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
