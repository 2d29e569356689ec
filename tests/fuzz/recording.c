// SPDX-License-Identifier: MIT
/*
 * Fuzz target for the reader of recordings: the input is one. What the reader lets through has to
 * be readable to the last byte, and what is open by it has to add up.
 */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "recording_world.h"
#include "uapi.h"

static unsigned int sum;

static void touch(const void *data, uint64_t size)
{
	const uint8_t *bytes = data;
	uint64_t i;

	for (i = 0; i < size; i++)
		sum += bytes[i];
}

/* The extent of an array, as who copies it would use it. */
static void touch_arg(const struct rec_event *event)
{
	const struct uapi_ioctl *ioctl = uapi_find_ioctl(event->ioctl.is.request);
	struct uapi_command command;
	const struct rec_array *array;
	size_t offset = 0;
	unsigned int i;

	if (!ioctl || !ioctl->arg || event->ioctl.is.arg_size < ioctl->arg->min_size)
		return;
	for (i = 0; i < ioctl->num_arrays; i++) {
		sum += ioctl->arrays[i].extent(event->ioctl.before).count;
		array = rec_find_array(event, ioctl->arrays[i].offset);
		if (!array)
			continue;
		touch(array->data, array->size);
		while (uapi_next_command(array->data, array->size, &offset, &command))
			touch((const uint8_t *)array->data + command.payload, command.size);
		if (offset != array->size)
			abort();
		offset = 0;
	}
}

static void touch_event(const struct rec_event *event)
{
	switch (event->type) {
	case REC_PROCESS:
		sum += strlen(event->process.name);
		break;
	case REC_OBJECT:
		sum += strlen(event->object.path);
		if (event->object.params)
			touch(event->object.params, event->object.is.params_size);
		break;
	case REC_IOCTL:
		touch(event->ioctl.before, event->ioctl.is.arg_size);
		touch(event->ioctl.after, event->ioctl.is.arg_size);
		touch_arg(event);
		break;
	case REC_CONTENTS:
		touch(event->contents.data, event->contents.is.size);
		break;
	case REC_FD:
	case REC_JOB:
	case REC_MISSING:
		break;
	default:
		abort();
	}
}

static void count_fds(void *context, struct rec_world_object *object)
{
	*(unsigned int *)context += object->fds;
}

/* Reads all of it; the status that it ends with. */
static enum rec_status play(struct rec_reader *reader)
{
	struct rec_world *world = rec_world_create(NULL, NULL);
	unsigned int fds = 0, records = 0;
	struct rec_event event;
	enum rec_status status;

	if (!world)
		abort();
	while ((status = rec_next(reader, &event)) == REC_OK) {
		touch_event(&event);
		records++;
		if (!rec_world_apply(world, &event))
			break;
	}
	rec_world_for_each(world, count_fds, &fds);
	if (fds > 65536 || (fds && !records))
		abort();
	rec_world_destroy(world);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rec_reader reader;
	enum rec_status status;
	FILE *file;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "rb");
	if (!file)
		abort();

	if (rec_reader_init(&reader, file)) {
		status = play(&reader);
		if (reader.offset > size || (status == REC_END && reader.error[0]) ||
		    (status == REC_ERROR && !reader.error[0]))
			abort();
		rec_reader_fini(&reader);
	} else if (!reader.error[0]) {
		abort();
	}
	fclose(file);
	return 0;
}
