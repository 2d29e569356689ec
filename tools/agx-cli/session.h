/* SPDX-License-Identifier: MIT */
/*
 * What lasts from one command to the next: open files, and names of numbers. A command on the
 * command line of agx-cli is a session of one command.
 */
#ifndef AGX_CLI_SESSION_H
#define AGX_CLI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"

struct drm_agx_device;
struct cli_session;

/* An open node. */
struct cli_file;

/* NULL without memory. */
struct cli_session *cli_session_create(void);

/* Closes every file. */
void cli_session_destroy(struct cli_session *session);

/*
 * The file in use, which is opened if there is none: the node of --device, or the first GPU. On
 * failure says why.
 */
enum cli_exit cli_open(struct cli *cli, struct cli_file **file);

/* Its descriptor, borrowed. */
int cli_file_fd(const struct cli_file *file);

/* Its device for the object layer, made the first time; borrowed. On failure says why. */
enum cli_exit cli_file_device(struct cli *cli, struct cli_file *file, struct drm_agx_device **dev);

/* cli_open() and cli_file_device() in one. */
enum cli_exit cli_device(struct cli *cli, struct drm_agx_device **dev);

/* The path of an open file, into @buf. */
const char *cli_fd_path(int fd, char *buf, size_t size);

/*
 * Names of numbers, used as "$name". Setting one that is there replaces it; false without memory.
 */
bool cli_set_name(struct cli_session *session, const char *name, uint64_t value);
bool cli_get_name(const struct cli_session *session, const char *name, size_t len, uint64_t *value);

#endif /* AGX_CLI_SESSION_H */
