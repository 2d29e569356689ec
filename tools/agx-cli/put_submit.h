/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_PUT_SUBMIT_H
#define AGX_CLI_PUT_SUBMIT_H

#include <stddef.h>

struct out;

/*
 * An element of the array that is open for each command of a SUBMIT's buffer, whatever is in it.
 * Returns how many bytes are left out, because there are too many commands.
 */
size_t put_commands(struct out *out, const void *buf, size_t size);

#endif /* AGX_CLI_PUT_SUBMIT_H */
