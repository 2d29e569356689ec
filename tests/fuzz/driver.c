// SPDX-License-Identifier: MIT
/*
 * Runs a fuzz target without a fuzzer: on the files that are named, or on so many inputs of its own
 * as are asked for, the same in each run.
 *
 *	fuzz-TARGET [-n COUNT] [FILE...]
 */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t bytes[1 << 20];

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file) {
		fprintf(stderr, "fuzz: %s: cannot be opened\n", path);
		return 1;
	}
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, size);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long count = 5000;
	int arg = 1;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		count = strtoul(argv[2], NULL, 0);
		arg = 3;
	}
	if (arg < argc) {
		for (; arg < argc; arg++) {
			if (run_file(argv[arg]))
				return 1;
		}
		return 0;
	}

	while (count--)
		LLVMFuzzerTestOneInput(bytes, fuzz_make_input(bytes, sizeof(bytes)));
	return 0;
}
