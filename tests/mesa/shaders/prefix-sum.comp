// SPDX-License-Identifier: MIT
// Running sums over 1024 words, by adding what is 1, 2, 4, ... words before.
#version 450

layout(local_size_x = 1024) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint sums[]; };

shared uint held[1024];

void main()
{
	uint i = gl_GlobalInvocationID.x, lane = gl_LocalInvocationIndex;

	held[lane] = words[i];
	barrier();
	for (uint distance_ = 1u; distance_ < 1024u; distance_ *= 2u) {
		uint add = lane >= distance_ ? held[lane - distance_] : 0u;

		barrier();
		held[lane] += add;
		barrier();
	}
	sums[i] = held[lane];
}
