// SPDX-License-Identifier: MIT
#include "known.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <asahi_drm.h>

struct known *known_find(const struct known_list *list, enum known_kind kind, uint32_t id)
{
	struct known *known;

	for (known = list->first; known; known = known->next)
		if (known->kind == kind && known->id == id)
			return known;
	return NULL;
}

static void free_known(struct known *known)
{
	struct known_mapping *mapping, *next;

	for (mapping = known->mappings; mapping; mapping = next) {
		next = mapping->next;
		free(mapping);
	}
	if (known->map)
		munmap(known->map, known->map_size);
	free(known);
}

struct known *known_add(struct known_list *list, enum known_kind kind, uint32_t id)
{
	struct known *known;

	known_remove(list, kind, id);
	known = calloc(1, sizeof(*known));
	if (!known)
		return NULL;

	known->kind = kind;
	known->id = id;
	known->next = list->first;
	list->first = known;
	return known;
}

void known_remove(struct known_list *list, enum known_kind kind, uint32_t id)
{
	struct known **at, *gone;

	for (at = &list->first; *at; at = &(*at)->next) {
		if ((*at)->kind != kind || (*at)->id != id)
			continue;
		gone = *at;
		*at = gone->next;
		free_known(gone);
		return;
	}
}

void known_clear(struct known_list *list)
{
	struct known *next;

	while (list->first) {
		next = list->first->next;
		free_known(list->first);
		list->first = next;
	}
}

void known_close_bo(struct known_list *list, uint32_t handle)
{
	struct known_mapping **at, *gone;
	struct known *known;

	for (known = list->first; known; known = known->next) {
		for (at = &known->mappings; *at;) {
			gone = *at;
			if (gone->handle != handle) {
				at = &gone->next;
				continue;
			}
			*at = gone->next;
			free(gone);
		}
	}
	known_remove(list, KNOWN_BO, handle);
}

static struct known_mapping *new_mapping(struct known *vm)
{
	struct known_mapping *mapping = calloc(1, sizeof(*mapping));

	if (!mapping)
		vm->unsure = true;
	return mapping;
}

/* Leaves nothing in [start, end); returns where a mapping there belongs. */
static struct known_mapping **cut(struct known *vm, uint64_t start, uint64_t end)
{
	struct known_mapping **at = &vm->mappings, *old, *tail;

	while (*at && (*at)->end <= start)
		at = &(*at)->next;

	/* What begins before and goes on behind is divided. */
	old = *at;
	if (old && old->start < start && old->end > end) {
		tail = new_mapping(vm);
		if (!tail)
			return NULL;
		*tail = *old;
		old->next = tail;
		old->end = start;
		tail->offset += tail->flags & DRM_ASAHI_BIND_SINGLE_PAGE ? 0 : end - tail->start;
		tail->start = end;
		return &old->next;
	}

	if (old && old->start < start) {
		old->end = start;
		at = &old->next;
	}
	while (*at && (*at)->end <= end) {
		old = *at;
		*at = old->next;
		free(old);
	}
	old = *at;
	if (old && old->start < end) {
		old->offset += old->flags & DRM_ASAHI_BIND_SINGLE_PAGE ? 0 : end - old->start;
		old->start = end;
	}
	return at;
}

void known_bind(struct known *vm, const struct drm_asahi_gem_bind_op *op)
{
	struct known_mapping **at, *mapping;

	if (!op->range)
		return;

	at = cut(vm, op->addr, op->addr + op->range);
	if (!at || op->flags & DRM_ASAHI_BIND_UNBIND)
		return;

	mapping = new_mapping(vm);
	if (!mapping)
		return;
	mapping->start = op->addr;
	mapping->end = op->addr + op->range;
	mapping->handle = op->handle;
	mapping->flags = op->flags;
	mapping->offset = op->offset;
	mapping->next = *at;
	*at = mapping;
}

const char *known_ids(const struct known_list *list, enum known_kind kind, char *buf, size_t size)
{
	const struct known *known;
	size_t used = 0;

	snprintf(buf, size, "none");
	for (known = list->first; known && used < size; known = known->next)
		if (known->kind == kind)
			used += snprintf(buf + used, size - used, "%s%u", used ? ", " : "",
					 known->id);
	return buf;
}
