// SPDX-License-Identifier: MIT
// All threads count, each word of its own rest.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint counts[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	atomicAdd(counts[words[i] & 31u], 1u);
	atomicAdd(counts[32u + (i & 7u)], words[i]);
}
