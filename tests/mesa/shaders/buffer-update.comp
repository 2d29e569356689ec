// SPDX-License-Identifier: MIT
// Adds to what the command buffer itself has brought along.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint words[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	words[i] += i & 15u;
}
