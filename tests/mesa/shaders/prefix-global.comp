// SPDX-License-Identifier: MIT
// Running sums of 256 words, each group its own, and their ends.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Sums { uint sums[]; };
layout(std430, binding = 2) writeonly buffer Ends { uint ends[]; };

shared uint held[256];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[lane] = words[gl_GlobalInvocationID.x];
	for (uint distance_ = 1u; distance_ < 256u; distance_ *= 2u) {
		uint add;

		barrier();
		add = lane >= distance_ ? held[lane - distance_] : 0u;
		barrier();
		held[lane] += add;
	}
	sums[gl_GlobalInvocationID.x] = held[lane];
	if (lane == 255u)
		ends[gl_WorkGroupID.x] = held[lane];
}
