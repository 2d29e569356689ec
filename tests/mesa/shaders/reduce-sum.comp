// SPDX-License-Identifier: MIT
// The sum of all words of a group, by halving the number of threads that add.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint sums[]; };

shared uint held[256];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[lane] = words[gl_GlobalInvocationID.x];
	barrier();
	for (uint half_ = 128u; half_ > 0u; half_ /= 2u) {
		if (lane < half_)
			held[lane] += held[lane + half_];
		barrier();
	}
	if (lane == 0u)
		sums[gl_WorkGroupID.x] = held[0];
}
