// SPDX-License-Identifier: MIT
// Threads of a group count in memory that they share.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };

shared uint counts[64];
shared uint high, low, bits;

void main()
{
	uint i = gl_GlobalInvocationID.x, lane = gl_LocalInvocationIndex;

	if (lane < 64u)
		counts[lane] = 0u;
	if (lane == 0u) {
		high = 0u;
		low = 0xffffffffu;
		bits = 0u;
	}
	barrier();
	atomicAdd(counts[words[i] & 63u], 1u);
	atomicMax(high, words[i]);
	atomicMin(low, words[i]);
	atomicXor(bits, words[i]);
	barrier();
	if (lane < 64u)
		results[gl_WorkGroupID.x * 67u + lane] = counts[lane];
	if (lane == 0u) {
		results[gl_WorkGroupID.x * 67u + 64u] = high;
		results[gl_WorkGroupID.x * 67u + 65u] = low;
		results[gl_WorkGroupID.x * 67u + 66u] = bits;
	}
}
