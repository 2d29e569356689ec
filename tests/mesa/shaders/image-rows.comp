// SPDX-License-Identifier: MIT
// The same, of images that have their texels row after row.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, r32ui) uniform readonly uimage2D from;
layout(binding = 1, r32ui) uniform writeonly uimage2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at.yx, imageLoad(from, at) * 3u + uint(at.x));
}
