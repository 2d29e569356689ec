/* SPDX-License-Identifier: MIT */
/*
 * Lines from somebody at a terminal.
 */
#ifndef AGX_CLI_PROMPT_H
#define AGX_CLI_PROMPT_H

#include <stdbool.h>

struct cli;
struct prompt;

/* NULL without memory. */
struct prompt *prompt_create(struct cli *cli);
void prompt_destroy(struct prompt *prompt);

/* A line without its end, to be freed; NULL at the end. @more: it goes on with what is there. */
char *prompt_read(struct prompt *prompt, bool more);

#endif /* AGX_CLI_PROMPT_H */
