// SPDX-License-Identifier: MIT
// And, or, exclusive or, not, and what becomes of them together.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = pairs[i].y;

	results[i][0] = uvec4(a & b, a | b, a ^ b, ~a);
	results[i][1] = uvec4(a & ~b, ~(a | b), ~(a ^ b), (a & i) | (~a & b));
}
