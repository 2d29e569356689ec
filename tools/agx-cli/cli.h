/* SPDX-License-Identifier: MIT */
/*
 * What the verbs of agx-cli share.
 */
#ifndef AGX_CLI_H
#define AGX_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;
struct cli_session;
struct cli_verb;
struct source;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The largest number that an error has in Linux. */
#define CLI_MAX_ERRNO 4095

/* How deep commands can run others: a script that runs itself ends there. */
#define CLI_MAX_DEPTH 64

/* What verbs return, and agx-cli exits with; documented in agx-cli(1). */
enum cli_exit {
	CLI_EXIT_OK = 0,

	/* Something of our own: memory, a file. What was interrupted too. */
	CLI_EXIT_FAILURE = 1,

	/* Of arguments, and of the commands, shaders and bytes that they are or name. */
	CLI_EXIT_USAGE = 2,
	CLI_EXIT_NO_DEVICE = 3,
	CLI_EXIT_NO_PERMISSION = 4,
	CLI_EXIT_CALL_FAILED = 5,

	/* Of this kernel or this build. */
	CLI_EXIT_UNSUPPORTED = 6,

	/* A job that failed, a result that is wrong, an expectation that was not met. */
	CLI_EXIT_WRONG = 7,
};

struct cli {
	/* Both owned by main(). */
	struct out *out;
	struct cli_session *session;

	/* The verb that runs; NULL before there is one. */
	const struct cli_verb *verb;

	/* Path of a node; NULL for the first GPU. Borrowed from the command line. */
	const char *device;

	/* Where commands come from now; NULL for the command line. Borrowed from who reads it. */
	struct source *source;

	/* Where a command comes from that came without a source; NULL for nowhere. Borrowed. */
	const char *place;

	/* Of the script that runs, where scripts that it names are; NULL for here. Borrowed. */
	const char *folder;

	/* How many verbs run in each other. */
	unsigned int depth;

	/* Go on when a command of a script fails; do no further command. */
	bool goes_on;
	bool left;

	/* The verb is run for its result alone, and does nothing if it can have none. */
	bool wants_result;

	/* What a verb makes that has a number: "vm = vm-create". */
	bool has_result;
	uint64_t result;

	/* The error of the verb's last call that failed, positive; 0 if none did. */
	int failed_errno;

	/*
	 * What the last message was about: why functions have failed that only return that they
	 * have, as they say why.
	 */
	enum cli_exit said;

	/* How many want messages to be held back, and those; owned, or NULL. */
	unsigned int holders;
	char *held;
};

/* Where the command that runs was said: "FILE:LINE: ", or nothing. */
void cli_place(const struct cli *cli, char *buf, size_t size);

/* Whether it can be the name of a number, a file or a process: letters, digits and "_". */
bool cli_is_name(const char *text);

/* Whether --json is among the words up to "--": what is wrong with the others is in JSON then. */
bool cli_wants_json(char *const *words);

/* Ends the document of a verb, or of words that are none, with the status that is returned. */
enum cli_exit cli_end_document(struct cli *cli, enum cli_exit status);

/* Runs the verb that @words, which end with NULL, begin with. */
enum cli_exit cli_run(struct cli *cli, char *const *words);

/* The same for a command of a session, which may begin with "NAME =". */
enum cli_exit cli_run_command(struct cli *cli, char *const *words);

/*
 * Lets an interrupt from the terminal end a command that waits here, not the session. Commands of
 * that kind look at it; it is set for all of a line.
 */
void cli_catch_interrupts(void);
bool cli_interrupted(void);
void cli_clear_interrupt(void);

/*
 * Of a wait until @deadline of CLOCK_MONOTONIC, until when a call waits that an interrupt does not
 * end, such as libdrm's: before the deadline only where there are interrupts to be looked at.
 */
int64_t cli_part_of_wait(int64_t deadline);

/* Ends the process without unwinding what its parent began. Does not return. */
void cli_leave(struct cli *cli, enum cli_exit status) __attribute__((noreturn));

/*
 * From here on messages are kept instead of being written, up to cli_take_errors(), which moves
 * them to @buf: lines, of which the last has no end. Both nest; what is returned says which go
 * together.
 */
size_t cli_hold_errors(struct cli *cli);
void cli_take_errors(struct cli *cli, size_t since, char *buf, size_t size);
bool cli_holds_errors(const struct cli *cli);

/* Messages that are complete already, of another process: lines. */
void cli_add_errors(struct cli *cli, const char *lines);

/*
 * A message on stderr, behind "agx-cli: ", and in the JSON of the verb that runs. Returns @status.
 */
enum cli_exit cli_error(struct cli *cli, enum cli_exit status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for wrong arguments, with where help is found. */
enum cli_exit cli_usage(struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a call that failed with @err, negative or positive, and with what that is called. */
enum cli_exit cli_failure(struct cli *cli, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for what is no call to a driver, such as a file that cannot be opened. Returns @status.
 */
enum cli_exit cli_errno_error(struct cli *cli, enum cli_exit status, int err, const char *format,
			      ...) __attribute__((format(printf, 4, 5)));

/*
 * The same for an ioctl: its name, such as "VM_BIND"; which element of its arrays it is about, such
 * as "op 2", or NULL; and the likely reason, or NULL for the errno's own text.
 */
enum cli_exit cli_ioctl_failure(struct cli *cli, int err, const char *name, const char *element,
				const char *reason);

/* The verb that runs can have no result, which is to be given a name. */
enum cli_exit cli_no_result(struct cli *cli);

/* No memory. */
enum cli_exit cli_no_memory(struct cli *cli);

/* "EINVAL" for EINVAL or -EINVAL; a number if it has no name. Good until the next call. */
const char *cli_errno_name(int err);

/* The errno of a name; 0 for none. */
int cli_errno_value(const char *name, size_t len);

#endif /* AGX_CLI_H */
