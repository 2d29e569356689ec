// SPDX-License-Identifier: MIT
// Texels, by their number.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform usampler2D image;
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	results[at.y * 64 + at.x] = texelFetch(image, at.yx, 0).x + texelFetch(image, at ^ 1, 0).x * 2u;
}
