// SPDX-License-Identifier: MIT
// Texels of an image whose sides are no powers of two.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, r32ui) uniform readonly uimage2D from;
layout(binding = 1, r32ui) uniform writeonly uimage2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	ivec2 size = ivec2(37, 51);

	if (all(lessThan(at, size)))
		imageStore(to, size - 1 - at, imageLoad(from, at) ^ uint(at.y));
}
