// SPDX-License-Identifier: MIT
/**
 * TEST: asahi reclaim
 * Category: Core
 * Mega feature: Memory management
 * Sub-category: reclaim
 * Functionality: eviction
 * Description: Buffer objects that nobody uses lose their memory when the system wants it, and have
 *	it again, with what was in it, when somebody looks.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "asahi_reclaim.h"
#include "asahi_seed.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("Eviction of idle buffer objects");

/* More timestamp objects of 1 MiB than there is room for. */
#define MAX_OBJECTS 512

/* A client with two buffer objects whose pages can be told apart. */
static void pages_init(struct asahi_pages *p)
{
	asahi_pages_init(p);
	asahi_reclaim_find(p->client.fd);
}

/* All is evicted: the arena and both buffer objects of @p, and @more bytes. */
static void evict_pages(struct asahi_pages *p, uint64_t more)
{
	igt_assert_eq_u64(asahi_evict_all(),
			  p->client.arena.size + p->a.size + p->b.size + more);
}

/**
 * SUBTEST: cpu
 * Description: The CPU finds what it wrote, and only what it looks at comes back.
 */
static void cpu(void)
{
	struct asahi_reclaim before, after;
	struct asahi_pages p;

	pages_init(&p);
	evict_pages(&p, 0);
	asahi_reclaim_read(&before);
	asahi_pages_assert_cpu(&p.a);
	asahi_reclaim_read(&after);
	igt_assert_eq_u64(after.restores, before.restores + 1);
	igt_assert_eq_u64(after.evicted, before.evicted - p.a.size);
	igt_assert_eq_u64(after.evictable, p.a.size);

	/* Once more, with one of them evicted already. */
	evict_pages(&p, 0);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_assert_cpu(&p.b);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: gpu
 * Description: The GPU finds what it and the CPU wrote, and the CPU what the GPU wrote.
 */
static void gpu(void)
{
	struct asahi_pages p;
	int i;

	pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	evict_pages(&p, 0);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, &p.a, i);

	asahi_probe_write(&p.probe, p.va + ASAHI_PAGE + 4, 1234);
	evict_pages(&p, 0);
	asahi_probe_write(&p.probe, p.va + ASAHI_PAGE + 8, 1235);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + ASAHI_PAGE + 4), 1234);
	evict_pages(&p, 0);
	igt_assert_eq_u32(p.a.map[ASAHI_PAGE_WORDS + 1], 1234);
	igt_assert_eq_u32(p.a.map[ASAHI_PAGE_WORDS + 2], 1235);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: private
 * Description: The same for a buffer object that belongs to its address space.
 */
static void private(void)
{
	struct asahi_pages p;
	uint32_t handle, *map;
	uint64_t va;

	pages_init(&p);
	handle = asahi_gem_create_private(p.client.fd, 4 * ASAHI_PAGE, p.client.vm_id);
	map = asahi_gem_mmap(p.client.fd, handle, 4 * ASAHI_PAGE);
	va = asahi_client_va(&p.client, 4 * ASAHI_PAGE);
	asahi_vm_map(p.client.fd, p.client.vm_id, handle, 0, 4 * ASAHI_PAGE, va, ASAHI_RW);
	map[3 * ASAHI_PAGE_WORDS] = 41;

	evict_pages(&p, 4 * ASAHI_PAGE);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, va + 3 * ASAHI_PAGE), 41);
	asahi_probe_write(&p.probe, va + 4, 42);
	evict_pages(&p, 4 * ASAHI_PAGE);
	igt_assert_eq_u32(map[1], 42);
	igt_assert_eq_u32(map[3 * ASAHI_PAGE_WORDS], 41);
	asahi_gem_munmap(map, 4 * ASAHI_PAGE);
	gem_close(p.client.fd, handle);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: two-vms
 * Description: Each of the address spaces that map a buffer object gets it back, with its own next
 *	job.
 */
static void two_vms(void)
{
	struct asahi_client second;
	struct asahi_probe probe;
	struct asahi_pages p;

	pages_init(&p);
	asahi_client_init_fd(&second, p.client.fd);
	asahi_probe_init(&second, &probe);
	asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
	asahi_vm_map(second.fd, second.vm_id, p.a.handle, ASAHI_PAGE, 2 * ASAHI_PAGE, p.a.va,
		     ASAHI_RW);

	evict_pages(&p, second.arena.size);
	asahi_pages_assert(&p, 1, &p.a, 1);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.a.va), asahi_pages_word(&p.a, 1));
	asahi_probe_write(&probe, p.a.va + 4, 51);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + ASAHI_PAGE + 4), 51);

	/* With one of them still evicted. */
	evict_pages(&p, second.arena.size);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.a.va + 4), 51);
	evict_pages(&p, second.arena.size);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + ASAHI_PAGE + 4), 51);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.a.va + 4), 51);

	asahi_client_fini(&second);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: exported
 * Description: A buffer object that is shared between files, and mapped through its dma-buf, is
 *	evicted like any other, and every way to it shows the same memory afterwards.
 */
static void exported(void)
{
	struct asahi_client other;
	struct asahi_probe probe;
	struct asahi_pages p;
	uint32_t handle, *map, *dma_map;
	uint64_t va;
	int dma_buf;

	pages_init(&p);
	asahi_client_init(&other);
	asahi_probe_init(&other, &probe);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	dma_buf = prime_handle_to_fd_for_mmap(p.client.fd, p.a.handle);
	handle = prime_fd_to_handle(other.fd, dma_buf);
	map = asahi_gem_mmap(other.fd, handle, p.a.size);
	dma_map = mmap(NULL, p.a.size, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	igt_assert(dma_map != MAP_FAILED);
	va = asahi_client_va(&other, p.a.size);
	asahi_vm_map(other.fd, other.vm_id, handle, 0, p.a.size, va, ASAHI_RW);
	igt_assert_eq_u32(map[0], asahi_pages_word(&p.a, 0));
	igt_assert_eq_u32(dma_map[0], asahi_pages_word(&p.a, 0));

	evict_pages(&p, other.arena.size);
	dma_map[1] = 61;
	igt_assert_eq_u32(map[1], 61);
	igt_assert_eq_u32(p.a.map[1], 61);
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 4), 61);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + 4), 61);

	evict_pages(&p, other.arena.size);
	asahi_probe_write(&probe, va + 8, 62);
	igt_assert_eq_u32(dma_map[2], 62);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, p.va + 8), 62);

	/* Exported while it is evicted. */
	evict_pages(&p, other.arena.size);
	close(dma_buf);
	dma_buf = prime_handle_to_fd(p.client.fd, p.a.handle);
	igt_assert_eq_u32(prime_fd_to_handle(other.fd, dma_buf), handle);
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 8), 62);

	close(dma_buf);
	igt_assert_eq(munmap(dma_map, p.a.size), 0);
	asahi_gem_munmap(map, p.a.size);
	gem_close(other.fd, handle);
	asahi_client_fini(&other);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: single-page
 * Description: A page that is repeated over a large range is repeated again, to the last address
 *	and no further, also if a part has been cut out meanwhile.
 */
static void single_page(void)
{
	const uint64_t size = (64 << 20) + 4 * ASAHI_PAGE;
	struct asahi_pages p;
	uint64_t va;

	pages_init(&p);
	va = asahi_client_va(&p.client, size + ASAHI_PAGE) + ASAHI_PAGE;
	asahi_vm_map(p.client.fd, p.client.vm_id, p.a.handle, 3 * ASAHI_PAGE, size, va,
		     ASAHI_SINGLE);

	evict_pages(&p, 0);
	p.va = va;
	asahi_pages_assert(&p, -1, NULL, 0);
	asahi_pages_assert(&p, 0, &p.a, 3);
	asahi_pages_assert(&p, size / ASAHI_PAGE / 2, &p.a, 3);
	asahi_pages_assert(&p, size / ASAHI_PAGE - 1, &p.a, 3);
	asahi_pages_assert(&p, size / ASAHI_PAGE, NULL, 0);

	evict_pages(&p, 0);
	asahi_pages_unmap(&p, 2, 1001);
	asahi_pages_assert(&p, 0, &p.a, 3);
	asahi_pages_assert(&p, 1000, &p.a, 3);
	asahi_pages_assert(&p, 1001, NULL, 0);
	asahi_pages_assert(&p, 1002, NULL, 0);
	asahi_pages_assert(&p, 1003, &p.a, 3);
	asahi_pages_assert(&p, size / ASAHI_PAGE - 1, &p.a, 3);

	asahi_vm_unmap(p.client.fd, p.client.vm_id, size, va);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: protection
 * Description: A mapping that may not be written to may not be either when it has come back.
 */
static void protection(void)
{
	struct asahi_pages p;

	pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 2, 0, DRM_ASAHI_BIND_READ);
	evict_pages(&p, 0);
	asahi_probe_write(&p.probe, p.va + 4, 1);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: split
 * Description: What is left of mappings that were cut, by an unmap and by another mapping, comes
 *	back as it was: with its rights, and at its own page unless it is one that is repeated.
 */
static void split(void)
{
	/* Of each page of the range: the buffer object, a, b or none, and its page. */
	static const struct {
		char bo;
		uint32_t page;
	} left[] = {
		{ 'a', 0 }, { '-' }, { 'a', 2 }, { 'b', 4 }, { 'a', 4 }, { '-' },
		{ 'b', 2 }, { 'b', 2 }, { '-' }, { 'b', 2 }, { '-' },
	};
	struct asahi_pages p;
	unsigned int i;

	pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 5, 0, DRM_ASAHI_BIND_READ);
	asahi_pages_map(&p, &p.b, 2, 4, 6, ASAHI_SINGLE);
	asahi_pages_unmap(&p, 1, 1);
	asahi_pages_map(&p, &p.b, 4, 1, 3, ASAHI_RW);
	asahi_pages_unmap(&p, 1, 8);

	evict_pages(&p, 0);
	for (i = 0; i < ARRAY_SIZE(left); i++) {
		const struct asahi_bo *bo = left[i].bo == 'a' ? &p.a : &p.b;

		asahi_pages_assert(&p, i, left[i].bo == '-' ? NULL : bo, left[i].page);
	}

	/* What may only be read is not written to. */
	for (i = 0; i < ARRAY_SIZE(left); i++)
		if (left[i].bo == 'a')
			asahi_probe_write(&p.probe, p.va + i * ASAHI_PAGE + 4, 1);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: unbind-part
 * Description: What is unmapped or replaced while it is evicted does not come back; the rest does.
 */
static void unbind_part(void)
{
	struct asahi_pages p;

	pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	evict_pages(&p, 0);
	asahi_pages_unmap(&p, 1, 1);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 2, &p.a, 2);
	asahi_pages_assert(&p, 4, &p.a, 4);

	evict_pages(&p, 0);
	asahi_pages_map(&p, &p.b, 0, 1, 3, ASAHI_RW);
	asahi_pages_assert(&p, 2, &p.a, 2);
	asahi_pages_assert(&p, 3, &p.b, 0);
	asahi_pages_assert(&p, 4, &p.a, 4);

	evict_pages(&p, 0);
	asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_assert(&p, 0, NULL, 0);
	asahi_pages_assert(&p, 3, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: bind
 * Description: VM_BIND of a buffer object that is evicted, at another address too, and with a step
 *	before it that unmaps it elsewhere.
 */
static void bind(void)
{
	struct drm_asahi_gem_bind_op ops[2];
	struct asahi_pages p;

	pages_init(&p);
	evict_pages(&p, 0);
	asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
	asahi_pages_assert(&p, 1, &p.a, 1);

	evict_pages(&p, 0);
	asahi_pages_map(&p, &p.a, 4, 1, 3, ASAHI_RW);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.a, 1);
	asahi_pages_assert(&p, 2, NULL, 0);
	asahi_pages_assert(&p, 3, &p.a, 4);

	/* What is on its way out must not be brought back by what comes in. */
	evict_pages(&p, 0);
	ops[0] = asahi_pages_unmap_op(&p, 2, 0);
	ops[1] = asahi_pages_map_op(&p, &p.a, 2, 1, 4);
	asahi_vm_bind(p.client.fd, p.client.vm_id, ops, 2);
	asahi_pages_assert(&p, 0, NULL, 0);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 3, &p.a, 4);
	asahi_pages_assert(&p, 4, &p.a, 2);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: tlb
 * Description: The GPU remembers no translation to anything that has been evicted.
 */
static void tlb(void)
{
	/* The buffer for preemption that each queue has got from the driver, and keeps. */
	const unsigned int kept = 2;
	struct asahi_client second;
	struct asahi_probe probe;
	struct asahi_pages p;

	pages_init(&p);
	asahi_require_simulated(p.client.fd, ASAHI_OUR_DRIVER);
	asahi_client_init_fd(&second, p.client.fd);
	asahi_probe_init(&second, &probe);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_vm_map(second.fd, second.vm_id, p.a.handle, 0, ASAHI_PAGE, p.a.va, ASAHI_RW);
	asahi_pages_assert(&p, 0, &p.a, 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.a.va), asahi_pages_word(&p.a, 0));
	igt_assert_lt(kept, asahi_tlb_valid());

	evict_pages(&p, second.arena.size);
	igt_assert_eq_u32(asahi_tlb_valid(), kept);

	asahi_client_fini(&second);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: busy
 * Description: Nothing that a running job may reach is evicted, even if it was mapped after the
 *	job began; when the job is over, it is.
 */
static void busy(void)
{
	struct asahi_reclaim reclaim;
	struct asahi_spin spin;
	struct asahi_pages p;

	pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_spin_init(&p.client, &spin);
	spin.job.args->a = p.va;
	spin.job.args->c = p.a.map[0];
	asahi_spin_start(&spin, p.client.queue_id);
	igt_assert(asahi_is_busy(spin.fence));

	/* Idle still. */
	asahi_evict();
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evicted, p.b.size);
	igt_assert(asahi_is_busy(spin.fence));

	asahi_pages_map(&p, &p.b, 1, 1, 1, ASAHI_RW);
	asahi_evict();
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evicted, 0);
	igt_assert_eq_u64(reclaim.evictable, p.client.arena.size + p.a.size + p.b.size);
	igt_assert(asahi_is_busy(spin.fence));

	/* The job ends by reading what it has read all the time. */
	p.a.map[0]++;
	igt_assert_eq(asahi_finish(spin.fence), 1);
	p.a.map[0]--;
	evict_pages(&p, 0);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.b, 1);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: busy-two
 * Description: What has been mapped under two running jobs of different queues stays until both are
 *	over, whichever is first.
 */
static void busy_two(void)
{
	struct asahi_reclaim reclaim;
	struct asahi_spin spins[2];
	struct asahi_pages p;
	uint32_t second, i;
	bool still_busy;

	pages_init(&p);
	second = asahi_queue_create(p.client.fd, p.client.vm_id, p.client.usc_base);
	for (i = 0; i < 2; i++) {
		asahi_spin_init(&p.client, &spins[0]);
		asahi_spin_init(&p.client, &spins[1]);
		asahi_spin_start(&spins[0], p.client.queue_id);
		asahi_spin_start(&spins[1], second);
		asahi_pages_map(&p, &p.b, 1, 1, 1, ASAHI_RW);
		igt_assert_eq(asahi_spin_finish(&spins[i]), 1);
		asahi_evict();
		asahi_reclaim_read(&reclaim);
		still_busy = asahi_is_busy(spins[!i].fence);
		igt_assert_eq(asahi_spin_finish(&spins[!i]), 1);
		igt_assert(still_busy);
		igt_assert_eq_u64(reclaim.evicted, p.a.size);
		asahi_pages_unmap(&p, 1, 1);
		evict_pages(&p, 0);
	}
	asahi_queue_destroy(p.client.fd, second);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: waiting
 * Description: What a job will reach that waits for another one is not evicted either, and the job
 *	then reaches it.
 */
static void waiting(void)
{
	struct drm_asahi_sync syncs[2];
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client second;
	struct asahi_reclaim reclaim;
	struct asahi_spin spin;
	struct asahi_pages p;
	struct asahi_job job;
	unsigned int i;
	int fence;

	pages_init(&p);
	asahi_client_init(&second);
	asahi_spin_init(&second, &spin);
	asahi_spin_start(&spin, second.queue_id);
	for (i = 0; i < 2; i++)
		syncs[i] = asahi_sync_binary(syncobj_create(p.client.fd, 0));
	syncobj_import_sync_file(p.client.fd, syncs[0].handle, spin.fence);

	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_job_init(&p.client, &job, ASAHI_SHADER_STORE, p.va + 4, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&p.client, p.client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(p.client.fd, syncs[1].handle);

	asahi_evict();
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evicted, p.b.size);
	igt_assert_eq_u32(p.a.map[1], 0);

	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_eq_u32(p.a.map[1], ASAHI_STORE_VALUE);
	for (i = 0; i < 2; i++)
		syncobj_destroy(p.client.fd, syncs[i].handle);
	asahi_client_fini(&second);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: pinned
 * Description: Memory of timestamps stays where it is for as long as they can be written to.
 */
static void pinned(void)
{
	struct asahi_reclaim reclaim;
	struct asahi_pages p;
	uint32_t object;

	pages_init(&p);
	evict_pages(&p, 0);
	object = asahi_object_bind(p.client.fd, p.a.handle, 0, ASAHI_PAGE);
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evictable, 0);
	asahi_evict();
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evicted, p.client.arena.size + p.b.size);

	asahi_object_unbind(p.client.fd, object);
	evict_pages(&p, 0);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: pinned-refused
 * Description: A timestamp object that there is no room for does not hold its memory where it is.
 */
static void pinned_refused(void)
{
	const uint64_t bytes = 1 << 20;
	uint32_t objects[MAX_OBJECTS], handle, num = 0;
	int fd = asahi_open(), ret;

	asahi_reclaim_find(fd);
	handle = asahi_gem_create(fd, bytes);
	while (!(ret = __asahi_object_bind(fd, handle, 0, bytes, &objects[num])))
		igt_assert_lt(++num, MAX_OBJECTS);
	igt_assert_eq(ret, -ENOSPC);
	while (num)
		asahi_object_unbind(fd, objects[--num]);
	igt_assert_eq_u64(asahi_evict_all(), bytes);
	asahi_close(fd);
}

/**
 * SUBTEST: attached
 * Description: So does memory that another driver has attached to.
 */
static void attached(void)
{
	struct asahi_reclaim reclaim;
	struct asahi_pages p;
	uint32_t handle;
	int vgem, dma_buf;

	vgem = drm_open_driver(DRIVER_VGEM);
	pages_init(&p);
	evict_pages(&p, 0);
	dma_buf = prime_handle_to_fd(p.client.fd, p.a.handle);
	handle = prime_fd_to_handle(vgem, dma_buf);
	close(dma_buf);
	asahi_pages_assert_cpu(&p.a);
	asahi_evict();
	asahi_reclaim_read(&reclaim);
	igt_assert_eq_u64(reclaim.evicted, p.client.arena.size + p.b.size);
	asahi_pages_assert_cpu(&p.a);

	gem_close(vgem, handle);
	igt_assert_eq(drm_close_driver(vgem), 0);
	evict_pages(&p, 0);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: fdinfo
 * Description: The memory of a client that is resident is what has not been evicted.
 */
static void fdinfo(void)
{
	struct asahi_pages p;
	uint64_t all;

	pages_init(&p);
	all = p.client.arena.size + p.a.size + p.b.size;
	igt_assert_eq_u64(asahi_fdinfo_memory(p.client.fd, "resident"), all);
	evict_pages(&p, 0);
	igt_assert_eq_u64(asahi_fdinfo_memory(p.client.fd, "resident"), 0);
	igt_assert_eq_u64(asahi_fdinfo_memory(p.client.fd, "total"), all);
	asahi_pages_assert_cpu(&p.b);
	igt_assert_eq_u64(asahi_fdinfo_memory(p.client.fd, "resident"), p.b.size);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: close
 * Description: Evicted buffer objects, and address spaces that map them, can be closed in any way
 *	and leave nothing behind.
 */
static void close_evicted(void)
{
	struct asahi_reclaim reclaim;
	struct asahi_objects before;
	struct asahi_pages p;
	int round;

	asahi_objects_read(&before);
	for (round = 0; round < 3; round++) {
		pages_init(&p);
		asahi_pages_map(&p, &p.a, 0, 2, 0, ASAHI_RW);
		asahi_pages_map(&p, &p.b, 0, 2, 3, ASAHI_SINGLE);
		evict_pages(&p, 0);
		if (round == 0) {
			/* Its CPU mapping still has the contents. */
			gem_close(p.client.fd, p.a.handle);
			asahi_pages_assert_cpu(&p.a);
			asahi_pages_assert(&p, 0, NULL, 0);
			asahi_pages_assert(&p, 3, &p.b, 0);
		} else if (round == 1) {
			asahi_queue_destroy(p.client.fd, p.client.queue_id);
			asahi_vm_destroy(p.client.fd, p.client.vm_id);
		}
		asahi_bo_unmap(&p.a);
		asahi_bo_unmap(&p.b);
		asahi_client_drop(&p.client);
		asahi_assert_objects_eq(&before);
		asahi_reclaim_read(&reclaim);
		igt_assert_eq_u64(reclaim.evicted, 0);
		igt_assert_eq_u64(reclaim.evictable, 0);
	}
}

/* Large enough for the reading of it to take a while; and how often somebody dies meanwhile. */
#define READ_SIZE (8u << 20)
#define READ_DEATHS 10

/* One word of each page of the CPU's. */
#define READ_STEP (4096 / sizeof(uint32_t))

/* In a process: read a buffer object in, and die so long after that has begun. */
static void read_and_die(const struct asahi_child *child, int fd, uint32_t handle, unsigned int us)
{
	const struct itimerval once = { { 0, 0 }, { us / 1000000, us % 1000000 } };

	/* A signal that ends a process and leaves no core is to the kernel what SIGKILL is. */
	signal(SIGALRM, SIG_DFL);
	asahi_await(child);
	igt_assert_eq(setitimer(ITIMER_REAL, &once, NULL), 0);
	igt_assert(__asahi_gem_mmap(fd, handle, READ_SIZE) != MAP_FAILED);
	asahi_notify(child);
	pause();
}

/*
 * Read a buffer object in that nobody has touched, beside a process that dies after @us. What is
 * written to it then is there when it has been evicted. Returns whether the process died before it
 * had all of it, and before this one had; @took becomes how long it took here.
 */
static bool read_beside(int fd, unsigned int us, unsigned int *took)
{
	uint32_t handle = asahi_gem_create(fd, READ_SIZE), *map, i, lost = 0;
	struct asahi_child child = { 0 };
	uint64_t start;
	bool through;
	int socket;
	char byte;

	asahi_fork(&child)
		read_and_die(&child, fd, handle, us);
	socket = dup(child.socket);
	asahi_notify(&child);
	start = asahi_now_ns();
	map = asahi_gem_mmap(fd, handle, READ_SIZE);
	*took = (asahi_now_ns() - start) / 1000;
	for (i = 0; i < READ_SIZE / sizeof(*map); i += READ_STEP)
		map[i] = ~i;
	asahi_child_reap(&child, SIGALRM);
	through = read(socket, &byte, 1) == 1;
	close(socket);

	asahi_evict_all();
	for (i = 0; i < READ_SIZE / sizeof(*map); i += READ_STEP)
		lost += map[i] != ~i;
	igt_assert_f(!lost, "a reader who was killed has taken %u pages from another\n", lost);
	asahi_gem_munmap(map, READ_SIZE);
	gem_close(fd, handle);
	return !through && us < *took;
}

/**
 * SUBTEST: killed-reader
 * Description: A process is killed while it reads the memory of a buffer object in for the first
 *	time, beside another that does the same: the latter keeps all that it has read.
 */
static void killed_reader(void)
{
	unsigned int seed = asahi_seed_new(), took = 0, most = 100000, deaths = 0, rounds = 0;
	int fd = asahi_open();
	uint64_t since = 0;

	asahi_reclaim_find(fd);
	while (deaths < READ_DEATHS && asahi_patient(&since)) {
		deaths += read_beside(fd, 1 + rand_r(&seed) % most, &took);
		rounds++;
		/* As long as it takes on this machine. */
		most = took + 1;
	}
	igt_info("%u of %u readers died while another was reading, the last of which took %u us\n",
		 deaths, rounds, took);
	igt_assert_eq(deaths, READ_DEATHS);
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "cpu", "The CPU finds what it wrote.", cpu },
	{ "gpu", "The GPU finds what was written, and the CPU what the GPU wrote.", gpu },
	{ "private", "CPU and GPU find what was in a private buffer object.", private },
	{ "two-vms", "Each address space gets the buffer object back.", two_vms },
	{ "exported", "All ways to a shared buffer object show the same.", exported },
	{ "single-page", "A repeated page is repeated again.", single_page },
	{ "protection", "What may not be written to may still not be.", protection },
	{ "split", "What is left of mappings comes back as it was.", split },
	{ "unbind-part", "What is unmapped meanwhile does not come back.", unbind_part },
	{ "bind", "VM_BIND brings back what is evicted, but not what is on its way out.", bind },
	{ "tlb", "The GPU remembers nothing that was evicted.", tlb },
	{ "busy", "What a running job may reach stays.", busy },
	{ "busy-two", "What two running jobs may reach stays.", busy_two },
	{ "waiting", "What a waiting job may reach stays.", waiting },
	{ "pinned", "Memory of timestamps stays.", pinned },
	{ "pinned-refused", "Memory of timestamps that cannot be does not.", pinned_refused },
	{ "attached", "Memory that another driver uses stays.", attached },
	{ "fdinfo", "What is evicted is not resident.", fdinfo },
	{ "close", "What is evicted can be closed.", close_evicted },
	{ "killed-reader", "Who is killed takes no memory from others.", killed_reader },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
