// SPDX-License-Identifier: MIT
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_agx.h>

struct cli_file {
	int fd;

	/* Owned; NULL until the object layer is wanted. Borrows @fd, or owns it. */
	struct drm_agx_device *dev;
	bool dev_owns_fd;
};

struct cli_session_name {
	/* Owned. */
	char *name;
	uint64_t value;
	struct cli_session_name *next;
};

struct cli_session {
	/* Owned; NULL for none. */
	struct cli_file *file;
	struct cli_session_name *names;
};

struct cli_session *cli_session_create(void)
{
	return calloc(1, sizeof(struct cli_session));
}

static void close_file(struct cli_file *file)
{
	if (!file)
		return;

	drm_agx_device_unref(file->dev);
	if (!file->dev_owns_fd)
		close(file->fd);
	free(file);
}

void cli_session_destroy(struct cli_session *session)
{
	struct cli_session_name *name, *next;

	if (!session)
		return;

	for (name = session->names; name; name = next) {
		next = name->next;
		free(name->name);
		free(name);
	}
	close_file(session->file);
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
		return cli_failure(cli, err, "cannot open %s (open, VERSION or GET_PARAMS)",
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

static int open_first(struct cli_file *file)
{
	int ret = drm_agx_device_open(&file->dev);

	if (ret)
		return ret;

	file->fd = drm_agx_device_fd(file->dev);
	file->dev_owns_fd = true;
	return 0;
}

enum cli_exit cli_open(struct cli *cli, struct cli_file **file)
{
	struct cli_file *opened;
	int ret;

	if (cli->session->file) {
		*file = cli->session->file;
		return CLI_EXIT_OK;
	}

	opened = calloc(1, sizeof(*opened));
	if (!opened)
		return cli_no_memory(cli);

	ret = cli->device ? open_path(cli->device, opened) : open_first(opened);
	if (ret) {
		free(opened);
		return open_failed(cli, cli->device, ret);
	}
	cli->session->file = opened;
	*file = opened;
	return CLI_EXIT_OK;
}

int cli_file_fd(const struct cli_file *file)
{
	return file->fd;
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
	struct cli_file *file;
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
