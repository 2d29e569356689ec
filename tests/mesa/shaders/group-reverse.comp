// SPDX-License-Identifier: MIT
// What one thread of a group has written another one reads, behind a barrier.
#version 450

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

shared uint held[128];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[lane] = words[gl_GlobalInvocationID.x];
	barrier();
	results[gl_GlobalInvocationID.x] = held[127u - lane] + held[lane ^ 32u];
}
