/* SPDX-License-Identifier: MIT */
/*
 * Where commands come from: a script, a prompt, or a block of lines in either.
 */
#ifndef AGX_CLI_SOURCE_H
#define AGX_CLI_SOURCE_H

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"

struct source;

/* A file is borrowed, and so is the name that messages have. NULL without memory. */
struct source *source_file(FILE *file, const char *name);

/* Lines that somebody types, with editing where it is built in. */
struct source *source_prompt(struct cli *cli);
void source_destroy(struct source *source);

/* The place of the command that was read last, for messages: "demo.agx:7: ", or "". */
const char *source_place(const struct source *source, char *buf, size_t size);

/*
 * Runs commands until there are no more, one fails and the session does not go on at errors, or is
 * left. Returns the status of the first one that failed.
 */
enum cli_exit source_run(struct cli *cli, struct source *source);

/* Why its file could not be read to the end, an errno; 0 if it could, or is none. */
int source_error(const struct source *source);

/*
 * Commands between "{" and "}", each a line. To be read by the verb whose last word is the "{",
 * from the source that it comes from. NULL on failure, having said why.
 */
struct block;
struct block *source_read_block(struct cli *cli, struct source *source);
void block_destroy(struct block *block);

/* Puts a beginning before each line that has a command. False without memory. */
bool block_prefix(struct block *block, const char *beginning);

/* The block as a source of its own. NULL without memory. */
struct source *source_block(const struct block *block);

#endif /* AGX_CLI_SOURCE_H */
