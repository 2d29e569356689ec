// SPDX-License-Identifier: MIT
/**
 * TEST: asahi tlb
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: translation
 * Functionality: stale translations
 * Description: The GPU remembers translations across jobs. Each test lets it learn one, takes it
 *	away in one of the ways that there are, and proves that memory is no longer reached the
 *	old way.
 */
#include <errno.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "asahi_stamps.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Stale translations");

/* Places that the GPU has for address spaces of programs. */
#define NUM_CONTEXTS 63

#define FIRST 0x11111111u
#define SECOND 0x22222222u
#define UNTOUCHED 0x5a5a5a5au

/* Where the pages are mapped. */
static uint64_t page_va(const struct asahi_pages *p, int at)
{
	return p->va + (int64_t)at * ASAHI_PAGE;
}

/* Let the GPU learn where page @at of the range is: in page @page of @bo. */
static void learn(struct asahi_pages *p, int at, struct asahi_bo *bo, uint32_t page)
{
	uint32_t *word = bo->map + page * ASAHI_PAGE_WORDS;

	asahi_probe_write(&p->probe, page_va(p, at), FIRST);
	igt_assert_eq_u32(*word, FIRST);
	igt_assert_eq_u32(asahi_probe_read(&p->probe, page_va(p, at)), FIRST);
	*word = UNTOUCHED;
}

/* What is stored to page @at of the range no longer arrives in page @page of @bo. */
static void assert_forgotten(struct asahi_pages *p, int at, struct asahi_bo *bo, uint32_t page)
{
	const uint32_t *word = bo->map + page * ASAHI_PAGE_WORDS;

	asahi_probe_write(&p->probe, page_va(p, at), SECOND);
	igt_assert_eq_u32(*word, UNTOUCHED);
	igt_assert_neq_u32(asahi_probe_read(&p->probe, page_va(p, at)), UNTOUCHED);
}

/**
 * SUBTEST: unbind
 * Description: VM_BIND that unmaps.
 */
static void unbind(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	learn(&p, 0, &p.a, 0);
	asahi_pages_unmap(&p, 1, 0);
	assert_forgotten(&p, 0, &p.a, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: unbind-part
 * Description: VM_BIND that cuts pages out of a mapping.
 */
static void unbind_part(void)
{
	struct asahi_pages p;
	int i;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		learn(&p, i, &p.a, i);
	asahi_pages_unmap(&p, 2, 1);
	assert_forgotten(&p, 1, &p.a, 1);
	assert_forgotten(&p, 2, &p.a, 2);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, page_va(&p, 0)), UNTOUCHED);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, page_va(&p, 3)), UNTOUCHED);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: unbind-large
 * Description: VM_BIND that unmaps 64 GiB in which only a few pages were ever used.
 */
static void unbind_large(void)
{
	const uint64_t size = 64ull << 30;
	struct asahi_pages p;
	uint64_t va;

	asahi_pages_init(&p);
	va = asahi_client_va(&p.client, size);
	asahi_vm_map(p.client.fd, p.client.vm_id, p.a.handle, 0, ASAHI_PAGE, va + size / 2,
		     ASAHI_RW);
	asahi_vm_map(p.client.fd, p.client.vm_id, p.a.handle, ASAHI_PAGE, ASAHI_PAGE,
		     va + size - ASAHI_PAGE, ASAHI_RW);
	p.va = va + size / 2;
	learn(&p, 0, &p.a, 0);
	p.va = va + size - ASAHI_PAGE;
	learn(&p, 0, &p.a, 1);
	asahi_vm_unmap(p.client.fd, p.client.vm_id, size, va);
	assert_forgotten(&p, 0, &p.a, 1);
	p.va = va + size / 2;
	assert_forgotten(&p, 0, &p.a, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace
 * Description: VM_BIND that maps something else at the same address.
 */
static void replace(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	learn(&p, 0, &p.a, 0);
	asahi_pages_map(&p, &p.b, 0, 1, 0, ASAHI_RW);
	assert_forgotten(&p, 0, &p.a, 0);
	igt_assert_eq_u32(p.b.map[0], SECOND);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace-single-page
 * Description: VM_BIND that puts a repeated page over pages of a mapping, and a mapping over
 *	repeated pages.
 */
static void replace_single_page(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 3, 0, ASAHI_RW);
	learn(&p, 1, &p.a, 1);
	asahi_pages_map(&p, &p.b, 4, 3, 0, ASAHI_SINGLE);
	assert_forgotten(&p, 1, &p.a, 1);
	igt_assert_eq_u32(p.b.map[4 * ASAHI_PAGE_WORDS], SECOND);

	learn(&p, 2, &p.b, 4);
	asahi_pages_map(&p, &p.a, 0, 3, 0, ASAHI_RW);
	assert_forgotten(&p, 2, &p.b, 4);
	igt_assert_eq_u32(p.a.map[2 * ASAHI_PAGE_WORDS], SECOND);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: protect
 * Description: VM_BIND that takes a right away.
 */
static void protect(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	learn(&p, 0, &p.a, 0);
	asahi_pages_map(&p, &p.a, 0, 1, 0, DRM_ASAHI_BIND_READ);
	asahi_probe_write(&p.probe, page_va(&p, 0), SECOND);
	igt_assert_eq_u32(p.a.map[0], UNTOUCHED);

	igt_assert_eq_u32(asahi_probe_read(&p.probe, page_va(&p, 0)), UNTOUCHED);
	asahi_pages_map(&p, &p.a, 0, 1, 0, DRM_ASAHI_BIND_WRITE);
	igt_assert_eq_u32(asahi_probe_read(&p.probe, page_va(&p, 0)), 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: failed-array
 * Description: VM_BIND whose first step unmaps and whose second step fails.
 */
static void failed_array(void)
{
	struct drm_asahi_gem_bind_op ops[2];
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	learn(&p, 0, &p.a, 0);
	ops[0] = asahi_pages_unmap_op(&p, 1, 0);
	ops[1] = asahi_pages_map_op(&p, &p.b, 0, 1, 0);
	ops[1].handle = UINT32_MAX;
	igt_assert_eq(__asahi_vm_bind(p.client.fd, p.client.vm_id, ops, 2), -ENOENT);
	assert_forgotten(&p, 0, &p.a, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: replace-under-job
 * Description: VM_BIND that maps something else under a job that runs all the while and looks.
 */
static void replace_under_job(void)
{
	struct asahi_spin spin;
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_spin_init(&p.client, &spin);
	spin.job.args->a = page_va(&p, 0);
	spin.job.args->c = p.a.map[0];
	asahi_spin_start(&spin, p.client.queue_id);

	/* Its first word is another, which ends the job. */
	asahi_pages_map(&p, &p.b, 0, 1, 0, ASAHI_RW);
	igt_assert_eq(asahi_finish(spin.fence), 1);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: gem-close
 * Description: GEM_CLOSE of what is mapped. Its memory lives on, as the CPU still maps it.
 */
static void gem_close_unmaps(void)
{
	struct asahi_pages p;
	struct asahi_bo bo;

	asahi_pages_init(&p);
	asahi_bo_init_unmapped(&p.client, &bo, ASAHI_PAGE);
	asahi_pages_map(&p, &bo, 0, 1, 0, ASAHI_RW);
	learn(&p, 0, &bo, 0);
	gem_close(p.client.fd, bo.handle);
	assert_forgotten(&p, 0, &bo, 0);
	asahi_bo_unmap(&bo);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: gem-close-all-vms
 * Description: GEM_CLOSE of what is mapped in several address spaces.
 */
static void gem_close_all_vms(void)
{
	struct asahi_client second;
	struct asahi_probe probe;
	struct asahi_pages p;
	struct asahi_bo bo;

	asahi_pages_init(&p);
	asahi_client_init_fd(&second, p.client.fd);
	asahi_probe_init(&second, &probe);
	asahi_bo_init_unmapped(&p.client, &bo, ASAHI_PAGE);
	asahi_pages_map(&p, &bo, 0, 1, 0, ASAHI_RW);
	asahi_vm_map(second.fd, second.vm_id, bo.handle, 0, ASAHI_PAGE, bo.va, ASAHI_RW);
	asahi_probe_write(&probe, bo.va, SECOND);
	igt_assert_eq_u32(bo.map[0], SECOND);
	learn(&p, 0, &bo, 0);

	gem_close(p.client.fd, bo.handle);
	assert_forgotten(&p, 0, &bo, 0);
	asahi_probe_write(&probe, bo.va, SECOND);
	igt_assert_eq_u32(bo.map[0], UNTOUCHED);

	asahi_bo_unmap(&bo);
	asahi_client_fini(&second);
	asahi_pages_fini(&p);
}

/* Address spaces that all map something at the same address, each a page of its own. */
struct crowd {
	int fd;
	struct asahi_bo bo;
	uint64_t va;
	struct asahi_client clients[NUM_CONTEXTS + 1];
	struct asahi_probe probes[NUM_CONTEXTS + 1];
};

static uint32_t *crowd_word(struct crowd *c, uint32_t i)
{
	return c->bo.map + i * ASAHI_PAGE_WORDS;
}

static void crowd_init(struct crowd *c)
{
	c->fd = asahi_open();
	c->bo.size = (NUM_CONTEXTS + 1) * ASAHI_PAGE;
	c->bo.handle = asahi_gem_create(c->fd, c->bo.size);
	c->bo.map = asahi_gem_mmap(c->fd, c->bo.handle, c->bo.size);
}

static void crowd_fini(struct crowd *c)
{
	asahi_bo_unmap(&c->bo);
	asahi_close(c->fd);
}

/* Add an address space. All have the same addresses, those of the streams included. */
static void crowd_add(struct crowd *c, uint32_t i)
{
	asahi_client_init_fd(&c->clients[i], c->fd);
	asahi_probe_init(&c->clients[i], &c->probes[i]);
	c->va = asahi_client_va(&c->clients[i], ASAHI_PAGE);
	asahi_vm_map(c->fd, c->clients[i].vm_id, c->bo.handle, (uint64_t)i * ASAHI_PAGE,
		     ASAHI_PAGE, c->va, ASAHI_RW);
}

/* Store through address space @i: only its own page may change. */
static void crowd_store(struct crowd *c, uint32_t i, uint32_t value)
{
	uint32_t j;

	for (j = 0; j <= NUM_CONTEXTS; j++)
		*crowd_word(c, j) = UNTOUCHED;
	asahi_probe_write(&c->probes[i], c->va, value);
	for (j = 0; j <= NUM_CONTEXTS; j++)
		igt_assert_f(*crowd_word(c, j) == (j == i ? value : UNTOUCHED),
			     "address space %u stored 0x%x, page %u is 0x%x\n", i, value, j,
			     *crowd_word(c, j));
}

/**
 * SUBTEST: vm-close
 * Description: The end of an address space, whose place on the GPU another one gets.
 */
static void vm_close(void)
{
	static struct crowd c;
	uint32_t i;

	crowd_init(&c);
	crowd_add(&c, 0);
	crowd_store(&c, 0, FIRST);

	/* What it had is kept, so that a use of old translations does nothing but show. */
	asahi_queue_destroy(c.fd, c.clients[0].queue_id);
	asahi_vm_destroy(c.fd, c.clients[0].vm_id);

	/* As many as there are places: one of them gets that one. */
	for (i = 1; i <= NUM_CONTEXTS; i++) {
		crowd_add(&c, i);
		crowd_store(&c, i, SECOND + i);
	}

	for (i = 1; i <= NUM_CONTEXTS; i++)
		asahi_client_fini(&c.clients[i]);
	asahi_bo_unmap(&c.clients[0].arena);
	crowd_fini(&c);
}

/**
 * SUBTEST: context-steal
 * Description: More address spaces than the GPU has places, so that idle ones lose theirs.
 */
static void context_steal(void)
{
	static struct crowd c;
	uint32_t i, round;

	crowd_init(&c);
	for (i = 0; i <= NUM_CONTEXTS; i++)
		crowd_add(&c, i);
	for (round = 0; round < 3; round++)
		for (i = 0; i <= NUM_CONTEXTS; i++)
			crowd_store(&c, i, round << 16 | i);
	for (i = 0; i <= NUM_CONTEXTS; i++)
		asahi_client_fini(&c.clients[i]);
	crowd_fini(&c);
}

/* Objects that leave no room for another one. */
struct filler {
	uint32_t handle;
	uint32_t objects[256];
	uint32_t num;
};

static void fill_window(int fd, struct filler *filler)
{
	uint64_t size = 4 << 20;
	int ret;

	filler->num = 0;
	filler->handle = asahi_gem_create(fd, size);
	while (size >= ASAHI_PAGE) {
		igt_assert_lt(filler->num, ARRAY_SIZE(filler->objects));
		ret = __asahi_object_bind(fd, filler->handle, 0, size,
					  &filler->objects[filler->num]);
		if (ret == -ENOSPC) {
			size /= 4;
			continue;
		}
		igt_assert_eq(ret, 0);
		filler->num++;
	}
}

static void empty_window(int fd, struct filler *filler)
{
	while (filler->num)
		asahi_object_unbind(fd, filler->objects[--filler->num]);
	gem_close(fd, filler->handle);
}

/* Write a timestamp to @object, and wait until nothing of the job is left that might hold it. */
static void stamp(struct asahi_client *client, uint32_t object)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	uint32_t queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);

	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = object;
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(client, queue_id, &cmdbuf)), 1);
	asahi_queue_destroy(client->fd, queue_id);
}

/**
 * SUBTEST: object-unbind
 * Description: The end of a timestamp object, whose address another one gets.
 */
static void object_unbind(void)
{
	struct asahi_stamps s;
	struct filler filler;
	struct asahi_bo bo;
	uint32_t object;
	int ret;

	asahi_stamps_init(&s);
	asahi_bo_init_unmapped(&s.client, &bo, ASAHI_PAGE);
	fill_window(s.client.fd, &filler);
	stamp(&s.client, s.object);
	igt_assert_neq_u64(s.words[0], 0);

	/* Now there is room for one, at one address. */
	asahi_object_unbind(s.client.fd, s.object);
	s.words[0] = 0;
	ret = __asahi_object_bind(s.client.fd, bo.handle, 0, ASAHI_PAGE, &object);
	igt_assert_eq(ret, 0);
	stamp(&s.client, object);
	igt_assert_eq_u64(s.words[0], 0);
	igt_assert_neq_u32(bo.map[0], 0);

	empty_window(s.client.fd, &filler);
	asahi_bo_fini(&s.client, &bo);
	s.object = object;
	asahi_stamps_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "unbind", "The GPU forgets what VM_BIND unmaps.", unbind },
	{ "unbind-part", "The GPU forgets pages that VM_BIND cuts out of a mapping.", unbind_part },
	{ "unbind-large", "The GPU forgets all of a huge range that VM_BIND unmaps.",
	  unbind_large },
	{ "replace", "The GPU forgets what VM_BIND maps over.", replace },
	{ "replace-single-page",
	  "The GPU forgets what VM_BIND repeats a page over, and the repeated page.",
	  replace_single_page },
	{ "protect", "The GPU forgets a right that VM_BIND takes away.", protect },
	{ "failed-array", "The GPU forgets what VM_BIND has unmapped before it failed.",
	  failed_array },
	{ "replace-under-job", "The GPU forgets what VM_BIND maps over under a running job.",
	  replace_under_job },
	{ "gem-close", "The GPU forgets what GEM_CLOSE unmaps.", gem_close_unmaps },
	{ "gem-close-all-vms", "The GPU forgets what GEM_CLOSE unmaps, in each address space.",
	  gem_close_all_vms },
	{ "vm-close", "The GPU forgets an address space before its place has another.", vm_close },
	{ "context-steal", "The GPU forgets an address space that loses its place.",
	  context_steal },
	{ "object-unbind", "The GPU forgets a timestamp object before its address has another.",
	  object_unbind },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
