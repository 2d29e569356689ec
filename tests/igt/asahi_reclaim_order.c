// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reclaim order
 * Category: Core
 * Mega feature: Memory management
 * Sub-category: reclaim
 * Functionality: eviction
 * Description: Who loses memory first. For a kernel that lets a shrinker be asked in debugfs, in a
 *	guest with some swap.
 */
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_reclaim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Who loses memory first");

#define BO_SIZE (1 << 20)
#define NUM_BOS 8

/* Open what the system asks for memory through, or skip. */
static int shrinker_open(void)
{
	glob_t found = { 0 };
	int fd = -1;

	if (!glob("/sys/kernel/debug/shrinker/drm-asahi-*/scan", 0, NULL, &found))
		fd = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	globfree(&found);
	igt_require_f(fd >= 0, "shrinkers cannot be asked for memory\n");
	return fd;
}

/* Ask it to look at as many pages as a buffer object has. */
static void shrink(int shrinker)
{
	char text[32];
	int len;

	len = snprintf(text, sizeof(text), "0 0 %ld", BO_SIZE / sysconf(_SC_PAGESIZE));
	igt_assert_eq(write(shrinker, text, len), len);
}

/* Give @actor more that its address space maps, all of it with memory. */
static void map_more(struct asahi_actor *actor)
{
	struct asahi_client *client = &actor->client;
	unsigned int i;

	for (i = 0; i < NUM_BOS; i++) {
		uint32_t handle = asahi_gem_create(client->fd, BO_SIZE);

		asahi_vm_map(client->fd, client->vm_id, handle, 0, BO_SIZE,
			     asahi_client_va(client, BO_SIZE), ASAHI_RW);
	}
}

/**
 * SUBTEST: idle-first
 * Description: Memory is taken from an address space in which nothing runs, though it got its own
 *	last, before any is taken from one with job after job.
 */
static void idle_first(void)
{
	struct asahi_reclaim before, after;
	struct asahi_actor hot, cold;
	unsigned int i;
	int shrinker;

	asahi_actor_init(&hot);
	asahi_actor_init(&cold);
	asahi_reclaim_find(hot.client.fd);
	shrinker = shrinker_open();
	map_more(&hot);
	map_more(&cold);
	asahi_actor_assert_works(&hot);
	asahi_reclaim_read(&before);

	for (i = 0; i < 10 * NUM_BOS; i++) {
		asahi_reclaim_read(&after);
		if (after.evictions >= before.evictions + NUM_BOS / 2)
			break;
		/* The driver knows the time of a use to a tick of the kernel. */
		usleep(20000);
		asahi_actor_assert_works(&hot);
		shrink(shrinker);
	}
	asahi_reclaim_read(&after);
	igt_info("%" PRIu64 " evictions, %" PRIu64 " restores after %u requests\n",
		 after.evictions - before.evictions, after.restores - before.restores, i);
	igt_assert_eq_u64(after.evictions, before.evictions + NUM_BOS / 2);
	igt_assert_eq_u64(after.restores, before.restores);

	close(shrinker);
	asahi_actor_assert_works(&cold);
	asahi_actor_fini(&cold);
	asahi_actor_fini(&hot);
}

/**
 * SUBTEST: in-use-last
 * Description: When all address spaces have job after job, memory can be had all the same.
 */
static void in_use_last(void)
{
	struct asahi_reclaim before, after;
	struct asahi_actor hot;
	unsigned int i;
	int shrinker;

	asahi_actor_init(&hot);
	asahi_reclaim_find(hot.client.fd);
	shrinker = shrinker_open();
	map_more(&hot);
	asahi_reclaim_read(&before);
	for (i = 0, after = before; i < 10 * NUM_BOS && after.evictions == before.evictions; i++) {
		usleep(20000);
		asahi_actor_assert_works(&hot);
		shrink(shrinker);
		asahi_reclaim_read(&after);
	}
	igt_assert_lt_u64(before.evictions, after.evictions);
	close(shrinker);
	asahi_actor_assert_works(&hot);
	asahi_actor_fini(&hot);
}

static const struct asahi_subtest subtests[] = {
	{ "idle-first", "What is idle goes first.", idle_first },
	{ "in-use-last", "What is in use goes when there is nothing else.", in_use_last },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
