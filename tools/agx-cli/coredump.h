/* SPDX-License-Identifier: MIT */
/*
 * A device coredump of the driver, taken apart. The driver's coredump.h describes the text.
 */
#ifndef AGX_CLI_COREDUMP_H
#define AGX_CLI_COREDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The version that is understood; one that grows lines keeps it. */
#define COREDUMP_VERSION 1

/* A line "key: value", and the lines of the section behind it. */
struct coredump_entry {
	const char *key;
	const char *value;
	/* Without the blanks in front; borrowed from the dump. */
	const char *const *lines;
	unsigned int num_lines;
};

struct coredump {
	/* All owned; coredump_free(). */
	char *text;
	const char **lines;
	struct coredump_entry *entries;
	unsigned int num_entries;

	/* Why it could not be read. */
	char error[128];
};

/* False if it is none, or cannot be read, with the reason in dump->error. */
bool coredump_read(struct coredump *dump, FILE *file);
void coredump_free(struct coredump *dump);

/* The entry of a key, or NULL. */
const struct coredump_entry *coredump_find(const struct coredump *dump, const char *key);

/* Memory as a section has it: 16 bytes of it in each line. */
struct coredump_memory {
	uint64_t start;
	/* Owned; coredump_memory_free(). */
	uint8_t *bytes;
	size_t size;
};

/*
 * The memory of a section that follows the line *line without a gap; the line is moved behind it.
 * False if that line has none, which is "unmapped" or makes no sense: look at it.
 */
bool coredump_next_memory(const struct coredump_entry *entry, unsigned int *line,
			  struct coredump_memory *memory);
void coredump_memory_free(struct coredump_memory *memory);

#endif /* AGX_CLI_COREDUMP_H */
