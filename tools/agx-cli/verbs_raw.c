// SPDX-License-Identifier: MIT
/*
 * Ioctls as the user says, right or wrong, and memory for them to point to.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <xf86drm.h>

#include "args.h"
#include "call.h"
#include "fields.h"
#include "out.h"
#include "session.h"

/* As much as a request's number can say. */
#define RAW_MAX (1u << _IOC_SIZEBITS)

struct raw {
	const struct uapi_ioctl *ioctl;
	unsigned long request;
	const char *name;
	size_t size;
	uint64_t arg[RAW_MAX / sizeof(uint64_t)];
};

static enum cli_exit find_request(struct cli *cli, const struct cli_args *args, struct raw *raw)
{
	const char *size_text = cli_option(args, "struct-size");
	uint64_t number, size;

	raw->name = cli_word(args, 0);
	raw->ioctl = cli_find_ioctl(raw->name);
	number = raw->ioctl ? raw->ioctl->request : 0;
	if (!raw->ioctl && (!cli_try_number(cli, raw->name, &number) || number > UINT32_MAX))
		return cli_usage(cli, "raw: there is no ioctl %s", raw->name);
	if (!raw->ioctl)
		raw->ioctl = uapi_find_ioctl(number);

	size = _IOC_SIZE(number);
	if (size_text && !cli_number(cli, "struct-size", size_text, &size))
		return CLI_EXIT_USAGE;
	if (size >= RAW_MAX)
		return cli_usage(cli, "struct-size: not below %u", RAW_MAX);
	raw->size = size;
	raw->request = _IOC(_IOC_DIR(number), _IOC_TYPE(number), _IOC_NR(number), size);
	return CLI_EXIT_OK;
}

static enum cli_exit fill(struct cli *cli, const struct cli_args *args, struct raw *raw)
{
	const struct cli_arg *arg;
	unsigned int i;
	uint8_t *bytes;
	size_t size;

	for (i = 0; i < args->count; i++) {
		arg = &args->list[i];
		if (!arg->name)
			continue;
		if (!strcmp(arg->name, "bytes")) {
			bytes = cli_bytes(cli, "bytes", arg->value, &size);
			if (!bytes)
				return cli->said;
			if (size <= sizeof(raw->arg))
				memcpy(raw->arg, bytes, size);
			free(bytes);
			if (size > sizeof(raw->arg))
				return cli_usage(cli, "bytes: more than %u", RAW_MAX);
			if (size > raw->size && !cli_option(args, "struct-size"))
				return cli_usage(cli, "bytes: %zu are more than the %zu of %s; use "
						 "--struct-size to send more, or fewer", size,
						 raw->size, raw->name);
			continue;
		}
		if (!raw->ioctl || !raw->ioctl->arg)
			return cli_usage(cli, "raw: no field of %s is known", raw->name);
		if (!cli_set_field(cli, raw->ioctl->arg, arg->name, arg->value, raw->arg))
			return CLI_EXIT_USAGE;
	}
	return CLI_EXIT_OK;
}

static void put(struct cli *cli, const struct raw *raw)
{
	out_string(cli->out, "ioctl", raw->ioctl ? raw->ioctl->name : raw->name);
	out_hex(cli->out, "request", raw->request);
	if (raw->ioctl && raw->ioctl->arg)
		cli_put_struct(cli->out, raw->ioctl->arg, raw->arg, raw->size);
	out_bytes(cli->out, "bytes", 0, raw->arg, raw->size);
}

/* Whether it is a call as the verb of its ioctl sends it: then it has all that those have. */
static bool is_call(const struct raw *raw)
{
	return raw->ioctl && raw->ioctl->arg && raw->request == raw->ioctl->request &&
	       raw->size == raw->ioctl->arg->size && raw->size <= CALL_MAX_SIZE;
}

/* The arrays of a call that are memory of mem make. */
static void find_arrays(const struct cli *cli, struct call *call)
{
	const struct uapi_ioctl *ioctl = call->ioctl;
	uint64_t address;
	unsigned int i;

	for (i = 0; i < ioctl->num_arrays; i++) {
		memcpy(&address, (const uint8_t *)call->arg + ioctl->arrays[i].offset,
		       sizeof(address));
		call->arrays[i].size = cli_session_memory_size(cli->session, address);
		if (call->arrays[i].size)
			call->arrays[i].bytes = (uint8_t *)(uintptr_t)address;
	}
}

static enum cli_exit end(struct cli *cli, struct cli_file *file, const struct raw *raw, int ret)
{
	struct call call = { .ioctl = raw->ioctl };

	if (is_call(raw)) {
		memcpy(call.arg, raw->arg, raw->size);
		find_arrays(cli, &call);
		return call_end(cli, file, &call, ret);
	}
	return ret ? cli_ioctl_failure(cli, ret, raw->name, NULL, NULL) : CLI_EXIT_OK;
}

static enum cli_exit send(struct cli *cli, const struct cli_args *args, struct raw *raw)
{
	struct cli_file *file;
	enum cli_exit status;
	int ret;

	if (cli->wants_result && !(is_call(raw) && call_result(raw->ioctl)))
		return cli_no_result(cli);
	if (cli_option(args, "show") || call_is_dry(args)) {
		out_begin_object(cli->out, "call");
		put(cli, raw);
		out_end(cli->out);
	}
	if (call_is_dry(args))
		return CLI_EXIT_OK;

	status = cli_open(cli, &file);
	if (status)
		return status;
	ret = drmIoctl(cli_file_fd(file), raw->request, raw->arg) ? -errno : 0;
	status = end(cli, file, raw, ret);
	if (!status)
		put(cli, raw);
	return status;
}

static enum cli_exit run_raw(struct cli *cli, const struct cli_args *args)
{
	struct raw *raw = calloc(1, sizeof(*raw));
	enum cli_exit status;

	if (!raw)
		return cli_no_memory(cli);

	status = find_request(cli, args, raw);
	if (!status)
		status = fill(cli, args, raw);
	if (!status)
		status = send(cli, args, raw);
	free(raw);
	return status;
}

static enum cli_exit run_mem_make(struct cli *cli, const struct cli_args *args)
{
	const char *size_text = cli_field(args, "size"), *text = cli_field(args, "bytes");
	uint64_t size = 0;
	size_t given = 0;
	uint8_t *bytes = NULL;
	void *memory;

	if (!size_text && !text)
		return cli_usage(cli, "mem make lacks size= or bytes=");
	if (size_text && !cli_number(cli, "size", size_text, &size))
		return CLI_EXIT_USAGE;
	if (text) {
		bytes = cli_bytes(cli, "bytes", text, &given);
		if (!bytes)
			return cli->said;
	}

	memory = cli_session_memory(cli->session, size > given ? size : given);
	if (memory && given)
		memcpy(memory, bytes, given);
	free(bytes);
	if (!memory)
		return cli_no_memory(cli);

	out_hex(cli->out, "address", (uintptr_t)memory);
	out_hex(cli->out, "size", size > given ? size : given);
	cli->has_result = true;
	cli->result = (uintptr_t)memory;
	return CLI_EXIT_OK;
}

static enum cli_exit run_mem_show(struct cli *cli, const struct cli_args *args)
{
	uint64_t address;
	size_t size;

	if (!cli_number(cli, "ADDRESS", cli_word(args, 0), &address))
		return CLI_EXIT_USAGE;
	size = cli_session_memory_size(cli->session, address);
	if (!size)
		return cli_usage(cli, "%#" PRIx64 " is no memory of mem make", address);
	out_bytes(cli->out, "bytes", 0, (const void *)(uintptr_t)address, size);
	return CLI_EXIT_OK;
}

static const struct cli_option raw_options[] = {
	{ "dry-run", 'n', NULL, "show what would be sent, and send nothing" },
	{ "show", 's', NULL, "show what is sent, decoded and as bytes" },
	{ "struct-size", 0, "SIZE",
	  "send a struct of this many bytes, with a request that says so" },
	{ NULL },
};

static const struct cli_field raw_fields[] = {
	{ "bytes", "the struct as hexadecimal digits, or @FILE; fields behind it change it" },
	{ NULL },
};

static const struct cli_field make_fields[] = {
	{ "size", "how many bytes; those that are not given are 0" },
	{ "bytes", "what is in it: hexadecimal digits, or @FILE" },
	{ NULL },
};

const struct cli_verb cli_verbs_raw[] = {
	{
		.name = "raw",
		.group = "ioctls",
		.synopsis = "NAME|REQUEST [FIELD=VALUE...]",
		.summary = "send an ioctl exactly as it is said",
		.details =
			"NAME is such as VM_BIND or SYNCOBJ_CREATE, with the fields of its "
			"struct; REQUEST any number. Nothing is filled in, and nothing kept from "
			"being sent; what is not set is 0. Pointers are those of mem make. The "
			"result is that of the verb for this ioctl, if the struct has its size.",
		.options = raw_options,
		.fields = raw_fields,
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_IOCTLS,
		.any_fields = true,
		.has_result = true,
		.run = run_raw,
	},
	{
		.name = "mem make",
		.group = "ioctls",
		.synopsis = "size=SIZE|bytes=BYTES",
		.summary = "make memory in this process that ioctls can point to",
		.details = "The address is the result that can be given a name.",
		.fields = make_fields,
		.has_result = true,
		.run = run_mem_make,
	},
	{
		.name = "mem show",
		.group = "ioctls",
		.synopsis = "ADDRESS",
		.summary = "print what is in memory of mem make",
		.min_words = 1,
		.max_words = 1,
		.run = run_mem_show,
	},
	{ .name = NULL },
};
