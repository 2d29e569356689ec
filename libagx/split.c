// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>

#include "private.h"
#include "split.h"

/* What the piece has so far of each stream. */
struct agxi_split_counts {
	uint32_t render;
	uint32_t compute;
};

int agxi_split_init(struct agxi_split *split, const uint8_t *cmdbuf, size_t size,
		    uint32_t max_commands, uint32_t num_commands)
{
	memset(split, 0, sizeof(*split));

	/* What a piece repeats of what comes before it is not in it otherwise. */
	split->piece = calloc(1, size);
	if (!split->piece)
		return agxi_error(ENOMEM);

	split->next = cmdbuf;
	split->end = cmdbuf + size;
	split->max_commands = max_commands;
	split->commands_left = num_commands;
	return 0;
}

void agxi_split_fini(struct agxi_split *split)
{
	free(split->piece);
	split->piece = NULL;
}

static struct drm_asahi_cmd_header agxi_split_header(const uint8_t *cmd)
{
	struct drm_asahi_cmd_header header;

	memcpy(&header, cmd, sizeof(header));
	return header;
}

static void agxi_split_put(struct agxi_split *split, const struct drm_asahi_cmd_header *header,
			   const uint8_t *cmd)
{
	uint8_t *out = split->piece + split->piece_size;

	memcpy(out, header, sizeof(*header));
	memcpy(out + sizeof(*header), cmd + sizeof(*header), header->size);
	split->piece_size += sizeof(*header) + header->size;
}

/* Puts in the attachments that the piece lacks. */
static void agxi_split_put_attachments(struct agxi_split *split)
{
	struct drm_asahi_cmd_header header;
	int i;

	for (i = 0; i < AGXI_SPLIT_NUM_STAGES; i++) {
		if (!split->stale[i])
			continue;
		header = agxi_split_header(split->attachments[i]);
		agxi_split_put(split, &header, split->attachments[i]);
		split->stale[i] = false;
	}
}

static uint16_t agxi_split_rebase(uint16_t barrier, uint32_t done)
{
	if (barrier == DRM_ASAHI_BARRIER_NONE)
		return barrier;
	return barrier > done ? barrier - done : 0;
}

static void agxi_split_put_command(struct agxi_split *split, struct drm_asahi_cmd_header header,
				   struct agxi_split_counts *counts)
{
	bool is_first = !counts->render && !counts->compute;

	agxi_split_put_attachments(split);
	if (is_first && split->is_last) {
		header.vdm_barrier = 0;
		header.cdm_barrier = 0;
	} else {
		header.vdm_barrier = agxi_split_rebase(header.vdm_barrier, split->num_render);
		header.cdm_barrier = agxi_split_rebase(header.cdm_barrier, split->num_compute);
	}
	agxi_split_put(split, &header, split->next);

	if (header.cmd_type == DRM_ASAHI_CMD_RENDER)
		counts->render++;
	else
		counts->compute++;
}

bool agxi_split_next(struct agxi_split *split)
{
	struct agxi_split_counts counts = { 0 };
	struct drm_asahi_cmd_header header;
	unsigned int stage;

	if (!split->commands_left)
		return false;

	split->piece_size = 0;
	split->is_last = split->commands_left <= split->max_commands;
	for (stage = 0; stage < AGXI_SPLIT_NUM_STAGES; stage++)
		split->stale[stage] = split->attachments[stage];

	while (split->next < split->end) {
		header = agxi_split_header(split->next);
		switch (header.cmd_type) {
		case DRM_ASAHI_CMD_RENDER:
		case DRM_ASAHI_CMD_COMPUTE:
			if (counts.render + counts.compute == split->max_commands)
				goto out;
			agxi_split_put_command(split, header, &counts);
			split->commands_left--;
			break;
		default:
			stage = header.cmd_type - DRM_ASAHI_SET_VERTEX_ATTACHMENTS;
			split->attachments[stage] = split->next;
			split->stale[stage] = true;
			break;
		}
		split->next += sizeof(header) + header.size;
	}

out:
	split->num_render += counts.render;
	split->num_compute += counts.compute;
	return true;
}
