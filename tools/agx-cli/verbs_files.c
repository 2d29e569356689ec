// SPDX-License-Identifier: MIT
/*
 * Open files of a session, and names.
 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "out.h"
#include "session.h"

static void put_file(struct cli *cli, struct cli_file *file)
{
	char path[128];

	out_string(cli->out, "file", cli_file_name(file));
	out_string(cli->out, "path", cli_fd_path(cli_file_fd(file), path, sizeof(path)));
	out_i64(cli->out, "fd", cli_file_fd(file));
}

static enum cli_exit run_open(struct cli *cli, const struct cli_args *args)
{
	const char *name = cli_word(args, 0), *path = cli_word(args, 1);
	struct cli_file *file;
	enum cli_exit status;

	status = cli_open_as(cli, name, path ? path : cli->device);
	if (status)
		return status;

	file = cli_find_file(cli->session, name);
	put_file(cli, file);
	cli->has_result = true;
	cli->result = cli_file_fd(file);
	return CLI_EXIT_OK;
}

static struct cli_file *find_file(struct cli *cli, const struct cli_args *args)
{
	struct cli_file *file = cli_find_file(cli->session, cli_word(args, 0));

	if (!file)
		cli_usage(cli, "no file is called %s", cli_word(args, 0));
	return file;
}

static enum cli_exit run_close(struct cli *cli, const struct cli_args *args)
{
	struct cli_file *file = find_file(cli, args);

	if (!file)
		return CLI_EXIT_USAGE;
	cli_close_file(cli->session, file);
	return CLI_EXIT_OK;
}

static enum cli_exit run_use(struct cli *cli, const struct cli_args *args)
{
	struct cli_file *file = find_file(cli, args);

	if (!file)
		return CLI_EXIT_USAGE;
	cli_use_file(cli->session, file);
	return CLI_EXIT_OK;
}

static enum cli_exit run_files(struct cli *cli, const struct cli_args *args)
{
	struct cli_file *file = NULL;

	out_begin_array(cli->out, "files");
	while ((file = cli_next_file(cli->session, file))) {
		out_begin_object(cli->out, NULL);
		put_file(cli, file);
		out_bool(cli->out, "in_use", cli_file_in_use(cli->session, file));
		out_end(cli->out);
	}
	out_end(cli->out);
	return CLI_EXIT_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum cli_exit run_names(struct cli *cli, const struct cli_args *args)
{
	unsigned int count = 0, i;
	const char **names;
	uint64_t value;

	while (cli_nth_name(cli->session, count))
		count++;
	names = calloc(count + 1, sizeof(*names));
	if (!names)
		return cli_no_memory(cli);
	for (i = 0; i < count; i++)
		names[i] = cli_nth_name(cli->session, i);
	qsort(names, count, sizeof(*names), compare);

	out_begin_array(cli->out, "names");
	for (i = 0; i < count; i++) {
		cli_get_name(cli->session, names[i], strlen(names[i]), &value);
		out_begin_object(cli->out, NULL);
		out_string(cli->out, "name", names[i]);
		out_u64(cli->out, "value", value);
		out_hex(cli->out, "hex", value);
		out_end(cli->out);
	}
	out_end(cli->out);
	free(names);
	return CLI_EXIT_OK;
}

const struct cli_verb cli_verbs_files[] = {
	{
		.name = "open",
		.group = "sessions",
		.synopsis = "NAME [PATH]",
		.summary = "open a file of a GPU under a name, and use it",
		.details =
			"Ids and handles belong to a file: those of one mean nothing on another. "
			"Without PATH it is that of --device, or the first GPU. A session that "
			"opens nothing has one file called gpu, from the first command on that "
			"needs it.",
		.min_words = 1,
		.max_words = 2,
		.has_result = true,
		.run = run_open,
	},
	{
		.name = "close",
		.group = "sessions",
		.synopsis = "NAME",
		.summary = "close a file",
		.details = "What was made on it goes, unless another process shares the file.",
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_FILES,
		.run = run_close,
	},
	{
		.name = "use",
		.group = "sessions",
		.synopsis = "NAME",
		.summary = "let the commands that follow use this file",
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_FILES,
		.run = run_use,
	},
	{
		.name = "files",
		.group = "sessions",
		.synopsis = "",
		.summary = "list the open files",
		.run = run_files,
	},
	{
		.name = "names",
		.group = "sessions",
		.synopsis = "",
		.summary = "list the names of numbers",
		.details =
			"NAME = COMMAND gives a name to what the command makes, such as the vm_id "
			"of vm-create, and NAME = NUMBER to a number. $NAME is the number from "
			"then on, wherever a number can stand.",
		.run = run_names,
	},
	{ .name = NULL },
};
