// SPDX-License-Identifier: MIT
#include "call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "args.h"
#include "fields.h"
#include "known.h"
#include "out.h"
#include "session.h"

const struct cli_option call_options[] = {
	{ "dry-run", 'n', NULL, "show what would be sent, and send nothing" },
	{ "show", 's', NULL, "show what is sent, decoded and as bytes" },
	{ NULL },
};

static int send_get_params(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_get_params(fd, arg, size);
}

static int send_get_time(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_get_time(fd, arg, size);
}

static int send_vm_create(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_vm_create(fd, arg, size);
}

static int send_vm_destroy(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_vm_destroy(fd, arg, size);
}

static int send_vm_bind(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_vm_bind(fd, arg, size);
}

static int send_gem_create(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_gem_create(fd, arg, size);
}

static int send_gem_mmap_offset(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_gem_mmap_offset(fd, arg, size);
}

static int send_gem_bind_object(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_gem_bind_object(fd, arg, size);
}

static int send_queue_create(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_queue_create(fd, arg, size);
}

static int send_queue_destroy(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_queue_destroy(fd, arg, size);
}

static int send_submit(int fd, void *arg, size_t size)
{
	return drm_agx_ioctl_submit(fd, arg, size);
}

static const struct {
	const char *name;

	/* libagx's function; NULL for the ioctl itself. */
	int (*send)(int fd, void *arg, size_t size);

	/* The field that is the verb's result; or NULL. */
	const char *result;
} calls[] = {
	{ "GET_PARAMS", send_get_params, NULL },
	{ "GET_TIME", send_get_time, "gpu_timestamp" },
	{ "VM_CREATE", send_vm_create, "vm_id" },
	{ "VM_DESTROY", send_vm_destroy, NULL },
	{ "VM_BIND", send_vm_bind, NULL },
	{ "GEM_CREATE", send_gem_create, "handle" },
	{ "GEM_MMAP_OFFSET", send_gem_mmap_offset, "offset" },
	{ "GEM_BIND_OBJECT", send_gem_bind_object, "object_handle" },
	{ "QUEUE_CREATE", send_queue_create, "queue_id" },
	{ "QUEUE_DESTROY", send_queue_destroy, NULL },
	{ "SUBMIT", send_submit, NULL },

	/* Of the core. */
	{ "PRIME_HANDLE_TO_FD", NULL, "fd" },
	{ "PRIME_FD_TO_HANDLE", NULL, "handle" },
	{ "SYNCOBJ_CREATE", NULL, "handle" },
	{ "SYNCOBJ_HANDLE_TO_FD", NULL, "fd" },
	{ "SYNCOBJ_FD_TO_HANDLE", NULL, "handle" },
	{ NULL },
};

static unsigned int find_call(const struct uapi_ioctl *ioctl)
{
	unsigned int i = 0;

	while (calls[i].name && strcmp(calls[i].name, ioctl->name))
		i++;
	return i;
}

const char *call_result(const struct uapi_ioctl *ioctl)
{
	return calls[find_call(ioctl)].result;
}

enum cli_exit call_init(struct cli *cli, const struct cli_args *args, struct call *call)
{
	const struct cli_arg *arg;
	unsigned int i;

	memset(call, 0, sizeof(*call));
	call->ioctl = cli_find_ioctl(args->verb->ioctl);
	for (i = 0; i < args->count; i++) {
		arg = &args->list[i];
		if (arg->name && !arg->element &&
		    !cli_set_field(cli, call->ioctl->arg, arg->name, arg->value, call->arg))
			return CLI_EXIT_USAGE;
	}
	return CLI_EXIT_OK;
}

void call_fini(struct call *call)
{
	unsigned int i;

	for (i = 0; i < UAPI_MAX_ARRAYS; i++)
		free(call->arrays[i].bytes);
}

bool call_append(struct call *call, unsigned int array, const void *bytes, size_t size)
{
	size_t used = call->arrays[array].size;
	uint8_t *more = realloc(call->arrays[array].bytes, used + size);

	if (!more)
		return false;

	memcpy(more + used, bytes, size);
	call->arrays[array].bytes = more;
	call->arrays[array].size = used + size;
	return true;
}

void call_default(struct call *call, const struct cli_args *args, const char *field,
		  uint64_t value)
{
	if (!cli_field(args, field))
		cli_store_field(call->ioctl->arg, field, value, call->arg);
}

bool call_is_dry(const struct cli_args *args)
{
	return cli_option(args, "dry-run");
}

static void put(struct out *out, const struct call *call)
{
	cli_put_struct(out, call->ioctl->arg, call->arg, call->ioctl->arg->size);
}

static void put_array(struct out *out, const struct call *call, unsigned int index)
{
	const struct uapi_array *array = &call->ioctl->arrays[index];
	const uint8_t *bytes = call->arrays[index].bytes;
	size_t size = call->arrays[index].size, at;
	char key[64];

	if (!bytes)
		return;

	snprintf(key, sizeof(key), "%s_%s", array->name, array->element ? "elements" : "commands");
	out_begin_array(out, key);
	if (array->element) {
		for (at = 0; at < size; at += array->element->size) {
			out_begin_object(out, NULL);
			cli_put_struct(out, array->element, bytes + at, size - at);
			out_end(out);
		}
	} else {
		cli_put_commands(out, bytes, size);
	}
	out_end(out);
	snprintf(key, sizeof(key), "%s_bytes", array->name);
	out_bytes(out, key, 0, bytes, size);
}

static void show(struct out *out, const struct call *call, bool sent)
{
	unsigned int i;

	out_begin_object(out, "call");
	out_string(out, "ioctl", call->ioctl->name);
	out_hex(out, "request", call->ioctl->request);
	out_bool(out, "sent", sent);
	put(out, call);
	out_bytes(out, "bytes", 0, call->arg, call->ioctl->arg->size);
	for (i = 0; i < call->ioctl->num_arrays; i++)
		put_array(out, call, i);
	out_end(out);
}

enum cli_exit call_end(struct cli *cli, struct cli_file *file, const struct call *call, int ret)
{
	const char *result = call_result(call->ioctl);
	struct reason reason;
	bool explained;

	if (ret) {
		explained = call_explain(file, call, -ret, &reason);
		call_note_failure(cli_file_known(file), call);
		return cli_ioctl_failure(cli, ret, call->ioctl->name,
					 explained && *reason.element ? reason.element : NULL,
					 explained ? reason.text : NULL);
	}

	call_note(cli_file_known(file), call);
	if (result) {
		cli->has_result = true;
		cli->result = cli_get_field(call->ioctl->arg, result, call->arg);
	}
	return CLI_EXIT_OK;
}

static enum cli_exit send(struct cli *cli, struct call *call, struct cli_file *file)
{
	const unsigned int i = find_call(call->ioctl);
	int ret;

	if (calls[i].send)
		ret = calls[i].send(cli_file_fd(file), call->arg, call->ioctl->arg->size);
	else
		ret = drmIoctl(cli_file_fd(file), call->ioctl->request, call->arg) ? -errno : 0;
	return call_end(cli, file, call, ret);
}

enum cli_exit call_run(struct cli *cli, const struct cli_args *args, struct call *call)
{
	struct cli_file *file;
	enum cli_exit status;

	if (cli_option(args, "show") || call_is_dry(args))
		show(cli->out, call, !call_is_dry(args));
	if (call_is_dry(args))
		return CLI_EXIT_OK;

	status = cli_open(cli, &file);
	return status ? status : send(cli, call, file);
}

enum cli_exit call_run_and_put(struct cli *cli, const struct cli_args *args, struct call *call)
{
	enum cli_exit status = call_run(cli, args, call);

	if (!status && !call_is_dry(args))
		put(cli->out, call);
	return status;
}

enum cli_exit call_run_verb(struct cli *cli, const struct cli_args *args)
{
	struct call call;
	enum cli_exit status;

	status = call_init(cli, args, &call);
	return status ? status : call_run_and_put(cli, args, &call);
}
