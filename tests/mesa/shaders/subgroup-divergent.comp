// SPDX-License-Identifier: MIT
// Sums and ballots among the lanes that are in the same branch.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i], kind = word % 3u;
	uint base = gl_WorkGroupID.x * 8u;

	if (kind == 0u) {
		uint sum = subgroupAdd(word);

		if (subgroupElect())
			atomicAdd(results[base], sum);
	} else if (kind == 1u) {
		uint greatest = subgroupMax(word);
		uint count = subgroupBallotBitCount(subgroupBallot((word & 4u) != 0u));

		if (subgroupElect()) {
			atomicMax(results[base + 1u], greatest);
			atomicAdd(results[base + 2u], count);
		}
	}
	/* Each round lanes leave, and those that are left count. */
	for (uint n = 0u; n < (word & 7u); n++) {
		uint left = subgroupAdd(1u);

		if (subgroupElect())
			atomicAdd(results[base + 3u], left * (n + 1u));
	}
}
