/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets of libagx share. Each makes calls of the library out of the bytes it is
 * given, on the device of tests/unit/fake, and aborts if the library does what it must not.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "target.h"

/* What is left of the input; borrowed. When nothing is, all numbers are 0. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

/* A number of so many bytes. */
uint64_t fuzz_number(struct fuzz_input *input, unsigned int bytes);

/* A number of any magnitude, more often than not near a power of two. */
uint64_t fuzz_magnitude(struct fuzz_input *input);

void fuzz_bytes(struct fuzz_input *input, void *out, size_t size);

void fuzz_fail(const char *file, int line, const char *what) __attribute__((noreturn));

#define fuzz_check(condition) \
	do { \
		if (!(condition)) \
			fuzz_fail(__FILE__, __LINE__, #condition); \
	} while (0)

#endif /* FUZZ_H */
