// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: What gets mapped and unmapped where, seen by shaders.
 */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: mapping, unmapping, arrays of steps");

/**
 * SUBTEST: map-unmap
 * Description: A mapping shows the buffer object, and is gone after the unmap, before either call
 *	returns.
 */
static void map_unmap(void)
{
	struct asahi_pages p;
	uint32_t i;

	asahi_pages_init(&p);
	asahi_pages_assert(&p, 0, NULL, 0);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_assert_mappings(&p, 1);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, &p.a, i);
	asahi_pages_assert(&p, -1, NULL, 0);
	asahi_pages_assert(&p, ASAHI_NUM_PAGES, NULL, 0);

	asahi_pages_unmap(&p, ASAHI_NUM_PAGES, 0);
	asahi_pages_assert_mappings(&p, 0);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: offset
 * Description: A mapping can start anywhere in the buffer object.
 */
static void offset(void)
{
	struct asahi_pages p;
	uint32_t i;

	asahi_pages_init(&p);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_map(&p, &p.a, ASAHI_NUM_PAGES - 1 - i, 1, i, ASAHI_RW);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_pages_assert(&p, i, &p.a, ASAHI_NUM_PAGES - 1 - i);

	asahi_pages_map(&p, &p.b, 2, 3, 0, ASAHI_RW);
	for (i = 0; i < 3; i++)
		asahi_pages_assert(&p, i, &p.b, 2 + i);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: write
 * Description: What a shader stores arrives in the buffer object, in the right page.
 */
static void write_through(void)
{
	struct asahi_pages p;
	uint32_t i;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		asahi_probe_write(&p.probe, p.va + i * ASAHI_PAGE + 4, 100 + i);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		igt_assert_eq_u32(p.a.map[i * ASAHI_PAGE_WORDS + 1], 100 + i);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: read-only
 * Description: Through a mapping without WRITE nothing can be stored.
 */
static void read_only(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, DRM_ASAHI_BIND_READ);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_probe_write(&p.probe, p.va, 1);
	igt_assert_eq_u32(p.a.map[0], asahi_pages_word(&p.a, 0));
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: write-only
 * Description: Through a mapping without READ nothing can be loaded.
 */
static void write_only(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, 0, DRM_ASAHI_BIND_WRITE);
	asahi_pages_assert(&p, 0, NULL, 0);
	asahi_probe_write(&p.probe, p.va, 77);
	igt_assert_eq_u32(p.a.map[0], 77);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: change-protection
 * Description: Mapping the same pages again with other rights changes the rights.
 */
static void change_protection(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 3, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 0, 3, 0, DRM_ASAHI_BIND_READ);
	asahi_probe_write(&p.probe, p.va, 1);
	igt_assert_eq_u32(p.a.map[0], asahi_pages_word(&p.a, 0));

	asahi_pages_map(&p, &p.a, 1, 1, 1, ASAHI_RW);
	asahi_probe_write(&p.probe, p.va + ASAHI_PAGE + 4, 5);
	igt_assert_eq_u32(p.a.map[ASAHI_PAGE_WORDS + 1], 5);
	asahi_probe_write(&p.probe, p.va + 2 * ASAHI_PAGE + 4, 6);
	igt_assert_eq_u32(p.a.map[2 * ASAHI_PAGE_WORDS + 1], 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: many-addresses
 * Description: One buffer object can be mapped at many addresses with different rights.
 */
static void many_addresses(void)
{
	enum { NUM = 100 };
	struct asahi_pages p;
	uint64_t va;
	uint32_t i;

	asahi_pages_init(&p);
	va = asahi_client_va(&p.client, (2ull * NUM) << 30);
	for (i = 0; i < NUM; i++)
		asahi_vm_map(p.client.fd, p.client.vm_id, p.a.handle, 0, p.a.size,
			     va + ((uint64_t)i << 31),
			     i & 1 ? ASAHI_RW : DRM_ASAHI_BIND_READ);
	asahi_pages_assert_mappings(&p, NUM);

	asahi_probe_write(&p.probe, va + (51ull << 31), 1234);
	asahi_probe_write(&p.probe, va + (52ull << 31), 4321);
	for (i = 0; i < NUM; i += 7)
		igt_assert_eq_u32(asahi_probe_read(&p.probe, va + ((uint64_t)i << 31)), 1234);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: two-vms
 * Description: The same address shows different buffer objects in different address spaces of a
 *	file.
 */
static void two_vms(void)
{
	struct asahi_client other;
	struct asahi_probe probe;
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_client_init_fd(&other, p.client.fd);
	asahi_probe_init(&other, &probe);
	asahi_pages_map(&p, &p.a, 0, 1, 0, ASAHI_RW);
	asahi_vm_map(other.fd, other.vm_id, p.b.handle, 0, ASAHI_PAGE, p.va, ASAHI_RW);

	asahi_pages_assert(&p, 0, &p.a, 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.va), asahi_pages_word(&p.b, 0));
	asahi_pages_unmap(&p, 1, 0);
	asahi_pages_assert(&p, 0, NULL, 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, p.va), asahi_pages_word(&p.b, 0));

	asahi_client_fini(&other);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: window-ends
 * Description: The first and last page of the window, and the pages on both sides of the
 *	kernel's range, can be mapped.
 */
static void window_ends(void)
{
	const uint64_t kernel = 0x3000000000;
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	uint64_t end, size;
	uint32_t vm_id, handle;

	asahi_get_params(fd, &params);
	size = (params.vm_kernel_min_size + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1);
	end = params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);
	igt_assert_eq(__asahi_vm_create(fd, kernel, kernel + size, &vm_id), 0);
	handle = asahi_gem_create(fd, ASAHI_PAGE);

	asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, params.vm_start, ASAHI_RW);
	asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, end - ASAHI_PAGE, ASAHI_RW);
	asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, kernel - ASAHI_PAGE, ASAHI_RW);
	asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, kernel + size, ASAHI_RW);

	/* All that a program may touch can be unmapped in two steps. */
	asahi_vm_unmap(fd, vm_id, kernel - params.vm_start, params.vm_start);
	asahi_vm_unmap(fd, vm_id, end - (kernel + size), kernel + size);

	gem_close(fd, handle);
	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: array
 * Description: The steps of one call take effect in their order.
 */
static void array(void)
{
	struct drm_asahi_gem_bind_op ops[5];
	struct asahi_pages p;

	asahi_pages_init(&p);
	ops[0] = asahi_pages_map_op(&p, &p.a, 0, ASAHI_NUM_PAGES, 0);
	ops[1] = asahi_pages_unmap_op(&p, 2, 1);
	ops[2] = asahi_pages_map_op(&p, &p.b, 4, 1, 2);
	ops[3] = asahi_pages_map_op(&p, &p.b, 0, 1, 4);
	ops[4] = asahi_pages_unmap_op(&p, 1, 4);
	asahi_vm_bind(p.client.fd, p.client.vm_id, ops, 5);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 2, &p.b, 4);
	asahi_pages_assert(&p, 3, &p.a, 3);
	asahi_pages_assert(&p, 4, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: array-large
 * Description: One call may have thousands of steps.
 */
static void array_large(void)
{
	enum { NUM = 4000 };
	struct drm_asahi_gem_bind_op *ops;
	struct asahi_pages p;
	uint64_t va;
	uint32_t i;

	asahi_pages_init(&p);
	va = asahi_client_va(&p.client, NUM * 2ull * ASAHI_PAGE);
	ops = calloc(NUM, sizeof(*ops));
	igt_assert(ops);
	for (i = 0; i < NUM; i++) {
		ops[i] = asahi_pages_map_op(&p, &p.a, i % ASAHI_NUM_PAGES, 1, 0);
		ops[i].addr = va + i * 2ull * ASAHI_PAGE;
	}
	asahi_vm_bind(p.client.fd, p.client.vm_id, ops, NUM);
	free(ops);

	asahi_pages_assert_mappings(&p, NUM);
	for (i = 0; i < NUM; i += 397)
		igt_assert_eq_u32(asahi_probe_read(&p.probe, va + i * 2ull * ASAHI_PAGE),
				  asahi_pages_word(&p.a, i % ASAHI_NUM_PAGES));
	asahi_vm_unmap(p.client.fd, p.client.vm_id, NUM * 2ull * ASAHI_PAGE, va);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: array-stops-at-failure
 * Description: The first step that fails ends the call with its error: the steps before it
 *	remain, it and those behind it have no effect.
 */
static void array_stops_at_failure(void)
{
	struct drm_asahi_gem_bind_op ops[4];
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.b, 0, 1, 1, ASAHI_RW);
	ops[0] = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	ops[1] = asahi_pages_map_op(&p, &p.a, 1, 1, 1);
	ops[1].handle = 0x7fffffff;
	ops[2] = asahi_pages_map_op(&p, &p.a, 2, 1, 2);
	ops[3] = asahi_pages_map_op(&p, &p.a, 3, 1, 3);
	ops[3].offset++;
	igt_assert_eq(__asahi_vm_bind(p.client.fd, p.client.vm_id, ops, 4), -ENOENT);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.b, 0);
	asahi_pages_assert(&p, 2, NULL, 0);
	asahi_pages_assert_mappings(&p, 2);

	ops[1] = asahi_pages_unmap_op(&p, 1, 1);
	igt_assert_eq(__asahi_vm_bind(p.client.fd, p.client.vm_id, ops, 4), -EINVAL);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 2, &p.a, 2);
	asahi_pages_assert(&p, 3, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: array-empty
 * Description: A call without steps succeeds and does nothing.
 */
static void array_empty(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	igt_assert_eq(__asahi_vm_bind(p.client.fd, p.client.vm_id, NULL, 0), 0);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: stride-larger
 * Description: The elements of a newer program are larger; what the kernel does not know of has
 *	to be zero.
 */
static void stride_larger(void)
{
	struct {
		struct drm_asahi_gem_bind_op op;
		uint64_t unknown[2];
	} ops[2] = { 0 };
	struct asahi_pages p;
	int ret;

	asahi_pages_init(&p);
	ops[0].op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	ops[1].op = asahi_pages_map_op(&p, &p.a, 1, 1, 1);
	igt_assert_eq(asahi_pages_bind(&p, ops, 2, sizeof(ops[0])), 0);
	asahi_pages_assert(&p, 0, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.a, 1);

	ops[1].unknown[1] = 1ull << 56;
	ops[1].op = asahi_pages_map_op(&p, &p.a, 1, 1, 2);
	ret = asahi_pages_bind(&p, ops, 2, sizeof(ops[0]));
	if (!asahi_assert_strict(p.client.fd, ret, -EINVAL))
		asahi_pages_assert(&p, 2, NULL, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: stride-smaller
 * Description: The elements of an older program are smaller; what it does not know of reads as
 *	zero, and never as the start of the next element.
 */
static void stride_smaller(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	size_t size;

	asahi_pages_init(&p);
	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);

	/* Flags alone name no buffer object, and without an address this is a mapping at 0. */
	igt_assert_eq(asahi_pages_bind(&p, &op, 1, 4), -ENOENT);
	for (size = 8; size <= offsetof(struct drm_asahi_gem_bind_op, addr); size += 4)
		igt_assert_eq(asahi_pages_bind(&p, &op, 1, size), -EINVAL);
	asahi_pages_assert_mappings(&p, 0);
	igt_assert_eq(asahi_pages_bind(&p, &op, 1, sizeof(op)), 0);
	asahi_pages_fini(&p);
}

/* A thread that maps a buffer object for the CPU, which gives it memory. */
struct mapper {
	int fd;
	uint32_t handle;
	size_t size;
	void *map;
};

static void *map_for_cpu(void *data)
{
	struct mapper *m = data;

	m->map = __asahi_gem_mmap(m->fd, m->handle, m->size);
	return NULL;
}

/**
 * SUBTEST: private-mmap
 * Description: A private buffer object that has never had memory is mapped while a thread maps it
 *	for the CPU: both see the same.
 */
static void private_mmap(void)
{
	const size_t size = 8 << 20, words = size / sizeof(uint32_t);
	struct asahi_client client;
	struct asahi_probe probe;
	pthread_t thread;
	uint64_t va;
	uint32_t i;
	int ret;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	va = asahi_client_va(&client, size);
	for (i = 1; i <= 12; i++) {
		struct mapper m = {
			.fd = client.fd,
			.handle = asahi_gem_create_private(client.fd, size, client.vm_id),
			.size = size,
		};

		igt_assert_eq(pthread_create(&thread, NULL, map_for_cpu, &m), 0);
		ret = __asahi_vm_map(client.fd, client.vm_id, m.handle, 0, size, va, ASAHI_RW);
		pthread_join(thread, NULL);
		igt_assert_eq(ret, 0);
		igt_assert(m.map != MAP_FAILED);
		asahi_remember_map(m.map, size);
		((uint32_t *)m.map)[words - 1] = i;
		igt_assert_eq_u32(asahi_probe_read(&probe, va + size - 4), i);
		asahi_gem_munmap(m.map, size);
		gem_close(client.fd, m.handle);
	}
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "map-unmap", "A mapping shows the buffer object until it is unmapped.", map_unmap },
	{ "offset", "A mapping can start anywhere in the buffer object.", offset },
	{ "write", "What a shader stores arrives in the right page.", write_through },
	{ "read-only", "Without WRITE nothing can be stored.", read_only },
	{ "write-only", "Without READ nothing can be loaded.", write_only },
	{ "change-protection", "Mapping the same pages again changes the rights.",
	  change_protection },
	{ "many-addresses", "One buffer object can be mapped at many addresses.", many_addresses },
	{ "two-vms", "One address shows different objects in different VMs.", two_vms },
	{ "window-ends", "All pages of the window but the kernel's can be mapped.", window_ends },
	{ "array", "The steps of one call take effect in their order.", array },
	{ "array-large", "One call may have thousands of steps.", array_large },
	{ "array-stops-at-failure", "The first step that fails ends the call.",
	  array_stops_at_failure },
	{ "array-empty", "A call without steps succeeds.", array_empty },
	{ "stride-larger", "Unknown bytes of an element have to be zero.", stride_larger },
	{ "stride-smaller", "Missing bytes of an element read as zero.", stride_smaller },
	{ "private-mmap", "CPU and GPU map a new private one at once.", private_mmap },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
