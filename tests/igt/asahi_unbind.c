// SPDX-License-Identifier: MIT
/**
 * TEST: asahi unbind
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: hotplug
 * Functionality: remove
 * Description: The driver is unbound from its device while programs use it, and bound again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_foreign.h"
#include "asahi_ioctl.h"
#include "asahi_scene.h"
#include "asahi_seed.h"
#include "asahi_storm.h"
#include "asahi_sync.h"
#include "asahi_writer.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Unbinding the driver under programs");

/* Bind again, and prove that the device works. */
static void rebind(const struct asahi_binding *binding)
{
	igt_assert_eq(asahi_bind(binding), 0);
	asahi_device_replaced();
	asahi_assert_works();
}

/**
 * SUBTEST: ioctls
 * Description: On a file of a device that is gone every ioctl answers ENODEV.
 */
static void ioctls(void)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_ASAHI_GET_PARAMS, DRM_IOCTL_ASAHI_GET_TIME, DRM_IOCTL_ASAHI_VM_CREATE,
		DRM_IOCTL_ASAHI_VM_DESTROY, DRM_IOCTL_ASAHI_VM_BIND, DRM_IOCTL_ASAHI_GEM_CREATE,
		DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT,
		DRM_IOCTL_ASAHI_QUEUE_CREATE, DRM_IOCTL_ASAHI_QUEUE_DESTROY,
		DRM_IOCTL_ASAHI_SUBMIT,
	};
	int ret, results[ARRAY_SIZE(requests)];
	struct asahi_client client;
	struct asahi_binding binding;
	uint8_t arg[64];
	uint32_t i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_UNBINDS);
	asahi_binding_find(client.fd, &binding);
	ret = asahi_unbind(&binding);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		memset(arg, 0, sizeof(arg));
		results[i] = asahi_ioctl(client.fd, requests[i], arg);
	}
	asahi_client_drop(&client);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		igt_assert_eq(results[i], -ENODEV);
}

/**
 * SUBTEST: busy
 * Description: Jobs in every state end with ENODEV before the unbinding is over, and everything
 *	can be closed afterwards.
 */
static void busy(void)
{
	struct asahi_scene scene;
	struct asahi_binding binding;
	int ret, running, queued, foreign;

	asahi_scene_init(&scene);
	asahi_binding_find(scene.other.fd, &binding);
	asahi_scene_play(&scene);
	ret = asahi_unbind(&binding);
	running = sync_fence_status(scene.running);
	queued = sync_fence_status(scene.queued);
	foreign = sync_fence_status(scene.foreign.fence);
	asahi_scene_drop(&scene);

	/* Its dependency has ended, so there is no more to say of it than that it ends too. */
	igt_assert_eq(sync_fence_wait(scene.waiting, asahi_hang_ms()), 0);
	asahi_client_drop(&scene.other);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	igt_assert_eq(running, -ENODEV);
	igt_assert_eq(queued, -ENODEV);
	igt_assert_eq(foreign, -ENODEV);
	igt_assert_lt(sync_fence_status(scene.waiting), 0);
	close(scene.running);
	close(scene.queued);
	close(scene.waiting);
	close(scene.foreign.fence);
}

/**
 * SUBTEST: waiting
 * Description: A job that waits for a fence of another driver, which does not signal, ends with
 *	ENODEV before the unbinding is over.
 */
static void waiting(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_foreign foreign;
	struct asahi_binding binding;
	struct drm_asahi_sync syncs[2];
	struct asahi_client client;
	struct asahi_job job;
	int ret, fence, status;
	bool busy;

	asahi_foreign_init(&foreign, ASAHI_FOREIGN_VGEM);
	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_UNBINDS);
	asahi_binding_find(client.fd, &binding);
	syncs[0] = asahi_foreign_sync(&foreign, client.fd);
	syncs[1] = asahi_sync_binary(syncobj_create(client.fd, 0));
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client.fd, syncs[1].handle);

	ret = asahi_unbind(&binding);
	status = sync_fence_status(fence);
	busy = asahi_foreign_is_busy(&foreign);
	asahi_client_drop(&client);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	igt_assert_f(busy, "the foreign fence has signalled: something may have waited for it\n");
	igt_assert_eq(status, -ENODEV);
	asahi_foreign_signal(&foreign);
	asahi_foreign_fini(&foreign);
	close(fence);
}

/**
 * SUBTEST: no-late-store
 * Description: No store of a job comes after its fence, which says ENODEV.
 */
static void no_late_store(void)
{
	struct asahi_binding binding;
	struct asahi_writer w;
	int i, ret;

	for (i = 0; i < 5; i++) {
		asahi_writer_init(&w);
		asahi_binding_find(w.other.fd, &binding);
		asahi_writer_start(&w);
		ret = asahi_unbind(&binding);
		asahi_writer_join(&w);
		asahi_client_drop(&w.client);
		asahi_bo_unmap(&w.bo);
		asahi_client_drop(&w.other);
		rebind(&binding);

		igt_assert_eq(ret, 0);
		asahi_writer_assert(&w, -ENODEV);
	}
}

#define THREADS 4
#define PROCESSES 3

/* How long clients have been at it when the device goes. */
static unsigned int some_us(unsigned int *seed)
{
	return 1000 + rand_r(seed) % 100000;
}

/* Who is to be disturbed has got somewhere; in good time, or the end of the test complains. */
static void wait_for(atomic_ulong *count)
{
	uint64_t since = 0;

	while (!atomic_load(count) && asahi_patient(&since))
		;
}

/* Driver and device start afresh: objects that were lost would be found with the caches. */
static void assert_nothing_lost(void)
{
	struct asahi_module driver;

	if (!asahi_module_find(&driver, ASAHI_DRIVER_MODULE))
		return;
	igt_assert_eq(asahi_module_remove(&driver), 0);
	igt_assert_eq(asahi_module_load(&driver), 0);
	asahi_device_replaced();
	asahi_assert_works();
}

static void *storm_thread(void *data)
{
	asahi_storm_until_gone(data);
	return NULL;
}

/**
 * SUBTEST: storm-threads
 * Description: The driver is unbound while threads make all kinds of calls on two files: each of
 *	them comes to ENODEV, and nothing else from then on.
 */
static void storm_threads(void)
{
	struct asahi_storm storms[THREADS];
	struct asahi_binding binding;
	pthread_t threads[THREADS];
	unsigned int i, seed = asahi_seed_new();
	int ret, fds[2];

	fds[0] = asahi_open();
	fds[1] = asahi_open();
	asahi_require_simulated(fds[0], ASAHI_UNBINDS);
	asahi_binding_find(fds[0], &binding);
	for (i = 0; i < THREADS; i++)
		asahi_storm_init(&storms[i], fds[i % 2], seed + i);
	for (i = 0; i < THREADS; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, storm_thread, &storms[i]), 0);
	for (i = 0; i < THREADS; i++)
		wait_for(&storms[i].good);
	usleep(some_us(&seed));
	ret = asahi_unbind(&binding);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < THREADS; i++)
		asahi_storm_fini(&storms[i]);
	asahi_close(fds[0]);
	asahi_close(fds[1]);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	for (i = 0; i < THREADS; i++)
		asahi_storm_assert_gone(&storms[i]);
	assert_nothing_lost();
}

/**
 * SUBTEST: storm-processes
 * Description: The same with processes, each with a file of its own.
 */
static void storm_processes(void)
{
	struct asahi_binding binding;
	unsigned int seed = asahi_seed_new();
	int fd, ret, ready[2];
	char byte;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_UNBINDS);
	asahi_binding_find(fd, &binding);
	asahi_close(fd);
	igt_assert_eq(pipe(ready), 0);
	igt_fork(child, PROCESSES) {
		struct asahi_storm storm;

		fd = asahi_open();
		asahi_storm_init(&storm, fd, seed + child);
		while (asahi_storm_step(&storm))
			;
		igt_assert_eq(write(ready[1], "", 1), 1);
		asahi_storm_until_gone(&storm);
		asahi_storm_fini(&storm);
		asahi_storm_assert_gone(&storm);
		asahi_close(fd);
	}
	for (int child = 0; child < PROCESSES; child++)
		igt_assert_eq(read(ready[0], &byte, 1), 1);
	usleep(some_us(&seed));
	ret = asahi_unbind(&binding);
	igt_waitchildren();
	close(ready[0]);
	close(ready[1]);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	assert_nothing_lost();
}

/* A thread that opens the device, does something, and closes it, until there is none. */
struct opener {
	char path[PATH_MAX];
	unsigned int seed;
	atomic_ulong opened;
	int err;
};

static void *open_until_gone(void *data)
{
	struct drm_asahi_vm_create vm;
	struct drm_asahi_queue_create queue;
	struct opener *o = data;
	int fd, ret;

	while ((fd = open(o->path, O_RDWR | O_CLOEXEC)) >= 0) {
		vm = (struct drm_asahi_vm_create){ .kernel_start = 1ull << 38,
						   .kernel_end = (1ull << 38) + (1ull << 33) };
		ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &vm);
		queue = (struct drm_asahi_queue_create){ .vm_id = vm.vm_id, .priority = 1 };
		if (!ret)
			asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &queue);
		close(fd);
		atomic_fetch_add(&o->opened, 1);
	}
	o->err = errno;

	return NULL;
}

/**
 * SUBTEST: storm-open
 * Description: The driver is unbound while threads open and close the device.
 */
static void storm_open(void)
{
	struct opener openers[THREADS] = { 0 };
	struct asahi_binding binding;
	unsigned int i, seed = asahi_seed_new();
	pthread_t threads[THREADS];
	char link[64];
	int fd, ret;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_UNBINDS);
	asahi_binding_find(fd, &binding);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	for (i = 0; i < THREADS; i++)
		igt_assert_lt(0, readlink(link, openers[i].path, sizeof(openers[i].path) - 1));
	asahi_close(fd);
	for (i = 0; i < THREADS; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, open_until_gone, &openers[i]), 0);
	for (i = 0; i < THREADS; i++)
		wait_for(&openers[i].opened);
	usleep(some_us(&seed));
	ret = asahi_unbind(&binding);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	rebind(&binding);

	igt_assert_eq(ret, 0);
	for (i = 0; i < THREADS; i++) {
		igt_debug("thread %u opened %lu times\n", i, atomic_load(&openers[i].opened));
		igt_assert_lt_u64(0, atomic_load(&openers[i].opened));
		igt_assert_f(openers[i].err == ENODEV || openers[i].err == ENOENT ||
			     openers[i].err == ENXIO, "open: %s\n", strerror(openers[i].err));
	}
	assert_nothing_lost();
}

static const struct asahi_subtest subtests[] = {
	{ "ioctls", "Every ioctl answers ENODEV.", ioctls },
	{ "busy", "Jobs in every state end with ENODEV.", busy },
	{ "waiting", "A job that waits for another driver ends with ENODEV.", waiting },
	{ "no-late-store", "Nothing is stored after the fence.", no_late_store },
	{ "storm-threads", "Every call comes to ENODEV and nothing else, in threads.",
	  storm_threads },
	{ "storm-processes", "Every call comes to ENODEV and nothing else, in processes.",
	  storm_processes },
	{ "storm-open", "Files open until the driver goes, and then there is no device.",
	  storm_open },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
