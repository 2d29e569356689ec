/* SPDX-License-Identifier: MIT */
/*
 * What is known here of a file: what was made on it and not given up since, as far as this process
 * did it. For reasons of errors, and for people; never for what is sent.
 */
#ifndef AGX_CLI_KNOWN_H
#define AGX_CLI_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum known_kind {
	KNOWN_VM,
	KNOWN_BO,
	KNOWN_QUEUE,
	KNOWN_OBJECT,
	KNOWN_SYNCOBJ,
	KNOWN_KINDS,
};

/* Of a VM, in the order of addresses; they do not overlap. */
struct known_mapping {
	uint64_t start;
	uint64_t end;
	uint32_t handle;
	uint32_t flags;
	uint64_t offset;

	/* Owned. */
	struct known_mapping *next;
};

struct known {
	enum known_kind kind;
	uint32_t id;

	/* Of a buffer, or of what is bound of one as timestamps. */
	uint64_t size;

	/* Of a buffer that is private, of a queue. */
	uint32_t vm_id;
	uint32_t flags;

	/* A VM's part of the kernel, and mappings; unless somebody has changed them unseen. */
	uint64_t kernel_start;
	uint64_t kernel_end;
	struct known_mapping *mappings;
	bool unsure;

	/* A buffer's memory in this process, unmapped with it; or NULL. */
	void *map;
	size_t map_size;

	struct known *next;
};

struct known_list {
	/* Owned, in no order. */
	struct known *first;
};

/* NULL for none. */
struct known *known_find(const struct known_list *list, enum known_kind kind, uint32_t id);

/* Replaces one that has the same id. NULL without memory. */
struct known *known_add(struct known_list *list, enum known_kind kind, uint32_t id);
void known_remove(struct known_list *list, enum known_kind kind, uint32_t id);
void known_clear(struct known_list *list);

/* The handle is closed: with the buffer its mappings go. */
void known_close_bo(struct known_list *list, uint32_t handle);

struct drm_asahi_gem_bind_op;

/* An op of VM_BIND on a VM that has succeeded. */
void known_bind(struct known *vm, const struct drm_asahi_gem_bind_op *op);

/* "1, 2, 7", or "none", of all that have this kind, into @buf. */
const char *known_ids(const struct known_list *list, enum known_kind kind, char *buf, size_t size);

#endif /* AGX_CLI_KNOWN_H */
