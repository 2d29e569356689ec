// SPDX-License-Identifier: MIT
/**
 * TEST: asahi prime
 * Category: Core
 * Mega feature: PRIME
 * Sub-category: sharing
 * Functionality: PRIME
 * Description: Buffer objects that are shared between files, processes and drivers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_probe.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("PRIME export and import");

static int export_handle(int fd, uint32_t handle, int *dma_buf)
{
	return drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR, dma_buf) ? -errno : 0;
}

static int import_fd(int fd, int dma_buf, uint32_t *handle)
{
	return drmPrimeFDToHandle(fd, dma_buf, handle) ? -errno : 0;
}

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
 * SUBTEST: gpu-writes
 * Description: What a shader of one file stores is seen by the CPU and by shaders of another, and
 *	the other way round.
 */
static void gpu_writes(void)
{
	struct asahi_client client, other;
	struct asahi_probe probe, other_probe;
	uint32_t imported, *map;
	struct asahi_bo bo;
	int dma_buf;
	uint64_t va;

	asahi_client_init(&client);
	asahi_client_init(&other);
	asahi_probe_init(&client, &probe);
	asahi_probe_init(&other, &other_probe);
	asahi_bo_init(&client, &bo, 2 * ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(client.fd, bo.handle);
	imported = prime_fd_to_handle(other.fd, dma_buf);
	close(dma_buf);
	map = asahi_gem_mmap(other.fd, imported, 2 * ASAHI_PAGE);
	va = asahi_client_va(&other, 2 * ASAHI_PAGE);
	asahi_vm_map(other.fd, other.vm_id, imported, 0, 2 * ASAHI_PAGE, va, ASAHI_RW);

	asahi_probe_write(&probe, bo.va + ASAHI_PAGE, 31);
	igt_assert_eq_u32(map[ASAHI_PAGE / 4], 31);
	igt_assert_eq_u32(asahi_probe_read(&other_probe, va + ASAHI_PAGE), 31);
	asahi_probe_write(&other_probe, va + 4, 32);
	igt_assert_eq_u32(bo.map[1], 32);
	igt_assert_eq_u32(asahi_probe_read(&probe, bo.va + 4), 32);

	asahi_gem_munmap(map, 2 * ASAHI_PAGE);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);

	/* The exporter is gone. */
	asahi_probe_write(&other_probe, va + 8, 33);
	igt_assert_eq_u32(asahi_probe_read(&other_probe, va + 8), 33);
	igt_assert_eq_u32(asahi_probe_read(&other_probe, va + ASAHI_PAGE), 31);
	gem_close(other.fd, imported);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: other-process
 * Description: A dma-buf that is passed to another process shows the same memory there.
 */
static void other_process(void)
{
	struct asahi_child child = { 0 };
	uint32_t handle, *map;
	int fd, dma_buf;

	asahi_fork(&child) {
		dma_buf = asahi_recv_fd(&child);
		fd = asahi_open();
		handle = prime_fd_to_handle(fd, dma_buf);
		map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
		igt_assert_eq_u32(map[0], 41);
		map[1] = 42;
		asahi_gem_munmap(map, ASAHI_PAGE);
		asahi_close(fd);
	}

	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	map[0] = 41;
	dma_buf = prime_handle_to_fd(fd, handle);
	asahi_send_fd(&child, dma_buf);
	close(dma_buf);
	asahi_child_wait(&child);
	igt_assert_eq_u32(map[1], 42);

	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_close(fd);
}

/**
 * SUBTEST: mmap
 * Description: A dma-buf can be mapped by itself, and that mapping outlives everything else.
 */
static void mmap_dma_buf(void)
{
	struct asahi_objects before;
	uint32_t handle, *map, *direct;
	int fd, dma_buf;

	asahi_objects_read(&before);
	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd_for_mmap(fd, handle);
	direct = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	igt_assert(direct != MAP_FAILED);
	prime_sync_start(dma_buf, true);
	direct[0] = 51;
	prime_sync_end(dma_buf, true);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	igt_assert_eq_u32(map[0], 51);

	asahi_gem_munmap(map, ASAHI_PAGE);
	close(dma_buf);
	asahi_close(fd);
	direct[1] = 52;
	igt_assert_eq_u32(direct[0], 51);
	igt_assert_eq_u32(direct[1], 52);
	igt_assert_eq(munmap(direct, ASAHI_PAGE), 0);
	asahi_assert_objects_eq(&before);
}

/**
 * SUBTEST: survives-file
 * Description: A dma-buf keeps its contents when every file of the device is closed, and can be
 *	imported again; then nothing is left.
 */
static void survives_file(void)
{
	struct asahi_objects before;
	struct asahi_client client;
	struct asahi_probe probe;
	uint32_t handle, *map;
	struct asahi_bo bo;
	int fd, dma_buf;

	asahi_objects_read(&before);
	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_probe_write(&probe, bo.va, 61);
	dma_buf = prime_handle_to_fd(client.fd, bo.handle);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_assert_work_eq(&before);

	fd = asahi_open();
	handle = prime_fd_to_handle(fd, dma_buf);
	close(dma_buf);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	igt_assert_eq_u32(map[0], 61);
	asahi_gem_munmap(map, ASAHI_PAGE);
	asahi_close(fd);
	asahi_assert_objects_eq(&before);
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
 * SUBTEST: no-implicit-sync
 * Description: A running job that may use a shared buffer object is no reason for others to wait:
 *	that is for programs to arrange.
 */
static void no_implicit_sync(void)
{
	struct dma_buf_export_sync_file sync = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct asahi_client client;
	struct asahi_spin spin;
	struct asahi_bo bo;
	int dma_buf, ret, done, status;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(client.fd, bo.handle);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	ret = ioctl(dma_buf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &sync);
	done = ret ? 0 : sync_fence_status(sync.fd);
	status = asahi_spin_finish(&spin);
	igt_assert_eq(ret, 0);
	igt_assert_eq(done, 1);
	igt_assert_eq(status, 1);

	close(sync.fd);
	close(dma_buf);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: private
 * Description: A private buffer object cannot be exported.
 */
static void private(void)
{
	int fd = asahi_open(), dma_buf = -1;
	uint32_t handle = asahi_gem_create_private(fd, ASAHI_PAGE, asahi_vm_create(fd));

	igt_assert_eq(export_handle(fd, handle, &dma_buf), -EINVAL);
	igt_assert_eq(dma_buf, -1);
	asahi_close(fd);
}

/**
 * SUBTEST: invalid
 * Description: Only handles can be exported and only dma-bufs imported.
 */
static void invalid(void)
{
	int fd = asahi_open(), null = open("/dev/null", O_RDWR | O_CLOEXEC), dma_buf;
	uint32_t handle;

	igt_assert_eq(export_handle(fd, 0, &dma_buf), -ENOENT);
	igt_assert_eq(export_handle(fd, UINT32_MAX, &dma_buf), -ENOENT);
	igt_assert_eq(import_fd(fd, -1, &handle), -EBADF);
	igt_assert_eq(import_fd(fd, null, &handle), -EINVAL);
	igt_assert_eq(import_fd(fd, fd, &handle), -EINVAL);
	close(null);
	asahi_close(fd);
}

/* A buffer object of another driver, as a dma-buf. */
static int vgem_dma_buf(int vgem, uint64_t size, uint32_t **map)
{
	struct drm_mode_create_dumb create = { .width = size, .height = 1, .bpp = 8 };
	struct drm_mode_map_dumb offset = { 0 };
	int dma_buf;

	igt_assert_eq(asahi_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	igt_assert_eq_u64(create.size, size);
	offset.handle = create.handle;
	igt_assert_eq(asahi_ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &offset), 0);
	*map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vgem, offset.offset);
	igt_assert(*map != MAP_FAILED);
	dma_buf = prime_handle_to_fd(vgem, create.handle);
	gem_close(vgem, create.handle);

	return dma_buf;
}

/**
 * SUBTEST: vgem-import
 * Description: Memory of another driver can be mapped, by the CPU and by the GPU, and outlives the
 *	other driver's file.
 */
static void vgem_import(void)
{
	struct asahi_client client;
	struct asahi_probe probe;
	uint32_t handle, *map, *own;
	int vgem, dma_buf;
	uint64_t va;

	vgem = drm_open_driver(DRIVER_VGEM);
	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	dma_buf = vgem_dma_buf(vgem, 4 * ASAHI_PAGE, &map);
	handle = prime_fd_to_handle(client.fd, dma_buf);
	igt_assert_eq_u32(prime_fd_to_handle(client.fd, dma_buf), handle);
	close(dma_buf);
	va = asahi_client_va(&client, 4 * ASAHI_PAGE);
	asahi_vm_map(client.fd, client.vm_id, handle, 0, 4 * ASAHI_PAGE, va, ASAHI_RW);

	map[3 * ASAHI_PAGE / 4] = 71;
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 3 * ASAHI_PAGE), 71);
	asahi_probe_write(&probe, va + 4, 72);
	igt_assert_eq_u32(map[1], 72);
	own = asahi_gem_mmap(client.fd, handle, 4 * ASAHI_PAGE);
	igt_assert_eq_u32(own[1], 72);
	asahi_gem_munmap(own, 4 * ASAHI_PAGE);

	igt_assert_eq(munmap(map, 4 * ASAHI_PAGE), 0);
	igt_assert_eq(drm_close_driver(vgem), 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 4), 72);
	gem_close(client.fd, handle);
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 4), 0);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: vgem-import-small
 * Description: Of memory that is no whole page of ours nothing can be mapped by the GPU.
 */
static void vgem_import_small(void)
{
	uint32_t handle, vm_id, *map;
	int fd, vgem, dma_buf, ret;

	igt_require_f(sysconf(_SC_PAGESIZE) == 4096, "all pages of this kernel are whole\n");
	vgem = drm_open_driver(DRIVER_VGEM);
	fd = asahi_open();
	vm_id = asahi_vm_create(fd);
	dma_buf = vgem_dma_buf(vgem, ASAHI_PAGE + 4096, &map);
	ret = import_fd(fd, dma_buf, &handle);
	if (!ret) {
		igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, 0, 2 * ASAHI_PAGE, 0x2000000000,
					     ASAHI_RW), -EINVAL);
		igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, ASAHI_PAGE, ASAHI_PAGE,
					     0x2000000000, ASAHI_RW), -EINVAL);
		gem_close(fd, handle);
	} else {
		igt_assert_eq(ret, -EINVAL);
	}

	close(dma_buf);
	igt_assert_eq(munmap(map, ASAHI_PAGE + 4096), 0);
	igt_assert_eq(drm_close_driver(vgem), 0);
	asahi_close(fd);
}

/**
 * SUBTEST: vgem-export
 * Description: Another driver can import memory of ours, keeps it alive, and can export it again.
 */
static void vgem_export(void)
{
	struct asahi_objects before;
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint32_t handle, *map;
	int vgem, dma_buf;

	vgem = drm_open_driver(DRIVER_VGEM);
	asahi_objects_read(&before);
	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_probe_write(&probe, bo.va, 81);
	dma_buf = prime_handle_to_fd_for_mmap(client.fd, bo.handle);
	handle = prime_fd_to_handle(vgem, dma_buf);
	close(dma_buf);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_assert_work_eq(&before);

	dma_buf = prime_handle_to_fd_for_mmap(vgem, handle);
	map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	igt_assert(map != MAP_FAILED);
	igt_assert_eq_u32(map[0], 81);
	map[1] = 82;
	igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	close(dma_buf);
	gem_close(vgem, handle);
	igt_assert_eq(drm_close_driver(vgem), 0);
	asahi_assert_objects_eq(&before);
}

static const struct asahi_subtest subtests[] = {
	{ "same-file", "What comes back is the handle that it was.", same_file },
	{ "other-file", "Two files see the same memory.", other_file },
	{ "gpu-writes", "What a shader stores is seen by another file.", gpu_writes },
	{ "other-process", "A dma-buf works in another process.", other_process },
	{ "mmap", "A dma-buf can be mapped by itself.", mmap_dma_buf },
	{ "survives-file", "A dma-buf keeps its contents.", survives_file },
	{ "timestamp-object", "Timestamps go to imported memory.", timestamp_object },
	{ "no-implicit-sync", "Jobs make nobody wait by themselves.", no_implicit_sync },
	{ "private", "A private buffer object cannot be exported.", private },
	{ "invalid", "Only dma-bufs can be imported.", invalid },
	{ "vgem-import", "Memory of another driver can be used.", vgem_import },
	{ "vgem-import-small", "Parts of pages cannot be mapped.", vgem_import_small },
	{ "vgem-export", "Another driver can import our memory.", vgem_export },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
