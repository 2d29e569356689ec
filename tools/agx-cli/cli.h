/* SPDX-License-Identifier: MIT */
/*
 * What the verbs of agx-cli share.
 */
#ifndef AGX_CLI_H
#define AGX_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

struct drm_agx_device;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Documented in agx-cli(1). */
enum cli_exit {
	CLI_EXIT_OK = 0,
	CLI_EXIT_FAILURE = 1,
	CLI_EXIT_USAGE = 2,
	CLI_EXIT_NO_DEVICE = 3,
	CLI_EXIT_NO_PERMISSION = 4,
	CLI_EXIT_CALL_FAILED = 5,
	CLI_EXIT_JOB_FAILED = 6,
	CLI_EXIT_WRONG_RESULT = 7,
};

/* What the options that every verb has say. */
struct cli {
	const struct cli_verb *verb;

	/* Path of a node; NULL for the first GPU. */
	const char *device;
};

struct cli_verb {
	const char *name;

	/* One line for the list of verbs. */
	const char *summary;

	/* Its own options, one a line, for its help; or NULL. */
	const char *options;

	/* Gets the arguments from its name on. */
	enum cli_exit (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct cli_verb cli_verb_demo;
extern const struct cli_verb cli_verb_info;

/*
 * Options of every verb: the first entries of its table, and the start of its string. What
 * getopt_long() returns and the verb does not know goes to cli_option(): true to go on, false to
 * leave with *status.
 */
#define CLI_OPTION_DEVICE { "device", required_argument, NULL, 'd' }
#define CLI_OPTION_HELP { "help", no_argument, NULL, 'h' }
#define CLI_OPTIONS_SHORT ":d:h"

bool cli_option(struct cli *cli, int option, char **argv, enum cli_exit *status);

/* For verbs that take nothing but options: whether that is so. */
bool cli_no_arguments(struct cli *cli, int argc, char **argv);

/*
 * "agx-cli: " and a message, on stderr. cli_usage() ends it with where help is found, cli_failure()
 * with the name and the text of a negative errno. Both return what to exit with.
 */
void cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum cli_exit cli_usage(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum cli_exit cli_failure(int err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "EINVAL" for EINVAL or -EINVAL; a number if it has no name here. Good until the next call. */
const char *cli_errno_name(int err);

/* The device that the options ask for. On failure says why. */
enum cli_exit cli_open(const struct cli *cli, struct drm_agx_device **dev);

/* The path of an open device, into @buf. */
const char *cli_device_path(const struct drm_agx_device *dev, char *buf, size_t size);

#endif /* AGX_CLI_H */
