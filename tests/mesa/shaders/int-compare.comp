// SPDX-License-Identifier: MIT
// Every comparison of integers, with and without sign, and what is chosen by it.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = i % 3u == 0u ? a : pairs[i].y;
	int c = int(a), d = int(b);
	uint mask = 0u;

	mask |= a < b ? 1u : 0u;
	mask |= a <= b ? 2u : 0u;
	mask |= a > b ? 4u : 0u;
	mask |= a >= b ? 8u : 0u;
	mask |= a == b ? 16u : 0u;
	mask |= a != b ? 32u : 0u;
	mask |= c < d ? 64u : 0u;
	mask |= c <= d ? 128u : 0u;
	mask |= c > d ? 256u : 0u;
	mask |= c >= d ? 512u : 0u;
	results[i] = uvec2(mask, c > 0 ? a : b);
}
