// SPDX-License-Identifier: MIT
#include "replay_ids.h"

#include <search.h>
#include <stdlib.h>

/* Ids are given from 1 on, so this makes one that no driver has given. */
#define NEVER_GIVEN 0x40000000

struct id {
	uint32_t from;
	uint32_t to;
};

static int compare(const void *left, const void *right)
{
	const struct id *a = left, *b = right;

	return (a->from > b->from) - (a->from < b->from);
}

static struct id *find(const struct replay_ids *ids, uint32_t from)
{
	const struct id key = { .from = from };
	struct id **found = tfind(&key, &ids->root, compare);

	return found ? *found : NULL;
}

bool replay_ids_has(const struct replay_ids *ids, uint32_t from)
{
	return find(ids, from);
}

uint32_t replay_ids_map(const struct replay_ids *ids, uint32_t from)
{
	const struct id *id = find(ids, from);

	if (id)
		return id->to;
	return from ? from | NEVER_GIVEN : 0;
}

bool replay_ids_set(struct replay_ids *ids, uint32_t from, uint32_t to)
{
	struct id *id = find(ids, from);

	if (id) {
		id->to = to;
		return true;
	}
	id = malloc(sizeof(*id));
	if (!id)
		return false;
	id->from = from;
	id->to = to;
	if (!tsearch(id, &ids->root, compare)) {
		free(id);
		return false;
	}
	return true;
}

void replay_ids_drop(struct replay_ids *ids, uint32_t from)
{
	struct id *id = find(ids, from);

	if (!id)
		return;
	tdelete(id, &ids->root, compare);
	free(id);
}

void replay_ids_fini(struct replay_ids *ids)
{
	tdestroy(ids->root, free);
	ids->root = NULL;
}
