/* SPDX-License-Identifier: MIT */
/*
 * What a verb is. Tables of them are the only source of dispatch, help, completion and the manual.
 */
#ifndef AGX_CLI_VERB_H
#define AGX_CLI_VERB_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli.h"

struct cli_args;
struct uapi_struct;

/* An option: "--name", or "--name ARGUMENT" and "--name=ARGUMENT". */
struct cli_option {
	const char *name;

	/* "-l" for short, or 0. */
	char letter;

	/* What the help calls its argument; NULL if it takes none. */
	const char *argument;

	/* One line, no full stop. */
	const char *text;
};

/* Something to be set as name=value. */
struct cli_field {
	const char *name;

	/* What it is and what the kernel wants of it; one line, no full stop. */
	const char *text;

	/* It may be given several times: all values count, in their order. */
	bool repeats;
};

/*
 * An element of an array, begun by a word: the fields behind it, up to the next such word, are the
 * element's.
 */
struct cli_element {
	const char *word;

	/* One line, no full stop. */
	const char *text;

	/* Tables of its fields, and what each is of, or NULL; the second table may be NULL. */
	const struct cli_field *fields[2];
	const struct uapi_struct *types[2];
};

/* What can be offered as a word of a verb. */
enum cli_words {
	CLI_WORDS_OTHER,
	CLI_WORDS_ENDS,
	CLI_WORDS_VERBS,
	CLI_WORDS_FILES,
	CLI_WORDS_IOCTLS,
	CLI_WORDS_PROCESSES,
	CLI_WORDS_SIGNALS,
};

struct cli_verb {
	/* One word, or two: "vm show". */
	const char *name;

	/* Under which heading lists of verbs have it; those of a heading stand together. */
	const char *group;

	/* What follows the name, without the options that every verb has. Empty for nothing. */
	const char *synopsis;

	/* One line, no full stop. */
	const char *summary;

	/* More, in paragraphs divided by empty lines; or NULL. */
	const char *details;

	/* Its own options, and its fields; each ends with a NULL name. Or NULL. */
	const struct cli_option *options;
	const struct cli_field *fields;

	/* Ends with a NULL word; or NULL. */
	const struct cli_element *elements;

	/* The ioctl whose fields those are, such as "VM_CREATE"; or NULL. */
	const char *ioctl;

	/* How many words that are no fields it takes. */
	unsigned int min_words;
	unsigned int max_words;
	enum cli_words first_word;
	enum cli_words second_word;

	/* Takes what follows max_words words, or "--", as a command line; it can do without. */
	bool takes_command;
	bool command_optional;

	/*
	 * Can have a number that a name can be given, its own or that of the command that it does;
	 * one with an ioctl has what its call has, see call_result().
	 */
	bool has_result;

	/* Fields are those of something that the words say; it looks at them itself. */
	bool any_fields;

	enum cli_exit (*run)(struct cli *cli, const struct cli_args *args);
};

/* Tables, which end with a NULL name. Those of verbs.c end with NULL. */
extern const struct cli_verb cli_verbs_arrays[];
extern const struct cli_verb cli_verbs_asm[];
extern const struct cli_verb cli_verbs_bo[];
extern const struct cli_verb cli_verbs_core[];
extern const struct cli_verb cli_verbs_coredump[];
extern const struct cli_verb cli_verbs_decode[];
extern const struct cli_verb cli_verbs_demo[];
extern const struct cli_verb cli_verbs_files[];
extern const struct cli_verb cli_verbs_info[];
extern const struct cli_verb cli_verbs_ioctl[];
extern const struct cli_verb cli_verbs_look[];
extern const struct cli_verb cli_verbs_process[];
extern const struct cli_verb cli_verbs_raw[];
extern const struct cli_verb cli_verbs_record[];
extern const struct cli_verb cli_verbs_replay[];
extern const struct cli_verb cli_verbs_run[];
extern const struct cli_verb cli_verbs_script[];
extern const struct cli_verb cli_verbs_show[];
extern const struct cli_verb cli_verbs_top[];
extern const struct cli_verb cli_verbs_watch[];

extern const struct cli_verb *const cli_verb_tables[];

/* Options of every verb. */
extern const struct cli_option cli_common_options[];

/* The verb that the words begin with and, into *used, how many those are; NULL for none. */
const struct cli_verb *cli_find_verb(const char *const *words, unsigned int count,
				     unsigned int *used);

/*
 * One of the words that a verb's synopsis begins with, such as "stop" of "stop|go", and into *len
 * how long it is; what is not in small letters stands for others. NULL for none of that index.
 */
const char *cli_choice(const struct cli_verb *verb, unsigned int index, size_t *len);

/*
 * One of the words of a kind that are the same wherever it runs, other than verbs; NULL for none of
 * that index, and of another kind.
 */
const char *cli_nth_word(enum cli_words words, unsigned int index);

/* What a command can be expected to end with: "0", "usage" and the like, and names of errors. */
const char *cli_nth_end(unsigned int index);

/*
 * Says that there is no verb with which the words begin, and which there are if the first is the
 * first of two.
 */
enum cli_exit cli_no_verb(struct cli *cli, const char *word);

#endif /* AGX_CLI_VERB_H */
