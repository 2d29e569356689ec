// SPDX-License-Identifier: MIT
// Lanes that are done early, from within functions and loops.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

uint find(uint from, uint bit)
{
	for (uint n = 0u; n < 64u; n++) {
		if ((words[(from + n) & 1023u] & bit) != 0u)
			return n;
	}
	return 1000u;
}

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i] = 1u;
	if (i % 5u == 4u)
		return;
	results[i] = find(i, 0x10u);
	if (words[i] < 0x40000000u)
		return;
	for (uint n = 0u; n < 10u; n++) {
		if (words[(i + n) & 1023u] > 0xc0000000u)
			return;
		results[i] = n + 2000u;
	}
}
