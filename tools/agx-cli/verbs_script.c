// SPDX-License-Identifier: MIT
/*
 * Where commands come from, and what becomes of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "help.h"
#include "out.h"
#include "source.h"
#include "verb.h"

#define MESSAGES_MAX 4096

/* What the source could not be read for goes to @err, unless that is NULL; see source_error(). */
static enum cli_exit run_source(struct cli *cli, struct source *source, int *err)
{
	enum cli_exit status;

	if (!source)
		return cli_no_memory(cli);

	status = source_run(cli, source);
	if (err)
		*err = source_error(source);
	source_destroy(source);
	return status;
}

static enum cli_exit run_file(struct cli *cli, const struct cli_args *args, const char *path)
{
	bool goes_on = cli->goes_on;
	enum cli_exit status;
	int err = 0;
	FILE *file;

	file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!file)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot open %s", path);

	/* One that another script names does as that does. */
	if (!cli->source || cli_option(args, "keep-going"))
		cli->goes_on = cli_option(args, "keep-going");
	status = run_source(cli, source_file(file, file == stdin ? "stdin" : path), &err);
	if (err && !status)
		status = cli_errno_error(cli, CLI_EXIT_FAILURE, err, "cannot read %s", path);
	cli->goes_on = goes_on;
	cli->left = false;
	if (file != stdin)
		fclose(file);
	return status;
}

static enum cli_exit run_script(struct cli *cli, const struct cli_args *args)
{
	const char *name = cli_word(args, 0), *outer = cli->folder, *slash;
	bool moves = outer && *name != '/' && strcmp(name, "-");
	char *path, *folder = NULL;
	enum cli_exit status;

	/* What a script names is where the script is. */
	if (asprintf(&path, "%s%s%s", moves ? outer : "", moves ? "/" : "", name) < 0)
		return cli_no_memory(cli);
	slash = strrchr(path, '/');
	if (slash) {
		folder = strndup(path, slash == path ? 1 : slash - path);
		if (!folder) {
			free(path);
			return cli_no_memory(cli);
		}
	}

	cli->folder = folder;
	status = run_file(cli, args, path);
	cli->folder = outer;
	free(folder);
	free(path);
	return status;
}

static enum cli_exit run_shell(struct cli *cli, const struct cli_args *args)
{
	enum cli_exit status;
	struct source *source;

	source = source_prompt(cli);
	if (!source)
		return cli_no_memory(cli);
	cli_catch_interrupts();
	status = run_source(cli, source, NULL);
	/* Who types has seen what failed. */
	return isatty(STDIN_FILENO) ? CLI_EXIT_OK : status;
}

static enum cli_exit run_exit(struct cli *cli, const struct cli_args *args)
{
	cli->left = true;
	return CLI_EXIT_OK;
}

static enum cli_exit run_on_error(struct cli *cli, const struct cli_args *args)
{
	const char *what = cli_word(args, 0);

	if (strcmp(what, "stop") && strcmp(what, "go"))
		return cli_usage(cli, "on-error: \"%s\" is neither stop nor go", what);
	cli->goes_on = !strcmp(what, "go");
	return CLI_EXIT_OK;
}

/* A command that a verb takes may be a block, which follows in the lines behind it. */
static enum cli_exit run_block(struct cli *cli, const struct block *block)
{
	return run_source(cli, source_block(block), NULL);
}

static bool is_block(const struct cli_args *args)
{
	return args->command_count == 1 && !strcmp(args->command[0], "{");
}

static enum cli_exit run_repeat(struct cli *cli, const struct cli_args *args)
{
	enum cli_exit status = CLI_EXIT_OK, first = CLI_EXIT_OK;
	struct block *block = NULL;
	uint64_t count;

	if (!cli_number_between(cli, "repeat", cli_word(args, 0), 0, INT64_MAX, &count))
		return CLI_EXIT_USAGE;
	if (is_block(args)) {
		block = source_read_block(cli, cli->source);
		if (!block)
			return CLI_EXIT_USAGE;
	}

	for (; count && !cli->left && !cli_interrupted() && (!first || cli->goes_on); count--) {
		status = block ? run_block(cli, block) : cli_run_command(cli, args->command);
		if (!first)
			first = status;
	}
	block_destroy(block);
	return first;
}

/* Other than errors of calls. */
static const struct {
	const char *name;
	enum cli_exit status;
} expected_statuses[] = {
	{ "0", CLI_EXIT_OK },
	{ "failure", CLI_EXIT_FAILURE },
	{ "usage", CLI_EXIT_USAGE },
	{ "no-device", CLI_EXIT_NO_DEVICE },
	{ "no-permission", CLI_EXIT_NO_PERMISSION },
	{ "unsupported", CLI_EXIT_UNSUPPORTED },
	{ "wrong", CLI_EXIT_WRONG },
};

const char *cli_nth_end(unsigned int index)
{
	const char *name;
	int err;

	if (index < ARRAY_SIZE(expected_statuses))
		return expected_statuses[index].name;

	/* Some numbers are no errors. */
	index -= ARRAY_SIZE(expected_statuses);
	for (err = 1; err <= CLI_MAX_ERRNO; err++) {
		name = strerrorname_np(err);
		if (name && !index--)
			return name;
	}
	return NULL;
}

/* The status that a command has to have, or the error of its call: negative for none of both. */
static bool parse_expected(struct cli *cli, const char *text, int *err, int *status)
{
	unsigned int i;

	*status = -1;
	*err = cli_errno_value(text, strlen(text));
	for (i = 0; i < ARRAY_SIZE(expected_statuses); i++)
		if (!strcmp(expected_statuses[i].name, text))
			*status = expected_statuses[i].status;
	if (*err || *status >= 0)
		return true;
	cli_usage(cli, "expect: \"%s\" is neither an error nor 0", text);
	return false;
}

static enum cli_exit run_expect(struct cli *cli, const struct cli_args *args)
{
	const char *expected = cli_word(args, 0);
	char messages[MESSAGES_MAX];
	int err, wanted, failed;
	enum cli_exit status;
	size_t since;
	bool met;

	if (!parse_expected(cli, expected, &err, &wanted))
		return CLI_EXIT_USAGE;

	since = cli_hold_errors(cli);
	status = cli_run_command(cli, args->command);
	cli_take_errors(cli, since, messages, sizeof(messages));

	failed = status == CLI_EXIT_CALL_FAILED ? cli->failed_errno : 0;
	met = wanted >= 0 ? status == (enum cli_exit)wanted : failed == err;
	if (met && status) {
		out_string(cli->out, "expected", expected);
		out_string(cli->out, "message", messages);
		out_sentence(cli->out, "as expected, %s: %s", expected, messages);
	}
	if (met)
		return CLI_EXIT_OK;

	cli_add_errors(cli, messages);
	if (status && status != CLI_EXIT_CALL_FAILED && status != CLI_EXIT_WRONG)
		return status;
	return cli_error(cli, CLI_EXIT_WRONG, "expected %s, but it %s%s", expected,
			 failed ? "failed with " : status ? "failed" : "succeeded",
			 failed ? cli_errno_name(failed) : "");
}

static enum cli_exit run_check(struct cli *cli, const struct cli_args *args)
{
	const char *left = cli_word(args, 0), *how = cli_word(args, 1), *right = cli_word(args, 2);
	uint64_t a, b;
	bool right_so;

	if (!cli_number(cli, "check", left, &a) || !cli_number(cli, "check", right, &b))
		return CLI_EXIT_USAGE;
	if (!strcmp(how, "=="))
		right_so = a == b;
	else if (!strcmp(how, "!="))
		right_so = a != b;
	else if (!strcmp(how, "<"))
		right_so = (int64_t)a < (int64_t)b;
	else if (!strcmp(how, ">"))
		right_so = (int64_t)a > (int64_t)b;
	else
		return cli_usage(cli, "check: \"%s\" is none of == != < >", how);

	if (right_so)
		return CLI_EXIT_OK;
	return cli_error(cli, CLI_EXIT_WRONG, "%s %s %s is wrong: %lld (%#llx), %lld (%#llx)", left,
			 how, right, (long long)a, (unsigned long long)a, (long long)b,
			 (unsigned long long)b);
}

static enum cli_exit run_sleep(struct cli *cli, const struct cli_args *args)
{
	struct timespec time;
	uint64_t ns;

	if (!cli_duration(cli, "sleep", cli_word(args, 0), &ns))
		return CLI_EXIT_USAGE;
	time.tv_sec = ns / 1000000000;
	time.tv_nsec = ns % 1000000000;
	while (nanosleep(&time, &time) && errno == EINTR)
		if (cli_interrupted())
			return cli_error(cli, CLI_EXIT_FAILURE, "interrupted");
	return CLI_EXIT_OK;
}

/* Names are replaced by their numbers; what cannot be a name is left as it is. */
static enum cli_exit run_echo(struct cli *cli, const struct cli_args *args)
{
	const struct cli_arg *arg;
	char *text = NULL, *more;
	char number[24];
	uint64_t value;
	unsigned int i;

	for (i = 0; i < args->count; i++) {
		arg = &args->list[i];
		*number = '\0';
		if (*arg->value == '$' && cli_is_name(arg->value + 1)) {
			if (!cli_number(cli, "echo", arg->value, &value)) {
				free(text);
				return CLI_EXIT_USAGE;
			}
			snprintf(number, sizeof(number), "%" PRIi64, (int64_t)value);
		}
		if (asprintf(&more, "%s%s%s%s%s", text ? text : "", text ? " " : "",
			     arg->name ? arg->name : "", arg->name ? "=" : "",
			     *number ? number : arg->value) < 0)
			more = NULL;
		free(text);
		text = more;
	}
	if (!text)
		return cli_no_memory(cli);
	out_string(cli->out, "text", text);
	out_sentence(cli->out, "%s", text);
	free(text);
	return CLI_EXIT_OK;
}

static enum cli_exit run_help(struct cli *cli, const struct cli_args *args)
{
	const char *words[2] = { cli_word(args, 0), cli_word(args, 1) };
	const struct cli_verb *verb = NULL;
	unsigned int used;

	if (words[0]) {
		verb = cli_find_verb(words, words[1] ? 2 : 1, &used);
		if (!verb)
			return cli_no_verb(cli, words[0]);
	}

	/* People get it in paragraphs, which are no document. */
	if (out_json(cli->out))
		cli_put_help(cli->out, verb);
	else if (verb)
		cli_help_verb(verb, stdout);
	else
		cli_help(stdout);
	return CLI_EXIT_OK;
}

static const struct cli_option script_options[] = {
	{ "keep-going", 'k', NULL, "go on when a command fails" },
	{ NULL },
};

const struct cli_verb cli_verbs_script[] = {
	{
		.name = "shell",
		.group = "sessions",
		.synopsis = "",
		.summary = "do commands that are typed at a prompt",
		.details =
			"Tab completes verbs, options, fields, their values and names; help VERB "
			"says what the kernel wants of each field. The history is kept in "
			"~/.agx-cli-history. It goes on when a command fails; the exit status is 0 "
			"at a terminal, and else that of the first command that failed.",
		.run = run_shell,
	},
	{
		.name = "script",
		.group = "sessions",
		.synopsis = "FILE",
		.summary = "do the commands of a file; - is the standard input",
		.details =
			"Each line is a command. What is in single or double quotes is one word; "
			"# begins a comment, and a line that ends with a backslash goes on with "
			"the next. When a command fails the script ends, and its status is that "
			"of the script. A script that a script names is looked for where that "
			"one is; commands run each other 64 deep, no more.",
		.options = script_options,
		.min_words = 1,
		.max_words = 1,
		.has_result = true,
		.run = run_script,
	},
	{
		.name = "exit",
		.group = "sessions",
		.synopsis = "",
		.summary = "leave the prompt, the script or the process",
		.run = run_exit,
	},
	{
		.name = "on-error",
		.group = "sessions",
		.synopsis = "stop|go",
		.summary = "what a script does when a command fails",
		.min_words = 1,
		.max_words = 1,
		.run = run_on_error,
	},
	{
		.name = "expect",
		.group = "sessions",
		.synopsis = "ERROR|0 COMMAND...",
		.summary = "do a command whose call has to fail with this error, or not at all",
		.details =
			"ERROR is the name of an errno, such as EINVAL. In its place can stand "
			"what else a command can end with: failure, usage, no-device, "
			"no-permission, unsupported or wrong.",
		.min_words = 1,
		.max_words = 1,
		.first_word = CLI_WORDS_ENDS,
		.takes_command = true,
		.has_result = true,
		.run = run_expect,
	},
	{
		.name = "check",
		.group = "sessions",
		.synopsis = "NUMBER ==|!=|<|> NUMBER",
		.summary = "compare two numbers, as ones with a sign",
		.min_words = 3,
		.max_words = 3,
		.run = run_check,
	},
	{
		.name = "repeat",
		.group = "sessions",
		.synopsis = "N COMMAND...",
		.summary = "do a command N times",
		.details =
			"The command can be { at the end of the line: the lines up to one that is "
			"} are repeated then.",
		.min_words = 1,
		.max_words = 1,
		.takes_command = true,
		.has_result = true,
		.run = run_repeat,
	},
	{
		.name = "sleep",
		.group = "sessions",
		.synopsis = "TIME",
		.summary = "do nothing for a time: 2s, 100ms, 50us",
		.min_words = 1,
		.max_words = 1,
		.run = run_sleep,
	},
	{
		.name = "echo",
		.group = "sessions",
		.synopsis = "TEXT...",
		.summary = "print a text, with the numbers of names",
		.min_words = 1,
		.max_words = UINT_MAX,
		.any_fields = true,
		.run = run_echo,
	},
	{
		.name = "help",
		.group = "sessions",
		.synopsis = "[VERB]",
		.summary = "list the verbs, or say all of one",
		.max_words = 2,
		.first_word = CLI_WORDS_VERBS,
		.run = run_help,
	},
	{ .name = NULL },
};
