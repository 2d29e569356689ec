// SPDX-License-Identifier: MIT
/*
 * The prompt without editing, for builds without libedit.
 */
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>

struct prompt {
	/* Borrowed. */
	FILE *from;
};

struct prompt *prompt_create(struct cli *cli)
{
	struct prompt *prompt = calloc(1, sizeof(*prompt));

	if (prompt)
		prompt->from = stdin;
	return prompt;
}

void prompt_destroy(struct prompt *prompt)
{
	free(prompt);
}

char *prompt_read(struct prompt *prompt, bool more)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	fputs(more ? "...> " : "agx> ", stdout);
	fflush(stdout);
	len = getline(&line, &size, prompt->from);
	if (len < 0) {
		putchar('\n');
		free(line);
		return NULL;
	}
	if (len && line[len - 1] == '\n')
		line[len - 1] = '\0';
	return line;
}
