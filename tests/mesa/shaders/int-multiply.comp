// SPDX-License-Identifier: MIT
// Products of 32-bit integers, and products with something added.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = pairs[i].y;

	results[i] = uvec4(a * b, a * b + i, a * 1000003u, b - a * i);
}
