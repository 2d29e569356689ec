// SPDX-License-Identifier: MIT
// One lane's word for all, of eight neighbours and of the first one that is active.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i], lane = gl_SubgroupInvocationID;
	uint third = subgroupBroadcast(lane, 3u), first = subgroupBroadcastFirst(lane);
	uint active_ = ~0u, own = ~0u;

	if ((lane & 1u) != 0u) {
		active_ = subgroupBroadcastFirst(lane);
		own = subgroupShuffle(word, lane);
	}
	results[i] = uvec4(third, first, active_, own);
}
