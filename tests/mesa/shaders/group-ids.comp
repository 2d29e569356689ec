// SPDX-License-Identifier: MIT
// Everything that says which thread one is, in three dimensions.
#version 450

layout(local_size_x = 4, local_size_y = 8, local_size_z = 2) in;
layout(std430, binding = 0) writeonly buffer Out { uvec4 results[][4]; };

void main()
{
	uvec3 size = gl_NumWorkGroups * gl_WorkGroupSize;
	uint i = (gl_GlobalInvocationID.z * size.y + gl_GlobalInvocationID.y) * size.x +
		 gl_GlobalInvocationID.x;

	results[i][0] = uvec4(gl_GlobalInvocationID, gl_LocalInvocationIndex);
	results[i][1] = uvec4(gl_WorkGroupID, i);
	results[i][2] = uvec4(gl_LocalInvocationID, gl_WorkGroupSize.x);
	results[i][3] = uvec4(gl_NumWorkGroups, gl_WorkGroupSize.z);
}
