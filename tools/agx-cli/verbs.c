// SPDX-License-Identifier: MIT
#include "verb.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"

const struct cli_verb *const cli_verb_tables[] = {
	cli_verbs_info,
	cli_verbs_top,
	cli_verbs_watch,
	cli_verbs_coredump,
	cli_verbs_look,
	cli_verbs_ioctl,
	cli_verbs_arrays,
	cli_verbs_raw,
	cli_verbs_core,
	cli_verbs_bo,
	cli_verbs_demo,
	cli_verbs_run,
	cli_verbs_asm,
	cli_verbs_decode,
	cli_verbs_record,
	cli_verbs_show,
	cli_verbs_replay,
	cli_verbs_script,
	cli_verbs_files,
	cli_verbs_process,
	NULL,
};

const struct cli_option cli_common_options[] = {
	{ "device", 'd', "PATH", "the GPU's node, instead of the first GPU" },
	{ "json", 'j', NULL, "print JSON, an object a line" },
	{ "help", 'h', NULL, "this text" },
	{ NULL },
};

/* How many of the words make up the name; 0 if they do not. */
static unsigned int match(const char *name, const char *const *words, unsigned int count)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);

	if (!count || strlen(words[0]) != first || strncmp(name, words[0], first))
		return 0;
	if (!space)
		return 1;
	return count > 1 && !strcmp(space + 1, words[1]) ? 2 : 0;
}

const struct cli_verb *cli_find_verb(const char *const *words, unsigned int count,
				     unsigned int *used)
{
	const struct cli_verb *const *table, *verb;

	for (table = cli_verb_tables; *table; table++) {
		for (verb = *table; verb->name; verb++) {
			*used = match(verb->name, words, count);
			if (*used)
				return verb;
		}
	}
	return NULL;
}

const char *cli_choice(const struct cli_verb *verb, unsigned int index, size_t *len)
{
	const char *word = verb->synopsis, *end = word + strcspn(word, " ");

	for (; word < end; word += *len + 1) {
		*len = strcspn(word, "| ");
		if (*len && strspn(word, "abcdefghijklmnopqrstuvwxyz") >= *len && !index--)
			return word;
	}
	return NULL;
}

const char *cli_nth_word(enum cli_words words, unsigned int index)
{
	switch (words) {
	case CLI_WORDS_ENDS:
		return cli_nth_end(index);
	case CLI_WORDS_IOCTLS:
		return cli_nth_ioctl(index);
	case CLI_WORDS_SIGNALS:
		/* Those of real time, which come behind, have no names. */
		return sigabbrev_np(index + 1);
	default:
		return NULL;
	}
}

enum cli_exit cli_no_verb(struct cli *cli, const char *word)
{
	const struct cli_verb *const *table, *verb;
	size_t len = strlen(word), used = 0;
	char names[256] = "";

	for (table = cli_verb_tables; len && *table; table++)
		for (verb = *table; verb->name; verb++)
			if (!strncmp(verb->name, word, len) && verb->name[len] == ' ' &&
			    used < sizeof(names))
				used += snprintf(names + used, sizeof(names) - used, "%s%s",
						 used ? ", " : "", verb->name);
	if (used)
		return cli_usage(cli, "\"%s\" is the first word only of %s", word, names);
	return cli_usage(cli, "no verb \"%s\"", word);
}
