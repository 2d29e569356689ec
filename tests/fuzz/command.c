// SPDX-License-Identifier: MIT
/*
 * The input is all the memory that a command runs on: streams, words, code and data alike.
 *
 * The first bytes are: flags, where the stream starts (2), budget (1).
 */
#include "harness.h"

#define HEADER		4
#define FLAG_SOFT	1
#define FLAG_G14X	2

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_command command;

	if (size < HEADER || size - HEADER > FUZZ_MEMORY)
		return 0;

	fuzz_command_init(&command);
	command.soft_faults = data[0] & FLAG_SOFT;
	command.g14x = data[0] & FLAG_G14X;
	command.stream = data[1] | (u64)data[2] << 8;
	command.budget = 1 + data[3] * 8u;
	command.size = (u32)(size - HEADER);
	memcpy(command.memory, data + HEADER, command.size);
	fuzz_run(&command);
	return 0;
}
