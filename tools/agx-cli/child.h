/* SPDX-License-Identifier: MIT */
/* Commands that verbs run. */
#ifndef AGX_CLI_CHILD_H
#define AGX_CLI_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Runs a command, a list that ends with NULL; @prepare, unless it is NULL, is called in the child
 * before, and may fail with errno. What terminals send is for the child, which has no signal
 * blocked or ignored. Returns its process, or a negative errno.
 */
pid_t child_start(char *const *command, bool (*prepare)(void *context), void *context);

/* What a shell would say of a status of waitpid(). */
int child_exit_status(int status);

#endif /* AGX_CLI_CHILD_H */
