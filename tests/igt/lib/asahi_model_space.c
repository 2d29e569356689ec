// SPDX-License-Identifier: MIT
/* Mappings as a list of ranges. */
#include <stddef.h>

#include "asahi_drm.h"
#include "asahi_model_space.h"

#define PAGE 0x4000u

bool asahi_model_space_full(const struct asahi_model_space *space)
{
	/* A step adds a mapping and cuts another in two. */
	return space->num + 2 * 3 > ASAHI_MODEL_MAPPINGS;
}

static void add(struct asahi_model_space *space, const struct asahi_model_mapping *mapping)
{
	if (mapping->start < mapping->end)
		space->mappings[space->num++] = *mapping;
}

void asahi_model_space_unmap(struct asahi_model_space *space, uint64_t start, uint64_t end)
{
	unsigned int i = 0;

	while (i < space->num) {
		const struct asahi_model_mapping old = space->mappings[i];
		struct asahi_model_mapping head = old, tail = old;

		/* What is added at the end is outside of the range, and passed over here. */
		if (old.end <= start || old.start >= end) {
			i++;
			continue;
		}
		space->mappings[i] = space->mappings[--space->num];

		head.end = start;
		tail.start = end;
		if (!(old.flags & DRM_ASAHI_BIND_SINGLE_PAGE))
			tail.offset += end - old.start;
		if (old.start < start)
			add(space, &head);
		if (old.end > end)
			add(space, &tail);
	}
}

void asahi_model_space_unmap_bo(struct asahi_model_space *space, int bo)
{
	unsigned int i = 0;

	while (i < space->num) {
		if (space->mappings[i].bo == bo)
			space->mappings[i] = space->mappings[--space->num];
		else
			i++;
	}
}

void asahi_model_space_map(struct asahi_model_space *space,
			   const struct asahi_model_mapping *mapping)
{
	asahi_model_space_unmap(space, mapping->start, mapping->end);
	add(space, mapping);
}

const struct asahi_model_mapping *asahi_model_space_find(const struct asahi_model_space *space,
							 uint64_t addr, uint64_t *offset)
{
	unsigned int i;

	for (i = 0; i < space->num; i++) {
		const struct asahi_model_mapping *mapping = &space->mappings[i];

		if (addr < mapping->start || addr >= mapping->end)
			continue;
		*offset = mapping->offset;
		if (mapping->flags & DRM_ASAHI_BIND_SINGLE_PAGE)
			*offset += addr % PAGE;
		else
			*offset += addr - mapping->start;
		return mapping;
	}
	return NULL;
}
