// SPDX-License-Identifier: MIT
/*
 * The memory of buffers, by the CPU.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <drm_agx.h>

#include "args.h"
#include "known.h"
#include "out.h"
#include "session.h"

/* Without size= no more than this is printed. */
#define READ_DEFAULT 256

#define WAIT_DEFAULT_NS 1000000000

/* What the fields say, and where it is in this process. */
struct range {
	uint32_t handle;
	uint64_t offset;
	uint64_t size;
	uint8_t *at;
};

/* Whole, once for each handle. */
static enum cli_exit map_bo(struct cli *cli, const struct cli_args *args, uint32_t handle,
			    struct known **out)
{
	const char *text = cli_field(args, "buffer_size");
	struct cli_file *file;
	enum cli_exit status;
	struct known *bo;
	uint64_t size = 0, given = 0;
	void *map;
	int ret;

	if (text && !cli_number(cli, "buffer_size", text, &given))
		return CLI_EXIT_USAGE;
	status = cli_open(cli, &file);
	if (status)
		return status;

	bo = known_find(cli_file_known(file), KNOWN_BO, handle);
	if (bo)
		size = bo->map ? bo->map_size : bo->size;
	if (size && given && size != given)
		return cli_usage(cli, "buffer_size=%s: buffer %u has %#" PRIx64 " bytes", text,
				 handle, size);
	if (bo && bo->map) {
		*out = bo;
		return CLI_EXIT_OK;
	}
	if (!size)
		size = given;
	if (!size)
		return cli_usage(cli, "buffer %u was not made here: say its buffer_size=", handle);

	ret = drm_agx_gem_mmap(cli_file_fd(file), handle, size, NULL, &map);
	if (ret)
		return cli_failure(cli, ret, "cannot map buffer %u (GEM_MMAP_OFFSET or mmap)",
				   handle);
	if (!bo) {
		bo = known_add(cli_file_known(file), KNOWN_BO, handle);
		if (!bo)
			return cli_no_memory(cli);
		bo->size = size;
	}
	bo->map = map;
	bo->map_size = size;
	*out = bo;
	return CLI_EXIT_OK;
}

/* A number if it is given; @value stays as it is if not. */
static bool take_number(struct cli *cli, const struct cli_args *args, const char *name,
			uint64_t *value)
{
	return !cli_field(args, name) || cli_number(cli, name, cli_field(args, name), value);
}

/* @size is what the command is about if it does not say; 0 for all up to the end of the buffer. */
static enum cli_exit find_range(struct cli *cli, const struct cli_args *args, uint64_t size,
				struct range *range)
{
	struct known *bo = NULL;
	enum cli_exit status;
	uint64_t handle;

	if (!cli_field(args, "handle"))
		return cli_usage(cli, "%s lacks handle=", args->verb->name);
	range->offset = 0;
	if (!cli_number_between(cli, "handle", cli_field(args, "handle"), 0, UINT32_MAX, &handle) ||
	    !take_number(cli, args, "offset", &range->offset) ||
	    !take_number(cli, args, "size", &size))
		return CLI_EXIT_USAGE;

	range->handle = handle;
	status = map_bo(cli, args, range->handle, &bo);
	if (status)
		return status;
	if (range->offset >= bo->map_size || size > bo->map_size - range->offset)
		return cli_usage(cli, "offset %#" PRIx64 " + size %#" PRIx64
				 " is beyond buffer %u, which has %#zx bytes", range->offset, size,
				 range->handle, bo->map_size);
	range->size = size ? size : bo->map_size - range->offset;
	range->at = (uint8_t *)bo->map + range->offset;
	return CLI_EXIT_OK;
}

static bool append(uint8_t **data, size_t *size, const void *more, size_t more_size)
{
	uint8_t *grown = realloc(*data, *size + more_size + 1);

	if (!grown)
		return false;
	memcpy(grown + *size, more, more_size);
	*data = grown;
	*size += more_size;
	return true;
}

/* With a sign, or without one. */
static bool fits_u32(struct cli *cli, const char *text, uint64_t value)
{
	if (value <= UINT32_MAX || value >= (uint64_t)INT32_MIN)
		return true;
	cli_usage(cli, "u32=%s: more than 32 bits", text);
	return false;
}

/* A value of the command line, into bytes. */
static enum cli_exit append_value(struct cli *cli, const struct cli_arg *arg, uint8_t **data,
				  size_t *size)
{
	bool is_u64 = !strcmp(arg->name, "u64");
	enum cli_exit status = CLI_EXIT_OK;
	size_t len = 0;
	uint8_t *bytes;
	uint64_t value;

	if (!strcmp(arg->name, "bytes")) {
		bytes = cli_bytes(cli, "bytes", arg->value, &len);
		if (!bytes)
			return cli->said;
		if (!append(data, size, bytes, len))
			status = cli_no_memory(cli);
		free(bytes);
		return status;
	}

	if (!cli_number(cli, arg->name, arg->value, &value))
		return CLI_EXIT_USAGE;
	if (!is_u64 && !fits_u32(cli, arg->value, value))
		return CLI_EXIT_USAGE;
	return append(data, size, &value, is_u64 ? sizeof(uint64_t) : sizeof(uint32_t)) ?
	       CLI_EXIT_OK : cli_no_memory(cli);
}

/* All values of the command line, of which there has to be one; to be freed. */
static enum cli_exit take_values(struct cli *cli, const struct cli_args *args, uint8_t **data,
				 size_t *size)
{
	enum cli_exit status = CLI_EXIT_OK;
	const struct cli_arg *arg;
	unsigned int i;

	*data = NULL;
	*size = 0;
	for (i = 0; i < args->count && !status; i++) {
		arg = &args->list[i];
		if (!strcmp(arg->name, "u32") || !strcmp(arg->name, "u64") ||
		    !strcmp(arg->name, "bytes"))
			status = append_value(cli, arg, data, size);
	}
	if (!status && !*size)
		status = cli_usage(cli, "%s lacks u32=, u64= or bytes=", args->verb->name);
	if (status) {
		free(*data);
		*data = NULL;
	}
	return status;
}

static enum cli_exit run_map(struct cli *cli, const struct cli_args *args)
{
	struct range range;
	enum cli_exit status;

	status = find_range(cli, args, 0, &range);
	if (status)
		return status;

	out_hex(cli->out, "address", (uintptr_t)range.at);
	out_hex(cli->out, "size", range.size);
	cli->has_result = true;
	cli->result = (uintptr_t)range.at;
	return CLI_EXIT_OK;
}

static enum cli_exit run_read(struct cli *cli, const struct cli_args *args)
{
	uint64_t count = 1, size = sizeof(uint32_t), i, value;
	struct range range;
	enum cli_exit status;

	if (cli_option(args, "u64"))
		size = sizeof(uint64_t);
	if (cli_field(args, "count") &&
	    !cli_number_between(cli, "count", cli_field(args, "count"), 1, UINT32_MAX, &count))
		return CLI_EXIT_USAGE;
	status = find_range(cli, args, count * size, &range);
	if (status)
		return status;

	out_begin_array(cli->out, "values");
	for (i = 0; i < count; i++) {
		value = 0;
		memcpy(&value, range.at + i * size, size);
		out_hex(cli->out, NULL, value);
		if (!i)
			cli->result = value;
	}
	out_end(cli->out);
	cli->has_result = true;
	return CLI_EXIT_OK;
}

static enum cli_exit run_wait(struct cli *cli, const struct cli_args *args)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const char *text = cli_field(args, "timeout");
	uint64_t timeout = WAIT_DEFAULT_NS, value;
	struct range range;
	enum cli_exit status;
	int64_t deadline;
	uint32_t seen;

	if (text && !cli_duration(cli, "timeout", text, &timeout))
		return CLI_EXIT_USAGE;
	if (!cli_field(args, "u32"))
		return cli_usage(cli, "bo wait lacks u32=");
	if (!cli_number(cli, "u32", cli_field(args, "u32"), &value) ||
	    !fits_u32(cli, cli_field(args, "u32"), value))
		return CLI_EXIT_USAGE;
	status = find_range(cli, args, sizeof(seen), &range);
	if (status)
		return status;

	deadline = drm_agx_deadline(timeout);
	for (;;) {
		memcpy(&seen, range.at, sizeof(seen));
		if (seen == (uint32_t)value)
			return CLI_EXIT_OK;
		if (cli_interrupted())
			return cli_error(cli, CLI_EXIT_FAILURE, "interrupted");
		if (drm_agx_deadline(0) >= deadline)
			return cli_error(cli, CLI_EXIT_WRONG, "%#" PRIx64 " of buffer %u is still "
					 "%#x, not %#x", range.offset, range.handle, seen,
					 (uint32_t)value);
		nanosleep(&pause, NULL);
	}
}

static enum cli_exit run_write(struct cli *cli, const struct cli_args *args)
{
	struct range range;
	enum cli_exit status;
	uint8_t *data;
	size_t size;

	status = take_values(cli, args, &data, &size);
	if (status)
		return status;
	status = find_range(cli, args, size, &range);
	if (!status)
		memcpy(range.at, data, size);
	free(data);
	return status;
}

static enum cli_exit run_fill(struct cli *cli, const struct cli_args *args)
{
	struct range range;
	enum cli_exit status;
	uint64_t i;
	uint8_t *data;
	size_t size;

	status = take_values(cli, args, &data, &size);
	if (status)
		return status;
	status = find_range(cli, args, 0, &range);
	for (i = 0; !status && i < range.size; i++)
		range.at[i] = data[i % size];
	free(data);
	return status;
}

static enum cli_exit write_file(struct cli *cli, const char *path, const struct range *range)
{
	FILE *file = fopen(path, "wbe");
	bool good;

	if (!file)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot open %s", path);
	good = fwrite(range->at, 1, range->size, file) == range->size;
	if (fclose(file) || !good)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot write %s", path);
	return CLI_EXIT_OK;
}

static enum cli_exit run_dump(struct cli *cli, const struct cli_args *args)
{
	const char *path = cli_word(args, 0);
	struct range range;
	enum cli_exit status;

	status = find_range(cli, args, 0, &range);
	if (status)
		return status;
	if (path)
		return write_file(cli, path, &range);

	if (!cli_field(args, "size") && range.size > READ_DEFAULT)
		range.size = READ_DEFAULT;
	out_bytes(cli->out, "bytes", range.offset, range.at, range.size);
	return CLI_EXIT_OK;
}

static enum cli_exit compare(struct cli *cli, const struct range *range, const uint8_t *data,
			     size_t size)
{
	uint64_t i, wrong = 0, first = 0;

	for (i = 0; i < range->size; i++) {
		if (range->at[i] == data[i % size])
			continue;
		if (!wrong)
			first = i;
		wrong++;
	}
	if (!wrong)
		return CLI_EXIT_OK;
	return cli_error(cli, CLI_EXIT_WRONG, "%" PRIu64 " of %" PRIu64
			 " bytes of buffer %u are wrong; the first, at %#" PRIx64
			 ", is 0x%02x, not 0x%02x", wrong, range->size, range->handle,
			 range->offset + first, range->at[first], data[first % size]);
}

static enum cli_exit compare_buffers(struct cli *cli, const struct cli_args *args)
{
	struct known *other = NULL;
	struct range range;
	enum cli_exit status;
	uint64_t handle;

	status = find_range(cli, args, 0, &range);
	if (status)
		return status;
	if (!cli_number_between(cli, "with", cli_field(args, "with"), 0, UINT32_MAX, &handle))
		return CLI_EXIT_USAGE;
	status = map_bo(cli, args, handle, &other);
	if (status)
		return status;
	if (range.offset > other->map_size || range.size > other->map_size - range.offset)
		return cli_error(cli, CLI_EXIT_WRONG, "buffer %" PRIu64 " has %#zx bytes only",
				 handle, other->map_size);
	return compare(cli, &range, (uint8_t *)other->map + range.offset, range.size);
}

static enum cli_exit run_compare(struct cli *cli, const struct cli_args *args)
{
	struct range range;
	enum cli_exit status;
	uint8_t *data;
	size_t size;

	if (cli_field(args, "with"))
		return compare_buffers(cli, args);

	status = take_values(cli, args, &data, &size);
	if (status)
		return status;
	status = find_range(cli, args, size, &range);
	if (!status)
		status = compare(cli, &range, data, size);
	free(data);
	return status;
}

#define OFFSET_TEXT "where to begin in the buffer; default: 0"
#define BUFFER_SIZE_TEXT "of the whole buffer, if it was not made here"
#define U32_TEXT "a 32-bit number; any number of these follow each other"

static const struct cli_field map_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ NULL },
};

static const struct cli_field read_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "count", "how many numbers; default: 1" },
	{ NULL },
};

static const struct cli_field wait_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "u32", "the 32-bit number to wait for" },
	{ "timeout", "such as 2s or 100ms; default: 1s" },
	{ NULL },
};

static const struct cli_field write_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "u32", U32_TEXT, true },
	{ "u64", "a 64-bit number", true },
	{ "bytes", "hexadecimal digits, or @FILE", true },
	{ NULL },
};

static const struct cli_field fill_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "size", "bytes; default: up to the end" },
	{ "u32", U32_TEXT, true },
	{ "u64", "a 64-bit number", true },
	{ "bytes", "hexadecimal digits, or @FILE", true },
	{ NULL },
};

static const struct cli_field dump_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "size", "bytes; default: up to the end, but no more than 256 are printed" },
	{ NULL },
};

static const struct cli_field compare_fields[] = {
	{ "handle", "GEM handle" },
	{ "offset", OFFSET_TEXT },
	{ "buffer_size", BUFFER_SIZE_TEXT },
	{ "size", "bytes, for which the values are repeated; default: those of the values" },
	{ "u32", U32_TEXT, true },
	{ "u64", "a 64-bit number", true },
	{ "bytes", "hexadecimal digits, or @FILE", true },
	{ "with", "GEM handle of another buffer, in the place of values" },
	{ NULL },
};

static const struct cli_option read_options[] = {
	{ "u64", 0, NULL, "numbers of 64 bits, not of 32" },
	{ NULL },
};

const struct cli_verb cli_verbs_bo[] = {
	{
		.name = "bo map",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE",
		.summary = "map a buffer into this process, and print where",
		.fields = map_fields,
		.has_result = true,
		.run = run_map,
	},
	{
		.name = "bo read",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE [FIELD=VALUE...]",
		.summary = "print numbers of a buffer",
		.details = "The first is the result that can be given a name.",
		.options = read_options,
		.fields = read_fields,
		.has_result = true,
		.run = run_read,
	},
	{
		.name = "bo wait",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE u32=NUMBER [FIELD=VALUE...]",
		.summary = "wait until a number is in a buffer",
		.details = "The exit status is 7 if it is not there in time.",
		.fields = wait_fields,
		.run = run_wait,
	},
	{
		.name = "bo write",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE [offset=OFFSET] VALUE...",
		.summary = "write to a buffer",
		.fields = write_fields,
		.run = run_write,
	},
	{
		.name = "bo fill",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE [FIELD=VALUE...] VALUE...",
		.summary = "write the same again and again",
		.fields = fill_fields,
		.run = run_fill,
	},
	{
		.name = "bo dump",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE [FIELD=VALUE...] [FILE]",
		.summary = "print the bytes of a buffer, or write them to a file",
		.fields = dump_fields,
		.max_words = 1,
		.run = run_dump,
	},
	{
		.name = "bo compare",
		.group = "buffers and fences",
		.synopsis = "handle=HANDLE [FIELD=VALUE...] VALUE...|with=HANDLE",
		.summary = "compare a buffer with values, or with another buffer",
		.details = "The exit status is 7 if they are not the same.",
		.fields = compare_fields,
		.run = run_compare,
	},
	{ .name = NULL },
};
