// SPDX-License-Identifier: MIT
/*
 * Processes of a session.
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "process.h"
#include "source.h"
#include "verb.h"

static enum cli_exit run_fork(struct cli *cli, const struct cli_args *args)
{
	return process_fork(cli, cli_word(args, 0));
}

/* Each line of a block is a command for the process. */
static enum cli_exit run_block_in(struct cli *cli, const char *name)
{
	enum cli_exit status = CLI_EXIT_FAILURE;
	struct source *source = NULL;
	struct block *block;
	char *beginning;

	block = source_read_block(cli, cli->source);
	if (!block)
		return CLI_EXIT_USAGE;

	if (asprintf(&beginning, "in %s ", name) < 0)
		beginning = NULL;
	if (beginning && block_prefix(block, beginning))
		source = source_block(block);
	free(beginning);
	if (source)
		status = source_run(cli, source);
	else
		cli_no_memory(cli);
	source_destroy(source);
	block_destroy(block);
	return status;
}

static enum cli_exit run_in(struct cli *cli, const struct cli_args *args)
{
	const char *name = cli_word(args, 0);
	bool background = cli_option(args, "background");

	if (args->command_count != 1 || strcmp(args->command[0], "{"))
		return background && cli->wants_result ? cli_no_result(cli) :
		       process_run(cli, name, args->command, background);
	if (background)
		return cli_usage(cli, "a block cannot be done in the background");
	if (!cli_is_name(name))
		return cli_usage(cli, "there is no process %s", name);
	return run_block_in(cli, name);
}

static enum cli_exit run_wait(struct cli *cli, const struct cli_args *args)
{
	return process_wait(cli, cli_word(args, 0));
}

/* "KILL", "SIGKILL" or 9; 0 for none. */
static int find_signal(struct cli *cli, const char *name)
{
	const char *known;
	uint64_t value;
	int number;

	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (number = 1; number < NSIG; number++) {
		known = sigabbrev_np(number);
		if (known && !strcmp(known, name))
			return number;
	}
	return isdigit((unsigned char)*name) && cli_try_number(cli, name, &value) && value < NSIG ?
	       (int)value : 0;
}

static enum cli_exit run_kill(struct cli *cli, const struct cli_args *args)
{
	const char *name = cli_word(args, 1);
	int number = name ? find_signal(cli, name) : SIGKILL;

	if (!number)
		return cli_usage(cli, "there is no signal %s", name);
	return process_kill(cli, cli_word(args, 0), number);
}

static enum cli_exit run_take(struct cli *cli, const struct cli_args *args)
{
	int fd;

	if (!cli_fd(cli, "FD", cli_word(args, 1), &fd))
		return CLI_EXIT_USAGE;
	return process_take(cli, cli_word(args, 0), fd);
}

static const struct cli_option in_options[] = {
	{ "background", 'b', NULL, "do not wait for it: see wait, which also says what is wrong" },
	{ NULL },
};

const struct cli_verb cli_verbs_process[] = {
	{
		.name = "fork",
		.group = "sessions",
		.synopsis = "PROCESS",
		.summary = "start a process that shares what there is",
		.details =
			"It begins with all files and names of this one, and shares the files: "
			"they close when both have closed them. What it opens or names from then "
			"on is its own. See in.",
		.min_words = 1,
		.max_words = 1,
		.has_result = true,
		.run = run_fork,
	},
	{
		.name = "in",
		.group = "sessions",
		.synopsis = "PROCESS COMMAND...",
		.summary = "do a command in a process of fork",
		.details =
			"Its names are those of the process. The result, the error and the status "
			"are those of the command. The command can be { at the end of the line: "
			"each line up to one that is } is one then; there can be no block in it.",
		.options = in_options,
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_PROCESSES,
		.takes_command = true,
		.has_result = true,
		.run = run_in,
	},
	{
		.name = "wait",
		.group = "sessions",
		.synopsis = "PROCESS",
		.summary = "wait for what a process does in the background",
		.details = "The result, the error and the status are those of its command.",
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_PROCESSES,
		.has_result = true,
		.run = run_wait,
	},
	{
		.name = "kill",
		.group = "sessions",
		.synopsis = "PROCESS [SIGNAL]",
		.summary = "send a signal to a process, KILL if it is not said which",
		.details = "After KILL the process has ended, and its files are closed.",
		.min_words = 1,
		.max_words = 2,
		.first_word = CLI_WORDS_PROCESSES,
		.second_word = CLI_WORDS_SIGNALS,
		.run = run_kill,
	},
	{
		.name = "take",
		.group = "sessions",
		.synopsis = "PROCESS FD",
		.summary = "make a descriptor of a process one of this process, too",
		.details =
			"Such as a dma-buf or a sync_file. FD is a number: the names are those of "
			"this process, not of the other.",
		.min_words = 2,
		.max_words = 2,
		.first_word = CLI_WORDS_PROCESSES,
		.has_result = true,
		.run = run_take,
	},
	{ .name = NULL },
};
