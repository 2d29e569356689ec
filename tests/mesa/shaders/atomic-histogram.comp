// SPDX-License-Identifier: MIT
// How often each byte comes up: counted by each group, then by all.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint totals[256]; };

shared uint counts[256];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	counts[lane] = 0u;
	barrier();
	for (uint n = 0u; n < 4u; n++) {
		uint word = words[(gl_WorkGroupID.x * 4u + n) * 256u + lane];

		for (uint byte = 0u; byte < 4u; byte++)
			atomicAdd(counts[(word >> (8u * byte)) & 255u], 1u);
	}
	barrier();
	atomicAdd(totals[lane], counts[lane]);
}
