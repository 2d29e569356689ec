// SPDX-License-Identifier: MIT
// Changes what has been copied into its buffer, for another copy.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 1) buffer Out { uint words[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	words[i] = words[i] * 2u + i;
}
