// SPDX-License-Identifier: MIT
// CRC-32 of 16 words for each thread, by a table that the group makes first.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint sums[]; };

shared uint table[256];

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint entry = gl_LocalInvocationIndex, sum = ~0u;

	for (uint n = 0u; n < 8u; n++)
		entry = (entry & 1u) != 0u ? entry >> 1 ^ 0xedb88320u : entry >> 1;
	table[gl_LocalInvocationIndex] = entry;
	barrier();
	for (uint n = 0u; n < 16u; n++) {
		uint word = words[i * 16u + n];

		for (uint byte = 0u; byte < 4u; byte++, word >>= 8)
			sum = table[(sum ^ word) & 255u] ^ sum >> 8;
	}
	sums[i] = ~sum;
}
