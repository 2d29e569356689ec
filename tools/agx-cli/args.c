// SPDX-License-Identifier: MIT
#include "args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static unsigned int count_words(char *const *words)
{
	unsigned int count = 0;

	while (words[count])
		count++;
	return count;
}

/* How long the name of name=value is; 0 if the word is something else. */
static size_t field_name_len(const char *word)
{
	size_t len = 0;

	if (!isalpha((unsigned char)word[0]) && word[0] != '_')
		return 0;
	while (isalnum((unsigned char)word[len]) || word[len] == '_' || word[len] == '.')
		len++;
	return word[len] == '=' ? len : 0;
}

static const struct cli_field *find_field(const struct cli_verb *verb, const char *name, size_t len)
{
	const struct cli_field *field;

	for (field = verb->fields; field && field->name; field++)
		if (strlen(field->name) == len && !strncmp(field->name, name, len))
			return field;
	return NULL;
}

static enum cli_exit add_arg(struct cli *cli, struct cli_args *args, const char *word)
{
	struct cli_arg *arg = &args->list[args->count];
	size_t len = field_name_len(word);
	char *name;

	arg->name = NULL;
	arg->value = word;
	args->count++;
	if (!len)
		return CLI_EXIT_OK;

	if (!args->verb->any_fields && !find_field(args->verb, word, len))
		return cli_usage(cli, "%s has no field \"%.*s\"", args->verb->name, (int)len, word);

	name = strndup(word, len);
	if (!name)
		return cli_no_memory(cli);
	arg->name = name;
	arg->value = word + len + 1;
	return CLI_EXIT_OK;
}

static const struct cli_option *find_option(const struct cli_option *options, const char *name,
					    size_t len, char letter)
{
	for (; options && options->name; options++)
		if (letter ? options->letter == letter :
		    strlen(options->name) == len && !strncmp(options->name, name, len))
			return options;
	return NULL;
}

/* Takes an option and its argument; *at is the index of its word, and then of its last. */
static enum cli_exit add_option(struct cli *cli, struct cli_args *args, char *const *words,
				unsigned int *at)
{
	struct cli_arg *given = &args->options[args->option_count];
	const char *word = words[*at], *argument = NULL;
	const struct cli_option *option;
	bool is_long = word[1] == '-';
	const char *name = word + 1 + is_long;
	size_t len = is_long ? strcspn(name, "=") : 1;

	option = find_option(args->verb->options, name, len, is_long ? 0 : *name);
	if (!option)
		option = find_option(cli_common_options, name, len, is_long ? 0 : *name);
	if (!option)
		return cli_usage(cli, "no option %.*s", (int)(name + len - word), word);

	if (name[len])
		argument = name + len + is_long;
	if (argument && !option->argument)
		return cli_usage(cli, "option --%s takes no argument", option->name);
	if (!argument && option->argument) {
		argument = words[*at + 1];
		if (!argument)
			return cli_usage(cli, "option --%s lacks its argument", option->name);
		++*at;
	}
	given->name = option->name;
	given->value = argument ? argument : "";
	args->option_count++;
	return CLI_EXIT_OK;
}

static enum cli_exit check_words(struct cli *cli, const struct cli_args *args)
{
	unsigned int i, count = 0;

	for (i = 0; i < args->count; i++) {
		if (args->list[i].name)
			continue;
		if (count++ == args->verb->max_words)
			return cli_usage(cli, "%s takes no argument \"%s\"", args->verb->name,
					 args->list[i].value);
	}
	if (count < args->verb->min_words)
		return cli_usage(cli, "%s lacks an argument: %s", args->verb->name,
				 args->verb->synopsis);
	return CLI_EXIT_OK;
}

static enum cli_exit parse(struct cli *cli, struct cli_args *args, char *const *words)
{
	enum cli_exit status = CLI_EXIT_OK;
	unsigned int i;

	for (i = 0; words[i] && !status; i++) {
		if (args->verb->takes_command && !strcmp(words[i], "--")) {
			args->command = words + i + 1;
			args->command_count = count_words(args->command);
			break;
		}
		/* A number below zero is no option. */
		if (words[i][0] == '-' && words[i][1] && !isupper((unsigned char)words[i][1]) &&
		    !isdigit((unsigned char)words[i][1]))
			status = add_option(cli, args, words, &i);
		else
			status = add_arg(cli, args, words[i]);
	}
	if (!status && !cli_option(args, "help"))
		status = check_words(cli, args);
	return status;
}

enum cli_exit cli_args_parse(struct cli *cli, const struct cli_verb *verb, char *const *words,
			     struct cli_args *args)
{
	unsigned int count = count_words(words);
	enum cli_exit status;

	memset(args, 0, sizeof(*args));
	args->verb = verb;
	args->list = calloc(count + 1, sizeof(*args->list));
	args->options = calloc(count + 1, sizeof(*args->options));
	if (args->list && args->options)
		status = parse(cli, args, words);
	else
		status = cli_no_memory(cli);
	if (status)
		cli_args_free(args);
	return status;
}

void cli_args_free(struct cli_args *args)
{
	unsigned int i;

	for (i = 0; i < args->count; i++)
		free((char *)args->list[i].name);
	free(args->list);
	free(args->options);
}

const char *cli_option(const struct cli_args *args, const char *name)
{
	unsigned int i;

	for (i = args->option_count; i; i--)
		if (!strcmp(args->options[i - 1].name, name))
			return args->options[i - 1].value;
	return NULL;
}

const char *cli_field(const struct cli_args *args, const char *name)
{
	unsigned int i;

	for (i = args->count; i; i--)
		if (args->list[i - 1].name && !strcmp(args->list[i - 1].name, name))
			return args->list[i - 1].value;
	return NULL;
}

const char *cli_word(const struct cli_args *args, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < args->count; i++)
		if (!args->list[i].name && !index--)
			return args->list[i].value;
	return NULL;
}
