/* SPDX-License-Identifier: MIT */
/*
 * What lasts from one command to the next: open files, and names of numbers. A command on the
 * command line of agx-cli is a session of one command.
 */
#ifndef AGX_CLI_SESSION_H
#define AGX_CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli.h"

struct drm_agx_device;
struct cli_session;
struct known_list;
struct process_list;

/* An open node. */
struct cli_file;

/* NULL without memory. */
struct cli_session *cli_session_create(void);

/* Ends the other processes, and closes every file. */
void cli_session_destroy(struct cli_session *session);

/* The other processes; borrowed. */
struct process_list *cli_processes(struct cli_session *session);

/*
 * The file in use. Before any was opened, the node of --device or the first GPU is, under the name
 * "gpu". On failure says why.
 */
enum cli_exit cli_open(struct cli *cli, struct cli_file **file);

/* Opens a file under a name, and uses it. @path is NULL for the first GPU. On failure says why. */
enum cli_exit cli_open_as(struct cli *cli, const char *name, const char *path);

/* Of that name; NULL for none. */
struct cli_file *cli_find_file(struct cli_session *session, const char *name);
void cli_use_file(struct cli_session *session, struct cli_file *file);
void cli_close_file(struct cli_session *session, struct cli_file *file);

/* The files in the order in which they were opened: the first for NULL, and then the next. */
struct cli_file *cli_next_file(struct cli_session *session, struct cli_file *file);
bool cli_file_in_use(const struct cli_session *session, const struct cli_file *file);
const char *cli_file_name(const struct cli_file *file);

/* Its descriptor, borrowed. */
int cli_file_fd(const struct cli_file *file);

/* What was made on it. */
struct known_list *cli_file_known(struct cli_file *file);

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

/* Memory that lives as long as the session, all 0; NULL without memory. */
void *cli_session_memory(struct cli_session *session, size_t size);

/* How much there is at that address; 0 if it is none of these. */
size_t cli_session_memory_size(const struct cli_session *session, uint64_t address);

/* The name of that index, in no order; NULL behind the last. */
const char *cli_nth_name(const struct cli_session *session, unsigned int index);

#endif /* AGX_CLI_SESSION_H */
