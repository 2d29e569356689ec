// SPDX-License-Identifier: MIT
// Loops and conditions that are the same for all lanes.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };
layout(push_constant) uniform Push { uint rounds; uint flags; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint hash = 2166136261u ^ i;

	for (uint n = 0u; n < rounds; n++) {
		hash = (hash ^ words[n]) * 16777619u;
		if ((flags & 1u) != 0u)
			hash = hash << 7 | hash >> 25;
		else
			hash++;
	}
	if (gl_WorkGroupID.x % 2u == 0u)
		hash = ~hash;
	results[i] = hash;
}
