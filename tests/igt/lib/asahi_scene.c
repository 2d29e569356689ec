// SPDX-License-Identifier: MIT
/* A file with jobs in every state. */
#include <errno.h>
#include <linux/sync_file.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_scene.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

void asahi_scene_init(struct asahi_scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->running = -1;
	scene->queued = -1;
	scene->waiting = -1;
	asahi_client_init(&scene->other);
	asahi_require_simulated(scene->other.fd, ASAHI_WAITS);
	asahi_spin_init(&scene->other, &scene->foreign);
	asahi_spin_start(&scene->foreign, scene->other.queue_id);
}

/* Submit a job to the second queue that waits for the other file's. */
static void start_waiting(struct asahi_scene *scene)
{
	struct asahi_client *client = &scene->client;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_job job;

	syncs[0] = asahi_sync_binary(syncobj_create(client->fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(client->fd, 0));
	syncobj_import_sync_file(client->fd, syncs[0].handle, scene->foreign.fence);
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, scene->bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(client, scene->second_queue, &cmdbuf, syncs, 1, 1), 0);
	scene->waiting = asahi_sync_export(client->fd, syncs[1].handle);
}

static void close_fences(struct asahi_scene *scene)
{
	if (scene->running < 0)
		return;
	close(scene->running);
	close(scene->queued);
	close(scene->waiting);
	scene->running = -1;
}

void asahi_scene_play(struct asahi_scene *scene)
{
	struct asahi_client *client = &scene->client;
	struct asahi_job job;
	bool busy;

	close_fences(scene);
	asahi_client_init(client);
	scene->second_queue = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	asahi_bo_init(client, &scene->bo, 4 * ASAHI_PAGE);
	scene->object = asahi_object_bind(client->fd, scene->bo.handle, ASAHI_PAGE, ASAHI_PAGE);

	/* It looks at a word of the buffer object, which may be closed: 0 in any case. */
	asahi_spin_init(client, &scene->spin);
	scene->spin.job.args->a = scene->bo.va;
	scene->spin.job.compute.ts.end.handle = scene->object;
	asahi_spin_start(&scene->spin, client->queue_id);
	scene->running = scene->spin.fence;

	asahi_job_init(client, &job, ASAHI_SHADER_STORE, scene->bo.va, 0, 0);
	scene->queued = asahi_job_start_after(&job);
	start_waiting(scene);
	busy = asahi_scene_is_busy(scene);
	if (!busy)
		asahi_scene_release(scene);
	igt_assert(busy);
}

bool asahi_scene_is_busy(const struct asahi_scene *scene)
{
	return asahi_is_busy(scene->running) && asahi_is_busy(scene->queued) &&
	       asahi_is_busy(scene->waiting);
}

void asahi_scene_destroy_queues(struct asahi_scene *scene)
{
	asahi_queue_destroy(scene->client.fd, scene->client.queue_id);
	asahi_queue_destroy(scene->client.fd, scene->second_queue);
}

void asahi_scene_drop(struct asahi_scene *scene)
{
	asahi_bo_unmap(&scene->bo);
	asahi_client_drop(&scene->client);
}

void asahi_scene_look(const struct asahi_scene *scene, struct asahi_scene_look *look)
{
	asahi_objects_read(&look->objects);
	look->running = sync_fence_status(scene->running);
	look->queued = sync_fence_status(scene->queued);
	look->waiting = sync_fence_status(scene->waiting);
	look->foreign_busy = asahi_is_busy(scene->foreign.fence);
}

void asahi_scene_release(struct asahi_scene *scene)
{
	asahi_spin_release(&scene->foreign);
}

void asahi_scene_assert_killed(const struct asahi_scene_look *look)
{
	igt_assert_eq(look->running, -ECANCELED);
	igt_assert_eq(look->queued, -ECANCELED);
	igt_assert_eq(look->waiting, -ECANCELED);
	igt_assert(look->foreign_busy);
}

static void assert_named(int fence)
{
	struct sync_fence_info info = { 0 };
	struct sync_file_info file = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)&info,
	};

	igt_assert_eq(ioctl(fence, SYNC_IOC_FILE_INFO, &file), 0);
	igt_assert_eq(file.num_fences, 1);
	igt_assert_eq(info.status, -ECANCELED);
	igt_assert_neq(info.driver_name[0], '\0');
	igt_assert_neq(info.obj_name[0], '\0');
}

void asahi_scene_assert_named(const struct asahi_scene *scene)
{
	assert_named(scene->running);
	assert_named(scene->queued);
	assert_named(scene->waiting);
}

void asahi_scene_fini(struct asahi_scene *scene)
{
	int status = asahi_spin_finish(&scene->foreign);

	close_fences(scene);
	igt_assert_eq(status, 1);
	asahi_client_fini(&scene->other);
}
