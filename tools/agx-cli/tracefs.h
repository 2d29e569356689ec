/* SPDX-License-Identifier: MIT */
/*
 * An instance of tracefs of one's own, so that nobody else's tracing is disturbed.
 *
 * While there is one, signals that would end the process are read like everything else, so that it
 * does not stay behind.
 */
#ifndef AGX_CLI_TRACEFS_H
#define AGX_CLI_TRACEFS_H

#include <stdbool.h>

#include "cli.h"

#define TRACEFS "/sys/kernel/tracing"

struct tracefs;

/* Nothing is recorded before an event is enabled. On failure says why; @cli is borrowed. */
enum cli_exit tracefs_make(struct cli *cli, struct tracefs **out);

/* Stops recording, and removes it. NULL is fine. */
void tracefs_remove(struct tracefs *tracefs);

/* Whether the kernel has a file in the instance, such as the folder of a system's events. */
bool tracefs_has(const struct tracefs *tracefs, const char *name);

/* Writes to a file of the instance; 0 or a negative errno. */
int tracefs_set(const struct tracefs *tracefs, const char *name, const char *value);

/* Enables the events whose paths match: "agx/agx_job_*"; how many those are. */
unsigned int tracefs_enable(const struct tracefs *tracefs, const char *pattern);

/* Opens the pipe that events come out of; on failure says why. */
enum cli_exit tracefs_open(struct tracefs *tracefs);

/*
 * A line that has come since, without its end and good until the next call; NULL if there is none
 * at the moment. Does not wait.
 */
char *tracefs_line(struct tracefs *tracefs);

/* What poll() waits for: a line, a signal. */
int tracefs_line_fd(const struct tracefs *tracefs);
int tracefs_signal_fd(const struct tracefs *tracefs);

/* A signal that has come: SIGINT, SIGTERM, SIGHUP or SIGCHLD; 0 for none. Does not wait. */
int tracefs_signal(struct tracefs *tracefs);

#endif /* AGX_CLI_TRACEFS_H */
