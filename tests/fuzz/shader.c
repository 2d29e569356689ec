// SPDX-License-Identifier: MIT
/*
 * The input are the bytes of a shader.
 *
 * The first bytes are: flags, threads of a workgroup in units of 4.
 */
#include "harness.h"

#define HEADER		2
#define FLAG_SOFT	1
#define FLAG_PRESHADER	2

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_command command;
	bool preshader;
	u32 at;

	if (size < HEADER || size - HEADER > FUZZ_PRESHADER - FUZZ_CODE)
		return 0;

	fuzz_command_init(&command);
	command.soft_faults = data[0] & FLAG_SOFT;
	preshader = data[0] & FLAG_PRESHADER;
	at = fuzz_put_launch(&command, FUZZ_STREAM, 70, 1 + data[1] % 64);
	fuzz_put_terminate(&command, at);
	fuzz_put_words(&command, preshader);
	memcpy(command.memory + FUZZ_CODE, data + HEADER, size - HEADER);
	if (preshader)
		memcpy(command.memory + FUZZ_PRESHADER, data + HEADER,
		       size - HEADER < 64 ? size - HEADER : 64);
	fuzz_run(&command);
	return 0;
}
