// SPDX-License-Identifier: MIT
// Lanes take words from each other.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_shuffle_relative : require
#extension GL_KHR_shader_subgroup_ballot : require

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i], lane = gl_SubgroupInvocationID;
	uint up = subgroupShuffleUp(word, 1u), down = subgroupShuffleDown(word, 2u);

	/* Nothing from beyond eight neighbours. */
	results[i] = uvec4(subgroupShuffle(word, (lane & 24u) | (word & 7u)),
			   subgroupShuffleXor(word, 5u), (lane & 7u) > 0u ? up : 0u,
			   (lane & 7u) < 6u ? down : 0u);
}
