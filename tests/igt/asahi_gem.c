// SPDX-License-Identifier: MIT
/**
 * TEST: asahi gem
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: buffer objects
 * Functionality: GEM_CREATE, GEM_MMAP_OFFSET, GEM_CLOSE
 * Description: Buffer objects, how the CPU sees them, and what closing a handle does.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("GEM_CREATE, GEM_MMAP_OFFSET and GEM_CLOSE");

#define PRIVATE (DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE)

/**
 * SUBTEST: create-close
 * Description: A buffer object can be made and given up, and is counted as long as it lives.
 */
static void create_close(void)
{
	static const uint32_t flags[] = { 0, DRM_ASAHI_GEM_WRITEBACK };
	struct asahi_objects before;
	int fd = asahi_open();
	uint32_t handle;
	unsigned int i;

	asahi_objects_read(&before);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		uint64_t bos = asahi_has_objects() ? asahi_objects_count("bo") : 0;

		igt_assert_eq(__asahi_gem_create(fd, ASAHI_PAGE, flags[i], 0, &handle), 0);
		igt_assert_neq_u32(handle, 0);
		if (asahi_has_objects())
			igt_assert_eq_u64(asahi_objects_count("bo"), bos + 1);
		gem_close(fd, handle);
		asahi_assert_objects_eq(&before);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: size
 * Description: Sizes are rounded up to whole pages, all of which can be mapped.
 */
static void size(void)
{
	static const struct {
		uint64_t size, pages;
	} sizes[] = {
		{ 1, 1 }, { 4096, 1 }, { ASAHI_PAGE, 1 }, { ASAHI_PAGE + 1, 2 },
		{ 8 * ASAHI_PAGE - 1, 8 }, { 1 << 24, (1 << 24) / ASAHI_PAGE },
	};
	const uint64_t va = 0x2000000000;
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), handle;
	uint32_t *map;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t bytes = sizes[i].pages * ASAHI_PAGE;

		handle = asahi_gem_create(fd, sizes[i].size);
		asahi_vm_map(fd, vm_id, handle, 0, bytes, va, ASAHI_RW);
		igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, 0, bytes + ASAHI_PAGE, va,
					     ASAHI_RW), -EINVAL);

		map = asahi_gem_mmap(fd, handle, bytes);
		map[bytes / sizeof(*map) - 1] = 1;
		asahi_gem_munmap(map, bytes);
		igt_assert(__asahi_gem_mmap(fd, handle, bytes + ASAHI_PAGE) == MAP_FAILED);
		gem_close(fd, handle);
	}

	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: zero-filled
 * Description: Nothing of another buffer object shines through a new one.
 */
static void zero_filled(void)
{
	const size_t bytes = 64 * ASAHI_PAGE;
	int fd = asahi_open();
	unsigned int round;
	uint32_t handle;
	uint64_t *map;
	size_t i;

	for (round = 0; round < 8; round++) {
		igt_assert_eq(__asahi_gem_create(fd, bytes, round & 1, 0, &handle), 0);
		map = asahi_gem_mmap(fd, handle, bytes);
		for (i = 0; i < bytes / sizeof(*map); i++) {
			igt_assert_eq_u64(map[i], 0);
			map[i] = 0x0123456789abcdef;
		}
		asahi_gem_munmap(map, bytes);
		gem_close(fd, handle);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: zero-filled-gpu
 * Description: A shader that is the first to look at a buffer object sees zeros too.
 */
static void zero_filled_gpu(void)
{
	const size_t bytes = 4 * ASAHI_PAGE, words = bytes / sizeof(uint32_t);
	struct asahi_client client;
	struct asahi_bo result;
	struct asahi_job job;
	unsigned int round;
	uint32_t handle;
	uint64_t va;
	size_t i;

	asahi_client_init(&client);
	asahi_bo_init(&client, &result, bytes);
	va = asahi_client_va(&client, bytes);
	asahi_job_init_grid(&client, &job, ASAHI_SHADER_COPY_GRID, va, result.va, words, 32);

	for (round = 0; round < 3; round++) {
		asahi_bo_fill(&result, 0x55555555);
		handle = asahi_gem_create(client.fd, bytes);
		asahi_vm_map(client.fd, client.vm_id, handle, 0, bytes, va, ASAHI_RW);
		igt_assert_eq(asahi_job_run(&job), 1);
		for (i = 0; i < words; i++)
			igt_assert_eq_u32(result.map[i], 0);
		gem_close(client.fd, handle);
	}

	asahi_bo_fini(&client, &result);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: mmap
 * Description: All CPU mappings of a buffer object, cached or not, show the same memory, and each
 *	lives on without the handle.
 */
static void mmap_twice(void)
{
	static const uint32_t flags[] = { 0, DRM_ASAHI_GEM_WRITEBACK };
	int fd = asahi_open();
	uint32_t handle, *a, *b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		igt_assert_eq(__asahi_gem_create(fd, 2 * ASAHI_PAGE, flags[i], 0, &handle), 0);
		a = asahi_gem_mmap(fd, handle, 2 * ASAHI_PAGE);
		b = asahi_gem_mmap(fd, handle, 2 * ASAHI_PAGE);
		a[5000] = 0x1234;
		igt_assert_eq_u32(b[5000], 0x1234);
		asahi_gem_munmap(a, 2 * ASAHI_PAGE);
		gem_close(fd, handle);
		igt_assert_eq_u32(b[5000], 0x1234);
		b[0] = 1;
		asahi_gem_munmap(b, 2 * ASAHI_PAGE);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: mmap-partial
 * Description: The first pages of a buffer object can be mapped, but not more than it has, and
 *	nothing from its middle on.
 */
static void mmap_partial(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 4 * ASAHI_PAGE);
	uint32_t *all = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE);
	uint64_t offset;
	uint32_t *part;

	igt_assert_eq(__asahi_gem_mmap_offset(fd, handle, &offset), 0);
	all[ASAHI_PAGE / sizeof(*all)] = 77;

	part = mmap(NULL, 2 * ASAHI_PAGE, PROT_READ, MAP_SHARED, fd, offset);
	igt_assert(part != MAP_FAILED);
	igt_assert_eq_u32(part[ASAHI_PAGE / sizeof(*part)], 77);
	igt_assert_eq(munmap(part, 2 * ASAHI_PAGE), 0);

	part = mmap(NULL, 5 * ASAHI_PAGE, PROT_READ, MAP_SHARED, fd, offset);
	igt_assert(part == MAP_FAILED);
	part = mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, fd, offset + ASAHI_PAGE);
	igt_assert(part == MAP_FAILED);

	asahi_gem_munmap(all, 4 * ASAHI_PAGE);
	gem_close(fd, handle);
	asahi_close(fd);
}

/* Whether each page of four but the first begins with its number. */
static bool pages_are_right(const uint32_t *map)
{
	uint32_t i;

	for (i = 1; i < 4; i++)
		if (map[i * ASAHI_PAGE_WORDS] != i)
			return false;
	return true;
}

/**
 * SUBTEST: mmap-split
 * Description: What is left of a CPU mapping shows the pages that it did, when a part of it has
 *	been unmapped or protected before any was touched.
 */
static void mmap_split(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 4 * ASAHI_PAGE);
	uint32_t *all = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE), *map, i;

	for (i = 0; i < 4; i++)
		all[i * ASAHI_PAGE_WORDS] = i;

	map = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE);
	igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	igt_assert(pages_are_right(map));
	asahi_gem_munmap(map, 4 * ASAHI_PAGE);

	map = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE);
	igt_assert_eq(mprotect(map + 2 * ASAHI_PAGE_WORDS, ASAHI_PAGE, PROT_READ), 0);
	igt_assert(pages_are_right(map));
	asahi_gem_munmap(map, 4 * ASAHI_PAGE);

	asahi_gem_munmap(all, 4 * ASAHI_PAGE);
	asahi_close(fd);
}

/*
 * There are @bos buffer objects, and each page that is left of a CPU mapping begins with its
 * number. The count comes first, as memory that has been freed must not be looked at.
 */
static void assert_mapped(const uint32_t *map, const uint32_t *left, uint32_t num, uint64_t bos)
{
	uint32_t i;

	if (asahi_has_objects())
		igt_assert_eq_u64(asahi_objects_count("bo"), bos);
	for (i = 0; i < num; i++)
		igt_assert_eq_u32(map[left[i] * ASAHI_PAGE_WORDS], left[i]);
}

/**
 * SUBTEST: mmap-last
 * Description: Each part of a CPU mapping keeps the buffer object, whose handle has been closed:
 *	when the rest has been unmapped, and when a child that had inherited it has ended.
 */
static void mmap_last(void)
{
	/* Pages, of which fewer and fewer are left, from the end of this. */
	static const uint32_t left[] = { 3, 1, 2 };
	struct asahi_objects before;
	struct asahi_child child;
	int fd = asahi_open();
	uint32_t handle, *map, i;
	uint64_t bos = 0;

	asahi_objects_read(&before);
	handle = asahi_gem_create(fd, 4 * ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE);
	for (i = 0; i < 4; i++)
		map[i * ASAHI_PAGE_WORDS] = i;
	gem_close(fd, handle);
	if (asahi_has_objects())
		bos = asahi_objects_count("bo");

	igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	assert_mapped(map, left, 3, bos);
	igt_assert_eq(munmap(map + 2 * ASAHI_PAGE_WORDS, ASAHI_PAGE), 0);
	assert_mapped(map, left, 2, bos);
	asahi_fork(&child)
		assert_mapped(map, left, 2, bos);
	asahi_child_wait(&child);
	assert_mapped(map, left, 2, bos);
	igt_assert_eq(munmap(map + ASAHI_PAGE_WORDS, ASAHI_PAGE), 0);
	assert_mapped(map, left, 1, bos);
	asahi_gem_munmap(map, 4 * ASAHI_PAGE);
	asahi_assert_objects_eq(&before);
	asahi_close(fd);
}

/**
 * SUBTEST: mmap-other-file
 * Description: The offset of a buffer object is of no use in a file that has no handle of it.
 */
static void mmap_other_file(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);
	uint64_t offset;
	void *map;

	igt_assert_eq(__asahi_gem_mmap_offset(fd, handle, &offset), 0);
	map = mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, other, offset);
	igt_assert(map == MAP_FAILED);
	igt_assert_eq(errno, EACCES);

	gem_close(fd, handle);
	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: mmap-after-close
 * Description: A CPU mapping keeps its buffer object and its file alive after close(), and gives
 *	both back at munmap().
 */
static void mmap_after_close(void)
{
	struct asahi_objects before;
	uint32_t handle, *map;
	int fd;

	asahi_objects_read(&before);
	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	asahi_close(fd);
	map[0] = 5;
	igt_assert_eq_u32(map[0], 5);
	if (asahi_has_objects())
		igt_assert(asahi_objects_count("bo") > 0);
	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: close-unmaps
 * Description: Closing a handle removes every mapping of the buffer object from all address
 *	spaces of the file, before it returns.
 */
static void close_unmaps(void)
{
	struct asahi_client client, second;
	struct asahi_probe probe, probe2;
	uint64_t mappings = 0, va, va2;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_client_init_fd(&second, client.fd);
	asahi_probe_init(&client, &probe);
	asahi_probe_init(&second, &probe2);
	if (asahi_has_objects())
		mappings = asahi_objects_count("mapping");

	asahi_bo_init(&client, &bo, 4 * ASAHI_PAGE);
	bo.map[0] = 11;
	va = asahi_client_va(&client, 4 * ASAHI_PAGE);
	va2 = asahi_client_va(&second, 4 * ASAHI_PAGE);
	asahi_vm_map(client.fd, client.vm_id, bo.handle, 0, 4 * ASAHI_PAGE, va, ASAHI_RW);
	asahi_vm_unmap(client.fd, client.vm_id, ASAHI_PAGE, va + ASAHI_PAGE);
	asahi_vm_map(client.fd, second.vm_id, bo.handle, 0, 4 * ASAHI_PAGE, va2, ASAHI_RW);
	igt_assert_eq_u32(asahi_probe_read(&probe, bo.va), 11);
	igt_assert_eq_u32(asahi_probe_read(&probe, va), 11);
	igt_assert_eq_u32(asahi_probe_read(&probe2, va2), 11);

	asahi_bo_fini(&client, &bo);
	if (asahi_has_objects())
		igt_assert_eq_u64(asahi_objects_count("mapping"), mappings);
	igt_assert_eq_u32(asahi_probe_read(&probe, bo.va), 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, va), 0);
	igt_assert_eq_u32(asahi_probe_read(&probe2, va2), 0);

	asahi_client_fini(&second);
	asahi_client_fini(&client);
}

/* Of the places of close-unmaps-each, in pages: with a hole behind each. */
static const int places[] = { -4, -2, 0, 2, 4 };

/**
 * SUBTEST: close-unmaps-each
 * Description: A buffer object that is mapped several times in one address space, in parts, as a
 *	repeated page and twice the same, is gone from each of the places when its handle is closed.
 */
static void close_unmaps_each(void)
{
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		asahi_pages_map(&p, &p.a, i / 2, 1, places[i], i % 2 ? ASAHI_RW : ASAHI_SINGLE);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		asahi_pages_assert(&p, places[i], &p.a, i / 2);

	asahi_bo_fini(&p.client, &p.a);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		asahi_pages_assert(&p, places[i], NULL, 0);
	asahi_pages_assert_mappings(&p, 0);
	asahi_bo_fini(&p.client, &p.b);
	asahi_client_fini(&p.client);
}

/**
 * SUBTEST: close-leaves-between
 * Description: When a handle is closed, what is mapped of another buffer object between mappings
 *	that go stays, also where it had cut one of them.
 */
static void close_leaves_between(void)
{
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_pages_map(&p, &p.a, 0, 1, -3, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 1, 1, -2, ASAHI_RW);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_map(&p, &p.b, 3, 2, 2, ASAHI_RW);
	asahi_pages_assert(&p, -3, &p.a, 0);
	asahi_pages_assert(&p, 1, &p.a, 1);
	asahi_pages_assert(&p, 4, &p.a, 4);

	asahi_bo_fini(&p.client, &p.a);
	asahi_pages_assert(&p, -3, NULL, 0);
	asahi_pages_assert(&p, -2, &p.b, 1);
	asahi_pages_assert(&p, 1, NULL, 0);
	asahi_pages_assert(&p, 2, &p.b, 3);
	asahi_pages_assert(&p, 3, &p.b, 4);
	asahi_pages_assert(&p, 4, NULL, 0);
	asahi_pages_assert_mappings(&p, 2);
	asahi_bo_fini(&p.client, &p.b);
	asahi_client_fini(&p.client);
}

/**
 * SUBTEST: close-other-file
 * Description: Closing a handle leaves alone what another file mapped of the same buffer object.
 */
static void close_other_file(void)
{
	struct asahi_client client, other;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint32_t handle;
	uint64_t va;
	int dma_buf;

	asahi_client_init(&client);
	asahi_client_init(&other);
	asahi_probe_init(&other, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	bo.map[0] = 12;

	dma_buf = prime_handle_to_fd(client.fd, bo.handle);
	handle = prime_fd_to_handle(other.fd, dma_buf);
	close(dma_buf);
	va = asahi_client_va(&other, ASAHI_PAGE);
	asahi_vm_map(other.fd, other.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);

	asahi_bo_fini(&client, &bo);
	igt_assert_eq_u32(asahi_probe_read(&probe, va), 12);
	asahi_client_fini(&client);
	igt_assert_eq_u32(asahi_probe_read(&probe, va), 12);

	gem_close(other.fd, handle);
	igt_assert_eq_u32(asahi_probe_read(&probe, va), 0);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: private
 * Description: A private buffer object works in its address space like any other, and its memory
 *	outlives the address space for the CPU.
 */
static void private(void)
{
	struct asahi_client client;
	struct asahi_probe probe;
	uint32_t handle, *map;
	uint64_t va;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	handle = asahi_gem_create_private(client.fd, ASAHI_PAGE, client.vm_id);
	map = asahi_gem_mmap(client.fd, handle, ASAHI_PAGE);
	va = asahi_client_va(&client, ASAHI_PAGE);
	asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
	asahi_probe_write(&probe, va + 4, 13);
	igt_assert_eq_u32(map[1], 13);
	map[2] = 14;
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 8), 14);

	asahi_client_fini(&client);
	map[0] = 15;
	igt_assert_eq_u32(map[0], 15);
	igt_assert_eq_u32(map[1], 13);
	asahi_gem_munmap(map, ASAHI_PAGE);
}

/**
 * SUBTEST: private-alone
 * Description: A private buffer object that has never had memory outlives its address space: it can
 *	be counted, mapped by the CPU, and closed.
 */
static void private_alone(void)
{
	struct asahi_objects before;
	struct asahi_fdinfo info;
	uint32_t vm_id, handle, *map;
	int fd;

	asahi_objects_read(&before);
	fd = asahi_open();
	vm_id = asahi_vm_create(fd);
	handle = asahi_gem_create_private(fd, ASAHI_PAGE, vm_id);
	asahi_vm_destroy(fd, vm_id);
	asahi_fdinfo_read(fd, &info);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	map[0] = 15;
	asahi_fdinfo_read(fd, &info);
	gem_close(fd, handle);
	igt_assert_eq_u32(map[0], 15);
	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_close(fd);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: private-flink
 * Description: A private buffer object cannot be passed to another file by name either, while one
 *	that is not private can.
 */
static void private_flink(void)
{
	int fd = asahi_open_primary(), other = asahi_open_primary();
	uint32_t vm_id = asahi_vm_create(fd);
	struct drm_gem_flink private = {
		.handle = asahi_gem_create_private(fd, ASAHI_PAGE, vm_id),
	};
	struct drm_gem_flink shared = { .handle = asahi_gem_create(fd, ASAHI_PAGE) };
	struct drm_gem_open open = { 0 };
	int ret;

	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_GEM_FLINK, &shared), 0);
	open.name = shared.name;
	igt_assert_eq(asahi_ioctl(other, DRM_IOCTL_GEM_OPEN, &open), 0);
	gem_close(other, open.handle);

	/* The name may exist, but it does not open. */
	ret = asahi_ioctl(fd, DRM_IOCTL_GEM_FLINK, &private);
	if (!ret) {
		open = (struct drm_gem_open){ .name = private.name };
		ret = asahi_ioctl(other, DRM_IOCTL_GEM_OPEN, &open);
		asahi_assert_strict(fd, ret, -ENOENT);
	}

	asahi_close(other);
	asahi_close(fd);
}

static int create(int fd, uint64_t bytes, uint32_t flags, uint32_t vm_id)
{
	uint32_t handle;

	return __asahi_gem_create(fd, bytes, flags, vm_id, &handle);
}

/**
 * SUBTEST: invalid-size
 * Description: No size, and sizes that do not fit their own rounding, are refused.
 */
static void invalid_size(void)
{
	int fd = asahi_open();

	asahi_assert_strict(fd, create(fd, 0, 0, 0), -EINVAL);
	if (asahi_can_risk(fd, "the Rust driver's rounding overflows")) {
		igt_assert_eq(create(fd, UINT64_MAX, 0, 0), -EINVAL);
		igt_assert_eq(create(fd, UINT64_MAX - ASAHI_PAGE + 2, 0, 0), -EINVAL);
	}

	/* One that rounds, but that nobody has. */
	igt_assert_neq(create(fd, UINT64_MAX - ASAHI_PAGE + 1, 0, 0), 0);
	igt_assert_neq(create(fd, 1ull << 63, 0, 0), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-flags
 * Description: Flags that do not exist are refused.
 */
static void invalid_flags(void)
{
	static const uint32_t flags[] = { 1 << 2, 1 << 16, 1u << 31, UINT32_MAX };
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		igt_assert_eq(create(fd, ASAHI_PAGE, flags[i], 0), -EINVAL);
		igt_assert_eq(create(fd, ASAHI_PAGE, flags[i] | PRIVATE, vm_id), -EINVAL);
	}

	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid-vm
 * Description: A buffer object that is not private names no address space, a private one names
 *	one that exists.
 */
static void invalid_vm(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);

	igt_assert_eq(create(fd, ASAHI_PAGE, 0, vm_id), -EINVAL);
	igt_assert_eq(create(fd, ASAHI_PAGE, DRM_ASAHI_GEM_WRITEBACK, vm_id), -EINVAL);
	igt_assert_eq(create(fd, ASAHI_PAGE, DRM_ASAHI_GEM_WRITEBACK, UINT32_MAX), -EINVAL);

	igt_assert_eq(create(fd, ASAHI_PAGE, PRIVATE, 0), -ENOENT);
	igt_assert_eq(create(fd, ASAHI_PAGE, PRIVATE, vm_id + 1), -ENOENT);
	igt_assert_eq(create(other, ASAHI_PAGE, PRIVATE, vm_id), -ENOENT);
	asahi_vm_destroy(fd, vm_id);
	igt_assert_eq(create(fd, ASAHI_PAGE, PRIVATE, vm_id), -ENOENT);

	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid-create-pad
 * Description: Padding of GEM_CREATE has to be zero.
 */
static void invalid_create_pad(void)
{
	struct drm_asahi_gem_create req = { .size = ASAHI_PAGE, .pad = 1 };
	int fd = asahi_open();

	asahi_assert_strict(fd, asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &req), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-mmap-flags
 * Description: GEM_MMAP_OFFSET has no flags.
 */
static void invalid_mmap_flags(void)
{
	struct drm_asahi_gem_mmap_offset req = { 0 };
	int fd = asahi_open();

	req.handle = asahi_gem_create(fd, ASAHI_PAGE);
	req.flags = 1;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req), -EINVAL);
	req.flags = 1u << 31;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req), -EINVAL);

	gem_close(fd, req.handle);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid-mmap-handle
 * Description: Only a handle that is not closed has an offset.
 */
static void invalid_mmap_handle(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);
	uint64_t offset;

	igt_assert_eq(__asahi_gem_mmap_offset(fd, 0, &offset), -ENOENT);
	igt_assert_eq(__asahi_gem_mmap_offset(fd, handle + 1, &offset), -ENOENT);
	igt_assert_eq(__asahi_gem_mmap_offset(fd, UINT32_MAX, &offset), -ENOENT);
	gem_close(fd, handle);
	igt_assert_eq(__asahi_gem_mmap_offset(fd, handle, &offset), -ENOENT);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-close
 * Description: A handle can be closed once.
 */
static void invalid_close(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);

	gem_close(fd, handle);
	igt_assert_eq(__asahi_gem_close(fd, handle), -EINVAL);
	igt_assert_eq(__asahi_gem_close(fd, 0), -EINVAL);

	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "create-close", "A buffer object can be made and given up.", create_close },
	{ "size", "Sizes are rounded up to whole pages.", size },
	{ "zero-filled", "Nothing of another buffer object shines through.", zero_filled },
	{ "zero-filled-gpu", "A shader that looks first sees zeros too.", zero_filled_gpu },
	{ "mmap", "All CPU mappings show the same memory.", mmap_twice },
	{ "mmap-partial", "The start of a buffer object can be mapped.", mmap_partial },
	{ "mmap-split", "A part of a CPU mapping shows what it did.", mmap_split },
	{ "mmap-last", "Each part of a CPU mapping keeps the buffer object.", mmap_last },
	{ "mmap-other-file", "Without a handle there is no mapping.", mmap_other_file },
	{ "mmap-after-close", "A CPU mapping keeps the file alive.", mmap_after_close },
	{ "close-unmaps", "Closing a handle removes the file's mappings.", close_unmaps },
	{ "close-unmaps-each", "Closing a handle removes each mapping.", close_unmaps_each },
	{ "close-leaves-between", "Closing a handle leaves what lies between.",
	  close_leaves_between },
	{ "close-other-file", "Closing a handle leaves other files alone.", close_other_file },
	{ "private", "A private buffer object works in its address space.", private },
	{ "private-alone", "A private buffer object outlives its address space.", private_alone },
	{ "private-flink", "A private buffer object has no name for others.", private_flink },
	{ "invalid-size", "No size, and impossible ones, are refused.", invalid_size },
	{ "invalid-flags", "Flags that do not exist are refused.", invalid_flags },
	{ "invalid-vm", "Exactly private buffer objects name an address space.", invalid_vm },
	{ "invalid-create-pad", "Padding of GEM_CREATE has to be zero.", invalid_create_pad },
	{ "invalid-mmap-flags", "GEM_MMAP_OFFSET has no flags.", invalid_mmap_flags },
	{ "invalid-mmap-handle", "Only an open handle has an offset.", invalid_mmap_handle },
	{ "invalid-close", "A handle can be closed once.", invalid_close },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
