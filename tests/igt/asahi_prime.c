// SPDX-License-Identifier: MIT
/**
 * TEST: asahi prime
 * Category: Core
 * Mega feature: PRIME
 * Sub-category: sharing
 * Functionality: PRIME
 * Description: Handles and dma-bufs: which handle, and which dma-buf, comes of which, and what is
 *	refused. What becomes of the memory is for asahi_dmabuf.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_exporter.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "asahi_prime.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("PRIME export and import");

#define FLAGS (DRM_CLOEXEC | DRM_RDWR)

/**
 * SUBTEST: same-file
 * Description: What a file exports and imports again is the handle that it had, and one close
 *	ends it.
 */
static void same_file(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, 2 * ASAHI_PAGE);
	int dma_buf = prime_handle_to_fd(fd, handle);
	int second = prime_handle_to_fd(fd, handle);

	igt_assert_eq_u32(prime_fd_to_handle(fd, dma_buf), handle);
	igt_assert_eq_u32(prime_fd_to_handle(fd, second), handle);
	igt_assert_eq(lseek(dma_buf, 0, SEEK_END), 2 * ASAHI_PAGE);
	gem_close(fd, handle);
	igt_assert_eq(__asahi_gem_close(fd, handle), -EINVAL);

	close(second);
	close(dma_buf);
	asahi_close(fd);
}

/**
 * SUBTEST: other-file
 * Description: A file that imports twice gets one handle; both files see the same memory, and it
 *	lives until the last of them is done with it.
 */
static void other_file(void)
{
	int fd = asahi_open(), other = asahi_open();
	uint32_t handle, imported, *map, *other_map;
	int dma_buf;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	map[1] = 21;
	dma_buf = prime_handle_to_fd(fd, handle);
	imported = prime_fd_to_handle(other, dma_buf);
	igt_assert_eq_u32(prime_fd_to_handle(other, dma_buf), imported);
	close(dma_buf);

	other_map = asahi_gem_mmap(other, imported, ASAHI_PAGE);
	igt_assert_eq_u32(other_map[1], 21);
	other_map[2] = 22;
	igt_assert_eq_u32(map[2], 22);

	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_close(fd);
	igt_assert_eq_u32(other_map[2], 22);
	asahi_gem_munmap(other_map, ASAHI_PAGE);
	gem_close(other, imported);
	igt_assert_eq(__asahi_gem_close(other, imported), -EINVAL);
	asahi_close(other);
}

/**
 * SUBTEST: two-handles
 * Description: A handle that was made by an import is one: a single close ends both imports, and
 *	the maker's handle is not touched.
 */
static void two_handles(void)
{
	int fd = asahi_open(), other = asahi_open(), dma_buf;
	uint32_t handle, imported, again;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(fd, handle);
	imported = prime_fd_to_handle(other, dma_buf);
	again = prime_fd_to_handle(other, dma_buf);
	igt_assert_eq_u32(again, imported);
	gem_close(other, imported);
	igt_assert_eq(__asahi_gem_close(other, again), -EINVAL);
	igt_assert_eq_u32(prime_fd_to_handle(fd, dma_buf), handle);
	gem_close(fd, handle);
	igt_assert_eq(__asahi_gem_close(fd, handle), -EINVAL);

	close(dma_buf);
	asahi_close(other);
	asahi_close(fd);
}

/* Whether a handle shows, in its first word, what it should. */
static void assert_word(int fd, uint32_t handle, uint32_t expected)
{
	volatile uint32_t *map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	uint32_t seen = map[0];

	asahi_gem_munmap((void *)map, ASAHI_PAGE);
	igt_assert_eq_u32(seen, expected);
}

static void set_word(int fd, uint32_t handle, uint32_t value)
{
	volatile uint32_t *map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);

	map[0] = value;
	asahi_gem_munmap((void *)map, ASAHI_PAGE);
}

/**
 * SUBTEST: reimport
 * Description: When all handles are closed and only the dma-buf is left, importing it, by its maker
 *	too, gives a handle of the same memory, and no second buffer object.
 */
static void reimport(void)
{
	int fd = asahi_open(), other = asahi_open(), dma_buf;
	uint32_t handle, imported;
	struct asahi_objects one;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	set_word(fd, handle, 31);
	asahi_objects_read(&one);
	dma_buf = prime_handle_to_fd(fd, handle);
	gem_close(fd, handle);
	asahi_assert_objects_eq(&one);

	/* A new one takes the number that has become free. */
	asahi_gem_create(fd, ASAHI_PAGE);
	asahi_objects_read(&one);
	handle = prime_fd_to_handle(fd, dma_buf);
	imported = prime_fd_to_handle(other, dma_buf);
	asahi_assert_objects_eq(&one);
	igt_assert_eq_u32(prime_fd_to_handle(fd, dma_buf), handle);
	assert_word(fd, handle, 31);
	set_word(other, imported, 32);
	assert_word(fd, handle, 32);

	close(dma_buf);
	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: export-twice
 * Description: Exporting again gives another descriptor of the same dma-buf for as long as that
 *	lives, also through another handle, and also if all handles were closed in between; another
 *	buffer object has another one.
 */
static void export_twice(void)
{
	int fd = asahi_open(), other = asahi_open(), dma_bufs[4], i;
	uint32_t handle, imported, different;
	uint64_t id;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	different = asahi_gem_create(fd, ASAHI_PAGE);
	dma_bufs[0] = prime_handle_to_fd(fd, handle);
	dma_bufs[1] = prime_handle_to_fd(fd, handle);
	imported = prime_fd_to_handle(other, dma_bufs[0]);
	dma_bufs[2] = prime_handle_to_fd(other, imported);
	gem_close(fd, handle);
	gem_close(other, imported);
	handle = prime_fd_to_handle(other, dma_bufs[1]);
	dma_bufs[3] = prime_handle_to_fd(other, handle);

	id = asahi_dma_buf_id(dma_bufs[0]);
	for (i = 1; i < 4; i++) {
		igt_assert_neq(dma_bufs[i], dma_bufs[0]);
		igt_assert_eq_u64(asahi_dma_buf_id(dma_bufs[i]), id);
	}
	for (i = 0; i < 4; i++)
		close(dma_bufs[i]);
	dma_bufs[0] = prime_handle_to_fd(fd, different);
	igt_assert_neq_u64(asahi_dma_buf_id(dma_bufs[0]), id);

	close(dma_bufs[0]);
	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: other-process-handles
 * Description: Two processes that share a file share its handles: what the other one imports is the
 *	handle that this one has, and is closed for both.
 */
static void other_process_handles(void)
{
	struct asahi_child child = { 0 };
	int fd = asahi_open(), dma_buf;
	uint32_t handle, theirs;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	asahi_fork(&child) {
		dma_buf = asahi_recv_fd(&child);
		theirs = prime_fd_to_handle(fd, dma_buf);
		gem_close(fd, theirs);
		asahi_send(&child, &theirs, sizeof(theirs));
	}
	dma_buf = prime_handle_to_fd(fd, handle);
	asahi_send_fd(&child, dma_buf);
	asahi_recv(&child, &theirs, sizeof(theirs));
	asahi_child_wait(&child);
	igt_assert_eq_u32(theirs, handle);
	igt_assert_eq(__asahi_gem_close(fd, handle), -EINVAL);

	close(dma_buf);
	asahi_close(fd);
}

/**
 * SUBTEST: flags
 * Description: The descriptor is closed on exec(), and can be written to, if and only if that was
 *	asked for.
 */
static void flags(void)
{
	static const uint32_t wanted[] = { 0, DRM_CLOEXEC, DRM_RDWR, DRM_CLOEXEC | DRM_RDWR };
	unsigned int i, wrong = 0;
	int fd = asahi_open();

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		/* A dma-buf can be written to or not; so one for each. */
		uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);
		bool writable = wanted[i] & DRM_RDWR, can_map;
		int cloexec, mode, dma_buf;
		void *map;

		igt_assert_eq(__asahi_prime_export(fd, handle, wanted[i], &dma_buf), 0);
		cloexec = fcntl(dma_buf, F_GETFD) & FD_CLOEXEC;
		mode = fcntl(dma_buf, F_GETFL) & O_ACCMODE;
		map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
		can_map = map != MAP_FAILED;
		if (!cloexec != !(wanted[i] & DRM_CLOEXEC) ||
		    mode != (writable ? O_RDWR : O_RDONLY) || can_map != writable) {
			igt_info("flags 0x%x: cloexec 0x%x, mode 0x%x, writable mapping %p\n",
				 wanted[i], cloexec, mode, map);
			wrong++;
		}
		if (can_map)
			munmap(map, ASAHI_PAGE);
		close(dma_buf);
	}
	asahi_close(fd);
	igt_assert_eq(wrong, 0);
}

/**
 * SUBTEST: invalid-flags
 * Description: An export with other flags than these makes nothing.
 */
static void invalid_flags(void)
{
	int fd = asahi_open(), dma_buf = -1, ret;
	uint32_t handle, bit;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	for (bit = 1; bit; bit <<= 1) {
		if (bit & FLAGS)
			continue;
		ret = __asahi_prime_export(fd, handle, FLAGS | bit, &dma_buf);
		igt_assert_f(ret == -EINVAL && dma_buf == -1, "flag 0x%x: %d\n", bit, ret);
	}
	asahi_close(fd);
}

/**
 * SUBTEST: size
 * Description: A dma-buf is as large as its buffer object, and tells so by SEEK_END; there is no
 *	other place to seek to but its start.
 */
static void size(void)
{
	static const uint64_t sizes[] = { 1, ASAHI_PAGE, ASAHI_PAGE + 1, 100 * ASAHI_PAGE };
	int fd = asahi_open(), dma_buf;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t rounded = (sizes[i] + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1);

		dma_buf = prime_handle_to_fd(fd, asahi_gem_create(fd, sizes[i]));
		igt_assert_eq_u64(lseek(dma_buf, 0, SEEK_END), rounded);
		igt_assert_eq(lseek(dma_buf, 0, SEEK_SET), 0);
		igt_assert(lseek(dma_buf, 1, SEEK_END) == -1 && errno == EINVAL);
		igt_assert(lseek(dma_buf, ASAHI_PAGE, SEEK_SET) == -1 && errno == EINVAL);
		igt_assert(lseek(dma_buf, 0, SEEK_CUR) == -1 && errno == EINVAL);
		close(dma_buf);
	}
	asahi_close(fd);
}

/**
 * SUBTEST: timestamp-object
 * Description: An imported buffer object can be one for timestamps.
 */
static void timestamp_object(void)
{
	struct asahi_client client;
	uint32_t handle, object;
	struct asahi_job job;
	int fd, dma_buf;
	uint64_t *map;

	asahi_client_init(&client);
	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(fd, handle);
	handle = prime_fd_to_handle(client.fd, dma_buf);
	close(dma_buf);
	object = asahi_object_bind(client.fd, handle, 0, ASAHI_PAGE);
	gem_close(client.fd, handle);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = object;
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_neq_u64(map[0], 0);
	asahi_object_unbind(client.fd, object);
	asahi_client_fini(&client);
	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_close(fd);
}

/**
 * SUBTEST: private
 * Description: A private buffer object cannot be exported, whatever the flags, whether it is mapped
 *	or not, and whether its address space still exists; nor is it exported by a failed try.
 */
static void private(void)
{
	static const uint32_t wanted[] = { 0, DRM_CLOEXEC, DRM_RDWR, DRM_CLOEXEC | DRM_RDWR };
	int fd = asahi_open(), dma_buf = -1;
	uint32_t handle, vm_id, round, i;
	uint64_t va = 0x2000000000;

	vm_id = asahi_vm_create(fd);
	handle = asahi_gem_create_private(fd, ASAHI_PAGE, vm_id);
	for (round = 0; round < 3; round++) {
		if (round == 1)
			asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
		if (round == 2)
			asahi_vm_destroy(fd, vm_id);
		for (i = 0; i < ARRAY_SIZE(wanted); i++) {
			int ret = __asahi_prime_export(fd, handle, wanted[i], &dma_buf);

			igt_assert_f(ret == -EINVAL && dma_buf == -1,
				     "round %u, flags 0x%x: exporting says %d\n", round, wanted[i],
				     ret);
		}
	}

	/* It is as good as before. */
	set_word(fd, handle, 41);
	assert_word(fd, handle, 41);
	gem_close(fd, handle);
	asahi_close(fd);
}

/**
 * SUBTEST: private-beside
 * Description: Of two buffer objects of one address space the private one cannot be exported, and
 *	the other one can, before and after the private one was refused.
 */
static void private_beside(void)
{
	int fd = asahi_open(), other = asahi_open(), first, second, refused = -1;
	uint32_t vm_id = asahi_vm_create(fd), private, shared;

	private = asahi_gem_create_private(fd, ASAHI_PAGE, vm_id);
	shared = asahi_gem_create(fd, ASAHI_PAGE);
	first = prime_handle_to_fd(fd, shared);
	igt_assert_eq(__asahi_prime_export(fd, private, FLAGS, &refused), -EINVAL);
	second = prime_handle_to_fd(fd, shared);
	igt_assert_eq_u64(asahi_dma_buf_id(second), asahi_dma_buf_id(first));
	set_word(fd, shared, 42);
	assert_word(other, prime_fd_to_handle(other, second), 42);

	close(second);
	close(first);
	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid-export
 * Description: Only a handle of the file can be exported, and only until it is closed.
 */
static void invalid_export(void)
{
	int fd = asahi_open(), other = asahi_open(), dma_buf = -1;
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);

	igt_assert_eq(__asahi_prime_export(fd, 0, FLAGS, &dma_buf), -ENOENT);
	igt_assert_eq(__asahi_prime_export(fd, handle + 1, FLAGS, &dma_buf), -ENOENT);
	igt_assert_eq(__asahi_prime_export(fd, UINT32_MAX, FLAGS, &dma_buf), -ENOENT);
	igt_assert_eq(__asahi_prime_export(other, handle, FLAGS, &dma_buf), -ENOENT);
	gem_close(fd, handle);
	igt_assert_eq(__asahi_prime_export(fd, handle, FLAGS, &dma_buf), -ENOENT);
	igt_assert_eq(dma_buf, -1);

	asahi_close(other);
	asahi_close(fd);
}

/**
 * SUBTEST: export-huge
 * Description: A buffer object that no machine could hold is not exported, and however often that
 *	is tried, others still are, and can be mapped.
 */
static void export_huge(void)
{
	int fd = asahi_open(), dma_buf = -1;
	uint32_t handle, small;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		igt_assert_eq(__asahi_gem_create(fd, 1ull << 38, DRM_ASAHI_GEM_WRITEBACK, 0,
						 &handle), 0);
		if (asahi_assert_strict(fd, __asahi_prime_export(fd, handle, FLAGS, &dma_buf),
					-ENOMEM))
			close(dma_buf);
		if (i % 2)
			gem_close(fd, handle);
	}
	small = asahi_gem_create(fd, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd_for_mmap(fd, small);
	asahi_gem_munmap(asahi_dma_buf_mmap(dma_buf, ASAHI_PAGE), ASAHI_PAGE);
	close(dma_buf);
	asahi_close(fd);
}

/**
 * SUBTEST: mmap-part
 * Description: A dma-buf can be mapped from any page on, and shows the memory from there on; but
 *	not more than there is.
 */
static void mmap_part(void)
{
	int fd = asahi_open(), dma_buf;
	uint32_t handle = asahi_gem_create(fd, 4 * ASAHI_PAGE);
	uint32_t *all = asahi_gem_mmap(fd, handle, 4 * ASAHI_PAGE), *map, i;

	for (i = 0; i < 4; i++)
		all[i * ASAHI_PAGE_WORDS] = i + 1;
	dma_buf = prime_handle_to_fd_for_mmap(fd, handle);
	for (i = 0; i < 4; i++) {
		map = mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, dma_buf, i * ASAHI_PAGE);
		igt_assert(map != MAP_FAILED);
		igt_assert_eq_u32(*map, i + 1);
		igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	}
	map = mmap(NULL, 2 * ASAHI_PAGE, PROT_READ, MAP_SHARED, dma_buf, 3 * ASAHI_PAGE);
	igt_assert(map == MAP_FAILED);
	close(dma_buf);
	asahi_gem_munmap(all, 4 * ASAHI_PAGE);
	asahi_close(fd);
}

/* Import what is no dma-buf. */
static void refuse(int fd, int wrong, const char *what, int expected)
{
	uint32_t handle = 0;
	int ret = __asahi_prime_import(fd, wrong, &handle);

	igt_assert_f(ret == expected && !handle, "importing %s says %d, not %d, handle %u\n", what,
		     ret, expected, handle);
}

/**
 * SUBTEST: invalid-import
 * Description: Nothing but a dma-buf can be imported: no other file, no fence, no syncobj, no
 *	descriptor that is closed. Nothing is left of the try.
 */
static void invalid_import(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), closed, memfd, syncobj, fence;
	struct asahi_client client;
	struct asahi_job job;
	int sockets[2];

	asahi_client_init(&client);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	fence = asahi_job_start(&job);
	igt_assert_eq(sync_fence_wait(fence, asahi_hang_ms()), 0);
	syncobj = syncobj_handle_to_fd(client.fd, syncobj_create(client.fd, 0), 0);
	memfd = memfd_create("asahi", MFD_CLOEXEC);
	igt_assert_fd(memfd);
	igt_assert_eq(ftruncate(memfd, ASAHI_PAGE), 0);
	asahi_socketpair(sockets);
	closed = prime_handle_to_fd(client.fd, asahi_gem_create(client.fd, ASAHI_PAGE));
	close(closed);

	refuse(client.fd, null, "/dev/null", -EINVAL);
	refuse(client.fd, client.fd, "the device", -EINVAL);
	refuse(client.fd, fence, "a sync file", -EINVAL);
	refuse(client.fd, syncobj, "a syncobj", -EINVAL);
	refuse(client.fd, memfd, "a memfd", -EINVAL);
	refuse(client.fd, sockets[0], "a socket", -EINVAL);
	refuse(client.fd, closed, "a dma-buf that is closed", -EBADF);
	refuse(client.fd, -1, "nothing", -EBADF);
	refuse(client.fd, INT32_MAX, "a number", -EBADF);

	close(sockets[0]);
	close(sockets[1]);
	close(memfd);
	close(syncobj);
	close(fence);
	close(null);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: import-small
 * Description: Of memory that is no whole page of ours nothing can be mapped by the GPU.
 */
static void import_small(void)
{
	const uint64_t va = 0x2000000000;
	struct asahi_exporter exporter;
	uint32_t handle, vm_id;
	int fd, ret;

	igt_require_f(sysconf(_SC_PAGESIZE) == 4096, "all pages of this kernel are whole\n");
	asahi_exporter_init(&exporter, ASAHI_EXPORTER_VGEM, ASAHI_PAGE + 4096);
	fd = asahi_open();
	vm_id = asahi_vm_create(fd);
	ret = __asahi_prime_import(fd, exporter.dma_buf, &handle);
	if (!ret) {
		igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, 0, 2 * ASAHI_PAGE, va, ASAHI_RW),
			      -EINVAL);
		igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, ASAHI_PAGE, ASAHI_PAGE, va,
					     ASAHI_RW), -EINVAL);
		gem_close(fd, handle);
	} else {
		igt_assert_eq(ret, -EINVAL);
	}
	asahi_exporter_fini(&exporter);
	asahi_close(fd);
}

/* Two imports of memory of another driver into one file, and one into another. */
static void import_foreign(const void *data)
{
	const enum asahi_exporter_kind *kind = data;
	uint32_t handle, again, elsewhere;
	struct asahi_exporter exporter;
	int fd, other, dma_buf;

	asahi_exporter_init(&exporter, *kind, 2 * ASAHI_PAGE);
	fd = asahi_open();
	other = asahi_open();
	handle = prime_fd_to_handle(fd, exporter.dma_buf);
	again = prime_fd_to_handle(fd, exporter.dma_buf);
	elsewhere = prime_fd_to_handle(other, exporter.dma_buf);
	igt_assert_eq_u32(again, handle);

	/* Exported again it is the maker's, not ours. */
	dma_buf = prime_handle_to_fd(fd, handle);
	igt_assert_eq_u64(asahi_dma_buf_id(dma_buf), asahi_dma_buf_id(exporter.dma_buf));
	close(dma_buf);
	exporter.map[0] = 51;
	gem_close(fd, handle);
	igt_assert_eq(__asahi_gem_close(fd, again), -EINVAL);
	assert_word(other, elsewhere, 51);
	handle = prime_fd_to_handle(fd, exporter.dma_buf);
	assert_word(fd, handle, 51);

	asahi_exporter_fini(&exporter);
	assert_word(fd, handle, 51);
	assert_word(other, elsewhere, 51);
	asahi_close(fd);
	asahi_close(other);
}

/**
 * SUBTEST: import-vgem
 * Description: Memory of another driver has one handle in each file, and is the same dma-buf when
 *	it is exported again.
 */
static const enum asahi_exporter_kind import_vgem = ASAHI_EXPORTER_VGEM;

/**
 * SUBTEST: import-udmabuf
 * Description: Memory of a process has one handle in each file, and is the same dma-buf when it is
 *	exported again.
 */
static const enum asahi_exporter_kind import_udmabuf = ASAHI_EXPORTER_UDMABUF;

static const struct asahi_subtest subtests[] = {
	{ "same-file", "What comes back is the handle that it was.", same_file },
	{ "other-file", "Two files see the same memory.", other_file },
	{ "two-handles", "Two imports are one handle.", two_handles },
	{ "reimport", "A dma-buf is enough to have a handle again.", reimport },
	{ "export-twice", "A buffer object is one dma-buf.", export_twice },
	{ "other-process-handles", "Who shares a file shares its handles.",
	  other_process_handles },
	{ "flags", "A descriptor is what was asked for.", flags },
	{ "invalid-flags", "Other flags are refused.", invalid_flags },
	{ "size", "A dma-buf tells its size.", size },
	{ "timestamp-object", "Timestamps go to imported memory.", timestamp_object },
	{ "private", "A private buffer object cannot be exported.", private },
	{ "private-beside", "One that is not private can.", private_beside },
	{ "invalid-export", "Only handles can be exported.", invalid_export },
	{ "export-huge", "What cannot exist is not exported.", export_huge },
	{ "mmap-part", "A dma-buf can be mapped from any page on.", mmap_part },
	{ "invalid-import", "Only dma-bufs can be imported.", invalid_import },
	{ "import-small", "Parts of pages cannot be mapped.", import_small },
	{ "import-vgem", "Another driver's memory is one handle.", NULL, import_foreign,
	  &import_vgem },
	{ "import-udmabuf", "A process's memory is one handle.", NULL, import_foreign,
	  &import_udmabuf },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
