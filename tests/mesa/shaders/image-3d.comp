// SPDX-License-Identifier: MIT
// Texels of an image with three dimensions, which are exchanged.
#version 450

layout(local_size_x = 4, local_size_y = 4, local_size_z = 4) in;
layout(binding = 0, r32ui) uniform readonly uimage3D from;
layout(binding = 1, r32ui) uniform writeonly uimage3D to;

void main()
{
	ivec3 at = ivec3(gl_GlobalInvocationID);

	imageStore(to, at.zxy, imageLoad(from, at) * 5u + uint(at.z));
}
