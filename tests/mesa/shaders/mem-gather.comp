// SPDX-License-Identifier: MIT
// Words from all over a buffer, to all over another one.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint at = words[i] & 4095u;

	/* An odd factor: every word has one thread. */
	results[(i * 2654435761u) & 4095u] = words[at] + words[4095u - i] * 3u;
}
