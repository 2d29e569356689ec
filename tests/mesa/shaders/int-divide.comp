// SPDX-License-Identifier: MIT
// Quotients and remainders, with and without sign; of variables and of constants.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = max(pairs[i].y, 1u);
	/* No quotient overflows, and % has no operand with a sign. */
	int c = int(a) >> 1, d = int(pairs[i].y | 1u);

	results[i][0] = uvec4(a / b, a % b, uint(c / d), uint(c / 7));
	results[i][1] = uvec4(a / 10u, a % 10u, a / 1000000007u, a % (i + 1u));
}
