// SPDX-License-Identifier: MIT
// Whether all lanes say so, any, or all the same.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_ballot : require

layout(local_size_x = 32) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	/* The same for 32 neighbours, so that it is the same for every subgroup. */
	uint i = gl_GlobalInvocationID.x, word = words[gl_WorkGroupID.x];
	bool some = (word & 1u) != 0u, one = (word & 2u) != 0u && (i & 7u) == 5u;
	uint mask = 0u;

	mask |= subgroupAll(some) ? 1u : 0u;
	mask |= subgroupAny(some) ? 2u : 0u;
	mask |= subgroupAll(!one) ? 4u : 0u;
	mask |= subgroupAny(one) ? 8u : 0u;
	mask |= subgroupAllEqual(word) ? 16u : 0u;
	mask |= subgroupAllEqual(one ? 1u : 2u) ? 32u : 0u;
	results[i] = uvec4(mask, subgroupElect() == (gl_SubgroupInvocationID == 0u) ? 1u : 0u, word, i);
}
