// SPDX-License-Identifier: MIT
// All memory that a group can have.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

shared uint held[8192];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	for (uint n = lane; n < 8192u; n += 256u)
		held[n] = words[n & 4095u] * (n + gl_WorkGroupID.x);
	barrier();
	for (uint n = lane; n < 8192u; n += 256u)
		results[gl_WorkGroupID.x * 8192u + n] = held[8191u - n] ^ held[(n * 33u) & 8191u];
}
