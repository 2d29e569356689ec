// SPDX-License-Identifier: MIT
// Both halves of the product of two 32-bit integers, with and without sign.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint high, low;
	int signed_high, signed_low;

	umulExtended(pairs[i].x, pairs[i].y, high, low);
	imulExtended(int(pairs[i].x), int(pairs[i].y), signed_high, signed_low);
	results[i] = uvec4(high, low, uint(signed_high), uint(signed_low));
}
