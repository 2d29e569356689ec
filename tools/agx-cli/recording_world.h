/* SPDX-License-Identifier: MIT */
/*
 * What is open at a point of a recording: objects, and the descriptors of each process.
 */
#ifndef AGX_CLI_RECORDING_WORLD_H
#define AGX_CLI_RECORDING_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "recording.h"

struct rec_world;

struct rec_world_object {
	/* As in the recording. */
	uint64_t number;
	uint32_t kind;
	/* A number for people: from 1 for those of each kind, in the order of the recording. */
	unsigned int index;
	/* Descriptors of all processes. */
	unsigned int fds;
	/* The caller's. */
	void *data;
};

/*
 * @closed, unless it is NULL, is called for an object of which the last descriptor has gone; it may
 * come back. NULL without memory.
 */
struct rec_world *rec_world_create(void (*closed)(void *context, struct rec_world_object *object),
				   void *context);
/* Calls nobody. */
void rec_world_destroy(struct rec_world *world);

/*
 * What a record changes: to be called with all, after it has been looked at. False if there is no
 * memory, or the recording has more open than any program can.
 */
bool rec_world_apply(struct rec_world *world, const struct rec_event *event);

/* NULL if there is none. */
struct rec_world_object *rec_world_object(const struct rec_world *world, uint64_t number);
struct rec_world_object *rec_world_fd(const struct rec_world *world, uint32_t pid, int32_t fd);

void rec_world_for_each(const struct rec_world *world,
			void (*visit)(void *context, struct rec_world_object *object),
			void *context);

/* "device", "dma-buf" and so on. */
const char *rec_kind_name(uint32_t kind);

#endif /* AGX_CLI_RECORDING_WORLD_H */
