// SPDX-License-Identifier: MIT
#include "put_submit.h"

#include <stdint.h>

#include <asahi_drm.h>

#include "fields.h"
#include "out.h"
#include "uapi.h"

/* No device takes as many. */
#define MAX_COMMANDS 4096

static void put_attachments(struct out *out, const uint8_t *payload, size_t size)
{
	const size_t stride = uapi_attachment.size;
	size_t at;

	out_begin_array(out, "attachments");
	for (at = 0; at < size; at += stride) {
		out_begin_object(out, NULL);
		cli_put_struct(out, &uapi_attachment, payload + at,
			       size - at < stride ? size - at : stride);
		out_end(out);
	}
	out_end(out);
}

static void put_payload(struct out *out, const struct uapi_command *command, const uint8_t *buf)
{
	const struct uapi_struct *type = uapi_command_struct(command->type);
	const uint8_t *payload = buf + command->payload;

	if (!type) {
		out_bytes(out, "payload", command->payload, payload, command->size);
		return;
	}
	if (type == &uapi_attachment) {
		put_attachments(out, payload, command->size);
		return;
	}
	out_begin_object(out, command->type == DRM_ASAHI_CMD_RENDER ? "render" : "compute");
	cli_put_struct(out, type, payload, command->size);
	/* What a newer header has behind it. */
	if (command->size > type->size)
		out_bytes(out, "more", command->payload + type->size, payload + type->size,
			  command->size - type->size);
	out_end(out);
}

size_t put_commands(struct out *out, const void *buf, size_t size)
{
	struct uapi_command command;
	unsigned int count = 0;
	size_t offset = 0;

	while (count++ < MAX_COMMANDS && uapi_next_command(buf, size, &offset, &command)) {
		out_begin_object(out, NULL);
		out_hex(out, "offset", command.offset);
		if (command.payload - command.offset < uapi_cmd_header.size) {
			out_bytes(out, "cut_off", command.offset,
				  (const uint8_t *)buf + command.offset, size - command.offset);
			out_end(out);
			break;
		}
		cli_put_struct(out, &uapi_cmd_header, (const uint8_t *)buf + command.offset,
			       uapi_cmd_header.size);
		if (!command.whole)
			out_u64(out, "cut_off_at", command.size);
		put_payload(out, &command, buf);
		out_end(out);
	}
	return size - offset;
}
