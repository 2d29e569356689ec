// SPDX-License-Identifier: MIT
// The first bit, the last one, how many there are, and all in reverse.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = i == 0u ? 0u : pairs[i].x, b = pairs[i].y;

	results[i][0] = uvec4(uint(findLSB(a)), uint(findMSB(a)), uint(findMSB(int(a))),
			      uint(bitCount(a)));
	results[i][1] = uvec4(bitfieldReverse(a), uint(bitCount(a & b)), uint(findLSB(a | b)),
			      uint(findMSB(int(~b))));
}
