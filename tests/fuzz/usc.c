// SPDX-License-Identifier: MIT
/*
 * The input are USC words, of a launch that is made twice.
 *
 * The first bytes are: flags, threads of a workgroup in units of 4.
 */
#include "harness.h"

#define HEADER		2
#define FLAG_SOFT	1
#define FLAG_STORE	2

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_command command;
	u32 at;

	if (size < HEADER || size - HEADER > FUZZ_UNIFORM - FUZZ_USC)
		return 0;

	fuzz_command_init(&command);
	command.soft_faults = data[0] & FLAG_SOFT;
	at = fuzz_put_launch(&command, FUZZ_STREAM, 70, 1 + 4 * data[1]);
	at = fuzz_put_launch(&command, at, 70, 1 + 4 * data[1]);
	fuzz_put_terminate(&command, at);
	memcpy(command.memory + FUZZ_USC, data + HEADER, size - HEADER);
	/* A store to the threadgroup memory that the words ask for, or not; and its end. */
	at = FUZZ_CODE;
	if (data[0] & FLAG_STORE) {
		fuzz_put(&command, at, 0x1402808129, 8);
		at += 8;
	}
	fuzz_put(&command, at, 0x0088, 2);
	fuzz_put(&command, FUZZ_PRESHADER, 0x0088, 2);
	fuzz_run(&command);
	return 0;
}
