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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_scene.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Unbinding the driver under programs");

/* The device and its driver in sysfs. */
struct binding {
	char driver[PATH_MAX];
	char device[NAME_MAX + 1];
};

static void find(int fd, struct binding *binding)
{
	char link[128], path[PATH_MAX];
	struct stat st;

	igt_assert_eq(fstat(fd, &st), 0);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(st.st_rdev),
		 minor(st.st_rdev));
	igt_assert(realpath(link, path));
	snprintf(binding->device, sizeof(binding->device), "%s", strrchr(path, '/') + 1);
	strncat(link, "/driver", sizeof(link) - strlen(link) - 1);
	igt_assert(realpath(link, binding->driver));
}

/* Returns 0 or -errno; asserts nothing, as the device must not stay unbound. */
static int write_driver(const struct binding *binding, const char *file)
{
	char path[PATH_MAX + 16];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s/%s", binding->driver, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, binding->device, strlen(binding->device)) < 0)
		ret = -errno;
	close(fd);

	return ret;
}

/* Bind again, and prove that the device works. */
static void rebind(const struct binding *binding)
{
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	igt_assert_eq(write_driver(binding, "bind"), 0);
	asahi_device_replaced();
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
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
	struct binding binding;
	uint8_t arg[64];
	uint32_t i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd);
	find(client.fd, &binding);
	ret = write_driver(&binding, "unbind");
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
	struct binding binding;
	int ret, running, queued, foreign;

	asahi_scene_init(&scene);
	find(scene.other.fd, &binding);
	asahi_scene_play(&scene);
	ret = write_driver(&binding, "unbind");
	running = sync_fence_status(scene.running);
	queued = sync_fence_status(scene.queued);
	foreign = sync_fence_status(scene.foreign.fence);
	asahi_scene_drop(&scene);

	/* Its dependency has ended, so there is no more to say of it than that it ends too. */
	igt_assert_eq(sync_fence_wait(scene.waiting, ASAHI_HANG_MS), 0);
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

static const struct asahi_subtest subtests[] = {
	{ "ioctls", "Every ioctl answers ENODEV.", ioctls },
	{ "busy", "Jobs in every state end with ENODEV.", busy },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
