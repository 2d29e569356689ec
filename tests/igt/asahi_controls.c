// SPDX-License-Identifier: MIT
/**
 * TEST: asahi controls
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: reset
 * Functionality: GPU reset
 * Description: The controls of the simulated GPU, on which other tests rely: each does what its
 *	documentation says.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sim.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("The controls of the simulated GPU");

#define NONE DRM_ASAHI_BARRIER_NONE

/**
 * SUBTEST: controls
 * Description: Each control reads back what was written, and refuses what has no meaning.
 */
static void controls(void)
{
	static const struct {
		const char *control, *write;
		int ret;
		const char *reads;
	} steps[] = {
		{ "hold", "2", -EINVAL, "0" },
		{ "step", "1", -EINVAL, "0" },
		{ "hold", "1", 0, "1" },
		{ "step", "7", 0, "7" },
		{ "step", "3", 0, "3" },
		{ "step", "1000001", -EINVAL, "3" },
		{ "step", "x", -EINVAL, "3" },
		{ "hold", "0", 0, "0" },
		{ "step", "1", -EINVAL, "0" },
		{ "delay", "60001", -EINVAL, "0" },
		{ "delay", "-1", -EINVAL, "0" },
		{ "delay", "60000", 0, "60000" },
		{ "delay", "0", 0, "0" },
		{ "inject_fault", "any", 0, "any 1" },
		{ "inject_fault", "compute 3\n", 0, "compute 3" },
		{ "inject_fault", "compute 0", -EINVAL, "compute 3" },
		{ "inject_fault", "vertex", -EINVAL, "compute 3" },
		{ "inject_fault", "compute 3 ", -EINVAL, "compute 3" },
		{ "inject_fault", "none 1", -EINVAL, "compute 3" },
		{ "inject_fault", "render 1000001", -EINVAL, "compute 3" },
		{ "inject_fault", "render 1000000", 0, "render 1000000" },
		{ "inject_fault", "none", 0, "none" },
		{ "hang", "soft", 0, "soft 1" },
		{ "hang", "hard 16", 0, "hard 16" },
		{ "hang", "hard -1", -EINVAL, "hard 16" },
		{ "hang", "\n", -EINVAL, "hard 16" },
		{ "hang", "a line that is much longer than any", -EINVAL, "hard 16" },
		{ "hang", "none", 0, "none" },
		{ "crash", "next", 0, "next" },
		{ "crash", "never", -EINVAL, "next" },
		{ "crash", "none", 0, "none" },
		{ "drop", "0", -EINVAL, "0" },
		{ "drop", "2", -EINVAL, "0" },
	};
	unsigned int i;
	int ret;

	asahi_sim_require();
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ret = __asahi_sim_set(steps[i].control, steps[i].write);
		igt_assert_f(ret == steps[i].ret, "%s: \"%s\" gave %d, not %d\n",
			     steps[i].control, steps[i].write, ret, steps[i].ret);
		asahi_sim_assert(steps[i].control, steps[i].reads);
	}
}

#define CONTROLS "/sys/kernel/debug/agx_sim"
#define NOBODY 65534

/* Whether nobody but root can open a file, by its path and from the folder that it is in. */
static bool is_refused(int dir, const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), CONTROLS "/%s", name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd >= 0 || (errno != EACCES && errno != EPERM))
		return false;
	fd = openat(dir, name, flags | O_CLOEXEC);
	return fd < 0 && (errno == EACCES || errno == EPERM);
}

/**
 * SUBTEST: controls-root
 * Description: None of the files that say what the GPU does, or tell it what to do, can be opened
 *	by anybody but root, not even from within their folder.
 */
static void controls_root(void)
{
	struct asahi_child child = { 0 };
	struct dirent *entry;
	unsigned int num = 0;
	DIR *dir;

	asahi_sim_require();
	dir = opendir(CONTROLS);
	igt_assert(dir);
	asahi_fork(&child) {
		igt_assert_eq(setgroups(0, NULL), 0);
		igt_assert_eq(setgid(NOBODY), 0);
		igt_assert_eq(setuid(NOBODY), 0);
		while ((entry = readdir(dir))) {
			if (entry->d_name[0] == '.')
				continue;
			igt_assert_f(is_refused(dirfd(dir), entry->d_name, O_RDONLY),
				     "%s can be read\n", entry->d_name);
			igt_assert_f(is_refused(dirfd(dir), entry->d_name, O_WRONLY),
				     "%s can be written\n", entry->d_name);
			num++;
		}
		asahi_send(&child, &num, sizeof(num));
	}
	asahi_recv(&child, &num, sizeof(num));
	asahi_child_wait(&child);
	closedir(dir);
	igt_info("%u files\n", num);
	igt_assert_lte(9, num);
}

/**
 * SUBTEST: step
 * Description: Of the commands that are held back as many start as are let, in order, and no more.
 */
static void step(void)
{
	int fences[6], waits[2], i, done, busy = 0;
	struct asahi_job jobs[6];
	struct asahi_actor a;
	bool fifth_busy;
	char left[128];

	asahi_sim_require();
	asahi_actor_init(&a);
	asahi_sim_set("hold", "1");
	for (i = 0; i < 6; i++) {
		asahi_job_init(&a.client, &jobs[i], ASAHI_SHADER_STORE, a.bo.va + 4 * i, 0, 0);
		fences[i] = asahi_job_start_after(&jobs[i]);
	}
	/* All are held back, so there is none that could tell when there was time for them. */
	usleep(50000);
	for (i = 0; i < 6; i++)
		busy += asahi_is_busy(fences[i]);

	asahi_sim_set("step", "1");
	waits[0] = sync_fence_wait(fences[0], asahi_hang_ms() / 4);
	asahi_sim_set("step", "3");
	waits[1] = sync_fence_wait(fences[3], asahi_hang_ms() / 4);
	asahi_sim_get("step", left, sizeof(left));
	usleep(50000);
	for (done = 0; done < 6 && a.bo.map[done] == ASAHI_STORE_VALUE; done++)
		;
	fifth_busy = asahi_is_busy(fences[4]);

	asahi_sim_set("hold", "0");
	igt_assert_eq(busy, 6);
	igt_assert_eq(waits[0], 0);
	igt_assert_eq(waits[1], 0);
	igt_assert_f(!strcmp(left, "0"), "%s commands may still start\n", left);
	igt_assert_eq(done, 4);
	igt_assert(fifth_busy);
	for (i = 0; i < 6; i++) {
		igt_assert_eq(asahi_finish(fences[i]), 1);
		igt_assert_eq_u32(a.bo.map[i], ASAHI_STORE_VALUE);
	}
	asahi_actor_fini(&a);
}

/**
 * SUBTEST: delay
 * Description: A delayed command ends late, with its result there already; it can be cancelled at
 *	once.
 */
static void delay(void)
{
	uint64_t start, ms, since = 0;
	struct asahi_actor a;
	bool stored, busy;
	int fence, ret;

	asahi_sim_require();
	asahi_actor_init(&a);
	asahi_sim_set("delay", "400");
	start = asahi_now_ms();
	asahi_actor_assert_works(&a);
	ms = asahi_now_ms() - start;
	igt_assert_lte_u64(400, ms);

	asahi_sim_set("delay", "60000");
	a.bo.map[0] = 0;
	start = asahi_now_ms();
	fence = asahi_job_start(&a.good);
	do {
		stored = *(volatile uint32_t *)a.bo.map == ASAHI_STORE_VALUE;
	} while (!stored && asahi_patient(&since));
	busy = asahi_is_busy(fence);
	ret = __asahi_queue_destroy(a.client.fd, a.client.queue_id);
	ms = asahi_now_ms() - start;
	asahi_sim_set("delay", "0");
	igt_assert(stored);
	igt_assert(busy);
	igt_assert_eq(ret, 0);
	igt_assert_eq(asahi_finish(fence), -ECANCELED);
	igt_assert_lt_u64(ms, 60000);

	a.client.queue_id = asahi_queue_create(a.client.fd, a.client.vm_id, a.client.usc_base);
	asahi_actor_assert_works(&a);
	asahi_actor_fini(&a);
}

static int run_render(struct asahi_actor *a)
{
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_render_empty(&a->client, &render);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	return asahi_finish(asahi_cmdbuf_start(&a->client, a->client.queue_id, &cmdbuf));
}

/**
 * SUBTEST: inject-fault
 * Description: The next commands of the kind that was asked for end with EIO, others do not.
 */
static void inject_fault(void)
{
	struct asahi_actor a;

	asahi_sim_require();
	asahi_actor_init(&a);
	asahi_sim_set("inject_fault", "any");
	igt_assert_eq(asahi_job_run(&a.good), -EIO);
	asahi_actor_assert_works(&a);

	asahi_sim_set("inject_fault", "render");
	asahi_actor_assert_works(&a);
	asahi_sim_assert("inject_fault", "render 1");
	igt_assert_eq(run_render(&a), -EIO);
	igt_assert_eq(run_render(&a), 1);

	asahi_sim_set("inject_fault", "compute 2");
	igt_assert_eq(run_render(&a), 1);
	igt_assert_eq(asahi_job_run(&a.good), -EIO);
	asahi_sim_assert("inject_fault", "compute 1");
	igt_assert_eq(asahi_job_run(&a.good), -EIO);
	asahi_sim_assert("inject_fault", "none");
	asahi_actor_assert_works(&a);
	asahi_actor_fini(&a);
}

static const struct asahi_subtest subtests[] = {
	{ "controls", "Controls read back, and refuse nonsense.", controls },
	{ "controls-root", "Controls are for root only.", controls_root },
	{ "step", "As many commands start as are let.", step },
	{ "delay", "A delayed command ends late.", delay },
	{ "inject-fault", "A command faults because it was asked to.", inject_fault },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
