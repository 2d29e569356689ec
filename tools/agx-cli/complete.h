/* SPDX-License-Identifier: MIT */
/*
 * What a word of a command may become.
 */
#ifndef AGX_CLI_COMPLETE_H
#define AGX_CLI_COMPLETE_H

#include <stddef.h>

struct cli;

/* A list of strings; all owned. */
struct completions {
	char **list;
	size_t count;
};

/*
 * What the last of @words, which end with NULL, can be completed to: verbs, options, fields, their
 * values, names. In the order of the alphabet, each once.
 */
struct completions complete(const struct cli *cli, char *const *words);
void completions_free(struct completions *completions);

/* How long a beginning all of them share. */
size_t completions_common(const struct completions *completions);

#endif /* AGX_CLI_COMPLETE_H */
