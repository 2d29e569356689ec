/* SPDX-License-Identifier: MIT */
/* What the kernel says of a file of the device in its fdinfo. */
#ifndef ASAHI_FDINFO_H
#define ASAHI_FDINFO_H

#include <stdint.h>

#define ASAHI_FDINFO_MAX 64

/** struct asahi_fdinfo - The lines of a file's fdinfo that are about the GPU. */
struct asahi_fdinfo {
	unsigned int num;
	struct {
		char key[64];
		char value[64];
	} lines[ASAHI_FDINFO_MAX];
};

void asahi_fdinfo_read(int fd, struct asahi_fdinfo *info);

/** asahi_fdinfo_require() - Skip if the driver does not tell @key; the simulated GPU's has to. */
void asahi_fdinfo_require(int fd, const char *key);

/** asahi_fdinfo_find() - The value of a key, or NULL. */
const char *asahi_fdinfo_find(const struct asahi_fdinfo *info, const char *key);

/** asahi_fdinfo_text() - The same; fails if it is not there. */
const char *asahi_fdinfo_text(const struct asahi_fdinfo *info, const char *key);

/** asahi_fdinfo_number() - The same as a number and its unit, which is empty for none. */
uint64_t asahi_fdinfo_number(const struct asahi_fdinfo *info, const char *key, char unit[8]);

/** asahi_fdinfo_memory() - Bytes of memory of one kind, "total" and the like, now. */
uint64_t asahi_fdinfo_memory(int fd, const char *kind);

#endif
