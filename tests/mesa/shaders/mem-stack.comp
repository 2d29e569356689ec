// SPDX-License-Identifier: MIT
// Each thread has an array of its own, in its stack, and sorts numbers there.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint own[16];

	for (uint n = 0u; n < 16u; n++) {
		uint word = words[(i * 16u + n) & 4095u], at = n;

		while (at > 0u && own[at - 1u] > word) {
			own[at] = own[at - 1u];
			at--;
		}
		own[at] = word;
	}
	for (uint n = 0u; n < 16u; n++)
		results[i * 16u + n] = own[n];
}
