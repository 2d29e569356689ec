// SPDX-License-Identifier: MIT
#include "recording_world.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Of all processes together: enough for any program, and little for a file that is made to hurt. */
#define MAX_FDS 65536
#define MAX_OBJECTS (1u << 20)
#define NUM_KINDS 5

struct world_fd {
	uint32_t pid;
	int32_t fd;
	/* Borrowed from the world. */
	struct rec_world_object *object;
};

struct rec_world {
	/* Trees of struct rec_world_object and of struct world_fd. */
	void *objects;
	void *fds;
	unsigned int num_objects;
	unsigned int num_fds;
	unsigned int last_index[NUM_KINDS];

	void (*closed)(void *context, struct rec_world_object *object);
	void *context;
};

static int compare_objects(const void *left, const void *right)
{
	const struct rec_world_object *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

static int compare_fds(const void *left, const void *right)
{
	const struct world_fd *a = left, *b = right;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->fd > b->fd) - (a->fd < b->fd);
}

struct rec_world *rec_world_create(void (*closed)(void *context, struct rec_world_object *object),
				   void *context)
{
	struct rec_world *world = calloc(1, sizeof(*world));

	if (!world)
		return NULL;
	world->closed = closed;
	world->context = context;
	return world;
}

void rec_world_destroy(struct rec_world *world)
{
	if (!world)
		return;
	tdestroy(world->fds, free);
	tdestroy(world->objects, free);
	free(world);
}

struct rec_world_object *rec_world_object(const struct rec_world *world, uint64_t number)
{
	const struct rec_world_object key = { .number = number };
	struct rec_world_object **found = tfind(&key, &world->objects, compare_objects);

	return found ? *found : NULL;
}

static struct world_fd *find_fd(const struct rec_world *world, uint32_t pid, int32_t fd)
{
	const struct world_fd key = { .pid = pid, .fd = fd };
	struct world_fd **found = tfind(&key, &world->fds, compare_fds);

	return found ? *found : NULL;
}

struct rec_world_object *rec_world_fd(const struct rec_world *world, uint32_t pid, int32_t fd)
{
	const struct world_fd *entry = find_fd(world, pid, fd);

	return entry ? entry->object : NULL;
}

static void close_fd(struct rec_world *world, uint32_t pid, int32_t fd)
{
	struct world_fd *entry = find_fd(world, pid, fd);
	struct rec_world_object *object;

	if (!entry)
		return;
	object = entry->object;
	tdelete(entry, &world->fds, compare_fds);
	free(entry);
	world->num_fds--;
	if (!--object->fds && world->closed)
		world->closed(world->context, object);
}

static bool open_fd(struct rec_world *world, uint32_t pid, int32_t fd,
		    struct rec_world_object *object)
{
	struct world_fd *entry;

	if (world->num_fds == MAX_FDS)
		return false;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return false;
	entry->pid = pid;
	entry->fd = fd;
	entry->object = object;
	if (!tsearch(entry, &world->fds, compare_fds)) {
		free(entry);
		return false;
	}
	world->num_fds++;
	object->fds++;
	return true;
}

static bool apply_object(struct rec_world *world, const struct rec_object *record)
{
	struct rec_world_object *object = rec_world_object(world, record->object);

	if (object)
		return true;
	if (world->num_objects == MAX_OBJECTS)
		return false;
	object = calloc(1, sizeof(*object));
	if (!object)
		return false;
	object->number = record->object;
	object->kind = record->kind;
	object->index = ++world->last_index[record->kind < NUM_KINDS ? record->kind : 0];
	if (!tsearch(object, &world->objects, compare_objects)) {
		free(object);
		return false;
	}
	world->num_objects++;
	return true;
}

static bool apply_fd(struct rec_world *world, uint32_t pid, const struct rec_fd *record)
{
	struct rec_world_object *object = rec_world_object(world, record->object);

	close_fd(world, pid, record->fd);
	return !object || open_fd(world, pid, record->fd, object);
}

/* Descriptors of a process. */
struct list {
	uint32_t pid;
	struct world_fd *entries;
	unsigned int num;
};

static void add_to_list(const void *node, VISIT visit, void *context)
{
	const struct world_fd *entry = *(struct world_fd *const *)node;
	struct list *list = context;

	if ((visit == postorder || visit == leaf) && entry->pid == list->pid)
		list->entries[list->num++] = *entry;
}

static bool list_fds(const struct rec_world *world, uint32_t pid, struct list *list)
{
	list->pid = pid;
	list->num = 0;
	list->entries = calloc(world->num_fds + 1, sizeof(*list->entries));
	if (!list->entries)
		return false;
	twalk_r(world->fds, add_to_list, list);
	return true;
}

static void close_all(struct rec_world *world, uint32_t pid, const struct list *list)
{
	unsigned int i;

	for (i = 0; i < list->num; i++)
		close_fd(world, pid, list->entries[i].fd);
}

static bool apply_process(struct rec_world *world, const struct rec_event *event)
{
	struct list own, parents = { 0 };
	bool done = true;
	unsigned int i;

	/* Whatever is left of a process that had the number before, or of a program. */
	if (!list_fds(world, event->pid, &own))
		return false;
	close_all(world, event->pid, &own);
	free(own.entries);
	if (event->process.is.reason != REC_PROCESS_FORK)
		return true;

	if (!list_fds(world, event->process.is.parent, &parents))
		return false;
	for (i = 0; i < parents.num && done; i++)
		done = open_fd(world, event->pid, parents.entries[i].fd,
			       parents.entries[i].object);
	free(parents.entries);
	return done;
}

bool rec_world_apply(struct rec_world *world, const struct rec_event *event)
{
	switch (event->type) {
	case REC_PROCESS:
		return apply_process(world, event);
	case REC_OBJECT:
		return apply_object(world, &event->object.is);
	case REC_FD:
		return apply_fd(world, event->pid, &event->fd);
	default:
		return true;
	}
}

struct visitor {
	void (*visit)(void *context, struct rec_world_object *object);
	void *context;
};

static void visit_object(const void *node, VISIT visit, void *context)
{
	const struct visitor *visitor = context;

	if (visit == postorder || visit == leaf)
		visitor->visit(visitor->context, *(struct rec_world_object *const *)node);
}

void rec_world_for_each(const struct rec_world *world,
			void (*visit)(void *context, struct rec_world_object *object),
			void *context)
{
	struct visitor visitor = { .visit = visit, .context = context };

	twalk_r(world->objects, visit_object, &visitor);
}

const char *rec_kind_name(uint32_t kind)
{
	switch (kind) {
	case REC_DEVICE:
		return "device";
	case REC_DMABUF:
		return "dma-buf";
	case REC_SYNC_FILE:
		return "sync_file";
	case REC_SYNCOBJ:
		return "syncobj";
	default:
		return "object";
	}
}
