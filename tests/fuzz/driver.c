// SPDX-License-Identifier: MIT
/*
 * Runs a fuzz target without a fuzzer: on the files that are named, or on so many inputs of its own
 * as are asked for, the same in each run.
 *
 *	fuzz-TARGET [-n COUNT] [FILE...]
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIZE 4096

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % below;
}

/* Bytes of a kind that holds for a while: noise, small numbers, or always the same. */
static void make_input(uint8_t *data, size_t size)
{
	uint64_t below = 1, left = 0;
	size_t i;

	for (i = 0; i < size; i++, left--) {
		if (!left) {
			left = 1 + random_number(32);
			below = UINT64_C(1) << (8 - random_number(9));
		}
		data[i] = random_number(below);
		if (random_number(64) == 0)
			data[i] = 0xff;
	}
}

static int run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file) {
		fprintf(stderr, "fuzz: %s: cannot be opened\n", path);
		return 1;
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	return 0;
}

int main(int argc, char **argv)
{
	static uint8_t data[MAX_SIZE];
	unsigned long count = 1000;
	size_t size;
	int arg = 1;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		count = strtoul(argv[2], NULL, 0);
		arg = 3;
	}
	if (arg < argc) {
		for (; arg < argc; arg++)
			if (run_file(argv[arg]))
				return 1;
		return 0;
	}

	while (count--) {
		/* Short ones more often. */
		size = random_number(1 + random_number(MAX_SIZE));
		make_input(data, size);
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
