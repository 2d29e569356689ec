// SPDX-License-Identifier: MIT
// Texels of an image that is one long row.
#version 450

layout(local_size_x = 64) in;
layout(binding = 0, r32ui) uniform readonly uimage1D from;
layout(binding = 1, r32ui) uniform writeonly uimage1D to;

void main()
{
	int at = int(gl_GlobalInvocationID.x);

	imageStore(to, 4095 - at, imageLoad(from, at) + uint(at));
}
