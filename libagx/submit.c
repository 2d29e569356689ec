// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "private.h"
#include "split.h"
#include "sync.h"

_Static_assert(DRM_AGX_BARRIER_NONE == DRM_ASAHI_BARRIER_NONE, "the same value under two names");

struct drm_agx_submit {
	/* Owned: headers and payloads, as the kernel takes them. */
	uint8_t *cmdbuf;
	size_t cmdbuf_size;
	size_t cmdbuf_capacity;

	/* Commands so far of each stream: what a barrier may name. */
	uint32_t num_render;
	uint32_t num_compute;

	/* Owned: first those to wait for, then those to signal. */
	struct drm_asahi_sync *syncs;

	/* Owned array of owned references, one for each of @syncs and in no order. */
	struct drm_agx_sync **refs;

	uint32_t num_waits;
	uint32_t num_signals;
	uint32_t sync_capacity;
};

agxi_public int drm_agx_submit_create(struct drm_agx_submit **out)
{
	struct drm_agx_submit *submit = calloc(1, sizeof(*submit));

	if (!submit)
		return agxi_error(ENOMEM);

	*out = submit;
	return 0;
}

agxi_public void drm_agx_submit_destroy(struct drm_agx_submit *submit)
{
	if (!submit)
		return;

	drm_agx_submit_reset(submit);
	free(submit->cmdbuf);
	free(submit->syncs);
	free(submit->refs);
	free(submit);
}

agxi_public void drm_agx_submit_reset(struct drm_agx_submit *submit)
{
	uint32_t i;

	for (i = 0; i < submit->num_waits + submit->num_signals; i++)
		drm_agx_sync_unref(submit->refs[i]);
	submit->num_waits = 0;
	submit->num_signals = 0;
	submit->cmdbuf_size = 0;
	submit->num_render = 0;
	submit->num_compute = 0;
}

static int agxi_submit_reserve(struct drm_agx_submit *submit, size_t size)
{
	uint64_t capacity = submit->cmdbuf_capacity ? submit->cmdbuf_capacity : 512;
	uint64_t needed = (uint64_t)submit->cmdbuf_size + size;
	uint8_t *cmdbuf;

	if (needed > UINT32_MAX)
		return agxi_error(E2BIG);
	if (needed <= submit->cmdbuf_capacity)
		return 0;

	while (capacity < needed)
		capacity *= 2;
	cmdbuf = capacity > SIZE_MAX ? NULL : realloc(submit->cmdbuf, capacity);
	if (!cmdbuf)
		return agxi_error(ENOMEM);

	submit->cmdbuf = cmdbuf;
	submit->cmdbuf_capacity = capacity;
	return 0;
}

static int agxi_submit_add(struct drm_agx_submit *submit, struct drm_asahi_cmd_header header,
			   const void *payload)
{
	int ret;

	ret = agxi_submit_reserve(submit, sizeof(header) + header.size);
	if (ret)
		return ret;

	memcpy(submit->cmdbuf + submit->cmdbuf_size, &header, sizeof(header));
	submit->cmdbuf_size += sizeof(header);
	if (header.size)
		memcpy(submit->cmdbuf + submit->cmdbuf_size, payload, header.size);
	submit->cmdbuf_size += header.size;
	return 0;
}

/* Append a command of either kind, and count it: barriers name commands by their numbers. */
static int agxi_submit_add_command(struct drm_agx_submit *submit,
				   struct drm_asahi_cmd_header header, const void *cmd, size_t size,
				   uint32_t *count)
{
	int ret;

	if (!size)
		return agxi_error(EINVAL);
	if (size > UINT16_MAX)
		return agxi_error(E2BIG);
	header.size = size;

	if (header.vdm_barrier != DRM_AGX_BARRIER_NONE && header.vdm_barrier > submit->num_render)
		return agxi_error(EINVAL);
	if (header.cdm_barrier != DRM_AGX_BARRIER_NONE && header.cdm_barrier > submit->num_compute)
		return agxi_error(EINVAL);

	ret = agxi_submit_add(submit, header, cmd);
	if (!ret)
		++*count;
	return ret;
}

agxi_public int drm_agx_submit_add_compute(struct drm_agx_submit *submit,
					   const struct drm_asahi_cmd_compute *cmd, size_t size,
					   uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	const struct drm_asahi_cmd_header header = {
		.cmd_type = DRM_ASAHI_CMD_COMPUTE,
		.vdm_barrier = vdm_barrier,
		.cdm_barrier = cdm_barrier,
	};

	return agxi_submit_add_command(submit, header, cmd, size, &submit->num_compute);
}

agxi_public int drm_agx_submit_add_render(struct drm_agx_submit *submit,
					  const struct drm_asahi_cmd_render *cmd, size_t size,
					  uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	const struct drm_asahi_cmd_header header = {
		.cmd_type = DRM_ASAHI_CMD_RENDER,
		.vdm_barrier = vdm_barrier,
		.cdm_barrier = cdm_barrier,
	};

	return agxi_submit_add_command(submit, header, cmd, size, &submit->num_render);
}

agxi_public int drm_agx_submit_add_attachments(struct drm_agx_submit *submit,
					       enum drm_agx_stage stage,
					       const struct drm_asahi_attachment *attachments,
					       uint32_t count)
{
	struct drm_asahi_cmd_header header = {
		.vdm_barrier = DRM_ASAHI_BARRIER_NONE,
		.cdm_barrier = DRM_ASAHI_BARRIER_NONE,
	};

	switch (stage) {
	case DRM_AGX_STAGE_VERTEX:
		header.cmd_type = DRM_ASAHI_SET_VERTEX_ATTACHMENTS;
		break;
	case DRM_AGX_STAGE_FRAGMENT:
		header.cmd_type = DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS;
		break;
	case DRM_AGX_STAGE_COMPUTE:
		header.cmd_type = DRM_ASAHI_SET_COMPUTE_ATTACHMENTS;
		break;
	default:
		return agxi_error(EINVAL);
	}

	if (count > UINT16_MAX / sizeof(*attachments))
		return agxi_error(E2BIG);

	header.size = count * sizeof(*attachments);
	return agxi_submit_add(submit, header, attachments);
}

static int agxi_submit_reserve_sync(struct drm_agx_submit *submit)
{
	uint32_t capacity = submit->sync_capacity ? submit->sync_capacity * 2 : 4;
	struct drm_asahi_sync *syncs;
	struct drm_agx_sync **refs;

	if (submit->num_waits + submit->num_signals < submit->sync_capacity)
		return 0;

	syncs = realloc(submit->syncs, capacity * sizeof(*syncs));
	if (!syncs)
		return agxi_error(ENOMEM);
	submit->syncs = syncs;

	refs = realloc(submit->refs, capacity * sizeof(*refs));
	if (!refs)
		return agxi_error(ENOMEM);
	submit->refs = refs;

	submit->sync_capacity = capacity;
	return 0;
}

/* Puts @sync in at @index. */
static int agxi_submit_add_sync(struct drm_agx_submit *submit, uint32_t index,
				struct drm_agx_sync *sync, uint64_t point)
{
	uint32_t count = submit->num_waits + submit->num_signals;
	struct drm_asahi_sync item = {
		.sync_type = agxi_sync_is_timeline(sync) ? DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ :
							   DRM_ASAHI_SYNC_SYNCOBJ,
		.handle = drm_agx_sync_handle(sync),
		.timeline_value = point,
	};
	int ret;

	if (!agxi_sync_has_point(sync, point))
		return agxi_error(EINVAL);

	ret = agxi_submit_reserve_sync(submit);
	if (ret)
		return ret;

	memmove(submit->syncs + index + 1, submit->syncs + index, (count - index) * sizeof(item));
	submit->syncs[index] = item;
	submit->refs[count] = drm_agx_sync_ref(sync);
	return 0;
}

agxi_public int drm_agx_submit_add_wait(struct drm_agx_submit *submit, struct drm_agx_sync *sync,
					uint64_t point)
{
	int ret;

	ret = agxi_submit_add_sync(submit, submit->num_waits, sync, point);
	if (!ret)
		submit->num_waits++;
	return ret;
}

agxi_public int drm_agx_submit_add_signal(struct drm_agx_submit *submit, struct drm_agx_sync *sync,
					  uint64_t point)
{
	int ret;

	ret = agxi_submit_add_sync(submit, submit->num_waits + submit->num_signals, sync, point);
	if (!ret)
		submit->num_signals++;
	return ret;
}

/* Syncobjs are an open file's own: to @dev the handle of another's is a stranger's, or none. */
static bool agxi_submit_is_for(const struct drm_agx_submit *submit,
			       const struct drm_agx_device *dev)
{
	uint32_t i;

	for (i = 0; i < submit->num_waits + submit->num_signals; i++)
		if (agxi_sync_device(submit->refs[i]) != dev)
			return false;
	return true;
}

static uint32_t agxi_submit_num_commands(const struct drm_agx_submit *submit)
{
	return submit->num_render + submit->num_compute;
}

/* A kernel that does not say how many commands it takes gets them all at once. */
static bool agxi_submit_fits(const struct drm_agx_submit *submit, uint32_t max_commands)
{
	return !max_commands || agxi_submit_num_commands(submit) <= max_commands;
}

/*
 * One piece after the other. All but the last signal a timeline, each the next point from 1: @syncs
 * is what they wait for, and then the timeline. *point receives the last that is sure to signal.
 */
static int agxi_submit_each(const struct drm_agx_submit *submit, struct agxi_split *split, int fd,
			    struct drm_asahi_sync *syncs, struct drm_asahi_submit *args,
			    uint64_t *point)
{
	int ret;

	*point = 0;
	while (agxi_split_next(split)) {
		args->cmdbuf = agxi_ptr(split->piece);
		args->cmdbuf_size = split->piece_size;
		args->syncs = agxi_ptr(split->is_last ? submit->syncs : syncs);
		args->out_sync_count = split->is_last ? submit->num_signals : 1;
		syncs[submit->num_waits].timeline_value = *point + 1;
		ret = drm_agx_ioctl_submit(fd, args, sizeof(*args));
		if (ret)
			return ret;
		*point += !split->is_last;
	}
	return 0;
}

/*
 * If a piece fails the caller has no fence of those before it, and could never tell when to free
 * what they use. So they are waited for before the error is returned, long as it may take. To put a
 * fence of them into the caller's syncs instead could fail in its turn, would tell others who wait
 * there that all had been done, and would not do for a submit without such syncs.
 *
 * All that this takes is made before the first piece goes.
 */
static int agxi_submit_pieces(const struct drm_agx_submit *submit, struct drm_agx_device *dev,
			      struct drm_asahi_submit *args)
{
	struct drm_asahi_sync *syncs;
	struct drm_agx_sync *done;
	struct agxi_split split;
	uint64_t point;
	int ret;

	ret = agxi_split_init(&split, submit->cmdbuf, submit->cmdbuf_size,
			      drm_agx_device_max_commands(dev), agxi_submit_num_commands(submit));
	if (ret)
		return ret;

	syncs = calloc((size_t)submit->num_waits + 1, sizeof(*syncs));
	if (!syncs) {
		ret = -ENOMEM;
		goto out_split;
	}

	/* A timeline: a point signals when all below it have, which no order of pieces ensures. */
	ret = drm_agx_sync_create(dev, DRM_AGX_SYNC_TIMELINE, &done);
	if (ret)
		goto out_syncs;

	if (submit->num_waits)
		memcpy(syncs, submit->syncs, submit->num_waits * sizeof(*syncs));
	syncs[submit->num_waits].sync_type = DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ;
	syncs[submit->num_waits].handle = drm_agx_sync_handle(done);

	ret = agxi_submit_each(submit, &split, drm_agx_device_fd(dev), syncs, args, &point);
	/* Should even that fail the device is gone, and its work with it. */
	if (ret && point)
		drm_agx_sync_wait(done, point, INT64_MAX);

	drm_agx_sync_unref(done);
out_syncs:
	free(syncs);
out_split:
	agxi_split_fini(&split);
	return ret ? agxi_error(-ret) : 0;
}

agxi_public int drm_agx_queue_submit(struct drm_agx_queue *queue,
				     const struct drm_agx_submit *submit)
{
	struct drm_agx_device *dev = drm_agx_vm_device(drm_agx_queue_vm(queue));
	struct drm_asahi_submit args = {
		.syncs = agxi_ptr(submit->syncs),
		.cmdbuf = agxi_ptr(submit->cmdbuf),
		.queue_id = drm_agx_queue_id(queue),
		.in_sync_count = submit->num_waits,
		.out_sync_count = submit->num_signals,
		.cmdbuf_size = submit->cmdbuf_size,
	};

	if (!agxi_submit_num_commands(submit) || !agxi_submit_is_for(submit, dev))
		return agxi_error(EINVAL);
	if (!agxi_submit_fits(submit, drm_agx_device_max_commands(dev)))
		return agxi_submit_pieces(submit, dev, &args);
	return drm_agx_ioctl_submit(drm_agx_device_fd(dev), &args, sizeof(args));
}
