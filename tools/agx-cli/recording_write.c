// SPDX-License-Identifier: MIT
#include "recording.h"

#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "recordings are little endian"
#endif

static bool make_room(struct rec_buffer *buffer, size_t size)
{
	size_t room = buffer->room ? buffer->room : 4096;
	uint8_t *data;

	if (buffer->failed || size > REC_MAX_SIZE - buffer->size) {
		buffer->failed = true;
		return false;
	}
	while (room < buffer->size + size)
		room *= 2;
	if (room == buffer->room)
		return true;

	data = realloc(buffer->data, room);
	if (!data) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->room = room;
	return true;
}

void rec_put(struct rec_buffer *buffer, const void *data, size_t size)
{
	const size_t pad = -size & 7;

	if (size > REC_MAX_SIZE || !make_room(buffer, size + pad)) {
		buffer->failed = true;
		return;
	}
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	memset(buffer->data + buffer->size + size, 0, pad);
	buffer->size += size + pad;
}

void rec_begin(struct rec_buffer *buffer, enum rec_type type, uint32_t pid, uint32_t tid,
	       uint64_t time)
{
	const struct rec_header header = {
		.magic = REC_MAGIC,
		.type = type,
		.pid = pid,
		.tid = tid,
		.time = time,
	};

	buffer->size = 0;
	buffer->failed = false;
	rec_put(buffer, &header, sizeof(header));
}

void rec_end(struct rec_buffer *buffer)
{
	const uint32_t size = buffer->size;

	if (!buffer->failed)
		memcpy(buffer->data + offsetof(struct rec_header, size), &size, sizeof(size));
}

void rec_buffer_free(struct rec_buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

void rec_file_header_init(struct rec_file_header *header, uint32_t flags, uint64_t realtime,
			  uint64_t monotonic)
{
	memset(header, 0, sizeof(*header));
	memcpy(header->magic, REC_FILE_MAGIC, sizeof(header->magic));
	header->version = REC_VERSION;
	header->size = sizeof(*header);
	header->flags = flags;
	header->realtime = realtime;
	header->monotonic = monotonic;
}
