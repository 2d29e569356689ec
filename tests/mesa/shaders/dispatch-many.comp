// SPDX-License-Identifier: MIT
// One of many dispatches that do not wait for each other: each has its own words.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint words[]; };
layout(push_constant) uniform Push { uint base; uint factor; };

void main()
{
	uint i = base + gl_GlobalInvocationID.x;

	words[i] = words[i] * factor + i;
}
