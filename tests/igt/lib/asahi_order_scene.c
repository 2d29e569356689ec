// SPDX-License-Identifier: MIT
/* Two clients, one of which gives up what it has. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_order_scene.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Engine time of a job that is to have too much of it. */
#define TIME_LIMIT_MS 10

/* How long to wait for what ends at once, when there has been time enough for all else. */
#define MOMENT_MS 1000

bool asahi_order_needs_sim(enum asahi_order_state state)
{
	return state == ASAHI_ORDER_HUNG || state == ASAHI_ORDER_STUCK ||
	       state == ASAHI_ORDER_TIMED_OUT;
}

volatile uint32_t *asahi_order_word(const struct asahi_order_scene *scene,
				    enum asahi_order_word word)
{
	return &scene->page.map[word];
}

static void init_other(struct asahi_order_scene *scene, const struct asahi_order_case *c)
{
	asahi_client_init(&scene->other);
	asahi_bo_init(&scene->other, &scene->page, ASAHI_PAGE);
	asahi_objects_read(&scene->before);

	if (c->state == ASAHI_ORDER_QUEUED) {
		asahi_spin_init(&scene->other, &scene->blocker);
		asahi_spin_start(&scene->blocker, scene->other.queue_id);
		scene->blocks = true;
	}
}

/* Map the other client's page; returns where. */
static uint64_t share_page(struct asahi_order_scene *scene)
{
	struct asahi_client *client = &scene->client;
	int dma_buf = prime_handle_to_fd(scene->other.fd, scene->page.handle);
	uint32_t handle = prime_fd_to_handle(client->fd, dma_buf);
	uint64_t va = asahi_client_va(client, ASAHI_PAGE);

	close(dma_buf);
	asahi_vm_map(client->fd, client->vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
	return va;
}

static void share_bo(struct asahi_order_scene *scene)
{
	scene->dma_buf = prime_handle_to_fd_for_mmap(scene->client.fd, scene->bo.handle);
	scene->dma_buf_map = mmap(NULL, scene->bo.size, PROT_READ | PROT_WRITE, MAP_SHARED,
				  scene->dma_buf, 0);
	igt_assert(scene->dma_buf_map != MAP_FAILED);
	asahi_remember_map(scene->dma_buf_map, scene->bo.size);
}

static void share_syncobj(struct asahi_order_scene *scene)
{
	int fd;

	fd = syncobj_handle_to_fd(scene->client.fd, scene->syncobj, 0);
	scene->other_syncobj = syncobj_fd_to_handle(scene->other.fd, fd, 0);
	close(fd);
}

static bool has(const struct asahi_order_case *c, enum asahi_thing thing)
{
	return c->present & asahi_thing_bit(thing);
}

static void init_client(struct asahi_order_scene *scene, const struct asahi_order_case *c)
{
	struct asahi_client *client = &scene->client;
	uint64_t page;

	asahi_client_init(client);
	igt_require_f(client->params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "a store to what is not mapped would end the job\n");
	page = share_page(scene);
	scene->spare = asahi_client_va(client, ASAHI_ORDER_BO_SIZE);

	asahi_bo_init(client, &scene->bo, ASAHI_ORDER_BO_SIZE);
	if (has(c, ASAHI_THING_DMA_BUF))
		share_bo(scene);
	if (has(c, ASAHI_THING_OBJECT))
		scene->object = asahi_object_bind(client->fd, scene->bo.handle, ASAHI_PAGE,
						  ASAHI_PAGE);
	scene->syncobj = syncobj_create(client->fd, 0);
	if (has(c, ASAHI_THING_SYNCOBJ))
		share_syncobj(scene);
	asahi_job_init(client, &scene->job, ASAHI_SHADER_BEAT, page, scene->bo.va, 0);

	/* They hold the file. */
	asahi_bo_unmap(&client->arena);
	if (!has(c, ASAHI_THING_MAPPING))
		asahi_bo_unmap(&scene->bo);
}

/* The commands of the job: it, and one that faults after that in ASAHI_ORDER_FAULTED. */
static void write_commands(struct asahi_order_scene *scene, enum asahi_order_state state,
			   struct asahi_cmdbuf *cmdbuf)
{
	struct asahi_stream nowhere = { .va = asahi_client_va(&scene->client, ASAHI_PAGE) };
	struct drm_asahi_cmd_compute *compute = &scene->job.compute, *last = compute;
	struct asahi_job fault;

	if (state == ASAHI_ORDER_FAULTED) {
		asahi_job_init_stream(&scene->client, &fault, &nowhere);
		last = &fault.compute;
	}

	if (scene->object) {
		compute->ts.start.handle = scene->object;
		last->ts.end.handle = scene->object;
		last->ts.end.offset = sizeof(uint64_t);
	}

	asahi_cmdbuf_compute(cmdbuf, compute, NONE, NONE);
	if (last != compute)
		asahi_cmdbuf_compute(cmdbuf, last, NONE, 1);
}

static void submit(struct asahi_order_scene *scene, enum asahi_order_state state)
{
	struct asahi_client *client = &scene->client;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	uint32_t num_in = 0;

	if (scene->blocks) {
		syncs[num_in] = asahi_sync_binary(syncobj_create(client->fd, 0));
		syncobj_import_sync_file(client->fd, syncs[num_in++].handle, scene->blocker.fence);
	}
	syncs[num_in] = asahi_sync_binary(scene->syncobj);
	write_commands(scene, state, &cmdbuf);
	igt_assert_eq(__asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, num_in,
					    1), 0);
	scene->fence = asahi_sync_export(client->fd, scene->syncobj);
}

int asahi_order_left_ms(const struct asahi_order_scene *scene)
{
	uint64_t now = asahi_now_ms();

	return now + MOMENT_MS < scene->end ? scene->end - now : MOMENT_MS;
}

bool asahi_order_wait_for_beat(const struct asahi_order_scene *scene)
{
	volatile uint32_t *beat = asahi_order_word(scene, ASAHI_ORDER_BEAT);

	*beat = 0;
	while (*beat != ASAHI_WRITER_VALUE && asahi_now_ms() < scene->end)
		usleep(100);
	return *beat == ASAHI_WRITER_VALUE;
}

/* Wait until the job is where it should be. */
static void wait_for_state(struct asahi_order_scene *scene, enum asahi_order_state state)
{
	switch (state) {
	case ASAHI_ORDER_RUNNING:
		igt_assert_f(asahi_order_wait_for_beat(scene), "the job never started\n");
		break;
	case ASAHI_ORDER_HUNG:
	case ASAHI_ORDER_STUCK:
		asahi_sim_wait("hang", "none");
		break;
	case ASAHI_ORDER_FAULTED:
	case ASAHI_ORDER_TIMED_OUT:
	case ASAHI_ORDER_DONE:
		igt_assert_eq(sync_fence_wait(scene->fence, asahi_order_left_ms(scene)), 0);
		break;
	default:
		break;
	}
}

static void start(struct asahi_order_scene *scene, enum asahi_order_state state)
{
	if (state == ASAHI_ORDER_HUNG)
		asahi_sim_set("hang", "soft");
	if (state == ASAHI_ORDER_STUCK)
		asahi_sim_set("hang", "hard");
	if (state == ASAHI_ORDER_TIMED_OUT)
		asahi_sim_time_limit(TIME_LIMIT_MS);
	if (state != ASAHI_ORDER_RUNNING && state != ASAHI_ORDER_TIMED_OUT)
		*asahi_order_word(scene, ASAHI_ORDER_END) = 1;

	if (state != ASAHI_ORDER_IDLE)
		submit(scene, state);
	wait_for_state(scene, state);
	if (state == ASAHI_ORDER_TIMED_OUT)
		asahi_sim_lift_limits();
}

void asahi_order_scene_init(struct asahi_order_scene *scene, const struct asahi_order_case *c)
{
	memset(scene, 0, sizeof(*scene));
	scene->fence = -1;
	scene->end = asahi_now_ms() + asahi_hang_ms();
	if (asahi_order_needs_sim(c->state))
		asahi_sim_require();
	asahi_sim_lift_limits();
	init_other(scene, c);
	init_client(scene, c);
	start(scene, c->state);
}

/* Let jobs go on that can. Returns 0, or what the other client's job has ended with. */
static int release(struct asahi_order_scene *scene)
{
	int ret;

	*asahi_order_word(scene, ASAHI_ORDER_END) = 1;
	if (!scene->blocks)
		return 0;

	scene->blocks = false;
	asahi_spin_release(&scene->blocker);
	ret = sync_fence_wait(scene->blocker.fence, asahi_order_left_ms(scene));
	if (!ret)
		ret = sync_fence_status(scene->blocker.fence);
	close(scene->blocker.fence);
	return ret;
}

static int destroy_syncobj(int fd, uint32_t handle)
{
	struct drm_syncobj_destroy req = { .handle = handle };

	return asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &req);
}

static int give_up_syncobj(struct asahi_order_scene *scene)
{
	int ret = destroy_syncobj(scene->other.fd, scene->other_syncobj);

	/* The other handle, if it has not gone with its file. */
	if (scene->client.fd >= 0 && destroy_syncobj(scene->client.fd, scene->syncobj) != ret)
		return -EPROTO;
	return ret;
}

static void close_file(struct asahi_order_scene *scene)
{
	asahi_close(scene->client.fd);
	scene->client.fd = -1;
}

static void close_fence(struct asahi_order_scene *scene)
{
	close(scene->fence);
	scene->fence = -1;
}

static void close_dma_buf(struct asahi_order_scene *scene)
{
	asahi_gem_munmap(scene->dma_buf_map, ASAHI_ORDER_BO_SIZE);
	close(scene->dma_buf);
	scene->dma_buf_map = NULL;
}

int asahi_order_scene_give_up(struct asahi_order_scene *scene, enum asahi_thing thing)
{
	int fd = scene->client.fd;

	switch (thing) {
	case ASAHI_THING_QUEUE:
		return __asahi_queue_destroy(fd, scene->client.queue_id);
	case ASAHI_THING_VM:
		return __asahi_vm_destroy(fd, scene->client.vm_id);
	case ASAHI_THING_BO:
		return __asahi_gem_close(fd, scene->bo.handle);
	case ASAHI_THING_FILE:
		close_file(scene);
		return 0;
	case ASAHI_THING_SYNCOBJ:
		return give_up_syncobj(scene);
	case ASAHI_THING_SYNC_FILE:
		close_fence(scene);
		return 0;
	case ASAHI_THING_DMA_BUF:
		close_dma_buf(scene);
		return 0;
	case ASAHI_THING_OBJECT:
		return __asahi_object_unbind(fd, scene->object);
	case ASAHI_THING_MAPPING:
		asahi_bo_unmap(&scene->bo);
		return 0;
	default:
		return release(scene);
	}
}

void asahi_order_scene_end(struct asahi_order_scene *scene)
{
	release(scene);
	if (scene->client.fd >= 0)
		close_file(scene);
	asahi_bo_unmap(&scene->bo);
	if (scene->dma_buf_map)
		close_dma_buf(scene);
	if (scene->fence >= 0)
		close_fence(scene);
}

void asahi_order_scene_fini(struct asahi_order_scene *scene)
{
	struct asahi_client *other = &scene->other;
	struct asahi_job job;

	asahi_job_init(other, &job, ASAHI_SHADER_STORE,
		       scene->page.va + ASAHI_ORDER_OWN * sizeof(uint32_t), 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq_u32(*asahi_order_word(scene, ASAHI_ORDER_OWN), ASAHI_STORE_VALUE);
	asahi_bo_fini(other, &scene->page);
	asahi_client_fini(other);
}
