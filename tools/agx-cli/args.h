/* SPDX-License-Identifier: MIT */
/*
 * The arguments of a verb, taken apart: options, fields and words in the order in which they came.
 */
#ifndef AGX_CLI_ARGS_H
#define AGX_CLI_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "verb.h"

/*
 * name=value; or a word, whose @name is NULL. Behind a word that begins an element, fields are the
 * element's; the word is too.
 */
struct cli_arg {
	/* Owned in @list of struct cli_args; all else is borrowed from the command line. */
	char *name;
	const char *value;
	const struct cli_element *element;
};

struct cli_args {
	const struct cli_verb *verb;

	/* Fields and words. Owned. */
	struct cli_arg *list;
	unsigned int count;

	/* What the verb takes as a command line; borrowed. Ends with NULL. */
	char *const *command;
	unsigned int command_count;

	/* An entry for each option of the command line; owned. */
	struct cli_arg *options;
	unsigned int option_count;
};

/*
 * Takes apart what follows a verb's name, which ends with NULL. On failure says what is wrong, and
 * there is nothing to free.
 */
enum cli_exit cli_args_parse(struct cli *cli, const struct cli_verb *verb, char *const *words,
			     struct cli_args *args);
void cli_args_free(struct cli_args *args);

/* The argument of an option, "" if it takes none; NULL if it was not given. The last one counts. */
const char *cli_option(const struct cli_args *args, const char *name);

/* The value of a field that is no element's; NULL if it was not given. The last one counts. */
const char *cli_field(const struct cli_args *args, const char *name);

/* The word of that index, not counting fields and elements; NULL if there are not as many. */
const char *cli_word(const struct cli_args *args, unsigned int index);

/*
 * A number: decimal, with 0x, with a K, M or G of 1024, negative, the name of an error ("EINVAL",
 * "-EIO"), or a handle's name ("$vm"). False if it is none, having said so of @what.
 */
bool cli_number(struct cli *cli, const char *what, const char *text, uint64_t *value);

/* The same, for a number of which these are the least and the greatest. */
bool cli_number_between(struct cli *cli, const char *what, const char *text, uint64_t min,
			uint64_t max, uint64_t *value);

/* The same, but any number, and says nothing. */
bool cli_try_number(struct cli *cli, const char *text, uint64_t *value);

/* The number of a descriptor, which may be that of none. */
bool cli_fd(struct cli *cli, const char *what, const char *text, int *fd);

/* A time: a number with ns, us, ms or s; a plain one is of seconds, and may have a fraction. */
bool cli_duration(struct cli *cli, const char *what, const char *text, uint64_t *ns);

/*
 * Bytes as hexadecimal digits, between which there may be blanks, or what is in a file: "@FILE". To
 * be freed; NULL on failure, having said why: cli->said is the status.
 */
uint8_t *cli_bytes(struct cli *cli, const char *what, const char *text, size_t *size);

#endif /* AGX_CLI_ARGS_H */
