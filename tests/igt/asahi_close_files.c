// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close files
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: The last reference to a file is dropped by somebody who never used it, in whatever
 *	thread; and what others hold of a file that is closed: memory, and syncobjs.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_probe.h"
#include "asahi_scene.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Closing a file in odd places, and what others hold of it");

/*
 * Whoever had the file last has given it up. The kernel itself closes it, in its own time; what
 * comes of it then comes at once. Nothing blocks any more when this returns.
 */
static void collect(struct asahi_scene *scene, const struct asahi_objects *before,
		    struct asahi_scene_look *look)
{
	uint64_t since = 0;

	do {
		asahi_scene_look(scene, look);
	} while ((!look->running || !look->queued || !look->waiting ||
		  memcmp(&look->objects, before, sizeof(*before))) && asahi_patient(&since));
	asahi_scene_release(scene);
}

static void assert_collected(const struct asahi_objects *before,
			     const struct asahi_scene_look *look)
{
	asahi_scene_assert_killed(look);
	asahi_assert_objects_same(before, &look->objects);
}

/**
 * SUBTEST: inherited
 * Description: A child that has inherited the file keeps the jobs running when its parent closes
 *	it, and takes them along when it is killed.
 */
static void inherited(void)
{
	struct asahi_child child = { 0 };
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_fork(&child) {
		asahi_notify(&child);
		asahi_await(&child);
	}
	asahi_await(&child);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	asahi_child_kill(&child);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	igt_assert(busy);
	assert_collected(&before, &look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: socket
 * Description: A file whose only reference is on its way through a socket goes on, and ends with
 *	the socket.
 */
static void in_socket(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	struct asahi_child sender;
	int sockets[2];
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_socketpair(sockets);
	sender.socket = sockets[0];
	asahi_send_fd(&sender, scene.client.fd);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	close(sockets[0]);
	busy &= asahi_scene_is_busy(&scene);
	close(sockets[1]);
	collect(&scene, &before, &look);
	igt_assert(busy);
	assert_collected(&before, &look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: socket-cycle
 * Description: A file lies in a socket whose only reference lies in that socket too, so that
 *	nobody can get at either: the kernel's collector finds and closes both, from a worker.
 */
static void socket_cycle(void)
{
	struct asahi_child in, out;
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	int sockets[2];
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_socketpair(sockets);
	in.socket = sockets[0];
	out.socket = sockets[1];
	asahi_send_fd(&in, scene.client.fd);
	asahi_send_fd(&in, out.socket);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	close(out.socket);
	close(in.socket);

	/* The collector runs when a socket is closed while files are on their way. */
	asahi_socketpair(sockets);
	close(sockets[0]);
	close(sockets[1]);
	collect(&scene, &before, &look);
	igt_assert(busy);
	assert_collected(&before, &look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: socket-receiver-dies
 * Description: A process to which a file was sent dies before it looks.
 */
static void socket_receiver_dies(void)
{
	struct asahi_child child = { 0 };
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy;

	asahi_scene_init(&scene);
	asahi_fork(&child) {
		asahi_await(&child);

		/* What comes now stays where it is. */
		asahi_notify(&child);
		pause();
	}
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	asahi_notify(&child);
	asahi_await(&child);
	asahi_send_fd(&child, scene.client.fd);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	asahi_child_kill(&child);
	collect(&scene, &before, &look);
	igt_assert(busy);
	assert_collected(&before, &look);
	asahi_scene_fini(&scene);
}

/* Returns a ring, or skips. */
static int ring_create(void)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(__NR_io_uring_setup, 4, &params);

	igt_require_f(ring >= 0, "io_uring: %s\n", strerror(errno));

	return ring;
}

static int ring_register(int ring, int fd)
{
	return syscall(__NR_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1);
}

/**
 * SUBTEST: io-uring
 * Description: A file that is registered with an io_uring goes on without a descriptor, and ends
 *	with the ring, which is taken apart by a worker.
 */
static void io_uring(void)
{
	int ring = ring_create(), ret;
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	ret = ring_register(ring, scene.client.fd);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	close(ring);
	collect(&scene, &before, &look);
	igt_assert_eq(ret, 0);
	igt_assert(busy);
	assert_collected(&before, &look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: io-uring-unregister
 * Description: A file that is registered with an io_uring ends when it is taken out of it.
 */
static void io_uring_unregister(void)
{
	int ring = ring_create(), registered, unregistered;
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy;

	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	registered = ring_register(ring, scene.client.fd);
	asahi_scene_drop(&scene);
	busy = asahi_scene_is_busy(&scene);
	unregistered = syscall(__NR_io_uring_register, ring, IORING_UNREGISTER_FILES, NULL, 0);
	collect(&scene, &before, &look);
	igt_assert_eq(registered, 0);
	igt_assert_eq(unregistered, 0);
	igt_assert(busy);
	assert_collected(&before, &look);
	close(ring);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: dma-buf-elsewhere
 * Description: Memory that another file has imported keeps its contents, for CPU and GPU, when the
 *	file that it came from is closed with busy jobs; nothing else of that file stays.
 */
static void dma_buf_elsewhere(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_client other;
	struct asahi_probe probe;
	struct asahi_scene scene;
	uint32_t handle, *map;
	unsigned int i;
	uint64_t va;
	int dma_buf;

	asahi_scene_init(&scene);
	asahi_client_init(&other);
	asahi_probe_init(&other, &probe);
	va = asahi_client_va(&other, 4 * ASAHI_PAGE);
	asahi_scene_play(&scene);
	for (i = 1; i < 4 * ASAHI_PAGE / sizeof(*map); i++)
		scene.bo.map[i] = i;
	dma_buf = prime_handle_to_fd(scene.client.fd, scene.bo.handle);
	handle = prime_fd_to_handle(other.fd, dma_buf);
	close(dma_buf);
	asahi_vm_map(other.fd, other.vm_id, handle, 0, 4 * ASAHI_PAGE, va, ASAHI_RW);

	asahi_objects_read(&before);
	asahi_scene_drop(&scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	asahi_scene_assert_killed(&look);
	map = asahi_gem_mmap(other.fd, handle, 4 * ASAHI_PAGE);
	for (i = 1; i < 4 * ASAHI_PAGE / sizeof(*map); i++)
		igt_assert_eq_u32(map[i], i);
	igt_assert_eq_u32(asahi_probe_read(&probe, va + 4 * 4000), 4000);
	asahi_probe_write(&probe, va, 77);
	igt_assert_eq_u32(map[0], 77);
	if (before.num) {
		/* Of its arena and its memory the latter is left. */
		igt_assert_eq_u64(asahi_objects_value(&look.objects, "bo"),
				  asahi_objects_value(&before, "bo") - 1);
		igt_assert_eq_u64(asahi_objects_value(&look.objects, "vm"),
				  asahi_objects_value(&before, "vm") - 1);
	}
	asahi_gem_munmap(map, 4 * ASAHI_PAGE);
	gem_close(other.fd, handle);
	asahi_client_fini(&other);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: import-closed
 * Description: A file that has imported memory, and whose jobs use it, is closed: the file that it
 *	came from has lost nothing.
 */
static void import_closed(void)
{
	struct asahi_client owner, client;
	struct asahi_objects before;
	struct asahi_probe probe;
	struct asahi_job job;
	uint64_t va, since = 0;
	int dma_buf, fence;
	uint32_t handle;
	struct asahi_bo bo;
	bool stores;

	asahi_client_init(&owner);
	asahi_require_simulated(owner.fd, ASAHI_NO_END);
	asahi_probe_init(&owner, &probe);
	asahi_bo_init(&owner, &bo, ASAHI_PAGE);
	asahi_objects_read(&before);

	asahi_client_init(&client);
	dma_buf = prime_handle_to_fd(owner.fd, bo.handle);
	handle = prime_fd_to_handle(client.fd, dma_buf);
	close(dma_buf);
	va = asahi_client_va(&client, ASAHI_PAGE);
	asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
	asahi_job_init(&client, &job, ASAHI_SHADER_WRITER, va, 0, 0);
	fence = asahi_job_start(&job);
	do {
		stores = *(volatile uint32_t *)bo.map == ASAHI_WRITER_VALUE;
	} while (!stores && asahi_patient(&since));
	asahi_client_drop(&client);
	igt_assert(stores);
	asahi_assert_objects_eq(&before);
	igt_assert_eq(asahi_finish(fence), -ECANCELED);

	igt_assert_eq_u32(asahi_probe_read(&probe, bo.va), ASAHI_WRITER_VALUE);
	asahi_probe_write(&probe, bo.va, 5);
	igt_assert_eq_u32(bo.map[0], 5);
	asahi_bo_fini(&owner, &bo);
	asahi_client_fini(&owner);
}

/**
 * SUBTEST: syncobj-elsewhere
 * Description: Syncobjs of both kinds that another file shares signal when the file whose jobs
 *	would have signalled them is closed, and tell why.
 */
static void syncobj_elsewhere(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client, other;
	struct asahi_objects before;
	struct drm_asahi_sync outs[2];
	struct asahi_job job;
	uint32_t shared[2];
	int fd, fence, ret;
	unsigned int i;
	bool busy[2];

	asahi_client_init(&other);
	asahi_require_simulated(other.fd, ASAHI_NO_END);
	asahi_objects_read(&before);
	asahi_client_init(&client);
	outs[0] = asahi_sync_binary(syncobj_create(client.fd, 0));
	outs[1] = asahi_sync_point(syncobj_create(client.fd, 0), 3);
	for (i = 0; i < ARRAY_SIZE(outs); i++) {
		fd = syncobj_handle_to_fd(client.fd, outs[i].handle, 0);
		shared[i] = syncobj_fd_to_handle(other.fd, fd, 0);
		close(fd);
	}
	asahi_job_init(&client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	ret = __asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, outs, 0, 2);
	busy[0] = asahi_sync_is_busy(other.fd, shared[0]);
	busy[1] = asahi_sync_is_busy_point(other.fd, shared[1], 3);

	asahi_client_drop(&client);
	igt_assert_eq(ret, 0);
	igt_assert(busy[0]);
	igt_assert(busy[1]);
	asahi_assert_objects_eq(&before);
	igt_assert(!asahi_sync_is_busy(other.fd, shared[0]));
	igt_assert(!asahi_sync_is_busy_point(other.fd, shared[1], 3));
	fence = asahi_sync_export(other.fd, shared[0]);
	igt_assert_eq(sync_fence_status(fence), -ECANCELED);
	close(fence);
	asahi_client_fini(&other);
}

static const struct asahi_subtest subtests[] = {
	{ "inherited", "A file goes on with a child that has it, and ends with it.", inherited },
	{ "socket", "A file in a socket goes on, and ends with the socket.", in_socket },
	{ "socket-cycle", "A file that only its own socket holds is collected and ends.",
	  socket_cycle },
	{ "socket-receiver-dies", "A file ends with the process that it was sent to.",
	  socket_receiver_dies },
	{ "io-uring", "A file goes on in an io_uring, and ends with it.", io_uring },
	{ "io-uring-unregister", "A file ends when it is taken out of an io_uring.",
	  io_uring_unregister },
	{ "dma-buf-elsewhere", "Memory that another file has imported outlives its file.",
	  dma_buf_elsewhere },
	{ "import-closed", "An importer that is closed takes nothing from the maker.",
	  import_closed },
	{ "syncobj-elsewhere", "Syncobjs that another file shares signal when the file closes.",
	  syncobj_elsewhere },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
