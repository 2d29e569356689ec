// SPDX-License-Identifier: MIT
// Fields of bits are taken out of words, with and without sign, and put into them.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = pairs[i].y;
	int offset = int(b & 31u), bits = int(b >> 5) & 31;

	bits = min(bits, 32 - offset);
	results[i][0] = uvec4(bitfieldExtract(a, offset, bits),
			      uint(bitfieldExtract(int(a), offset, bits)),
			      bitfieldInsert(a, b, offset, bits), bitfieldInsert(b, a, 8, 16));
	results[i][1] = uvec4(bitfieldExtract(a, 3, 11), uint(bitfieldExtract(int(a), 24, 8)),
			      bitfieldExtract(a, 0, 32), bitfieldInsert(a, i, 31, 1));
}
