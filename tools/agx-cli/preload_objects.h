/* SPDX-License-Identifier: MIT */
/*
 * What the program's descriptors stand for. All but object_is_tracked() to be called with
 * preload_lock held.
 */
#ifndef AGX_CLI_PRELOAD_OBJECTS_H
#define AGX_CLI_PRELOAD_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "preload_bos.h"
#include "recording.h"

struct object {
	uint64_t number;
	enum rec_kind kind;
	/* Descriptors of this process; nobody else holds it. */
	unsigned int fds;
	/* To notice that a descriptor has become another file's. */
	dev_t dev;
	ino_t ino;
	/* Of a device. */
	struct device_bos bos;
};

/* Whether a descriptor may stand for an object. Without the lock. */
bool object_is_tracked(int fd);

/* The object of a descriptor; NULL if it has none or has become another file's. */
struct object *object_find(int fd);

/*
 * The device of a descriptor that is not tracked; NULL if it is none of the driver's. Records
 * object and descriptor.
 */
struct object *object_adopt_device(int fd);

/* A descriptor of another kind; NULL for want of memory. Records what is not known yet. */
struct object *object_adopt(int fd, enum rec_kind kind, uint32_t flags);

/* @to is a copy of @fd, whatever it has been before. */
void object_dup(int fd, int to);

/* Descriptors are about to be closed, or have been by somebody else. */
void object_close(int fd);
void object_close_range(unsigned int first, unsigned int last);

/* In a copy of a process; returns whether anything is open. */
bool object_forked(void);

#endif /* AGX_CLI_PRELOAD_OBJECTS_H */
