// SPDX-License-Identifier: MIT
/*
 * What is there: on this file, and as the driver tells it in debugfs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "args.h"
#include "clock_ns.h"
#include "known.h"
#include "out.h"
#include "session.h"

#define DEBUGFS "/sys/kernel/debug/dri"

/* A file of the driver's folder in debugfs, or of the one that the command line names. */
static FILE *open_debugfs(struct cli *cli, const struct cli_args *args, const char *name,
			  enum cli_exit *status)
{
	const char *folder = cli_option(args, "debugfs");
	struct cli_file *file;
	struct stat st;
	char path[512];
	FILE *from;

	if (folder) {
		snprintf(path, sizeof(path), "%s/%s", folder, name);
	} else {
		*status = cli_open(cli, &file);
		if (*status)
			return NULL;
		if (fstat(cli_file_fd(file), &st))
			st.st_rdev = 0;
		snprintf(path, sizeof(path), DEBUGFS "/%u/%s", minor(st.st_rdev), name);
	}

	from = fopen(path, "re");
	if (from)
		return from;
	*status = errno == EACCES || errno == EPERM ? CLI_EXIT_NO_PERMISSION : CLI_EXIT_UNSUPPORTED;
	cli_errno_error(cli, *status, errno, "cannot open %s", path);
	return NULL;
}

static enum cli_exit run_objects(struct cli *cli, const struct cli_args *args)
{
	char line[128], name[64];
	enum cli_exit status;
	int count;
	FILE *from;

	from = open_debugfs(cli, args, "objects", &status);
	if (!from)
		return status;

	while (fgets(line, sizeof(line), from))
		if (sscanf(line, "%63s %d", name, &count) == 2)
			out_i64(cli->out, name, count);
	fclose(from);
	return CLI_EXIT_OK;
}

static void put_mapping(struct cli *cli, const struct known_mapping *mapping)
{
	struct out *out = cli->out;

	out_begin_object(out, NULL);
	out_hex(out, "start", mapping->start);
	out_hex(out, "end", mapping->end);
	out_bool(out, "read", mapping->flags & DRM_ASAHI_BIND_READ);
	out_bool(out, "write", mapping->flags & DRM_ASAHI_BIND_WRITE);
	out_bool(out, "single_page", mapping->flags & DRM_ASAHI_BIND_SINGLE_PAGE);
	out_u64(out, "handle", mapping->handle);
	out_hex(out, "offset", mapping->offset);
	out_end(out);
}

static void put_vm(struct cli *cli, const struct known *vm)
{
	const struct known_mapping *mapping;
	struct out *out = cli->out;

	out_begin_object(out, NULL);
	out_u64(out, "vm_id", vm->id);
	out_hex(out, "kernel_start", vm->kernel_start);
	out_hex(out, "kernel_end", vm->kernel_end);
	out_bool(out, "complete", !vm->unsure);
	out_begin_array(out, "mappings");
	for (mapping = vm->mappings; mapping; mapping = mapping->next)
		put_mapping(cli, mapping);
	out_end(out);
	out_end(out);
}

/*
 * The kernel's: lines "vm NUMBER ...", and behind each those of its mappings, which begin with
 * blanks. They are put as they are: people read them, and the numbers are not those of the uapi.
 */
static void put_kernel_vms(struct cli *cli, FILE *from)
{
	bool in_vm = false;
	char line[256];

	out_begin_array(cli->out, "kernel_vms");
	while (fgets(line, sizeof(line), from)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line != ' ') {
			if (in_vm) {
				out_end(cli->out);
				out_end(cli->out);
			}
			in_vm = true;
			out_begin_object(cli->out, NULL);
			out_string(cli->out, "vm", line);
			out_begin_array(cli->out, "mappings");
		} else if (in_vm) {
			out_begin_object(cli->out, NULL);
			out_string(cli->out, "text", line + strspn(line, " "));
			out_sentence(cli->out, "%s", line + strspn(line, " "));
			out_end(cli->out);
		}
	}
	if (in_vm) {
		out_end(cli->out);
		out_end(cli->out);
	}
	out_end(cli->out);
}

static enum cli_exit run_vm_show(struct cli *cli, const struct cli_args *args)
{
	const char *word = cli_field(args, "vm_id");
	const struct known *known;
	char messages[256];
	struct cli_file *file;
	enum cli_exit status;
	uint64_t id = 0;
	size_t since;
	FILE *from;

	if (word && !cli_number(cli, "vm_id", word, &id))
		return CLI_EXIT_USAGE;
	status = cli_open(cli, &file);
	if (status)
		return status;
	if (word && !known_find(cli_file_known(file), KNOWN_VM, id))
		return cli_usage(cli, "no address space %" PRIu64 " was made here", id);

	out_begin_array(cli->out, "vms");
	for (known = cli_file_known(file)->first; known; known = known->next)
		if (known->kind == KNOWN_VM && (!word || known->id == id))
			put_vm(cli, known);
	out_end(cli->out);
	if (word)
		return CLI_EXIT_OK;

	/* Nothing that everybody has. */
	since = cli_hold_errors(cli);
	from = open_debugfs(cli, args, "vms", &status);
	cli_take_errors(cli, since, messages, sizeof(messages));
	if (!from) {
		out_string(cli->out, "kernel_vms_error", messages);
		return CLI_EXIT_OK;
	}
	put_kernel_vms(cli, from);
	fclose(from);
	return CLI_EXIT_OK;
}

static enum cli_exit run_time(struct cli *cli, const struct cli_args *args)
{
	struct drm_asahi_get_time get = { 0 };
	uint64_t before, after;
	struct cli_file *file;
	enum cli_exit status;
	int ret;

	status = cli_open(cli, &file);
	if (status)
		return status;

	before = clock_ns(CLOCK_MONOTONIC);
	ret = drm_agx_ioctl_get_time(cli_file_fd(file), &get, sizeof(get));
	after = clock_ns(CLOCK_MONOTONIC);
	if (ret)
		return cli_ioctl_failure(cli, ret, "GET_TIME", NULL, NULL);

	out_u64(cli->out, "gpu_ns", get.gpu_timestamp);
	out_u64(cli->out, "cpu_ns", before);
	out_meaning(cli->out, "CLOCK_MONOTONIC before the call");
	out_u64(cli->out, "call_ns", after - before);
	out_i64(cli->out, "gpu_minus_cpu_ns", get.gpu_timestamp - before);
	cli->has_result = true;
	cli->result = get.gpu_timestamp;
	return CLI_EXIT_OK;
}

static const struct cli_option debugfs_options[] = {
	{ "debugfs", 0, "FOLDER", "where the driver's files are, instead of " DEBUGFS "/MINOR" },
	{ NULL },
};

static const struct cli_field show_fields[] = {
	{ "vm_id", "only this one, and nothing of the kernel" },
	{ NULL },
};

const struct cli_verb cli_verbs_look[] = {
	{
		.name = "time",
		.group = "look",
		.synopsis = "",
		.summary = "print the GPU's clock and the CPU's",
		.has_result = true,
		.run = run_time,
	},
	{
		.name = "vm show",
		.group = "look",
		.synopsis = "[vm_id=ID]",
		.summary = "print what address spaces map",
		.details =
			"As far as it was made in this session, and as the kernel tells it of all "
			"files in debugfs, where that can be read. The kernel's numbers of "
			"address spaces are not those of any file.",
		.options = debugfs_options,
		.fields = show_fields,
		.run = run_vm_show,
	},
	{
		.name = "objects",
		.group = "look",
		.synopsis = "",
		.summary = "print how many objects of the driver are alive, by type",
		.details = "All files together, from debugfs; not every driver counts.",
		.options = debugfs_options,
		.run = run_objects,
	},
	{ .name = NULL },
};
