// SPDX-License-Identifier: MIT
// A uniform buffer: read with an index that is a constant, the same for all, and another for each.
#version 450

layout(local_size_x = 64) in;
layout(std140, binding = 0) uniform In { uvec4 words[64]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uvec4 sum = words[3] * words[4].x;

	sum += words[gl_WorkGroupID.x];
	sum ^= words[(i * 7u) & 63u];
	results[i] = sum + i;
}
