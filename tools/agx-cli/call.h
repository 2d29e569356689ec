/* SPDX-License-Identifier: MIT */
/*
 * A call of an ioctl of the driver: put together, shown, sent, and its failure explained.
 */
#ifndef AGX_CLI_CALL_H
#define AGX_CLI_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "uapi.h"
#include "verb.h"

struct cli_args;
struct cli_file;
struct known_list;
struct out;

/* The largest struct of an ioctl. */
#define CALL_MAX_SIZE 64

struct call {
	const struct uapi_ioctl *ioctl;
	uint64_t arg[CALL_MAX_SIZE / sizeof(uint64_t)];

	/* What its arrays have that are made here, in the ioctl's order. Owned; or NULL. */
	struct {
		uint8_t *bytes;
		size_t size;
	} arrays[UAPI_MAX_ARRAYS];
};

/* --dry-run and --show, for verbs that do what follows. */
extern const struct cli_option call_options[];

/* An empty call of the verb's ioctl with the fields of the command line. */
enum cli_exit call_init(struct cli *cli, const struct cli_args *args, struct call *call);
void call_fini(struct call *call);

/* Appends to an array; false without memory. */
bool call_append(struct call *call, unsigned int array, const void *bytes, size_t size);

/* Sets a field unless the command line has. */
void call_default(struct call *call, const struct cli_args *args, const char *field,
		  uint64_t value);

/* The field of an ioctl that is the result of its verb, or NULL. */
const char *call_result(const struct uapi_ioctl *ioctl);

/* Whether nothing shall be sent. */
bool call_is_dry(const struct cli_args *args);

/*
 * Shows the call if it shall be, and sends it unless nothing shall be. On success the verb's result
 * is set; on failure it is said why.
 */
enum cli_exit call_run(struct cli *cli, const struct cli_args *args, struct call *call);

/*
 * The second half of that, for a call that was sent to @file with @ret, a negative errno or 0.
 */
enum cli_exit call_end(struct cli *cli, struct cli_file *file, const struct call *call, int ret);

/* As call_run(), and puts members for the struct as it is then. */
enum cli_exit call_run_and_put(struct cli *cli, const struct cli_args *args, struct call *call);

/* What a verb does whose call is all in its fields. */
enum cli_exit call_run_verb(struct cli *cli, const struct cli_args *args);

/* What a call that has succeeded, or failed, makes known of its file. */
void call_note(struct known_list *known, const struct call *call);
void call_note_failure(struct known_list *known, const struct call *call);

/* What is likely wrong with a call. */
struct reason {
	/* Of its arrays, such as "op 2"; empty for none. */
	char element[32];
	char text[192];
};

/* False if nothing is to be seen in the arguments. @err is positive. */
bool call_explain(struct cli_file *file, const struct call *call, int err, struct reason *reason);

#endif /* AGX_CLI_CALL_H */
