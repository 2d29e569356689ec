// SPDX-License-Identifier: MIT
// A generator of random numbers whose state has 64 bits, 16 numbers for each thread.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint64_t state = uint64_t(i) * 0x9e3779b97f4a7c15ul + 1ul;

	for (uint n = 0u; n < 16u; n++) {
		uint mixed, turn;

		state = state * 6364136223846793005ul + 1442695040888963407ul;
		mixed = uint(((state >> 18) ^ state) >> 27);
		turn = uint(state >> 59);
		results[n * 1024u + i] = mixed >> turn | mixed << (-turn & 31u);
	}
}
