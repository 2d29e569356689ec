// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reclaim race
 * Category: Core
 * Mega feature: Memory management
 * Sub-category: reclaim
 * Functionality: eviction
 * Description: Eviction beside everything else that clients do, on demand and by a real lack of
 *	memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "asahi_reclaim.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Eviction beside everything else");

/* Seconds that each race takes. */
#define RACE_SECONDS 4

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* In one process of a race: evict all the time. */
static void evict_for_a_while(void)
{
	struct asahi_reclaim before, after;
	double end = now() + RACE_SECONDS;

	asahi_reclaim_read(&before);
	while (now() < end) {
		asahi_evict();
		usleep(500);
	}
	asahi_reclaim_read(&after);
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
	double end = now() + RACE_SECONDS;
	uint32_t round;

	for (round = 1; now() < end; round++)
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
	double end = now() + RACE_SECONDS;
	uint32_t rounds;

	for (rounds = 0; now() < end; rounds++) {
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
	double end = now() + RACE_SECONDS;
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint32_t rounds, handle;
	uint64_t va;

	for (rounds = 0; now() < end; rounds++) {
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

/* Buffer objects of the pressure test, and how much of memory one address space may have of them. */
#define PRESSURE_BO_SIZE (1 << 20)
#define PRESSURE_BO_PAGES (PRESSURE_BO_SIZE / ASAHI_PAGE)
#define PRESSURE_MAX_BOS 1280
#define PRESSURE_VM_SHARE 8

/* A fence that takes longer than this to signal, once submitted, waits for memory. */
#define PRESSURE_FENCE_MS 10000

struct pressure_bo {
	uint32_t handle;
	uint64_t va;
};

struct pressure_vm {
	struct asahi_client client;
	struct asahi_probe probe;
	/* What the GPU copies from. */
	struct asahi_bo source;
	struct asahi_job copy;
	struct pressure_bo *bos;
};

/* What the process that watches the fences tells. */
struct watch {
	bool stop;
	uint32_t jobs;
	double slowest;
};

/* A number of /proc/meminfo, in bytes. */
static uint64_t meminfo(const char *key)
{
	size_t len = strlen(key);
	uint64_t kib = 0;
	char line[256];
	FILE *file;

	file = fopen("/proc/meminfo", "r");
	igt_assert(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && line[len] == ':')
			igt_assert_eq(sscanf(line + len + 1, "%" SCNu64, &kib), 1);
	fclose(file);
	return kib * 1024;
}

/* What word @word of buffer object @index is to be: the CPU fills even ones, the GPU a page of odd. */
static uint32_t pressure_word(uint32_t index, uint32_t word)
{
	if (index % 2 && word / ASAHI_PAGE_WORDS != index % PRESSURE_BO_PAGES)
		return 0;
	return (index + 1) << 18 ^ word % (index % 2 ? ASAHI_PAGE_WORDS : UINT32_MAX);
}

static void pressure_fill(struct pressure_vm *vm, uint32_t index, struct pressure_bo *bo)
{
	const uint32_t page = index % PRESSURE_BO_PAGES;
	uint32_t *map, i;

	/* Each kind by the CPU and by the GPU. */
	if (index / 2 % 2)
		bo->handle = asahi_gem_create_private(vm->client.fd, PRESSURE_BO_SIZE,
						      vm->client.vm_id);
	else
		bo->handle = asahi_gem_create(vm->client.fd, PRESSURE_BO_SIZE);
	bo->va = asahi_client_va(&vm->client, PRESSURE_BO_SIZE);
	asahi_vm_map(vm->client.fd, vm->client.vm_id, bo->handle, 0, PRESSURE_BO_SIZE, bo->va,
		     ASAHI_RW);

	if (index % 2) {
		for (i = 0; i < ASAHI_PAGE_WORDS; i++)
			vm->source.map[i] = pressure_word(index, page * ASAHI_PAGE_WORDS + i);
		vm->copy.args->b = bo->va + (uint64_t)page * ASAHI_PAGE;
		igt_assert_eq(asahi_job_run(&vm->copy), 1);
	} else {
		map = asahi_gem_mmap(vm->client.fd, bo->handle, PRESSURE_BO_SIZE);
		for (i = 0; i < PRESSURE_BO_SIZE / sizeof(*map); i++)
			map[i] = pressure_word(index, i);
		asahi_gem_munmap(map, PRESSURE_BO_SIZE);
	}
}

static void pressure_check(struct pressure_vm *vm, uint32_t index, const struct pressure_bo *bo)
{
	const uint32_t num = PRESSURE_BO_SIZE / sizeof(uint32_t);
	const uint32_t words[] = {
		index % PRESSURE_BO_PAGES * ASAHI_PAGE_WORDS + 7, index % num, num - 1,
	};
	uint32_t *map, i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		igt_assert_eq_u32(asahi_probe_read(&vm->probe,
						   bo->va + words[i] * sizeof(uint32_t)),
				  pressure_word(index, words[i]));

	map = asahi_gem_mmap(vm->client.fd, bo->handle, PRESSURE_BO_SIZE);
	for (i = 0; i < num; i++)
		igt_assert_f(map[i] == pressure_word(index, i),
			     "word %u of buffer %u is 0x%x, not 0x%x\n", i, index, map[i],
			     pressure_word(index, i));
	asahi_gem_munmap(map, PRESSURE_BO_SIZE);
}

/* In another process: small jobs all the time, each of which signals soon after its SUBMIT. */
static void watch_fences(struct watch *watch)
{
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	while (!__atomic_load_n(&watch->stop, __ATOMIC_RELAXED)) {
		double start;
		int fence;

		bo.map[0] = watch->jobs + 1;
		probe.job.args->a = bo.va;
		probe.job.args->b = probe.word_va;
		fence = asahi_job_start(&probe.job);
		start = now();
		igt_assert_eq(sync_fence_wait(fence, PRESSURE_FENCE_MS), 0);
		if (now() - start > watch->slowest)
			watch->slowest = now() - start;
		igt_assert_eq(asahi_finish(fence), 1);
		igt_assert_eq_u32(*probe.word, watch->jobs + 1);
		watch->jobs++;
		usleep(20000);
	}
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: pressure
 * Description: Buffer objects of twice the machine's memory, written by the CPU and by the GPU, are all
 *	right when they are read by both, and fences of another client signal all the while.
 */
static void pressure(void)
{
	const uint64_t memory = meminfo("MemTotal"), swap = meminfo("SwapFree");
	const uint32_t num = 2 * memory / PRESSURE_BO_SIZE;
	const uint32_t per_vm = memory / PRESSURE_VM_SHARE / PRESSURE_BO_SIZE;
	struct asahi_reclaim before, filled, after;
	struct pressure_bo *bos;
	struct pressure_vm *vms;
	struct watch *watch;
	uint32_t i, num_vms;
	int fd = asahi_open();

	igt_require_f(swap > memory + memory / 2,
		      "needs swap of 1.5 times the memory, there are %" PRIu64 " MiB\n", swap >> 20);
	igt_require_f(num <= PRESSURE_MAX_BOS, "takes too long with that much memory\n");
	asahi_reclaim_find(fd);
	asahi_reclaim_read(&before);

	watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	igt_assert(watch != MAP_FAILED);
	num_vms = (num + per_vm - 1) / per_vm;
	bos = calloc(num, sizeof(*bos));
	vms = calloc(num_vms, sizeof(*vms));
	igt_assert(bos && vms);
	igt_info("%u buffers of 1 MiB in %u address spaces, memory %" PRIu64 " MiB\n", num, num_vms,
		 memory >> 20);

	igt_fork(child, 1)
		watch_fences(watch);

	for (i = 0; i < num; i++) {
		struct pressure_vm *vm = &vms[i / per_vm];

		if (i % per_vm == 0) {
			asahi_client_init_fd(&vm->client, fd);
			asahi_probe_init(&vm->client, &vm->probe);
			asahi_bo_init(&vm->client, &vm->source, ASAHI_PAGE);
			asahi_job_init_grid(&vm->client, &vm->copy, ASAHI_SHADER_COPY_GRID,
					    vm->source.va, 0, ASAHI_PAGE_WORDS, 32);
		}
		pressure_fill(vm, i, &bos[i]);
	}
	asahi_reclaim_read(&filled);
	igt_info("filled: %" PRIu64 " MiB evicted\n", filled.evicted >> 20);
	igt_assert_lt_u64(memory, filled.evicted);

	for (i = 0; i < num; i++)
		pressure_check(&vms[i / per_vm], i, &bos[i]);
	asahi_reclaim_read(&after);
	igt_info("%" PRIu64 " evictions, %" PRIu64 " restores\n",
		 after.evictions - before.evictions, after.restores - before.restores);

	__atomic_store_n(&watch->stop, true, __ATOMIC_RELAXED);
	igt_waitchildren();
	igt_info("%u jobs of another client, the slowest fence took %.0f ms\n", watch->jobs,
		 watch->slowest * 1e3);
	igt_assert_lt_u64(10, watch->jobs);

	for (i = 0; i < num_vms; i++) {
		asahi_bo_fini(&vms[i].client, &vms[i].source);
		asahi_client_fini(&vms[i].client);
	}
	free(vms);
	free(bos);
	munmap(watch, sizeof(*watch));
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "submit-race", "SUBMIT beside evictions.", submit_race },
	{ "close-race", "Everything that closes beside evictions.", close_race },
	{ "pressure", "Twice the memory in buffer objects.", pressure },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
