// SPDX-License-Identifier: MIT
#include "line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Copies a word to *to, without quotes; NULL if one is not closed, or where the word ends. */
static const char *take_word(const char *from, char **to)
{
	char quote = 0;

	for (; *from && (quote || !isspace((unsigned char)*from)); from++) {
		if (quote && *from == quote)
			quote = 0;
		else if (!quote && (*from == '\'' || *from == '"'))
			quote = *from;
		else if (*from == '\\' && quote != '\'' && from[1])
			*(*to)++ = *++from;
		else
			*(*to)++ = *from;
	}
	*(*to)++ = '\0';
	return quote ? NULL : from;
}

enum line_result line_split(const char *line, char ***words)
{
	/* A word has a character at least, and a blank or the end behind it. */
	size_t most = strlen(line) / 2 + 2, count = 0;
	char *text;

	*words = malloc(most * sizeof(**words) + strlen(line) + most);
	if (!*words)
		return LINE_NO_MEMORY;

	text = (char *)(*words + most);
	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || *line == '#')
			break;
		(*words)[count++] = text;
		line = take_word(line, &text);
		if (!line) {
			free(*words);
			*words = NULL;
			return LINE_OPEN;
		}
	}
	(*words)[count] = NULL;
	return LINE_OK;
}

bool line_goes_on(char *line)
{
	size_t len = strlen(line), slashes = 0;

	while (slashes < len && line[len - 1 - slashes] == '\\')
		slashes++;
	if (slashes % 2 == 0)
		return false;
	line[len - 1] = '\0';
	return true;
}
