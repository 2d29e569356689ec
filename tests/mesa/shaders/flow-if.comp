// SPDX-License-Identifier: MIT
// Conditions within conditions, each of which holds for other lanes.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint word = words[i];

	if ((word & 1u) != 0u) {
		results[4u * i] = word;
		if ((word & 2u) != 0u) {
			results[4u * i + 1u] = word * 3u;
			if ((word & 4u) != 0u)
				results[4u * i + 2u] = 17u;
			else
				results[4u * i + 3u] = i;
		} else if (word > 0x80000000u) {
			results[4u * i + 1u] = word >> 16;
		}
	} else {
		results[4u * i + 1u] = ~word;
		if ((word & 8u) != 0u)
			results[4u * i + 2u] = results[4u * i + 1u] + 1u;
	}
}
