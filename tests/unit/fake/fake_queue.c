// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <asahi_drm.h>

#include "fake_internal.h"

/* What becomes of jobs, in place of running them; 0 to run them. */
static int fake_job_status;

static bool fake_timestamps_lost;

/* The clock; it moves each time that somebody looks. */
static uint64_t fake_ticks;

void fake_queue_reset(void)
{
	fake_job_status = 0;
	fake_timestamps_lost = false;
	fake_ticks = 1000;
}

unsigned int fake_queue_num(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_QUEUES; i++)
		n += file->queues[i].used;
	return n;
}

unsigned int fake_queue_num_timestamps(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_TIMESTAMPS; i++)
		n += file->objects[i].used;
	return n;
}

void fake_queue_set_job_status(int status)
{
	fake_job_status = status;
}

void fake_queue_lose_timestamps(bool lose)
{
	fake_timestamps_lost = lose;
}

int fake_queue_create(struct fake_file *file, void *arg)
{
	struct drm_asahi_queue_create *args = arg;
	uint32_t i;

	if (args->flags || args->priority > DRM_ASAHI_PRIORITY_MEDIUM)
		return -EINVAL;
	if (!fake_vm_exists(file, args->vm_id))
		return -ENOENT;

	for (i = 1; i < FAKE_MAX_QUEUES && file->queues[i].used; i++)
		;
	if (i == FAKE_MAX_QUEUES)
		return -ENOMEM;

	file->queues[i].used = true;
	file->queues[i].vm = args->vm_id;
	file->queues[i].usc_base = args->usc_exec_base;
	args->queue_id = i;
	return 0;
}

static struct fake_queue *fake_queue_lookup(struct fake_file *file, uint32_t id)
{
	return id && id < FAKE_MAX_QUEUES && file->queues[id].used ? &file->queues[id] : NULL;
}

int fake_queue_destroy(struct fake_file *file, void *arg)
{
	struct drm_asahi_queue_destroy *args = arg;
	struct fake_queue *queue = fake_queue_lookup(file, args->queue_id);

	if (args->pad)
		return -EINVAL;
	if (!queue)
		return -ENOENT;

	queue->used = false;
	return 0;
}

static struct fake_timestamps *fake_object_lookup(struct fake_file *file, uint32_t handle)
{
	return handle && handle < FAKE_MAX_TIMESTAMPS && file->objects[handle].used ?
		       &file->objects[handle] : NULL;
}

static int fake_object_bind(struct fake_file *file, struct drm_asahi_gem_bind_object *args)
{
	struct fake_bo *bo = fake_gem_lookup(file, args->handle);
	uint32_t i;

	if (args->flags != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS ||
	    (args->offset | args->range) % FAKE_PAGE || !args->range)
		return -EINVAL;
	if (!bo)
		return -ENOENT;
	if (bo->private || args->offset > bo->size || bo->size - args->offset < args->range)
		return -EINVAL;

	for (i = 1; i < FAKE_MAX_TIMESTAMPS && file->objects[i].used; i++)
		;
	if (i == FAKE_MAX_TIMESTAMPS)
		return -ENOSPC;

	file->objects[i].used = true;
	file->objects[i].bo = bo;
	file->objects[i].offset = args->offset;
	file->objects[i].range = args->range;
	args->object_handle = i;
	return 0;
}

int fake_queue_bind_object(struct fake_file *file, void *arg)
{
	struct drm_asahi_gem_bind_object *args = arg;
	struct fake_timestamps *object = fake_object_lookup(file, args->object_handle);

	if (args->pad || args->vm_id)
		return -EINVAL;

	switch (args->op) {
	case DRM_ASAHI_BIND_OBJECT_OP_BIND:
		return fake_object_bind(file, args);
	case DRM_ASAHI_BIND_OBJECT_OP_UNBIND:
		if (args->flags || args->handle || args->offset || args->range)
			return -EINVAL;
		if (!object)
			return -ENOENT;
		object->used = false;
		return 0;
	default:
		return -EINVAL;
	}
}

static int fake_timestamp_check(struct fake_file *file, const struct drm_asahi_timestamp *ts)
{
	const struct fake_timestamps *object = fake_object_lookup(file, ts->handle);

	if (!ts->handle)
		return 0;
	if (!object)
		return -ENOENT;
	return (uint64_t)ts->offset + sizeof(uint64_t) > object->range ? -ERANGE : 0;
}

static void fake_timestamp_write(struct fake_file *file, const struct drm_asahi_timestamp *ts)
{
	const struct fake_timestamps *object = fake_object_lookup(file, ts->handle);

	fake_ticks += 1000;
	if (object && !fake_timestamps_lost)
		memcpy(object->bo->cpu + object->offset + ts->offset, &fake_ticks,
		       sizeof(fake_ticks));
}

static int fake_compute_check(struct fake_file *file, const struct drm_asahi_cmd_compute *cmd)
{
	int ret;

	if (cmd->flags)
		return -EINVAL;
	ret = fake_timestamp_check(file, &cmd->ts.start);
	return ret ? ret : fake_timestamp_check(file, &cmd->ts.end);
}

static int fake_compute_run(struct fake_file *file, struct fake_queue *queue,
			    const struct drm_asahi_cmd_compute *cmd)
{
	int ret;

	fake_timestamp_write(file, &cmd->ts.start);
	ret = fake_job_status;
	if (!ret)
		ret = fake_run_compute(file, queue->vm, queue->usc_base,
				       cmd->cdm_ctrl_stream_base);
	fake_timestamp_write(file, &cmd->ts.end);
	return ret;
}

/* Commands of each kind so far, and whether the barriers of one more are on some of them. */
struct fake_command_counts {
	uint32_t render;
	uint32_t compute;
};

static bool fake_barriers_good(const struct drm_asahi_cmd_header *header,
			       const struct fake_command_counts *counts)
{
	return (header->vdm_barrier == DRM_ASAHI_BARRIER_NONE ||
		header->vdm_barrier <= counts->render) &&
	       (header->cdm_barrier == DRM_ASAHI_BARRIER_NONE ||
		header->cdm_barrier <= counts->compute);
}

static bool fake_attachments_good(const struct drm_asahi_cmd_header *header)
{
	return header->vdm_barrier == DRM_ASAHI_BARRIER_NONE &&
	       header->cdm_barrier == DRM_ASAHI_BARRIER_NONE &&
	       header->size % sizeof(struct drm_asahi_attachment) == 0;
}

static bool fake_count_good(const struct fake_command_counts *counts)
{
	uint32_t max = fake_params()->max_commands_per_submission;
	uint32_t count = counts->render + counts->compute;

	return count && (!max || count <= max);
}

/* Checks the commands, or runs them; fails as the driver does for a malformed buffer. */
static int fake_walk_commands(struct fake_file *file, const struct drm_asahi_submit *args,
			      struct fake_queue *queue, bool run)
{
	const uint8_t *cmdbuf = (const uint8_t *)(uintptr_t)args->cmdbuf;
	struct drm_asahi_cmd_header header;
	struct drm_asahi_cmd_compute cmd;
	struct fake_command_counts counts = { 0 };
	uint32_t pos = 0;
	int ret;

	while (pos < args->cmdbuf_size) {
		if (args->cmdbuf_size - pos < sizeof(header))
			return -EINVAL;
		memcpy(&header, cmdbuf + pos, sizeof(header));
		pos += sizeof(header);
		if (args->cmdbuf_size - pos < header.size)
			return -EINVAL;

		switch (header.cmd_type) {
		case DRM_ASAHI_CMD_COMPUTE:
			if (!fake_barriers_good(&header, &counts))
				return -EINVAL;
			memset(&cmd, 0, sizeof(cmd));
			memcpy(&cmd, cmdbuf + pos,
			       header.size < sizeof(cmd) ? header.size : sizeof(cmd));
			ret = run ? fake_compute_run(file, queue, &cmd) :
				    fake_compute_check(file, &cmd);
			if (ret)
				return ret;
			counts.compute++;
			break;
		case DRM_ASAHI_CMD_RENDER:
			if (!fake_barriers_good(&header, &counts))
				return -EINVAL;
			counts.render++;
			break;
		case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
		case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
		case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
			if (!fake_attachments_good(&header))
				return -EINVAL;
			break;
		default:
			return -EINVAL;
		}
		pos += header.size;
	}
	return fake_count_good(&counts) ? 0 : -EINVAL;
}

int fake_queue_submit(struct fake_file *file, void *arg)
{
	const struct drm_asahi_submit *args = arg;
	const struct drm_asahi_sync *syncs = (const void *)(uintptr_t)args->syncs;
	struct fake_queue *queue = fake_queue_lookup(file, args->queue_id);
	uint32_t i, num_syncs = args->in_sync_count + args->out_sync_count;
	int ret;

	if (args->flags || args->pad)
		return -EINVAL;
	if (!queue)
		return -ENOENT;
	for (i = 0; i < num_syncs; i++) {
		ret = fake_sync_check(file, &syncs[i], i < args->in_sync_count);
		if (ret)
			return ret;
	}
	ret = fake_walk_commands(file, args, queue, false);
	if (ret)
		return ret;

	ret = fake_walk_commands(file, args, queue, true);
	for (i = args->in_sync_count; i < num_syncs; i++)
		fake_sync_complete(file, &syncs[i], ret ? ret : 1);
	return 0;
}
