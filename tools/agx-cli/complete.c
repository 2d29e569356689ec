// SPDX-License-Identifier: MIT
#include "complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "fields.h"
#include "process.h"
#include "session.h"
#include "verb.h"

/* Adds "<head><text><tail>" if that begins with @word. What there is no memory for is left out. */
static void add(struct completions *to, const char *word, const char *head, const char *text,
		const char *tail)
{
	char **list, *string;

	if (asprintf(&string, "%s%s%s", head, text, tail) < 0)
		return;
	list = strncmp(string, word, strlen(word)) ? NULL :
	       realloc(to->list, (to->count + 1) * sizeof(*list));
	if (!list) {
		free(string);
		return;
	}
	to->list = list;
	to->list[to->count++] = string;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct completions *completions)
{
	size_t i, kept = 0;

	if (!completions->count)
		return;

	qsort(completions->list, completions->count, sizeof(*completions->list), compare);
	for (i = 0; i < completions->count; i++) {
		if (kept && !strcmp(completions->list[kept - 1], completions->list[i]))
			free(completions->list[i]);
		else
			completions->list[kept++] = completions->list[i];
	}
	completions->count = kept;
}

void completions_free(struct completions *completions)
{
	size_t i;

	for (i = 0; i < completions->count; i++)
		free(completions->list[i]);
	free(completions->list);
}

size_t completions_common(const struct completions *completions)
{
	size_t i, len;

	if (!completions->count)
		return 0;

	len = strlen(completions->list[0]);
	for (i = 1; i < completions->count; i++)
		while (strncmp(completions->list[0], completions->list[i], len))
			len--;
	return len;
}

/* The first word of each verb, or its second behind the first. */
static void add_verbs(struct completions *to, const char *first, const char *word)
{
	const struct cli_verb *const *table, *verb;
	const char *space;
	char name[64];

	for (table = cli_verb_tables; *table; table++) {
		for (verb = *table; verb->name; verb++) {
			space = strchr(verb->name, ' ');
			if (!first) {
				snprintf(name, sizeof(name), "%.*s",
					 (int)strcspn(verb->name, " "), verb->name);
				add(to, word, "", name, "");
			} else if (space && strlen(first) == (size_t)(space - verb->name) &&
				   !strncmp(first, verb->name, space - verb->name)) {
				add(to, word, "", space + 1, "");
			}
		}
	}
}

static void add_options(struct completions *to, const char *word, const struct cli_option *options)
{
	for (; options && options->name; options++)
		add(to, word, "--", options->name, "");
}

static void add_fields(struct completions *to, const char *word, const struct cli_field *fields)
{
	for (; fields && fields->name; fields++)
		add(to, word, "", fields->name, "=");
}

/* Those of a struct itself; of a struct in it, what they begin with. */
static void add_struct(struct completions *to, const char *word, const struct uapi_struct *type)
{
	const struct uapi_field *field;
	unsigned int i;

	for (i = 0; type && i < type->num_fields; i++) {
		field = &type->fields[i];
		if (field->format != UAPI_PAD)
			add(to, word, "", field->name, field->format == UAPI_STRUCT ? "." : "=");
	}
}

/* What the fields of a verb are of, which its words may say; NULL for nothing known. */
static const struct uapi_struct *struct_of(const struct cli_verb *verb, char *const *words,
					   unsigned int count)
{
	const struct uapi_ioctl *ioctl = verb->ioctl ? cli_find_ioctl(verb->ioctl) : NULL;
	unsigned int i;

	for (i = 0; verb->first_word == CLI_WORDS_IOCTLS && i < count && !ioctl; i++)
		ioctl = cli_find_ioctl(words[i]);
	return ioctl ? ioctl->arg : NULL;
}

/* Where the words stand: in an element, or before the first. */
static const struct cli_element *last_element(const struct cli_verb *verb, char *const *words,
					      unsigned int count)
{
	const struct cli_element *element, *last = NULL;
	unsigned int i;

	for (i = 0; i < count; i++)
		for (element = verb->elements; element && element->word; element++)
			if (!strcmp(element->word, words[i]))
				last = element;
	return last;
}

static void add_values(struct completions *to, const struct uapi_struct *type, const char *word)
{
	size_t len = strcspn(word, "="), at = len;
	const struct uapi_name *name;
	struct uapi_field field;
	char head[128];
	const char *p;

	snprintf(head, sizeof(head), "%.*s", (int)len, word);
	if (!type || !cli_find_field(type, head, &field))
		return;

	/* Behind the last flag. */
	for (p = word + len; *p; p++)
		if (*p == '|')
			at = p - word;
	snprintf(head, sizeof(head), "%.*s", (int)at + 1, word);
	for (name = field.names; name && name->name; name++)
		add(to, word, head, name->name, "");
}

static void add_names(struct completions *to, const struct cli *cli, const char *word)
{
	const char *dollar = strrchr(word, '$'), *name;
	unsigned int i;
	char head[128];

	snprintf(head, sizeof(head), "%.*s$", (int)(dollar - word), word);
	for (i = 0; (name = cli_nth_name(cli->session, i)); i++)
		add(to, word, head, name, "");
}

/* Those that are the same wherever it runs. */
static void add_known_words(struct completions *to, enum cli_words words, const char *word)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = cli_nth_word(words, i)); i++)
		add(to, word, "", name, "");
}

static void add_first_words(struct completions *to, const struct cli *cli,
			    const struct cli_verb *verb, const char *word)
{
	struct process_list *processes = cli_processes(cli->session);
	struct cli_file *file = NULL;
	const char *name;
	char choice[32];
	unsigned int i;
	size_t len;

	for (i = 0; (name = cli_choice(verb, i, &len)); i++) {
		snprintf(choice, sizeof(choice), "%.*s", (int)len, name);
		add(to, word, "", choice, "");
	}
	switch (verb->first_word) {
	case CLI_WORDS_VERBS:
		add_verbs(to, NULL, word);
		break;
	case CLI_WORDS_FILES:
		while ((file = cli_next_file(cli->session, file)))
			add(to, word, "", cli_file_name(file), "");
		break;
	case CLI_WORDS_PROCESSES:
		for (i = 0; (name = process_nth_name(processes, i)); i++)
			add(to, word, "", name, "");
		break;
	default:
		add_known_words(to, verb->first_word, word);
	}
}

static void add_arguments(struct completions *to, const struct cli *cli,
			  const struct cli_verb *verb, char *const *words, unsigned int count)
{
	const struct cli_element *element = last_element(verb, words, count - 1);
	const struct uapi_struct *type = struct_of(verb, words, count - 1);
	const char *word = words[count - 1];
	unsigned int i;

	if (strchr(word, '$')) {
		add_names(to, cli, word);
		return;
	}
	if (strchr(word, '=')) {
		if (!element)
			add_values(to, type, word);
		for (i = 0; element && i < ARRAY_SIZE(element->types); i++)
			add_values(to, element->types[i], word);
		return;
	}
	if (*word == '-') {
		add_options(to, word, verb->options);
		add_options(to, word, cli_common_options);
		return;
	}
	if (count == 1)
		add_first_words(to, cli, verb, word);
	else if (count == 2)
		add_known_words(to, verb->second_word, word);
	if (!element)
		add_fields(to, word, verb->fields);
	if (verb->first_word == CLI_WORDS_IOCTLS)
		add_struct(to, word, type);
	for (i = 0; element && i < ARRAY_SIZE(element->fields); i++)
		add_fields(to, word, element->fields[i]);
	for (element = verb->elements; element && element->word; element++)
		add(to, word, "", element->word, "");
}

struct completions complete(const struct cli *cli, char *const *words)
{
	struct completions found = { 0 };
	const struct cli_verb *verb;
	unsigned int count = 0, used;

	while (words[count])
		count++;

	/* What a command's result is called stands before it. */
	if (count > 2 && !strcmp(words[1], "=")) {
		words += 2;
		count -= 2;
	}
	for (;;) {
		if (count == 1) {
			add_verbs(&found, NULL, words[0]);
			break;
		}
		verb = cli_find_verb((const char *const *)words, count - 1, &used);
		if (count == 2)
			add_verbs(&found, words[0], words[1]);
		if (!verb)
			break;

		/* A verb that takes a command has that behind its own words. */
		if (!verb->takes_command || count <= used + verb->max_words) {
			add_arguments(&found, cli, verb, words + used, count - used);
			break;
		}
		words += used + verb->max_words;
		count -= used + verb->max_words;
		if (count == 0)
			break;
	}
	sort(&found);
	return found;
}
