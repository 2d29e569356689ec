// SPDX-License-Identifier: MIT
/* Reads recordings, which may come from anybody: nothing in them is believed. */
#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a record. */
struct rest {
	const uint8_t *data;
	size_t size;
};

static bool __attribute__((format(printf, 2, 3))) fail(struct rec_reader *reader,
						       const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(reader->error, sizeof(reader->error), format, ap);
	va_end(ap);
	return false;
}

static bool read_bytes(struct rec_reader *reader, void *data, size_t size, size_t *got)
{
	*got = fread(data, 1, size, reader->file);
	if (*got < size && ferror(reader->file))
		return fail(reader, "cannot be read at offset %" PRIu64 ": %s: %s",
			    reader->offset + *got, strerrorname_np(errno), strerror(errno));
	return true;
}

bool rec_reader_init(struct rec_reader *reader, FILE *file)
{
	struct rec_file_header *header = &reader->header;
	size_t got;
	int c;

	memset(reader, 0, sizeof(*reader));
	reader->file = file;
	if (!read_bytes(reader, header, sizeof(*header), &got))
		return false;
	if (got < sizeof(header->magic) ||
	    memcmp(header->magic, REC_FILE_MAGIC, sizeof(header->magic)))
		return fail(reader, "is no recording of agx-cli");
	if (got < sizeof(*header))
		return fail(reader, "ends in its first %zu bytes", sizeof(*header));
	if (header->version != REC_VERSION)
		return fail(reader, "has version %u of the format; known is %u", header->version,
			    REC_VERSION);
	if (header->size < sizeof(*header) || header->size > 4096 || header->size % 8)
		return fail(reader, "has a first part of %u bytes", header->size);

	/* Of a newer version that is compatible. */
	for (reader->offset = got; reader->offset < header->size; reader->offset++) {
		c = getc(file);
		if (c == EOF)
			return fail(reader, "ends in its first %u bytes", header->size);
	}
	return true;
}

void rec_reader_fini(struct rec_reader *reader)
{
	free(reader->data);
	reader->data = NULL;
}

/* Cuts @size bytes, and what fills them up, off the rest; NULL if there are not so many. */
static const void *take(struct rest *rest, uint64_t size)
{
	const uint8_t *data = rest->data;
	uint64_t padded = (size + 7) & ~7ull;

	if (padded < size || padded > rest->size)
		return NULL;
	rest->data += padded;
	rest->size -= padded;
	return data;
}

static bool take_struct(struct rest *rest, void *to, size_t size)
{
	const void *data = take(rest, size);

	if (!data)
		return false;
	memcpy(to, data, size);
	return true;
}

/* Its last byte is a zero. */
static const char *take_string(struct rest *rest, uint32_t size)
{
	const char *string = take(rest, size);

	return string && size && !string[size - 1] ? string : NULL;
}

static bool parse_process(struct rec_event *event, struct rest *rest)
{
	if (!take_struct(rest, &event->process.is, sizeof(event->process.is)))
		return false;
	event->process.name = take_string(rest, event->process.is.name_size);
	return event->process.name;
}

static bool parse_object(struct rec_event *event, struct rest *rest)
{
	const struct rec_object *object = &event->object.is;

	if (!take_struct(rest, &event->object.is, sizeof(event->object.is)))
		return false;
	event->object.path = take_string(rest, object->path_size);
	event->object.params = object->params_size ? take(rest, object->params_size) : NULL;
	return object->object && event->object.path &&
	       (!object->params_size || event->object.params);
}

static bool parse_ioctl(struct rec_event *event, struct rest *rest)
{
	const struct rec_ioctl *ioctl = &event->ioctl.is;
	struct rec_array_header header;
	unsigned int i;

	if (!take_struct(rest, &event->ioctl.is, sizeof(event->ioctl.is)) ||
	    ioctl->num_arrays > REC_MAX_ARRAYS || ioctl->result > 0)
		return false;
	event->ioctl.before = take(rest, ioctl->arg_size);
	event->ioctl.after = take(rest, ioctl->arg_size);
	if (!event->ioctl.after)
		return false;

	for (i = 0; i < ioctl->num_arrays; i++) {
		struct rec_array *array = &event->ioctl.arrays[i];

		if (!take_struct(rest, &header, sizeof(header)))
			return false;
		array->pointer = header.pointer;
		array->flags = header.flags;
		array->size = header.flags & REC_ARRAY_ABSENT ? 0 : header.size;
		array->data = take(rest, array->size);
		if (!array->data)
			return false;
	}
	return true;
}

static bool parse_contents(struct rec_event *event, struct rest *rest)
{
	const struct rec_contents *contents = &event->contents.is;

	if (!take_struct(rest, &event->contents.is, sizeof(event->contents.is)) ||
	    contents->offset + contents->size < contents->offset)
		return false;
	event->contents.data = take(rest, contents->size);
	return event->contents.data;
}

static bool parse(struct rec_event *event, struct rest *rest)
{
	switch (event->type) {
	case REC_PROCESS:
		return parse_process(event, rest);
	case REC_OBJECT:
		return parse_object(event, rest);
	case REC_FD:
		return take_struct(rest, &event->fd, sizeof(event->fd));
	case REC_IOCTL:
		return parse_ioctl(event, rest);
	case REC_CONTENTS:
		return parse_contents(event, rest);
	case REC_JOB:
		return take_struct(rest, &event->job, sizeof(event->job));
	default:
		return take_struct(rest, &event->missing, sizeof(event->missing));
	}
}

static bool make_room(struct rec_reader *reader, size_t size)
{
	uint8_t *data;

	if (size <= reader->room)
		return true;
	data = realloc(reader->data, size);
	if (!data)
		return fail(reader, "has a record of %zu bytes: no memory", size);
	reader->data = data;
	reader->room = size;
	return true;
}

/* Reads the next record, of whatever type, all but its header to reader->data. */
static enum rec_status read_record(struct rec_reader *reader, struct rec_header *header)
{
	size_t got, size;

	if (!read_bytes(reader, header, sizeof(*header), &got))
		return REC_ERROR;
	if (!got)
		return REC_END;
	if (got < sizeof(*header)) {
		fail(reader, "ends in the middle of the record at offset %" PRIu64, reader->offset);
		return REC_ERROR;
	}
	if (header->magic != REC_MAGIC || header->size < sizeof(*header) || header->size % 8 ||
	    header->size > REC_MAX_SIZE) {
		fail(reader, "is damaged at offset %" PRIu64, reader->offset);
		return REC_ERROR;
	}

	size = header->size - sizeof(*header);
	if (!make_room(reader, size) || !read_bytes(reader, reader->data, size, &got))
		return REC_ERROR;
	if (got < size) {
		fail(reader, "ends in the middle of the record at offset %" PRIu64, reader->offset);
		return REC_ERROR;
	}
	return REC_OK;
}

enum rec_status rec_next(struct rec_reader *reader, struct rec_event *event)
{
	struct rec_header header;
	enum rec_status status;
	struct rest rest;

	do {
		memset(event, 0, sizeof(*event));
		event->offset = reader->offset;
		status = read_record(reader, &header);
		if (status != REC_OK)
			return status;
		reader->offset += header.size;
	} while (header.type < REC_PROCESS || header.type > REC_MISSING);

	event->type = header.type;
	event->pid = header.pid;
	event->tid = header.tid;
	event->time = header.time;
	rest.data = reader->data;
	rest.size = header.size - sizeof(header);
	if (!parse(event, &rest)) {
		fail(reader, "has a record of type %u at offset %" PRIu64 " that makes no sense",
		     event->type, event->offset);
		return REC_ERROR;
	}
	return REC_OK;
}

const struct rec_array *rec_find_array(const struct rec_event *event, uint32_t pointer)
{
	unsigned int i;

	for (i = 0; i < event->ioctl.is.num_arrays; i++)
		if (event->ioctl.arrays[i].pointer == pointer &&
		    !(event->ioctl.arrays[i].flags & REC_ARRAY_ABSENT))
			return &event->ioctl.arrays[i];
	return NULL;
}
