// SPDX-License-Identifier: MIT
/*
 * agx-cli show: a recording, for people.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <asahi_drm.h>

#include "args.h"
#include "clock_ns.h"
#include "fields.h"
#include "out.h"
#include "put_submit.h"
#include "recording.h"
#include "recording_file.h"
#include "recording_world.h"
#include "uapi.h"

/* Fields of one struct, at most. */
#define MAX_FIELDS 64

/* Elements of an array that are shown. */
#define MAX_ELEMENTS 4096

struct show {
	struct out *out;
	/* Borrowed. */
	const struct rec_reader *reader;
	const struct rec_world *world;

	bool brief;
	bool bytes;
};

/*
 * Begins the object that each record has, with the members that it always has, and the line that
 * it is in text, which has to have all that further members say.
 */
static void begin_head(const struct show *show, const struct rec_event *event, const char *what,
		       char *line, size_t size)
{
	const int64_t ns = event->time - show->reader->header.monotonic;
	char seconds[SECONDS_LEN];

	out_begin_object(show->out, "head");
	out_string(show->out, "record", what);
	out_i64(show->out, "time_ns", ns);
	out_u64(show->out, "pid", event->pid);
	out_u64(show->out, "tid", event->tid);
	snprintf(line, size, "%15s %u/%u %s", format_seconds(seconds, ns), event->pid, event->tid,
		 what);
}

/* "device 1", for an object that the recording has told of. */
static void format_object(const struct show *show, uint64_t number, char *text, size_t size)
{
	const struct rec_world_object *object = rec_world_object(show->world, number);

	if (object)
		snprintf(text, size, "%s %u", rec_kind_name(object->kind), object->index);
	else
		snprintf(text, size, "object %#" PRIx64, number);
}

/* The same, as a member. */
static void put_object(const struct show *show, uint64_t number, char *text, size_t size)
{
	format_object(show, number, text, size);
	out_string(show->out, "object", text);
}

static void show_process(const struct show *show, const struct rec_event *event)
{
	const struct rec_process *process = &event->process.is;
	char line[64];

	begin_head(show, event, "process", line, sizeof(line));
	out_string(show->out, "name", event->process.name);
	switch (process->reason) {
	case REC_PROCESS_START:
		out_string(show->out, "reason", "start");
		out_sentence(show->out, "%s: start of %s", line, event->process.name);
		break;
	case REC_PROCESS_FORK:
		out_string(show->out, "reason", "fork");
		out_u64(show->out, "parent", process->parent);
		out_sentence(show->out, "%s: %s is a fork of process %u", line, event->process.name,
			     process->parent);
		break;
	case REC_PROCESS_EXIT:
		out_string(show->out, "reason", "exit");
		out_sentence(show->out, "%s: exit of %s", line, event->process.name);
		break;
	default:
		out_u64(show->out, "reason", process->reason);
		out_sentence(show->out, "%s: %s: reason %u", line, event->process.name,
			     process->reason);
	}
	out_end(show->out);
}

static void show_object(const struct show *show, const struct rec_event *event)
{
	const struct rec_object *object = &event->object.is;
	const bool foreign = object->flags & REC_OBJECT_FOREIGN;
	char line[64], name[48], size[40] = "";
	struct out *out = show->out;

	begin_head(show, event, "object", line, sizeof(line));
	put_object(show, object->object, name, sizeof(name));
	out_bool(out, "foreign", foreign);
	out_u64(out, "size", object->size);
	out_string(out, "path", event->object.path);
	if (object->size)
		snprintf(size, sizeof(size), " of %" PRIu64 " bytes", object->size);
	if (event->object.path[0])
		out_sentence(out, "%s: %s%s is %s%s", line, name, size, event->object.path,
			     foreign ? ", foreign" : "");
	else
		out_sentence(out, "%s: %s%s is %s", line, name, size,
			     foreign ? "foreign: it comes from elsewhere" : "there");
	out_end(out);

	if (show->brief || !event->object.params)
		return;
	out_begin_object(out, "params");
	cli_put_struct(out, &uapi_params_global, event->object.params, object->params_size);
	out_end(out);
}

static void show_fd(const struct show *show, const struct rec_event *event)
{
	char line[64], name[48];

	begin_head(show, event, "fd", line, sizeof(line));
	out_i64(show->out, "fd", event->fd.fd);
	if (event->fd.object) {
		put_object(show, event->fd.object, name, sizeof(name));
		out_sentence(show->out, "%s: fd %d is %s", line, event->fd.fd, name);
	} else {
		out_sentence(show->out, "%s: fd %d is closed", line, event->fd.fd);
	}
	out_end(show->out);
}

static void show_contents(const struct show *show, const struct rec_event *event)
{
	const struct rec_contents *contents = &event->contents.is;
	struct out *out = show->out;
	char line[64], name[48];

	begin_head(show, event, "contents", line, sizeof(line));
	put_object(show, contents->object, name, sizeof(name));
	out_u64(out, "handle", contents->handle);
	out_bool(out, "by_job", contents->by_job);
	out_hex(out, "offset", contents->offset);
	out_hex(out, "size", contents->size);
	out_sentence(out, "%s: %s: buffer %u has changed %s, %#" PRIx64 " bytes at %#" PRIx64, line,
		     name, contents->handle, contents->by_job ? "by the job" : "before the job",
		     contents->size, contents->offset);
	out_end(out);
	if (show->bytes)
		out_bytes(out, "bytes", contents->offset, event->contents.data, contents->size);
}

static void show_job(const struct show *show, const struct rec_event *event)
{
	const struct rec_job *job = &event->job;
	char line[64], name[48];

	begin_head(show, event, "job", line, sizeof(line));
	put_object(show, job->object, name, sizeof(name));
	out_u64(show->out, "queue_id", job->queue_id);
	out_i64(show->out, "status", job->status);
	if (job->status < 0)
		out_sentence(show->out, "%s: %s: the job of queue %u ends with %s (%d)", line, name,
			     job->queue_id, cli_errno_name(job->status), job->status);
	else
		out_sentence(show->out, "%s: %s: the job of queue %u %s (%d)", line, name,
			     job->queue_id, job->status ? "has ended" : "goes on", job->status);
	out_end(show->out);
}

static void show_missing(const struct show *show, const struct rec_event *event)
{
	const struct rec_missing *missing = &event->missing;
	char line[64], name[48];

	begin_head(show, event, "missing", line, sizeof(line));
	put_object(show, missing->object, name, sizeof(name));
	out_u64(show->out, "handle", missing->handle);
	out_i64(show->out, "error", missing->error);
	out_sentence(show->out, "%s: %s: buffer %u cannot be read: %s (%d)", line, name,
		     missing->handle, cli_errno_name(missing->error), missing->error);
	out_end(show->out);
}

/* Fields that the kernel has written. */
static void put_answer(struct out *out, const struct uapi_struct *type, const uint8_t *before,
		       const uint8_t *after, size_t size)
{
	struct uapi_field fields[MAX_FIELDS];
	struct uapi_struct changed = *type;
	unsigned int i;

	changed.fields = fields;
	changed.num_fields = 0;
	for (i = 0; i < type->num_fields && changed.num_fields < MAX_FIELDS; i++) {
		const struct uapi_field *field = &type->fields[i];
		const size_t bytes = (size_t)field->size * field->count;

		if (field->offset + bytes <= size &&
		    memcmp(before + field->offset, after + field->offset, bytes))
			fields[changed.num_fields++] = *field;
	}
	if (!changed.num_fields)
		return;
	out_begin_object(out, "answer");
	cli_put_struct(out, &changed, after, size);
	out_end(out);
}

/* Returns how many bytes of the array are not shown. */
static uint64_t put_elements(struct out *out, const struct uapi_struct *type, uint64_t stride,
			     const struct rec_array *array)
{
	const uint8_t *data = array->data;
	uint64_t at, size;

	for (at = 0; at < array->size && at < MAX_ELEMENTS * stride; at += stride) {
		size = array->size - at < stride ? array->size - at : stride;
		out_begin_object(out, NULL);
		cli_put_struct(out, type, data + at, size);
		out_end(out);
	}
	return array->size - (at < array->size ? at : array->size);
}

static uint64_t put_numbers(struct out *out, uint64_t stride, const struct rec_array *array)
{
	const uint8_t *data = array->data;
	uint64_t at, value;

	for (at = 0; at + stride <= array->size && at < MAX_ELEMENTS * stride; at += stride) {
		value = 0;
		memcpy(&value, data + at, stride < sizeof(value) ? stride : sizeof(value));
		out_u64(out, NULL, value);
	}
	return array->size - at;
}

static void put_array(const struct show *show, const struct rec_event *event,
		      const struct uapi_ioctl *ioctl, const struct uapi_array *known)
{
	const struct rec_array *array = rec_find_array(event, known->offset);
	const struct uapi_extent extent = known->extent(event->ioctl.before);
	struct out *out = show->out;
	uint64_t left;
	char key[64];

	if (!array || !array->size)
		return;
	if (ioctl->request == DRM_IOCTL_ASAHI_GET_PARAMS) {
		out_begin_object(out, known->name);
		cli_put_struct(out, known->element, array->data, array->size);
		out_end(out);
		return;
	}

	out_begin_array(out, known->name);
	if (known->element)
		left = put_elements(out, known->element, extent.stride, array);
	else if (extent.stride > 1)
		left = put_numbers(out, extent.stride, array);
	else
		left = put_commands(out, array->data, array->size);
	out_end(out);
	if (left) {
		snprintf(key, sizeof(key), "%s_left_out", known->name);
		out_u64(out, key, left);
		out_meaning(out, "bytes");
	}
}

static void put_argument(const struct show *show, const struct rec_event *event,
			 const struct uapi_ioctl *ioctl)
{
	const struct rec_ioctl *call = &event->ioctl.is;
	struct out *out = show->out;
	unsigned int i;

	if (!ioctl || !ioctl->arg) {
		if (call->arg_size)
			out_bytes(out, "arg", 0, event->ioctl.before, call->arg_size);
		return;
	}
	out_begin_object(out, "arg");
	cli_put_struct(out, ioctl->arg, event->ioctl.before, call->arg_size);
	out_end(out);
	put_answer(out, ioctl->arg, event->ioctl.before, event->ioctl.after, call->arg_size);

	/* The extents are read from it. */
	if (call->arg_size < ioctl->arg->min_size)
		return;
	for (i = 0; i < ioctl->num_arrays; i++)
		put_array(show, event, ioctl, &ioctl->arrays[i]);
}

static void show_ioctl(const struct show *show, const struct rec_event *event)
{
	const struct rec_ioctl *call = &event->ioctl.is;
	const struct uapi_ioctl *ioctl = uapi_find_ioctl(call->request);
	char line[64], object[48], request[16];
	const char *name = ioctl ? ioctl->name : request;
	struct out *out = show->out;

	snprintf(request, sizeof(request), "%#x", call->request);
	begin_head(show, event, "ioctl", line, sizeof(line));
	put_object(show, call->object, object, sizeof(object));
	out_i64(out, "fd", call->fd);
	out_string(out, "name", name);
	out_hex(out, "request", call->request);
	out_string(out, "result", call->result ? cli_errno_name(call->result) : "0");
	out_u64(out, "duration_ns", call->duration);
	out_bool(out, "bad_arg", call->flags & REC_IOCTL_BAD_ARG);
	out_sentence(out, "%s: %s, fd %d: %s (%s) = %s, %" PRIu64 ".%03" PRIu64 " us%s", line,
		     object, call->fd, name, request,
		     call->result ? cli_errno_name(call->result) : "0", call->duration / 1000,
		     call->duration % 1000,
		     call->flags & REC_IOCTL_BAD_ARG ? ", the argument cannot be read" : "");
	out_end(out);
	if (!show->brief)
		put_argument(show, event, ioctl);
}

static void show_event(const struct show *show, const struct rec_event *event)
{
	switch (event->type) {
	case REC_PROCESS:
		show_process(show, event);
		break;
	case REC_OBJECT:
		show_object(show, event);
		break;
	case REC_FD:
		show_fd(show, event);
		break;
	case REC_IOCTL:
		show_ioctl(show, event);
		break;
	case REC_CONTENTS:
		show_contents(show, event);
		break;
	case REC_JOB:
		show_job(show, event);
		break;
	default:
		show_missing(show, event);
	}
	out_emit(show->out);
}

/* Shows all records of an open file. */
static enum cli_exit show_all(struct cli *cli, struct show *show, struct rec_reader *reader,
			      const char *path)
{
	struct rec_world *world = rec_world_create(NULL, NULL);
	enum cli_exit status = CLI_EXIT_OK;
	enum rec_status next;
	struct rec_event event;

	if (!world)
		return cli_no_memory(cli);
	show->world = world;
	while ((next = rec_next(reader, &event)) == REC_OK) {
		if (!rec_world_apply(world, &event)) {
			status = cli_error(cli, CLI_EXIT_FAILURE,
					   "%s has more open at a time than is believable", path);
			break;
		}
		show_event(show, &event);
	}
	if (next == REC_ERROR)
		status = cli_error(cli, CLI_EXIT_FAILURE, "%s %s", path, reader->error);
	rec_world_destroy(world);
	return status;
}

static enum cli_exit run_show(struct cli *cli, const struct cli_args *args)
{
	struct show show = {
		.out = cli->out,
		.brief = cli_option(args, "brief"),
		.bytes = cli_option(args, "bytes"),
	};
	const char *path = cli_word(args, 0);
	struct rec_reader reader;
	enum cli_exit status;

	status = recording_open(cli, path, &reader);
	if (status)
		return status;
	show.reader = &reader;
	status = show_all(cli, &show, &reader, path);
	recording_close(&reader);
	return status;
}

static const struct cli_option show_options[] = {
	{ "brief", 'b', NULL, "a line for each record, without arguments" },
	{ "bytes", 'x', NULL, "contents of buffers too" },
	{ NULL },
};

const struct cli_verb cli_verbs_show[] = {
	{
		.name = "show",
		.group = "record",
		.synopsis = "[--brief] [--bytes] FILE",
		.summary = "print a recording",
		.details =
			"Every record of a file that record has made, in order: calls with their "
			"arguments, what the kernel has written into them and the arrays that "
			"they point to, each field under its name in the uapi; what descriptors "
			"stand for; and what has changed in buffers. A line begins with the "
			"seconds since the recording began and the thread.",
		.options = show_options,
		.min_words = 1,
		.max_words = 1,
		.run = run_show,
	},
	{ .name = NULL },
};
