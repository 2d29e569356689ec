// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t fuzz_number(struct fuzz_input *input, unsigned int bytes)
{
	uint64_t number = 0;
	unsigned int i;

	for (i = 0; i < bytes && input->size; i++, input->size--)
		number |= (uint64_t)*input->data++ << (8 * i);
	return number;
}

uint64_t fuzz_magnitude(struct fuzz_input *input)
{
	unsigned int shift = fuzz_number(input, 1) % 64;
	unsigned int how = fuzz_number(input, 1);
	uint64_t number = UINT64_C(1) << shift;

	switch (how % 4) {
	case 0:
		return number;
	case 1:
		return number - 1 - fuzz_number(input, 2);
	case 2:
		return number + fuzz_number(input, 3);
	default:
		return fuzz_number(input, 2) << shift;
	}
}

void fuzz_bytes(struct fuzz_input *input, void *out, size_t size)
{
	size_t given = size < input->size ? size : input->size;

	memset(out, 0, size);
	if (given)
		memcpy(out, input->data, given);
	input->data += given;
	input->size -= given;
}

void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}
