// SPDX-License-Identifier: MIT
/* Command buffers and jobs. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

/* First and only word of an empty vertex stream. */
#define VDM_TERMINATE 0xc0000000u

/* How long a job has to start beside another, on a GPU that is not simulated. */
#define SIDE_BY_SIDE_MS 500

void asahi_cmdbuf_add(struct asahi_cmdbuf *cmdbuf, uint16_t type, const void *payload,
		      uint16_t size, uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	const struct drm_asahi_cmd_header header = {
		.cmd_type = type,
		.size = size,
		.vdm_barrier = vdm_barrier,
		.cdm_barrier = cdm_barrier,
	};

	igt_assert_lte(cmdbuf->size + sizeof(header) + size, sizeof(cmdbuf->data));
	memcpy(cmdbuf->data + cmdbuf->size, &header, sizeof(header));
	cmdbuf->size += sizeof(header);
	if (size)
		memcpy(cmdbuf->data + cmdbuf->size, payload, size);
	cmdbuf->size += size;
}

void asahi_cmdbuf_compute(struct asahi_cmdbuf *cmdbuf,
			  const struct drm_asahi_cmd_compute *compute, uint16_t vdm_barrier,
			  uint16_t cdm_barrier)
{
	asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_CMD_COMPUTE, compute, sizeof(*compute), vdm_barrier,
			 cdm_barrier);
}

void asahi_cmdbuf_render(struct asahi_cmdbuf *cmdbuf, const struct drm_asahi_cmd_render *render,
			 uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_CMD_RENDER, render, sizeof(*render), vdm_barrier,
			 cdm_barrier);
}

int __asahi_cmdbuf_submit(struct asahi_client *client, uint32_t queue_id,
			  const struct asahi_cmdbuf *cmdbuf, const struct drm_asahi_sync *syncs,
			  uint32_t in_count, uint32_t out_count)
{
	const struct drm_asahi_submit submit = {
		.syncs = (uintptr_t)syncs,
		.cmdbuf = (uintptr_t)cmdbuf->data,
		.queue_id = queue_id,
		.in_sync_count = in_count,
		.out_sync_count = out_count,
		.cmdbuf_size = cmdbuf->size,
	};

	return __asahi_submit(client->fd, &submit);
}

int asahi_cmdbuf_start(struct asahi_client *client, uint32_t queue_id,
		       const struct asahi_cmdbuf *cmdbuf)
{
	struct drm_asahi_sync out = { .handle = syncobj_create(client->fd, 0) };
	int fence;

	igt_assert_eq(__asahi_cmdbuf_submit(client, queue_id, cmdbuf, &out, 0, 1), 0);
	fence = asahi_sync_export(client->fd, out.handle);
	syncobj_destroy(client->fd, out.handle);

	return fence;
}

int asahi_finish(int fence)
{
	int ret = sync_fence_wait(fence, asahi_hang_ms());
	int status = sync_fence_status(fence);

	igt_assert_f(ret == 0, "no end of the job in sight: %s\n", strerror(-ret));
	close(fence);

	return status;
}

bool asahi_is_busy(int fence)
{
	return sync_fence_status(fence) == 0;
}

static void init_args(struct asahi_client *client, struct asahi_job *job, uint64_t a, uint64_t b,
		      uint32_t c)
{
	memset(job, 0, sizeof(*job));
	job->client = client;
	job->args_va = asahi_client_alloc(client, sizeof(*job->args), (void **)&job->args);
	job->args->a = a;
	job->args->b = b;
	job->args->c = c;
}

static void init_launch(struct asahi_job *job, enum asahi_shader shader, uint32_t threads,
			uint32_t group)
{
	const uint32_t global[3] = { threads, 1, 1 }, local[3] = { group, 1, 1 };
	struct asahi_client *client = job->client;
	struct asahi_stream stream;

	asahi_stream_init(client, &stream, 16);
	asahi_stream_launch(&stream, asahi_usc_words(client, shader, job->args_va), global,
			    local);
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	job->compute.cdm_ctrl_stream_base = stream.va;
	job->compute.cdm_ctrl_stream_end = stream.va + stream.num * sizeof(uint32_t);
}

void asahi_job_init(struct asahi_client *client, struct asahi_job *job,
		    enum asahi_shader shader, uint64_t a, uint64_t b, uint32_t c)
{
	init_args(client, job, a, b, c);
	init_launch(job, shader, 1, 1);
}

void asahi_job_init_grid(struct asahi_client *client, struct asahi_job *job,
			 enum asahi_shader shader, uint64_t a, uint64_t b, uint32_t threads,
			 uint32_t group)
{
	init_args(client, job, a, b, 0);
	init_launch(job, shader, threads, group);
}

void asahi_job_init_stream(struct asahi_client *client, struct asahi_job *job,
			   const struct asahi_stream *stream)
{
	memset(job, 0, sizeof(*job));
	job->client = client;
	job->compute.cdm_ctrl_stream_base = stream->va;
	job->compute.cdm_ctrl_stream_end = stream->va + stream->num * sizeof(uint32_t);
}

static int start(struct asahi_job *job, uint32_t queue_id, uint16_t barrier)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_cmdbuf_compute(&cmdbuf, &job->compute, barrier, barrier);
	return asahi_cmdbuf_start(job->client, queue_id, &cmdbuf);
}

int asahi_job_start(struct asahi_job *job)
{
	return start(job, job->client->queue_id, DRM_ASAHI_BARRIER_NONE);
}

int asahi_job_start_after(struct asahi_job *job)
{
	return start(job, job->client->queue_id, 0);
}

int asahi_job_run(struct asahi_job *job)
{
	return asahi_finish(asahi_job_start(job));
}

void asahi_spin_init(struct asahi_client *client, struct asahi_spin *spin)
{
	uint64_t state;

	state = asahi_client_alloc(client, 2 * sizeof(uint32_t), (void **)&spin->state);
	asahi_job_init(client, &spin->job, ASAHI_SHADER_SPIN, state, state + 4, 0);
	spin->fence = -1;
}

void asahi_spin_wait_started(struct asahi_spin *spin)
{
	uint64_t since = 0;

	while (spin->state[1] != 1)
		igt_assert_f(asahi_patient(&since), "the job never started\n");
}

void asahi_spin_start(struct asahi_spin *spin, uint32_t queue_id)
{
	spin->fence = start(&spin->job, queue_id, DRM_ASAHI_BARRIER_NONE);
	asahi_spin_wait_started(spin);
	igt_assert(asahi_is_busy(spin->fence));
}

void asahi_spin_release(struct asahi_spin *spin)
{
	spin->state[0] = 1;
}

int asahi_spin_finish(struct asahi_spin *spin)
{
	asahi_spin_release(spin);
	return asahi_finish(spin->fence);
}

/* A job that is seen to run beside one that does not end for long enough. */
static bool try_side_by_side(struct asahi_client *client)
{
	uint32_t queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	struct asahi_spin spin;
	struct asahi_job job;
	bool done;
	int fence;

	asahi_spin_init(client, &spin);
	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_spin_start(&spin, client->queue_id);
	fence = start(&job, queue_id, DRM_ASAHI_BARRIER_NONE);
	done = !sync_fence_wait(fence, SIDE_BY_SIDE_MS) && asahi_is_busy(spin.fence);
	asahi_spin_finish(&spin);
	asahi_finish(fence);
	asahi_queue_destroy(client->fd, queue_id);

	return done;
}

bool asahi_runs_side_by_side(struct asahi_client *client)
{
	static bool known, answer;

	if (asahi_is_simulated(client->fd))
		return true;

	if (!known) {
		answer = try_side_by_side(client);
		known = true;
		igt_info("queues run %s\n", answer ? "side by side" : "one at a time");
	}
	return answer;
}

void asahi_render_empty(struct asahi_client *client, struct drm_asahi_cmd_render *render)
{
	uint32_t *vdm;

	memset(render, 0, sizeof(*render));
	render->vdm_ctrl_stream_base = asahi_client_alloc(client, sizeof(*vdm), (void **)&vdm);
	*vdm = VDM_TERMINATE;
	render->width_px = 32;
	render->height_px = 32;
	render->layers = 1;
	render->utile_width_px = 32;
	render->utile_height_px = 32;
	render->samples = 1;
}
