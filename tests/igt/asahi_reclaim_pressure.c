// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reclaim pressure
 * Category: Core
 * Mega feature: Memory management
 * Sub-category: reclaim
 * Functionality: eviction
 * Description: More memory in buffer objects than the machine has. For a guest with little memory
 *	and much swap.
 */
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_memory.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "asahi_reclaim.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("More memory in buffer objects than the machine has");

/* Buffer objects, and how much of memory one address space may have of them. */
#define BO_SIZE (1 << 20)
#define BO_PAGES (BO_SIZE / ASAHI_PAGE)
#define MAX_BOS 1280
#define VM_SHARE 8

/* Where one address space has more mapped than the machine has. */
#define ONE_VM_VA 0x3000000000ull

/* A fence that takes longer than this to signal, once submitted, waits for memory. */
#define FENCE_MS 10000

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
};

/* What the process that watches the fences tells. */
struct watch {
	bool stop;
	uint32_t jobs;
	uint64_t slowest;
};

/*
 * What word @word of buffer object @index is to be. The CPU fills even ones, the GPU one page of an
 * odd one.
 */
static uint32_t pressure_word(uint32_t index, uint32_t word)
{
	if (index % 2 && word / ASAHI_PAGE_WORDS != index % BO_PAGES)
		return 0;
	return (index + 1) << 18 ^ word % (index % 2 ? ASAHI_PAGE_WORDS : UINT32_MAX);
}

static void pressure_fill(struct pressure_vm *vm, uint32_t index, struct pressure_bo *bo)
{
	const uint32_t page = index % BO_PAGES;
	uint32_t *map, i;

	/* Each kind by the CPU and by the GPU. */
	if (index / 2 % 2)
		bo->handle = asahi_gem_create_private(vm->client.fd, BO_SIZE,
						      vm->client.vm_id);
	else
		bo->handle = asahi_gem_create(vm->client.fd, BO_SIZE);
	bo->va = asahi_client_va(&vm->client, BO_SIZE);
	asahi_vm_map(vm->client.fd, vm->client.vm_id, bo->handle, 0, BO_SIZE, bo->va,
		     ASAHI_RW);

	if (index % 2) {
		for (i = 0; i < ASAHI_PAGE_WORDS; i++)
			vm->source.map[i] = pressure_word(index, page * ASAHI_PAGE_WORDS + i);
		vm->copy.args->b = bo->va + (uint64_t)page * ASAHI_PAGE;
		igt_assert_eq(asahi_job_run(&vm->copy), 1);
	} else {
		map = asahi_gem_mmap(vm->client.fd, bo->handle, BO_SIZE);
		for (i = 0; i < BO_SIZE / sizeof(*map); i++)
			map[i] = pressure_word(index, i);
		asahi_gem_munmap(map, BO_SIZE);
	}
}

static void pressure_check(struct pressure_vm *vm, uint32_t index, const struct pressure_bo *bo)
{
	const uint32_t num = BO_SIZE / sizeof(uint32_t);
	const uint32_t words[] = {
		index % BO_PAGES * ASAHI_PAGE_WORDS + 7, index % num, num - 1,
	};
	uint32_t *map, i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		igt_assert_eq_u32(asahi_probe_read(&vm->probe,
						   bo->va + words[i] * sizeof(uint32_t)),
				  pressure_word(index, words[i]));

	map = asahi_gem_mmap(vm->client.fd, bo->handle, BO_SIZE);
	for (i = 0; i < num; i++)
		igt_assert_f(map[i] == pressure_word(index, i),
			     "word %u of buffer %u is 0x%x, not 0x%x\n", i, index, map[i],
			     pressure_word(index, i));
	asahi_gem_munmap(map, BO_SIZE);
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
		uint64_t start, ms;
		int fence;

		bo.map[0] = watch->jobs + 1;
		probe.job.args->a = bo.va;
		probe.job.args->b = probe.word_va;
		fence = asahi_job_start(&probe.job);
		start = asahi_now_ms();
		igt_assert_eq(sync_fence_wait(fence, FENCE_MS), 0);
		ms = asahi_now_ms() - start;
		if (ms > watch->slowest)
			watch->slowest = ms;
		igt_assert_eq(asahi_finish(fence), 1);
		igt_assert_eq_u32(*probe.word, watch->jobs + 1);
		watch->jobs++;
		usleep(20000);
	}
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: twice-the-memory
 * Description: Buffer objects of twice the machine's memory, written by the CPU and by the GPU, are
 *	all right when they are read by both, and fences of another client signal all the while.
 */
static void twice_the_memory(void)
{
	const uint64_t memory = asahi_meminfo("MemTotal"), swap = asahi_meminfo("SwapFree");
	const uint32_t num = 2 * memory / BO_SIZE;
	const uint32_t per_vm = memory / VM_SHARE / BO_SIZE;
	struct asahi_reclaim before, filled, after;
	struct pressure_bo *bos;
	struct pressure_vm *vms;
	struct watch *watch;
	uint32_t i, num_vms;
	int fd = asahi_open();

	igt_require_f(swap > memory + memory / 2,
		      "needs swap of 1.5 times the memory, there are %" PRIu64 " MiB\n",
		      swap >> 20);
	igt_require_f(num <= MAX_BOS, "takes too long with that much memory\n");
	asahi_reclaim_find(fd);
	asahi_reclaim_read(&before);

	watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
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
	igt_info("%u jobs of another client, the slowest fence took %" PRIu64 " ms\n",
		 watch->jobs, watch->slowest);
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

/**
 * SUBTEST: one-vm
 * Description: More than the machine's memory is mapped into one address space in which nothing
 *	runs, in a few large buffers: those that are mapped already make room for the next.
 */
static void one_vm(void)
{
	const uint64_t memory = asahi_meminfo("MemTotal"), swap = asahi_meminfo("SwapFree");
	/*
	 * Two leave enough for all else, so that nothing goes between the calls, and are too many
	 * for a third, so that one has to go while it comes.
	 */
	const uint64_t size = memory * 3 / 8 / ASAHI_PAGE * ASAHI_PAGE;
	uint32_t handles[4], vm_id, i, *map;
	struct asahi_reclaim reclaim;
	int fd = asahi_open();

	igt_require_f(swap > memory + memory / 2,
		      "needs swap of 1.5 times the memory, there are %" PRIu64 " MiB\n",
		      swap >> 20);
	igt_require_f(2 * memory <= (uint64_t)MAX_BOS * BO_SIZE,
		      "takes too long with that much memory\n");
	asahi_reclaim_find(fd);
	vm_id = asahi_vm_create(fd);
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		handles[i] = i % 2 ? asahi_gem_create_private(fd, size, vm_id) :
				     asahi_gem_create(fd, size);
		asahi_vm_map(fd, vm_id, handles[i], 0, size,
			     ONE_VM_VA + i * size, ASAHI_RW);
		map = asahi_gem_mmap(fd, handles[i], size);
		map[0] = i + 1;
		map[size / sizeof(*map) - 1] = ~i;
		asahi_gem_munmap(map, size);
	}
	asahi_reclaim_read(&reclaim);
	igt_assert_lt_u64(memory / 2, reclaim.evicted);

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		map = asahi_gem_mmap(fd, handles[i], size);
		igt_assert_eq_u32(map[0], i + 1);
		igt_assert_eq_u32(map[size / sizeof(*map) - 1], ~i);
		asahi_gem_munmap(map, size);
	}
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "twice-the-memory", "Twice the memory in buffer objects is all right when it is read.",
	  twice_the_memory },
	{ "one-vm", "What is mapped makes room for more in the same address space.", one_vm },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
