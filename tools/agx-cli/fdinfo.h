/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells of an open DRM file in /proc/PID/fdinfo, as its document on client usage
 * statistics has it.
 */
#ifndef AGX_CLI_FDINFO_H
#define AGX_CLI_FDINFO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define FDINFO_NAME 32
#define FDINFO_MAX_ENGINES 8
#define FDINFO_MAX_REGIONS 8

struct fdinfo_engine {
	char name[FDINFO_NAME];
	uint64_t ns;
	/* How many there are of it. */
	uint64_t capacity;
};

/* Bytes. */
struct fdinfo_region {
	char name[FDINFO_NAME];
	uint64_t total;
	uint64_t shared;
	uint64_t resident;
	uint64_t active;
};

struct fdinfo {
	char driver[FDINFO_NAME];
	char client_name[FDINFO_NAME];
	uint64_t client;
	bool has_client;

	struct fdinfo_engine engines[FDINFO_MAX_ENGINES];
	unsigned int num_engines;
	struct fdinfo_region regions[FDINFO_MAX_REGIONS];
	unsigned int num_regions;
};

/* False if it is not that of a DRM file. What is unknown or makes no sense is left out. */
bool fdinfo_read(struct fdinfo *info, FILE *file);

/* NULL if there is none of that name. */
const struct fdinfo_engine *fdinfo_find_engine(const struct fdinfo *info, const char *name);

#endif /* AGX_CLI_FDINFO_H */
