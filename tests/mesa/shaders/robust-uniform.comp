// SPDX-License-Identifier: MIT
// Reads beyond the end of a uniform buffer: 0.
#version 450

layout(local_size_x = 64) in;
layout(std140, binding = 0) uniform In { uvec4 words[64]; };
layout(std430, binding = 1) buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i] = words[i & 63u] + i;
}
