// SPDX-License-Identifier: MIT
// Two parts of a buffer have the same memory, what is written to one is read from the other.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Sparse { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };
layout(push_constant) uniform Push { uint phase; };

const uint part = 4096u;

void main()
{
	uint i = gl_GlobalInvocationID.x;

	if (phase == 0u)
		words[i] = i * 3u + 5u;
	else
		results[i] = words[2u * part + i] + words[part + i];
}
