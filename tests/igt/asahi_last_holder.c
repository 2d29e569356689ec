// SPDX-License-Identifier: MIT
/**
 * TEST: asahi last holder
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Things whose last holder is not the one that a program knows of: a mapping, a job,
 *	another fence, a file of the device. They go with it, neither before nor after.
 */
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("What goes with the last who holds it");

/**
 * SUBTEST: mapping
 * Description: A buffer object, private or not, whose handle is closed when its address space is
 *	open for a queue only, and mapped there, goes with that queue at the latest.
 */
static void mapping(void)
{
	unsigned int private;

	for (private = 0; private < 2; private++) {
		struct asahi_client client;
		uint32_t handle, *map;
		uint64_t bos = 0, va;

		asahi_client_init(&client);
		if (asahi_has_objects())
			bos = asahi_objects_count("bo");
		handle = private ? asahi_gem_create_private(client.fd, ASAHI_PAGE, client.vm_id) :
				   asahi_gem_create(client.fd, ASAHI_PAGE);
		map = asahi_gem_mmap(client.fd, handle, ASAHI_PAGE);
		map[0] = 16;
		asahi_gem_munmap(map, ASAHI_PAGE);
		va = asahi_client_va(&client, ASAHI_PAGE);
		asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);

		asahi_vm_destroy(client.fd, client.vm_id);
		gem_close(client.fd, handle);
		asahi_queue_destroy(client.fd, client.queue_id);
		if (asahi_has_objects())
			igt_assert_eq_u64(asahi_objects_count("bo"), bos);
		asahi_client_drop(&client);
	}
}

/* Submit a job that waits for @in and is the last to hold a large timestamp object. */
static void submit_holder(struct asahi_client *client, const struct drm_asahi_sync *in)
{
	const uint64_t bytes = 8 << 20;
	struct asahi_cmdbuf cmdbuf = { 0 };
	uint32_t handle = asahi_gem_create(client->fd, bytes);
	uint32_t object = asahi_object_bind(client->fd, handle, 0, bytes);
	struct asahi_job job;

	gem_close(client->fd, handle);
	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	job.compute.ts.start.handle = object;
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, in, 1, 0), 0);
	asahi_object_unbind(client->fd, object);
}

static void holders_go(struct asahi_client *other)
{
	static const char * const kinds[] = { "object", "bo", "job" };
	struct asahi_objects before, now;
	struct asahi_client client;
	struct drm_asahi_sync in;
	struct asahi_spin spin;
	uint64_t objects;
	unsigned int i;

	asahi_spin_init(other, &spin);
	asahi_client_init(&client);
	asahi_spin_start(&spin, other->queue_id);
	in = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncobj_import_sync_file(client.fd, in.handle, spin.fence);
	asahi_objects_read(&before);
	for (i = 0; i < 3; i++)
		submit_holder(&client, &in);
	objects = asahi_objects_count("object");

	asahi_queue_destroy(client.fd, client.queue_id);
	asahi_objects_read(&now);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq_u64(objects, asahi_objects_value(&before, "object") + 3);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		igt_assert_f(asahi_objects_value(&now, kinds[i]) ==
			     asahi_objects_value(&before, kinds[i]),
			     "not all has gone with the queue that is counted as %s\n", kinds[i]);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: job
 * Description: Large timestamp objects that only jobs hold, which wait for one of another file, go
 *	with the queue: when QUEUE_DESTROY returns, they, their memory and the jobs are gone.
 */
static void job(void)
{
	struct asahi_client other;
	unsigned int i;

	asahi_client_init(&other);
	asahi_require_simulated(other.fd, ASAHI_WAITS);
	/* Who waits for the jobs has to look in the moment between one's end and its memory's. */
	for (i = 0; i < 5; i++)
		holders_go(&other);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: merged-fence
 * Description: A merged fence that nobody holds but the fences in it goes with the last of them to
 *	signal, which may be in an interrupt, and takes along those that it is the last to hold.
 */
static void merged_fence(void)
{
	struct asahi_client client, other;
	struct asahi_spin spin, last;
	unsigned int i;
	int merged;

	asahi_client_init(&other);
	igt_require_f(asahi_runs_side_by_side(&other), "the GPU runs one queue at a time\n");
	for (i = 0; i < 10; i++) {
		asahi_client_init(&client);
		asahi_spin_init(&client, &spin);
		asahi_spin_init(&other, &last);
		asahi_spin_start(&spin, client.queue_id);
		asahi_spin_start(&last, other.queue_id);
		merged = sync_fence_merge(spin.fence, last.fence);
		/* Who polls makes it wait for both. */
		igt_assert_eq(sync_fence_wait(merged, 0), -ETIME);
		close(merged);

		/* With its file goes all else that holds the fence of the first. */
		igt_assert_eq(asahi_spin_finish(&spin), 1);
		asahi_client_fini(&client);
		igt_assert(asahi_is_busy(last.fence));
		igt_assert_eq(asahi_spin_finish(&last), 1);
	}
	asahi_client_fini(&other);
}

/* The number of the device's node. */
static dev_t node_number(int fd)
{
	struct stat stat;

	igt_assert_eq(fstat(fd, &stat), 0);
	return stat.st_rdev;
}

/**
 * SUBTEST: device
 * Description: A device on which jobs have just run goes when it is unbound and no file is open:
 *	the next one gets the number of its node.
 */
static void device(void)
{
	struct asahi_binding binding;
	struct asahi_client client;
	dev_t before, after;
	unsigned int i;
	int unbind, bind;

	for (i = 0; i < 3; i++) {
		asahi_client_init(&client);
		asahi_require_simulated(client.fd, ASAHI_UNBINDS);
		asahi_binding_find(client.fd, &binding);
		before = node_number(client.fd);
		asahi_client_fini(&client);
		asahi_assert_works();

		unbind = asahi_unbind(&binding);
		bind = asahi_bind(&binding);
		asahi_device_replaced();
		asahi_assert_works();
		igt_assert_eq(unbind, 0);
		igt_assert_eq(bind, 0);

		asahi_client_init(&client);
		after = node_number(client.fd);
		asahi_client_fini(&client);
		igt_assert_f(before == after, "node %u:%u has become %u:%u\n", major(before),
			     minor(before), major(after), minor(after));
	}
}

static const struct asahi_subtest subtests[] = {
	{ "mapping", "A buffer object that only a mapping holds goes with it.", mapping },
	{ "job", "Timestamp objects that only jobs hold go with the queue.", job },
	{ "merged-fence", "A merged fence that only its fences hold goes with the last of them.",
	  merged_fence },
	{ "device", "A device on which jobs have just run goes when it is unbound.", device },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
