// SPDX-License-Identifier: MIT
// How many letters have to change to make one text of 32 letters of another.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint distances[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint row[33];

	for (uint x = 0u; x <= 32u; x++)
		row[x] = x;
	for (uint y = 1u; y <= 32u; y++) {
		uint diagonal = row[0];

		row[0] = y;
		for (uint x = 1u; x <= 32u; x++) {
			uint same = (words[i + y] ^ words[x * 2u]) & 3u;
			uint best = diagonal + min(same, 1u);

			diagonal = row[x];
			row[x] = min(best, min(diagonal, row[x - 1u]) + 1u);
		}
	}
	distances[i] = row[32];
}
