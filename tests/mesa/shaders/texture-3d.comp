// SPDX-License-Identifier: MIT
// Texels of a texture with three dimensions.
#version 450

layout(local_size_x = 64) in;
layout(binding = 0) uniform usampler3D image;
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	int i = int(gl_GlobalInvocationID.x);

	results[i] = texelFetch(image, ivec3(i >> 8, i & 15, i >> 4 & 15), 0).x + uint(i);
}
