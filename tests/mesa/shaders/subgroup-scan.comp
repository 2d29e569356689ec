// SPDX-License-Identifier: MIT
// Running sums and products over subgroups, whose ends are added to what follows.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; };

shared uint totals[128];

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i];
	uint including = subgroupInclusiveAdd(word), without = subgroupExclusiveAdd(word);
	uint bits = subgroupInclusiveXor(word) ^ subgroupExclusiveXor(word);
	uint before = 0u;

	if (gl_SubgroupInvocationID == gl_SubgroupSize - 1u)
		totals[gl_SubgroupID] = including;
	barrier();
	for (uint n = 0u; n < gl_SubgroupID; n++)
		before += totals[n];
	results[i] = uvec2(before + including, (before + without) ^ bits);
}
