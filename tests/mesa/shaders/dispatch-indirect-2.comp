// SPDX-License-Identifier: MIT
// Runs in as many groups as another shader has said, and writes down which.
#version 450

layout(local_size_x = 32) in;
layout(std430, binding = 1) buffer Out { uint counts[]; };

void main()
{
	uint group = (gl_WorkGroupID.z * 8u + gl_WorkGroupID.y) * 16u + gl_WorkGroupID.x;
	uint i = group * 32u + gl_LocalInvocationIndex;

	counts[i] = counts[i] * 5u + gl_NumWorkGroups.x * 1000u + i;
}
