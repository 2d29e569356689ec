// SPDX-License-Identifier: MIT
// Four 16-bit integers each.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rgba16ui) uniform readonly uimage2D from;
layout(binding = 1, rgba16ui) uniform writeonly uimage2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at.yx, imageLoad(from, at).wzyx >> 1);
}
