// SPDX-License-Identifier: MIT
// Hands words on to their neighbours.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer A { uint a[]; };
layout(std430, binding = 1) buffer B { uint b[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	b[i] += a[i ^ 65u] * 3u + 1u;
}
