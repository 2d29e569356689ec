// SPDX-License-Identifier: MIT
// Four neighbours exchange words.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_quad : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i];

	results[i] = uvec4(subgroupQuadSwapHorizontal(word), subgroupQuadSwapVertical(word),
			   subgroupQuadSwapDiagonal(word), subgroupQuadBroadcast(word, 2u));
}
