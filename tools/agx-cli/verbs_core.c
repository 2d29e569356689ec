// SPDX-License-Identifier: MIT
/*
 * Ioctls of the DRM core that go with those of the driver: handles, dma-bufs, syncobjs, sync_files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <drm_agx.h>
#include <linux/sync_file.h>
#include <xf86drm.h>

#include "args.h"
#include "call.h"
#include "fields.h"
#include "known.h"
#include "out.h"
#include "session.h"

#define WAIT_DEFAULT_NS 1000000000

/* So that a mapping of it can be written to, as those of libagx can. */
static enum cli_exit run_export(struct cli *cli, const struct cli_args *args)
{
	struct call call;
	enum cli_exit status;

	status = call_init(cli, args, &call);
	if (status)
		return status;

	call_default(&call, args, "flags", DRM_CLOEXEC | DRM_RDWR);
	return call_run_and_put(cli, args, &call);
}

/* The syncobj that the fields are about, and the file. */
struct sync {
	int fd;
	uint32_t handle;
	uint64_t point;
};

static enum cli_exit find_sync(struct cli *cli, const struct cli_args *args, struct sync *sync)
{
	const char *handle = cli_field(args, "handle"), *point = cli_field(args, "point");
	struct cli_file *file;
	enum cli_exit status;
	uint64_t value;

	if (!handle)
		return cli_usage(cli, "%s lacks handle=", args->verb->name);
	if (!cli_number_between(cli, "handle", handle, 0, UINT32_MAX, &value))
		return CLI_EXIT_USAGE;
	sync->handle = value;
	sync->point = 0;
	if (point && !cli_number(cli, "point", point, &sync->point))
		return CLI_EXIT_USAGE;

	status = cli_open(cli, &file);
	if (!status)
		sync->fd = cli_file_fd(file);
	return status;
}

/* libdrm returns -1 and an errno, or that. */
static int error_of(int ret)
{
	return ret == -1 ? errno : abs(ret);
}

static enum cli_exit sync_failed(struct cli *cli, int ret, const char *call,
				 const struct sync *sync)
{
	char reason[64];
	int err = error_of(ret);

	switch (err) {
	case ENOENT:
		snprintf(reason, sizeof(reason), "no syncobj %u in this file", sync->handle);
		break;
	case ETIME:
		snprintf(reason, sizeof(reason), "syncobj %u has not signaled", sync->handle);
		break;
	case EINVAL:
		snprintf(reason, sizeof(reason), "perhaps syncobj %u has no fence", sync->handle);
		break;
	default:
		return cli_ioctl_failure(cli, err, call, NULL, NULL);
	}
	return cli_ioctl_failure(cli, err, call, NULL, reason);
}

static enum cli_exit run_syncobj_wait(struct cli *cli, const struct cli_args *args)
{
	const char *timeout = cli_field(args, "timeout");
	uint64_t ns = WAIT_DEFAULT_NS;
	struct sync sync;
	enum cli_exit status;
	int64_t deadline, part;
	int ret;

	if (timeout && !cli_duration(cli, "timeout", timeout, &ns))
		return CLI_EXIT_USAGE;
	status = find_sync(cli, args, &sync);
	if (status)
		return status;

	deadline = drm_agx_deadline(ns);
	do {
		if (cli_interrupted())
			return cli_error(cli, CLI_EXIT_FAILURE, "interrupted");
		part = cli_part_of_wait(deadline);
		ret = drmSyncobjTimelineWait(sync.fd, &sync.handle, &sync.point, 1, part,
					     DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, NULL);
	} while (ret && error_of(ret) == ETIME && part < deadline);
	return ret ? sync_failed(cli, ret, "SYNCOBJ_TIMELINE_WAIT", &sync) : CLI_EXIT_OK;
}

static enum cli_exit run_syncobj_signal(struct cli *cli, const struct cli_args *args)
{
	struct sync sync;
	enum cli_exit status;
	int ret;

	status = find_sync(cli, args, &sync);
	if (status)
		return status;

	if (sync.point) {
		ret = drmSyncobjTimelineSignal(sync.fd, &sync.handle, &sync.point, 1);
		return ret ? sync_failed(cli, ret, "SYNCOBJ_TIMELINE_SIGNAL", &sync) : CLI_EXIT_OK;
	}
	ret = drmSyncobjSignal(sync.fd, &sync.handle, 1);
	return ret ? sync_failed(cli, ret, "SYNCOBJ_SIGNAL", &sync) : CLI_EXIT_OK;
}

static enum cli_exit run_syncobj_reset(struct cli *cli, const struct cli_args *args)
{
	struct sync sync;
	enum cli_exit status;
	int ret;

	status = find_sync(cli, args, &sync);
	if (status)
		return status;

	ret = drmSyncobjReset(sync.fd, &sync.handle, 1);
	return ret ? sync_failed(cli, ret, "SYNCOBJ_RESET", &sync) : CLI_EXIT_OK;
}

static enum cli_exit run_syncobj_query(struct cli *cli, const struct cli_args *args)
{
	struct sync sync;
	enum cli_exit status;
	uint64_t point;
	int ret;

	status = find_sync(cli, args, &sync);
	if (status)
		return status;

	ret = drmSyncobjQuery(sync.fd, &sync.handle, &point, 1);
	if (ret)
		return sync_failed(cli, ret, "SYNCOBJ_QUERY", &sync);
	out_u64(cli->out, "point", point);
	cli->has_result = true;
	cli->result = point;
	return CLI_EXIT_OK;
}

/* How the work behind the fence of a sync_file ended. */
static enum cli_exit put_status(struct cli *cli, int fd)
{
	struct sync_file_info info = { 0 };

	if (drmIoctl(fd, SYNC_IOC_FILE_INFO, &info))
		return cli_ioctl_failure(cli, errno, "SYNC_FILE_INFO", NULL, NULL);

	out_i64(cli->out, "fence_status", info.status);
	out_meaning(cli->out, "%s", info.status < 0 ? cli_errno_name(info.status) :
					      info.status ? "done" : "not done");
	out_u64(cli->out, "num_fences", info.num_fences);
	cli->has_result = true;
	cli->result = (int64_t)info.status;
	return CLI_EXIT_OK;
}

static enum cli_exit run_syncobj_status(struct cli *cli, const struct cli_args *args)
{
	struct sync sync;
	enum cli_exit status;
	int ret, fd;

	status = find_sync(cli, args, &sync);
	if (status)
		return status;

	ret = drmSyncobjExportSyncFile(sync.fd, sync.handle, &fd);
	if (ret)
		return sync_failed(cli, ret, "SYNCOBJ_HANDLE_TO_FD", &sync);
	status = put_status(cli, fd);
	close(fd);
	return status;
}

static enum cli_exit find_fd(struct cli *cli, const struct cli_args *args, int *fd)
{
	if (!cli_field(args, "fd"))
		return cli_usage(cli, "%s lacks fd=", args->verb->name);
	return cli_fd(cli, "fd", cli_field(args, "fd"), fd) ? CLI_EXIT_OK : CLI_EXIT_USAGE;
}

static enum cli_exit run_sync_file_status(struct cli *cli, const struct cli_args *args)
{
	enum cli_exit status;
	int fd;

	status = find_fd(cli, args, &fd);
	return status ? status : put_status(cli, fd);
}

static enum cli_exit run_fd_close(struct cli *cli, const struct cli_args *args)
{
	enum cli_exit status;
	int fd;

	status = find_fd(cli, args, &fd);
	if (status)
		return status;

	/* Not those that this program is made of. */
	if (fd >= 0 && fd <= STDERR_FILENO)
		return cli_usage(cli, "fd=%d is a standard stream", fd);
	if (close(fd))
		return cli_failure(cli, errno, "cannot close %d", fd);
	return CLI_EXIT_OK;
}

static const struct cli_field gem_close_fields[] = {
	{ "handle", "GEM handle; EINVAL for none" },
	{ "pad", "has to be 0" },
	{ NULL },
};

static const struct cli_field export_fields[] = {
	{ "handle", "GEM handle; ENOENT for none, EINVAL if private" },
	{ "flags", "of the descriptor; default: CLOEXEC|RDWR" },
	{ "fd", "the dma-buf" },
	{ NULL },
};

static const struct cli_field import_fields[] = {
	{ "handle", "the GEM handle, the same as before if the file has one for this buffer" },
	{ "flags", "not looked at" },
	{ "fd", "dma-buf; EBADF for none" },
	{ NULL },
};

static const struct cli_field create_fields[] = {
	{ "handle", "the syncobj" },
	{ "flags", "how it begins" },
	{ NULL },
};

static const struct cli_field destroy_fields[] = {
	{ "handle", "syncobj; EINVAL for none" },
	{ "pad", "has to be 0" },
	{ NULL },
};

static const struct cli_field to_fd_fields[] = {
	{ "handle", "syncobj; EINVAL for none" },
	{ "flags", "SYNC_FILE for the fence that it has now, 0 for the syncobj itself" },
	{ "fd", "the descriptor" },
	{ "pad", "has to be 0" },
	{ NULL },
};

static const struct cli_field from_fd_fields[] = {
	{ "handle", "the syncobj; with SYNC_FILE the one that gets the fence" },
	{ "flags", "SYNC_FILE for the fence of a sync_file, 0 for a syncobj" },
	{ "fd", "the descriptor" },
	{ "pad", "has to be 0" },
	{ NULL },
};

static const struct cli_field wait_fields[] = {
	{ "handle", "syncobj; ENOENT for none" },
	{ "point", "of a timeline; default: 0, for a binary one" },
	{ "timeout", "such as 2s or 100ms; ETIME after it; default: 1s" },
	{ NULL },
};

static const struct cli_field signal_fields[] = {
	{ "handle", "syncobj; ENOENT for none" },
	{ "point", "of a timeline; default: 0, for a binary one" },
	{ NULL },
};

static const struct cli_field sync_fields[] = {
	{ "handle", "syncobj; ENOENT for none" },
	{ NULL },
};

static const struct cli_field fd_fields[] = {
	{ "fd", "the descriptor; EBADF for none" },
	{ NULL },
};

#define CORE_VERB(verb, call, args, doer, does) \
	{ \
		.name = (verb), \
		.ioctl = (call), \
		.group = "buffers and fences", \
		.synopsis = "[FIELD=VALUE...]", \
		.summary = (does), \
		.options = call_options, \
		.fields = (args), \
		.run = (doer), \
	}

#define SYNC_VERB(verb, args, doer, makes, does) \
	{ \
		.name = (verb), \
		.group = "buffers and fences", \
		.synopsis = "FIELD=VALUE...", \
		.summary = (does), \
		.fields = (args), \
		.has_result = (makes), \
		.run = (doer), \
	}

const struct cli_verb cli_verbs_core[] = {
	CORE_VERB("gem-close", "GEM_CLOSE", gem_close_fields, call_run_verb,
		  "give up a GEM handle, and what it has mapped"),
	CORE_VERB("prime-handle-to-fd", "PRIME_HANDLE_TO_FD", export_fields, run_export,
		  "make a dma-buf of a buffer"),
	CORE_VERB("prime-fd-to-handle", "PRIME_FD_TO_HANDLE", import_fields, call_run_verb,
		  "take a dma-buf into the file"),
	CORE_VERB("syncobj-create", "SYNCOBJ_CREATE", create_fields, call_run_verb,
		  "make a syncobj"),
	CORE_VERB("syncobj-destroy", "SYNCOBJ_DESTROY", destroy_fields, call_run_verb,
		  "give up a syncobj"),
	CORE_VERB("syncobj-handle-to-fd", "SYNCOBJ_HANDLE_TO_FD", to_fd_fields, call_run_verb,
		  "make a descriptor of a syncobj, or of its fence"),
	CORE_VERB("syncobj-fd-to-handle", "SYNCOBJ_FD_TO_HANDLE", from_fd_fields, call_run_verb,
		  "take a syncobj, or a fence"),
	SYNC_VERB("syncobj-wait", wait_fields, run_syncobj_wait, false,
		  "wait until a fence has signaled"),
	SYNC_VERB("syncobj-signal", signal_fields, run_syncobj_signal, false,
		  "signal from the CPU"),
	SYNC_VERB("syncobj-reset", sync_fields, run_syncobj_reset, false,
		  "drop the fence of a syncobj"),
	SYNC_VERB("syncobj-query", sync_fields, run_syncobj_query, true,
		  "print how far a timeline has come"),
	SYNC_VERB("syncobj-status", sync_fields, run_syncobj_status, true,
		  "print how the work behind a syncobj ended: 1, 0 or an error"),
	SYNC_VERB("sync-file-status", fd_fields, run_sync_file_status, true,
		  "print how the work behind a sync_file ended: 1, 0 or an error"),
	SYNC_VERB("fd-close", fd_fields, run_fd_close, false, "close a descriptor"),
	{ .name = NULL },
};
