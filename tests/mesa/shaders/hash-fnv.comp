// SPDX-License-Identifier: MIT
// FNV-1a of 32 words for each thread, a byte at a time.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint hashes[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint hash = 2166136261u;

	for (uint n = 0u; n < 32u; n++) {
		uint word = words[(i + n * 61u) & 4095u];

		for (uint byte = 0u; byte < 4u; byte++) {
			hash ^= (word >> (8u * byte)) & 255u;
			hash *= 16777619u;
		}
	}
	hashes[i] = hash;
}
