// SPDX-License-Identifier: MIT
#include "preload_objects.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm.h>

#include "preload.h"
#include "preload_out.h"

#define MAX_FDS 65536

/* Written under preload_lock. */
static struct object *_Atomic table[MAX_FDS];

static uint32_t last_number;

bool object_is_tracked(int fd)
{
	return fd >= 0 && fd < MAX_FDS && atomic_load(&table[fd]);
}

static void put_fd(int fd, uint64_t number)
{
	const struct rec_fd record = { .fd = fd, .object = number };

	rec_put(out_begin(REC_FD), &record, sizeof(record));
	out_end();
}

static void attach(int fd, struct object *object)
{
	object->fds++;
	atomic_store(&table[fd], object);
	put_fd(fd, object->number);
}

void object_close(int fd)
{
	struct object *object;

	if (!object_is_tracked(fd))
		return;
	object = atomic_exchange(&table[fd], NULL);
	put_fd(fd, 0);
	if (--object->fds)
		return;
	bos_fini(&object->bos);
	free(object);
}

void object_close_range(unsigned int first, unsigned int last)
{
	unsigned int fd;

	for (fd = first; fd <= last && fd < MAX_FDS; fd++)
		object_close(fd);
}

struct object *object_find(int fd)
{
	struct object *object;
	struct stat st;

	if (!object_is_tracked(fd))
		return NULL;
	object = atomic_load(&table[fd]);
	if (!fstat(fd, &st) && st.st_dev == object->dev && st.st_ino == object->ino)
		return object;

	/* Closed in a way that went by us. */
	object_close(fd);
	return NULL;
}

static uint64_t new_number(void)
{
	return (uint64_t)out_pid() << 32 | ++last_number;
}

/* dma-bufs have an inode of their own, in all processes. */
static uint64_t dmabuf_number(const struct stat *st)
{
	return 1ull << 63 | st->st_ino;
}

static struct object *find_number(uint64_t number)
{
	struct object *object;
	unsigned int fd;

	for (fd = 0; fd < MAX_FDS; fd++) {
		object = atomic_load(&table[fd]);
		if (object && object->number == number)
			return object;
	}
	return NULL;
}

static struct object *new_object(const struct stat *st, enum rec_kind kind)
{
	struct object *object = calloc(1, sizeof(*object));

	if (!object)
		return NULL;
	object->number = kind == REC_DMABUF ? dmabuf_number(st) : new_number();
	object->kind = kind;
	object->dev = st->st_dev;
	object->ino = st->st_ino;
	return object;
}

static void put_object(const struct object *object, uint32_t flags, uint64_t size,
		       const char *path, const struct drm_asahi_params_global *params)
{
	const struct rec_object record = {
		.object = object->number,
		.kind = object->kind,
		.flags = flags,
		.size = size,
		.path_size = strlen(path) + 1,
		.params_size = params ? sizeof(*params) : 0,
	};
	struct rec_buffer *buffer = out_begin(REC_OBJECT);

	rec_put(buffer, &record, sizeof(record));
	rec_put(buffer, path, record.path_size);
	rec_put(buffer, params, record.params_size);
	out_end();
}

struct object *object_adopt(int fd, enum rec_kind kind, uint32_t flags)
{
	struct object *object = NULL;
	struct stat st;
	off_t size = 0;

	if (fd < 0 || fd >= MAX_FDS || fstat(fd, &st))
		return NULL;
	object_close(fd);
	if (kind == REC_DMABUF) {
		object = find_number(dmabuf_number(&st));
		size = lseek(fd, 0, SEEK_END);
		lseek(fd, 0, SEEK_SET);
	}
	if (!object) {
		object = new_object(&st, kind);
		if (!object)
			return NULL;
		put_object(object, flags, size > 0 ? size : 0, "", NULL);
	}
	attach(fd, object);
	return object;
}

static bool is_ours(int fd)
{
	char name[16] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) };

	return !real.ioctl(fd, DRM_IOCTL_VERSION, &version) && version.name_len == 5 &&
	       !memcmp(name, "asahi", 5);
}

struct object *object_adopt_device(int fd)
{
	struct drm_asahi_params_global params = { 0 };
	struct drm_asahi_get_params args = {
		.pointer = (uintptr_t)&params,
		.size = sizeof(params),
	};
	char link[32], path[256];
	struct object *object;
	struct stat st;
	ssize_t len;

	if (fd < 0 || fd >= MAX_FDS || fstat(fd, &st) || !is_ours(fd))
		return NULL;
	object = new_object(&st, REC_DEVICE);
	if (!object)
		return NULL;

	real.ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &args);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	put_object(object, 0, 0, path, &params);
	attach(fd, object);
	return object;
}

void object_dup(int fd, int to)
{
	struct object *object = object_find(fd);

	if (fd == to)
		return;
	object_close(to);
	if (object && to >= 0 && to < MAX_FDS)
		attach(to, object);
}

bool object_forked(void)
{
	struct object *object;
	bool open = false;
	unsigned int fd;

	for (fd = 0; fd < MAX_FDS; fd++) {
		object = atomic_load(&table[fd]);
		if (!object)
			continue;
		open = true;
		bos_forked(&object->bos);
	}
	return open;
}
