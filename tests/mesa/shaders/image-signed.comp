// SPDX-License-Identifier: MIT
// Four signed bytes each.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rgba8i) uniform readonly iimage2D from;
layout(binding = 1, rgba8i) uniform writeonly iimage2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at ^ 5, clamp(imageLoad(from, at) * 2 + at.xyxy, -128, 127));
}
