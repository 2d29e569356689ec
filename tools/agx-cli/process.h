/* SPDX-License-Identifier: MIT */
/*
 * Other processes of a session. Each begins with all that the session has, the open files shared,
 * and from then on has files and names of its own. It does one command at a time.
 */
#ifndef AGX_CLI_PROCESS_H
#define AGX_CLI_PROCESS_H

#include <stdbool.h>

#include "cli.h"

struct process_list;

/* NULL without memory. */
struct process_list *process_list_create(void);

/* Ends those that are there: at once if they do something, or else as if they left. */
void process_list_destroy(struct process_list *list);

/* The name of that index; NULL behind the last. */
const char *process_nth_name(const struct process_list *list, unsigned int index);

/* In the new process this does not return. */
enum cli_exit process_fork(struct cli *cli, const char *name);

/*
 * Lets it do a command, and waits for the status unless @background. Its result becomes that of the
 * verb that runs.
 */
enum cli_exit process_run(struct cli *cli, const char *name, char *const *words, bool background);

/* Waits for a command that it does in the background; the status is the command's. */
enum cli_exit process_wait(struct cli *cli, const char *name);

/* Sends a signal, and waits for the end if that is what it means. */
enum cli_exit process_kill(struct cli *cli, const char *name, int signal);

/* Makes a descriptor of the process one of ours, which is the result. */
enum cli_exit process_take(struct cli *cli, const char *name, int fd);

#endif /* AGX_CLI_PROCESS_H */
