// SPDX-License-Identifier: MIT
// Texels of an image with layers, which are exchanged.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, r32ui) uniform readonly uimage2DArray from;
layout(binding = 1, r32ui) uniform writeonly uimage2DArray to;

void main()
{
	ivec3 at = ivec3(gl_GlobalInvocationID);

	imageStore(to, ivec3(at.yx, 3 - at.z), imageLoad(from, at) + uint(at.z));
}
