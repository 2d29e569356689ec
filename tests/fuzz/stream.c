// SPDX-License-Identifier: MIT
/*
 * The input is a stream, with everything that its launches need. What a stream points to is within
 * reach of its bytes: a link, a launch of words or an indirect buffer may be in the input itself.
 *
 * The first byte are flags.
 */
#include "harness.h"

#define FLAG_SOFT	1
#define FLAG_G14X	2

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_command command;

	if (!size || size - 1 > FUZZ_USC - FUZZ_STREAM)
		return 0;

	fuzz_command_init(&command);
	command.soft_faults = data[0] & FLAG_SOFT;
	command.g14x = data[0] & FLAG_G14X;
	memcpy(command.memory + FUZZ_STREAM, data + 1, size - 1);
	fuzz_put_words(&command, false);
	/* out[thread_in_grid_x & 255] = that; stop */
	fuzz_put(&command, FUZZ_CODE, 0x04100172, 4);
	fuzz_put(&command, FUZZ_CODE + 4, 0x0012c0000e000145, 8);
	fuzz_put(&command, FUZZ_CODE + 12, 0x0088, 2);
	fuzz_run(&command);
	return 0;
}
