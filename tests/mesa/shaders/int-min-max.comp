// SPDX-License-Identifier: MIT
// The smaller, the greater, the middle one; absolute values and signs.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = pairs[i].y;
	int c = int(a), d = int(b);

	results[i][0] = uvec4(min(a, b), max(a, b), uint(min(c, d)), uint(max(c, d)));
	results[i][1] = uvec4(clamp(a, 1000u, 0x80000001u), uint(clamp(d, -5, 70000)),
			      uint(abs(c)), uint(sign(d)));
}
