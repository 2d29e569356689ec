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
#include "fields.h"
#include "out.h"
#include "session.h"

/* The largest struct of an ioctl that has a verb here. */
#define IOCTL_MAX_SIZE 64

struct ioctl_call {
	const char *name;
	int (*send)(int fd, void *args);

	/* The field that names of results stand for; or NULL. */
	const char *result;
};

static int send_get_time(int fd, void *args)
{
	return drm_agx_ioctl_get_time(fd, args, sizeof(struct drm_asahi_get_time));
}

static int send_vm_create(int fd, void *args)
{
	return drm_agx_ioctl_vm_create(fd, args, sizeof(struct drm_asahi_vm_create));
}

static int send_vm_destroy(int fd, void *args)
{
	return drm_agx_ioctl_vm_destroy(fd, args, sizeof(struct drm_asahi_vm_destroy));
}

static int send_gem_create(int fd, void *args)
{
	return drm_agx_ioctl_gem_create(fd, args, sizeof(struct drm_asahi_gem_create));
}

static int send_gem_mmap_offset(int fd, void *args)
{
	return drm_agx_ioctl_gem_mmap_offset(fd, args, sizeof(struct drm_asahi_gem_mmap_offset));
}

static int send_gem_bind_object(int fd, void *args)
{
	return drm_agx_ioctl_gem_bind_object(fd, args, sizeof(struct drm_asahi_gem_bind_object));
}

static int send_queue_create(int fd, void *args)
{
	return drm_agx_ioctl_queue_create(fd, args, sizeof(struct drm_asahi_queue_create));
}

static int send_queue_destroy(int fd, void *args)
{
	return drm_agx_ioctl_queue_destroy(fd, args, sizeof(struct drm_asahi_queue_destroy));
}

static const struct ioctl_call ioctl_calls[] = {
	{ "GET_TIME", send_get_time, "gpu_timestamp" },
	{ "VM_CREATE", send_vm_create, "vm_id" },
	{ "VM_DESTROY", send_vm_destroy, NULL },
	{ "GEM_CREATE", send_gem_create, "handle" },
	{ "GEM_MMAP_OFFSET", send_gem_mmap_offset, "offset" },
	{ "GEM_BIND_OBJECT", send_gem_bind_object, "object_handle" },
	{ "QUEUE_CREATE", send_queue_create, "queue_id" },
	{ "QUEUE_DESTROY", send_queue_destroy, NULL },
};

/* The whole window but what the kernel wants at least, which is at its end. */
static enum cli_exit default_kernel_range(struct cli *cli, int fd, struct drm_asahi_vm_create *args)
{
	struct drm_asahi_params_global params;
	int ret = drm_agx_get_params(fd, 0, &params, sizeof(params));

	if (ret)
		return cli_ioctl_failure(cli, ret, "GET_PARAMS", NULL, NULL);

	args->kernel_end = params.vm_end;
	args->kernel_start = (params.vm_end - params.vm_kernel_min_size) &
			     -(uint64_t)DRM_AGX_PAGE_SIZE;
	return CLI_EXIT_OK;
}

static enum cli_exit set_fields(struct cli *cli, const struct cli_args *args,
				const struct uapi_struct *type, void *to)
{
	unsigned int i;

	for (i = 0; i < args->count; i++)
		if (!cli_set_field(cli, type, args->list[i].name, args->list[i].value, to))
			return CLI_EXIT_USAGE;
	return CLI_EXIT_OK;
}

static enum cli_exit run_ioctl(struct cli *cli, const struct cli_args *args)
{
	uint64_t buf[IOCTL_MAX_SIZE / sizeof(uint64_t)] = { 0 };
	const struct uapi_ioctl *ioctl = cli_find_ioctl(args->verb->ioctl);
	const struct ioctl_call *call = ioctl_calls;
	struct cli_file *file;
	enum cli_exit status;
	int ret;

	while (strcmp(call->name, ioctl->name))
		call++;

	status = set_fields(cli, args, ioctl->arg, buf);
	if (!status)
		status = cli_open(cli, &file);
	if (!status && !strcmp(ioctl->name, "VM_CREATE") && !cli_field(args, "kernel_start") &&
	    !cli_field(args, "kernel_end"))
		status = default_kernel_range(cli, cli_file_fd(file), (void *)buf);
	if (status)
		return status;

	ret = call->send(cli_file_fd(file), buf);
	if (ret)
		return cli_ioctl_failure(cli, ret, ioctl->name, NULL, NULL);

	cli_put_struct(cli->out, ioctl->arg, buf, ioctl->arg->size);
	if (call->result) {
		cli->has_result = true;
		cli->result = cli_get_field(ioctl->arg, call->result, buf);
	}
	return CLI_EXIT_OK;
}

/* As the uapi answers it: what the kernel does not know is left out. */
static enum cli_exit run_get_params(struct cli *cli, const struct cli_args *args)
{
	struct drm_asahi_get_params request = { .size = uapi_params_global.size };
	void *memory = NULL;
	struct cli_file *file;
	enum cli_exit status;
	int ret;

	status = set_fields(cli, args, cli_find_ioctl("GET_PARAMS")->arg, &request);
	if (!status)
		status = cli_open(cli, &file);
	if (status)
		return status;

	if (!cli_field(args, "pointer")) {
		memory = calloc(1, request.size > uapi_params_global.size ?
				request.size : uapi_params_global.size);
		if (!memory)
			return cli_no_memory(cli);
		request.pointer = (uintptr_t)memory;
	}

	ret = drm_agx_ioctl_get_params(cli_file_fd(file), &request, sizeof(request));
	if (ret)
		status = cli_ioctl_failure(cli, ret, "GET_PARAMS", NULL, NULL);
	else if (memory)
		cli_put_struct(cli->out, &uapi_params_global, memory, request.size);
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
		.fields = (args), \
		.run = (doer), \
	}

const struct cli_verb cli_verbs_ioctl[] = {
	IOCTL_VERB("get-params", "GET_PARAMS", cli_get_params_fields, run_get_params,
		   "the constants of the GPU"),
	IOCTL_VERB("get-time", "GET_TIME", cli_get_time_fields, run_ioctl,
		   "the clock of the GPU"),
	IOCTL_VERB("vm-create", "VM_CREATE", cli_vm_create_fields, run_ioctl,
		   "make an address space"),
	IOCTL_VERB("vm-destroy", "VM_DESTROY", cli_vm_destroy_fields, run_ioctl,
		   "give up an address space"),
	IOCTL_VERB("gem-create", "GEM_CREATE", cli_gem_create_fields, run_ioctl,
		   "allocate a buffer"),
	IOCTL_VERB("gem-mmap-offset", "GEM_MMAP_OFFSET", cli_gem_mmap_offset_fields, run_ioctl,
		   "where mmap() finds a buffer"),
	IOCTL_VERB("gem-bind-object", "GEM_BIND_OBJECT", cli_gem_bind_object_fields, run_ioctl,
		   "make a buffer one for timestamps, or end that"),
	IOCTL_VERB("queue-create", "QUEUE_CREATE", cli_queue_create_fields, run_ioctl,
		   "make a queue"),
	IOCTL_VERB("queue-destroy", "QUEUE_DESTROY", cli_queue_destroy_fields, run_ioctl,
		   "give up a queue"),
	{ .name = NULL },
};
