// SPDX-License-Identifier: MIT
// Sums and ends of floats over eight neighbours.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_clustered : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { float numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float number = numbers[i];

	results[i] = vec4(subgroupClusteredAdd(number, 8u), subgroupClusteredMin(number, 8u),
			  subgroupClusteredMax(number, 4u), subgroupClusteredMul(number + 0.5, 4u));
}
