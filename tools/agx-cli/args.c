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

static const struct cli_field *find_in(const struct cli_field *fields, const char *name, size_t len)
{
	for (; fields && fields->name; fields++)
		if (strlen(fields->name) == len && !strncmp(fields->name, name, len))
			return fields;
	return NULL;
}

static const struct cli_field *find_field(const struct cli_verb *verb,
					  const struct cli_element *element, const char *name,
					  size_t len)
{
	const struct cli_field *field;

	if (!element)
		return find_in(verb->fields, name, len);
	field = find_in(element->fields[0], name, len);
	return field ? field : find_in(element->fields[1], name, len);
}

static const struct cli_element *find_element(const struct cli_verb *verb, const char *word)
{
	const struct cli_element *element;

	for (element = verb->elements; element && element->word; element++)
		if (!strcmp(element->word, word))
			return element;
	return NULL;
}

/* Whether the element that the last argument belongs to has a field of that name before it. */
static bool is_given(const struct cli_args *args, const char *name, size_t len)
{
	const struct cli_arg *arg;
	unsigned int i;

	for (i = args->count - 1; i; i--) {
		arg = &args->list[i - 1];
		/* There the element begins. */
		if (!arg->name && arg->element)
			return false;
		if (arg->name && strlen(arg->name) == len && !strncmp(arg->name, name, len))
			return true;
	}
	return false;
}

static enum cli_exit add_arg(struct cli *cli, struct cli_args *args, const char *word)
{
	const struct cli_element *begun = find_element(args->verb, word), *element = NULL;
	struct cli_arg *arg = &args->list[args->count];
	const struct cli_field *field;
	size_t len = field_name_len(word);

	if (args->count)
		element = args->list[args->count - 1].element;
	arg->value = word;
	arg->element = begun ? begun : element;
	args->count++;
	if (!len)
		return CLI_EXIT_OK;

	field = find_field(args->verb, element, word, len);
	if (!field && !args->verb->any_fields)
		return cli_usage(cli, "%s%s%s has no field \"%.*s\"", args->verb->name,
				 element ? " " : "", element ? element->word : "", (int)len, word);
	/* A verb without fields of its own takes it for a text. */
	if (args->verb->fields && !(field && field->repeats) && is_given(args, word, len))
		return cli_usage(cli, "%s%s%s has the field \"%.*s\" twice", args->verb->name,
				 element ? " " : "", element ? element->word : "", (int)len, word);

	arg->name = strndup(word, len);
	if (!arg->name)
		return cli_no_memory(cli);
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

static enum cli_exit no_option(struct cli *cli, const char *dashes, const char *name, size_t len)
{
	return cli_usage(cli, "no option %s%.*s", dashes, (int)len, name);
}

/*
 * Takes the argument that may be @joined to an option, or NULL; *at is the index of its word, and
 * then of its last.
 */
static enum cli_exit add_option(struct cli *cli, struct cli_args *args,
				const struct cli_option *option, const char *joined,
				char *const *words, unsigned int *at)
{
	struct cli_arg *given = &args->options[args->option_count];

	if (joined && !option->argument)
		return cli_usage(cli, "option --%s takes no argument", option->name);
	if (!joined && option->argument) {
		joined = words[*at + 1];
		if (!joined)
			return cli_usage(cli, "option --%s lacks its argument", option->name);
		++*at;
	}
	given->name = (char *)option->name;
	given->value = joined ? joined : "";
	args->option_count++;
	return CLI_EXIT_OK;
}

/* "--name" or "--name=ARGUMENT". */
static enum cli_exit add_long_option(struct cli *cli, struct cli_args *args, char *const *words,
				     unsigned int *at)
{
	const char *name = words[*at] + 2;
	size_t len = strcspn(name, "=");
	const struct cli_option *option = find_option(args->verb->options, name, len, 0);

	if (!option)
		option = find_option(cli_common_options, name, len, 0);
	if (!option)
		return no_option(cli, "--", name, len);
	return add_option(cli, args, option, name[len] ? name + len + 1 : NULL, words, at);
}

/* Letters, the last of which may have an argument behind it. */
static enum cli_exit add_letters(struct cli *cli, struct cli_args *args, char *const *words,
				 unsigned int *at)
{
	const struct cli_option *option;
	enum cli_exit status;
	const char *letter;

	for (letter = words[*at] + 1; *letter; letter++) {
		option = find_option(args->verb->options, NULL, 0, *letter);
		if (!option)
			option = find_option(cli_common_options, NULL, 0, *letter);
		if (!option)
			return no_option(cli, "-", letter, 1);
		if (option->argument)
			return add_option(cli, args, option, letter[1] ? letter + 1 : NULL, words,
					  at);
		status = add_option(cli, args, option, NULL, words, at);
		if (status)
			return status;
	}
	return CLI_EXIT_OK;
}

static bool is_word(const struct cli_arg *arg)
{
	return !arg->name && (!arg->element || strcmp(arg->element->word, arg->value));
}

static unsigned int words_given(const struct cli_args *args)
{
	unsigned int i, count = 0;

	for (i = 0; i < args->count; i++)
		count += is_word(&args->list[i]);
	return count;
}

static enum cli_exit check_words(struct cli *cli, const struct cli_args *args)
{
	unsigned int count = words_given(args);

	if (count > args->verb->max_words)
		return cli_usage(cli, "%s takes no argument \"%s\"", args->verb->name,
				 cli_word(args, args->verb->max_words));
	if (count < args->verb->min_words ||
	    (args->verb->takes_command && !args->verb->command_optional && !args->command_count))
		return cli_usage(cli, "%s lacks an argument: %s", args->verb->name,
				 args->verb->synopsis);
	return CLI_EXIT_OK;
}

/* A number below zero is no option, and no error's name is. */
static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] && !isupper((unsigned char)word[1]) &&
	       !isdigit((unsigned char)word[1]);
}

/* Whether the command line of a verb begins with this word, or behind it. */
static bool begins_command(const struct cli_args *args, const char *word)
{
	if (!args->verb->takes_command)
		return false;
	return !strcmp(word, "--") ||
	       (!is_option(word) && words_given(args) == args->verb->max_words);
}

static enum cli_exit parse(struct cli *cli, struct cli_args *args, char *const *words)
{
	enum cli_exit status = CLI_EXIT_OK;
	unsigned int i;

	for (i = 0; words[i] && !status; i++) {
		if (begins_command(args, words[i])) {
			args->command = words + i + !strcmp(words[i], "--");
			args->command_count = count_words(args->command);
			break;
		}
		if (!strncmp(words[i], "--", 2))
			status = add_long_option(cli, args, words, &i);
		else if (is_option(words[i]))
			status = add_letters(cli, args, words, &i);
		else
			status = add_arg(cli, args, words[i]);
	}
	if (!status && !cli_option(args, "help"))
		status = check_words(cli, args);
	return status;
}

/* As many options as there can be. */
static size_t count_letters(char *const *words)
{
	size_t count = 0;

	for (; *words; words++)
		count += strlen(*words);
	return count;
}

enum cli_exit cli_args_parse(struct cli *cli, const struct cli_verb *verb, char *const *words,
			     struct cli_args *args)
{
	unsigned int count = count_words(words);
	enum cli_exit status;

	memset(args, 0, sizeof(*args));
	args->verb = verb;
	args->list = calloc(count + 1, sizeof(*args->list));
	args->options = calloc(count_letters(words) + 1, sizeof(*args->options));
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
		free(args->list[i].name);
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
		if (args->list[i - 1].name && !args->list[i - 1].element &&
		    !strcmp(args->list[i - 1].name, name))
			return args->list[i - 1].value;
	return NULL;
}

const char *cli_word(const struct cli_args *args, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < args->count; i++)
		if (is_word(&args->list[i]) && !index--)
			return args->list[i].value;
	return NULL;
}
