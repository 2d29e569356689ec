// SPDX-License-Identifier: MIT
// Adds to each group's sums the ends of all groups before it.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 1) buffer Sums { uint sums[]; };
layout(std430, binding = 2) readonly buffer Ends { uint ends[]; };

void main()
{
	uint before = 0u;

	for (uint n = 0u; n < gl_WorkGroupID.x; n++)
		before += ends[n];
	sums[gl_GlobalInvocationID.x] += before;
}
