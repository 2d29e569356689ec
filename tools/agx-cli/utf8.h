/* SPDX-License-Identifier: MIT */
/*
 * Text that came from elsewhere: bytes of a script, names of files.
 */
#ifndef AGX_CLI_UTF8_H
#define AGX_CLI_UTF8_H

#include <stddef.h>

/* How many bytes the printable character has that @text begins with; 0 for anything else. */
size_t utf8_len(const char *text);

/* A copy whose bytes that are in no character are replaced by U+FFFD; NULL without memory. */
char *utf8_mend(const char *text);

#endif /* AGX_CLI_UTF8_H */
