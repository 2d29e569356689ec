// SPDX-License-Identifier: MIT
// More values at a time than a thread has registers.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint held[160];
	uint sum = 0u;

	for (uint n = 0u; n < 160u; n++)
		held[n] = words[(i + n * 37u) & 4095u] ^ n;
	/* Everything is needed again, and from both ends. */
	for (uint n = 0u; n < 160u; n++)
		sum = (sum << 1 | sum >> 31) + held[n] * held[159u - n];
	results[i] = sum;
}
