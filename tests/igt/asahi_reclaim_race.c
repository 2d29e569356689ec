// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reclaim race
 * Category: Core
 * Mega feature: Memory management
 * Sub-category: reclaim
 * Functionality: eviction
 * Description: Eviction beside everything else that clients do.
 */
#include <inttypes.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "asahi_reclaim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Eviction beside everything else");

/* How long each race takes, if all of its processes have their turns in that time. */
#define RACE_NS 4000000000ull

/* In one process of a race: evict all the time. */
static void evict_for_a_while(void)
{
	struct asahi_reclaim before, after;
	uint64_t start = asahi_now_ns(), took;

	asahi_reclaim_read(&before);
	do {
		asahi_evict();
		usleep(500);
		asahi_reclaim_read(&after);
		took = asahi_now_ns() - start;
	} while (took < RACE_NS ||
		 (after.restores == before.restores && took < asahi_hang_ms() * 1000000ull));
	igt_info("%" PRIu64 " evictions, %" PRIu64 " restores\n",
		 after.evictions - before.evictions, after.restores - before.restores);
	igt_assert_lt_u64(before.evictions, after.evictions);
	igt_assert_lt_u64(before.restores, after.restores);
}

/* A buffer object whose first half is copied to the second. */
struct copier {
	struct asahi_client *client;
	struct asahi_bo bo;
	struct asahi_job job;
};

#define COPIED 512

static void copier_init(struct copier *c, struct asahi_client *client)
{
	c->client = client;
	asahi_bo_init(client, &c->bo, 8 * ASAHI_PAGE);
	asahi_job_init_grid(client, &c->job, ASAHI_SHADER_COPY_GRID, c->bo.va,
			    c->bo.va + c->bo.size / 2, COPIED, 32);
}

static void copy_once(struct copier *c, uint32_t seed)
{
	uint32_t *to = c->bo.map + c->bo.size / 8;
	uint32_t i;

	for (i = 0; i < COPIED; i++) {
		c->bo.map[i] = seed + i;
		to[i] = 0;
	}
	igt_assert_eq(asahi_job_run(&c->job), 1);
	for (i = 0; i < COPIED; i++)
		igt_assert_f(to[i] == seed + i, "word %u of copy %u is 0x%x\n", i, seed, to[i]);
}

static void copy_for_a_while(struct copier *c)
{
	uint64_t end = asahi_now_ns() + RACE_NS;
	uint32_t round;

	for (round = 1; asahi_now_ns() < end; round++)
		copy_once(c, round * COPIED);
	igt_info("%u jobs\n", round - 1);
	igt_assert_lt(1, round);
}

/**
 * SUBTEST: submit-race
 * Description: Jobs of several address spaces, and several of one, copy what they should while
 *	everything idle is evicted over and over.
 */
static void submit_race(void)
{
	struct asahi_client clients[2];
	struct copier copiers[3];
	int fd = asahi_open();

	asahi_reclaim_find(fd);
	asahi_client_init_fd(&clients[0], fd);
	asahi_client_init_fd(&clients[1], fd);
	copier_init(&copiers[0], &clients[0]);
	copier_init(&copiers[1], &clients[0]);
	copier_init(&copiers[2], &clients[1]);

	/* Each also has what the other works on. */
	asahi_vm_map(fd, clients[1].vm_id, copiers[0].bo.handle, 0, copiers[0].bo.size,
		     asahi_client_va(&clients[1], copiers[0].bo.size), ASAHI_RW);
	asahi_vm_map(fd, clients[0].vm_id, copiers[2].bo.handle, 0, copiers[2].bo.size,
		     asahi_client_va(&clients[0], copiers[2].bo.size), ASAHI_RW);

	igt_fork(child, 4) {
		if (child == 3)
			evict_for_a_while();
		else
			copy_for_a_while(&copiers[child]);
	}
	igt_waitchildren();

	asahi_bo_fini(&clients[0], &copiers[0].bo);
	asahi_bo_fini(&clients[0], &copiers[1].bo);
	asahi_bo_fini(&clients[1], &copiers[2].bo);
	asahi_client_fini(&clients[0]);
	asahi_client_fini(&clients[1]);
	asahi_close(fd);
}

/* Map, cut, replace and unmap, and look each time. */
static void bind_for_a_while(struct asahi_pages *p)
{
	uint64_t end = asahi_now_ns() + RACE_NS;
	uint32_t rounds;

	for (rounds = 0; asahi_now_ns() < end; rounds++) {
		asahi_pages_map(p, &p->a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
		asahi_pages_assert(p, 4, &p->a, 4);
		asahi_pages_unmap(p, 1, 1);
		asahi_pages_map(p, &p->b, 1, 2, 2, ASAHI_SINGLE);
		asahi_pages_assert(p, 0, &p->a, 0);
		asahi_pages_assert(p, 1, NULL, 0);
		asahi_pages_assert(p, 2, &p->b, 1);
		asahi_pages_assert(p, 3, &p->b, 1);
		asahi_pages_unmap(p, ASAHI_NUM_PAGES, 0);
		asahi_pages_assert(p, 0, NULL, 0);
	}
	igt_assert_lt(0, rounds);
}

/* Make clients that map a buffer object of somebody else's, and end them in either way. */
static void live_for_a_while(int dma_buf, uint32_t word)
{
	uint64_t end = asahi_now_ns() + RACE_NS;
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint32_t rounds, handle;
	uint64_t va;

	for (rounds = 0; asahi_now_ns() < end; rounds++) {
		asahi_client_init(&client);
		asahi_probe_init(&client, &probe);
		asahi_bo_init(&client, &bo, ASAHI_PAGE);
		handle = prime_fd_to_handle(client.fd, dma_buf);
		va = asahi_client_va(&client, ASAHI_PAGE);
		asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
		igt_assert_eq_u32(asahi_probe_read(&probe, va), word);
		bo.map[0] = rounds + 1;
		igt_assert_eq_u32(asahi_probe_read(&probe, bo.va), rounds + 1);
		gem_close(client.fd, handle);
		asahi_bo_fini(&client, &bo);
		if (rounds % 2)
			asahi_client_fini(&client);
		else
			asahi_client_drop(&client);
	}
	igt_assert_lt(0, rounds);
}

/**
 * SUBTEST: close-race
 * Description: VM_BIND, GEM_CLOSE, VM_DESTROY and the closing of files beside evictions.
 */
static void close_race(void)
{
	struct asahi_pages p;
	int dma_buf;

	asahi_pages_init(&p);
	asahi_reclaim_find(p.client.fd);
	dma_buf = prime_handle_to_fd(p.client.fd, p.a.handle);
	igt_fork(child, 4) {
		if (child == 0)
			evict_for_a_while();
		else if (child == 1)
			bind_for_a_while(&p);
		else
			live_for_a_while(dma_buf, asahi_pages_word(&p.a, 0));
	}
	igt_waitchildren();
	close(dma_buf);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_assert_cpu(&p.b);
	asahi_pages_fini(&p);
}

/* Places of the same buffer object in some of the address spaces of destroy-race. */
#define PLACES 400

/* A VM_BIND that maps the first page of the buffer object at each of @num places. */
static void map_places(struct asahi_pages *p, uint32_t vm_id, uint64_t va, unsigned int num)
{
	struct drm_asahi_gem_bind_op ops[PLACES];
	unsigned int i;

	for (i = 0; i < num; i++) {
		ops[i] = asahi_pages_map_op(p, &p->a, 0, 1, 0);
		ops[i].addr = va + i * ASAHI_PAGE;
	}
	asahi_vm_bind(p->client.fd, vm_id, ops, num);
}

/* In one process: evict without a pause. */
static void evict_all_the_time(void)
{
	uint64_t end = asahi_now_ns() + RACE_NS;
	struct asahi_reclaim before, after;

	asahi_reclaim_read(&before);
	while (asahi_now_ns() < end)
		asahi_evict();
	asahi_reclaim_read(&after);
	igt_info("%" PRIu64 " evictions\n", after.evictions - before.evictions);
	igt_assert_lt_u64(before.evictions, after.evictions);
}

/* In the other: make and destroy address spaces, with one mapping or with many. */
static void destroy_for_a_while(struct asahi_pages *p)
{
	uint64_t va = asahi_client_va(&p->client, PLACES * ASAHI_PAGE);
	uint64_t end = asahi_now_ns() + RACE_NS;
	uint32_t rounds, vm_id;

	map_places(p, p->client.vm_id, va, 1);
	for (rounds = 0; asahi_now_ns() < end; rounds++) {
		vm_id = asahi_vm_create(p->client.fd);
		map_places(p, vm_id, va, rounds % 4 ? 1 : PLACES);
		/* This brings it back to the address space that stays. */
		map_places(p, p->client.vm_id, va, 1);
		asahi_vm_destroy(p->client.fd, vm_id);
		if (rounds % 16 == 0)
			igt_assert_eq_u32(asahi_probe_read(&p->probe, va),
					  asahi_pages_word(&p->a, 0));
	}
	igt_info("%u address spaces\n", rounds);
	igt_assert_lt(1, rounds);
}

/**
 * SUBTEST: destroy-race
 * Description: Address spaces that map what is evicted over and over, once or hundreds of times,
 *	are destroyed; another one that maps it is none the worse for it.
 */
static void destroy_race(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_reclaim_find(p.client.fd);
	igt_fork(child, 2) {
		if (child == 0)
			evict_all_the_time();
		else
			destroy_for_a_while(&p);
	}
	igt_waitchildren();
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_fini(&p);
}

static const struct asahi_subtest subtests[] = {
	{ "submit-race", "Jobs copy what they should beside evictions.", submit_race },
	{ "close-race", "What is bound and closed beside evictions is right, and goes.",
	  close_race },
	{ "destroy-race", "An address space that goes beside evictions harms no other.",
	  destroy_race },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
