// SPDX-License-Identifier: MIT
#include "replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "cli.h"
#include "uapi.h"

/* A job that has ended in the recording does so here, or something is wrong. */
#define PATIENCE 60000000000ll

/* Without contents a job would run on nothing. What waits for it must not do so for ever. */
static void signal_instead(struct replay_call *call, const struct drm_asahi_submit *submit)
{
	const struct replay_device *device = call->thing->device;
	const struct drm_asahi_sync *syncs = call->arrays[0];
	uint32_t i, handle;
	uint64_t point;

	for (i = 0; i < submit->out_sync_count; i++) {
		const struct drm_asahi_sync *sync = &syncs[submit->in_sync_count + i];

		handle = replay_ids_map(&device->syncobjs, sync->handle);
		point = sync->timeline_value;
		if (sync->sync_type == DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ)
			drmSyncobjTimelineSignal(call->thing->fd, &handle, &point, 1);
		else
			drmSyncobjSignal(call->thing->fd, &handle, 1);
	}
}

/* What the job writes there is a time, of which nothing can be said. */
static void add_stamp(struct replay_call *call, const struct drm_asahi_timestamp *stamp)
{
	struct replay_device *device = call->thing->device;
	const struct replay_object *object = NULL;
	struct replay_stamp *list;
	unsigned int i;

	for (i = 0; i < device->num_stamp_objects; i++)
		if (device->stamp_objects[i].recorded == stamp->handle)
			object = &device->stamp_objects[i];
	if (!object)
		return;
	list = realloc(device->stamps, (device->num_stamps + 1) * sizeof(*list));
	if (!list) {
		replay_no_memory(call->replay);
		return;
	}
	list[device->num_stamps].bo = object->bo;
	list[device->num_stamps].offset = object->offset + stamp->offset;
	device->stamps = list;
	device->num_stamps++;
}

/* A timestamp in the payload of a command, if it is that long. */
static void map_stamp(struct replay_call *call, uint8_t *payload, size_t size, size_t offset)
{
	struct drm_asahi_timestamp stamp;

	if (offset + sizeof(stamp) > size)
		return;
	memcpy(&stamp, payload + offset, sizeof(stamp));
	if (!stamp.handle)
		return;
	add_stamp(call, &stamp);
	stamp.handle = replay_ids_map(&call->thing->device->objects, stamp.handle);
	memcpy(payload + offset, &stamp, sizeof(stamp));
}

static void map_commands(struct replay_call *call, uint8_t *cmdbuf, size_t size)
{
	static const size_t render[] = {
		offsetof(struct drm_asahi_cmd_render, ts_vtx.start),
		offsetof(struct drm_asahi_cmd_render, ts_vtx.end),
		offsetof(struct drm_asahi_cmd_render, ts_frag.start),
		offsetof(struct drm_asahi_cmd_render, ts_frag.end),
	};
	static const size_t compute[] = {
		offsetof(struct drm_asahi_cmd_compute, ts.start),
		offsetof(struct drm_asahi_cmd_compute, ts.end),
	};
	struct uapi_command command;
	size_t offset = 0;
	unsigned int i;

	while (uapi_next_command(cmdbuf, size, &offset, &command)) {
		for (i = 0; command.type == DRM_ASAHI_CMD_RENDER && i < ARRAY_SIZE(render); i++)
			map_stamp(call, cmdbuf + command.payload, command.size, render[i]);
		for (i = 0; command.type == DRM_ASAHI_CMD_COMPUTE && i < ARRAY_SIZE(compute); i++)
			map_stamp(call, cmdbuf + command.payload, command.size, compute[i]);
	}
}

/* One more sync, for the end of the job. */
static bool add_done(struct replay_call *call, struct drm_asahi_submit *submit,
		     struct drm_asahi_sync *last)
{
	struct replay_device *device = call->thing->device;

	if (!device->done && drm_agx_sync_create(device->dev, 0, &device->done))
		return false;
	memset(last, 0, sizeof(*last));
	last->sync_type = DRM_ASAHI_SYNC_SYNCOBJ;
	last->handle = drm_agx_sync_handle(device->done);
	submit->out_sync_count++;
	return true;
}

bool replay_submit_prepare(struct replay_call *call)
{
	const bool succeeded = !call->event->ioctl.is.result;
	struct replay_device *device = call->thing->device;
	struct drm_asahi_submit *submit = call->arg;
	const uint64_t num_syncs = (uint64_t)submit->in_sync_count + submit->out_sync_count;
	struct drm_asahi_sync *syncs;
	uint64_t i;

	device->num_stamps = 0;
	syncs = replay_copy_array(call, "syncs", sizeof(*syncs));
	call->arrays[0] = syncs;
	call->arrays[1] = replay_copy_array(call, "cmdbuf", 0);
	if (!syncs || !call->arrays[1])
		return false;
	if (succeeded && !(call->replay->reader->header.flags & REC_FILE_CONTENTS)) {
		signal_instead(call, submit);
		return false;
	}

	submit->queue_id = replay_ids_map(&device->queues, submit->queue_id);
	for (i = 0; i < num_syncs; i++)
		syncs[i].handle = replay_ids_map(&device->syncobjs, syncs[i].handle);
	map_commands(call, call->arrays[1], submit->cmdbuf_size);
	submit->cmdbuf = (uintptr_t)call->arrays[1];
	submit->syncs = (uintptr_t)syncs;
	return !succeeded || add_done(call, submit, &syncs[num_syncs]);
}

void replay_submitted(struct replay_call *call)
{
	call->thing->device->running = true;
	call->replay->jobs++;
}

void replay_contents(struct replay *replay, struct replay_device *device,
		     const struct rec_event *event)
{
	const struct rec_contents *contents = &event->contents.is;
	struct replay_bo *bo = replay_bos_find(&device->bos, contents->handle);
	char what[32];
	int ret;

	/* That it could not be made has been said. */
	if (!bo || bo->unknown)
		return;
	if (contents->offset + contents->size > bo->size) {
		replay_damaged(replay, event);
		return;
	}
	ret = replay_bo_map(bo, device->fd);
	if (ret) {
		snprintf(what, sizeof(what), "buffer %u", bo->recorded);
		replay_differs(replay, event, what, "can be mapped", cli_errno_name(ret));
		bo->unknown = true;
		return;
	}
	if (contents->by_job)
		replay_bo_expect(bo, contents->offset, event->contents.data, contents->size);
	else
		replay_bo_write(bo, contents->offset, event->contents.data, contents->size);
}

void replay_missing(struct replay_device *device, const struct rec_event *event)
{
	struct replay_bo *bo = replay_bos_find(&device->bos, event->missing.handle);

	if (bo)
		bo->unknown = true;
}

static void format_status(int status, char *text, size_t size)
{
	if (status < 0)
		snprintf(text, size, "ends with %s", cli_errno_name(status));
	else
		snprintf(text, size, "%s", status ? "ends" : "does not end");
}

static void compare_status(struct replay *replay, struct replay_device *device,
			   const struct rec_event *event)
{
	char recorded[48], here[48];
	int status = 0;

	drm_agx_sync_wait(device->done, 0, drm_agx_deadline(PATIENCE));
	drm_agx_sync_status(device->done, 0, &status);
	if (status == event->job.status)
		return;
	format_status(event->job.status, recorded, sizeof(recorded));
	format_status(status, here, sizeof(here));
	replay_differs(replay, event, "job", recorded, here);
}

struct comparison {
	struct replay *replay;
	struct replay_device *device;
	const struct rec_event *event;
};

static void compare_bo(struct replay_bo *bo, void *context)
{
	const struct comparison *comparison = context;
	struct replay_difference difference;
	char what[96], recorded[32], here[32];
	int len;

	if (!bo->bound || bo->unknown || !bo->size || replay_bo_map(bo, comparison->device->fd) ||
	    replay_bo_compare(bo, &difference))
		return;
	len = snprintf(what, sizeof(what), "buffer %u at %#" PRIx64, bo->recorded,
		       difference.offset);
	if (difference.words > 1)
		snprintf(what + len, sizeof(what) - len, " and in %" PRIu64 " more words",
			 difference.words - 1);
	snprintf(recorded, sizeof(recorded), "0x%08x", difference.expected);
	snprintf(here, sizeof(here), "0x%08x", difference.found);
	replay_differs(comparison->replay, comparison->event, what, recorded, here);
}

void replay_job(struct replay *replay, struct replay_device *device,
		const struct rec_event *event)
{
	struct comparison comparison = { replay, device, event };
	unsigned int i;

	if (!device->running)
		return;
	device->running = false;
	/* Its end has not been seen, so nothing is known of what it left. */
	if (!event->job.status)
		return;

	compare_status(replay, device, event);
	for (i = 0; i < device->num_stamps; i++) {
		struct replay_bo *bo = replay_bos_find(&device->bos, device->stamps[i].bo);

		if (bo)
			replay_bo_accept(bo, device->stamps[i].offset, sizeof(uint64_t));
	}
	replay_bos_for_each(&device->bos, compare_bo, &comparison);
}
