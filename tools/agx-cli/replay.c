// SPDX-License-Identifier: MIT
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "cli.h"
#include "clock_ns.h"
#include "out.h"
#include "recording_world.h"
#include "uapi.h"

/* How many differences are put into words. */
#define MAX_WORDS 100

void replay_differs(struct replay *replay, const struct rec_event *event, const char *what,
		    const char *recorded, const char *here)
{
	const int64_t ns = event->time - replay->reader->header.monotonic;
	struct out *out = replay->cli->out;
	char seconds[SECONDS_LEN];

	if (replay->differences++ >= MAX_WORDS)
		return;
	out_begin_object(out, NULL);
	out_i64(out, "time_ns", ns);
	out_u64(out, "tid", event->tid);
	out_string(out, "what", what);
	out_string(out, "recorded", recorded);
	out_string(out, "here", here);
	out_sentence(out, "%s %u: %s: %s recorded, %s here", format_seconds(seconds, ns),
		     event->tid, what, recorded, here);
	out_end(out);
}

void replay_damaged(struct replay *replay, const struct rec_event *event)
{
	cli_error(replay->cli, CLI_EXIT_FAILURE,
		  "the recording has a record of type %u at offset %" PRIu64
		  " that does not go with those before", event->type, event->offset);
	replay->failed = true;
}

void replay_no_memory(struct replay *replay)
{
	cli_no_memory(replay->cli);
	replay->failed = true;
}

int replay_find_fd(const struct replay_call *call, int32_t fd)
{
	const struct rec_world_object *object =
		rec_world_fd(call->replay->world, call->event->pid, fd);
	const struct replay_thing *thing = object ? object->data : NULL;

	if (thing)
		return thing->fd;
	/* Something that is open, but not what the call is for. */
	return call->event->ioctl.is.result == -EBADF ? -1 : call->replay->other_fd;
}

static void forget_new_fd(struct replay *replay)
{
	if (replay->new_fd >= 0)
		close(replay->new_fd);
	replay->new_fd = -1;
}

void replay_new_fd(const struct replay_call *call, int32_t recorded, int fd)
{
	struct replay *replay = call->replay;

	forget_new_fd(replay);
	replay->new_fd = fd;
	replay->new_fd_recorded = recorded;
	replay->new_fd_pid = call->event->pid;
}

static const struct uapi_array *find_array(const struct uapi_ioctl *ioctl, const char *name)
{
	unsigned int i;

	for (i = 0; i < ioctl->num_arrays; i++)
		if (!strcmp(ioctl->arrays[i].name, name))
			return &ioctl->arrays[i];
	return NULL;
}

void *replay_copy_array(struct replay_call *call, const char *name, size_t more)
{
	const struct uapi_array *known = find_array(call->ioctl, name);
	const struct uapi_extent extent = known->extent(call->event->ioctl.before);
	const struct rec_array *array = rec_find_array(call->event, known->offset);
	uint8_t *copy;

	if (!array || (extent.stride && extent.count > array->size / extent.stride) ||
	    array->size != extent.count * extent.stride)
		return NULL;
	copy = calloc(1, array->size + more + 1);
	if (copy)
		memcpy(copy, array->data, array->size);
	else
		replay_no_memory(call->replay);
	return copy;
}

static void device_free(struct replay_device *device)
{
	replay_bos_fini(&device->bos);
	drm_agx_sync_unref(device->done);
	drm_agx_device_unref(device->dev);
	replay_ids_fini(&device->vms);
	replay_ids_fini(&device->queues);
	replay_ids_fini(&device->objects);
	replay_ids_fini(&device->syncobjs);
	free(device->stamp_objects);
	free(device->stamps);
	free(device);
}

/* The last descriptor of an object is gone; it may come back. */
static void close_thing(void *context, struct rec_world_object *object)
{
	struct replay_thing *thing = object->data;

	if (!thing)
		return;
	if (thing->device)
		device_free(thing->device);
	else if (thing->fd >= 0)
		close(thing->fd);
	thing->device = NULL;
	thing->fd = -1;
}

static int open_device(struct replay *replay, struct drm_agx_device **dev)
{
	int ret = drm_agx_device_open_path(replay->path, dev);

	if (ret) {
		cli_failure(replay->cli, ret, "cannot open %s again", replay->path);
		replay->failed = true;
	}
	return ret;
}

static void make_device(struct replay *replay, struct replay_thing *thing)
{
	struct replay_device *device = calloc(1, sizeof(*device));

	if (!device) {
		replay_no_memory(replay);
		return;
	}
	if (open_device(replay, &device->dev)) {
		free(device);
		return;
	}
	device->fd = drm_agx_device_fd(device->dev);
	thing->device = device;
	thing->fd = device->fd;
}

/* A dma-buf of that size. Returns a descriptor, or -1. */
static int make_dmabuf(int fd, uint64_t size)
{
	struct drm_asahi_gem_create create = { .size = size ? size : 1 };
	int dmabuf;

	if (drm_agx_ioctl_gem_create(fd, &create, sizeof(create)))
		return -1;
	if (drmPrimeHandleToFD(fd, create.handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		dmabuf = -1;
	drm_agx_gem_close(fd, create.handle);
	return dmabuf;
}

/* What is signalled, as the one or the other. */
static int make_syncobj(int fd, enum rec_kind kind)
{
	uint32_t handle;
	int out = -1;

	if (drmSyncobjCreate(fd, DRM_SYNCOBJ_CREATE_SIGNALED, &handle))
		return -1;
	if (kind == REC_SYNC_FILE ? drmSyncobjExportSyncFile(fd, handle, &out) :
				    drmSyncobjHandleToFD(fd, handle, &out))
		out = -1;
	drmSyncobjDestroy(fd, handle);
	return out;
}

/* For what comes from a place that the recording has not seen. */
static void make_stand_in(struct replay *replay, struct replay_thing *thing, uint64_t size)
{
	int fd;

	if (!replay->helper && open_device(replay, &replay->helper))
		return;
	fd = drm_agx_device_fd(replay->helper);
	if (thing->kind == REC_DMABUF)
		thing->fd = make_dmabuf(fd, size);
	else
		thing->fd = make_syncobj(fd, thing->kind);
	replay->stand_ins++;
}

static void play_object(struct replay *replay, const struct rec_event *event)
{
	struct rec_world_object *object =
		rec_world_object(replay->world, event->object.is.object);
	struct replay_thing *thing = object->data;

	if (!thing) {
		thing = calloc(1, sizeof(*thing));
		if (!thing) {
			replay_no_memory(replay);
			return;
		}
		thing->fd = -1;
		thing->kind = event->object.is.kind;
		object->data = thing;
	}
	if (thing->fd >= 0)
		return;
	if (thing->kind == REC_DEVICE) {
		make_device(replay, thing);
	} else if (replay->new_fd >= 0 && replay->new_fd_pid == event->pid &&
		   !(event->object.is.flags & REC_OBJECT_FOREIGN)) {
		thing->fd = replay->new_fd;
		replay->new_fd = -1;
	} else {
		make_stand_in(replay, thing, event->object.is.size);
	}
}

static void play_fd(struct replay *replay, const struct rec_event *event)
{
	/* One that has been returned and is a dma-buf that there is already. */
	if (replay->new_fd >= 0 && replay->new_fd_pid == event->pid &&
	    replay->new_fd_recorded == event->fd.fd)
		forget_new_fd(replay);
}

static struct replay_thing *find_thing(const struct replay *replay, uint64_t number)
{
	const struct rec_world_object *object = rec_world_object(replay->world, number);

	return object ? object->data : NULL;
}

static void play_ioctl(struct replay *replay, const struct rec_event *event)
{
	const struct rec_ioctl *recorded = &event->ioctl.is;
	struct replay_call call = {
		.replay = replay,
		.event = event,
		.ioctl = uapi_find_ioctl(recorded->request),
		.thing = find_thing(replay, recorded->object),
	};

	if (!call.thing || (!(recorded->flags & REC_IOCTL_BAD_ARG) &&
			    recorded->arg_size != _IOC_SIZE(recorded->request))) {
		replay_damaged(replay, event);
		return;
	}
	if (!call.ioctl || !call.ioctl->arg || recorded->arg_size < call.ioctl->arg->min_size) {
		replay->left_out++;
		return;
	}

	call.arg = calloc(1, recorded->arg_size + call.ioctl->arg->size);
	if (!call.arg) {
		replay_no_memory(replay);
		return;
	}
	memcpy(call.arg, event->ioctl.before, recorded->arg_size);
	if (replay_make_call(&call))
		replay->calls++;
	else
		replay->left_out++;
	free(call.arrays[0]);
	free(call.arrays[1]);
	free(call.arg);
}

/* The device that a record is about; NULL, having said so, if there is none. */
static struct replay_device *find_device(struct replay *replay, const struct rec_event *event,
					 uint64_t number)
{
	const struct replay_thing *thing = find_thing(replay, number);

	if (!thing || !thing->device) {
		replay_damaged(replay, event);
		return NULL;
	}
	return thing->device;
}

static void play(struct replay *replay, const struct rec_event *event)
{
	struct replay_device *device;

	switch (event->type) {
	case REC_OBJECT:
		play_object(replay, event);
		break;
	case REC_FD:
		play_fd(replay, event);
		break;
	case REC_IOCTL:
		play_ioctl(replay, event);
		break;
	case REC_CONTENTS:
		device = find_device(replay, event, event->contents.is.object);
		if (device)
			replay_contents(replay, device, event);
		break;
	case REC_JOB:
		device = find_device(replay, event, event->job.object);
		if (device)
			replay_job(replay, device, event);
		break;
	case REC_MISSING:
		device = find_device(replay, event, event->missing.object);
		if (device)
			replay_missing(device, event);
		break;
	default:
		break;
	}
}

static void close_left(void *context, struct rec_world_object *object)
{
	close_thing(context, object);
	free(object->data);
	object->data = NULL;
}

void replay_all(struct replay *replay, struct rec_reader *reader)
{
	enum rec_status status = REC_END;
	struct rec_event event;

	replay->reader = reader;
	replay->new_fd = -1;
	replay->other_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	replay->world = rec_world_create(close_thing, replay);
	if (!replay->world)
		replay_no_memory(replay);
	while (!replay->failed && (status = rec_next(reader, &event)) == REC_OK) {
		/* Objects are there from their record on. */
		if (!rec_world_apply(replay->world, &event)) {
			cli_error(replay->cli, CLI_EXIT_FAILURE,
				  "the recording has more open at a time than is believable");
			replay->failed = true;
			break;
		}
		play(replay, &event);
	}
	if (status == REC_ERROR) {
		cli_error(replay->cli, CLI_EXIT_FAILURE, "the recording %s", reader->error);
		replay->failed = true;
	}
	forget_new_fd(replay);
	if (replay->world)
		rec_world_for_each(replay->world, close_left, replay);
	rec_world_destroy(replay->world);
	if (replay->other_fd >= 0)
		close(replay->other_fd);
	drm_agx_device_unref(replay->helper);
}
