// SPDX-License-Identifier: MIT
// A matrix is transposed in tiles, by way of shared memory.
#version 450

layout(local_size_x = 16, local_size_y = 16) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

const uint size = 64u;

shared uint tile[16][17];

void main()
{
	uvec2 from = gl_GlobalInvocationID.xy;
	uvec2 to = gl_WorkGroupID.yx * 16u + gl_LocalInvocationID.xy;

	tile[gl_LocalInvocationID.y][gl_LocalInvocationID.x] = words[from.y * size + from.x];
	barrier();
	results[to.y * size + to.x] = tile[gl_LocalInvocationID.x][gl_LocalInvocationID.y];
}
