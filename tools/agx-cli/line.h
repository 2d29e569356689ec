/* SPDX-License-Identifier: MIT */
/*
 * Lines of scripts and of the prompt: words in the manner of a shell's.
 */
#ifndef AGX_CLI_LINE_H
#define AGX_CLI_LINE_H

#include <stdbool.h>

enum line_result {
	LINE_OK,

	/* A quote is not closed. */
	LINE_OPEN,
	LINE_NO_MEMORY,
};

/*
 * Divides a line at blanks, up to a # that begins a word. What is in quotes is one word, or a part
 * of it; in double ones, and outside of any, a backslash takes its meaning from what follows.
 * *words ends with NULL, and is to be freed in one.
 */
enum line_result line_split(const char *line, char ***words);

/* Whether the line goes on with the next: it ends with a backslash, which is then removed. */
bool line_goes_on(char *line);

#endif /* AGX_CLI_LINE_H */
