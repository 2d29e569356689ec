// SPDX-License-Identifier: MIT
// Something that takes its time.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 2) buffer Work { uint words[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = i;

	for (uint n = 0u; n < 100u; n++)
		word = word * 1664525u + 1013904223u;
	words[i] += word;
}
