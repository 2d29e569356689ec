// SPDX-License-Identifier: MIT
/* A step that is a SUBMIT. */
#include <errno.h>
#include <xf86drm.h>

#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_model_calls.h"
#include "asahi_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Larger than what any kernel wants to read. */
#define HUGE_CMDBUF 0xf0000000u

/* Write the arguments of the job, and return its command. */
static struct drm_asahi_cmd_compute prepare(const struct asahi_call *call, unsigned int i)
{
	const struct asahi_model_step *step = call->step;
	enum asahi_model_job_kind kind = step->arg[ASAHI_SUBMIT_KIND] % ASAHI_NUM_JOBS;
	struct asahi_model_scene *s = call->run->scene;
	struct asahi_job *job = &s->jobs[i];
	struct drm_asahi_cmd_compute compute;

	if (kind == ASAHI_JOB_SPIN) {
		struct asahi_spin *spin = &s->spins[step->slot % ASAHI_MODEL_SPINS];

		spin->state[0] = 0;
		spin->state[1] = 0;
		compute = spin->job.compute;
	} else {
		*s->values[i].word = call->next->jobs[i].value;
		job->args->a = kind == ASAHI_JOB_COPY ? step->arg[ASAHI_SUBMIT_SRC] :
							s->values[i].va;
		job->args->b = step->arg[ASAHI_SUBMIT_ADDR];
		compute = job->compute;
	}
	if (kind == ASAHI_JOB_FAULT)
		compute.cdm_ctrl_stream_base = ASAHI_MODEL_NOWHERE;
	return compute;
}

static void add_attachments(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	struct drm_asahi_attachment list[17] = { { .pointer = ASAHI_MODEL_WINDOW, .size = 64 } };
	uint16_t size = bad == ASAHI_SUBMIT_ATTACHMENT_COUNT ? sizeof(list) : sizeof(list[0]);

	if (bad == ASAHI_SUBMIT_ATTACHMENT_FLAGS)
		list[0].flags = 1;
	if (bad == ASAHI_SUBMIT_ATTACHMENT_SIZE)
		size += 8;
	asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, list, size, NONE,
			 bad == ASAHI_SUBMIT_ATTACHMENT_BARRIER ? 0 : NONE);
}

static void add_render(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	struct drm_asahi_cmd_render render = {
		.flags = bad == ASAHI_SUBMIT_RENDER_FLAGS ? 1u << 31 : 0,
		.width_px = bad == ASAHI_SUBMIT_RENDER_EMPTY ? 0 : 32,
		.height_px = 32,
		.layers = bad == ASAHI_SUBMIT_RENDER_LAYERS ? 2049 : 1,
		.utile_width_px = 32,
		.utile_height_px = 32,
		.samples = bad == ASAHI_SUBMIT_RENDER_SAMPLES ? 3 : 1,
	};

	asahi_cmdbuf_render(cmdbuf, &render, NONE, NONE);
}

/* What is wrong and comes before the commands that are not. */
static void add_bad(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	switch (bad) {
	case ASAHI_SUBMIT_TYPE:
		asahi_cmdbuf_add(cmdbuf, 9, NULL, 0, NONE, NONE);
		break;
	case ASAHI_SUBMIT_ATTACHMENT_ONLY:
	case ASAHI_SUBMIT_ATTACHMENT_BARRIER:
	case ASAHI_SUBMIT_ATTACHMENT_FLAGS:
	case ASAHI_SUBMIT_ATTACHMENT_COUNT:
	case ASAHI_SUBMIT_ATTACHMENT_SIZE:
		add_attachments(cmdbuf, bad);
		break;
	case ASAHI_SUBMIT_RENDER_EMPTY:
	case ASAHI_SUBMIT_RENDER_SAMPLES:
	case ASAHI_SUBMIT_RENDER_LAYERS:
	case ASAHI_SUBMIT_RENDER_FLAGS:
		add_render(cmdbuf, bad);
		break;
	default:
		break;
	}
}

static void make_cmdbuf(struct asahi_cmdbuf *cmdbuf, const struct asahi_model_step *step,
			const struct drm_asahi_cmd_compute *compute)
{
	struct {
		struct drm_asahi_cmd_compute compute;
		uint64_t tail;
	} payload = { *compute, 1 };
	enum asahi_model_submit_bad bad = step->arg[ASAHI_SUBMIT_BAD];
	unsigned int more = step->arg[ASAHI_SUBMIT_NUM] % 4, num = 1 + more, i;
	uint16_t size = sizeof(*compute);

	cmdbuf->size = 0;
	add_bad(cmdbuf, bad);
	if (more == 2)
		add_attachments(cmdbuf, ASAHI_SUBMIT_GOOD);
	if (bad == ASAHI_SUBMIT_ATTACHMENT_ONLY)
		return;

	if (bad == ASAHI_SUBMIT_TOO_MANY)
		num = 65;
	if (bad == ASAHI_SUBMIT_TAIL)
		size = sizeof(payload);
	else if (more == 3 && !compute->ts.start.handle && !compute->ts.end.handle)
		size = offsetof(struct drm_asahi_cmd_compute, ts);
	payload.compute.flags = bad == ASAHI_SUBMIT_COMPUTE_FLAGS;
	for (i = 0; i < num; i++)
		asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_CMD_COMPUTE, &payload, size, NONE,
				 bad == ASAHI_SUBMIT_BARRIER ? 3 * num : 0);

	if (bad == ASAHI_SUBMIT_HALF_HEADER)
		cmdbuf->size = sizeof(struct drm_asahi_cmd_header) / 2;
	if (bad == ASAHI_SUBMIT_HALF_PAYLOAD)
		cmdbuf->size -= 8;
}

/* The syncobj of the file that is not the program's. */
static uint32_t own_sync(const struct asahi_call *call)
{
	const struct asahi_model *m = call->run->m;

	return m->files[m->fds[call->step->file]].sync;
}

/* All syncs, behind them that of the file for the program itself. */
static void add_syncs(const struct asahi_call *call, struct drm_asahi_sync *syncs,
		      struct drm_asahi_submit *req)
{
	unsigned int i, num = 0;

	for (i = 0; i < 4; i++) {
		const unsigned int at = ASAHI_SUBMIT_IN + i * ASAHI_SYNC_ARGS;
		const uint64_t *arg = &call->step->arg[at];

		if (!arg[ASAHI_SYNC_ID])
			continue;
		syncs[num++] = (struct drm_asahi_sync){
			.handle = number(call, ASAHI_KIND_SYNC, at + ASAHI_SYNC_ID),
			.sync_type = arg[ASAHI_SYNC_TYPE],
			.timeline_value = arg[ASAHI_SYNC_POINT],
		};
		if (i < 2)
			req->in_sync_count++;
		else
			req->out_sync_count++;
	}
	syncs[num] = asahi_sync_binary(own_sync(call));
	req->out_sync_count++;
}

int asahi_call_export_fence(int fd, uint32_t sync, int *fence)
{
	struct drm_syncobj_handle req = {
		.handle = sync,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);

	*fence = req.fd;
	return ret;
}

/* What is wrong with the request itself. @hole: an address without memory. */
static void spoil_request(struct drm_asahi_submit *req, enum asahi_model_submit_bad bad,
			  uint64_t hole)
{
	switch (bad) {
	case ASAHI_SUBMIT_SYNCS_POINTER:
		req->syncs = hole;
		break;
	case ASAHI_SUBMIT_SYNCS_OVERFLOW:
		req->in_sync_count = UINT32_MAX;
		req->out_sync_count = 2;
		break;
	case ASAHI_SUBMIT_CMD_POINTER:
		req->cmdbuf = hole;
		break;
	case ASAHI_SUBMIT_CMD_HUGE:
		req->cmdbuf_size = HUGE_CMDBUF;
		break;
	case ASAHI_SUBMIT_CMD_EMPTY:
		req->cmdbuf_size = 0;
		break;
	default:
		break;
	}
}

int asahi_call_submit(const struct asahi_call *call)
{
	const uint64_t *arg = call->step->arg;
	int job = call->expect->job, ret;
	struct drm_asahi_cmd_compute compute;
	struct asahi_cmdbuf cmdbuf;
	struct drm_asahi_sync syncs[5];
	struct drm_asahi_submit req = {
		.flags = arg[ASAHI_SUBMIT_FLAGS],
		.queue_id = number(call, ASAHI_KIND_QUEUE, ASAHI_SUBMIT_QUEUE),
		.pad = arg[ASAHI_SUBMIT_PAD],
		.syncs = (uintptr_t)syncs,
		.cmdbuf = (uintptr_t)cmdbuf.data,
	};

	/* On a file that is closed there is nothing to be prepared. */
	if (file(call) < 0)
		return -EBADF;

	/* One that is to be refused must not touch what another job may be reading. */
	compute = job >= 0 ? prepare(call, job) : call->run->scene->jobs[0].compute;
	compute.ts.start.handle = number(call, ASAHI_KIND_OBJECT, ASAHI_SUBMIT_START);
	compute.ts.start.offset = arg[ASAHI_SUBMIT_START_OFFSET];
	compute.ts.end.handle = number(call, ASAHI_KIND_OBJECT, ASAHI_SUBMIT_END);
	compute.ts.end.offset = arg[ASAHI_SUBMIT_END_OFFSET];
	make_cmdbuf(&cmdbuf, call->step, &compute);
	req.cmdbuf_size = cmdbuf.size;
	add_syncs(call, syncs, &req);
	spoil_request(&req, arg[ASAHI_SUBMIT_BAD], call->run->scene->hole);

	ret = __asahi_submit(file(call), &req);
	if (!ret && job >= 0 &&
	    asahi_call_export_fence(file(call), own_sync(call), &call->run->fences[job]))
		call->result->wrong = "the out-sync has no fence";
	return ret;
}
