// SPDX-License-Identifier: MIT
// The greatest word of a group, and where it is.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 greatest[]; };

shared uvec2 held[256];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[lane] = uvec2(words[gl_GlobalInvocationID.x], gl_GlobalInvocationID.x);
	barrier();
	for (uint step_ = 1u; step_ < 256u; step_ *= 2u) {
		if (lane % (2u * step_) == 0u && held[lane + step_].x > held[lane].x)
			held[lane] = held[lane + step_];
		barrier();
	}
	if (lane == 0u)
		greatest[gl_WorkGroupID.x] = held[0];
}
