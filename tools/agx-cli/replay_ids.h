/* SPDX-License-Identifier: MIT */
/* Which id of this device stands for which one of a recording. */
#ifndef AGX_CLI_REPLAY_IDS_H
#define AGX_CLI_REPLAY_IDS_H

#include <stdbool.h>
#include <stdint.h>

struct replay_ids {
	/* A tree; owned. */
	void *root;
};

/* Whether there is one for @from. */
bool replay_ids_has(const struct replay_ids *ids, uint32_t from);

/* The id here; for one that the recording has not made, one that is not there either. */
uint32_t replay_ids_map(const struct replay_ids *ids, uint32_t from);

/* Replaces what there was for @from. False without memory. */
bool replay_ids_set(struct replay_ids *ids, uint32_t from, uint32_t to);
void replay_ids_drop(struct replay_ids *ids, uint32_t from);
void replay_ids_fini(struct replay_ids *ids);

#endif /* AGX_CLI_REPLAY_IDS_H */
