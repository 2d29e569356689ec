// SPDX-License-Identifier: MIT
#include "random_insn.h"

static bool coin(struct gpu_random *random)
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

/* What is in uniforms 0 to 3 and 4 to 7 can be addresses. */
static struct asm_image random_image(struct gpu_random *random)
{
	static const u32 dims[] = { 0, 1, 2, 3, 4, 5, 8 };
	struct asm_image how = {
		.dim = dims[gpu_random_below(random, ARRAY_SIZE(dims))],
		.heap = 4 * gpu_random_below(random, 2),
		.coords = r32(gpu_random_below(random, 124)),
		.lod = coin(random) ? imm(0) : r16(gpu_random_below(random, 256)),
		.mask = gpu_random_below(random, 16),
		.to_zero = coin(random),
	};

	switch (gpu_random_below(random, 3)) {
	case 0:
		how.state = imm(gpu_random_below(random, 3));
		break;
	case 1:
		how.state = r16(gpu_random_below(random, 256));
		break;
	default:
		how.state = r32(gpu_random_below(random, 128));
	}
	return how;
}

static void random_image_insn(struct gpu_random *random, struct code *code)
{
	const struct asm_memory memory = random_memory(random);
	const struct asm_image how = random_image(random);
	struct arg data = coin(random) ? r32(gpu_random_below(random, 124)) :
			  r16(gpu_random_below(random, 252));

	switch (gpu_random_below(random, 7)) {
	case 0:
		asm_texture_state(code, gpu_random_below(random, 3),
				  u32_(2 * gpu_random_below(random, 4)),
				  coin(random) ? imm(gpu_random_below(random, 256)) :
				  r32(gpu_random_below(random, 128)));
		break;
	case 1:
		asm_texture_read(code, &how, data);
		break;
	case 4:
		asm_sampler_state(code, gpu_random_below(random, 3),
				  u32_(2 * gpu_random_below(random, 4)),
				  imm(gpu_random_below(random, 256)));
		break;
	case 5:
		asm_texture_sample(code, &how, imm(gpu_random_below(random, 3)),
				   coin(random) ? 0 : gpu_random_below(random, 8), data);
		break;
	case 2:
		asm_image_write(code, &how, data);
		break;
	case 3:
		asm_tile_store(code, &memory, gpu_random_below(random, 64),
			       gpu_random_below(random, 4), data,
			       r16(gpu_random_below(random, 254)));
		break;
	default:
		asm_block_write(code, &how, memory.format, r16(gpu_random_below(random, 256)));
	}
}

void random_insn(struct gpu_random *random, struct code *code)
{
	const struct asm_memory memory = random_memory(random);
	const struct asm_add add = {
		.negate = coin(random), .saturate = coin(random),
		.shift = gpu_random_below(random, 8),
	};
	const struct asm_atomic atomic = {
		.op = gpu_random_below(random, 11), .result = coin(random),
	};
	struct arg index = coin(random) ? r32(gpu_random_below(random, 64)) :
			   imm(gpu_random_below(random, 64));
	struct arg base = coin(random) ? u32_(2 * gpu_random_below(random, 2)) :
			  r64(gpu_random_below(random, 60));

	switch (gpu_random_below(random, 24)) {
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
	case 15:
		asm_bits(code, gpu_random_below(random, 4), random_reg(random),
			 random_arg(random), imm(0));
		break;
	case 16:
		asm_ballot(code, gpu_random_below(random, 16), coin(random), random_reg(random),
			   random_arg(random), random_arg(random));
		break;
	case 17:
		asm_shuffle(code, gpu_random_below(random, 4), coin(random), coin(random),
			    random_reg(random), random_arg(random), random_arg(random));
		break;
	case 18:
		asm_reduce(code, gpu_random_below(random, 32), coin(random), coin(random),
			   random_reg(random), random_arg(random));
		break;
	case 19:
		asm_atomic(code, &atomic, r32(gpu_random_below(random, 128)),
			   r32(gpu_random_below(random, 126)), base, index);
		break;
	case 20:
		asm_local_atomic(code, atomic.op, atomic.result,
				 r32(gpu_random_below(random, 128)),
				 r32(gpu_random_below(random, 126)),
				 r16(gpu_random_below(random, 256)));
		break;
	case 21:
		asm_stack_adjust(code, gpu_random_below(random, 40) - 20);
		asm_stack_store(code, &memory, r32(gpu_random_below(random, 124)), index);
		asm_stack_load(code, &memory, r32(gpu_random_below(random, 124)), index);
		break;
	case 22:
		random_image_insn(random, code);
		break;
	default:
		if (coin(random))
			asm_barrier(code);
		else
			asm_uniform_store(code, gpu_random_below(random, 508),
					  gpu_random_below(random, 252), 4);
	}
}
