/* SPDX-License-Identifier: MIT */
/*
 * Lists of 32-bit words, as arguments say what a buffer holds or is to hold.
 */
#ifndef AGX_CLI_VALUES_H
#define AGX_CLI_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli;

/* 256 MiB. */
#define VALUES_MAX (1u << 26)

struct values {
	/* Owned. */
	uint32_t *words;
	size_t count;
};

/*
 * Items with commas between them: a number, "iota", which is the index in the list, or either with
 * "*" and how often; or "@FILE" for all that is in a file, whose size is a multiple of 4. On
 * failure says what is wrong with @what, and there is nothing to free.
 */
bool values_parse(struct cli *cli, const char *what, const char *text, struct values *values);
void values_free(struct values *values);

#endif /* AGX_CLI_VALUES_H */
