// SPDX-License-Identifier: MIT
// Texels of all layers.
#version 450

layout(local_size_x = 64) in;
layout(binding = 0) uniform usampler2DArray image;
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	int i = int(gl_GlobalInvocationID.x);

	results[i] = texelFetch(image, ivec3(i >> 5 & 31, i & 31, i >> 10), 0).x + uint(i);
}
