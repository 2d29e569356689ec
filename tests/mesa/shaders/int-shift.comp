// SPDX-License-Identifier: MIT
// Shifts by constants and by variables, with and without sign.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, n = pairs[i].y & 31u;

	results[i][0] = uvec4(a << n, a >> n, uint(int(a) >> n), (a << n) | (a >> (31u - n) >> 1));
	results[i][1] = uvec4(a << 5, a >> 27, uint(int(a) >> 9), (a << 7) ^ (a >> 25));
}
