// SPDX-License-Identifier: MIT
// Four random sequences of integers in each thread.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uvec4 x = uvec4(i, ~i, i + 12345u, i << 8);

	for (uint n = 0u; n < 128u; n++) {
		x = x * 1664525u + 1013904223u;
		x ^= x >> 15;
	}
	results[i] = x;
}
