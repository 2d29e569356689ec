// SPDX-License-Identifier: MIT
// Reads beyond the edges, which give 0, and writes there, which do nothing.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, r32ui) uniform readonly uimage2D from;
layout(binding = 1, r32ui) uniform writeonly uimage2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at + 20, imageLoad(from, at - 10) + imageLoad(from, at + 30) + 1u);
}
