// SPDX-License-Identifier: MIT
// Sums and the like over two, four and eight neighbours.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_clustered : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i];

	results[i] = uvec4(subgroupClusteredAdd(word, 8u), subgroupClusteredMax(word, 4u),
			   subgroupClusteredXor(word, 2u), subgroupClusteredMin(int(word), 8u));
}
