// SPDX-License-Identifier: MIT
/*
 * A verb for each ioctl of the driver whose struct points to no other: every field can be set, and
 * what is not set is 0, or what its description says.
 */
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "args.h"
#include "call.h"
#include "fields.h"
#include "out.h"
#include "session.h"

/* What the kernel wants at least, at the end of the window. */
static enum cli_exit default_kernel_range(struct cli *cli, const struct cli_args *args,
					  struct call *call)
{
	struct drm_asahi_params_global params;
	struct cli_file *file;
	enum cli_exit status;
	int ret;

	status = cli_open(cli, &file);
	if (status)
		return status;

	ret = drm_agx_get_params(cli_file_fd(file), 0, &params, sizeof(params));
	if (ret)
		return cli_ioctl_failure(cli, ret, "GET_PARAMS", NULL, NULL);

	call_default(call, args, "kernel_end", params.vm_end);
	call_default(call, args, "kernel_start", (params.vm_end - params.vm_kernel_min_size) &
						 -(uint64_t)DRM_AGX_PAGE_SIZE);
	return CLI_EXIT_OK;
}

static enum cli_exit run_vm_create(struct cli *cli, const struct cli_args *args)
{
	bool given = cli_field(args, "kernel_start") || cli_field(args, "kernel_end");
	struct call call;
	enum cli_exit status;

	status = call_init(cli, args, &call);
	if (!status && !given && !call_is_dry(args))
		status = default_kernel_range(cli, args, &call);
	return status ? status : call_run_and_put(cli, args, &call);
}

/* As the uapi answers it: what the kernel does not know is not there. */
static enum cli_exit run_get_params(struct cli *cli, const struct cli_args *args)
{
	size_t room = uapi_params_global.size;
	void *memory = NULL;
	struct call call;
	enum cli_exit status;
	uint64_t size;

	status = call_init(cli, args, &call);
	if (status)
		return status;

	call_default(&call, args, "size", room);
	size = cli_get_field(call.ioctl->arg, "size", call.arg);
	if (!cli_field(args, "pointer")) {
		memory = calloc(1, size > room ? size : room);
		if (!memory)
			return cli_no_memory(cli);
		call_default(&call, args, "pointer", (uintptr_t)memory);
	}

	status = call_run(cli, args, &call);
	if (!status && memory && !call_is_dry(args))
		cli_put_struct(cli->out, &uapi_params_global, memory, size);
	free(memory);
	return status;
}

#define IOCTL_VERB(verb, call, args, doer, does) \
	{ \
		.name = (verb), \
		.ioctl = (call), \
		.group = "ioctls", \
		.synopsis = "[FIELD=VALUE...]", \
		.summary = (does), \
		.options = call_options, \
		.fields = (args), \
		.run = (doer), \
	}

const struct cli_verb cli_verbs_ioctl[] = {
	IOCTL_VERB("get-params", "GET_PARAMS", cli_get_params_fields, run_get_params,
		   "the constants of the GPU"),
	IOCTL_VERB("get-time", "GET_TIME", cli_get_time_fields, call_run_verb,
		   "the clock of the GPU"),
	IOCTL_VERB("vm-create", "VM_CREATE", cli_vm_create_fields, run_vm_create,
		   "make an address space"),
	IOCTL_VERB("vm-destroy", "VM_DESTROY", cli_vm_destroy_fields, call_run_verb,
		   "give up an address space"),
	IOCTL_VERB("gem-create", "GEM_CREATE", cli_gem_create_fields, call_run_verb,
		   "allocate a buffer"),
	IOCTL_VERB("gem-mmap-offset", "GEM_MMAP_OFFSET", cli_gem_mmap_offset_fields, call_run_verb,
		   "where mmap() finds a buffer"),
	IOCTL_VERB("gem-bind-object", "GEM_BIND_OBJECT", cli_gem_bind_object_fields, call_run_verb,
		   "make a buffer one for timestamps, or end that"),
	IOCTL_VERB("queue-create", "QUEUE_CREATE", cli_queue_create_fields, call_run_verb,
		   "make a queue"),
	IOCTL_VERB("queue-destroy", "QUEUE_DESTROY", cli_queue_destroy_fields, call_run_verb,
		   "give up a queue"),
	{ .name = NULL },
};
