// SPDX-License-Identifier: MIT
#include "explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <asahi_drm.h>

#define RENDER_FLAGS (DRM_ASAHI_RENDER_VERTEX_SCRATCH | DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES | \
		      DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING | DRM_ASAHI_RENDER_DBIAS_IS_INT)

/* What is known at a command of those before it. */
struct commands {
	const struct explain_context *context;
	uint32_t renders;
	uint32_t computes;
};

static bool explain_sync(const struct explain_context *context, const struct drm_asahi_sync *sync,
			 bool out, struct reason *reason)
{
	if (sync->sync_type > DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ)
		return explain(reason, "there is no sync_type %u", sync->sync_type);
	if (sync->sync_type == DRM_ASAHI_SYNC_SYNCOBJ && sync->timeline_value)
		return explain(reason, "timeline_value is not 0 for a binary syncobj");
	if (context->err == ENOENT)
		return explain_id(reason, context->known, KNOWN_SYNCOBJ, "syncobj", sync->handle);
	if (out)
		return false;

	/* All else that can be wrong is not to be seen here. */
	return explain(reason, "perhaps syncobj %u has no fence to wait for yet", sync->handle);
}

static bool explain_syncs(const struct explain_context *context,
			  const struct drm_asahi_submit *args, struct reason *reason)
{
	const uint8_t *syncs = context->call->arrays[0].bytes;
	uint64_t count = (uint64_t)args->in_sync_count + args->out_sync_count, i;
	struct drm_asahi_sync sync;

	for (i = 0; i < count && (i + 1) * sizeof(sync) <= context->call->arrays[0].size; i++) {
		memcpy(&sync, syncs + i * sizeof(sync), sizeof(sync));
		if (explain_sync(context, &sync, i >= args->in_sync_count, reason)) {
			snprintf(reason->element, sizeof(reason->element), "sync %" PRIu64, i + 1);
			return true;
		}
	}
	return false;
}

static bool explain_timestamp(const struct explain_context *context, const char *name,
			      const struct drm_asahi_timestamp *ts, struct reason *reason)
{
	const struct known *object = known_find(context->known, KNOWN_OBJECT, ts->handle);

	if (!ts->handle)
		return false;
	if (!object)
		return context->err == ENOENT && explain_id(reason, context->known, KNOWN_OBJECT,
							    "object", ts->handle);
	return (uint64_t)ts->offset + sizeof(uint64_t) > object->size &&
	       explain(reason, "%s.offset %#x is beyond object %u, which has %#" PRIx64 " bytes",
		       name, ts->offset, ts->handle, object->size);
}

static bool explain_timestamps(const struct explain_context *context, const char *name,
			       const struct drm_asahi_timestamps *ts, struct reason *reason)
{
	char start[32], end[32];

	snprintf(start, sizeof(start), "%s.start", name);
	snprintf(end, sizeof(end), "%s.end", name);
	return explain_timestamp(context, start, &ts->start, reason) ||
	       explain_timestamp(context, end, &ts->end, reason);
}

static bool utile_is_valid(const struct drm_asahi_cmd_render *cmd)
{
	return (cmd->utile_width_px == 32 || cmd->utile_width_px == 16) &&
	       (cmd->utile_height_px == 32 || cmd->utile_height_px == 16) &&
	       cmd->utile_height_px <= cmd->utile_width_px;
}

static bool explain_render(struct commands *commands, const void *payload, size_t size,
			   struct reason *reason)
{
	struct drm_asahi_cmd_render cmd = { 0 };

	memcpy(&cmd, payload, size < sizeof(cmd) ? size : sizeof(cmd));
	commands->renders++;
	if (cmd.flags & ~(uint32_t)RENDER_FLAGS)
		return explain(reason, "flags has unknown bits %#x", cmd.flags & ~RENDER_FLAGS);
	if (!cmd.width_px || !cmd.height_px || cmd.width_px > 16384 || cmd.height_px > 16384)
		return explain(reason, "width_px and height_px %u x %u are not 1 to 16384",
			       cmd.width_px, cmd.height_px);
	if (!cmd.layers || cmd.layers > 2048)
		return explain(reason, "layers %u is not 1 to 2048", cmd.layers);
	if (!utile_is_valid(&cmd))
		return explain(reason, "utile %u x %u is not 32 x 32, 32 x 16 or 16 x 16",
			       cmd.utile_width_px, cmd.utile_height_px);
	if (cmd.samples != 1 && cmd.samples != 2 && cmd.samples != 4)
		return explain(reason, "samples %u is not 1, 2 or 4", cmd.samples);
	return explain_timestamps(commands->context, "ts_vtx", &cmd.ts_vtx, reason) ||
	       explain_timestamps(commands->context, "ts_frag", &cmd.ts_frag, reason);
}

static bool explain_compute(struct commands *commands, const void *payload, size_t size,
			    struct reason *reason)
{
	struct drm_asahi_cmd_compute cmd = { 0 };

	memcpy(&cmd, payload, size < sizeof(cmd) ? size : sizeof(cmd));
	commands->computes++;
	if (cmd.flags)
		return explain(reason, "flags is not 0");
	return explain_timestamps(commands->context, "ts", &cmd.ts, reason);
}

static bool explain_attachments(const struct explain_context *context, const uint8_t *payload,
				size_t size, struct reason *reason)
{
	struct drm_asahi_attachment attachment;
	size_t at;

	if (size % sizeof(attachment))
		return explain(reason, "size %zu is not a multiple of %zu", size,
			       sizeof(attachment));
	if (context->params && size / sizeof(attachment) > context->params->max_attachments)
		return explain(reason, "%zu attachments are more than max_attachments %u",
			       size / sizeof(attachment), context->params->max_attachments);
	for (at = 0; at < size; at += sizeof(attachment)) {
		memcpy(&attachment, payload + at, sizeof(attachment));
		if (attachment.flags || attachment.pad)
			return explain(reason, "flags or pad of attachment %zu is not 0",
				       at / sizeof(attachment) + 1);
	}
	return false;
}

static bool explain_barrier(const char *name, uint32_t barrier, uint32_t before,
			    struct reason *reason)
{
	return barrier != DRM_ASAHI_BARRIER_NONE && barrier > before &&
	       explain(reason, "%s %u, but there are %u such commands before it", name, barrier,
		       before);
}

static bool explain_command(struct commands *commands, const struct uapi_command *command,
			    const uint8_t *payload, struct reason *reason)
{
	const struct explain_context *context = commands->context;

	if (!command->whole)
		return explain(reason, "the buffer ends within it");
	switch (command->type) {
	case DRM_ASAHI_CMD_RENDER:
	case DRM_ASAHI_CMD_COMPUTE:
		if (explain_barrier("vdm_barrier", command->vdm_barrier, commands->renders,
				    reason) ||
		    explain_barrier("cdm_barrier", command->cdm_barrier, commands->computes,
				    reason))
			return true;
		return command->type == DRM_ASAHI_CMD_RENDER ?
		       explain_render(commands, payload, command->size, reason) :
		       explain_compute(commands, payload, command->size, reason);
	case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
	case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
	case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
		if (command->vdm_barrier != DRM_ASAHI_BARRIER_NONE ||
		    command->cdm_barrier != DRM_ASAHI_BARRIER_NONE)
			return explain(reason, "attachments want both barriers to be NONE");
		return explain_attachments(context, payload, command->size, reason);
	default:
		return explain(reason, "there is no cmd_type %u", command->type);
	}
}

static bool explain_commands(const struct explain_context *context,
			     const struct drm_asahi_submit *args, struct reason *reason)
{
	const uint8_t *buf = context->call->arrays[1].bytes;
	struct commands commands = { .context = context };
	size_t size = args->cmdbuf_size, at = 0;
	struct uapi_command command;
	unsigned int number = 0;

	while (uapi_next_command(buf, size, &at, &command)) {
		number++;
		if (!explain_command(&commands, &command, buf + command.payload, reason))
			continue;
		snprintf(reason->element, sizeof(reason->element), "command %u", number);
		return true;
	}
	if (!commands.renders && !commands.computes)
		return explain(reason, "there is no command to render or compute");
	return context->params &&
	       commands.renders + commands.computes >
		       context->params->max_commands_per_submission &&
	       explain(reason, "%u commands are more than max_commands_per_submission %u",
		       commands.renders + commands.computes,
		       context->params->max_commands_per_submission);
}

bool explain_submit(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_submit *args = context->arg;
	const struct call *call = context->call;

	if (args->flags)
		return explain(reason, "flags is not 0");
	if (context->err == ENOENT &&
	    explain_id(reason, context->known, KNOWN_QUEUE, "queue", args->queue_id))
		return true;
	if (context->err == EFAULT)
		return explain(reason, "syncs or cmdbuf is no memory of this process");

	/* Only what was made here can be looked at. */
	if ((uintptr_t)call->arrays[1].bytes == args->cmdbuf &&
	    args->cmdbuf_size <= call->arrays[1].size && explain_commands(context, args, reason))
		return true;
	return (uintptr_t)call->arrays[0].bytes == args->syncs &&
	       explain_syncs(context, args, reason);
}
