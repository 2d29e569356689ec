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
			 struct reason *reason)
{
	if (sync->sync_type > DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ &&
	    explain(context, reason, EINVAL, "there is no sync_type %u", sync->sync_type))
		return true;
	if (sync->sync_type == DRM_ASAHI_SYNC_SYNCOBJ && sync->timeline_value &&
	    explain(context, reason, EINVAL, "timeline_value is not 0 for a binary syncobj"))
		return true;
	return explain_id(context, reason, ENOENT, KNOWN_SYNCOBJ, "syncobj", sync->handle);
}

/* What cannot be seen here; only to be said if nothing else is wrong. */
static bool guess_sync(const struct explain_context *context, const struct drm_asahi_sync *sync,
		       struct reason *reason)
{
	return explain(context, reason, EINVAL, "perhaps syncobj %u has no fence to wait for yet",
		       sync->handle);
}

static bool for_syncs(const struct explain_context *context, uint64_t count,
		      bool (*explain_one)(const struct explain_context *context,
					  const struct drm_asahi_sync *sync,
					  struct reason *reason),
		      struct reason *reason)
{
	const uint8_t *syncs = context->call->arrays[0].bytes;
	struct drm_asahi_sync sync;
	uint64_t i;

	for (i = 0; i < count && (i + 1) * sizeof(sync) <= context->call->arrays[0].size; i++) {
		memcpy(&sync, syncs + i * sizeof(sync), sizeof(sync));
		if (explain_one(context, &sync, reason)) {
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
		return explain_id(context, reason, ENOENT, KNOWN_OBJECT, "object", ts->handle);
	if (ts->offset > UINT32_MAX - sizeof(uint64_t) &&
	    explain(context, reason, EINVAL, "%s.offset %#x + 8 is more than 32 bits", name,
		    ts->offset))
		return true;
	return (uint64_t)ts->offset + sizeof(uint64_t) > object->size &&
	       explain(context, reason, ERANGE, "%s.offset %#x is beyond object %u, which has %#"
		       PRIx64 " bytes", name, ts->offset, ts->handle, object->size);
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

static bool explain_render_fields(const struct explain_context *context,
				  const struct drm_asahi_cmd_render *cmd, struct reason *reason)
{
	if (cmd->flags & ~(uint32_t)RENDER_FLAGS)
		return explain(context, reason, EINVAL, "flags has unknown bits %#x",
			       cmd->flags & ~RENDER_FLAGS);
	if (!cmd->width_px || !cmd->height_px || cmd->width_px > 16384 || cmd->height_px > 16384)
		return explain(context, reason, EINVAL,
			       "width_px and height_px %u x %u are not 1 to 16384", cmd->width_px,
			       cmd->height_px);
	if (!cmd->layers || cmd->layers > 2048)
		return explain(context, reason, EINVAL, "layers %u is not 1 to 2048", cmd->layers);
	if (!utile_is_valid(cmd))
		return explain(context, reason, EINVAL,
			       "utile %u x %u is not 32 x 32, 32 x 16 or 16 x 16",
			       cmd->utile_width_px, cmd->utile_height_px);
	return cmd->samples != 1 && cmd->samples != 2 && cmd->samples != 4 &&
	       explain(context, reason, EINVAL, "samples %u is not 1, 2 or 4", cmd->samples);
}

static bool explain_render(struct commands *commands, const void *payload, size_t size,
			   struct reason *reason)
{
	const struct explain_context *context = commands->context;
	struct drm_asahi_cmd_render cmd = { 0 };

	memcpy(&cmd, payload, size < sizeof(cmd) ? size : sizeof(cmd));
	commands->renders++;
	return explain_render_fields(context, &cmd, reason) ||
	       explain_timestamps(context, "ts_vtx", &cmd.ts_vtx, reason) ||
	       explain_timestamps(context, "ts_frag", &cmd.ts_frag, reason);
}

static bool explain_compute(struct commands *commands, const void *payload, size_t size,
			    struct reason *reason)
{
	const struct explain_context *context = commands->context;
	struct drm_asahi_cmd_compute cmd = { 0 };

	memcpy(&cmd, payload, size < sizeof(cmd) ? size : sizeof(cmd));
	commands->computes++;
	return (cmd.flags && explain(context, reason, EINVAL, "flags is not 0")) ||
	       explain_timestamps(context, "ts", &cmd.ts, reason);
}

static bool explain_attachments(const struct explain_context *context, const uint8_t *payload,
				size_t size, struct reason *reason)
{
	struct drm_asahi_attachment attachment;
	size_t at;

	if (size % sizeof(attachment))
		return explain(context, reason, EINVAL, "size %zu is not a multiple of %zu", size,
			       sizeof(attachment));
	if (context->params && size / sizeof(attachment) > context->params->max_attachments)
		return explain(context, reason, EINVAL,
			       "%zu attachments are more than max_attachments %u",
			       size / sizeof(attachment), context->params->max_attachments);
	for (at = 0; at < size; at += sizeof(attachment)) {
		memcpy(&attachment, payload + at, sizeof(attachment));
		if (attachment.flags || attachment.pad)
			return explain(context, reason, EINVAL,
				       "flags or pad of attachment %zu is not 0",
				       at / sizeof(attachment) + 1);
	}
	return false;
}

static bool explain_barrier(const struct explain_context *context, const char *name,
			    uint32_t barrier, uint32_t before, struct reason *reason)
{
	return barrier != DRM_ASAHI_BARRIER_NONE && barrier > before &&
	       explain(context, reason, EINVAL, "%s %u, but there are %u such commands before it",
		       name, barrier, before);
}

static bool explain_command(struct commands *commands, const struct uapi_command *command,
			    const uint8_t *payload, struct reason *reason)
{
	const struct explain_context *context = commands->context;

	switch (command->type) {
	case DRM_ASAHI_CMD_RENDER:
	case DRM_ASAHI_CMD_COMPUTE:
		if (explain_barrier(context, "vdm_barrier", command->vdm_barrier,
				    commands->renders, reason) ||
		    explain_barrier(context, "cdm_barrier", command->cdm_barrier,
				    commands->computes, reason))
			return true;
		return command->type == DRM_ASAHI_CMD_RENDER ?
		       explain_render(commands, payload, command->size, reason) :
		       explain_compute(commands, payload, command->size, reason);
	case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
	case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
	case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
		if ((command->vdm_barrier != DRM_ASAHI_BARRIER_NONE ||
		     command->cdm_barrier != DRM_ASAHI_BARRIER_NONE) &&
		    explain(context, reason, EINVAL, "attachments want both barriers to be NONE"))
			return true;
		return explain_attachments(context, payload, command->size, reason);
	default:
		return explain(context, reason, EINVAL, "there is no cmd_type %u", command->type);
	}
}

static void set_command(struct reason *reason, unsigned int number)
{
	snprintf(reason->element, sizeof(reason->element), "command %u", number);
}

/* They are counted before any is looked at. */
static bool explain_count(const struct explain_context *context, const uint8_t *buf, size_t size,
			  struct reason *reason)
{
	const struct drm_asahi_params_global *params = context->params;
	unsigned int number = 0, count = 0;
	struct uapi_command command;
	size_t at = 0;

	while (uapi_next_command(buf, size, &at, &command)) {
		number++;
		if (!command.whole &&
		    explain(context, reason, EINVAL, "the buffer ends within it")) {
			set_command(reason, number);
			return true;
		}
		count += command.type == DRM_ASAHI_CMD_RENDER ||
			 command.type == DRM_ASAHI_CMD_COMPUTE;
	}
	if (!count)
		return explain(context, reason, EINVAL, "there is no command to render or compute");
	return params && count > params->max_commands_per_submission &&
	       explain(context, reason, EINVAL,
		       "%u commands are more than max_commands_per_submission %u", count,
		       params->max_commands_per_submission);
}

static bool explain_commands(const struct explain_context *context, const uint8_t *buf,
			     size_t size, struct reason *reason)
{
	struct commands commands = { .context = context };
	struct uapi_command command;
	unsigned int number = 0;
	size_t at = 0;

	if (explain_count(context, buf, size, reason))
		return true;
	while (uapi_next_command(buf, size, &at, &command)) {
		number++;
		if (explain_command(&commands, &command, buf + command.payload, reason)) {
			set_command(reason, number);
			return true;
		}
	}
	return false;
}

bool explain_submit(const struct explain_context *context, struct reason *reason)
{
	const struct drm_asahi_submit *args = context->arg;
	const struct call *call = context->call;
	/* Only what was made here can be looked at. */
	const bool knows_syncs = (uintptr_t)call->arrays[0].bytes == args->syncs;
	const bool knows_commands = (uintptr_t)call->arrays[1].bytes == args->cmdbuf &&
				    args->cmdbuf_size <= call->arrays[1].size;

	if (args->flags && explain(context, reason, EINVAL, "flags is not 0"))
		return true;
	if (explain_id(context, reason, ENOENT, KNOWN_QUEUE, "queue", args->queue_id) ||
	    explain(context, reason, EFAULT, "syncs or cmdbuf is no memory of this process"))
		return true;
	if (knows_syncs &&
	    for_syncs(context, (uint64_t)args->in_sync_count + args->out_sync_count, explain_sync,
		      reason))
		return true;
	if (knows_commands && explain_commands(context, call->arrays[1].bytes, args->cmdbuf_size,
					       reason))
		return true;
	return knows_syncs && for_syncs(context, args->in_sync_count, guess_sync, reason);
}
