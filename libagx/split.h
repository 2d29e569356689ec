/* SPDX-License-Identifier: MIT */
/*
 * A command buffer in pieces that the kernel takes.
 *
 * Within each piece barriers count from its own start, and attachments begin anew. So a barrier on
 * a command of an earlier piece becomes 0, one on all that was submitted before to that stream. One
 * of 0 stays and means the same, which is more than in the whole: the uapi has no way to say
 * "before the first piece". A piece begins with the attachments that are set where it starts.
 *
 * The first command of the last piece waits for everything before it in both streams, whatever it
 * asks for, so that the last piece's fence is the fence of all. As each stream is in order this
 * holds back the commands of the same stream behind it too; those of the other stream overlap with
 * earlier pieces as before.
 */
#ifndef AGXI_SPLIT_H
#define AGXI_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGXI_SPLIT_NUM_STAGES 3

struct agxi_split {
	/* The commands of the piece; owned. There is none before agxi_split_next(). */
	uint8_t *piece;
	size_t piece_size;
	bool is_last;

	/* What is left of the whole; borrowed from the caller. */
	const uint8_t *next;
	const uint8_t *end;

	uint32_t max_commands;

	/* Commands that are not in a piece yet. */
	uint32_t commands_left;

	/* Commands of each stream in earlier pieces. */
	uint32_t num_render;
	uint32_t num_compute;

	/* Last setting of each stage, of the whole; borrowed, NULL for none. */
	const uint8_t *attachments[AGXI_SPLIT_NUM_STAGES];

	/* Whether the piece lacks it yet. */
	bool stale[AGXI_SPLIT_NUM_STAGES];
};

/* @cmdbuf is well-formed, has @num_commands, and stays until agxi_split_fini(). -ENOMEM. */
int agxi_split_init(struct agxi_split *split, const uint8_t *cmdbuf, size_t size,
		    uint32_t max_commands, uint32_t num_commands);
void agxi_split_fini(struct agxi_split *split);

/* Makes the next piece; false if there is no command left. */
bool agxi_split_next(struct agxi_split *split);

#endif /* AGXI_SPLIT_H */
