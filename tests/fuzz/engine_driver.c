// SPDX-License-Identifier: MIT
/*
 * Runs the engine's fuzz target without a fuzzer: on the files that are named, or on so many
 * mutations of built-in inputs as are asked for, the same in each run.
 *
 *	fuzz-engine [-n COUNT] [FILE...]
 */
#include "engine_fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "asm.h"
#include "gpu.h"

/* Layout of the inputs that are made here. */
#define INPUT_SIZE	0x1000
#define HEADER		4
#define CODE		0x400
#define PRESHADER	0x800
#define USC		0x200
#define UNIFORM		0x300
#define DATA		0xc00

struct input {
	u8 bytes[HEADER + INPUT_SIZE];
};

static void put(struct input *input, u32 at, u64 value, u32 size)
{
	for (; size--; value >>= 8)
		input->bytes[HEADER + at++] = (u8)value;
}

static u64 coin(struct gpu_random *random)
{
	return gpu_random_below(random, 2);
}

static struct arg random_arg(struct gpu_random *random)
{
	switch (gpu_random_below(random, 5)) {
	case 0:
		return r16(gpu_random_below(random, 256));
	case 1:
		return r32(gpu_random_below(random, 128));
	case 2:
		return u16_(gpu_random_below(random, 512));
	case 3:
		return u32_(gpu_random_below(random, 256));
	default:
		return imm(gpu_random_below(random, 256));
	}
}

static struct arg random_reg(struct gpu_random *random)
{
	return coin(random) ? r16(gpu_random_below(random, 256)) :
	       r32(gpu_random_below(random, 128));
}

static struct asm_memory random_memory(struct gpu_random *random)
{
	return (struct asm_memory){
		.format = gpu_random_below(random, 3),
		.mask = gpu_random_below(random, 16),
		.shift = gpu_random_below(random, 4),
		.zero_extend = coin(random),
	};
}

/* A valid instruction of any kind. */
static void random_insn(struct gpu_random *random, struct code *code)
{
	const struct asm_memory memory = random_memory(random);
	const struct asm_add add = {
		.negate = coin(random), .saturate = coin(random),
		.shift = gpu_random_below(random, 8),
	};
	struct arg index = coin(random) ? r32(gpu_random_below(random, 64)) :
			   imm(gpu_random_below(random, 64));
	struct arg base = coin(random) ? u32_(2 * gpu_random_below(random, 2)) :
			  r64(gpu_random_below(random, 60));

	switch (gpu_random_below(random, 16)) {
	case 0:
		asm_ldimm32(code, gpu_random_below(random, 128), gpu_random_edge(random));
		break;
	case 1:
		asm_ldimm16(code, gpu_random_below(random, 256), gpu_random_edge(random) & 0xffff);
		break;
	case 2:
		asm_special(code, random_reg(random), gpu_random_below(random, 256));
		break;
	case 3:
		asm_bitop(code, gpu_random_below(random, 16), random_reg(random),
			  random_arg(random), random_arg(random));
		break;
	case 4:
		asm_iadd(code, &add, random_reg(random), random_arg(random), random_arg(random));
		break;
	case 5:
		asm_imadd(code, &add, random_reg(random), random_arg(random), random_arg(random),
			  random_arg(random));
		break;
	case 6:
		asm_bitfield(code, gpu_random_below(random, 7), gpu_random_below(random, 32),
			     random_reg(random), random_arg(random), random_arg(random),
			     random_arg(random));
		break;
	case 7:
		asm_select(code, gpu_random_below(random, 8), r32(gpu_random_below(random, 128)),
			   random_arg(random), random_arg(random), r32(1), imm(3));
		break;
	case 8:
		asm_icmp(code, gpu_random_below(random, 3), gpu_random_below(random, 16),
			 gpu_random_below(random, 4), random_arg(random), random_arg(random));
		break;
	case 9:
		asm_fcmp(code, gpu_random_below(random, 3), gpu_random_below(random, 16),
			 gpu_random_below(random, 4), random_arg(random), random_arg(random));
		break;
	case 10:
		asm_pop(code, gpu_random_below(random, 4));
		break;
	case 11:
		asm_jump_any(code, gpu_random_below(random, code->len + 64) & ~1u);
		break;
	case 12:
		asm_load(code, &memory, r32(gpu_random_below(random, 124)), base, index);
		break;
	case 13:
		asm_store(code, &memory, r32(gpu_random_below(random, 124)), base, index);
		break;
	case 14:
		asm_local_store(code, 2, 1 + gpu_random_below(random, 15),
				r32(gpu_random_below(random, 124)),
				r16(gpu_random_below(random, 256)));
		break;
	default:
		if (coin(random))
			asm_barrier(code);
		else
			asm_uniform_store(code, gpu_random_below(random, 508),
					  gpu_random_below(random, 252), 4);
	}
}

static void put_code(struct input *input, struct gpu_random *random, u32 at, u32 count)
{
	struct code code = { .len = 0 };

	while (count--)
		random_insn(random, &code);
	asm_stop(&code);
	memcpy(input->bytes + HEADER + at, code.bytes, code.len);
}

/* A command that makes sense as a whole, of valid instructions. */
static void make_input(struct input *input, struct gpu_random *random)
{
	u32 i;

	memset(input, 0, sizeof(*input));
	input->bytes[0] = (u8)(gpu_random_below(random, 8) == 0 ? 0 : 1);
	input->bytes[3] = (u8)gpu_random(random);

	/* Launch, barrier, terminate */
	put(input, 0, 0x1012, 4);
	put(input, 4, USC, 4);
	for (i = 0; i < 3; i++) {
		put(input, 8 + 4 * i, 1 + gpu_random_below(random, i ? 3 : 100), 4);
		put(input, 20 + 4 * i, 1 + gpu_random_below(random, i ? 3 : 70), 4);
	}
	put(input, 32, 0x600fffff, 4);
	put(input, 36, 0x40000000, 8);

	/* Uniforms, threadgroup memory, shader, preshader */
	put(input, USC, 0x1d | 64ull << 20 | (u64)UNIFORM >> 2 << 26, 8);
	put(input, USC + 8, 0x0100914d, 4);
	put(input, USC + 12, 0x0c0d | (u64)CODE << 16, 6);
	put(input, USC + 18, 0xc0800038ull | (u64)PRESHADER << 32, 8);
	put(input, UNIFORM, DATA, 8);
	put(input, UNIFORM + 8, 0x100000 + DATA, 8);
	put_code(input, random, CODE, 1 + gpu_random_below(random, 60));
	put_code(input, random, PRESHADER, gpu_random_below(random, 20));
	for (i = DATA; i < INPUT_SIZE; i += 4)
		put(input, i, gpu_random_edge(random), 4);
}

/* Damage of all kinds; often none, so that the random programs themselves are run. */
static void mutate(struct input *input, struct gpu_random *random)
{
	u32 count = coin(random) ? 0 : 1 + gpu_random_below(random, 8);

	while (count--) {
		u32 at = HEADER + gpu_random_below(random, coin(random) ? DATA : 64);

		switch (gpu_random_below(random, 3)) {
		case 0:
			input->bytes[at] ^= (u8)(1 << gpu_random_below(random, 8));
			break;
		case 1:
			input->bytes[at] = (u8)gpu_random(random);
			break;
		default:
			input->bytes[at] = (u8)gpu_random_edge(random);
		}
	}
}

static int run_file(const char *path)
{
	static u8 bytes[1 << 17];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file) {
		fprintf(stderr, "fuzz-engine: %s: cannot be opened\n", path);
		return 1;
	}
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, size);
	return 0;
}

int main(int argc, char **argv)
{
	struct gpu_random random = { 40 };
	static struct input input;
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

	while (count--) {
		make_input(&input, &random);
		mutate(&input, &random);
		LLVMFuzzerTestOneInput(input.bytes,
				       coin(&random) ? sizeof(input) :
				       gpu_random_below(&random, sizeof(input)));
	}
	return 0;
}
