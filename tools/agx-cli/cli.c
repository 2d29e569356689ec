// SPDX-License-Identifier: MIT
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "call.h"
#include "clock_ns.h"
#include "fields.h"
#include "help.h"
#include "out.h"
#include "session.h"
#include "source.h"
#include "utf8.h"

/* A message is no longer than that. */
#define MESSAGE_MAX 1024

#define PART_OF_WAIT_NS 100000000

const char *cli_errno_name(int err)
{
	static char number[32];
	const char *name = strerrorname_np(abs(err));

	if (name)
		return name;

	snprintf(number, sizeof(number), "errno %d", abs(err));
	return number;
}

int cli_errno_value(const char *name, size_t len)
{
	const char *known;
	int err;

	for (err = 1; err <= CLI_MAX_ERRNO; err++) {
		known = strerrorname_np(err);
		if (known && strlen(known) == len && !strncmp(known, name, len))
			return err;
	}
	return 0;
}

static volatile sig_atomic_t interrupted;
static bool catches_interrupts;

static void note_interrupt(int number)
{
	interrupted = 1;
}

void cli_catch_interrupts(void)
{
	/* System calls are not begun again, so that what waits in one comes back. */
	const struct sigaction action = { .sa_handler = note_interrupt };

	sigaction(SIGINT, &action, NULL);
	catches_interrupts = true;
}

bool cli_interrupted(void)
{
	return interrupted;
}

void cli_clear_interrupt(void)
{
	interrupted = 0;
}

int64_t cli_part_of_wait(int64_t deadline)
{
	const int64_t part = clock_ns(CLOCK_MONOTONIC) + PART_OF_WAIT_NS;

	return catches_interrupts && part < deadline ? part : deadline;
}

size_t cli_hold_errors(struct cli *cli)
{
	cli->holders++;
	return cli->held ? strlen(cli->held) : 0;
}

bool cli_holds_errors(const struct cli *cli)
{
	return cli->holders;
}

void cli_take_errors(struct cli *cli, size_t since, char *buf, size_t size)
{
	char *held = cli->held ? cli->held + since : NULL;

	snprintf(buf, size, "%s", held ? held + (since && *held == '\n') : "");
	if (held)
		*held = '\0';
	if (!--cli->holders) {
		free(cli->held);
		cli->held = NULL;
	}
}

static void hold(struct cli *cli, const char *line)
{
	size_t used = cli->held ? strlen(cli->held) : 0;
	char *more = realloc(cli->held, used + strlen(line) + 2);

	if (!more)
		return;
	cli->held = more;
	if (used)
		more[used++] = '\n';
	strcpy(more + used, line);
}

void cli_place(const struct cli *cli, char *buf, size_t size)
{
	if (cli->source || !cli->place)
		source_place(cli->source, buf, size);
	else
		snprintf(buf, size, "%s", cli->place);
}

void cli_add_errors(struct cli *cli, const char *lines)
{
	char place[256], *line;
	size_t len;

	cli_place(cli, place, sizeof(place));
	for (; *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		line = strndup(lines, len);
		if (!line) {
			out_note(cli->out, "no memory for a message");
		} else if (cli->holders) {
			hold(cli, line);
		} else {
			out_note(cli->out, "%s%s", place, line);
			out_error(cli->out, line);
		}
		free(line);
	}
}

/*
 * What is quoted in a message can be anything: it neither drives the terminal, nor ends the line,
 * nor fills the screen. NULL without memory.
 */
static char *make_printable(const char *text)
{
	char *clean = malloc(MESSAGE_MAX + sizeof("..."));
	size_t used = 0, len;

	if (!clean)
		return NULL;
	for (; *text && used < MESSAGE_MAX - 4; text += len) {
		len = utf8_len(text);
		if (len)
			memcpy(clean + used, text, len);
		else
			snprintf(clean + used, 5, "\\x%02x", (unsigned char)*text);
		used += len ? len : 4;
		len += !len;
	}
	strcpy(clean + used, *text ? "..." : "");
	return clean;
}

/* @text is freed; NULL without memory. */
static void report(struct cli *cli, char *text)
{
	char *clean = text ? make_printable(text) : NULL;

	cli_add_errors(cli, clean ? clean : "no memory for a message");
	free(clean);
	free(text);
}

enum cli_exit cli_error(struct cli *cli, enum cli_exit status, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	report(cli, text);
	cli->said = status;
	return status;
}

enum cli_exit cli_usage(struct cli *cli, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	cli_error(cli, CLI_EXIT_USAGE, "%s; see agx-cli %s%s--help", text ? text : "wrong usage",
		  cli->verb ? cli->verb->name : "", cli->verb ? " " : "");
	free(text);
	return CLI_EXIT_USAGE;
}

enum cli_exit cli_failure(struct cli *cli, int err, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	cli_error(cli, CLI_EXIT_CALL_FAILED, "%s: %s: %s", text ? text : "a call failed",
		  cli_errno_name(err), strerror(abs(err)));
	free(text);
	cli->failed_errno = abs(err);
	return CLI_EXIT_CALL_FAILED;
}

enum cli_exit cli_errno_error(struct cli *cli, enum cli_exit status, int err, const char *format,
			      ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	cli_error(cli, status, "%s: %s: %s", text ? text : "failed", cli_errno_name(err),
		  strerror(abs(err)));
	free(text);
	return status;
}

enum cli_exit cli_ioctl_failure(struct cli *cli, int err, const char *name, const char *element,
				const char *reason)
{
	cli->failed_errno = abs(err);
	return cli_error(cli, CLI_EXIT_CALL_FAILED, "ioctl %s%s%s%s: %s: %s", name,
			 element ? "(" : "", element ? element : "", element ? ")" : "",
			 cli_errno_name(err), reason ? reason : strerror(abs(err)));
}

enum cli_exit cli_no_memory(struct cli *cli)
{
	return cli_error(cli, CLI_EXIT_FAILURE, "no memory");
}

enum cli_exit cli_no_result(struct cli *cli)
{
	return cli_usage(cli, "%s has no result that could have a name", cli->verb->name);
}

static unsigned int count_words(char *const *words)
{
	unsigned int count = 0;

	while (words[count])
		count++;
	return count;
}

/* Asked before it does something that cannot be undone. */
static bool can_have_result(const struct cli_args *args)
{
	const struct cli_verb *verb = args->verb;

	if (cli_option(args, "help") || call_is_dry(args))
		return false;
	return verb->has_result || (verb->ioctl && call_result(cli_find_ioctl(verb->ioctl)));
}

static enum cli_exit run_verb(struct cli *cli, char *const *words)
{
	const char *device = cli->device;
	struct cli_args args;
	enum cli_exit status;

	status = cli_args_parse(cli, cli->verb, words, &args);
	if (status)
		return status;

	/* It may be one letter of several. */
	if (cli_option(&args, "json"))
		out_set_json(cli->out, true);
	if (cli_option(&args, "device"))
		cli->device = cli_option(&args, "device");
	if (cli->wants_result && !can_have_result(&args))
		status = cli_no_result(cli);
	else if (cli_option(&args, "help") && out_json(cli->out))
		cli_put_help(cli->out, cli->verb);
	else if (cli_option(&args, "help"))
		cli_help_verb(cli->verb, stdout);
	else
		status = cli->verb->run(cli, &args);
	cli->device = device;
	cli_args_free(&args);
	return status;
}

bool cli_wants_json(char *const *words)
{
	for (; *words && strcmp(*words, "--"); words++)
		if (!strcmp(*words, "--json") || !strcmp(*words, "-j"))
			return true;
	return false;
}

enum cli_exit cli_end_document(struct cli *cli, enum cli_exit status)
{
	if (status && out_json(cli->out))
		out_u64(cli->out, "status", status);
	out_emit(cli->out);
	return status;
}

enum cli_exit cli_run(struct cli *cli, char *const *words)
{
	const struct cli_verb *outer = cli->verb;
	bool json = out_json(cli->out);
	enum cli_exit status;
	unsigned int used = 0;

	if (cli->depth == CLI_MAX_DEPTH)
		return cli_usage(cli, "%s: more than %u commands run in each other; does a script "
				 "run itself?", words[0], CLI_MAX_DEPTH);

	/* What a verb has to say before it runs another one. */
	if (outer)
		out_emit(cli->out);
	cli->verb = cli_find_verb((const char *const *)words, count_words(words), &used);
	cli->depth++;
	cli->has_result = false;
	cli->failed_errno = 0;
	out_set_json(cli->out, json || cli_wants_json(words + used));
	out_start(cli->out, cli->verb ? cli->verb->name : "");
	status = cli->verb ? run_verb(cli, words + used) : cli_no_verb(cli, words[0]);
	cli_end_document(cli, status);
	out_set_json(cli->out, json);
	cli->depth--;
	cli->verb = outer;
	if (outer)
		out_start(cli->out, outer->name);
	return status;
}

bool cli_is_name(const char *text)
{
	if (!isalpha((unsigned char)*text) && *text != '_')
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

/* "NAME = COMMAND...", or "NAME = NUMBER". */
static enum cli_exit run_assignment(struct cli *cli, const char *name, char *const *words)
{
	const bool wants_result = cli->wants_result;
	enum cli_exit status = CLI_EXIT_OK;
	unsigned int used;
	uint64_t value;

	if (!cli_is_name(name))
		return cli_usage(cli, "\"%s\" cannot be a name", name);
	if (!words[0])
		return cli_usage(cli, "%s = lacks a command or a number", name);

	if (!words[1] && !cli_find_verb((const char *const *)words, 1, &used)) {
		if (!cli_number(cli, name, words[0], &value))
			return CLI_EXIT_USAGE;
	} else {
		cli->wants_result = true;
		status = cli_run(cli, words);
		cli->wants_result = wants_result;
		if (status)
			return status;
		if (!cli->has_result)
			return cli_usage(cli, "%s has no result that could be called %s", words[0],
					 name);
		value = cli->result;
	}
	return cli_set_name(cli->session, name, value) ? status : cli_no_memory(cli);
}

enum cli_exit cli_run_command(struct cli *cli, char *const *words)
{
	if (words[1] && !strcmp(words[1], "="))
		return run_assignment(cli, words[0] + (*words[0] == '$'), words + 2);
	return cli_run(cli, words);
}
