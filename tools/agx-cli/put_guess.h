/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_PUT_GUESS_H
#define AGX_CLI_PUT_GUESS_H

struct out;

/*
 * A value of a text of the kernel's: a number if it looks like one, in hexadecimal if it has 0x in
 * front; else a string.
 */
void put_guess(struct out *out, const char *key, const char *value);

#endif /* AGX_CLI_PUT_GUESS_H */
