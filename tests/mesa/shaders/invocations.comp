// SPDX-License-Identifier: MIT
// Each invocation leaves a trace, in three dimensions.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 1) buffer Out { uint results[]; };

void main()
{
	uvec3 id = gl_GlobalInvocationID;
	uint i = id.x + 64u * (id.y + 2u * id.z);

	results[i] = results[i] * 5u + i + 1u;
}
