// SPDX-License-Identifier: MIT
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_agx.h>
#include <xf86drm.h>

#include "known.h"
#include "process.h"

struct cli_file {
	/* Owned. */
	char *name;
	int fd;

	/* Owned; NULL until the object layer is wanted. Borrows @fd. */
	struct drm_agx_device *dev;

	struct known_list known;
	struct cli_file *next;
};

struct cli_session_name {
	/* Owned. */
	char *name;
	uint64_t value;
	struct cli_session_name *next;
};

struct cli_session_block {
	struct cli_session_block *next;
	size_t size;
	uint64_t data[];
};

struct cli_session {
	/* Owned. */
	struct cli_file *files;
	struct cli_session_name *names;
	struct cli_session_block *blocks;
	struct process_list *processes;

	/* One of @files; NULL for none. */
	struct cli_file *used;

	/* A file was opened, so that no other is without being asked for. */
	bool opened;
};

struct cli_session *cli_session_create(void)
{
	struct cli_session *session = calloc(1, sizeof(*session));

	if (!session)
		return NULL;

	session->processes = process_list_create();
	if (!session->processes) {
		free(session);
		return NULL;
	}
	return session;
}

struct process_list *cli_processes(struct cli_session *session)
{
	return session->processes;
}

static void free_file(struct cli_file *file)
{
	known_clear(&file->known);
	drm_agx_device_unref(file->dev);
	close(file->fd);
	free(file->name);
	free(file);
}

void cli_close_file(struct cli_session *session, struct cli_file *file)
{
	struct cli_file **at = &session->files;

	while (*at != file)
		at = &(*at)->next;
	*at = file->next;
	if (session->used == file)
		session->used = NULL;
	free_file(file);
}

void cli_session_destroy(struct cli_session *session)
{
	struct cli_session_block *block, *next_block;
	struct cli_session_name *name, *next;

	if (!session)
		return;

	for (name = session->names; name; name = next) {
		next = name->next;
		free(name->name);
		free(name);
	}
	for (block = session->blocks; block; block = next_block) {
		next_block = block->next;
		free(block);
	}
	process_list_destroy(session->processes);
	while (session->files)
		cli_close_file(session, session->files);
	free(session);
}

static enum cli_exit open_failed(struct cli *cli, const char *path, int err)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		cli_failure(cli, err, "no permission to open %s",
			    path ? path : "the render nodes in /dev/dri");
		return CLI_EXIT_NO_PERMISSION;
	case -ENODEV:
	case -ENOTTY:
		return cli_error(cli, CLI_EXIT_NO_DEVICE, "%s %s device of the driver asahi",
				 path ? path : "/dev/dri", path ? "is no" : "has no working");
	case -EISDIR:
	case -ENOENT:
	case -ENOTDIR:
	case -ENXIO:
		cli_failure(cli, err, "cannot open %s", path ? path : "a render node in /dev/dri");
		return CLI_EXIT_NO_DEVICE;
	default:
		return cli_failure(cli, err, "cannot open %s (open or VERSION)",
				   path ? path : "a render node in /dev/dri");
	}
}

/* Of the driver only the name is asked, so that one that is not finished can be looked at. */
static int open_path(const char *path, struct cli_file *file)
{
	int ret;

	file->fd = open(path, O_RDWR | O_CLOEXEC);
	if (file->fd < 0)
		return -errno;

	ret = drm_agx_probe(file->fd);
	if (ret)
		close(file->fd);
	return ret;
}

/* As drm_agx_device_open() does it; what cannot be opened only counts if nothing else can. */
static int open_one_of(drmDevicePtr *devices, int count, struct cli_file *file)
{
	int ret, first = -ENODEV;
	int i;

	for (i = 0; i < count; i++) {
		if (!(devices[i]->available_nodes & (1 << DRM_NODE_RENDER)))
			continue;
		ret = open_path(devices[i]->nodes[DRM_NODE_RENDER], file);
		if (!ret)
			return 0;
		if (ret == -EACCES || ret == -EPERM)
			first = ret;
	}
	return first;
}

static int open_first(struct cli_file *file)
{
	drmDevicePtr devices[DRM_MAX_MINOR];
	int count, ret;

	count = drmGetDevices2(0, devices, ARRAY_SIZE(devices));
	if (count < 0)
		return count == -ENOENT ? -ENODEV : count;
	ret = open_one_of(devices, count, file);
	drmFreeDevices(devices, count);
	return ret;
}

enum cli_exit cli_open_as(struct cli *cli, const char *name, const char *path)
{
	struct cli_session *session = cli->session;
	struct cli_file *file, **last;
	int ret;

	if (!cli_is_name(name))
		return cli_usage(cli, "\"%s\" cannot be a name", name);
	if (cli_find_file(session, name))
		return cli_usage(cli, "a file is called %s already", name);

	file = calloc(1, sizeof(*file));
	if (file)
		file->name = strdup(name);
	if (!file || !file->name) {
		free(file);
		return cli_no_memory(cli);
	}

	ret = path ? open_path(path, file) : open_first(file);
	if (ret) {
		free(file->name);
		free(file);
		return open_failed(cli, path, ret);
	}
	for (last = &session->files; *last; last = &(*last)->next)
		;
	*last = file;
	session->used = file;
	session->opened = true;
	return CLI_EXIT_OK;
}

enum cli_exit cli_open(struct cli *cli, struct cli_file **file)
{
	enum cli_exit status;

	if (!cli->session->opened) {
		status = cli_open_as(cli, "gpu", cli->device);
		if (status)
			return status;
	}
	if (!cli->session->used)
		return cli_usage(cli, "no file is in use");

	*file = cli->session->used;
	return CLI_EXIT_OK;
}

struct cli_file *cli_find_file(struct cli_session *session, const char *name)
{
	struct cli_file *file;

	for (file = session->files; file; file = file->next)
		if (!strcmp(file->name, name))
			return file;
	return NULL;
}

void cli_use_file(struct cli_session *session, struct cli_file *file)
{
	session->used = file;
}

struct cli_file *cli_next_file(struct cli_session *session, struct cli_file *file)
{
	return file ? file->next : session->files;
}

bool cli_file_in_use(const struct cli_session *session, const struct cli_file *file)
{
	return session->used == file;
}

const char *cli_file_name(const struct cli_file *file)
{
	return file->name;
}

int cli_file_fd(const struct cli_file *file)
{
	return file->fd;
}

struct known_list *cli_file_known(struct cli_file *file)
{
	return &file->known;
}

enum cli_exit cli_file_device(struct cli *cli, struct cli_file *file, struct drm_agx_device **dev)
{
	int ret;

	if (!file->dev) {
		ret = drm_agx_device_create(file->fd, DRM_AGX_FD_BORROW, &file->dev);
		if (ret)
			return cli_ioctl_failure(cli, ret, "GET_PARAMS", NULL, NULL);
	}
	*dev = file->dev;
	return CLI_EXIT_OK;
}

enum cli_exit cli_device(struct cli *cli, struct drm_agx_device **dev)
{
	struct cli_file *file = NULL;
	enum cli_exit status = cli_open(cli, &file);

	return status ? status : cli_file_device(cli, file, dev);
}

const char *cli_fd_path(int fd, char *buf, size_t size)
{
	char link[32];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, buf, size - 1);
	buf[len > 0 ? len : 0] = '\0';
	return buf;
}

static struct cli_session_name *find_name(const struct cli_session *session, const char *name,
					  size_t len)
{
	struct cli_session_name *known;

	for (known = session->names; known; known = known->next)
		if (strlen(known->name) == len && !strncmp(known->name, name, len))
			return known;
	return NULL;
}

bool cli_set_name(struct cli_session *session, const char *name, uint64_t value)
{
	struct cli_session_name *known = find_name(session, name, strlen(name));

	if (!known) {
		known = calloc(1, sizeof(*known));
		if (known)
			known->name = strdup(name);
		if (!known || !known->name) {
			free(known);
			return false;
		}
		known->next = session->names;
		session->names = known;
	}
	known->value = value;
	return true;
}

bool cli_get_name(const struct cli_session *session, const char *name, size_t len, uint64_t *value)
{
	const struct cli_session_name *known = find_name(session, name, len);

	if (known)
		*value = known->value;
	return known;
}

const char *cli_nth_name(const struct cli_session *session, unsigned int index)
{
	const struct cli_session_name *name = session->names;

	while (name && index--)
		name = name->next;
	return name ? name->name : NULL;
}

void *cli_session_memory(struct cli_session *session, size_t size)
{
	struct cli_session_block *block = NULL;

	if (size <= SIZE_MAX - sizeof(*block))
		block = calloc(1, sizeof(*block) + size);
	if (!block)
		return NULL;

	block->size = size;
	block->next = session->blocks;
	session->blocks = block;
	return block->data;
}

size_t cli_session_memory_size(const struct cli_session *session, uint64_t address)
{
	const struct cli_session_block *block;

	for (block = session->blocks; block; block = block->next)
		if ((uintptr_t)block->data == address)
			return block->size;
	return 0;
}
