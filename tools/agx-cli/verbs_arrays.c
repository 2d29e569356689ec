// SPDX-License-Identifier: MIT
/*
 * The ioctls whose structs point to arrays: VM_BIND and SUBMIT. Elements come on the command line,
 * each begun by a word; where an array is can be said as well.
 */
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>

#include "args.h"
#include "call.h"
#include "fields.h"
#include "out.h"

/* Arrays of SUBMIT, in the order of the uapi's table. */
enum {
	SUBMIT_SYNCS,
	SUBMIT_CMDBUF,
};

/* The largest that a command's payload can say it is. */
#define PAYLOAD_MAX UINT16_MAX

static bool begins_element(const struct cli_args *args, unsigned int i, const char *word)
{
	return i < args->count && !args->list[i].name && args->list[i].element &&
	       (!word || !strcmp(args->list[i].value, word));
}

/* Sets the fields of the element that begins at @at in the struct at @to. */
static enum cli_exit set_fields(struct cli *cli, const struct cli_args *args, unsigned int at,
				const struct uapi_struct *type, void *to)
{
	const struct cli_arg *arg;
	struct uapi_field field;

	for (at++; at < args->count && args->list[at].name; at++) {
		arg = &args->list[at];
		if (cli_find_field(type, arg->name, &field) &&
		    !cli_set_field(cli, type, arg->name, arg->value, to))
			return CLI_EXIT_USAGE;
	}
	return CLI_EXIT_OK;
}

static const char *element_field(const struct cli_args *args, unsigned int at, const char *name)
{
	const char *value = NULL;

	for (at++; at < args->count && args->list[at].name; at++)
		if (!strcmp(args->list[at].name, name))
			value = args->list[at].value;
	return value;
}

static enum cli_exit add_ops(struct cli *cli, const struct cli_args *args, struct call *call)
{
	struct drm_asahi_gem_bind_op op;
	enum cli_exit status;
	unsigned int i;

	for (i = 0; i < args->count; i++) {
		if (!begins_element(args, i, "op"))
			continue;
		memset(&op, 0, sizeof(op));
		status = set_fields(cli, args, i, &uapi_gem_bind_op, &op);
		if (status)
			return status;
		if (!call_append(call, 0, &op, sizeof(op)))
			return cli_no_memory(cli);
	}
	call_default(call, args, "num_binds", call->arrays[0].size / sizeof(op));
	call_default(call, args, "stride", sizeof(op));
	call_default(call, args, "userptr", (uintptr_t)call->arrays[0].bytes);
	return CLI_EXIT_OK;
}

static enum cli_exit run_vm_bind(struct cli *cli, const struct cli_args *args)
{
	struct call call;
	enum cli_exit status;

	status = call_init(cli, args, &call);
	if (!status)
		status = add_ops(cli, args, &call);
	if (!status)
		status = call_run_and_put(cli, args, &call);
	call_fini(&call);
	return status;
}

/* Those of one kind, how many of which there are then in *count. */
static enum cli_exit add_syncs(struct cli *cli, const struct cli_args *args, const char *word,
			       struct call *call, unsigned int *count)
{
	struct drm_asahi_sync sync;
	enum cli_exit status;
	unsigned int i;

	*count = 0;
	for (i = 0; i < args->count; i++) {
		if (!begins_element(args, i, word))
			continue;
		memset(&sync, 0, sizeof(sync));
		status = set_fields(cli, args, i, &uapi_sync, &sync);
		if (status)
			return status;
		if (!call_append(call, SUBMIT_SYNCS, &sync, sizeof(sync)))
			return cli_no_memory(cli);
		++*count;
	}
	return CLI_EXIT_OK;
}

/* A command with what it has before its own fields are set. */
struct command {
	struct drm_asahi_cmd_header header;
	uint8_t payload[PAYLOAD_MAX];
	size_t size;
};

static enum cli_exit set_attachments(struct cli *cli, const struct cli_args *args, unsigned int at,
				     struct command *command)
{
	struct drm_asahi_attachment attachment;
	enum cli_exit status;

	while (at < args->count && !begins_element(args, at, NULL))
		at++;
	for (; begins_element(args, at, "attachment"); at++) {
		memset(&attachment, 0, sizeof(attachment));
		status = set_fields(cli, args, at, &uapi_attachment, &attachment);
		if (status)
			return status;
		if (command->size + sizeof(attachment) > PAYLOAD_MAX)
			return cli_usage(cli, "a command has no room for so many attachments");
		memcpy(command->payload + command->size, &attachment, sizeof(attachment));
		command->size += sizeof(attachment);
		while (at + 1 < args->count && args->list[at + 1].name)
			at++;
	}
	return CLI_EXIT_OK;
}

static enum cli_exit set_bytes(struct cli *cli, const char *text, struct command *command)
{
	uint8_t *bytes = cli_bytes(cli, "bytes", text, &command->size);

	if (!bytes)
		return cli->said;
	if (command->size > PAYLOAD_MAX) {
		free(bytes);
		return cli_usage(cli, "bytes: more than %u", PAYLOAD_MAX);
	}
	memcpy(command->payload, bytes, command->size);
	free(bytes);
	return CLI_EXIT_OK;
}

static enum cli_exit fill_command(struct cli *cli, const struct cli_args *args, unsigned int at,
				  struct command *command)
{
	const char *word = args->list[at].value, *bytes = element_field(args, at, "bytes");

	if (!strcmp(word, "render")) {
		command->header.cmd_type = DRM_ASAHI_CMD_RENDER;
		command->size = sizeof(struct drm_asahi_cmd_render);
		return set_fields(cli, args, at, &uapi_cmd_render, command->payload);
	}
	if (!strcmp(word, "compute")) {
		command->header.cmd_type = DRM_ASAHI_CMD_COMPUTE;
		command->size = sizeof(struct drm_asahi_cmd_compute);
		return set_fields(cli, args, at, &uapi_cmd_compute, command->payload);
	}
	if (!strcmp(word, "attachments")) {
		command->header.cmd_type = DRM_ASAHI_SET_VERTEX_ATTACHMENTS;
		return set_attachments(cli, args, at + 1, command);
	}
	return bytes ? set_bytes(cli, bytes, command) : CLI_EXIT_OK;
}

static enum cli_exit add_command(struct cli *cli, const struct cli_args *args, unsigned int at,
				 struct command *command, struct call *call)
{
	enum cli_exit status;

	memset(command, 0, sizeof(*command));
	status = fill_command(cli, args, at, command);
	if (status)
		return status;

	command->header.size = command->size;
	command->header.vdm_barrier = DRM_ASAHI_BARRIER_NONE;
	command->header.cdm_barrier = DRM_ASAHI_BARRIER_NONE;
	status = set_fields(cli, args, at, &uapi_cmd_header, &command->header);
	if (status)
		return status;

	/* As many bytes as it says, so that what follows is where it is looked for. */
	if (!call_append(call, SUBMIT_CMDBUF, &command->header, sizeof(command->header)) ||
	    !call_append(call, SUBMIT_CMDBUF, command->payload, command->header.size))
		return cli_no_memory(cli);
	return CLI_EXIT_OK;
}

static bool begins_command(const struct cli_args *args, unsigned int i)
{
	return begins_element(args, i, NULL) && !begins_element(args, i, "wait") &&
	       !begins_element(args, i, "signal");
}

static enum cli_exit add_commands(struct cli *cli, const struct cli_args *args, struct call *call)
{
	struct command *command;
	enum cli_exit status = CLI_EXIT_OK;
	unsigned int i, last = 0;

	command = malloc(sizeof(*command));
	if (!command)
		return cli_no_memory(cli);

	for (i = 0; i < args->count && !status; i++) {
		if (!begins_command(args, i))
			continue;
		if (!begins_element(args, i, "attachment"))
			status = add_command(cli, args, i, command, call);
		else if (!begins_element(args, last, "attachments"))
			status = cli_usage(cli, "attachment: stands behind attachments only");
		if (!begins_element(args, i, "attachment"))
			last = i;
	}
	free(command);
	return status;
}

static enum cli_exit run_submit(struct cli *cli, const struct cli_args *args)
{
	unsigned int num_waits, num_signals;
	struct call call;
	enum cli_exit status;

	status = call_init(cli, args, &call);
	if (!status)
		status = add_syncs(cli, args, "wait", &call, &num_waits);
	if (!status)
		status = add_syncs(cli, args, "signal", &call, &num_signals);
	if (!status)
		status = add_commands(cli, args, &call);
	if (!status) {
		call_default(&call, args, "in_sync_count", num_waits);
		call_default(&call, args, "out_sync_count", num_signals);
		call_default(&call, args, "syncs", (uintptr_t)call.arrays[SUBMIT_SYNCS].bytes);
		call_default(&call, args, "cmdbuf", (uintptr_t)call.arrays[SUBMIT_CMDBUF].bytes);
		call_default(&call, args, "cmdbuf_size", call.arrays[SUBMIT_CMDBUF].size);
		status = call_run_and_put(cli, args, &call);
	}
	call_fini(&call);
	return status;
}

static const struct cli_field bytes_fields[] = {
	{ "bytes", "what follows the header: hexadecimal digits, or @FILE" },
	{ NULL },
};

static const struct cli_element bind_elements[] = {
	{
		.word = "op",
		.text = "one thing to do; they are done in order, and those before one that fails "
			"remain",
		.fields = { cli_gem_bind_op_fields },
		.types = { &uapi_gem_bind_op },
	},
	{ .word = NULL },
};

static const struct cli_element submit_elements[] = {
	{
		.word = "wait",
		.text = "a sync to wait for before anything runs",
		.fields = { cli_sync_fields },
		.types = { &uapi_sync },
	},
	{
		.word = "signal",
		.text = "a sync that gets the fence of the work",
		.fields = { cli_sync_fields },
		.types = { &uapi_sync },
	},
	{
		.word = "render",
		.text = "a command that renders",
		.fields = { cli_cmd_header_fields, cli_cmd_render_fields },
		.types = { &uapi_cmd_header, &uapi_cmd_render },
	},
	{
		.word = "compute",
		.text = "a command that computes",
		.fields = { cli_cmd_header_fields, cli_cmd_compute_fields },
		.types = { &uapi_cmd_header, &uapi_cmd_compute },
	},
	{
		.word = "attachments",
		.text = "sets what the commands behind it have attached; of vertex shaders unless "
			"cmd_type says otherwise",
		.fields = { cli_cmd_header_fields },
		.types = { &uapi_cmd_header },
	},
	{
		.word = "attachment",
		.text = "one of the attachments of the word before",
		.fields = { cli_attachment_fields },
		.types = { &uapi_attachment },
	},
	{
		.word = "command",
		.text = "a command of any type and bytes",
		.fields = { cli_cmd_header_fields, bytes_fields },
		.types = { &uapi_cmd_header },
	},
	{ .word = NULL },
};

const struct cli_verb cli_verbs_arrays[] = {
	{
		.name = "vm-bind",
		.ioctl = "VM_BIND",
		.group = "ioctls",
		.synopsis = "[FIELD=VALUE...] [op FIELD=VALUE...]...",
		.summary = "change what an address space maps",
		.options = call_options,
		.fields = cli_vm_bind_fields,
		.elements = bind_elements,
		.run = run_vm_bind,
	},
	{
		.name = "submit",
		.ioctl = "SUBMIT",
		.group = "ioctls",
		.synopsis = "[FIELD=VALUE...] [ELEMENT FIELD=VALUE...]...",
		.summary = "hand work to a queue",
		.details =
			"Syncs and commands follow as elements. On an error nothing runs, and no "
			"sync changes.",
		.options = call_options,
		.fields = cli_submit_fields,
		.elements = submit_elements,
		.run = run_submit,
	},
	{ .name = NULL },
};
