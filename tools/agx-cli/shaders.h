/* SPDX-License-Identifier: MIT */
/*
 * AGX machine code. Each shader finds the GPU address of an array of 32-bit words, out, in its
 * first four uniforms, as 64 bits.
 */
#ifndef AGX_CLI_SHADERS_H
#define AGX_CLI_SHADERS_H

#include <stddef.h>
#include <stdint.h>

struct shader_code {
	const uint8_t *bytes;
	size_t size;

	/* 16-bit registers. */
	uint32_t num_registers;
};

/* out[0] = 0xdeadbeef */
extern const struct shader_code shader_store;

/* out[2] = out[0] + out[1] */
extern const struct shader_code shader_add;

/* out[thread] = thread */
extern const struct shader_code shader_thread;

#endif /* AGX_CLI_SHADERS_H */
