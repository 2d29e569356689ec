/* SPDX-License-Identifier: MIT */
/*
 * Help for people, from the tables of verbs.
 */
#ifndef AGX_CLI_HELP_H
#define AGX_CLI_HELP_H

#include <stdio.h>

struct cli_verb;
struct out;

/* The list of verbs, and the options that stand before one. */
void cli_help(FILE *to);

void cli_help_verb(const struct cli_verb *verb, FILE *to);

/* The same as data, of a verb or, for NULL, of all: manual and completion are made from that. */
void cli_put_help(struct out *out, const struct cli_verb *verb);

#endif /* AGX_CLI_HELP_H */
